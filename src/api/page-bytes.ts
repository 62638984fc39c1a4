import { randomUUID } from 'node:crypto';
import { joined } from '../lib/joined.ts';

/** One page of a list as it was last answered: what it held and the bytes that said so. */
export interface KeptPage {
  /** The list from bracket to bracket, in memory that nothing else uses. */
  readonly list: Buffer;
  /** First and last-plus-one byte of each item within `list`, in pairs. */
  readonly spans: readonly number[];
  readonly items: readonly unknown[];
}

export interface ReadPage {
  /** What the body says, as `JSON.parse` would have it; items whose bytes are as before are the objects of before. */
  readonly answer: Record<string, unknown>;
  readonly kept: KeptPage;
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Stands for the list while what is around it is parsed. Nobody can know it, so nothing else in an answer is it. */
const stand = randomUUID();

/**
 * Reads a page, parsing only what differs from the page before: an answer always brings a new RequestId, its rows are
 * mostly the same. Undefined for anything but a JSON object that holds a list of objects, and for all that is in any
 * way doubtful: that is for a full parse to judge. Where the page is another one, `take` is asked whether the memory of
 * the body can be kept for it; else the list is copied.
 *
 * Why it is exact: an object or array that begins where a value has to begin ends where its brackets are balanced. Equal
 * bytes at such a place are therefore the same value, whatever follows them.
 */
export function readPage(body: Buffer, before: KeptPage | undefined, take = () => false): ReadPage | undefined {
  try {
    const open = findList(body);
    if (open < 0) return undefined;
    const known = sameList(body, open, before);
    const read = known ?? readList(body, open, before);
    if (!read) return undefined;
    const end = open + read.list.length;
    const around = `${body.toString('utf8', 0, open)}"${stand}"${body.toString('utf8', end)}`;
    const answer = JSON.parse(around) as Record<string, unknown>;
    const key = Object.keys(answer).find((name) => answer[name] === stand);
    if (key === undefined) return undefined;
    // Not by assignment alone: a key may be `__proto__`, which is an own property only as JSON made it.
    Object.defineProperty(answer, key, { value: read.items, writable: true, enumerable: true, configurable: true });
    return { answer, kept: known ?? (take() ? read : { ...read, list: copyOf(read.list) }) };
  } catch {
    return undefined;
  }
}

function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

function sameList(body: Buffer, open: number, before: KeptPage | undefined): KeptPage | undefined {
  return before && beginsWith(body, open, before.list, 0, before.list.length) ? before : undefined;
}

/** Whether the bytes of `known` between `from` and `to` are those of `body` from `at` on. */
function beginsWith(body: Buffer, at: number, known: Buffer, from: number, to: number): boolean {
  const end = at + to - from;
  return end <= body.length && body.compare(known, from, to, at, end) === 0;
}

/** Where the first list among the members of the object begins; -1 if there is none that has an object in it. */
function findList(body: Buffer): number {
  let at = blank(body, 0);
  if (body[at] !== openBrace) return -1;
  for (;;) {
    at = blank(body, at + 1);
    if (body[at] !== quote) return -1;
    at = blank(body, textEnd(body, at));
    if (body[at] !== colon) return -1;
    at = blank(body, at + 1);
    if (body[at] === openBracket && body[blank(body, at + 1)] === openBrace) return at;
    at = blank(body, valueEnd(body, at));
    if (body[at] !== comma) return -1;
  }
}

/** The list at `open`, still in the memory of the body. */
function readList(body: Buffer, open: number, before: KeptPage | undefined): KeptPage | undefined {
  // Mostly there are as many as before: grown, it would leave several times as much behind.
  const spans = new Array<number>(before?.spans.length ?? 0);
  let ends = 0;
  // Stretches of those before and single ones between them, to be joined at once.
  const parts: unknown[][] = [];
  let next = 0;
  let at = open;
  do {
    at = blank(body, at + 1);
    if (body[at] !== openBrace) return undefined;
    // Where the item before was followed by it; one item further, if one has gone; at the same place, if some are new.
    const same = before ? place(body, at, before, next, ends / 2) : -1;
    let end: number;
    if (before && same >= 0) {
      next = sameUntil(body, at, before, same);
      parts.push(before.items.slice(same, next));
      const shift = at - open - (before.spans[same * 2] as number);
      for (let n = same * 2; n < next * 2; n++) spans[ends++] = shift + (before.spans[n] as number);
      end = open + shift + (before.spans[next * 2 - 1] as number);
    } else {
      end = valueEnd(body, at);
      parts.push([JSON.parse(body.toString('utf8', at, end))]);
      spans[ends++] = at - open;
      spans[ends++] = end - open;
    }
    at = blank(body, end);
  } while (body[at] === comma);
  if (body[at] !== closeBracket) return undefined;
  spans.length = ends;
  return { list: body.subarray(open, at + 1), spans, items: joined(parts) };
}

/**
 * The item of the page before up to which all from `first` on follow each other at `at`; the first is known to. As many at
 * once as may be, then half as many: one comparison looks at bytes far faster than many do.
 */
function sameUntil(body: Buffer, at: number, { list, spans }: KeptPage, first: number): number {
  const from = spans[first * 2] ?? 0;
  const count = spans.length / 2;
  let next = first + 1;
  for (let step = count - next; step >= 1; step = Math.min(step >> 1, count - next)) {
    const start = spans[next * 2 - 1] ?? 0;
    const end = spans[(next + step) * 2 - 1] ?? 0;
    if (beginsWith(body, at + start - from, list, start, end)) next += step;
  }
  return next;
}

/** Which of three items of the page before begins at `at`: `next`, the one after it, or `here`; -1 if none does. */
function place(body: Buffer, at: number, before: KeptPage, next: number, here: number): number {
  if (isItem(body, at, before, next)) return next;
  if (isItem(body, at, before, next + 1)) return next + 1;
  return isItem(body, at, before, here) ? here : -1;
}

function isItem(body: Buffer, at: number, { list, spans }: KeptPage, item: number): boolean {
  const from = spans[item * 2];
  const to = spans[item * 2 + 1];
  return from !== undefined && to !== undefined && beginsWith(body, at, list, from, to);
}

/** The first byte from `at` on that is no white space of JSON. */
function blank(body: Buffer, at: number): number {
  let next = at;
  for (let byte = body[next]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = body[next])
    next++;
  return next;
}

/** The byte after a text that begins at `at`. */
function textEnd(body: Buffer, at: number): number {
  let next = at + 1;
  for (let byte = body[next]; byte !== quote; byte = body[next]) {
    if (byte === undefined) throw new SyntaxError('a text has no end');
    next += byte === backslash ? 2 : 1;
  }
  return next + 1;
}

/** The byte after a value that begins at `at`. It is balanced, which is not to say that it is valid. */
function valueEnd(body: Buffer, at: number): number {
  const first = body[at];
  if (first === quote) return textEnd(body, at);
  let next = at;
  let depth = 0;
  for (;;) {
    const byte = body[next];
    if (byte === undefined) throw new SyntaxError('a value has no end');
    if (byte === quote) {
      next = textEnd(body, next);
      continue;
    }
    if (depth === 0 && (byte === comma || byte === closeBrace || byte === closeBracket)) return next;
    if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) depth--;
    next++;
    if (depth === 0 && (byte === closeBrace || byte === closeBracket)) return next;
  }
}

function giveBack({ list: { buffer } }: KeptPage): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/**
 * The pages of the lists read lately, by what was asked for: one memory a client. The pages a list no longer has and
 * the lists nobody has read for long are let go.
 */
export function createPageMemory(most = 4) {
  // A map is in the order in which its keys were set: the list read last is the last.
  const lists = new Map<string, { pages: Map<number, KeptPage>; asked: Set<number> }>();

  return {
    /** The answer to `page` of `list`; undefined where only a full parse can tell. `take` is that of `readPage`. */
    read(list: string, page: number, body: Buffer, take?: () => boolean): Record<string, unknown> | undefined {
      const known = lists.get(list) ?? { pages: new Map<number, KeptPage>(), asked: new Set<number>() };
      const { pages, asked } = known;
      if (page === 1) {
        // Read from the start again: what was not asked for the last time has gone.
        for (const old of [...pages.keys()]) if (!asked.has(old)) pages.delete(old);
        asked.clear();
      }
      asked.add(page);
      const before = pages.get(page);
      const read = readPage(body, before, take);
      if (read) pages.set(page, read.kept);
      else pages.delete(page);
      // Given back at once, not when it is next collected: nobody else looks at it.
      if (before && before !== read?.kept) giveBack(before);
      lists.delete(list);
      lists.set(list, known);
      const [oldest] = lists.keys();
      if (lists.size > most && oldest !== undefined) lists.delete(oldest);
      return read?.answer;
    },
  };
}
