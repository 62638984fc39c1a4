import { expect, it } from 'vitest';
import { flag, json, labels, megabytesOf, number, remembered, text, texts, time } from '../../src/api/read.ts';

it.each<[string, (value: unknown) => unknown, [unknown, unknown][]]>([
  [
    'text',
    text,
    [
      ['a', 'a'],
      ['', undefined],
      ['  ', undefined],
      [0, '0'],
      [false, 'false'],
      [null, undefined],
      [{}, undefined],
    ],
  ],
  [
    'number',
    number,
    [
      [1.5, 1.5],
      ['42', 42],
      [' -1e3 ', -1000],
      ['', undefined],
      ['0x10', undefined],
      [NaN, undefined],
      ['1e999', undefined],
      ['12M', undefined],
      [true, undefined],
      [[], undefined],
    ],
  ],
  [
    'flag',
    flag,
    [
      [true, true],
      ['False', false],
      ['TRUE', true],
      [1, true],
      ['0', false],
      ['unknown', undefined],
      [2, undefined],
      [null, undefined],
    ],
  ],
  [
    'time',
    time,
    [
      ['2021-01-29T11:13:20Z', Date.UTC(2021, 0, 29, 11, 13, 20)],
      ['2021-01-29T19:13:20+08:00', Date.UTC(2021, 0, 29, 11, 13, 20)],
      ['2021-01-29T19:13:20.123456789+0800', Date.UTC(2021, 0, 29, 11, 13, 20, 123)],
      ['2022-04-09 06:30:00', Date.UTC(2022, 3, 9, 6, 30)],
      ['2026/05/08 16:10:56', Date.UTC(2026, 4, 8, 16, 10, 56)],
      ['2021-01-29', undefined],
      ['yesterday', undefined],
      ['2021-99-99T00:00:00Z', undefined],
      [1_600_000_000, undefined],
      [null, undefined],
    ],
  ],
  [
    'megabytes',
    megabytesOf,
    [
      ['62240M', 62240],
      ['8Gi', 8192],
      ['0G', 0],
      ['1.5GB', 1536],
      [2048, 2048],
      ['2048', 2048],
      ['512K', 0.5],
      ['-', undefined],
      [null, undefined],
      ['8X', undefined],
    ],
  ],
  [
    'texts',
    texts,
    [
      [
        ['a', 1, null, ''],
        ['a', '1'],
      ],
      ['a, b,,c', ['a', 'b', 'c']],
      [undefined, []],
    ],
  ],
  [
    'json',
    json,
    [
      ['{"a":1}', { a: 1 }],
      ['{"a":', undefined],
      [{ a: 1 }, { a: 1 }],
      [3, undefined],
    ],
  ],
  [
    'labels',
    labels,
    [
      [[{ LabelKey: 'k', LabelValue: 'v' }, 7, {}], [{ key: 'k', value: 'v' }]],
      [{ k: 'v' }, [{ key: 'k', value: 'v' }]],
      ['x', []],
    ],
  ],
])('%s', (_, read, cases) => {
  for (const [value, expected] of cases) expect(read(value), JSON.stringify(value)).toEqual(expected);
});

it('reads the same object once, a copy anew, and leaves no trace that anybody could see', () => {
  const read = remembered((wire) => ({ wire }));
  const other = remembered((wire) => ({ other: wire }));
  const wire = { a: 1 };
  expect(read(wire)).toBe(read(wire));
  expect(other(wire)).toEqual({ other: wire });
  expect(read({ ...wire })).not.toBe(read(wire));
  expect(Reflect.ownKeys({ ...wire })).toEqual(['a']);
  expect(read(null)).toEqual({ wire: null });
});
