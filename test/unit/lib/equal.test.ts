import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equal } from '../../../src/lib/equal.ts';

describe('equal', () => {
  it('says so of a copy', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(equal(JSON.parse(text), JSON.parse(text))).toBe(true);
      }),
    );
  });

  it('is of one opinion with Node.js about any two values of JSON', () => {
    const small = fc.json({ maxDepth: 2, stringUnit: fc.constantFrom('a', 'b') });
    fc.assert(
      fc.property(small, small, (leftText, rightText) => {
        const [left, right] = [JSON.parse(leftText), JSON.parse(rightText)] as [unknown, unknown];
        expect(equal(left, right)).toBe(isDeepStrictEqual(left, right));
        expect(equal([left, { left }], [left, { left: right }])).toBe(isDeepStrictEqual(left, right));
      }),
    );
  });

  it('sees a key or element that is gone, new, or undefined', () => {
    expect(equal({ a: 1, b: 2 }, { a: 1 })).toBe(false);
    expect(equal({ a: 1 }, { b: 1 })).toBe(false);
    expect(equal({ a: 1 }, { a: 1, b: undefined })).toBe(false);
    expect(equal({ a: undefined }, { b: undefined })).toBe(false);
    expect(equal([1, 2], [1])).toBe(false);
    expect(equal([1], [1, 2])).toBe(false);
    expect(equal([], {})).toBe(false);
    expect(equal({}, [])).toBe(false);
  });

  it('takes the order of keys for nothing, and that of elements for something', () => {
    expect(equal({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(equal([1, 2], [2, 1])).toBe(false);
  });

  it('takes NaN for NaN, and other objects only for themselves', () => {
    const left = { at: Number.NaN, when: new Date(0) };
    expect(equal(left, { ...left })).toBe(true);
    expect(equal(left, { at: Number.NaN, when: new Date(0) })).toBe(false);
  });

  it('is not fooled by __proto__ in an answer', () => {
    const answer = (value: number): unknown => JSON.parse(`{"__proto__": {"x": {"y": ${value}}}, "b": 1}`);
    expect(equal(answer(1), answer(1))).toBe(true);
    expect(equal(answer(1), answer(2))).toBe(false);
    expect(equal(answer(1), { b: 1, c: 2 })).toBe(false);
  });

  it('bears an answer nested without end', () => {
    const deep = (): unknown => JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(equal(deep(), deep())).toBe(false);
  });
});
