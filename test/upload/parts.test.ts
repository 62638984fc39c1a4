import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCrc64Maker } from '../../emulator/oss/crc64.ts';
import { createCrc64, joinCrc64 } from '../../src/api/upload/crc64.ts';
import { partCount, partRange, partSizeOf } from '../../src/api/upload/parts.ts';
import { createMeter } from '../../src/api/upload/rate.ts';

const [KiB, MiB, GiB, TiB] = [1024, 1024 ** 2, 1024 ** 3, 1024 ** 4];

describe('the size of a part', () => {
  it.each([
    [10 * MiB, 1 * MiB, 10],
    [256 * MiB, 1 * MiB, 256],
    [2 * GiB, 8 * MiB, 256],
    [100 * GiB, 21 * MiB, 4877],
  ])('of %i bytes is %i: %i parts', (size, part, count) => {
    expect([partSizeOf(size), partCount(size, partSizeOf(size))]).toEqual([part, count]);
  });

  it('never makes more than 10,000 parts, nor parts too small or too large, and they cover the file', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Math.floor(48.8 * TiB) }), (size) => {
        const part = partSizeOf(size);
        const count = partCount(size, part);
        const last = partRange(count, size, part);
        expect(count).toBeLessThanOrEqual(10_000);
        expect(part).toBeGreaterThanOrEqual(100 * KiB);
        expect(part).toBeLessThanOrEqual(5 * GiB);
        expect(last.end).toBe(size);
        expect(last.start).toBeLessThan(size);
        if (count > 1) expect(partRange(2, size, part).start).toBe(partRange(1, size, part).end);
      }),
      {
        numRuns: 500,
        examples: [[48.8 * TiB - 1], [80 * GiB + 1], [9_999 * MiB + 1]].map(([n]) => [Math.floor(n ?? 1)]),
      },
    );
  });

  it('refuses what no object can hold', () => {
    expect(() => partSizeOf(49 * TiB)).toThrow(/at most 48.8 TiB/);
  });
});

describe('CRC-64', () => {
  const { counter: sum, room } = createCrc64(64 * KiB);
  const of = (bytes: Uint8Array) => {
    const crc = sum();
    crc.update(bytes);
    return crc.value();
  };

  it('is the published one', () => {
    expect(of(Buffer.from('123456789'))).toBe(0x995dc9bbdf1939fan);
    expect(of(Buffer.alloc(0))).toBe(0n);
  });

  it('is the same however the bytes come and are joined', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(300), { maxLength: 5 }), (bytes, cuts) => {
        const ends = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
        const pieces = ends.slice(1).map((end, at) => bytes.subarray(ends[at], end));
        const running = sum();
        for (const piece of pieces) running.update(piece);
        expect(running.value()).toBe(of(bytes));
        expect(joinCrc64(pieces.map((piece) => ({ crc: of(piece), size: piece.length })))).toBe(of(bytes));
      }),
    );
  });

  it('is the same in one, side by side and where it lies', () => {
    for (const size of [7, 8, 16_383, 16_384, 16_385, 64 * KiB]) {
      const bytes = randomBytes(size);
      room.set(bytes);
      const running = sum();
      for (let at = 0; at < size; at += 4_000) running.update(bytes.subarray(at, at + 4_000));
      expect(of(bytes)).toBe(running.value());
      expect(of(room.subarray(0, size))).toBe(running.value());
      const reference = createCrc64Maker()();
      reference.update(bytes);
      expect(running.value()).toBe(reference.digest());
    }
  });

  it('joins ten thousand parts in a moment', () => {
    const part = randomBytes(1000);
    const pieces = Array.from({ length: 10_000 }, () => ({ crc: of(part), size: part.length }));
    const before = performance.now();
    joinCrc64(pieces);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe('the rate', () => {
  it('is that of the last seconds and falls while nothing moves', () => {
    const meter = createMeter();
    meter.note(0, 0);
    expect(meter.rate(100)).toBeUndefined();
    for (let at = 500; at <= 60_000; at += 500) meter.note(at < 50_000 ? at * 10 : 500_000 + (at - 50_000), at);
    expect(meter.rate(60_000)).toBeCloseTo(1_000, 0);
    expect(meter.rate(70_000) ?? 0).toBeLessThan(600);
    meter.reset();
    expect(meter.rate(70_000)).toBeUndefined();
  });
});
