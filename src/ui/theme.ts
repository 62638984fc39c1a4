import { cellsOf } from '../lib/width.ts';
import type { Line, Span } from './line.ts';
import { asciiFor, codesOf, type Glyphs, type Looks } from './looks.ts';

/** What the terminal can show of a text, in as many cells. */
export function drawnAs(glyphs: Glyphs): (text: string) => string {
  const plainer = (char: string): string => {
    const point = char.codePointAt(0) ?? 0;
    const cells = cellsOf(point);
    const certain = glyphs === 'narrow' && cellsOf(point, { ambiguous: 2 }) === cells;
    return certain ? char : (asciiFor[char] ?? '?'.repeat(cells));
  };
  return (text) => (glyphs === 'all' ? text : text.replace(/[^\x20-\x7e]/gu, plainer));
}

/** Makes the function that turns a line into the text Ink draws. */
export function createPaint({ color, glyphs }: Looks): (line: Line) => string {
  const codes = codesOf(color);
  const drawn = drawnAs(glyphs);
  const paintSpan = ({ text, tone, bold, inverse }: Span): string => {
    const sgr = [tone ? codes[tone] : '', bold ? '1' : '', inverse ? '7' : ''].filter(Boolean).join(';');
    return sgr === '' ? drawn(text) : `\x1b[${sgr}m${drawn(text)}\x1b[0m`;
  };
  return (line) => line.map(paintSpan).join('');
}
