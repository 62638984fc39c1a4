import type { Screen, Tone } from '../screens/define.ts';
import { allCells, type Filter, narrows, readFilter, type Usable } from './filter.ts';
import { sourceOf } from './nav.ts';
import { createOrder, type Entry } from './order.ts';
import { emptySource, type Source, type State, type TableFrame } from './store.ts';

export { rowKey, withHope } from './order.ts';

/** What a table shows: rows in order, with what is hoped laid over what the service said. */
export interface Visible {
  readonly rows: readonly unknown[];
  /** What is known of each of them. */
  readonly entries: readonly Entry[];
  /** How many there are without the filter. */
  readonly total: number;
  /** The cursor's place in `rows`; -1 when there is none. */
  readonly index: number;
  /**
   * The object under the cursor is gone, or what the service says of it no longer passes the filter.
   * Its place is kept, shown as one more line at `index`, and nothing can be done with it.
   */
  readonly ghost: 'gone' | 'hidden' | undefined;
  readonly filterError: string | undefined;
  /** Cells of the longest name among all rows, shown or not: the columns stand still while a filter is typed. */
  readonly longest: number;
}

export const splitKey = (key: string): [screen: string, rowId: string] => [
  key.slice(0, key.indexOf('/')),
  key.slice(key.indexOf('/') + 1),
];

/** What a filter leaves of the rows in order. */
interface Found {
  readonly sorted: readonly Entry[];
  readonly faults: boolean;
  readonly filter: Filter;
  readonly entries: readonly Entry[];
  readonly rows: readonly unknown[];
}

/**
 * Makes the function that chooses what is on screen. As long as rows, hopes, filter and sort are the same objects it
 * answers at once; when some of them change only what differs is filtered and sorted.
 */
export function createSelect() {
  const order = createOrder();
  let filter: { screen: Screen; text: string; filter: Filter } | undefined;
  /** The latest filter, and the number by which entries remember it. */
  let held: { usable: Usable; serial: number } | undefined;
  let last: Found | undefined;
  /** What earlier filters found under the present order: letters that were typed are taken away again. */
  const earlier = new Map<string, Found>();
  let placed: { rows: readonly unknown[]; id: string; place: number } | undefined;

  const filterFor = (screen: Screen, text: string): Filter => {
    if (filter?.screen !== screen || filter.text !== text) filter = { screen, text, filter: readFilter(screen, text) };
    return filter.filter;
  };

  const choose = (screen: Screen, sorted: readonly Entry[], current: Filter, faults: boolean): readonly Entry[] => {
    const all = (): readonly Entry[] =>
      faults ? sorted.filter(({ row }) => screen.fault?.(row) !== undefined) : sorted;
    if ('error' in current || current.parts.length === 0) return all();
    const before = held;
    const serial = (before?.serial ?? 0) + (before?.usable === current ? 0 : 1);
    held = { usable: current, serial };
    // A letter more leaves some of those that are left.
    const narrower =
      before !== undefined &&
      last?.sorted === sorted &&
      last.faults === faults &&
      last.filter === before.usable &&
      narrows(current, before.usable);
    return (narrower && last ? last.entries : all()).filter((entry) => {
      if (entry.filter === serial) return entry.passes;
      entry.filter = serial;
      entry.passes = current.test(entry.row, entry);
      return entry.passes;
    });
  };

  const find = (screen: Screen, sorted: readonly Entry[], text: string, faults: boolean): Found => {
    const current = filterFor(screen, text);
    if (last?.sorted === sorted && last.faults === faults && last.filter === current) return last;
    if (last?.sorted !== sorted || last.faults !== faults) earlier.clear();
    let found = earlier.get(text);
    if (!found) {
      const entries = choose(screen, sorted, current, faults);
      const same = last?.entries.length === entries.length && entries.every((entry, n) => entry === last?.entries[n]);
      const rows = same && last ? last.rows : entries.map(({ laid }) => laid);
      found = { sorted, faults, filter: current, entries, rows };
      if (earlier.size >= 8) earlier.clear();
      earlier.set(text, found);
    }
    last = found;
    return last;
  };

  /** Where a row is among those shown, -1 if it is not; `near` is where it was. */
  const placeOf = (id: string, near: number): number => {
    const { rows = [], entries = [] } = last ?? {};
    if (placed?.rows === rows && placed.id === id) return placed.place;
    const around = [near, (placed?.place ?? near) + 1, (placed?.place ?? near) - 1];
    const place = around.find((one) => entries[one]?.id === id) ?? entries.findIndex((entry) => entry.id === id);
    placed = { rows, id, place };
    return place;
  };

  return function visible(state: State, screen: Screen, frame: TableFrame): Visible {
    const source: Source = state.sources[sourceOf(frame) ?? ''] ?? emptySource;
    const { sorted, longest } = order(screen, source.rows, state.hopes, frame.sort);
    const { filter: current, entries, rows } = find(screen, sorted, frame.filter, frame.faults);
    const filterError = 'error' in current ? current.error : undefined;
    const place = frame.cursor === undefined ? -1 : placeOf(frame.cursor, frame.index);
    const lost = frame.cursor !== undefined && place < 0 && source.at !== undefined;
    const ghost = lost ? (source.byId.has(frame.cursor ?? '') ? 'hidden' : 'gone') : undefined;
    return {
      rows,
      entries,
      total: source.rows.length,
      index: ghost ? Math.min(frame.index, rows.length) : place,
      ghost,
      longest,
      filterError,
    };
  };
}

/** How long the texts of rows are made before keys have their turn, milliseconds. */
const slice = 3;

/** Makes the texts a filter looks through before its first letter is typed, without keeping a key or a frame waiting. */
export function warm(screen: Screen, entries: readonly Entry[], from = 0): void {
  setImmediate(() => {
    const until = performance.now() + slice;
    let place = from;
    for (; place < entries.length && performance.now() < until; place++) {
      const entry = entries[place];
      if (entry) allCells(screen, entry.row, entry);
    }
    if (place < entries.length) warm(screen, entries, place);
  });
}

export type Select = ReturnType<typeof createSelect>;

/** What is not well among the rows shown, most serious first, for the title. Counted once for each list of rows. */
export function createTally() {
  const tallies = new WeakMap<readonly unknown[], readonly Fault[]>();
  return ({ screen, visible: { rows, entries } }: { screen: Screen; visible: Visible }): readonly Fault[] => {
    const known = tallies.get(rows);
    if (known) return known;
    const found = new Map<string, Fault>();
    for (const entry of entries) {
      entry.fault ??= screen.fault?.(entry.laid) ?? 'none';
      if (entry.fault === 'none') continue;
      found.set(entry.fault.word, { ...entry.fault, count: (found.get(entry.fault.word)?.count ?? 0) + 1 });
    }
    const tally = [...found.values()].sort((a, b) => gravity(b.tone) - gravity(a.tone) || b.count - a.count);
    tallies.set(rows, tally);
    return tally;
  };
}

interface Fault {
  readonly word: string;
  readonly tone: Tone;
  readonly count: number;
}

const gravity = (tone: Tone): number => (tone === 'bad' ? 2 : tone === 'warn' ? 1 : 0);
