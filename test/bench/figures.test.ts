import { describe, expect, it } from 'vitest';
import { type Figure, meetsTarget, type Report, regressions, table, withFigures } from '../../bench/figures.ts';
import { growthPlot } from '../../bench/growth.ts';
import { type Cells, optimalBytes } from '../../bench/optimal.ts';
import { createBytes } from '../../src/ui/screen/bytes.ts';
import { createDiff } from '../../src/ui/screen/diff.ts';
import { createGlyphs } from '../../src/ui/screen/glyphs.ts';
import { createGrid, type Grid } from '../../src/ui/screen/grid.ts';
import { createStyles } from '../../src/ui/screen/style.ts';
import { createEmulatedScreen } from '../support/emulated-screen.ts';
import { createRandom, nextFrame, randomFrame } from '../ui/screen/random-frames.ts';
import { codes } from '../ui/screen/shown-cells.ts';

const [columns, rows] = [60, 12];

async function cellsAfter(bytes: Uint8Array, screen = createEmulatedScreen(columns, rows)): Promise<Cells> {
  await new Promise<void>((resolve) => screen.xterm.write(bytes, resolve));
  return Array.from({ length: rows }, (_, y) => Array.from({ length: columns }, (_, x) => screen.cell(x, y)));
}

describe('the optimum', () => {
  it('is no more than what the screen writes for the same change', async () => {
    const random = createRandom(11);
    const parts = { glyphs: createGlyphs(), styles: createStyles(codes) };
    const diff = createDiff(columns, rows, parts.glyphs, parts.styles);
    for (let pair = 0; pair < 60; pair++) {
      const screen = createEmulatedScreen(columns, rows);
      const grids = [0, 1, 2].map(() => createGrid(columns, rows, parts));
      const [blank, from, to] = grids as [Grid, Grid, Grid];
      const first = randomFrame(rows, random);
      const second = nextFrame(first, random);
      for (let y = 0; y < rows; y++) from.paintLine(y, first[y] ?? []);
      for (let y = 0; y < rows; y++) to.paintLine(y, second[y] ?? []);
      const out = createBytes();
      diff.write(blank, from, out);
      const before = await cellsAfter(out.data.slice(0, out.length), screen);
      out.cut(0);
      diff.write(from, to, out);
      const written = out.length;
      const after = await cellsAfter(out.data.slice(0, written), screen);
      const fewest = optimalBytes(before, after);
      // It knows every way to write, but of scrolls only those of the whole block that changed.
      expect(fewest).toBeLessThanOrEqual(written * 1.01);
      expect(fewest > 0).toBe(written > 0);
      expect(optimalBytes(after, after)).toBe(0);
    }
  });
});

const figure = (more: Partial<Figure>): Figure => ({
  id: 'a',
  what: 'a thing',
  value: 10,
  unit: 'ms',
  target: 5,
  slack: 1.5,
  ...more,
});
const report = (nodeMs: number, ...figures: Figure[]): Report => ({
  node: '24',
  cores: 2,
  size: '80x24',
  nodeMs,
  figures,
  growth: [],
});

describe('a run beside the baseline', () => {
  it('is worse where a figure misses its target by more than its slack, whatever the machine', () => {
    const before = report(20, figure({}));
    expect(regressions(report(20, figure({ value: 14 })), before)).toEqual([]);
    expect(regressions(report(20, figure({ value: 16 })), before)).toEqual([
      'a thing: 16 ms, was 10 ms (allowed: x 1.5)',
    ]);
    expect(regressions(report(60, figure({ value: 29 })), before)).toEqual([]);
    expect(regressions(report(60, figure({ value: 50 })), before)).toHaveLength(1);
    // As bad as that, but within the target.
    expect(regressions(report(20, figure({ value: 4 })), report(20, figure({ value: 1 })))).toEqual([]);
    // Bytes are the same everywhere, and ratios too.
    expect(
      regressions(report(60, figure({ unit: 'bytes', value: 16 })), report(20, figure({ unit: 'bytes' }))),
    ).toHaveLength(1);
    const against = { what: 'the other', value: 1 };
    expect(regressions(report(60, figure({ against, value: 16 })), report(20, figure({ against })))).toHaveLength(1);
    // A machine on which waking up takes longer is told by what Node.js alone takes.
    const woken = (value: number, bare: number) => report(20, figure({ value, bare }));
    expect(regressions(woken(29, 2), woken(10, 1))).toEqual([]);
    expect(regressions(woken(31, 2), woken(10, 1))).toHaveLength(1);
    // Where one run did not ask that, its start has to do.
    expect(regressions(woken(14, 2), before)).toEqual([]);
    expect(regressions(woken(16, 2), before)).toHaveLength(1);
    // Of frames more are better.
    const frames = (value: number) => report(20, figure({ unit: 'frames', value, target: 1 }));
    expect(regressions(frames(0.5), frames(1))).toHaveLength(1);
    expect(regressions(frames(2), frames(1))).toEqual([]);
  });

  it('is put between the marks of the page, and no other word of it is touched', () => {
    const page = 'Before\n<!-- figures -->\nold\n<!-- /figures -->\nAfter\n';
    const next = withFigures(page, report(20, figure({ against: { what: 'node', value: 4 } })));
    expect(next).toMatch(
      /^Before\n<!-- figures -->\nNode\.js 24.*20 ms\.\nIn brackets.*33 ms.*\n\n[\s\S]*\n<!-- \/figures -->\nAfter\n$/,
    );
    expect(next).toContain('| a thing | 2.5 x node (10 / 4.0 ms) | ≤ 5.0 x | yes |');
    expect(() => withFigures('no marks', report(20))).toThrow('no <!-- figures -->');
    expect(table(report(20, figure({})))).toContain('**no**');
    // On a machine twice as slow as that of the targets.
    expect(table(report(66, figure({})))).toContain('10 ms (≈ 5.0)');
    expect(table(report(66, figure({ bare: 1.5 })))).toContain('10 ms (≈ 5.0; Node.js alone 1.5)');
    expect(meetsTarget(figure({ value: 5 }))).toBe(true);
  });

  it('is drawn as one plot a figure, from zero', () => {
    const at = (services: number, value: number) => ({
      services,
      residentMb: value,
      keyMs: 1,
      keyBytes: 400,
      firstFilterMs: 2,
      filterMs: 2,
      pollMs: -1,
    });
    const svg = growthPlot([at(100, 90), at(10_000, 100), at(50_000, 200)]);
    expect(svg.match(/<polyline/g)).toHaveLength(6);
    expect(svg).toContain('50k');
    expect(svg).toContain('200 MB');
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});
