import { type Bytes, digitsOf } from './bytes.ts';
import type { Styles } from './style.ts';

const ESC = 0x1b;
const BRACKET = 0x5b;
const [CR, LF] = [0x0d, 0x0a];
/** Nobody knows where the cursor is. */
const LOST = -1;

/** The terminal's cursor and pen, as far as they are known, and the cheapest bytes to change them. */
export interface Cursor {
  /** LOST when unknown; may be `columns` after the last cell of a row was written, where terminals differ. */
  readonly x: number;
  readonly y: number;
  readonly style: number;
  /** Takes on a state: what was measured for one way is taken back before another one is tried. */
  set(x: number, y: number, style: number): void;
  /** Counts cells that were just written. */
  advance(cells: number): void;
  /** The column is unknown from here on. */
  lose(): void;
  moveTo(x: number, y: number, out: Bytes): void;
  /** Bytes that `moveTo` would write. */
  cost(x: number, y: number): number;
  pen(style: number, out: Bytes): void;
}

export function createCursor(columns: number, styles: Styles): Cursor {
  let x = LOST;
  let y = LOST;
  let style = 0;

  /** CSI with up to two numbers; a number below 0 is left out. */
  const csi = (out: Bytes, first: number, final: number): void => {
    out.byte(ESC);
    out.byte(BRACKET);
    if (first >= 0) out.decimal(first);
    out.byte(final);
  };
  const stepCost = (cells: number): number => (cells === 0 ? 0 : cells === 1 ? 3 : 3 + digitsOf(cells));
  const addressCost = (toX: number, toY: number): number =>
    toX === 0 ? (toY === 0 ? 3 : 3 + digitsOf(toY + 1)) : (toY === 0 ? 0 : digitsOf(toY + 1)) + 4 + digitsOf(toX + 1);
  const rowCost = (toX: number): number => {
    if (toX === x) return 0;
    if (toX === 0) return 1;
    const absolute = 3 + digitsOf(toX + 1);
    // Behind the last cell some terminals stand on it and some after it: steps from there are not counted on.
    if (x === LOST || x >= columns) return absolute;
    if (toX > x) return Math.min(absolute, stepCost(toX - x));
    return Math.min(absolute, x - toX, stepCost(x - toX));
  };
  const linesCost = (toX: number, toY: number): number =>
    toY > y ? 1 + toY - y + stepCost(toX) : Number.POSITIVE_INFINITY;
  const downCost = (toY: number): number => Math.min(3 + digitsOf(toY + 1), stepCost(Math.abs(toY - y)));

  function moveOnRow(toX: number, out: Bytes): void {
    if (toX === x) return;
    if (toX === 0) return out.byte(CR);
    const best = rowCost(toX);
    if (x !== LOST && x < columns) {
      const cells = Math.abs(toX - x);
      if (toX < x && best === cells) {
        for (let left = cells; left > 0; left--) out.byte(0x08);
        return;
      }
      // C forward, D back.
      if (best === stepCost(cells)) return csi(out, cells === 1 ? -1 : cells, toX > x ? 0x43 : 0x44);
    }
    csi(out, toX + 1, 0x47);
  }

  function cost(toX: number, toY: number): number {
    if (y === LOST) return addressCost(toX, toY);
    if (toY === y) return rowCost(toX);
    return Math.min(addressCost(toX, toY), linesCost(toX, toY), downCost(toY) + rowCost(toX));
  }

  /** Which way is the shortest: along the row, by line feeds, up or down and then along, or by address. */
  function way(toX: number, toY: number): 'row' | 'lines' | 'steps' | 'address' {
    if (y !== LOST && toY === y) return 'row';
    const least = cost(toX, toY);
    if (addressCost(toX, toY) === least) return 'address';
    return linesCost(toX, toY) === least ? 'lines' : 'steps';
  }

  return {
    get x() {
      return x;
    },
    get y() {
      return y;
    },
    get style() {
      return style;
    },
    set(toX, toY, toStyle) {
      x = toX;
      y = toY;
      style = toStyle;
    },
    advance(cells) {
      if (x !== LOST) x += cells;
    },
    lose() {
      x = LOST;
    },
    cost,
    moveTo(toX, toY, out) {
      // Mostly it is there already: it stands after what was just written.
      if (toX === x && toY === y) return;
      const kind = way(toX, toY);
      if (kind === 'row') moveOnRow(toX, out);
      else if (kind === 'lines') {
        // With a CR first it makes no difference whether the line discipline adds one to the LF.
        out.byte(CR);
        for (let row = y; row < toY; row++) out.byte(LF);
        if (toX > 0) csi(out, toX === 1 ? -1 : toX, 0x43);
      } else if (kind === 'steps') {
        const rows = Math.abs(toY - y);
        // B down, A up, d to a row.
        if (stepCost(rows) <= 3 + digitsOf(toY + 1)) csi(out, rows === 1 ? -1 : rows, toY > y ? 0x42 : 0x41);
        else csi(out, toY + 1, 0x64);
        moveOnRow(toX, out);
      } else {
        out.byte(ESC);
        out.byte(BRACKET);
        if (toY > 0) out.decimal(toY + 1);
        if (toX > 0) {
          out.byte(0x3b);
          out.decimal(toX + 1);
        }
        out.byte(0x48);
      }
      x = toX;
      y = toY;
    },
    pen(to, out) {
      if (to === style) return;
      out.append(styles.change(style, to));
      style = to;
    },
  };
}
