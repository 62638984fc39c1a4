import { ApiError } from './errors.ts';

/** One page of a list as the service answered it. */
export interface Page<T> {
  items: readonly T[];
  /** The page size the service says it used, which may be less than asked for. */
  pageSize: number | undefined;
  totalCount: number | undefined;
}

export interface PagesOptions<T> {
  /** Rows to ask for in a page. */
  pageSize?: number | undefined;
  idOf: (item: T) => string;
  /** Rows it denies are counted but not given. */
  keep?: ((item: T) => boolean) | undefined;
  signal?: AbortSignal | undefined;
  /** Where to stop a service that never ends. */
  maxPages?: number | undefined;
}

/**
 * All pages of a list, each with only the rows not seen before: rows move between pages while they are read. Maximum
 * page sizes are not documented, so the answer's own page size tells whether a page is short and thus the last.
 */
export async function* pages<T>(
  fetchPage: (page: number, pageSize: number, signal: AbortSignal | undefined) => Promise<Page<T>>,
  { pageSize = 100, idOf, keep = () => true, signal, maxPages = 2_000 }: PagesOptions<T>,
): AsyncGenerator<T[], void, undefined> {
  const seen = new Set<string>();
  let received = 0;
  const first = await firstPage(fetchPage, pageSize, signal);
  for (let page = 1; page <= maxPages; page += 1) {
    const answer = page === 1 ? first.answer : await fetchPage(page, first.size, signal);
    const fresh = answer.items.filter((item) => {
      const before = seen.size;
      return seen.add(idOf(item)).size > before;
    });
    // The first page is given even when empty: an empty list is an answer too.
    const kept = fresh.filter(keep);
    if (kept.length > 0 || page === 1) yield kept;
    received += answer.items.length;
    // A page with nothing new means the service repeats itself or has come to its end.
    if (fresh.length === 0 || isLast(answer, received, first.size)) return;
  }
}

/** A size that is refused is halved, down to a tenth: which sizes a list takes is not documented. */
async function firstPage<T>(
  fetchPage: (page: number, pageSize: number, signal: AbortSignal | undefined) => Promise<Page<T>>,
  pageSize: number,
  signal: AbortSignal | undefined,
): Promise<{ answer: Page<T>; size: number }> {
  for (let size = pageSize; ; size = Math.floor(size / 2)) {
    try {
      return { answer: await fetchPage(1, size, signal), size };
    } catch (error) {
      const refused = error instanceof ApiError && error.kind === 'invalid' && error.status !== undefined;
      if (!refused || size < pageSize / 5) throw error;
    }
  }
}

function isLast({ items, pageSize, totalCount }: Page<unknown>, received: number, asked: number): boolean {
  if (totalCount !== undefined && totalCount > 0 && received >= totalCount) return true;
  if (pageSize !== undefined && pageSize > 0) return items.length < pageSize;
  return totalCount === undefined && items.length < asked;
}
