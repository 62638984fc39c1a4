import type { Tone } from '../../screens/define.ts';
import type { Span } from '../line.ts';

/** How text looks. `fg` and `bg`: -1 the terminal's own, 0-255 the palette, from `RGB` on 24 bits of colour. */
interface Look {
  readonly flags: number;
  readonly fg: number;
  readonly bg: number;
}

const RGB = 0x1000000;
/** SGR parameters that switch a flag on, and off; bold and dim go together. */
const FLAGS = [
  { bit: 1, on: 1, off: 22 },
  { bit: 2, on: 2, off: 22 },
  { bit: 4, on: 3, off: 23 },
  { bit: 8, on: 4, off: 24 },
  { bit: 16, on: 7, off: 27 },
  { bit: 32, on: 9, off: 29 },
] as const;
const BOLD_OR_DIM = 3;
/** Flags that are seen on a space: underline, inverse, struck through. */
const SEEN_ON_SPACE = 8 | 16 | 32;
const MOST_STYLES = 65_535;

/** Styles as numbers. 0 is plain: the terminal's own colours and nothing else. */
export interface Styles {
  /** The style of a span of a line. Never makes a new object for a look that was there before. */
  ofSpan(span: Span): number;
  /** The style after SGR parameters such as `1;38;5;208` were applied to a style. What is not known changes nothing. */
  apply(style: number, parameters: string): number;
  /** Whether a space in this style looks like a plain one: it may be written in passing, and erasing gives the same. */
  quiet(style: number): boolean;
  /** The shortest bytes that change the terminal's pen from one style to another; empty when they are the same. */
  change(from: number, to: number): Uint8Array;
}

/** `codes`: the SGR parameters of each tone; those without colour honour `NO_COLOR`. */
export function createStyles(codes: Readonly<Record<Tone, string>>): Styles {
  const looks: Look[] = [{ flags: 0, fg: -1, bg: -1 }];
  const numbers = new Map<string, number>([['0 -1 -1', 0]]);
  const changes = new Map<number, Uint8Array>();
  /** By tone: plain, bold, inverse, both. */
  const spans = new Map<Tone | undefined, number[]>();
  const plain: Look = { flags: 0, fg: -1, bg: -1 };
  const lookOf = (style: number): Look => looks[style] ?? plain;

  const numberOf = (look: Look): number => {
    const key = `${look.flags} ${look.fg} ${look.bg}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    // More looks than any screen has: somebody plays with colours, and plain text is readable.
    if (looks.length >= MOST_STYLES) return 0;
    looks.push(look);
    numbers.set(key, looks.length - 1);
    return looks.length - 1;
  };
  const apply = (style: number, parameters: string): number => numberOf(applied(lookOf(style), parameters));

  return {
    apply,
    ofSpan({ tone, bold, inverse }) {
      if (tone === undefined && bold !== true && inverse !== true) return 0;
      const place = (bold === true ? 1 : 0) + (inverse === true ? 2 : 0);
      let known = spans.get(tone);
      if (known === undefined) {
        known = [];
        spans.set(tone, known);
      }
      const found = known[place];
      if (found !== undefined) return found;
      const parameters = [tone ? codes[tone] : '', bold ? '1' : '', inverse ? '7' : ''].filter(Boolean).join(';');
      const style = parameters === '' ? 0 : apply(0, parameters);
      known[place] = style;
      return style;
    },
    quiet(style) {
      if (style === 0) return true;
      const { flags, bg } = lookOf(style);
      return bg === -1 && (flags & SEEN_ON_SPACE) === 0;
    },
    change(from, to) {
      const key = from * (MOST_STYLES + 1) + to;
      const known = changes.get(key);
      if (known) return known;
      const bytes = new TextEncoder().encode(from === to ? '' : shortest(lookOf(from), lookOf(to)));
      changes.set(key, bytes);
      return bytes;
    },
  };
}

function applied(look: Look, text: string): Look {
  let { flags, fg, bg } = look;
  const list = text.split(/[;:]/).map((part) => (part === '' ? 0 : Number.parseInt(part, 10)));
  for (let place = 0; place < list.length; place++) {
    const code = list[place] ?? 0;
    if (code === 0) [flags, fg, bg] = [0, -1, -1];
    else if (code === 38 || code === 48) {
      const [color, used] = extended(list, place + 1);
      if (code === 38) fg = color ?? fg;
      else bg = color ?? bg;
      place += used;
    } else if (code >= 30 && code <= 37) fg = code - 30;
    else if (code >= 90 && code <= 97) fg = code - 82;
    else if (code === 39) fg = -1;
    else if (code >= 40 && code <= 47) bg = code - 40;
    else if (code >= 100 && code <= 107) bg = code - 92;
    else if (code === 49) bg = -1;
    else
      for (const { bit, on, off } of FLAGS) {
        if (code === on) flags |= bit;
        if (code === off) flags &= ~bit;
      }
  }
  return { flags, fg, bg };
}

/** The colour after 38 or 48, and how many parameters it takes. */
function extended(list: readonly number[], at: number): [color: number | undefined, used: number] {
  if (list[at] === 5) return [(list[at + 1] ?? 0) & 0xff, 2];
  if (list[at] !== 2) return [undefined, 1];
  const [red = 0, green = 0, blue = 0] = list.slice(at + 1, at + 4).map((value) => value & 0xff);
  return [RGB + (red << 16) + (green << 8) + blue, 4];
}

/** Either from plain anew, or only what differs, whichever is shorter. */
function shortest(from: Look, to: Look): string {
  const anew = ['', ...added({ flags: 0, fg: -1, bg: -1 }, to)].join(';');
  const removed: number[] = [];
  let left = from.flags;
  if ((from.flags & ~to.flags & BOLD_OR_DIM) !== 0) {
    removed.push(22);
    left &= ~BOLD_OR_DIM;
  }
  for (const { bit, off } of FLAGS) {
    if (bit <= 2 || (left & ~to.flags & bit) === 0) continue;
    removed.push(off);
    left &= ~bit;
  }
  const only = [...removed, ...added({ ...from, flags: left }, to)].join(';');
  return `\x1b[${only.length <= anew.length ? only : anew}m`;
}

function added(from: Look, to: Look): string[] {
  const list: string[] = [];
  for (const { bit, on } of FLAGS) if ((to.flags & ~from.flags & bit) !== 0) list.push(String(on));
  if (to.fg !== from.fg) list.push(colorCode(to.fg, 30, 82));
  if (to.bg !== from.bg) list.push(colorCode(to.bg, 40, 92));
  return list;
}

function colorCode(color: number, base: number, bright: number): string {
  if (color === -1) return String(base + 9);
  if (color < 8) return String(base + color);
  if (color < 16) return String(bright + color);
  if (color < RGB) return `${base + 8};5;${color}`;
  return `${base + 8};2;${(color >> 16) & 0xff};${(color >> 8) & 0xff};${color & 0xff}`;
}
