import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Page, pages } from '../../src/api/pages.ts';

async function all(source: AsyncIterable<number[]>): Promise<number[]> {
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
      items,
      pageSize: how.says === false ? undefined : size,
      totalCount: how.total === false ? undefined : count,
    };
  };
  return { fetch, asked };
}

const idOf = String;

describe('pages', () => {
  it('gives every row once, whatever the page size used, and asks no more than needed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(120),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        async (count, ask, clamp) => {
          const { fetch, asked } = service(count, { clamp });
          expect(await all(pages(fetch, { pageSize: ask, idOf }))).toEqual(Array.from({ length: count }, (_, n) => n));
          expect(asked.length).toBe(Math.max(1, Math.ceil(count / Math.min(ask, clamp))));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('stops at a short page when no total is given', async () => {
    const { fetch, asked } = service(25, { total: false });
    expect(await all(pages(fetch, { pageSize: 10, idOf }))).toHaveLength(25);
    expect(asked).toEqual([1, 2, 3]);
  });

  it('goes on to the total when the page size used is not told', async () => {
    const { fetch } = service(25, { clamp: 7, says: false });
    expect(await all(pages(fetch, { pageSize: 10, idOf }))).toHaveLength(25);
  });

  it('gives an empty list as one empty page', async () => {
    const got: number[][] = [];
    for await (const page of pages(service(0).fetch, { idOf })) got.push(page);
    expect(got).toEqual([[]]);
  });

  it('ends when a service repeats a page for ever', async () => {
    let asked = 0;
    const fetch = async () => {
      asked += 1;
      return { items: [1, 2], pageSize: 2, totalCount: 1_000_000 };
    };
    expect(await all(pages(fetch, { idOf }))).toEqual([1, 2]);
    expect(asked).toBe(2);
  });

  it('ends when a service makes up rows for ever', async () => {
    let next = 0;
    const fetch = async () => ({ items: [next++], pageSize: 1, totalCount: undefined });
    expect(await all(pages(fetch, { pageSize: 1, idOf, maxPages: 5 }))).toHaveLength(5);
  });

  it('counts rows it does not give', async () => {
    const { fetch } = service(25);
    const even = await all(pages(fetch, { pageSize: 10, idOf, keep: (item) => item % 2 === 0 }));
    expect(even).toHaveLength(13);
  });
});
