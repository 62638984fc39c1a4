import { cellsOf, widthOf } from '../../lib/width.ts';
import { DISPUTED, inRanges } from '../../lib/width-table.ts';

/** The right half of a wide character. Left of it is the character itself. */
export const TAIL = 0;
export const SPACE = 0x20;
/** From here on a glyph is no code point but the place of a cluster in the table. */
const FIRST_CLUSTER = 0x200000;
/** Text from outside must not fill the memory: what goes beyond this is drawn as U+FFFD. */
const MOST_CLUSTERS = 65_536;
const UNKNOWN = '\ufffd';

/** Numbers for everything that one cell can hold: a code point stands for itself, longer clusters get a number. */
export interface Glyphs {
  /** The number of one user-perceived character. */
  of(cluster: string): number;
  /** The number of a character of one code point. */
  ofPoint(codePoint: number): number;
  /** Cells of a glyph: 0 for what draws nothing by itself. */
  cells(glyph: number): number;
  text(glyph: number): string;
  /** UTF-8 bytes of a glyph. */
  bytes(glyph: number): Uint8Array;
  /**
   * Whether terminals may disagree how many cells it takes (joined emoji, flags, characters newer than their tables):
   * after it nobody knows where the cursor is, and what is right of it must be drawn again whenever it changes.
   */
  unsure(glyph: number): boolean;
}

interface Cluster {
  readonly text: string;
  readonly cells: number;
  readonly bytes: Uint8Array;
  readonly unsure: boolean;
}

export const isCluster = (glyph: number): boolean => glyph >= FIRST_CLUSTER;

export function createGlyphs(): Glyphs {
  const clusters: Cluster[] = [];
  const numbers = new Map<string, number>();
  // Of the characters of the basic plane, because the tables are slow to ask. 0 is "not asked for yet".
  const known = new Uint8Array(0x10000);
  const glyphsOfPoints = new Uint32Array(0x10000);

  const cellsOfPoint = (codePoint: number): number => {
    if (codePoint >= 0x10000) return cellsOf(codePoint);
    const before = known[codePoint] ?? 0;
    if (before > 0) return before - 1;
    const cells = cellsOf(codePoint);
    known[codePoint] = cells + 1;
    return cells;
  };
  const add = (text: string): number => {
    const number = numbers.get(text);
    if (number !== undefined) return number;
    if (clusters.length >= MOST_CLUSTERS && text !== UNKNOWN) return add(UNKNOWN);
    // Nothing that a cell holds is wider than two; a cluster that claims more would push the others away.
    const cells = Math.min(2, widthOf(text));
    const next = FIRST_CLUSTER + clusters.length;
    clusters.push({ text, cells, bytes: new TextEncoder().encode(text), unsure: isUnsure(text) });
    numbers.set(text, next);
    return next;
  };
  const clusterOf = (glyph: number): Cluster | undefined => clusters[glyph - FIRST_CLUSTER];

  const singleGlyph = (codePoint: number): number => {
    // A control character in a frame would do what it says; nothing of that kind may come this far.
    if (codePoint < SPACE || (codePoint >= 0x7f && codePoint < 0xa0)) return SPACE;
    if (codePoint < 0x300 || !inRanges(DISPUTED, codePoint)) return codePoint;
    return add(String.fromCodePoint(codePoint));
  };
  const ofPoint = (codePoint: number): number => {
    if (codePoint >= 0x10000) return singleGlyph(codePoint);
    const before = glyphsOfPoints[codePoint] ?? 0;
    if (before > 0) return before;
    const glyph = singleGlyph(codePoint);
    glyphsOfPoints[codePoint] = glyph;
    return glyph;
  };

  return {
    ofPoint,
    of(cluster) {
      const codePoint = cluster.codePointAt(0) ?? SPACE;
      return cluster.length === (codePoint > 0xffff ? 2 : 1) ? ofPoint(codePoint) : add(cluster);
    },
    cells: (glyph) => (glyph < FIRST_CLUSTER ? cellsOfPoint(glyph) : (clusterOf(glyph)?.cells ?? 1)),
    text: (glyph) => (glyph < FIRST_CLUSTER ? String.fromCodePoint(glyph) : (clusterOf(glyph)?.text ?? ' ')),
    bytes: (glyph) => clusterOf(glyph)?.bytes ?? new Uint8Array([SPACE]),
    unsure: (glyph) => glyph >= FIRST_CLUSTER && (clusterOf(glyph)?.unsure ?? false),
  };
}

/** A base with marks of no width of its own is sure; everything else of several characters is drawn as terminals please. */
function isUnsure(cluster: string): boolean {
  if (/[\u200d\ufe0f\u20e3]|\p{Regional_Indicator}|\p{Emoji_Modifier}/u.test(cluster)) return true;
  let bases = 0;
  for (const character of cluster) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (codePoint >= 0x300 && inRanges(DISPUTED, codePoint)) return true;
    if (cellsOf(codePoint) > 0) bases += 1;
  }
  return bases !== 1;
}
