import type { Tone } from '../screens/define.ts';

/** What the terminal can show. */
export interface Looks {
  /** False: only bold, dim and reverse video are used (`NO_COLOR`). */
  readonly color: boolean;
  /**
   * Which characters are drawn. `narrow`: none whose width terminals disagree about, for those that draw them two
   * cells wide. `ascii`: ASCII alone, for terminals that do not speak UTF-8.
   */
  readonly glyphs: Glyphs;
}

export type Glyphs = 'all' | 'narrow' | 'ascii';

/** Without UTF-8 in the locale nothing but ASCII is safe. A locale that is not set says nothing against UTF-8. */
export function glyphsOf(env: Readonly<Record<string, string | undefined>>): Glyphs {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'];
  return locale && !/utf-?8/i.test(locale) ? 'ascii' : 'all';
}

/** The 16 colours a terminal's own theme defines: they are readable on dark and on light. */
const colors: Record<Tone, string> = { plain: '', ok: '32', busy: '36', warn: '33', bad: '31', dim: '2', accent: '36' };
const colorless: Record<Tone, string> = { plain: '', ok: '', busy: '', warn: '1', bad: '1', dim: '2', accent: '1' };

/** What stands for a sign where only ASCII can be shown. */
export const asciiFor: Readonly<Record<string, string>> = {
  '─': '-', '│': '|', '┌': '+', '┐': '+', '└': '+', '┘': '+', '├': '+', '┤': '+',
  '✓': '+', '✗': 'x', '↻': '~', '◌': 'o', '■': '#', '·': '.', '↑': '^', '↓': 'v', '→': '>', '…': '~',
  '█': '#', '░': '.', '•': '*', '–': '-', '✕': 'x', '⧗': '~', '▏': '|',
}; // biome-ignore format: pairs

/** SGR parameters of each tone. */
export const codesOf = (color: boolean): Readonly<Record<Tone, string>> => (color ? colors : colorless);
