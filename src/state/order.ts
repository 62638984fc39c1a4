import { clean } from '../lib/clean.ts';
import { type Collated, collate, collated } from '../lib/collate.ts';
import { widthOf } from '../lib/width.ts';
import type { Column, Screen } from '../screens/define.ts';
import type { Memo } from './filter.ts';
import type { Fault } from './haystack.ts';
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
  let last: (Order & { key: readonly unknown[]; screen: Screen; column: string; descending: boolean }) | undefined;
  let orders = 0;

  return function order(
    screen: Screen,
    rows: readonly unknown[],
    hopes: State['hopes'],
    sort: TableFrame['sort'],
  ): Order {
    const column = screen.columns.find(({ id }) => id === sort.column) ?? screen.columns[0];
    const key = [screen, rows, hopes, sort.column, sort.descending];
    if (last?.key.every((part, place) => part === key[place])) return last;
    const before = last?.screen === screen ? last : undefined;
    const entries = takeOver(screen, rows, hopes, before?.entries ?? []);
    const kept = before?.column === sort.column && before.descending === sort.descending ? before : undefined;
    orders++;
    const known = orders;
    const fresh: Entry[] = [];
    for (const entry of entries) {
      if (!kept || entry.order === 0) {
        entry.value = column && sortValue(column, entry.laid);
        fresh.push(entry);
      }
      entry.order = known;
    }
    const still = kept ? stillThere(kept.sorted, known) : [];
    fresh.sort(comparison(sort.descending));
    const sorted = fresh.length === 0 ? still : merge(still, fresh, comparison(sort.descending));
    let longest = 0;
    for (const { width } of entries) if (width > longest) longest = width;
    last = { key, screen, column: sort.column, descending: sort.descending, entries, sorted, longest };
    return last;
  };
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
    // Few are new: their places are found by halving.
    let [low, high] = [from, left.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const known = left[middle];
      if (known && compare(known, entry) < 0) low = middle + 1;
      else high = middle;
    }
    while (from < low) {
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
