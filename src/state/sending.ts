import type { Clock } from './clock.ts';
import type { Sending, Store } from './store.ts';

/** How many writes of one batch are on their way at a time. */
const atATime = 4;
/** How long nothing new leaves after the service has asked to slow down without saying for how long, milliseconds. */
const usualHold = 1_000;

export interface Batches {
  /**
   * Does `task` to each item, a few at a time; `failed` says which results count as such. Answers in the order of the
   * items; undefined for those that were not started because `stop` was called.
   */
  run<Item, Result>(
    title: string,
    items: readonly Item[],
    task: (item: Item) => Promise<Result>,
    failed: (result: Result) => boolean,
  ): Promise<(Result | undefined)[]>;
  /** The service has asked to slow down: nothing new leaves for so long. */
  hold(ms: number | undefined): void;
  /** Starts nothing more; what is on its way is waited for. Answers how many will not be sent. */
  stop(): number;
}

/** Writes to several rows. What is on its way is never broken off: nobody could tell how it ended. */
export function createBatches({ store, clock }: { readonly store: Store; readonly clock: Clock }): Batches {
  let heldUntil = 0;
  let nextId = 1;
  const wake = new Set<() => void>();

  const sending = (): readonly Sending[] => store.getState().sending;
  const change = (id: number, by: (now: Sending) => Partial<Sending>): void =>
    store.setState((state) => ({
      sending: state.sending.map((one) => (one.id === id ? { ...one, ...by(one) } : one)),
    }));

  const stopped = (id: number): boolean => sending().find((one) => one.id === id)?.stopped ?? true;

  /** Waits until something may leave again, or it is stopped. */
  const free = async (id: number): Promise<void> => {
    while (clock.now() < heldUntil && !stopped(id)) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          wake.delete(go);
          cancel();
          resolve();
        };
        const cancel = clock.after(heldUntil - clock.now(), go);
        wake.add(go);
      });
    }
  };

  return {
    async run<Item, Result>(
      title: string,
      items: readonly Item[],
      task: (item: Item) => Promise<Result>,
      failed: (result: Result) => boolean,
    ) {
      const id = nextId++;
      const startedAt = clock.now();
      const opened: Sending = {
        id,
        title,
        startedAt,
        total: items.length,
        started: 0,
        ended: 0,
        failed: 0,
        stopped: false,
      };
      store.setState((state) => ({ sending: [...state.sending, opened] }));
      const results = items.map((): Result | undefined => undefined);
      const waiting = [...items.entries()];
      const lane = async (): Promise<void> => {
        for (;;) {
          await free(id);
          const next = stopped(id) ? undefined : waiting.shift();
          if (!next) return;
          const [place, item] = next;
          change(id, ({ started }) => ({ started: started + 1 }));
          const result = await task(item);
          results[place] = result;
          change(id, (now) => ({ ended: now.ended + 1, failed: now.failed + (failed(result) ? 1 : 0) }));
        }
      };
      try {
        await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, lane));
      } finally {
        store.setState((state) => ({ sending: state.sending.filter((one) => one.id !== id) }));
      }
      return results;
    },
    hold(ms) {
      heldUntil = Math.max(heldUntil, clock.now() + (ms ?? usualHold));
    },
    stop() {
      const left = sending().reduce((sum, one) => sum + (one.stopped ? 0 : one.total - one.started), 0);
      store.setState((state) => ({ sending: state.sending.map((one) => ({ ...one, stopped: true })) }));
      for (const go of [...wake]) go();
      return left;
    },
  };
}

/** Whoever leaves in the middle of a batch says so: the rest of it would not be sent. */
export function leaveWhenSent(store: Store, go: () => void): void {
  const [under] = store.getState().sending;
  if (!under) return go();
  const items = [
    { label: 'stay' },
    { label: 'quit', note: `${under.total - under.started} of ${under.total} are then not sent` },
  ];
  const choose = (index: number): void => {
    if (index === 1) go();
  };
  store.setState({ menu: { title: `${under.title}: still being sent`, items, index: 0, choose } });
}
