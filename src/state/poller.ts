import type { Clock } from './clock.ts';
import type { Trouble } from './store.ts';

/** Something that is read again and again while it is on screen or followed. */
export interface Feed {
  /** Two feeds with one key are the same: it is not read twice. */
  readonly key: string;
  /** Milliseconds from an answer to the next question. */
  every(): number;
  /** Milliseconds from a question to the next that nobody asks for, whatever is opened or done: many requests each. */
  rest?(): number;
  /** Asks once and lands the answer. Rejects when the read failed; aborted when nobody looks any more. */
  read(signal: AbortSignal): Promise<void>;
  /** Told what is wrong and when it is tried again. */
  failed(error: unknown, trouble: Pick<Trouble, 'since' | 'retryAt'>): void;
}

export interface PollerOptions {
  readonly clock: Clock;
  /** 0 ≤ random() < 1, for the jitter of retries. */
  random(): number;
  /** What is on screen or followed at this moment. */
  feeds(): readonly Feed[];
  paused(): boolean;
  /** Called once a second, for the ages. */
  tick(now: number): void;
}

export interface Poller {
  /** Looks again at what is on screen: starts what is new, drops what was left. */
  sync(): void;
  /** Asks at once, all feeds or one: a person wants it. */
  now(key?: string): void;
  /** Asks at once what may be asked now; what failed or is costly waits for its time. */
  soon(key?: string): void;
  stop(): void;
}

interface Run {
  feed: Feed;
  controller: AbortController | undefined;
  cancel: (() => void) | undefined;
  /** Milliseconds of the latest back-off; 0 while all is well. */
  backoff: number;
  /** When the present row of failures began. */
  since: number;
  again: boolean;
  /** When the question under way was asked. */
  asked: number;
}

/** The longest a failing source is left alone, milliseconds, unless it is asked even less often while all is well. */
const longest = 60_000;
/** However long the service asks to wait, milliseconds: it is looked after again within the hour. */
const forbearance = 3_600_000;
const shortest = 1_000;
/** How long an answer may take before asking again asks anew, milliseconds. */
const patience = 5_000;

/**
 * Owns every timer of the program. The next question is timed from the last answer; a feed never has two questions
 * under way; the answer of a feed that was left is dropped; a failing feed is asked ever less often, with jitter,
 * or when the service says so.
 */
export function createPoller({ clock, random, feeds, paused, tick }: PollerOptions): Poller {
  const runs = new Map<string, Run>();
  /** When feeds that fail may be asked again, also when they were left meanwhile. */
  const notBefore = new Map<string, number>();
  /** When feeds that must rest were asked last. */
  const askedAt = new Map<string, number>();
  let stopped = false;
  let cancelTick: (() => void) | undefined;

  const schedule = (run: Run, ms: number): void => {
    run.cancel?.();
    run.cancel = clock.after(ms, () => {
      run.cancel = undefined;
      if (!paused()) void ask(run);
    });
  };

  const ask = async (run: Run): Promise<void> => {
    if (run.controller && clock.now() - run.asked < patience) {
      run.again = true;
      return;
    }
    // Nothing has come for long: whoever asks again does not want to wait for it any longer.
    run.controller?.abort();
    run.cancel?.();
    run.cancel = undefined;
    const controller = new AbortController();
    run.controller = controller;
    run.asked = clock.now();
    if (run.feed.rest?.()) askedAt.set(run.feed.key, run.asked);
    let wait: number;
    try {
      await run.feed.read(controller.signal);
      if (controller.signal.aborted) return;
      run.backoff = 0;
      notBefore.delete(run.feed.key);
      // How many requests it takes is known only now.
      if (run.feed.rest?.()) askedAt.set(run.feed.key, run.asked);
      wait = run.feed.every();
    } catch (error) {
      if (controller.signal.aborted) return;
      const now = clock.now();
      if (run.backoff === 0) run.since = now;
      wait = backoff(run, error);
      notBefore.set(run.feed.key, now + wait);
      run.feed.failed(error, { since: run.since, retryAt: now + wait });
    }
    run.controller = undefined;
    if (run.again) {
      // Somebody asked meanwhile: also while polling is paused.
      run.again = false;
      if (!stopped && runs.get(run.feed.key) === run) void ask(run);
      return;
    }
    if (!stopped && runs.get(run.feed.key) === run) schedule(run, wait);
  };

  /** Decorrelated jitter, unless the service names a time itself. */
  const backoff = (run: Run, error: unknown): number => {
    const asked = (error as { retryAfterMs?: unknown } | undefined)?.retryAfterMs;
    const base = Math.max(shortest, run.feed.every());
    run.backoff = Math.min(Math.max(longest, base), base + random() * (Math.max(base, run.backoff * 3) - base));
    if (typeof asked !== 'number' || !(asked > 0)) return run.backoff;
    return Math.min(forbearance, Math.max(asked, shortest));
  };

  /** Milliseconds until a feed may be asked without a person wanting it. */
  const waitOf = ({ key, rest }: Feed): number => {
    const asked = askedAt.get(key);
    const rested = asked === undefined ? 0 : asked + (rest?.() ?? 0);
    return Math.max(notBefore.get(key) ?? 0, rested) - clock.now();
  };

  const leave = (run: Run): void => {
    run.cancel?.();
    run.controller?.abort();
    runs.delete(run.feed.key);
  };

  const sync = (): void => {
    if (stopped) return;
    const wanted = new Map(feeds().map((feed) => [feed.key, feed]));
    for (const run of [...runs.values()]) if (!wanted.has(run.feed.key)) leave(run);
    for (const [key, feed] of wanted) {
      const known = runs.get(key);
      if (known) {
        known.feed = feed;
        // A pause ate the timer: what is due is asked for when it ends.
        if (!paused() && !known.controller && !known.cancel) void ask(known);
        continue;
      }
      const run: Run = { feed, controller: undefined, cancel: undefined, backoff: 0, since: 0, again: false, asked: 0 };
      runs.set(key, run);
      // Leaving and coming back is no way around a wait.
      const wait = waitOf(feed);
      if (wait > 0) schedule(run, wait);
      else if (!paused()) void ask(run);
    }
  };

  const beat = (): void => {
    cancelTick = clock.after(1000 - (clock.now() % 1000), () => {
      tick(clock.now());
      if (!stopped) beat();
    });
  };
  beat();

  return {
    sync,
    now(key) {
      for (const run of runs.values()) if (key === undefined || run.feed.key === key) void ask(run);
    },
    soon(key) {
      for (const run of runs.values()) {
        if (key !== undefined && run.feed.key !== key) continue;
        const wait = waitOf(run.feed);
        if (wait <= 0) void ask(run);
        // It may have been put off longer, while nobody looked.
        else if (run.cancel) schedule(run, wait);
      }
    },
    stop() {
      stopped = true;
      cancelTick?.();
      for (const run of [...runs.values()]) leave(run);
    },
  };
}
