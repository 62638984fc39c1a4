import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, count, duration, megabytes, parseMegabytes, percent } from '../../../src/lib/units.ts';

describe('sizes', () => {
  it.each([
    [0, '0M'],
    [512, '512M'],
    [1_000, '1000M'],
    [1_023.7, '1.0G'],
    [1_024, '1.0G'],
    [62_240, '60.8G'],
    [102_350, '100G'],
    [131_072, '128G'],
    [1_048_570, '1.0T'],
    [1_572_864, '1.5T'],
    [undefined, '-'],
    [Number.NaN, '-'],
  ])('%d MB is %s', (n, text) => expect(megabytes(n)).toBe(text));

  it.each([
    [0, '0B'],
    [512, '512B'],
    [1_536, '1.5K'],
    [20 * 1024 ** 2, '20.0M'],
    [5 * 1024 ** 5, '5.0P'],
    [5_000 * 1024 ** 5, '5000P'],
    [undefined, '-'],
  ])('%d bytes is %s', (n, text) => expect(bytes(n)).toBe(text));

  it('never takes more than six characters and never counts 1024 of a unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1024 ** 3, noNaN: true }), (n) => {
        expect(megabytes(n)).toMatch(/^(\d{1,2}\.\d|\d{1,4})[MGTP]$/);
        expect(megabytes(n)).not.toMatch(/^1024/);
      }),
    );
  });

  it.each([
    ['62240M', 62_240],
    ['0G', 0],
    ['8GB', 8_192],
    ['30Gi', 30_720],
    ['512 MiB', 512],
    ['470m', 470],
    ['1.5T', 1_572_864],
    ['1048576B', 1],
    ['2048K', 2],
    ['4000', 4_000],
    [4_000, 4_000],
    ['', undefined],
    ['-1G', undefined],
    ['1e3M', undefined],
    ['8 GX', undefined],
    ['Gi', undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    [null, undefined],
    [{}, undefined],
  ])('%j is %d MB', (text, n) => expect(parseMegabytes(text)).toBe(n));
});

it.each([
  [0, '0'],
  [999, '999'],
  [1_024, '1,024'],
  [-1_234_567, '-1,234,567'],
  [0.9, '0'],
  [-0.5, '0'],
  [undefined, '-'],
  [Number.POSITIVE_INFINITY, '-'],
])('count of %d is %s', (n, text) => expect(count(n)).toBe(text));

it.each([
  [0, '0ms'],
  [41.3, '41ms'],
  [999.7, '1.0s'],
  [1_234, '1.2s'],
  [9_949, '9.9s'],
  [9_950, '10s'],
  [59_499, '59s'],
  [59_999, '1m'],
  [125_000, '2m5s'],
  [3_600_000, '1h'],
  [3_840_000, '1h4m'],
  [-1, '-'],
  [undefined, '-'],
])('duration of %d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

it.each([
  [20, undefined, '20%'],
  [1, 3, '33%'],
  [0.29, 1, '29%'],
  [999, 1_000, '99%'],
  [1, 1_000, '<1%'],
  [0, 10, '0%'],
  [12, 10, '120%'],
  [1, 0, '-'],
  [undefined, 10, '-'],
  [1, Number.NaN, '-'],
])('%d of %d is %s', (part, whole, text) => expect(percent(part, whole)).toBe(text));
