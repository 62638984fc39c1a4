/** What the changes of a table of services cost in bytes, at 200 x 50. */
import { describe, expect, it } from 'vitest';
import type { Tone } from '../../../src/screens/define.ts';
import type { Line, Span } from '../../../src/ui/line.ts';
import { createBytes } from '../../../src/ui/screen/bytes.ts';
import { createDiff } from '../../../src/ui/screen/diff.ts';
import { createGlyphs } from '../../../src/ui/screen/glyphs.ts';
import { createGrid, type Grid } from '../../../src/ui/screen/grid.ts';
import { createStyles } from '../../../src/ui/screen/style.ts';
import { codes } from './shown-cells.ts';

const [columns, rows] = [200, 50];
const parts = { glyphs: createGlyphs(), styles: createStyles(codes) };
const edge: Span = { text: '│', tone: 'dim' };
const rule: Line = [{ text: `┌${'─'.repeat(198)}┐`, tone: 'dim' }];

function frame(body: readonly Line[]): Line[] {
  const head = Array.from({ length: 4 }, (_, y): Line => [{ text: ` Label${y}   value of it`, tone: 'dim' }]);
  const last: Line = [{ text: ' <services>', tone: 'accent' }];
  return [...head, rule, ...body, rule, last, ...head].slice(0, rows);
}

function row(number: number, inverse: boolean, age: number): Line {
  const cell = (text: string, cells: number, tone: Tone = 'plain'): Span => ({
    text: text.padEnd(cells),
    tone,
    inverse,
  });
  const [word, tone] = number % 7 === 0 ? (['Failed', 'bad'] as const) : (['Running', 'ok'] as const);
  const cells = [
    cell(`service-${String(number * 7919).padStart(7, '0')}-cn-shanghai`, 60),
    cell(word, 12, tone),
    cell(`${(number % 9) + 1}/${(number % 9) + 1}`, 7),
    cell('PrepaidRoom', 14),
    cell(`ecs.gn${number % 7}i-c4g1.xlarge`, 24),
    cell(`${number % 64} GiB`, 10),
    cell(`group-${number % 5}`, 20),
    cell(`${((number * 13) % 50) + age + 10}s`, 8),
    cell('user@example.com', 20),
  ];
  return [edge, { text: ' ' }, ...cells.flatMap((span) => [span, { text: '  ', inverse }]), { text: '  ' }, edge];
}

const table = (first: number, selected: number, age = 0): Line[] =>
  frame(Array.from({ length: 40 }, (_, place) => row(first + place, place === selected, age)));

const page = frame(
  Array.from(
    { length: 40 },
    (_, y): Line => [
      edge,
      { text: ` "key-${y}"`, tone: 'accent' },
      { text: `: "${`${'value of it '.repeat(15)}${y}"`.padEnd(180)}` },
      edge,
    ],
  ),
);

function gridOf(lines: readonly Line[]): Grid {
  const grid = createGrid(columns, rows, parts);
  for (const [y, line] of lines.entries()) grid.paintLine(y, line);
  return grid;
}

function cost(from: readonly Line[], to: readonly Line[]): number {
  const out = createBytes();
  createDiff(columns, rows, parts.glyphs, parts.styles).write(gridOf(from), gridOf(to), out);
  return out.length;
}

/** Bytes that must be sent: the characters that differ, and of a run of blanks as many as an erasure takes. */
function ink(from: readonly Line[], to: readonly Line[]): number {
  const [old, next] = [gridOf(from), gridOf(to)];
  let sum = 0;
  let blanks = 0;
  for (let at = 0; at < columns * rows; at++) {
    const blank = next.glyphs[at] === 0x20 && next.styles[at] === 0;
    blanks = blank ? blanks + 1 : 0;
    const same = old.glyphs[at] === next.glyphs[at] && old.styles[at] === next.styles[at];
    if (!same && blanks < 6) sum += Buffer.byteLength(parts.glyphs.text(next.glyphs[at] ?? 0x20));
  }
  return sum;
}

describe('a change of a table at 200 x 50', () => {
  it('costs about what must be sent when the cursor moves', () => {
    const [from, to] = [table(100, 5), table(100, 6)];
    expect(cost(from, to)).toBeLessThan(ink(from, to) + 110);
    expect(cost(from, to)).toBeLessThanOrEqual(1.15 * 400);
  });

  it('costs few bytes a row when every age ticks', () => {
    expect(cost(table(100, 5), table(100, 5, 1))).toBeLessThan(40 * 6.5);
  });

  it('costs little more than the new rows when it scrolls', () => {
    expect(cost(table(100, -1), table(101, -1))).toBeLessThanOrEqual(1.15 * 255);
    expect(cost(table(100, 39), table(101, 39))).toBeLessThanOrEqual(1.15 * 400);
    // Both ways, by several rows, and while ages tick.
    expect(cost(table(103, 0), table(100, 0))).toBeLessThanOrEqual(1.15 * (400 + 2 * 200));
    expect(cost(table(100, -1), table(101, -1, 1))).toBeLessThanOrEqual(1.15 * (255 + 40 * 6));
  });

  it('costs little more than its ink when all of it is another page', () => {
    const from = table(100, 5);
    // Blanks between words that happen to be blank already are passed over by writing them.
    expect(cost(from, page)).toBeLessThan(1.3 * ink(from, page));
    expect(cost(page, from)).toBeLessThan(1.3 * ink(page, from));
    expect(cost(page, from)).toBeLessThanOrEqual(1.15 * 8_425);
  });
});
