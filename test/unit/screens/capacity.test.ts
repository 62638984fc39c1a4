import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitWords, leftOn, type Need, place, placeEach, roomWords, type Spot } from '../../../src/screens/capacity.ts';

/** A node with so much free, besides what is used. */
const spot = (name: string, cpu: number, gpu: number, gigabytes: number, closed?: string): Spot => ({
  name,
  // One core more is kept for the system.
  cpu: { used: 2, total: cpu + 3 },
  gpu: { used: 1, total: gpu + 1 },
  memory: { used: 1024, total: (gigabytes + 1) * 1024 },
  closed,
});
const need = (cpu: number, gpu: number, gigabytes: number): Need => ({ cpu, gpu, memory: gigabytes * 1024 });

describe('placing workers', () => {
  it('fills nodes one by one, the emptiest first, and tells what remains', () => {
    const placement = place([spot('a', 4, 1, 16), spot('b', 8, 2, 32)], need(4, 1, 16), 2);
    expect(placement.placed).toEqual([
      { name: 'a', count: 1, left: { cpu: 0, gpu: 0, memory: 0 } },
      { name: 'b', count: 1, left: { cpu: 4, gpu: 1, memory: 16_384 } },
    ]);
    expect(placement).toMatchObject({ unplaced: 0, room: 3 });
    expect(placement.blocked).toEqual([
      { name: 'a', why: expect.stringMatching(/^full after 1 of these: cpu 0 free of 4 needed, gpu 0 free/) },
    ]);
  });

  it('does not add up what is left on several nodes', () => {
    const placement = place([spot('a', 4, 1, 8), spot('b', 4, 1, 8)], need(8, 1, 8), 1);
    expect(placement).toMatchObject({ placed: [], unplaced: 1, room: 0 });
    expect(placement.blocked.map(({ why }) => why)).toEqual(['cpu 4 free of 8 needed', 'cpu 4 free of 8 needed']);
  });

  it('names everything that is short, and why a node is closed', () => {
    const { blocked } = place([spot('a', 1, 0, 1), spot('b', 64, 8, 512, 'closed to new workers')], need(4, 2, 8), 1);
    expect(blocked).toEqual([
      { name: 'a', why: expect.stringMatching(/^cpu 1 free of 4 needed, gpu 0 free of 2 needed, memory .* needed$/) },
      { name: 'b', why: 'closed to new workers' },
    ]);
  });

  it('counts a node that says nothing as full', () => {
    const dark: Spot = { ...spot('a', 8, 0, 8), memory: { used: undefined, total: 4096 } };
    expect(place([dark], need(1, 0, 1), 1)).toMatchObject({ room: 0, blocked: [{ why: 'memory not told' }] });
  });

  it('keeps one core of each node for the system, whatever is used', () => {
    const bare = (used: number): Spot => ({ ...spot('a', 0, 0, 0), cpu: { used, total: 4 } });
    expect(leftOn(bare(0)).cpu).toBe(3);
    expect(leftOn(bare(1)).cpu).toBe(2);
    expect(leftOn(bare(2.5)).cpu).toBe(0.5);
    expect(leftOn(bare(4)).cpu).toBe(0);
    expect(place([bare(3)], need(1, 0, 0), 1)).toMatchObject({ room: 0 });
  });

  it('is not led astray by tenths of a core, nor by more used than there is', () => {
    const tenths: Spot = { ...spot('a', 0, 0, 8), cpu: { used: 1, total: 2.3 } };
    expect(place([tenths], { cpu: 0.1, gpu: 0, memory: 0 }, 5).room).toBe(3);
    expect(leftOn({ ...tenths, cpu: { used: 9, total: 8 } }).cpu).toBe(0);
  });

  it.each([
    ['no nodes', [], need(1, 0, 1)],
    ['nodes of nothing', [spot('a', 0, 0, 0)], need(1, 0, 1)],
    ['a worker of which nothing is known', [spot('a', 8, 8, 8)], { cpu: undefined, gpu: undefined, memory: undefined }],
    ['a worker that takes nothing', [spot('a', 8, 8, 8)], need(0, 0, 0)],
  ])('places nothing with %s', (_what, spots, wanted) => {
    expect(place(spots, wanted, 3)).toMatchObject({ placed: [], unplaced: 3, room: 0 });
    expect(roomWords(spots, wanted)).toMatch(/no more fits/);
  });

  it('never puts more on a node than fits, loses none, and places as many as fit at all', () => {
    const nodes = fc.array(fc.record({ cpu: fc.nat(64), gpu: fc.nat(8), memory: fc.nat(64), closed: fc.boolean() }), {
      maxLength: 12,
    });
    const wanted = fc.record({ cpu: fc.integer({ min: 1, max: 16 }), gpu: fc.nat(4), memory: fc.nat(16) });
    fc.assert(
      fc.property(nodes, wanted, fc.nat(60), (free, { cpu, gpu, memory }, n) => {
        const spots = free.map((one, place) =>
          spot(`n${place}`, one.cpu, one.gpu, one.memory, one.closed ? 'closed' : undefined),
        );
        const { placed, unplaced, room } = place(spots, need(cpu, gpu, memory), n);
        expect(placed.reduce((sum, { count }) => sum + count, 0) + unplaced).toBe(n);
        expect(unplaced).toBe(Math.max(0, n - room));
        for (const { name, count } of placed) {
          const node = free[Number(name.slice(1))];
          expect(node?.closed).toBe(false);
          expect(count * cpu).toBeLessThanOrEqual(node?.cpu ?? 0);
          expect(count * gpu).toBeLessThanOrEqual(node?.gpu ?? 0);
          expect(count * memory).toBeLessThanOrEqual(node?.memory ?? 0);
        }
      }),
    );
  });

  it.each([
    [undefined, 3, undefined],
    [5, 0, undefined],
    [5, -2, undefined],
    [5, 1, '1 more fits (estimate)'],
    [5, 5, '5 more fit (estimate)'],
    [1, 2, '1 of 2 more fits (estimate)'],
    [0, 2, 'none of 2 more fit (estimate)'],
  ])('says of room for %s and %i more: %s', (room, more, words) => expect(fitWords(room, more)).toBe(words));

  it('tells which of several different workers find no place', () => {
    const workers = [need(2, 0, 1), need(6, 1, 1), need(4, 0, 1)];
    expect(placeEach([spot('a', 6, 1, 8), spot('b', 4, 0, 8)], workers)).toEqual([workers[0]]);
    expect(placeEach([], workers)).toHaveLength(3);
  });
});
