import type { Tone } from '../screens/define.ts';
import type { Line, Span } from './line.ts';

/** What the terminal can show. */
export interface Looks {
  /** False: only bold, dim and reverse video are used (`NO_COLOR`). */
  readonly color: boolean;
  /** Only ASCII is drawn: for terminals where symbols and frames are two cells wide or missing. */
  readonly ascii: boolean;
}

/** The 16 colours a terminal's own theme defines: they are readable on dark and on light. */
const colors: Record<Tone, string> = { plain: '', ok: '32', busy: '36', warn: '33', bad: '31', dim: '2', accent: '36' };
const colorless: Record<Tone, string> = { plain: '', ok: '', busy: '', warn: '1', bad: '1', dim: '2', accent: '1' };

const asciiFor: Readonly<Record<string, string>> = {
  '─': '-', '│': '|', '┌': '+', '┐': '+', '└': '+', '┘': '+', '├': '+', '┤': '+',
  '✓': '+', '✗': 'x', '↻': '~', '◌': 'o', '■': '#', '·': '.', '↑': '^', '↓': 'v', '→': '>', '…': '~',
  '█': '#', '░': '.', '•': '*', '–': '-', '✕': 'x', '⧗': '~', '▏': '|',
}; // biome-ignore format: pairs

/** Makes the function that turns a line into the text Ink draws. */
export function createPaint({ color, ascii }: Looks): (line: Line) => string {
  const codes = color ? colors : colorless;
  const drawn = (text: string): string =>
    ascii ? text.replace(/[^\x20-\x7e]/gu, (char) => asciiFor[char] ?? char) : text;
  const paintSpan = ({ text, tone, bold, inverse }: Span): string => {
    const sgr = [tone ? codes[tone] : '', bold ? '1' : '', inverse ? '7' : ''].filter(Boolean).join(';');
    return sgr === '' ? drawn(text) : `\x1b[${sgr}m${drawn(text)}\x1b[0m`;
  };
  return (line) => line.map(paintSpan).join('');
}
