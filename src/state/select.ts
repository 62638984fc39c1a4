import { sameElements } from '../lib/equal.ts';
import type { Screen, Tone } from '../screens/define.ts';
import { type Filter, narrows, readFilter } from './filter.ts';
import { type Fault, faultsOf, fill, type Haystack, haystackOf, indexIn, type Places, sift } from './haystack.ts';
import { sourceOf } from './nav.ts';
import { createOrder } from './order.ts';
import { emptySource, type Source, type State, type TableFrame } from './store.ts';

export { rowKey, withHope } from './order.ts';

/** What a table shows: rows in order, with what is hoped laid over what the service said. */
export interface Visible {
  readonly rows: readonly unknown[];
  /** All rows, of which these are at `places`; absent: all of them. */
  readonly stack: Haystack;
  readonly places: Places | undefined;
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
  readonly stack: Haystack;
  readonly faults: boolean;
  readonly filter: Filter;
  /** Absent: all of them. */
  readonly places: Places | undefined;
  readonly rows: readonly unknown[];
}

/**
 * Makes the function that chooses what is on screen. As long as rows, hopes, filter and sort are the same objects it
 * answers at once; when the filter changes only what it may change is looked at.
 */
export function createSelect() {
  const order = createOrder();
  let filter: { screen: Screen; text: string; filter: Filter } | undefined;
  let last: Found | undefined;
  /** What earlier filters found under the present order: letters that were typed are taken away again. */
  const earlier = new Map<string, Found>();
  let placed: { stack: Haystack; id: string; place: number } | undefined;

  const filterFor = (screen: Screen, text: string): Filter => {
    if (filter?.screen !== screen || filter.text !== text) filter = { screen, text, filter: readFilter(screen, text) };
    return filter.filter;
  };

  const choose = (stack: Haystack, current: Filter, faults: boolean): Places | undefined => {
    const plain = 'error' in current || current.parts.length === 0;
    if (plain && !faults) return undefined;
    const comparable = last?.stack === stack && last.faults === faults ? last : undefined;
    // A letter more leaves some of those that are left.
    const narrower = !plain && comparable && !('error' in comparable.filter) && narrows(current, comparable.filter);
    const from = narrower && comparable.places ? comparable.places : faults ? faulty(stack) : all(stack);
    return plain ? from : sift(stack, from, current);
  };

  const find = (stack: Haystack, text: string, faults: boolean): Found => {
    const current = filterFor(stack.screen, text);
    if (last?.stack === stack && last.faults === faults && last.filter === current) return last;
    if (last?.stack !== stack || last.faults !== faults) earlier.clear();
    let found = earlier.get(text);
    if (!found) {
      const places = choose(stack, current, faults);
      const rows = places ? rowsAt(stack, places) : stack.rows;
      found = {
        stack,
        faults,
        filter: current,
        places,
        rows: last && sameElements(last.rows, rows) ? last.rows : rows,
      };
      if (earlier.size >= 8) earlier.clear();
      earlier.set(text, found);
    }
    last = found;
    return last;
  };

  /** Where a row is among those found, -1 if it is not; `near` is where it was. */
  const placeOf = ({ stack, places }: Found, id: string, near: number): number => {
    if (placed?.stack !== stack || placed.id !== id) {
      const around = [near, near + 1, near - 1].map((one) => (places ? places[one] : one));
      const isIt = (place: number | undefined): boolean => place !== undefined && stack.entries[place]?.id === id;
      const place = around.find(isIt) ?? stack.entries.findIndex((entry) => entry.id === id);
      placed = { stack, id, place };
    }
    return places && placed.place >= 0 ? indexIn(places, placed.place) : placed.place;
  };

  return function visible(state: State, screen: Screen, frame: TableFrame): Visible {
    const source: Source = state.sources[sourceOf(frame) ?? ''] ?? emptySource;
    const ordered = order(screen, source.rows, state.hopes, frame.sort);
    const found = find(haystackOf(screen, ordered), frame.filter, frame.faults);
    const { filter: current, stack, places, rows } = found;
    const filterError = 'error' in current ? current.error : undefined;
    const place = frame.cursor === undefined ? -1 : placeOf(found, frame.cursor, frame.index);
    const lost = frame.cursor !== undefined && place < 0 && source.at !== undefined;
    const ghost = lost ? (source.byId.has(frame.cursor ?? '') ? 'hidden' : 'gone') : undefined;
    return {
      rows,
      stack,
      places,
      total: source.rows.length,
      index: ghost ? Math.min(frame.index, rows.length) : place,
      ghost,
      longest: ordered.longest,
      filterError,
    };
  };
}

function all({ entries }: Haystack): Places {
  const places = new Int32Array(entries.length);
  for (let place = 0; place < places.length; place++) places[place] = place;
  return places;
}

function rowsAt({ rows }: Haystack, places: Places): readonly unknown[] {
  const there: unknown[] = new Array(places.length);
  for (let n = 0; n < there.length; n++) there[n] = rows[places[n] as number];
  return there;
}

const faulty = (stack: Haystack): Places =>
  all(stack).filter((place) => stack.screen.fault?.(stack.entries[place]?.row) !== undefined);

/** How long the texts of rows are made before keys have their turn, milliseconds. */
const slice = 3;

/** Makes the texts a filter looks through before its first letter is typed, without keeping a key or a frame waiting. */
export function warm(stack: Haystack): void {
  setImmediate(() => {
    if (!fill(stack, performance.now() + slice)) warm(stack);
  });
}

export type Select = ReturnType<typeof createSelect>;

/** What is not well among the rows shown, most serious first, for the title. Counted once for each list of rows. */
export function createTally() {
  const tallies = new WeakMap<readonly unknown[], readonly Counted[]>();
  return ({ visible: { rows, stack, places } }: { visible: Visible }): readonly Counted[] => {
    const known = tallies.get(rows);
    if (known) return known;
    const found = new Map<string, Fault & { count: number }>();
    const faults = faultsOf(stack);
    for (let n = 0; n < rows.length; n++) {
      const fault = faults[places ? (places[n] as number) : n];
      if (!fault) continue;
      const counted = found.get(fault.word);
      if (counted) counted.count++;
      else found.set(fault.word, { ...fault, count: 1 });
    }
    const tally = [...found.values()].sort((a, b) => gravity(b.tone) - gravity(a.tone) || b.count - a.count);
    tallies.set(rows, tally);
    return tally;
  };
}

interface Counted extends Fault {
  readonly count: number;
}

const gravity = (tone: Tone): number => (tone === 'bad' ? 2 : tone === 'warn' ? 1 : 0);
