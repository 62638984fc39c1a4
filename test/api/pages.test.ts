import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KnownList, type Page, pages } from '../../src/api/pages.ts';

async function all(source: AsyncIterable<readonly number[]>): Promise<number[]> {
  const items: number[] = [];
  for await (const page of source) items.push(...page);
  return items;
}

/** A list service: `clamp` is the most it gives in a page, `says` whether it admits that. */
function service(count: number, how: { clamp?: number; says?: boolean; total?: boolean } = {}) {
  const asked: number[] = [];
  const fetch = async (page: number, pageSize: number): Promise<Page<number>> => {
    asked.push(page);
    const size = Math.min(pageSize, how.clamp ?? pageSize);
    const items = Array.from({ length: count }, (_, n) => n).slice((page - 1) * size, page * size);
    return {
      wires: items,
      pageSize: how.says === false ? undefined : size,
      totalCount: how.total === false ? undefined : count,
    };
  };
  return { fetch, asked };
}

const idOf = String;
const read = (item: number): number => item;

describe('pages', () => {
  it('gives every row once, whatever the page size used, and asks no more than needed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(120),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        async (count, ask, clamp) => {
          const { fetch, asked } = service(count, { clamp });
          expect(await all(pages(fetch, { pageSize: ask, read, idOf }))).toEqual(
            Array.from({ length: count }, (_, n) => n),
          );
          expect(asked.length).toBe(Math.max(1, Math.ceil(count / Math.min(ask, clamp))));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('stops at a short page when no total is given', async () => {
    const { fetch, asked } = service(25, { total: false });
    expect(await all(pages(fetch, { pageSize: 10, read, idOf }))).toHaveLength(25);
    expect(asked).toEqual([1, 2, 3]);
  });

  it('goes on to the total when the page size used is not told', async () => {
    const { fetch } = service(25, { clamp: 7, says: false });
    expect(await all(pages(fetch, { pageSize: 10, read, idOf }))).toHaveLength(25);
  });

  it('gives an empty list as one empty page', async () => {
    const got: (readonly number[])[] = [];
    for await (const page of pages(service(0).fetch, { read, idOf })) got.push(page);
    expect(got).toEqual([[]]);
  });

  it('ends when a service repeats a page for ever', async () => {
    let asked = 0;
    const fetch = async () => {
      asked += 1;
      return { wires: [1, 2], pageSize: 2, totalCount: 1_000_000 };
    };
    expect(await all(pages(fetch, { read, idOf }))).toEqual([1, 2]);
    expect(asked).toBe(2);
  });

  it('ends when a service makes up rows for ever', async () => {
    let next = 0;
    const fetch = async () => ({ wires: [next++], pageSize: 1, totalCount: undefined });
    expect(await all(pages(fetch, { pageSize: 1, read, idOf, maxPages: 5 }))).toHaveLength(5);
  });

  it('counts rows it does not give', async () => {
    const { fetch } = service(25);
    const even = await all(pages(fetch, { pageSize: 10, read, idOf, keep: (item) => item % 2 === 0 }));
    expect(even).toHaveLength(13);
  });
});

describe('a list read again', () => {
  interface Row {
    readonly id: number;
    readonly named: boolean;
  }
  const row = fc.record({ id: fc.nat(8), named: fc.boolean() });
  const change = fc.record({ at: fc.nat(20), what: fc.constantFrom('none', 'edit', 'insert', 'remove', 'move'), row });

  /** The pages of a list; some of them end early, which is how rows come twice. */
  const service = (rows: readonly Row[]) => async (page: number, size: number) => ({
    wires: rows.slice((page - 1) * size, page * size),
    pageSize: size,
    totalCount: rows.length,
  });

  function changed(rows: readonly Row[], { at, what, row: fresh }: { at: number; what: string; row: Row }) {
    const place = rows.length === 0 ? 0 : at % rows.length;
    const old = rows[place];
    if (what === 'insert' || !old) return rows.toSpliced(place, 0, fresh);
    if (what === 'edit') return rows.with(place, { ...fresh, id: at % 2 ? old.id : fresh.id });
    if (what === 'remove') return rows.toSpliced(place, 1);
    return what === 'move' ? [old, ...rows.toSpliced(place, 1)] : rows;
  }

  it('gives what it gives to one who reads it for the first time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), fc.array(change, { maxLength: 8 }), async (start, changes) => {
        const options = { pageSize: 3, idOf: ({ id }: Row) => String(id), keep: ({ named }: Row) => named };
        const known: KnownList = { pages: [] };
        let rows: readonly Row[] = start;
        for (const one of [{ at: 0, what: 'none', row: { id: 0, named: true } }, ...changes]) {
          rows = changed(rows, one);
          const [again, anew]: (readonly Row[])[][] = [[], []];
          for await (const page of pages(service(rows), { ...options, read: (wire) => wire, known })) again?.push(page);
          for await (const page of pages(service(rows), { ...options, read: (wire) => wire })) anew?.push(page);
          expect(again).toEqual(anew);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is not looked at where it is the same', async () => {
    const known: KnownList = { pages: [] };
    let rows = Array.from({ length: 30 }, (_, id) => ({ id, named: true }));
    const asked: string[] = [];
    const look = async () => {
      asked.length = 0;
      const options = {
        pageSize: 10,
        read(wire: Row) {
          asked.push(`read ${wire.id}`);
          return wire;
        },
        idOf({ id }: Row) {
          asked.push(`id ${id}`);
          return String(id);
        },
        keep: ({ id }: Row) => asked.push(`keep ${id}`) > 0,
        known,
      };
      for await (const _ of pages(service(rows), options));
    };
    await look();
    expect(asked).toHaveLength(90);
    await look();
    expect(asked).toEqual([]);
    rows = rows.with(14, { id: 14, named: false });
    await look();
    expect(asked).toEqual(['read 14', 'id 14', 'id 14', 'keep 14']);
  });
});
