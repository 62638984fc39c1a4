import { clean } from '../lib/clean.ts';
import { type Collated, collate, collated } from '../lib/collate.ts';
import { widthOf } from '../lib/width.ts';
import type { Column, Screen } from '../screens/define.ts';
import type { Memo } from './filter.ts';
import type { Fault } from './haystack.ts';
import { type Runs, runsOf, spliced } from './splice.ts';
import type { Hope, State, TableFrame } from './store.ts';

/** A row with all that was ever found out about it. It lives as long as the row and what is hoped for it do. */
export interface Entry extends Memo {
  readonly id: string;
  /** What the service said. */
  readonly row: unknown;
  readonly hope: Hope | undefined;
  /** The row with what is hoped laid over it. */
  readonly laid: unknown;
  /** Cells of its name. */
  readonly width: number;
  /** What it is sorted by. */
  value: number | Collated | undefined;
  /** What is not well with the row as it is laid; undefined until it was looked at. */
  fault: Fault | 'none' | undefined;
  /** The latest order it has a place in. */
  order: number;
}

export interface Order {
  readonly entries: readonly Entry[];
  readonly sorted: readonly Entry[];
  /** Cells of the longest name. */
  readonly longest: number;
  /** How `sorted` came of what was sorted before; absent where all of it was looked at. */
  readonly change?: Change;
}

export interface Change {
  readonly before: readonly Entry[];
  readonly runs: Runs<Entry>;
}

/** How many rows may have changed for no others to be looked at. */
const few = 1_000;

interface Known extends Order {
  readonly screen: Screen;
  readonly rows: readonly unknown[];
  readonly hopes: State['hopes'];
  readonly column: string;
  readonly descending: boolean;
  /** The number of the order that its entries have. */
  readonly number: number;
}

/** A row with what is hoped for it laid over it, until the service agrees. */
export function withHope(row: unknown, hope: Hope | undefined): unknown {
  return hope && !hope.agrees(row) ? { ...(row as object), ...hope.patch } : row;
}

/** The key of a hope or a staged number: row ids are unique only within a screen. */
export const rowKey = (screen: string, rowId: string): string => `${screen}/${rowId}`;

/**
 * Makes the function that keeps rows in order. What it knows of a row it finds out once; of rows that are new or changed
 * the places are found among the others, which stay in order. As long as nothing differs it answers the same object.
 */
export function createOrder() {
  let last: Known | undefined;

  return function order(
    screen: Screen,
    rows: readonly unknown[],
    hopes: State['hopes'],
    sort: TableFrame['sort'],
  ): Order {
    const before = last?.screen === screen ? last : undefined;
    const kept = before?.column === sort.column && before.descending === sort.descending ? before : undefined;
    if (kept?.hopes === hopes) {
      if (kept.rows === rows) return kept;
      last = changed(kept, rows);
      if (last) return last;
    }
    const column = columnOf(screen, sort.column);
    const entries = takeOver(screen, rows, hopes, before?.entries ?? []);
    const number = (before?.number ?? 0) + 1;
    const fresh: Entry[] = [];
    for (const entry of entries) {
      if (!kept || entry.order === 0) {
        entry.value = column && sortValue(column, entry.laid);
        fresh.push(entry);
      }
      entry.order = number;
    }
    const still = kept ? stillThere(kept.sorted, number) : [];
    fresh.sort(comparison(sort.descending));
    const sorted = fresh.length === 0 ? still : merge(still, fresh, comparison(sort.descending));
    let longest = 0;
    for (const { width } of entries) if (width > longest) longest = width;
    last = { screen, rows, hopes, column: sort.column, descending: sort.descending, entries, sorted, longest, number };
    return last;
  };
}

const columnOf = ({ columns }: Screen, id: string): Column<unknown> | undefined =>
  columns.find((column) => column.id === id) ?? columns[0];

/**
 * The order after a few of the rows have changed where they are: of all the others nothing is looked at but that they are
 * the same. Undefined where more is different.
 */
function changed(known: Known, rows: readonly unknown[]): Known | undefined {
  const { screen, hopes, sorted } = known;
  const places = differences(known.rows, rows);
  if (!places) return undefined;
  const column = columnOf(screen, known.column);
  const compare = comparison(known.descending);
  const entries = known.entries.slice();
  const removed: number[] = [];
  const added: { place: number; fresh: Entry }[] = [];
  let { longest } = known;
  for (const place of places) {
    const [row, old] = [rows[place], entries[place]];
    const id = screen.rowId(row);
    if (old?.id !== id) return undefined;
    const fresh = newEntry(screen, row, id, hopes[rowKey(screen.id, id)]);
    // Whether another name is as long is not known.
    if (fresh.width < old.width && old.width === longest) return undefined;
    longest = Math.max(longest, fresh.width);
    fresh.value = column && sortValue(column, fresh.laid);
    fresh.order = old.order;
    entries[place] = fresh;
    const there = placeIn(sorted, old, compare, 0);
    // Whatever the order was made by: no row may take the place of another.
    if (sorted[there] !== old) return undefined;
    removed.push(there);
    added.push({
      place: compareValues(old.value, fresh.value) === 0 ? there : placeIn(sorted, fresh, compare, 0),
      fresh,
    });
  }
  removed.sort((a, b) => a - b);
  added.sort((a, b) => a.place - b.place || compare(a.fresh, b.fresh));
  const runs = runsOf(sorted.length, removed, added);
  const change = { before: sorted, runs };
  return { ...known, rows, entries, sorted: spliced(sorted, runs, (entry) => entry), longest, change };
}

/** The places at which two lists differ; undefined if there are more than a few, or if they are not equally long. */
function differences(before: readonly unknown[], after: readonly unknown[]): number[] | undefined {
  if (before.length !== after.length) return undefined;
  const places: number[] = [];
  for (let place = 0; place < after.length; place++) {
    if (before[place] === after[place]) continue;
    if (places.length === few) return undefined;
    places.push(place);
  }
  return places;
}

/** An entry for each row: that of before if row and hope are the same. */
function takeOver(
  screen: Screen,
  rows: readonly unknown[],
  hopes: State['hopes'],
  before: readonly Entry[],
): readonly Entry[] {
  const hoped = Object.keys(hopes).length > 0;
  let byId: Map<string, Entry> | undefined;
  let same = rows.length === before.length;
  const entries = rows.map((row, place) => {
    const there = before[place];
    if (!hoped && there && there.row === row && there.hope === undefined) return there;
    const id = screen.rowId(row);
    const hope = hoped ? hopes[rowKey(screen.id, id)] : undefined;
    let old = there;
    if (old?.id !== id && before.length > 0) {
      byId ??= new Map(before.map((entry) => [entry.id, entry]));
      old = byId.get(id);
    }
    if (old && old.id === id && old.row === row && old.hope === hope) {
      if (old !== there) same = false;
      return old;
    }
    same = false;
    return newEntry(screen, row, id, hope);
  });
  return same ? before : entries;
}

function newEntry(screen: Screen, row: unknown, id: string, hope: Hope | undefined): Entry {
  return {
    id,
    row,
    hope,
    laid: withHope(row, hope),
    width: widthOf(clean(screen.rowName(row))),
    value: undefined,
    texts: undefined,
    fault: undefined,
    order: 0,
  };
}

function sortValue(column: Column<unknown>, row: unknown): Entry['value'] {
  const value = column.value(row);
  return value === undefined || typeof value === 'number' ? value : collated(String(value));
}

function stillThere(sorted: readonly Entry[], order: number): readonly Entry[] {
  return sorted.every((entry) => entry.order === order) ? sorted : sorted.filter((entry) => entry.order === order);
}

/** A total order: no two rows have one id. */
function comparison(descending: boolean): (left: Entry, right: Entry) => number {
  return (left, right) => {
    const order = compareValues(left.value, right.value);
    const signed = descending && left.value !== undefined && right.value !== undefined ? -order : order;
    return signed === 0 ? (left.id < right.id ? -1 : 1) : signed;
  };
}

function compareValues(left: Entry['value'], right: Entry['value']): number {
  if (left === right) return 0;
  // Absent values come last, whatever the direction.
  if (left === undefined) return 1;
  if (right === undefined) return -1;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return collate(asText(left), asText(right));
}

const asText = (value: number | Collated): Collated => (typeof value === 'number' ? collated(String(value)) : value);

/** Both are in order. */
function merge(
  left: readonly Entry[],
  right: readonly Entry[],
  compare: (left: Entry, right: Entry) => number,
): readonly Entry[] {
  if (left.length === 0) return right;
  const merged: Entry[] = [];
  let from = 0;
  for (const entry of right) {
    const place = placeIn(left, entry, compare, from);
    while (from < place) {
      const known = left[from++];
      if (known) merged.push(known);
    }
    merged.push(entry);
  }
  while (from < left.length) {
    const known = left[from++];
    if (known) merged.push(known);
  }
  return merged;
}

/** Where an entry is among others, or would be, by halving; they are in order from `from` on. */
function placeIn(
  sorted: readonly Entry[],
  entry: Entry,
  compare: (left: Entry, right: Entry) => number,
  from: number,
): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const known = sorted[middle];
    if (known && compare(known, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
