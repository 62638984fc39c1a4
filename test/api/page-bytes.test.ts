import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeptPage, readPage } from '../../src/api/page-bytes.ts';

const bytes = (value: unknown, indent?: number) => Buffer.from(JSON.stringify(value, undefined, indent), 'utf8');

function read(body: Buffer, before?: KeptPage) {
  const page = readPage(body, before);
  if (!page) throw new Error(`not read: ${body.toString('utf8')}`);
  return page;
}

const nasty = fc.constantFrom(
  '"',
  '\\',
  '\\"',
  ']}',
  '[{',
  ',',
  '\u2028',
  'é',
  '服务',
  '😀',
  '\ud800',
  '__proto__',
  '',
);
const word = fc.oneof(
  nasty,
  fc.string(),
  fc.array(nasty).map((parts) => parts.join('')),
);
// Not all that is a key: V8 itself confuses keys of one length that hold escapes (`JSON.parse('[{"\\"":0},{"\\\\":0}]')`).
const name = word.filter((text) => JSON.stringify(text) === `"${text}"`);
const item = fc.dictionary(
  name,
  fc.oneof(word, fc.integer(), fc.array(fc.oneof(word, fc.integer())), fc.dictionary(name, word)),
  { maxKeys: 4 },
);
const around = fc.dictionary(
  fc.oneof(name, fc.constant('RequestId')),
  fc.oneof(word, fc.array(word), fc.dictionary(name, fc.array(fc.dictionary(name, word)))),
  { maxKeys: 3 },
);
const step = fc.record({
  head: around,
  tail: around,
  indent: fc.constantFrom(undefined, undefined, 2),
  change: fc.constantFrom('none', 'edit', 'insert', 'remove', 'swap', 'all'),
  at: fc.nat(20),
  fresh: item,
});

function changed(items: readonly object[], { change, at, fresh }: { change: string; at: number; fresh: object }) {
  const place = items.length === 0 ? 0 : at % items.length;
  if (change === 'edit') return items.with(place, fresh);
  if (change === 'insert') return items.toSpliced(place, 0, fresh);
  if (change === 'remove' && items.length > 1) return items.toSpliced(place, 1);
  if (change === 'swap') return items.toReversed();
  return change === 'all' ? items.map(() => fresh) : items;
}

describe('reading a page by its bytes', () => {
  it('says what a full parse says, whatever the page before was', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), fc.array(step, { maxLength: 6 }), (start, steps) => {
        let items: readonly object[] = start;
        let before: KeptPage | undefined;
        for (const one of steps) {
          items = changed(items, one);
          const body = bytes({ ...one.head, List: items, ...one.tail }, one.indent);
          const page = readPage(body, before);
          if (page) expect(page.answer).toStrictEqual(JSON.parse(body.toString('utf8')));
          before = page?.kept ?? before;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('says what a full parse says of bytes that are broken somewhere, or leaves them to it', () => {
    const good = bytes({ RequestId: 'R-1', Services: [{ a: '"x\\', b: [1, { c: [] }] }, { a: 2 }], TotalCount: 2 });
    const { kept } = read(good);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), fc.boolean(), (at, byte, cut) => {
        const body = cut ? Buffer.from(good.subarray(0, at)) : Buffer.from(good);
        if (!cut) body[at] = byte;
        const page = readPage(body, kept);
        if (page) expect(page.answer).toStrictEqual(JSON.parse(body.toString('utf8')));
      }),
      { numRuns: 3_000 },
    );
  });

  it('keeps the list itself when only the request id differs, before or after it', () => {
    const items = [{ n: 'a' }, { n: 'b' }];
    const first = read(bytes({ RequestId: 'R-1', Services: items, TotalCount: 2 }));
    const second = read(bytes({ RequestId: 'R-20', Services: items, TotalCount: 2 }), first.kept);
    const third = read(bytes({ TotalCount: 2, Services: items, RequestId: 'R-3' }), second.kept);
    expect(second.answer.Services).toBe(first.answer.Services);
    expect(third.answer.Services).toBe(first.answer.Services);
    expect(third.answer).toEqual({ TotalCount: 2, Services: items, RequestId: 'R-3' });
    // The bytes of before serve on: those that came are let go.
    expect(second.kept).toBe(first.kept);
  });

  it.each([
    ['one item is changed', [0, 1, 9, 3, 4, 5], [0, 1, undefined, 3, 4, 5]],
    ['several in a row are changed', [0, 7, 8, 9, 4, 5], [0, undefined, undefined, undefined, 4, 5]],
    ['one has gone', [0, 2, 3, 4, 5], [0, 2, 3, 4, 5]],
    ['one is new in front', [9, 0, 1, 2, 3, 4, 5], [undefined, 0, 1, 2, 3, 4, 5]],
  ])('keeps the other items when %s', (_, now, same) => {
    const of = (numbers: readonly number[]) => bytes({ RequestId: 'R', L: numbers.map((n) => ({ n, m: `x${n}` })) });
    const first = read(of([0, 1, 2, 3, 4, 5]));
    const { items } = read(of(now), first.kept).kept;
    expect(items.map((one) => first.kept.items.indexOf(one))).toEqual(same.map((place) => place ?? -1));
  });

  it('does not take a list inside another value for that of the page', () => {
    const page = { Extra: { L: [{ n: 1 }] }, Text: '"L":[{', Empty: [], Numbers: [1], L: [{ n: 2 }] };
    expect(read(bytes(page)).kept.items).toEqual([{ n: 2 }]);
    expect(read(bytes(page)).answer).toEqual(page);
  });

  it('obeys the last of two members of one name, as a full parse does', () => {
    const first = read(Buffer.from('{"L":[{"n":1}],"T":1}')).kept;
    expect(readPage(Buffer.from('{"L":[{"n":1}],"L":[]}'), first)).toBeUndefined();
    expect(read(Buffer.from('{"L":[],"L":[{"n":1}]}'), first).answer).toEqual({ L: [{ n: 1 }] });
  });

  it.each([
    ['[]'],
    ['{}'],
    [''],
    ['{"L":[]}'],
    ['{"L":[1]}'],
    ['\ufeff{"L":[{}]}'],
    ['{"L":[{}]'],
    ['{"L":[{},]}'],
    ['{"L":[{} {}]}'],
  ])('leaves %s to a full parse', (text) => {
    expect(readPage(Buffer.from(text), undefined)).toBeUndefined();
  });
});
