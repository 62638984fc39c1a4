import { layoutFor } from './layout.ts';
import type { Line, Span } from './line.ts';
import { asciiFor, codesOf, type Looks } from './looks.ts';

/** What a terminal of some size shows. */
export interface Shown {
  readonly columns: number;
  readonly rows: number;
  readonly lines: readonly Line[];
}

/** The first screen without anything that must be read first. What stays the same need not be written again. */
export function skeletonFor(columns: number, rows: number): Shown {
  const { mode, header, framed, body } = layoutFor(columns, rows);
  const loading: Span = { text: '  loading services …', tone: 'busy' };
  if (mode === 'tiny') return { columns, rows, lines: [] };
  const above = Array.from({ length: header }, (): Line => []);
  if (!framed) return { columns, rows, lines: [...above, [], [loading]] };
  const edge: Span = { text: '│', tone: 'dim' };
  const across = '─'.repeat(columns - 2);
  const inside = (span: Span): Line => [edge, span, { text: ' '.repeat(columns - 2 - span.text.length) }, edge];
  return {
    columns,
    rows,
    lines: [
      ...above,
      [{ text: `┌${across}┐`, tone: 'dim' }],
      ...Array.from({ length: body }, (_, place) => inside(place === 1 ? loading : { text: '' })),
      [{ text: `└${across}┘`, tone: 'dim' }],
      [{ text: ' ' }, { text: '<services>', tone: 'accent' }],
    ],
  };
}

/** The bytes that put it on an empty screen. Small, without the tables that the screen's own diff needs. */
export function skeletonBytes({ lines }: Shown, { color, glyphs }: Looks): string {
  const codes = codesOf(color);
  const span = ({ text, tone = 'plain' }: Span): string => {
    const drawn = glyphs === 'ascii' ? text.replace(/[^\x20-\x7e]/g, (char) => asciiFor[char] ?? '?') : text;
    // Over what is empty the cursor moves on: fewer bytes than spaces.
    const moved = drawn.replace(/ {5,}/g, (spaces) => `\x1b[${spaces.length}C`);
    return codes[tone] === '' ? moved : `\x1b[${codes[tone]}m${moved}\x1b[m`;
  };
  return lines.map((line, y) => (line.length === 0 ? '' : `\x1b[${y + 1}H${line.map(span).join('')}`)).join('');
}
