import { once } from './once.ts';
import { AMBIGUOUS, inRanges, WIDE } from './width-table.ts';

/**
 * How the terminal at hand draws: `ambiguous` is the cells it gives a character of East Asian Width "ambiguous" (found
 * out at start by asking for the cursor position), `ascii` says that only ASCII may be added by us.
 */
export type WidthMode = { ambiguous: 1 | 2; ascii?: boolean };

const NARROW: WidthMode = { ambiguous: 1 };
// Made when first needed: the tables behind it take 15 ms to load, and most text never needs them.
const segmenter = once(() => new Intl.Segmenter('en', { granularity: 'grapheme' }));

// Every UTF-16 unit of these ranges is a grapheme of its own, so no segmenter is needed (it costs about 1 µs a piece).
const SIMPLE =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u00ff\u2010-\u2027\u2190-\u21ff\u2500-\u25a9\u25b7-\u25bf\u25c1-\u25fa\u2713\u2717\u3000-\u3029\u3041-\u3096\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/;
const ZERO = /^[\p{Mn}\p{Me}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;
const JOINED = /[\u200d\ufe0f\u20e3\u{e0020}-\u{e007f}]|\p{Regional_Indicator}|\p{Emoji_Modifier}/u;
const PICTURE = /\p{Extended_Pictographic}/gu;
// Of all sequences recommended as emoji those whose cells are not the sum of their characters', but for joined ones:
// V8 takes 20 ms and 20 MB to compile \p{RGI_Emoji}, which has each by itself.
const STYLED =
  /^(?:(?=\p{Emoji})\p{Extended_Pictographic}\ufe0f|(?!\u{1f46a})\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|[\d#*]\ufe0f?\u20e3)$/u;

/** True when the text is printable ASCII only. Allocates nothing. */
export function isPlainAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return true;
}

/** True when every UTF-16 unit is one grapheme that stands alone: ASCII, Latin-1, CJK, kana, hangul, box drawing. */
export function isSimple(text: string): boolean {
  return isPlainAscii(text) || SIMPLE.test(text);
}

/** The user-perceived characters of a text. */
export function graphemes(text: string): string[] {
  if (isSimple(text)) return text.split('');
  const out: string[] = [];
  for (const { segment } of segmenter().segment(text)) out.push(segment);
  return out;
}

/** Cells of one code point standing alone: 0, 1 or 2. */
export function cellsOf(codePoint: number, mode: WidthMode = NARROW): 0 | 1 | 2 {
  if (codePoint >= 0x20 && codePoint < 0x7f) return 1;
  if (codePoint < 0xa0) return 0;
  // The commonest first: the test for zero makes a string.
  if (codePoint >= 0x1100 && inRanges(WIDE, codePoint)) return 2;
  if (codePoint >= 0x300 || codePoint === 0xad) {
    if (ZERO.test(String.fromCodePoint(codePoint))) return 0;
  }
  return mode.ambiguous === 2 && inRanges(AMBIGUOUS, codePoint) ? 2 : 1;
}

/** Vowels and tails of a decomposed hangul syllable: drawn inside the cells of its leading consonant. */
export function isJamoTail(codePoint: number): boolean {
  return (codePoint >= 0x1160 && codePoint <= 0x11ff) || (codePoint >= 0xd7b0 && codePoint <= 0xd7ff);
}

function clusterWidth(cluster: string, mode: WidthMode): number {
  const first = cluster.codePointAt(0) ?? 0;
  if (cluster.length === (first > 0xffff ? 2 : 1)) return cellsOf(first, mode);
  // A cluster longer than this is no emoji but an attack on the regular expression.
  if (cluster.length <= 50 && JOINED.test(cluster)) {
    if (STYLED.test(cluster)) return 2;
    if (cluster.includes('\u200d') && (cluster.match(PICTURE)?.length ?? 0) >= 2) return 2;
  }
  let cells = 0;
  for (const character of cluster) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (cells === 0 || !isJamoTail(codePoint)) cells += cellsOf(codePoint, mode);
  }
  return cells;
}

/**
 * Terminal cells that a line takes: wide and emoji 2, combining marks and other invisible characters 0, ambiguous by
 * mode. Control characters count 0: text from outside goes through `clean` first.
 */
export function widthOf(text: string, mode: WidthMode = NARROW): number {
  if (isPlainAscii(text)) return text.length;
  let cells = 0;
  if (SIMPLE.test(text)) {
    for (let index = 0; index < text.length; index++) cells += cellsOf(text.charCodeAt(index), mode);
    return cells;
  }
  for (const { segment } of segmenter().segment(text)) cells += clusterWidth(segment, mode);
  return cells;
}

/** The longest prefix, in whole graphemes, of at most `width` cells. */
export function take(text: string, width: number, mode: WidthMode = NARROW): string {
  if (width <= 0) return '';
  if (isPlainAscii(text)) return text.length <= width ? text : text.slice(0, width);
  let cells = 0;
  let end = 0;
  for (const cluster of SIMPLE.test(text) ? text : clusters(text)) {
    cells += clusterWidth(cluster, mode);
    if (cells > width) return text.slice(0, end);
    end += cluster.length;
  }
  return text;
}

function* clusters(text: string): Generator<string> {
  for (const { segment } of segmenter().segment(text)) yield segment;
}

/**
 * The text in exactly `width` cells: padded with spaces, or cut with an ellipsis at its end (`~` where the terminal has
 * no one-cell ellipsis). Where the cut goes through a wide character, a space takes its first half.
 */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left', mode: WidthMode = NARROW): string {
  if (width <= 0) return '';
  // A text longer than this in UTF-16 units can only be fitted by cutting; measuring all of it would be wasted.
  const cells = text.length > width * 50 + 50 ? width + 1 : widthOf(text, mode);
  if (cells <= width) {
    if (cells === width) return text;
    const space = ' '.repeat(width - cells);
    return align === 'right' ? space + text : text + space;
  }
  const mark = mode.ascii === true || mode.ambiguous === 2 ? '~' : '…';
  const head = take(text, width - 1, mode);
  return head + ' '.repeat(width - 1 - widthOf(head, mode)) + mark;
}

/**
 * The text in lines of at most `width` cells, broken at spaces where there are some, else inside the word. Newlines break
 * too. The space at a break is dropped, indentation stays. There is always at least one line.
 */
export function wrap(text: string, width: number, mode: WidthMode = NARROW): string[] {
  const room = Math.max(1, Math.floor(width));
  return text.split('\n').flatMap((line) => wrapLine(line, room, mode));
}

function wrapLine(line: string, width: number, mode: WidthMode): string[] {
  const out: string[] = [];
  let current = '';
  let cells = 0;
  const flush = () => {
    out.push(current);
    current = '';
    cells = 0;
  };
  for (const word of line.split(/(?<=\S)(?= )|(?<= )(?=\S)/u)) {
    const size = widthOf(word, mode);
    if (cells + size <= width) {
      current += word;
      cells += size;
      continue;
    }
    const isSpace = word.startsWith(' ');
    if (isSpace && current !== '') {
      flush();
      continue;
    }
    if (cells > 0 && current.trim() !== '') {
      current = current.trimEnd();
      flush();
    }
    for (const cluster of graphemes(word)) {
      const wide = clusterWidth(cluster, mode);
      if (cells + wide > width && current !== '') flush();
      // A wide character in a column of one cell cannot be shown at all.
      current += wide > width ? ' ' : cluster;
      cells += Math.min(wide, width);
    }
  }
  if (current !== '' || out.length === 0) out.push(current);
  return out;
}
