import { describe, expect, it } from 'vitest';
import type { Line } from '../../../src/ui/line.ts';
import { type Bytes, createBytes } from '../../../src/ui/screen/bytes.ts';
import { createDiff } from '../../../src/ui/screen/diff.ts';
import { createGlyphs } from '../../../src/ui/screen/glyphs.ts';
import { createGrid, type Grid, type GridParts } from '../../../src/ui/screen/grid.ts';
import { createStyles } from '../../../src/ui/screen/style.ts';
import { createRandom, nextFrame, randomFrame } from './random-frames.ts';
import { codes, createTestTerminal, type TestTerminal } from './shown-cells.ts';

const parts: GridParts = { glyphs: createGlyphs(), styles: createStyles(codes) };

function gridOf(lines: readonly Line[], columns: number): Grid {
  const grid = createGrid(columns, lines.length, parts);
  for (const [y, line] of lines.entries()) grid.paintLine(y, line);
  return grid;
}

const written = (out: Bytes): Uint8Array => out.data.slice(0, out.length);

function difference(from: Grid, to: Grid): Uint8Array {
  const out = createBytes();
  createDiff(from.columns, from.rows, parts.glyphs, parts.styles).write(from, to, out);
  return written(out);
}

/** Every cell by itself, at its address, in its whole style: nothing to be clever about. */
function fromScratch(grid: Grid): string {
  const { glyphs, styles } = parts;
  let text = '\x1b[m\x1b[2J';
  for (let y = 0; y < grid.rows; y++) {
    for (let x = 0; x < grid.columns; x++) {
      const glyph = grid.glyphs[y * grid.columns + x] ?? 0;
      if (glyph === 0) continue;
      const sgr = Buffer.from(styles.change(0, grid.styles[y * grid.columns + x] ?? 0)).toString();
      text += `\x1b[${y + 1};${x + 1}H${sgr}${glyphs.text(glyph)}\x1b[m`;
    }
  }
  return text;
}

async function seen(terminal: TestTerminal, grid: Grid): Promise<string[]> {
  await terminal.take(fromScratch(grid));
  return terminal.cells();
}

describe('the diff', () => {
  it.each([
    [24, 8, 4_000, 1, true],
    [37, 6, 3_000, 2, true],
    [13, 12, 2_000, 3, false],
    [60, 16, 1_000, 4, false],
  ])(
    '%d x %d: %d frames one after the other look as if painted from scratch',
    async (columns, rows, count, seed, wrap) => {
      const random = createRandom(seed);
      const [updated, scratch] = [createTestTerminal(columns, rows), createTestTerminal(columns, rows)];
      // The bottom right cell scrolls nothing, whether the terminal wraps or not.
      if (!wrap) await updated.take('\x1b[?7l');
      const diff = createDiff(columns, rows, parts.glyphs, parts.styles);
      const out = createBytes();
      let lines = randomFrame(rows, random);
      let shown = createGrid(columns, rows, parts);
      for (let round = 0; round < count; round++) {
        const grid = gridOf(lines, columns);
        out.cut(0);
        diff.write(shown, grid, out);
        await updated.take(written(out));
        const [is, should] = [updated.cells(), await seen(scratch, grid)];
        if (is.join('\n') !== should.join('\n')) {
          const at = is.findIndex((cell, place) => cell !== should[place]);
          const where = `round ${round}, column ${at % columns}, row ${Math.floor(at / columns)}`;
          throw new Error(
            `${where}: "${is[at]}" where "${should[at]}" should be; ${JSON.stringify(Buffer.from(written(out)).toString())}`,
          );
        }
        shown = grid;
        lines = nextFrame(lines, random);
      }
      expect(updated.xterm.buffer.active.baseY).toBe(0);
      // The pen is plain after every frame.
      await updated.take('\x1b[HX');
      expect(updated.cells()[0]).toBe('X 00000 d d');
    },
    240_000,
  );

  it('writes nothing when nothing differs', () => {
    const grid = gridOf(randomFrame(10, createRandom(5)), 40);
    expect(difference(grid, grid)).toHaveLength(0);
  });

  it('scrolls a block that moved instead of writing it', () => {
    const body = (first: number): Line[] =>
      Array.from({ length: 40 }, (_, place) => [
        { text: `│ service-${first + place} ${'x'.repeat(150)}`.padEnd(199) },
        { text: '│' },
      ]);
    const frame = (first: number): Line[] => [[{ text: 'header' }], ...body(first), [{ text: 'footer' }]];
    const bytes = Buffer.from(difference(gridOf(frame(100), 200), gridOf(frame(101), 200))).toString();
    expect(bytes).toContain('\x1b[2;41r\x1b[S\x1b[r');
    expect(bytes.length).toBeLessThan(240);
  });

  it('changes one digit with one digit and its address', () => {
    const frame = (age: string): Line[] => [[], [], [{ text: `name  ${age}  more`, tone: 'ok' }]];
    const bytes = Buffer.from(difference(gridOf(frame('11s'), 40), gridOf(frame('12s'), 40))).toString();
    expect(bytes).toBe('\x1b[3;8H\x1b[32m2\x1b[m');
  });

  it('draws again what is right of a sign whose width terminals dispute', async () => {
    const family = '👩\u200d👩\u200d👧';
    const frame = (sign: string): Line[] => [[{ text: `a ${sign} same same` }]];
    const [before, after] = [gridOf(frame('xx'), 30), gridOf(frame(family), 30)];
    // This terminal draws the family six cells wide, over its neighbours.
    const terminal = createTestTerminal(30, 1);
    await terminal.take(difference(createGrid(30, 1, parts), before));
    await terminal.take(difference(before, after));
    expect(terminal.lines()[0]).toMatch(/same same$/);
    await terminal.take(difference(after, before));
    expect(terminal.lines()[0]).toBe('a xx same same');
  });
});
