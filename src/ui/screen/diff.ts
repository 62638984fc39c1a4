import { type Bytes, digitsOf, sizeOf } from './bytes.ts';
import { type Cursor, createCursor } from './cursor.ts';
import { type Glyphs, isCluster, SPACE, TAIL } from './glyphs.ts';
import { createGrid, type Grid } from './grid.ts';
import { createMoves, type Move, moveRows } from './moves.ts';
import type { Styles } from './style.ts';

/** Turns what a terminal shows into what it should show, with few bytes. */
export interface Diff {
  /**
   * Appends the bytes that change `from` into `to`. The terminal's pen must be plain; where its cursor is does not
   * matter, and afterwards nobody needs to know. The pen is plain again at the end.
   */
  write(from: Grid, to: Grid, out: Bytes): void;
}

const ERASE_LINE = new TextEncoder().encode('\x1b[2K');
const ERASE_REST = new TextEncoder().encode('\x1b[K');

/** Keeps buffers for screens of this size; both grids given to `write` must have it. */
export function createDiff(columns: number, rows: number, glyphs: Glyphs, styles: Styles): Diff {
  const cursor = createCursor(columns, styles);
  const moves = createMoves(columns, rows);
  const moved = createGrid(columns, rows, { glyphs, styles });
  const blank = createGrid(columns, 1, { glyphs, styles });
  const row = createRow(columns, glyphs, styles, cursor);

  /** How many cells of a row that show something must show something else; -1 where nothing at all differs. */
  function replaced(from: Grid, to: Grid, y: number): number {
    let count = -1;
    for (let at = y * columns, end = at + columns; at < end; at++) {
      if (from.glyphs[at] === to.glyphs[at] && from.styles[at] === to.styles[at]) continue;
      if (count < 0) count = 0;
      if (from.glyphs[at] !== SPACE || from.styles[at] !== 0) count++;
    }
    return count;
  }

  /** The row written over what is there, or, where much is in the way, on an erased row: the shorter one stays. */
  function writeRow(from: Grid, to: Grid, y: number, inTheWay: number, out: Bytes): void {
    const start = out.length;
    const { x: x0, y: y0, style: style0 } = cursor;
    row.write(from, y, to, y, out);
    const middle = out.length;
    // Erasing pays only where much is written; and it must not darken a row of which little changes.
    if (middle - start < 24 || inTheWay <= ERASE_LINE.length) return;
    const { x: x1, y: y1, style: style1 } = cursor;
    cursor.set(x0, y0, style0);
    if (!styles.quiet(cursor.style)) cursor.pen(0, out);
    if (cursor.y !== y) cursor.moveTo(0, y, out);
    out.append(ERASE_LINE);
    row.write(blank, 0, to, y, out);
    if (out.length - middle < middle - start) return out.remove(start, middle);
    out.cut(middle);
    cursor.set(x1, y1, style1);
  }

  /** Answers how many cells that showed something show something else. */
  function writeRows(from: Grid, to: Grid, out: Bytes): number {
    let all = 0;
    for (let y = 0; y < rows; y++) {
      const count = replaced(from, to, y);
      if (count < 0) continue;
      writeRow(from, to, y, count, out);
      all += count;
    }
    cursor.pen(0, out);
    return all;
  }

  function writeMoved(from: Grid, to: Grid, move: Move, out: Bytes): void {
    moved.copy(from);
    moveRows(moved, move);
    const { top, bottom, by } = move;
    // Region, scroll, whole screen again; setting a region sends the cursor home.
    out.text(`\x1b[${top + 1};${bottom + 1}r\x1b[${Math.abs(by) === 1 ? '' : Math.abs(by)}${by > 0 ? 'T' : 'S'}\x1b[r`);
    cursor.set(0, 0, 0);
    writeRows(moved, to, out);
  }

  return {
    write(from, to, out) {
      const start = out.length;
      cursor.set(-1, -1, 0);
      const count = writeRows(from, to, out);
      const middle = out.length;
      // A block that moved saves nothing worth the look when less than a line was written, or little was there to move.
      if (middle - start < 40 || count < 40) return;
      const move = moves.find(from, to);
      if (!move) return;
      writeMoved(from, to, move, out);
      if (out.length - middle < middle - start) out.remove(start, middle);
      else out.cut(middle);
    },
  };
}

interface Row {
  /** Writes row `toY` of `to` on the screen's row `toY`, which shows row `fromY` of `from`. */
  write(from: Grid, fromY: number, to: Grid, toY: number, out: Bytes): void;
}

function createRow(columns: number, glyphs: Glyphs, styles: Styles, cursor: Cursor): Row {
  const dirty = new Uint8Array(columns);

  /** Marks the cells that must be written. Answers the column after the last one. */
  function mark(from: Grid, fromRow: number, to: Grid, toRow: number): number {
    let unsure = false;
    for (let x = 0; x < columns; x++) {
      const old = from.glyphs[fromRow + x] ?? SPACE;
      const next = to.glyphs[toRow + x] ?? SPACE;
      const differs = old !== next || from.styles[fromRow + x] !== to.styles[toRow + x];
      dirty[x] = differs || unsure ? 1 : 0;
      if (differs && !unsure) unsure = glyphs.unsure(old) || glyphs.unsure(next);
    }
    // Halves of a wide character, old or new, change together; chains of them reach to both sides.
    const joined = (x: number): boolean => from.glyphs[fromRow + x] === TAIL || to.glyphs[toRow + x] === TAIL;
    for (let x = 1; x < columns; x++) if (dirty[x - 1] === 1 && joined(x)) dirty[x] = 1;
    for (let x = columns - 1; x > 0; x--) if (dirty[x] === 1 && joined(x)) dirty[x - 1] = 1;
    let end = columns;
    while (end > 0 && dirty[end - 1] === 0) end--;
    return end;
  }

  const isBlank = (grid: Grid, at: number): boolean => grid.glyphs[at] === SPACE && grid.styles[at] === 0;

  /** Bytes to come from the cursor to column `x` by writing again what is there; a large number when that cannot be. */
  function passCost(to: Grid, row: number, x: number): number {
    let pen = cursor.style;
    let cost = 0;
    for (let at = row + cursor.x; at < row + x; at++) {
      const glyph = to.glyphs[at] ?? SPACE;
      if (isBlank(to, at) && styles.quiet(pen)) cost += 1;
      else if (isCluster(glyph)) return 1000;
      else if (glyph !== TAIL) {
        const style = to.styles[at] ?? 0;
        cost += styles.change(pen, style).length + sizeOf(glyph);
        pen = style;
      }
    }
    // What the pen costs at the goal belongs to either way.
    return cost + styles.change(pen, to.styles[row + x] ?? 0).length;
  }

  function put(to: Grid, at: number, out: Bytes): void {
    const glyph = to.glyphs[at] ?? SPACE;
    if (glyph === TAIL) return;
    if (!isBlank(to, at) || !styles.quiet(cursor.style)) cursor.pen(to.styles[at] ?? 0, out);
    if (!isCluster(glyph)) out.codePoint(glyph);
    else out.append(glyphs.bytes(glyph));
    if (glyphs.unsure(glyph)) cursor.lose();
    else cursor.advance(glyph < 0x7f ? 1 : glyphs.cells(glyph));
  }

  function goTo(to: Grid, row: number, x: number, y: number, out: Bytes): void {
    if (cursor.y === y && cursor.x >= 0 && cursor.x < x && x - cursor.x < 24) {
      const jump = cursor.cost(x, y) + styles.change(cursor.style, to.styles[row + x] ?? 0).length;
      if (passCost(to, row, x) <= jump) {
        for (let at = row + cursor.x; at < row + x; at++) put(to, at, out);
        return;
      }
    }
    cursor.moveTo(x, y, out);
  }

  /** A pen in which blanks can be written or erased; if the next text's pen is one, it is taken at once. */
  function quietPen(to: Grid, at: number, end: number, out: Bytes): void {
    if (styles.quiet(cursor.style)) return;
    let next = at;
    while (next < end && isBlank(to, next)) next++;
    const style = next < end ? (to.styles[next] ?? 0) : 0;
    cursor.pen(styles.quiet(style) ? style : 0, out);
  }

  return {
    write(from, fromY, to, toY, out) {
      const row = toY * columns;
      const end = mark(from, fromY * columns, to, row);
      let blankFrom = columns;
      while (blankFrom > 0 && isBlank(to, row + blankFrom - 1)) blankFrom--;
      for (let x = 0; x < end; x++) {
        // A right half came with its left one, which is marked wherever the right one is.
        if (dirty[x] === 0 || to.glyphs[row + x] === TAIL) continue;
        if (x >= blankFrom && end - x >= 3) {
          quietPen(to, row + x, row + x, out);
          cursor.moveTo(x, toY, out);
          out.append(ERASE_REST);
          return;
        }
        goTo(to, row, x, toY, out);
        if (!isBlank(to, row + x)) {
          put(to, row + x, out);
          continue;
        }
        let blanks = 1;
        while (x + blanks < end && dirty[x + blanks] === 1 && isBlank(to, row + x + blanks)) blanks++;
        quietPen(to, row + x, row + end, out);
        const last = x + blanks >= end;
        const erased = 3 + digitsOf(blanks) + (last ? 0 : 3 + digitsOf(blanks));
        if (blanks > erased) {
          // Erases so many cells and leaves the cursor before them.
          out.text(`\x1b[${blanks}X`);
        } else {
          for (let left = blanks; left > 0; left--) out.byte(SPACE);
          cursor.advance(blanks);
        }
        x += blanks - 1;
      }
    },
  };
}
