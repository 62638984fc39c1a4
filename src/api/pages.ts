import { ApiError } from './errors.ts';

/** One page of a list as the service answered it. */
export interface Page<W> {
  /** As they came. */
  wires: readonly W[];
  /** The page size the service says it used, which may be less than asked for. */
  pageSize: number | undefined;
  totalCount: number | undefined;
}

/** A page of the last whole read of a list in which no row came twice. */
interface KnownPage {
  readonly wires: readonly unknown[];
  readonly rows: readonly unknown[];
  /** All of its rows were given. */
  readonly whole: boolean;
}

/**
 * What is kept of a list that is read again and again, so that rows which came as the same objects in the same places are
 * not looked at: in long lists that takes longer than all else.
 */
export interface KnownList {
  pages: readonly KnownPage[];
}

export interface PagesOptions<W, T> {
  /** Rows to ask for in a page. */
  pageSize?: number | undefined;
  read: (wire: W) => T;
  idOf: (row: T) => string;
  /** Rows it denies are counted but not given. */
  keep?: ((row: T) => boolean) | undefined;
  signal?: AbortSignal | undefined;
  /** Where to stop a service that never ends. */
  maxPages?: number | undefined;
  /** The same for each read of this list; `read` must then answer the same for the same object. */
  known?: KnownList | undefined;
}

/**
 * All pages of a list, each with only the rows not seen before: rows move between pages while they are read. Maximum
 * page sizes are not documented, so the answer's own page size tells whether a page is short and thus the last.
 */
export async function* pages<W, T>(
  fetchPage: (page: number, pageSize: number, signal: AbortSignal | undefined) => Promise<Page<W>>,
  { pageSize = 100, read, idOf, keep = () => true, signal, maxPages = 2_000, known }: PagesOptions<W, T>,
): AsyncGenerator<readonly T[], void, undefined> {
  const before = known?.pages ?? [];
  const now: KnownPage[] = [];
  // As long as each page has the rows that it had before, none of them has come twice.
  let steady = known !== undefined;
  let distinct = true;
  const seen = new Set<string>();
  const isFresh = (row: T): boolean => {
    const { size } = seen;
    return seen.add(idOf(row)).size > size;
  };
  let received = 0;
  const first = await firstPage(fetchPage, pageSize, signal);
  for (let page = 1; page <= maxPages; page += 1) {
    const answer = page === 1 ? first.answer : await fetchPage(page, first.size, signal);
    const old = before[page - 1];
    const { rows, changed } = readRows(answer.wires, old, read);
    const isSame = (place: number): boolean => idOf(rows[place] as T) === idOf(old?.rows[place] as T);
    if (steady && !(old?.rows.length === rows.length && changed.every(isSame))) {
      steady = false;
      for (const earlier of now) for (const row of earlier.rows) seen.add(idOf(row as T));
    }
    const fresh = steady ? rows : rows.filter(isFresh);
    if (fresh.length < rows.length) distinct = false;
    // The first page is given even when empty: an empty list is an answer too.
    const whole = steady && old?.whole && changed.every((place) => keep(rows[place] as T));
    const kept = whole ? rows : fresh.filter(keep);
    now.push({ wires: answer.wires, rows, whole: kept.length === rows.length });
    if (kept.length > 0 || page === 1) yield kept;
    received += rows.length;
    // A page with nothing new means the service repeats itself or has come to its end.
    if (fresh.length === 0 || isLast(answer, received, first.size)) break;
  }
  if (known) known.pages = distinct ? now : [];
}

/** What a page says, and at which places that is not what stood there before. */
function readRows<W, T>(
  wires: readonly W[],
  old: KnownPage | undefined,
  read: (wire: W) => T,
): { rows: readonly T[]; changed: readonly number[] } {
  // The very list: nothing has changed in it.
  if (wires === old?.wires) return { rows: old.rows as readonly T[], changed: [] };
  const rows = new Array<T>(wires.length);
  const changed: number[] = [];
  for (let place = 0; place < rows.length; place++) {
    const wire = wires[place] as W;
    const was = old?.rows[place] as T;
    const row = old && wire === old.wires[place] ? was : read(wire);
    rows[place] = row;
    if (row !== was) changed.push(place);
  }
  return { rows, changed };
}

/** A size that is refused is halved, down to a tenth: which sizes a list takes is not documented. */
async function firstPage<W>(
  fetchPage: (page: number, pageSize: number, signal: AbortSignal | undefined) => Promise<Page<W>>,
  pageSize: number,
  signal: AbortSignal | undefined,
): Promise<{ answer: Page<W>; size: number }> {
  for (let size = pageSize; ; size = Math.floor(size / 2)) {
    try {
      return { answer: await fetchPage(1, size, signal), size };
    } catch (error) {
      const refused = error instanceof ApiError && error.kind === 'invalid' && error.status !== undefined;
      if (!refused || size < pageSize / 5) throw error;
    }
  }
}

function isLast({ wires, pageSize, totalCount }: Page<unknown>, received: number, asked: number): boolean {
  if (totalCount !== undefined && totalCount > 0 && received >= totalCount) return true;
  if (pageSize !== undefined && pageSize > 0) return wires.length < pageSize;
  return totalCount === undefined && wires.length < asked;
}
