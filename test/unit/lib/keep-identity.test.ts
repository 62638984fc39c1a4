import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepEqual } from '../../../src/lib/keep-identity.ts';

describe('keepEqual', () => {
  it('returns what was there before when nothing changed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const before = structuredClone(value);
        expect(keepEqual(before, structuredClone(value))).toBe(before);
      }),
    );
  });

  it('gives the value of after, and changes neither', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [before, after] = [structuredClone(a), structuredClone(b)];
        expect(keepEqual<unknown>(before, after)).toEqual(b);
        expect([before, after]).toEqual([a, b]);
      }),
    );
  });

  it('keeps the rows that did not change', () => {
    const before = {
      rows: [
        { id: 1, tags: ['a'] },
        { id: 2, tags: ['b'] },
      ],
      total: 2,
    };
    const after = {
      rows: [
        { id: 1, tags: ['a'] },
        { id: 2, tags: ['c'] },
      ],
      total: 2,
    };
    const kept = keepEqual(before, after);
    expect(kept).toEqual(after);
    expect(kept.rows[0]).toBe(before.rows[0]);
    expect(kept.rows[1]).not.toBe(before.rows[1]);
    expect(after.rows[0]).not.toBe(before.rows[0]);
  });

  it('sees a key or row that is gone, new, or undefined', () => {
    expect(keepEqual<object>({ a: 1, b: 2 }, { a: 1 })).toEqual({ a: 1 });
    expect(keepEqual<object>({ a: 1 }, { b: 1 })).toEqual({ b: 1 });
    expect(Object.keys(keepEqual<object>({ a: 1 }, { a: 1, b: undefined }))).toEqual(['a', 'b']);
    expect(keepEqual([1, 2], [1])).toEqual([1]);
    expect(keepEqual([1], [1, 2])).toEqual([1, 2]);
    expect(keepEqual<unknown>([], {})).toEqual({});
  });

  it('keeps NaN, and other objects only if they are the same', () => {
    const before = { at: Number.NaN, when: new Date(0) };
    expect(keepEqual(before, { ...before })).toBe(before);
    expect(keepEqual(before, { at: Number.NaN, when: new Date(0) })).not.toBe(before);
  });

  it('is not fooled by __proto__ in an answer', () => {
    const before = JSON.parse('{"__proto__": {"x": {"y": 1}}, "b": 1}') as object;
    const after = JSON.parse('{"__proto__": {"x": {"y": 1}}, "b": 2}') as object;
    const kept = keepEqual(before, after);
    expect(JSON.stringify(kept)).toBe(JSON.stringify(after));
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
    expect('x' in kept).toBe(false);
  });

  it('bears an answer nested without end', () => {
    const deep = (): unknown => JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(() => keepEqual(deep(), deep())).not.toThrow();
  });

  it('is quick for a thousand rows', () => {
    const rows = () =>
      Array.from({ length: 1_000 }, (_, id) => ({ id, name: `s${id}`, labels: { a: '1', b: '2' }, list: [1, 2, 3] }));
    const before = rows();
    keepEqual(before, rows());
    const after = rows();
    const started = performance.now();
    expect(keepEqual(before, after)).toBe(before);
    expect(performance.now() - started).toBeLessThan(50);
  });
});
