import { expect, it } from 'vitest';
import { latest } from '../../../src/lib/latest.ts';

it('makes anew only what it is asked for with something else, and keeps one', () => {
  let made = 0;
  const pair = latest((left: unknown, right: unknown) => ({ left, right, made: ++made }));
  const first = pair(1, Number.NaN);
  expect(pair(1, 2)).toEqual({ left: 1, right: 2, made: 2 });
  expect(pair(1, 2).made).toBe(2);
  expect(pair(1, Number.NaN)).toEqual({ ...first, made: 3 });
  expect(pair({}, {}).made).toBe(4);
  expect(pair({}, {}).made).toBe(5);
});

it('tells more of the same from the same', () => {
  const count = latest((...all: number[]) => [...all]);
  expect([count(), count(1), count(1, 2), count(1)].map(({ length }) => length)).toEqual([0, 1, 2, 1]);
});
