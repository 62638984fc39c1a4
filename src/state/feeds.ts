import { ApiError } from '../api/errors.ts';
import { joined } from '../lib/joined.ts';
import type { Api, Screen } from '../screens/define.ts';
import type { Clock } from './clock.ts';
import { keepRows, landRows } from './land.ts';
import { sourceOf, topFrame } from './nav.ts';
import type { Feed } from './poller.ts';
import { emptySource, type Source, type Store, type TableFrame, type Trouble, type ViewFrame } from './store.ts';

export interface FeedOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly client: Api;
  readonly screens: readonly Screen[];
  /** Milliseconds between an answer and the next question; longer when a list has many pages or nobody looks. */
  readonly refreshMs: number;
  /** Called after rows have landed. */
  landed(): void;
}

/** How much later than usual an answer may be before it is missed, milliseconds. */
const grace = 5_000;

/** How many pages of lists may be asked for in a minute: a list of many pages is read less often. */
const pagesPerMinute = 60;
/** Between two looks at what is on this machine, milliseconds. */
const localMs = 250;
/** The shortest time between two reads while the terminal is not in focus, milliseconds. */
const unfocusedMs = 30_000;

/** Turns what is on top of the screen into something to poll. */
export function createFeeds({ store, clock, client, screens, refreshMs, landed }: FeedOptions): () => Feed[] {
  const pagesOf = new Map<string, number>();

  const patch = (key: string, change: (source: Source) => Source): void =>
    store.setState(({ sources }) => {
      const before = sources[key] ?? emptySource;
      const after = change(before);
      return after === before ? {} : { sources: { ...sources, [key]: after } };
    });

  /** Milliseconds that the budget wants between two reads; 0 for what is one page. */
  const rest = (key: string): number => {
    const pages = pagesOf.get(key) ?? 1;
    return pages > 1 ? (pages * 60_000) / pagesPerMinute : 0;
  };

  const every = (key: string): number => {
    const least = Math.max(refreshMs, rest(key));
    return store.getState().session.focused ? least : Math.max(least, unfocusedMs);
  };

  const failed = (key: string) => (error: unknown, when: Pick<Trouble, 'since' | 'retryAt'>) => {
    const known = error instanceof ApiError ? error : undefined;
    const trouble: Trouble = {
      kind: known?.kind ?? 'internal',
      text: error instanceof Error ? error.message : String(error),
      code: known?.code,
      requestId: known?.requestId,
      ...when,
    };
    patch(key, (source) => ({ ...source, trouble }));
  };

  const read = async (
    key: string,
    signal: AbortSignal,
    answer: () => Promise<(source: Source) => Source>,
  ): Promise<void> => {
    // What is shown is at least as new as the question for its first page, however long the others took.
    const at = clock.now();
    const change = await answer();
    // Nobody looks at this any more: what comes now must not be shown as the answer to something else.
    if (signal.aborted) return;
    const { identity, calls } = client;
    const took = clock.now() - at;
    store.setState(({ sources, session }) => ({
      sources: {
        ...sources,
        [key]: {
          ...change(sources[key] ?? emptySource),
          at,
          took,
          due: clock.now() + every(key) + grace,
          pace: rest(key) > refreshMs ? rest(key) : undefined,
          partial: false,
          trouble: undefined,
        },
      },
      session: { ...session, identity, latency: calls.lastMs ?? took, perMinute: calls.perMinute() },
    }));
    landed();
  };

  const tableFeed = (frame: TableFrame, screen: Screen, key: string): Feed => ({
    key,
    every: () => (screen.local ? localMs : every(key)),
    rest: () => (screen.local ? 0 : rest(key)),
    failed: failed(key),
    read: (signal) =>
      read(key, signal, async () => {
        const parts: (readonly unknown[])[] = [];
        const list = screen.list(client, frame.scope, signal)[Symbol.asyncIterator]();
        let [pages, count] = [0, 0];
        for (let next = list.next(); ; ) {
          const { done, value: page } = await next;
          if (done) break;
          pages++;
          parts.push(keepRows(store.getState().sources[key] ?? emptySource, screen, page, count));
          count += page.length;
          if (signal.aborted) {
            await list.return?.();
            break;
          }
          next = list.next();
          const first = store.getState().sources[key];
          // The first read shows its pages as they come; later ones replace the rows at once.
          const reading = first === undefined || first.at === undefined || first.partial;
          // Ever more pages at a time: each landing sorts all that has come. The last page is no part.
          if (reading && (pages & (pages - 1)) === 0 && !(await endsAtOnce(next))) {
            const rows = joined(parts);
            patch(key, (source) => ({ ...landRows(source, screen, rows, false), at: clock.now(), partial: true }));
            landed();
          }
        }
        pagesOf.set(key, pages);
        return (source) => landRows(source, screen, joined(parts), true);
      }),
  });

  /** The object anew, so that what is described is as old as it says. */
  const again = async (frame: ViewFrame, screen: Screen, key: string, signal: AbortSignal): Promise<unknown> => {
    const table = `${screen.id}${JSON.stringify(frame.scope)}`;
    const known = store.getState().sources[table]?.byId.get(frame.row ?? '');
    if (screen.fetch) return known === undefined ? undefined : screen.fetch(client, known, frame.scope, signal);
    let pages = 0;
    for await (const page of screen.list(client, frame.scope, signal)) {
      pagesOf.set(key, ++pages);
      const found = page.find((row) => screen.rowId(row) === frame.row);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const describeFeed = (frame: ViewFrame, screen: Screen, key: string): Feed => ({
    key,
    every: () => every(key),
    rest: () => rest(key),
    failed: failed(key),
    read: (signal) =>
      read(key, signal, async () => {
        const row = await again(frame, screen, key, signal);
        const sections = row === undefined ? [] : await screen.describe?.(client, row, frame.scope, signal);
        return (source) => ({ ...source, sections: sections ?? [] });
      }),
  });

  return () => {
    const frame = topFrame(store.getState());
    const key = sourceOf(frame);
    const screen = screens.find(({ id }) => id === frame.screen);
    if (key === undefined || !screen) return [];
    return [frame.kind === 'table' ? tableFeed(frame, screen, key) : describeFeed(frame, screen, key)];
  };
}

/** Whether nothing more need be asked for: what comes after the last page is known in this turn. */
async function endsAtOnce(next: Promise<IteratorResult<unknown>>): Promise<boolean> {
  const later = new Promise<false>((resolve) => setImmediate(resolve, false));
  // How it ends is looked at by whoever waits for it.
  return Promise.race([
    next.then(
      ({ done }) => done === true,
      () => false,
    ),
    later,
  ]);
}
