import { clean } from '../lib/clean.ts';
import { widthOf } from '../lib/width.ts';
import type { Column, Screen, Tone } from '../screens/define.ts';
import { type Filter, readFilter } from './filter.ts';
import { sourceOf } from './nav.ts';
import { emptySource, type Hope, type Source, type State, type TableFrame } from './store.ts';

/** What a table shows: rows in order, with what is hoped laid over what the service said. */
export interface Visible {
  readonly rows: readonly unknown[];
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

const collator = new Intl.Collator('en', { numeric: true });

function compareValues(left: unknown, right: unknown): number {
  if (left === right) return 0;
  // Absent values come last, whatever the direction.
  if (left === undefined) return 1;
  if (right === undefined) return -1;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return collator.compare(String(left), String(right));
}

function sorted(screen: Screen, rows: readonly unknown[], column: Column<unknown>, descending: boolean): unknown[] {
  const keyed = rows.map((row) => ({ row, value: column.value(row), id: screen.rowId(row) }));
  keyed.sort((a, b) => {
    const order = compareValues(a.value, b.value);
    const signed = descending && a.value !== undefined && b.value !== undefined ? -order : order;
    return signed === 0 ? (a.id < b.id ? -1 : 1) : signed;
  });
  return keyed.map(({ row }) => row);
}

/** A row with what is hoped for it laid over it, until the service agrees. */
export function withHope(row: unknown, hope: Hope | undefined): unknown {
  return hope && !hope.agrees(row) ? { ...(row as object), ...hope.patch } : row;
}

/** The key of a hope or a staged number: row ids are unique only within a screen. */
export const rowKey = (screen: string, rowId: string): string => `${screen}/${rowId}`;
export const splitKey = (key: string): [screen: string, rowId: string] => [
  key.slice(0, key.indexOf('/')),
  key.slice(key.indexOf('/') + 1),
];

/**
 * Makes the function that chooses what is on screen. It remembers its last answer: as long as rows, hopes,
 * filter and sort are the same objects nothing is filtered or sorted again.
 */
export function createSelect() {
  let filter: { screen: Screen; text: string; filter: Filter } | undefined;
  let named: { rows: readonly unknown[]; longest: number } | undefined;
  let last: { key: readonly unknown[]; rows: readonly unknown[]; places: ReadonlyMap<string, number> } | undefined;

  const filterFor = (screen: Screen, text: string): Filter => {
    if (filter?.screen !== screen || filter.text !== text) filter = { screen, text, filter: readFilter(screen, text) };
    return filter.filter;
  };

  return function visible(state: State, screen: Screen, frame: TableFrame): Visible {
    const source: Source = state.sources[sourceOf(frame) ?? ''] ?? emptySource;
    const current = filterFor(screen, frame.filter);
    const key = [source.rows, state.hopes, current, frame.faults, frame.sort, screen];
    if (!last?.key.every((part, place) => part === key[place])) {
      const hoped = Object.keys(state.hopes).length > 0;
      const rows = source.rows.filter((row) => !('test' in current) || current.test(row));
      const faulty = frame.faults ? rows.filter((row) => screen.fault?.(row) !== undefined) : rows;
      const laid = hoped
        ? faulty.map((row) => withHope(row, state.hopes[rowKey(screen.id, screen.rowId(row))]))
        : faulty;
      const column = screen.columns.find(({ id }) => id === frame.sort.column) ?? screen.columns[0];
      const ordered = column ? sorted(screen, laid, column, frame.sort.descending) : laid;
      last = { key, rows: ordered, places: new Map(ordered.map((row, place) => [screen.rowId(row), place])) };
    }
    if (named?.rows !== source.rows) {
      const longest = source.rows.reduce<number>((most, row) => Math.max(most, widthOf(clean(screen.rowName(row)))), 0);
      named = { rows: source.rows, longest };
    }
    const filterError = 'error' in current ? current.error : undefined;
    const { rows } = last;
    const place = frame.cursor === undefined ? -1 : (last.places.get(frame.cursor) ?? -1);
    const lost = frame.cursor !== undefined && place < 0 && source.at !== undefined;
    const ghost = lost ? (source.byId.has(frame.cursor ?? '') ? 'hidden' : 'gone') : undefined;
    return {
      rows,
      total: source.rows.length,
      index: ghost ? Math.min(frame.index, rows.length) : place,
      ghost,
      longest: named.longest,
      filterError,
    };
  };
}

export type Select = ReturnType<typeof createSelect>;

/** What is not well among the rows shown, most serious first, for the title. Counted once for each list of rows. */
export function createTally() {
  let last: { rows: readonly unknown[]; tally: readonly Fault[] } | undefined;
  return ({ screen, visible: { rows } }: { screen: Screen; visible: Visible }): readonly Fault[] => {
    if (last?.rows === rows) return last.tally;
    const found = new Map<string, Fault>();
    for (const row of rows) {
      const fault = screen.fault?.(row);
      if (fault) found.set(fault.word, { ...fault, count: (found.get(fault.word)?.count ?? 0) + 1 });
    }
    const tally = [...found.values()].sort((a, b) => gravity(b.tone) - gravity(a.tone) || b.count - a.count);
    last = { rows, tally };
    return tally;
  };
}

interface Fault {
  readonly word: string;
  readonly tone: Tone;
  readonly count: number;
}

const gravity = (tone: Tone): number => (tone === 'bad' ? 2 : tone === 'warn' ? 1 : 0);
