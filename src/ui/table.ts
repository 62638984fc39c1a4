import { clean } from '../lib/clean.ts';
import { sameElements } from '../lib/equal.ts';
import { latest } from '../lib/latest.ts';
import { fit } from '../lib/width.ts';
import type { Column, Screen } from '../screens/define.ts';
import type { OpenTable } from '../state/context.ts';
import { rowKey } from '../state/select.ts';
import type { Source, State, TableFrame } from '../state/store.ts';
import { scrollTo } from '../state/window.ts';
import { fitLine, type Line, type Span } from './line.ts';

const gap = 2;
/** Cells left of the rows, for the sign of a mark. */
export const gutter = 1;
const widestName = 60;

type Columns = readonly { readonly column: Column<unknown>; readonly cells: number }[];

/** The columns there is room for, with the cells each gets; `longest` is the width of the longest name. */
export function fitColumns(screen: Screen, longest: number, width: number, wide: boolean): Columns {
  let columns = screen.columns.filter((column) => wide || !column.wide);
  const needed = (): number => columns.reduce((sum, column) => sum + column.width + gap, -gap);
  while (needed() > width) {
    const droppable = columns.filter(({ drop, wide: extra }) => drop !== undefined || extra);
    // Whoever asks for all columns wants those that are else not shown most.
    const rank = ({ drop, wide: extra }: Column<unknown>): number => (drop ?? 0) + (extra ? 100 : 0);
    const next = droppable.sort((a, b) => rank(a) - rank(b))[0];
    if (!next) break;
    columns = columns.filter((column) => column !== next);
  }
  const spare = Math.max(0, width - needed());
  return columns.map((column) => {
    if (!column.grow) return { column, cells: column.width };
    // When all that may go is gone and it is still too much, the name gives way: other columns stay whole.
    if (needed() > width) return { column, cells: Math.max(6, column.width - (needed() - width)) };
    const wanted = Math.min(widestName, Math.max(column.width, longest));
    return { column, cells: Math.min(column.width + spare, wanted) };
  });
}

/** The lines drawn last, and for how long nothing in them changes. */
let last:
  | {
      readonly of: readonly unknown[];
      readonly now: number;
      readonly until: number;
      readonly lines: Line[];
      /** By their lines. */
      readonly rows: readonly (Drawn | undefined)[];
    }
  | undefined;

/** The heading, then a line for each row there is room for. Lines are `width` cells and the gutter before them. */
export function tableLines(state: State, table: OpenTable, source: Source, width: number, height: number): Line[] {
  const { screen, frame, visible } = table;
  const { rows, index, ghost, longest } = visible;
  const { now } = state.session;
  const { trouble, missing } = source;
  const { hopes, staged } = state;
  const of = [screen, frame, rows, index, ghost, longest, trouble, missing, hopes, staged, width, height];
  if (last && sameElements(last.of, of) && now >= last.now && now < last.until) return last.lines;
  last = { of, now, ...drawLines(state, table, source, width, height) };
  return last.lines;
}

function drawLines(
  state: State,
  table: OpenTable,
  source: Source,
  width: number,
  height: number,
): { lines: Line[]; until: number; rows: readonly (Drawn | undefined)[] } {
  const { screen, frame, visible } = table;
  const columns = columnsFor(screen, visible.longest, width, frame.wide);
  const page = height - 1;
  const length = visible.rows.length + (visible.ghost ? 1 : 0);
  const top = scrollTo(frame.top, Math.max(0, visible.index), page, length);
  const lines: Line[] = [heading(columns, frame.sort, frame.column, width)];
  const before = last?.rows ?? [];
  const rows: (Drawn | undefined)[] = [undefined];
  const { marks } = frame;
  const { hopes, staged, session } = state;
  // What may be old is never shown as if it were fresh.
  const stale = source.trouble !== undefined;
  const usual = { now: session.now, selected: false, marked: false, hoped: false, stale, staged: undefined };
  const alike =
    [hopes, staged].every((some) => Object.keys(some).length === 0) && marks.size + source.missing.size === 0;
  let until = Number.POSITIVE_INFINITY;
  for (let place = top; place < Math.min(length, top + page); place++) {
    if (visible.ghost && place === visible.index) {
      const words = visible.ghost === 'gone' ? 'gone' : 'no longer matches the filter';
      lines.push(
        fitLine(
          [{ text: fit(`✕ ${clean(frame.name)} ${words} · ↑/↓ to leave`, width), tone: 'dim', inverse: true }],
          width + gutter,
        ),
      );
      rows.push(undefined);
      continue;
    }
    const row = visible.rows[visible.ghost && place > visible.index ? place - 1 : place];
    const selected = place === visible.index;
    const looks = alike && !selected ? usual : looksOf(usual, state, table, source, row, selected);
    const now = drawnRow(columns, row, width, looks, before[lines.length]);
    rows.push(now);
    lines.push(now.line);
    until = Math.min(until, now.until);
  }
  return { lines, until, rows };
}

const heading = latest((columns: Columns, sort: TableFrame['sort'], at: string | undefined, width: number): Line => {
  const spans = columns.flatMap(({ column, cells }, place): Span[] => {
    const sorted = sort.column === column.id;
    const title = `${column.title}${sorted ? (sort.descending ? '↓' : '↑') : ''}`;
    const chosen = at === column.id;
    const span: Span = { text: fit(title, cells, column.align), bold: true, tone: 'accent', inverse: chosen };
    return place === 0 ? [span] : [{ text: ' '.repeat(gap) }, span];
  });
  return [{ text: ' ' }, ...fitLine(spans, width)];
});

const columnsFor = latest(fitColumns);

/** What a row looks like beyond what it says. */
interface RowLooks {
  /** Epoch milliseconds, for its ages. */
  readonly now: number;
  readonly selected: boolean;
  readonly marked: boolean;
  readonly hoped: boolean;
  readonly stale: boolean;
  readonly staged: State['staged'][string] | undefined;
}

/** `usual` is what rows look like of which nothing special is known. */
function looksOf(
  usual: RowLooks,
  state: State,
  { screen, frame }: OpenTable,
  { missing }: Source,
  row: unknown,
  selected: boolean,
): RowLooks {
  const id = screen.rowId(row);
  const key = rowKey(screen.id, id);
  return {
    ...usual,
    selected,
    marked: frame.marks.has(id),
    hoped: state.hopes[key] !== undefined,
    stale: usual.stale || missing.has(id),
    staged: state.staged[key],
  };
}

interface Drawn {
  readonly row: unknown;
  readonly columns: Columns;
  readonly width: number;
  readonly looks: RowLooks;
  readonly texts: readonly string[];
  /** Until when they are true, epoch milliseconds. */
  readonly until: number;
  readonly line: Line;
}

/** The line each row had: a key moves the cursor, and all rows but two stay the same line, which nobody paints again. */
const drawn = new WeakMap<object, Drawn>();

function drawnRow(columns: Columns, row: unknown, width: number, looks: RowLooks, there: Drawn | undefined): Drawn {
  // A list may hold what is no row at all; it is drawn all the same.
  const place = typeof row === 'object' && row !== null ? row : {};
  // Mostly it is where it was, and to look it up takes as long as all else.
  const before = there?.row === row ? there : drawn.get(place);
  const known = before && before.columns === columns && before.width === width && looksSame(before.looks, looks);
  if (known && looks.now >= before.looks.now && looks.now < before.until) return before;
  const texts = columns.map(({ column }) => (column.text ? column.text(row, looks.now) : clean(column.value(row))));
  const same = known && texts.every((text, place) => text === before.texts[place]);
  const line = same ? before.line : drawRow(columns, texts, row, width, looks);
  const until = columns.reduce(
    (soonest, { column }) => Math.min(soonest, column.until?.(row, looks.now) ?? soonest),
    Number.POSITIVE_INFINITY,
  );
  const now = { row, columns, width, looks, texts, until, line };
  drawn.set(place, now);
  return now;
}

const looksSame = (a: RowLooks, b: RowLooks): boolean =>
  a.selected === b.selected &&
  a.marked === b.marked &&
  a.hoped === b.hoped &&
  a.stale === b.stale &&
  a.staged === b.staged;

function drawRow(
  columns: Columns,
  texts: readonly string[],
  row: unknown,
  width: number,
  { selected, marked, hoped, stale, staged }: RowLooks,
): Line {
  const spans: Span[] = [];
  columns.forEach(({ column, cells }, place) => {
    if (place > 0) spans.push({ text: ' '.repeat(gap), inverse: selected });
    if (staged && staged.column === column.id) {
      const text = `${staged.from}→${staged.to}`;
      spans.push({ text: fit(text, cells), bold: true, tone: 'warn', inverse: !selected });
      return;
    }
    const tone = stale ? 'dim' : hoped ? 'busy' : (column.tone?.(row) ?? 'plain');
    spans.push({ text: fit(texts[place] ?? '', cells, column.align), tone, inverse: selected, bold: marked });
  });
  const line = fitLine(spans, width);
  const sign: Span = { text: marked ? '•' : ' ', tone: 'accent', bold: true };
  const last = line.at(-1);
  return selected && last && last.inverse !== true
    ? [sign, ...line.slice(0, -1), { ...last, inverse: true }]
    : [sign, ...line];
}
