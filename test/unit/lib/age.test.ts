import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { age, clock, nextAgeChange, stamp } from '../../../src/lib/age.ts';

const S = 1_000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;
const Y = 365 * D;

describe('age', () => {
  it.each([
    [undefined, '-'],
    [Number.NaN, '-'],
    [Number.POSITIVE_INFINITY, '-'],
    [-5_001, '-'],
    [-5_000, '0s'],
    [0, '0s'],
    [999, '0s'],
    [1_000, '1s'],
    [95 * S, '95s'],
    [2 * M - 1, '119s'],
    [2 * M, '2m'],
    [5 * M + 30 * S, '5m30s'],
    [10 * M - 1, '9m59s'],
    [10 * M, '10m'],
    [3 * H - 1, '179m'],
    [3 * H, '3h'],
    [4 * H + 5 * M, '4h5m'],
    [8 * H, '8h'],
    [48 * H - 1, '47h'],
    [48 * H, '2d'],
    [21 * D, '21d'],
    [2 * Y - 1, '729d'],
    [2 * Y, '2y'],
    [2 * Y + 3 * D, '2y3d'],
    [9 * Y + 3 * D, '9y'],
  ])('%d ms is %s', (ms, text) => expect(age(ms)).toBe(text));
});

describe('nextAgeChange', () => {
  it('is the exact time to the next other text, or a day', () => {
    const anyAge = fc.oneof(
      fc.integer({ min: -20 * S, max: 20 * M }),
      fc.integer({ min: -2 * D, max: 9 * Y }),
      fc.constantFrom(2 * M, 10 * M, 3 * H, 8 * H, 48 * H, 2 * Y, 8 * Y).map((ms) => ms - 1),
    );
    fc.assert(
      fc.property(anyAge, (ms) => {
        const wait = nextAgeChange(ms);
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(D);
        expect(age(ms + wait - 1)).toBe(age(ms));
        if (wait < D && ms + wait !== 9 * Y) expect(age(ms + wait)).not.toBe(age(ms));
      }),
      { numRuns: 2_000 },
    );
  });

  it('suits a timer even where nothing will change', () => {
    expect([nextAgeChange(undefined), nextAgeChange(Number.NaN), nextAgeChange(-1e15)]).toEqual([D, D, D]);
  });
});

describe('clock and stamp', () => {
  it('give local time', () => {
    const when = new Date(2026, 0, 2, 3, 4, 5).getTime();
    expect(clock(when)).toBe('03:04:05');
    expect(stamp(when)).toBe('2026-01-02 03:04:05');
  });

  it('give - for no time', () => {
    for (const none of [undefined, Number.NaN, 1e18]) expect([clock(none), stamp(none)]).toEqual(['-', '-']);
  });
});
