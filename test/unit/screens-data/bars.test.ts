import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { megabytes } from '../../../src/lib/units.ts';
import { widthOf } from '../../../src/lib/width.ts';
import { amount, bar, free, scarce, sums } from '../../../src/screens/bars.ts';

describe('a bar', () => {
  it.each([
    [0, 16, '░░░░ 0/16'],
    [6, 16, '██░░ 6/16'],
    [16, 16, '████ 16/16'],
    [20, 16, '████ 20/16'],
    [2.4, 4, '██░░ 2.4/4'],
    [0.1 + 0.2, 4, '█░░░ 0.3/4'],
  ])('of %d of %d says so in blocks and in numbers', (used, total, text) => {
    expect(bar(used, total, 4)).toBe(text);
  });

  it('looks full only when nothing is left, and empty only when nothing is taken', () => {
    expect(bar(999, 1000, 4)).toBe('███░ 999/1000');
    expect(bar(1, 1000, 4)).toBe('█░░░ 1/1000');
  });

  it('is blank where a number is not known or there is no whole, and the text says which', () => {
    expect(bar(undefined, 16, 4)).toBe('     -/16');
    expect(bar(6, undefined, 4)).toBe('     6/-');
    expect(bar(undefined, undefined, 4)).toBe('     -/-');
    expect(bar(0, 0, 4)).toBe('     0/0');
    expect(bar(Number.NaN, 4, 4)).toBe('     -/4');
  });

  it('shows numbers in the unit it is given', () => {
    expect(bar(4200, 62240, 4, megabytes)).toBe('█░░░ 4.1G/60.8G');
  });

  it('always takes its cells, whatever the numbers', () => {
    const any = fc.option(fc.double(), { nil: undefined });
    fc.assert(
      fc.property(any, any, fc.integer({ min: 1, max: 20 }), (used, total, cells) => {
        const text = bar(used, total, cells);
        expect(text.slice(0, cells)).toMatch(/^(█*░*| *)$/);
        expect(widthOf(text.slice(0, cells))).toBe(cells);
        expect(text).not.toMatch(/NaN|undefined|Infinity/);
      }),
    );
  });
});

describe('the sums of a title', () => {
  const use = (used: number | undefined, total: number | undefined) => ({ used, total });
  const node = (gpu: ReturnType<typeof use>) => ({ cpu: use(1, 4), gpu, memory: use(512, 1024) });

  it('name the scarcest first, and nothing of which there is none', () => {
    expect(sums([node(use(1, 2)), node(use(0, 2))])).toBe('gpu 1/4 · cpu 2/8 · mem 1.0G/2.0G');
    expect(sums([node(use(0, 0))])).toBe('cpu 1/4 · mem 512M/1.0G');
    expect(sums([node(use(undefined, undefined))])).toBe('gpu - · cpu 1/4 · mem 512M/1.0G');
    expect(sums([])).toBeUndefined();
  });
});

describe('what is free', () => {
  it('is known only when both numbers are', () => {
    expect(free({ used: 6, total: 16 })).toBe(10);
    expect(free({ used: 20, total: 16 })).toBe(-4);
    expect(free({ used: undefined, total: 16 })).toBeUndefined();
    expect(free({ used: 6, total: undefined })).toBeUndefined();
  });

  it('is scarce from nine tenths on, never where there is nothing to have', () => {
    expect(scarce({ used: 9, total: 10 })).toBe(true);
    expect(scarce({ used: 8.9, total: 10 })).toBe(false);
    expect(scarce({ used: 0, total: 0 })).toBe(false);
    expect(scarce({ used: undefined, total: 10 })).toBe(false);
  });

  it('has no more than two decimals', () => {
    expect(amount(0.1 + 0.2)).toBe('0.3');
    expect(amount(1 / 3)).toBe('0.33');
    expect(amount(undefined)).toBe('-');
  });
});
