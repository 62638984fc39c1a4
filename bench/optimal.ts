/**
 * The fewest bytes that turn one screen into another: by dynamic programming over every way to write, pass over, jump
 * over or erase each cell of a row, with every pen, on an erased row, or after a block of rows was scrolled. It only
 * counts; nobody could afford to look for it between two frames.
 */
import type { Cell } from '../test/support/emulated-screen.ts';

export type Cells = readonly (readonly Cell[])[];

/** What a pen is set to. */
interface Pen {
  readonly key: string;
  readonly parameters: readonly string[];
  /** Whether blanks written or erased with it look like plain ones. */
  readonly quiet: boolean;
}

/** Where the cursor is after so many bytes, with which pen. */
interface State {
  readonly x: number;
  readonly y: number;
  readonly pen: Pen;
  readonly cost: number;
}

const plain: Pen = { key: '', parameters: [], quiet: true };
const pens = new Map<string, Pen>([['', plain]]);
/** So many of the cheapest states go on to the next row. */
const beam = 8;

function penOf(cell: Cell): Pen {
  const { fg, bg, bold, dim, italic, underline, inverse } = cell;
  const colour = (name: string, base: number, bright: number): string[] => {
    if (name === 'default') return [];
    const index = Number(/^ansi-(\d+)$/.exec(name)?.[1] ?? 256);
    return [index < 8 ? String(base + index) : index < 16 ? String(bright + index - 8) : '38;5;255'];
  };
  const on: [boolean, string][] = [[bold, '1'], [dim, '2'], [italic, '3'], [underline, '4'], [inverse, '7']]; // biome-ignore format: pairs
  const parameters = [
    ...on.filter(([set]) => set).map(([, code]) => code),
    ...colour(fg, 30, 90),
    ...colour(bg, 40, 100),
  ];
  const key = parameters.join(';');
  const known = pens.get(key);
  if (known) return known;
  const pen = { key, parameters, quiet: !inverse && !underline && bg === 'default' };
  pens.set(key, pen);
  return pen;
}

const offs: Readonly<Record<string, string>> = { 1: '22', 2: '22', 3: '23', 4: '24', 7: '27' };
const changes = new Map<string, number>();

function changeCost(from: Pen, to: Pen): number {
  if (from === to) return 0;
  const name = `${from.key}>${to.key}`;
  const known = changes.get(name);
  if (known !== undefined) return known;
  const anew = to.key === '' ? 3 : 4 + to.key.length;
  const lost = from.parameters.filter((each) => !to.parameters.includes(each));
  let kept = from.parameters.filter((each) => to.parameters.includes(each));
  const words: string[] = [];
  for (const each of lost) {
    const code = Number(each);
    const replaced = (low: number, high: number) =>
      to.parameters.some((other) => Number(other) >= low && Number(other) <= high);
    if (code >= 40 && code < 50) words.push(...(replaced(40, 49) ? [] : ['49']));
    else if (code >= 30) words.push(...(replaced(30, 39) || replaced(90, 97) ? [] : ['39']));
    else words.push(offs[each] ?? '0');
    // Bold and dim are switched off by one code.
    if (offs[each] === '22') kept = kept.filter((other) => offs[other] !== '22');
  }
  words.push(...to.parameters.filter((each) => !kept.includes(each)));
  const cost = Math.min(anew, 3 + [...new Set(words)].join(';').length);
  changes.set(name, cost);
  return cost;
}

const digits = (value: number): number => String(value).length;
/** CSI with a count that is left out when it is 1. */
const counted = (count: number): number => (count === 1 ? 3 : 3 + digits(count));

function across(from: number, to: number): number {
  if (from === to) return 0;
  const absolute = Math.min(3 + digits(to + 1), to === 0 ? 1 : Infinity);
  const relative = to > from ? counted(to - from) : Math.min(counted(from - to), from - to);
  // From the first column, which takes one byte to reach.
  return Math.min(absolute, relative, to > 0 ? 1 + counted(to) : Infinity);
}

function moveCost({ x, y }: { x: number; y: number }, toX: number, toY: number): number {
  const anywhere =
    toX === 0 ? (toY === 0 ? 3 : 3 + digits(toY + 1)) : 4 + digits(toX + 1) + (toY === 0 ? 0 : digits(toY + 1));
  if (x < 0) return anywhere;
  const dy = toY - y;
  const vertical = dy === 0 ? 0 : dy > 0 ? Math.min(dy, counted(dy)) : counted(-dy);
  return Math.min(anywhere, vertical + across(x, toX));
}

const blank: Cell = {
  char: ' ',
  fg: 'default',
  bg: 'default',
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
};
const isBlank = (cell: Cell): boolean => cell.char === ' ' && penOf(cell) === plain;
const isSame = (a: Cell, b: Cell): boolean => a.char === b.char && penOf(a) === penOf(b);
const sizeOf = (cell: Cell): number => Buffer.byteLength(cell.char);

/** The states after a row, the cheapest first; those before it when nothing of it differs. */
function rowStates(before: readonly State[], from: readonly Cell[], to: readonly Cell[], y: number): readonly State[] {
  const width = to.length;
  const differs = to.map((cell, x) => !isSame(from[x] as Cell, cell));
  const first = differs.indexOf(true);
  if (first < 0) return before;
  const nextDiffering = new Array<number>(width + 1).fill(width);
  for (let x = width - 1; x >= 0; x--) nextDiffering[x] = differs[x] ? x : (nextDiffering[x + 1] ?? width);
  const blankUntil = new Array<number>(width + 1).fill(width);
  for (let x = width - 1; x >= 0; x--)
    blankUntil[x] = isBlank(to[x] as Cell) ? (x + 1 < width ? (blankUntil[x + 1] ?? width) : width) : x;
  const at: Map<Pen, number>[] = Array.from({ length: width + 1 }, () => new Map());
  const ends: State[] = [];
  const reach = (x: number, pen: Pen, cost: number): void => {
    const known = at[x]?.get(pen);
    if (known === undefined || cost < known) at[x]?.set(pen, cost);
  };
  // Writing may begin left of what differs, over what is there.
  for (const state of before) {
    for (let x = Math.max(0, first - 24); x <= first; x++) reach(x, state.pen, state.cost + moveCost(state, x, y));
  }
  for (let x = 0; x <= width; x++) {
    const differing = nextDiffering[x] ?? width;
    for (const [pen, cost] of at[x] ?? []) {
      if (differing === width) {
        ends.push({ x, y, pen, cost });
        continue;
      }
      const cell = to[x] as Cell;
      if (differing > x) reach(differing, pen, cost + across(x, differing));
      if (cell.char === '') {
        reach(x + 1, pen, cost);
        continue;
      }
      const wide = to[x + 1]?.char === '' ? 2 : 1;
      const target = isBlank(cell) ? undefined : penOf(cell);
      if (target) reach(x + wide, target, cost + changeCost(pen, target) + sizeOf(cell));
      else {
        const after = to[blankUntil[x] ?? width];
        const next = after ? penOf(after) : plain;
        // In the pen at hand, or in the one of the text behind them, or in none.
        for (const quiet of new Set([pen, next, plain].filter((each) => each.quiet))) {
          const there = cost + changeCost(pen, quiet);
          reach(x + 1, quiet, there + 1);
          const end = blankUntil[x] ?? x;
          const goal = nextDiffering[end] ?? width;
          if (end === width) ends.push({ x, y, pen: quiet, cost: there + 3 });
          else if (goal === width) ends.push({ x, y, pen: quiet, cost: there + counted(end - x) });
          else reach(goal, quiet, there + counted(end - x) + across(x, goal));
        }
      }
    }
  }
  return ends.sort((a, b) => a.cost - b.cost).slice(0, beam);
}

function paintCost(from: Cells, to: Cells): number {
  let states: readonly State[] = [{ x: -1, y: -1, pen: plain, cost: 0 }];
  to.forEach((row, y) => {
    const old = from[y] ?? [];
    if (row.every((cell, x) => isSame(old[x] as Cell, cell))) return;
    const over = rowStates(states, old, row, y);
    const erased = states.map((state) => ({
      x: state.y === y ? state.x : 0,
      y,
      pen: state.pen.quiet ? state.pen : plain,
      cost:
        state.cost +
        changeCost(state.pen, state.pen.quiet ? state.pen : plain) +
        moveCost(state, state.y === y ? state.x : 0, y) +
        4,
    }));
    const anew = rowStates(
      erased,
      row.map(() => blank),
      row,
      y,
    );
    states = [...over, ...anew].sort((a, b) => a.cost - b.cost).slice(0, beam);
  });
  return Math.min(...states.map(({ pen, cost }) => cost + changeCost(pen, plain)));
}

/** The fewest bytes from one screen to the other, in this class of programs. */
export function optimalBytes(from: Cells, to: Cells): number {
  const changed = to.flatMap((row, y) =>
    row.every((cell, x) => isSame((from[y] as Cell[])[x] as Cell, cell)) ? [] : [y],
  );
  if (changed.length === 0) return 0;
  let best = paintCost(from, to);
  const blankRow = (from[0] as Cell[]).map(() => blank);
  for (const { first, last, by } of scrolls(from, to, changed)) {
    const moved = from.map((row, y) => {
      if (y < first || y > last) return row;
      const source = y + by;
      return source < first || source > last ? blankRow : (from[source] as Cell[]);
    });
    const region = 4 + digits(first + 1) + digits(last + 1) + counted(Math.abs(by)) + 3;
    best = Math.min(best, region + paintCost(moved, to));
  }
  return best;
}

interface Scroll {
  readonly first: number;
  readonly last: number;
  /** Row `y` gets what row `y + by` shows. */
  readonly by: number;
}

/** Scrolls that put some row where it belongs: of each block of such rows, and of all that changed. */
function scrolls(from: Cells, to: Cells, changed: readonly number[]): Scroll[] {
  const keyOf = (row: readonly Cell[]): string =>
    row.map((cell) => `${cell.char}\u0000${penOf(cell).key}`).join('\u0001');
  const [old, next] = [from.map(keyOf), to.map(keyOf)];
  const [top, bottom] = [changed[0] as number, changed.at(-1) as number];
  const found = new Map<string, Scroll>();
  const add = (first: number, last: number, by: number): void => {
    if (last - first >= Math.abs(by)) found.set(`${first} ${last} ${by}`, { first, last, by });
  };
  for (let by = -(to.length - 1); by < to.length; by++) {
    if (by === 0) continue;
    let any = false;
    for (let y = 0; y < to.length; y++) {
      if (next[y] !== old[y + by] || next[y] === old[y]) continue;
      any = true;
      let end = y;
      while (end + 1 < to.length && next[end + 1] === old[end + 1 + by]) end++;
      add(Math.min(y, y + by), Math.max(end, end + by), by);
      y = end;
    }
    if (any) {
      add(top, bottom, by);
      add(top + 1, bottom, by);
    }
  }
  return [...found.values()];
}
