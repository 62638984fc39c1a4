/** Milliseconds since the epoch, as the emulated service sees them. */
export interface Clock {
  now(): number;
  /** How many times faster than real time the state machines run. Timestamps themselves are never stretched. */
  speed: number;
  /** Moves the clock forward. */
  advance(ms: number): void;
}

/** A clock that runs with `base` (real time unless given); `manual` stands still until it is advanced. */
export function createClock(options: { base?: () => number; manual?: boolean; speed?: number } = {}): Clock {
  const real = options.base ?? Date.now;
  const started = real();
  const base = options.manual ? () => started : real;
  let offset = 0;
  return {
    now: () => base() + offset,
    speed: options.speed ?? 1,
    advance(ms) {
      offset += ms;
    },
  };
}

/** Work to be done at moments of the clock. Nothing runs by itself: `settle` runs what has fallen due, in order. */
export interface Timeline {
  /** The moment of the work now being done, else the clock's. */
  now(): number;
  /** Plans work for `ms` of the emulated service's time (divided by the speed) from now. */
  after(ms: number, run: () => void): void;
  settle(): void;
}

interface Task {
  at: number;
  run: () => void;
}

/** Lazily run work keeps the model a pure function of seed, requests and clock: no timers, nothing to clean up. */
export function createTimeline(clock: Clock): Timeline {
  const tasks: Task[] = [];
  let moment: number | undefined;

  function after(ms: number, run: () => void): void {
    const at = (moment ?? clock.now()) + ms / clock.speed;
    let low = 0;
    let high = tasks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const task = tasks[middle];
      if (task && task.at <= at) low = middle + 1;
      else high = middle;
    }
    tasks.splice(low, 0, { at, run });
  }

  function settle(): void {
    const now = clock.now();
    for (let next = tasks[0]; next && next.at <= now; next = tasks[0]) {
      tasks.shift();
      moment = next.at;
      try {
        next.run();
      } finally {
        moment = undefined;
      }
    }
  }

  return { now: () => moment ?? clock.now(), after, settle };
}
