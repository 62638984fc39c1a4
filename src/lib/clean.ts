import { once } from './once.ts';
import { cellsOf, graphemes, isJamoTail, isPlainAscii, isSimple, take, widthOf } from './width.ts';
import { DISPUTED, inRanges } from './width-table.ts';

const ELLIPSIS = '…';
/** Cells that one line of a longer text may take. */
const LINE_CELLS = 4_000;
/** Combining marks that may follow one character; more climb into the rows above. */
const MARKS = 2;

// Characters that draw nothing, change what is drawn elsewhere, or of which nobody knows how they are drawn.
const UNSAFE = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Me}\p{Default_Ignorable_Code_Point}]/u;
const MARK = /^\p{Mn}/u;
const SPACING = /^[\p{Mc}\uff9e\uff9f]/u;
const flag = once(() => /^\p{RGI_Emoji_Flag_Sequence}$/v);
const PICTURE = /^\p{Extended_Pictographic}/u;
const NAMED: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * One line that is safe to show, of at most `max` cells (cut with an ellipsis), from anything that a server, a file or a
 * person gave: control characters, escape sequences, bidi controls, invisible, private and unassigned characters and
 * surplus combining marks become visible escapes such as `\n`, `\x1b`, `\u202e`, `\u{1f972}`. So do the few characters
 * of which terminals disagree how many cells they take, so that nothing outside its cell ever moves.
 * Nothing (`undefined`, `null`, `NaN`) is `-`; an object is its JSON. Plain ASCII comes back as the same string.
 */
export function clean(value: unknown, max = 300): string {
  return cut(typeof value === 'string' ? value : textOf(value), max);
}

/**
 * The lines of a longer text, each cleaned as `clean` does and cut at 4,000 cells; tabs are expanded to every `tabs`-th
 * column, a carriage return before the newline is dropped. A newline at the very end begins no further line.
 */
export function cleanLines(text: string, options: { tabs?: number } = {}): string[] {
  const tabs = Math.max(1, options.tabs ?? 4);
  const lines = text.split('\n');
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines.map((line) => cut(expandTabs(line.endsWith('\r') ? line.slice(0, -1) : line, tabs), LINE_CELLS));
}

function textOf(value: unknown): string {
  if (value === undefined || value === null || typeof value === 'function') return '-';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '-';
  if (typeof value !== 'object') return String(value);
  if (value instanceof Error) return value.message;
  try {
    return JSON.stringify(value) ?? '-';
  } catch {
    // A cycle or a bigint inside: nothing that JSON from the wire can hold.
    return '(unreadable)';
  }
}

function cut(text: string, max: number): string {
  if (max <= 0) return '';
  // Seven units (a picture of two, its dropped style, two marks of two) are the most that can come to a single cell.
  const head = text.length > max * 7 + 7 ? text.slice(0, max * 7 + 7) : text;
  const safe = isPlainAscii(head) ? head : escapeUnsafe(head);
  if (safe.length <= max && isPlainAscii(safe)) return safe;
  return widthOf(safe) <= max ? safe : take(safe, max - 1) + ELLIPSIS;
}

function escapeUnsafe(text: string): string {
  let before = text;
  // What follows an escape joins its last character, so the result is looked at until nothing is left to escape.
  for (;;) {
    if (isSimple(before)) return before;
    let out = '';
    for (const cluster of graphemes(before)) out += flag().test(cluster) ? cluster : escapeCluster(cluster, out === '');
    if (out === before) return out;
    before = out;
  }
}

function escapeCluster(cluster: string, first: boolean): string {
  let out = '';
  let base = 0;
  let marks = 0;
  let syllable = 0;
  let previous = 0;
  for (const character of cluster) {
    const codePoint = character.codePointAt(0) ?? 0;
    const styled = isStyle(codePoint) && base === 1 && marks === 0 && !isStyle(previous) && PICTURE.test(cluster);
    previous = codePoint;
    // The emoji style of a picture is dropped, not shown: half of the terminals give it two cells.
    if (styled) continue;
    syllable = jamoStep(codePoint, syllable);
    // A mark with nothing before it would land on whatever stands to the left.
    const mark = MARK.test(character) && !(first && out === '');
    const fits = mark ? marks < MARKS : syllable > 1 || (base === 0 ? !isJamoTail(codePoint) : SPACING.test(character));
    if (fits && isSafe(character, codePoint, mark)) {
      out += character;
      if (!mark) base++;
    } else if (/^[ -~]$/.test(character)) {
      // It joins a sign before it that takes what follows into its cell. An escape would join as well, without end: so
      // that sign is escaped.
      out = out.replace(/[^ -~]/gu, (sign) => escapeOf(sign.codePointAt(0) ?? 0)) + character;
      syllable = 0;
      base = 1;
    } else {
      // Also skin tones, jamo and conjuncts, which some terminals draw into the cells before and others beside them.
      out += escapeOf(codePoint);
      syllable = 0;
      base = 0;
    }
    if (mark) marks++;
  }
  return out;
}

function isStyle(codePoint: number): boolean {
  return codePoint === 0xfe0e || codePoint === 0xfe0f;
}

function isSafe(character: string, codePoint: number, mark: boolean): boolean {
  if (UNSAFE.test(character) || inRanges(DISPUTED, codePoint)) return false;
  return mark || cellsOf(codePoint) > 0;
}

// 1 after a leading consonant, 2 after its vowel, 3 after its tail; 0 where no syllable is being built.
function jamoStep(codePoint: number, before: number): number {
  if (codePoint >= 0x1100 && codePoint < 0x115f) return 1;
  if (codePoint > 0x1160 && codePoint <= 0x11a7) return before === 1 ? 2 : 0;
  if (codePoint > 0x11a7 && codePoint <= 0x11ff) return before === 2 ? 3 : 0;
  return 0;
}

function escapeOf(codePoint: number): string {
  const named = NAMED[String.fromCodePoint(codePoint)];
  if (named !== undefined) return named;
  const hex = codePoint.toString(16);
  if (codePoint < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return codePoint < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

function expandTabs(line: string, every: number): string {
  if (!line.includes('\t')) return line;
  let out = '';
  let cells = 0;
  for (const piece of line.split(/(?<=\t)/)) {
    const tabbed = piece.endsWith('\t');
    const text = tabbed ? piece.slice(0, -1) : piece;
    out += text;
    // Stops are counted in what will be shown, escapes included.
    cells += widthOf(escapeUnsafe(text));
    if (!tabbed) break;
    const gap = every - (cells % every);
    out += ' '.repeat(gap);
    cells += gap;
    // What comes after can no longer be seen, and a file of tabs should not be measured to its end.
    if (cells > LINE_CELLS) break;
  }
  return out;
}
