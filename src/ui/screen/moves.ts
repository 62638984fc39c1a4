import { SPACE } from './glyphs.ts';
import type { Grid } from './grid.ts';

/** Rows `top` to `bottom` are shifted by so many rows, down when above 0; what comes in is blank. */
export interface Move {
  readonly top: number;
  readonly bottom: number;
  readonly by: number;
}

export interface Moves {
  /** The largest block of rows that is elsewhere in the new grid than in the old one. */
  find(from: Grid, to: Grid): Move | undefined;
}

/** A block smaller than this is not looked for. */
const FEWEST_ROWS = 2;

export function createMoves(columns: number, rows: number): Moves {
  const old = new Int32Array(rows);
  const next = new Int32Array(rows);
  // Rows are told by what stands on their left, where names are: a clock on the right may go on while they move.
  const told = Math.min(columns, Math.max(24, columns >> 1));

  /** A number for the text of a row, without its looks, for the selected row looks different. 0 when it is blank. */
  const hash = (grid: Grid, y: number): number => {
    let sum = 7;
    let inked = false;
    for (let at = y * columns, end = at + told; at < end; at++) {
      const glyph = grid.glyphs[at] ?? SPACE;
      sum = (Math.imul(sum, 31) + glyph) | 0;
      // The edges of a frame alone do not tell a row.
      if (glyph !== SPACE && glyph !== 0x2502) inked = true;
    }
    return inked ? sum || 1 : 0;
  };

  return {
    find(from, to) {
      for (let y = 0; y < rows; y++) {
        old[y] = hash(from, y);
        next[y] = hash(to, y);
      }
      let best: Move | undefined;
      let most = FEWEST_ROWS - 1;
      for (let by = 1 - rows; by < rows; by++) {
        if (by === 0) continue;
        // The run with the most rows that came from `by` rows above; rows alike in both places only join it.
        let first = -1;
        let score = 0;
        for (let y = Math.max(0, by); y < Math.min(rows, rows + by); y++) {
          if (next[y] !== old[y - by]) {
            first = -1;
            score = 0;
          } else if (next[y] !== 0 && next[y] !== old[y]) {
            if (first < 0) first = y;
            score += 1;
            if (score <= most) continue;
            most = score;
            best = { top: Math.min(first, first - by), bottom: Math.max(y, y - by), by };
          }
        }
      }
      return best;
    },
  };
}

/** Does to a grid what the terminal does when it scrolls a region. */
export function moveRows(grid: Grid, { top, bottom, by }: Move): void {
  const { columns, glyphs, styles } = grid;
  const kept = bottom - top + 1 - Math.abs(by);
  const source = by > 0 ? top : top - by;
  const target = by > 0 ? top + by : top;
  glyphs.copyWithin(target * columns, source * columns, (source + kept) * columns);
  styles.copyWithin(target * columns, source * columns, (source + kept) * columns);
  const hole = by > 0 ? top : bottom + 1 + by;
  glyphs.fill(SPACE, hole * columns, (hole + Math.abs(by)) * columns);
  styles.fill(0, hole * columns, (hole + Math.abs(by)) * columns);
}
