import { SPACE } from './glyphs.ts';
import { createGrid, type Grid, type GridParts } from './grid.ts';

/** Cells that lie over the painted lines: of each row those from `from` to before `to`; of most rows none. */
export interface Overlay {
  readonly grid: Grid;
  readonly from: Int16Array;
  readonly to: Int16Array;
}

// SGR with its parameters; or any other sequence, which a frame at rest has no use for.
const SEQUENCE = /\u001b(?:\[([\d;:]*)m|\[[ -?]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|.)/gsu;

/**
 * Reads a frame of text with SGR colours, rows divided by newlines, into cells. What lies over the lines below is, in each
 * row, everything from the first cell drawn to the last: boxes have edges, so that is the box with all that is
 * inside it. Undefined when nothing is drawn.
 */
export function readOverlay(
  text: string,
  { columns, rows }: { columns: number; rows: number },
  parts: GridParts,
): Overlay | undefined {
  const grid = createGrid(columns, rows, parts);
  let style = 0;
  const lines = text.split('\n', rows);
  lines.forEach((line, y) => {
    let x = 0;
    let at = 0;
    for (const match of line.matchAll(SEQUENCE)) {
      x = grid.put(x, y, line.slice(at, match.index), style);
      if (match[1] !== undefined) style = parts.styles.apply(style, match[1]);
      at = match.index + match[0].length;
    }
    grid.put(x, y, line.slice(at), style);
  });
  const from = new Int16Array(rows);
  const to = new Int16Array(rows);
  let drawn = false;
  for (let y = 0; y < rows; y++) {
    const row = y * columns;
    const blank = (x: number): boolean => grid.glyphs[row + x] === SPACE && grid.styles[row + x] === 0;
    let [first, last] = [0, columns];
    while (first < columns && blank(first)) first++;
    while (last > first && blank(last - 1)) last--;
    from[y] = first;
    to[y] = last;
    if (last > first) drawn = true;
  }
  return drawn ? { grid, from, to } : undefined;
}
