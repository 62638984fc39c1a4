import type { Clock } from '../../../src/state/clock.ts';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves on by `ms`, running what falls due in order and letting promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Milliseconds until each waiting timer runs, soonest first. */
  waiting(): number[];
}

/** Lets every promise that can settle now settle. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** `start` is epoch milliseconds. */
export function createManualClock(start = Date.UTC(2026, 0, 2, 3, 4, 5)): ManualClock {
  let now = start;
  const timers = new Set<{ at: number; task: () => void }>();
  const soonest = () => [...timers].sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    after(ms, task) {
      // As Node's own timers do with a time they cannot hold: they run almost at once.
      const wait = ms >= 0 && ms <= 2 ** 31 - 1 ? ms : 1;
      const timer = { at: now + wait, task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      await settled();
      for (let next = soonest(); next && next.at <= until; next = soonest()) {
        timers.delete(next);
        now = next.at;
        next.task();
        await settled();
      }
      now = until;
    },
    waiting: () => [...timers].map(({ at }) => at - now).sort((a, b) => a - b),
  };
}
