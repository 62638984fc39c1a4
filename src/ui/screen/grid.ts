import { graphemes, isPlainAscii, isSimple } from '../../lib/width.ts';
import type { Line } from '../line.ts';
import { type Glyphs, SPACE, TAIL } from './glyphs.ts';
import type { Styles } from './style.ts';

/** What every cell of a screen holds. A wide character takes its own cell and a `TAIL` right of it. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** By row, `rows * columns` of them. */
  readonly glyphs: Uint32Array;
  readonly styles: Uint16Array;
  clear(): void;
  /**
   * Writes text from column `x` on and answers the column after it. What is outside is cut; a wide character of which
   * only a half is inside, and the other half of one that was overwritten, become a space.
   */
  put(x: number, y: number, text: string, style: number): number;
  /** Writes a line over a whole row; right of its end the row is blank. */
  paintLine(y: number, line: Line): void;
  /** Takes over cells `from` to before `to` of a row of another grid of the same size. */
  copyCells(source: Grid, y: number, from: number, to: number): void;
  copy(source: Grid): void;
  equal(other: Grid): boolean;
}

export interface GridParts {
  readonly glyphs: Glyphs;
  readonly styles: Styles;
  /** What the terminal can show of a text, in as many cells; not asked for ASCII. */
  readonly draw?: (text: string) => string;
}

/** A blank grid. Its buffers are made once: nothing that is done to it later allocates for ASCII and simple text. */
export function createGrid(columns: number, rows: number, { glyphs: table, styles: looks, draw }: GridParts): Grid {
  const glyphs = new Uint32Array(columns * rows).fill(SPACE);
  const styles = new Uint16Array(columns * rows);

  /** Before a cell is overwritten: the other half of the wide character in it becomes a space. */
  const part = (at: number, x: number): void => {
    if (glyphs[at] === TAIL && x > 0) blank(at - 1);
    if (x + 1 < columns && glyphs[at + 1] === TAIL) blank(at + 1);
  };
  const blank = (at: number): void => {
    glyphs[at] = SPACE;
    if (looks.quiet(styles[at] ?? 0)) styles[at] = 0;
  };
  const set = (at: number, x: number, glyph: number, style: number): void => {
    part(at, x);
    glyphs[at] = glyph;
    // A space that cannot be told from a plain one is one: fewer cells differ, and rows end in blanks that can be erased.
    styles[at] = glyph === SPACE && looks.quiet(style) ? 0 : style;
  };
  const putWide = (at: number, x: number, glyph: number, style: number): void => {
    if (x < 0 || x + 1 >= columns) {
      if (x >= 0 && x < columns) set(at, x, SPACE, style);
      else if (x === -1) set(at + 1, 0, SPACE, style);
      return;
    }
    set(at, x, glyph, style);
    set(at + 1, x + 1, TAIL, style);
  };
  const putGlyph = (row: number, x: number, glyph: number, style: number): number => {
    const cells = table.cells(glyph);
    if (cells === 2) putWide(row + x, x, glyph, style);
    else if (cells === 1 && x >= 0 && x < columns) set(row + x, x, glyph, style);
    return x + cells;
  };

  const grid: Grid = {
    columns,
    rows,
    glyphs,
    styles,
    clear() {
      glyphs.fill(SPACE);
      styles.fill(0);
    },
    put(x, y, text, style) {
      if (y < 0 || y >= rows) return x;
      const row = y * columns;
      let column = x;
      if (isPlainAscii(text)) {
        const first = Math.max(0, x);
        const end = Math.min(columns, x + text.length);
        if (first >= end) return x + text.length;
        // Only at both ends can a half of a wide character be left over.
        part(row + first, first);
        part(row + end - 1, end - 1);
        const spaceStyle = looks.quiet(style) ? 0 : style;
        for (column = first; column < end; column++) {
          const unit = text.charCodeAt(column - x);
          glyphs[row + column] = unit;
          styles[row + column] = unit === SPACE ? spaceStyle : style;
        }
        return x + text.length;
      }
      // Where every unit stands alone, no list of them is made.
      if (isSimple(text)) {
        for (let index = 0; index < text.length && column < columns; index++) {
          column = putGlyph(row, column, table.ofPoint(text.charCodeAt(index)), style);
        }
        return column;
      }
      for (const cluster of graphemes(text)) {
        if (column >= columns) break;
        column = putGlyph(row, column, table.of(cluster), style);
      }
      return column;
    },
    paintLine(y, line) {
      const row = y * columns;
      let column = 0;
      for (const span of line) {
        if (column >= columns) break;
        const text = draw === undefined || isPlainAscii(span.text) ? span.text : draw(span.text);
        column = grid.put(column, y, text, looks.ofSpan(span));
      }
      if (column >= columns) return;
      glyphs.fill(SPACE, row + column, row + columns);
      styles.fill(0, row + column, row + columns);
    },
    copyCells(source, y, from, to) {
      const [start, end] = [y * columns + Math.max(0, from), y * columns + Math.min(columns, to)];
      if (start >= end) return;
      part(start, start - y * columns);
      part(end - 1, end - 1 - y * columns);
      glyphs.set(source.glyphs.subarray(start, end), start);
      styles.set(source.styles.subarray(start, end), start);
      if (glyphs[start] === TAIL) blank(start);
      if (end < (y + 1) * columns && source.glyphs[end] === TAIL) blank(end - 1);
    },
    copy(source) {
      glyphs.set(source.glyphs);
      styles.set(source.styles);
    },
    equal(other) {
      if (other.columns !== columns || other.rows !== rows) return false;
      for (let at = 0; at < glyphs.length; at++) {
        if (glyphs[at] !== other.glyphs[at] || styles[at] !== other.styles[at]) return false;
      }
      return true;
    },
  };
  return grid;
}
