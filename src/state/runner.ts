import { ApiError } from '../api/errors.ts';
import { duration } from '../lib/units.ts';
import type { Action, Api, Scope, Screen } from '../screens/define.ts';
import type { Clock } from './clock.ts';
import { say } from './messages.ts';
import type { Feed } from './poller.ts';
import { rowKey, splitKey } from './select.ts';
import { createBatches } from './sending.ts';
import type { Hope, Store, Watch } from './store.ts';

/** One object an action is to be done to, and with what number. */
export interface Target {
  readonly row: unknown;
  readonly input: number;
}

/** What the ledger is told of a write: before the request leaves, and when its outcome is known. */
export interface Entry {
  readonly action: string;
  readonly operation: string;
  /** Where the object is shown. */
  readonly screen: string;
  readonly scope: Scope;
  readonly target: string;
  readonly words: string;
  readonly cli: string;
  readonly before: unknown;
  readonly after: unknown;
}

export type Ended =
  | { readonly outcome: 'accepted'; readonly requestId: string | undefined; readonly message: string | undefined }
  | {
      readonly outcome: 'refused' | 'unknown';
      readonly requestId: string | undefined;
      readonly code: string;
      readonly message: string;
    };

/** Keeps a record of what was sent; resolves with the function that closes the entry. Never rejects. */
export type Record = (entry: Entry) => Promise<(ended: Ended) => void>;

export interface RunnerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly client: Api;
  readonly record: Record;
  /** Reads what is on screen anew. */
  refresh(): void;
  /** Looks again at what has to be polled. */
  sync(): void;
  /** Rings when something that was followed has ended. */
  bell(): void;
  /** Milliseconds between two looks at an object that is followed. */
  readonly refreshMs: number;
}

interface Done {
  readonly screen: Screen;
  readonly scope: Scope;
  readonly action: Action<unknown>;
  readonly row: unknown;
  readonly input: number;
}

/** Actions sent together, and until when they can be taken back. */
interface Batch {
  readonly done: readonly Done[];
  readonly until: number;
}

/** How the service took an action: an unknown outcome is one whose answer was lost; what was stopped before is not sent. */
export type Outcome = 'accepted' | 'refused' | 'unknown' | 'not sent';

/** What takes back the latest action: an action and the rows it goes to. */
export interface Inverse {
  readonly screen: Screen;
  readonly scope: Scope;
  readonly action: Action<unknown>;
  readonly steps: readonly { readonly done: Done; readonly input: number }[];
}

interface Following extends Done {
  readonly watch: Watch;
  /** Whether the service has shown that it took it up: the trace may be gone by the next look. */
  taken: boolean;
}

/** How long a hope stands without the service's agreement, milliseconds. */
const hopeFor = 60_000;
/** How long an action is followed, milliseconds. */
const followFor = 30 * 60_000;
/** How long undo is offered, milliseconds. */
const undoFor = 60_000;
/** So many objects are looked at as often as the screen; of more each one is looked at more rarely. */
const followedOften = 8;

/**
 * The life of every action, the same for all: overlay → call → record → message with undo → watch until the service
 * reports the end of it. What comes before (guard, stage, confirm) is asked in src/state/acting.ts.
 */
export function createRunner({ store, clock, client, record, refresh, sync, bell, refreshMs }: RunnerOptions) {
  let latest: Batch | undefined;
  let undone = false;
  let nextWatch = 1;
  const following = new Map<number, Following>();
  const batches = createBatches({ store, clock });

  const setHope = (key: string, hope: Hope | undefined): void =>
    store.setState(({ hopes }) => {
      const { [key]: _dropped, ...rest } = hopes;
      return { hopes: hope ? { ...rest, [key]: hope } : rest };
    });

  /** A name that was deleted and made anew belongs to another object, which nobody meant. */
  const isStill = async ({ screen, scope, row }: Done, signal: AbortSignal): Promise<boolean> =>
    screen.fetch === undefined || (await screen.fetch(client, row, scope, signal)) !== undefined;

  const one = async (done: Done): Promise<Outcome> => {
    const { screen, scope, action, row, input } = done;
    const words = action.words(row, input, 'will');
    const key = rowKey(screen.id, screen.rowId(row));
    const patch = action.patch?.(row, input);
    const before = store.getState().hopes[key];
    const { signal } = new AbortController();
    const close = await record({
      action: action.id,
      operation: action.operation,
      screen: screen.id,
      scope,
      target: screen.rowName(row),
      words,
      cli: action.cli(row, input),
      before: pick(row, Object.keys(patch ?? {})),
      after: patch ?? {},
    });
    try {
      const asked = action.choices ?? action.asked ?? action.confirm?.(row, input);
      if (asked && !(await isStill(done, signal))) {
        const message = `${screen.rowName(row)} is gone, or another object bears its name now; nothing was sent`;
        close({ outcome: 'refused', requestId: undefined, code: 'NotTheSame', message });
        say(store, clock.now(), 'bad', `${words}: ${message}`);
        return 'refused';
      }
      if (patch) {
        setHope(key, { patch, until: clock.now() + hopeFor, agrees: (now) => action.agrees(now, input, row) });
      }
      const receipt = await action.call(client, row, scope, input, signal);
      close({ outcome: 'accepted', requestId: receipt.requestId, message: receipt.message });
      const undo = action.undo?.(row, input);
      say(store, clock.now(), 'ok', `${words}: accepted`, undo ? clock.now() + undoFor : undefined);
      follow(done, 'accepted');
      return 'accepted';
    } catch (error) {
      const ended = endedBy(error);
      const lost = ended.outcome === 'unknown';
      if (error instanceof ApiError && error.kind === 'throttled') batches.hold(error.retryAfterMs);
      // What an earlier action hopes for is not touched by the failure of this one.
      setHope(key, before);
      close(ended);
      if (lost) follow(done, 'looking it up');
      const text = lost ? `${words}: no answer came, outcome unknown; looking it up` : `${words} failed`;
      say(store, clock.now(), 'bad', `${text} · ${inWords(error)}`);
      return lost ? 'unknown' : 'refused';
    }
  };

  const follow = (done: Done, said: string): void => {
    const { screen, scope, action, row, input } = done;
    if (!screen.fetch) return;
    const rowId = screen.rowId(row);
    const now = clock.now();
    // A newer action on an object replaces the watch of the older one: its goal is no longer wanted.
    for (const [id, { watch }] of following) if (watch.rowId === rowId && watch.screen === screen.id) end(id);
    const title = action.words(row, input, 'will');
    const watch: Watch = {
      id: nextWatch++,
      screen: screen.id,
      scope,
      rowId,
      title,
      said,
      startedAt: now,
      endsAt: now + followFor,
    };
    following.set(watch.id, { ...done, watch, taken: false });
    store.setState(({ watches }) => ({ watches: [...watches, watch] }));
    sync();
  };

  const end = (id: number): void => {
    following.delete(id);
    store.setState(({ watches }) => ({ watches: watches.filter((watch) => watch.id !== id) }));
    sync();
  };

  const look = async (entry: Following, signal: AbortSignal): Promise<void> => {
    const { watch, screen, scope, action, row, input } = entry;
    const now = await screen.fetch?.(client, row, scope, signal);
    if (signal.aborted) return;
    entry.taken ||= now !== undefined && action.agrees(now, input, row);
    const goal = action.goal(now, input, row, clock.now() - watch.startedAt, entry.taken);
    const at = clock.now();
    const took = duration(at - watch.startedAt);
    if (goal === 'pending' && at < watch.endsAt) {
      const said =
        now === undefined ? 'gone' : String(screen.columns.find(({ id }) => id === 'status')?.value(now) ?? '');
      store.setState(({ watches }) => ({
        watches: watches.map((old) => (old.id === watch.id ? { ...old, said } : old)),
      }));
      return;
    }
    end(watch.id);
    const key = rowKey(screen.id, watch.rowId);
    const hope = store.getState().hopes[key];
    // What was reached is shown until the list says it too, which may be older.
    const reached =
      goal === 'done' && hope
        ? { ...hope, patch: now === undefined ? hope.patch : pick(now, Object.keys(hope.patch)) }
        : undefined;
    setHope(key, reached);
    if (goal === 'pending') giveUp(watch, at);
    else if (goal === 'done') {
      const undoable = action.undo?.(row, input) && latest?.done.some((one) => one.row === row);
      const undo = undoable ? latest?.until : undefined;
      say(store, at, 'ok', `${action.words(row, input, 'did')} in ${took}`, undo);
    } else say(store, at, 'bad', `${watch.title} failed after ${took}: ${goal.failed}`);
    bell();
    refresh();
  };

  const giveUp = (watch: Watch, at: number): void => {
    const took = duration(at - watch.startedAt);
    say(store, at, 'warn', `${watch.title}: not there after ${took}; no longer followed`);
  };

  return {
    /** Does an action to each target, a few at a time. Resolves with how each was taken, in their order. */
    async perform(
      screen: Screen,
      scope: Scope,
      action: Action<unknown>,
      targets: readonly Target[],
      { undoing = false }: { undoing?: boolean } = {},
    ): Promise<Outcome[]> {
      const all = targets.map((target): Done => ({ screen, scope, action, ...target }));
      const [first] = all;
      const outcomes =
        first && all.length === 1
          ? [await one(first)]
          : await batches
              .run(`${action.title} ${all.length} ${screen.title}`, all, one, (outcome) => outcome !== 'accepted')
              .then((ended) => ended.map((outcome) => outcome ?? 'not sent'));
      const taken = all.filter((_, place) => outcomes[place] === 'accepted' || outcomes[place] === 'unknown');
      // What has been taken back is not offered to be taken back again.
      if (taken.length > 0) {
        undone = undoing;
        latest = undoing ? undefined : { done: taken, until: clock.now() + undoFor };
      }
      refresh();
      return outcomes;
    },

    /** Sends nothing more of what has not started; what is on its way goes on. Answers how many that are. */
    stopSending: () => batches.stop(),

    /** What `u` would take back: the inverse of the latest action, or why there is none. */
    inverse(): Inverse | { readonly none: string } {
      const [under] = store.getState().sending;
      if (under) return { none: `${under.title} is still being sent` };
      const first = latest?.done[0];
      if (!latest || !first)
        return { none: undone ? 'the latest action has been undone' : 'nothing has been done yet' };
      const { action, screen, scope } = first;
      const words = latest.done.map(({ row, input }) => action.words(row, input, 'will')).join(', ');
      const undos = latest.done.flatMap((done) => {
        const undo = action.undo?.(done.row, done.input);
        return undo ? [{ done, ...undo }] : [];
      });
      const back = undos[0]?.action;
      const inverse = typeof back === 'object' ? back : screen.actions?.find(({ id }) => id === back);
      if (!inverse || undos.length < latest.done.length) return { none: `${words} has no undo` };
      if (clock.now() >= latest.until) return { none: `${words} was more than ${duration(undoFor)} ago` };
      return { screen, scope, action: inverse, steps: undos };
    },

    /** The objects that are followed, for the poller. */
    feeds(): Feed[] {
      return [...following.values()].map((entry) => ({
        key: `watch:${entry.watch.id}`,
        every: () => refreshMs * Math.ceil(following.size / followedOften),
        read: (signal) => look(entry, signal),
        failed: (error) => {
          const now = clock.now();
          if (now >= entry.watch.endsAt) {
            end(entry.watch.id);
            giveUp(entry.watch, now);
            return bell();
          }
          const said = `not known: ${inWords(error)}`;
          store.setState(({ watches }) => ({
            watches: watches.map((old) => (old.id === entry.watch.id ? { ...old, said } : old)),
          }));
        },
      }));
    },

    /** Drops hopes the service has taken up or that are too old to be believed. */
    settleHopes(): void {
      const { hopes, sources } = store.getState();
      const now = clock.now();
      const left = Object.entries(hopes).filter(([key, hope]) => {
        if (now > hope.until) return false;
        const [screen = '', id = ''] = splitKey(key);
        const own = Object.entries(sources).filter(([source]) => source.startsWith(`${screen}{`));
        return !own.some(([, { byId }]) => byId.has(id) && hope.agrees(byId.get(id)));
      });
      if (left.length < Object.keys(hopes).length) store.setState({ hopes: Object.fromEntries(left) });
    },
  };
}

export type Runner = ReturnType<typeof createRunner>;

/** How what was sent ended when all that came was an error. */
export function endedBy(error: unknown): Ended {
  const lost = error instanceof ApiError && error.sent === 'unknown';
  return { outcome: lost ? 'unknown' : 'refused', ...explain(error) };
}

function explain(error: unknown): { requestId: string | undefined; code: string; message: string } {
  if (error instanceof ApiError) {
    return { requestId: error.requestId, code: error.code ?? error.kind, message: error.message };
  }
  return { requestId: undefined, code: 'Internal', message: error instanceof Error ? error.message : String(error) };
}

/** An error in one line: its code, its own words and the request id to give to support. */
function inWords(error: unknown): string {
  const { code, message, requestId } = explain(error);
  return [`${code}: ${message}`, ...(requestId ? [`request ${requestId}`] : [])].join(' · ');
}

/** The fields an action is about to change; nothing else of a row belongs into the record, least of all a token. */
function pick(row: unknown, names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, (row as Readonly<globalThis.Record<string, unknown>>)[name]]));
}
