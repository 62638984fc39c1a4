/** Frames of every kind that a screen may be asked for, from a seed: the same seed gives the same frames. */
import type { Tone } from '../../../src/screens/define.ts';
import type { Line, Span } from '../../../src/ui/line.ts';

const tones: readonly (Tone | undefined)[] = [undefined, 'plain', 'ok', 'busy', 'warn', 'bad', 'dim', 'accent'];
// One cell, two cells, marks of none; pictures that Unicode 11 has.
const signs = [
  ...'abcXYZ019.-/ │─┌✓…é',
  ...'中文服務器日本語한국',
  ...'😀🚀🔥🐳🧪🥇',
  'e\u0301',
  'n\u0303',
  'a\u0323\u0302',
  '語\u0301',
];
const words = [
  'Running',
  'Failed',
  'mnist-cn',
  'ecs.gn6i-c4g1.xlarge',
  '12m',
  '    ',
  '中国 (上海)',
  '推理🚀服务',
  '          ',
];

export type Random = (below: number) => number;

/** Mulberry32: enough for tests, and the same everywhere. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000) * below);
  };
}

function randomSpan(random: Random): Span {
  const long = random(12);
  const text =
    random(3) === 0
      ? (words[random(words.length)] ?? '')
      : Array.from({ length: long }, () => signs[random(random(2) === 0 ? 16 : signs.length)] ?? ' ').join('');
  const tone = random(2) === 0 ? undefined : tones[random(tones.length)];
  return { text, ...(tone && { tone }), bold: random(6) === 0, inverse: random(6) === 0 };
}

const randomLine = (random: Random): Line => Array.from({ length: random(6) }, () => randomSpan(random));

export function randomFrame(rows: number, random: Random): Line[] {
  return Array.from({ length: rows }, () => randomLine(random));
}

/** A frame as one may follow another: nothing new, a few lines, a few spans, a block that moved, or all of it. */
export function nextFrame(frame: readonly Line[], random: Random): Line[] {
  const rows = frame.length;
  const next = [...frame];
  switch (random(6)) {
    case 0:
      return randomFrame(rows, random);
    case 1: {
      // A block moves, something comes in, and maybe a line of it looks different.
      const [a, b] = [random(rows), random(rows)];
      const [top, end] = [Math.min(a, b), Math.max(a, b) + 1];
      const by = 1 + random(3);
      const block = next.slice(top, end);
      const fresh = Array.from({ length: Math.min(by, block.length) }, () => randomLine(random));
      const shifted = random(2) === 0 ? [...block.slice(by), ...fresh] : [...fresh, ...block.slice(0, -by)];
      next.splice(top, end - top, ...shifted.slice(0, end - top));
      const place = random(rows);
      next[place] = (next[place] ?? []).map((span) => ({ ...span, inverse: !span.inverse }));
      return next;
    }
    case 2: {
      const y = random(rows);
      next[y] = (next[y] ?? []).map((span) => (random(2) === 0 ? randomSpan(random) : span));
      return next;
    }
    case 3: {
      // The selection goes to another line.
      const [y, other] = [random(rows), random(rows)];
      next[y] = (next[y] ?? []).map((span) => ({ ...span, inverse: true }));
      next[other] = (next[other] ?? []).map((span) => ({ ...span, inverse: false }));
      return next;
    }
    case 4:
      return next.map((line) => (random(3) === 0 ? [...line.slice(0, -1), randomSpan(random)] : line));
    default:
      for (let count = random(3); count >= 0; count--) next[random(rows)] = randomLine(random);
      return next;
  }
}
