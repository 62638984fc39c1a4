// Answers may lack any field and carry any type in it: these readers turn what is there into what was meant, or undefined.

/** A string, or a number or boolean as one; blank text counts as missing. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

/** A finite number, also from its decimal text. */
export function number(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value)) return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** A boolean, also from `"true"`, `"False"`, 1 or 0: the service's own examples are not of one mind. */
export function flag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  return undefined;
}

const stamp = /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/** Epoch milliseconds from RFC 3339 or `yyyy-MM-dd HH:mm:ss`; without a zone it is UTC, as documented for logs. */
export function time(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const match = stamp.exec(value.trim());
  if (!match) return undefined;
  const [, year, month, day, clock, fraction = '', zone = 'Z'] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const parsed = Date.parse(`${year}-${month}-${day}T${clock}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** The elements of an array; anything else is an empty one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * A reader that gives the same answer for the same object, so that what came with the same bytes as before (see
 * page-bytes.ts) is not read again and keeps its identity.
 */
export function remembered<T>(read: (wire: unknown) => T): (wire: unknown) => T {
  // On the object itself: a WeakMap of ten thousand would be gone through with each collection of garbage.
  const known = Symbol('read');
  return (wire) => {
    if (!isRecord(wire)) return read(wire);
    const there = wire as { [known]?: T };
    // Not enumerable: a copy is another object, to be read anew.
    if (there[known] === undefined) Object.defineProperty(wire, known, { value: read(wire) });
    return there[known] as T;
  };
}

/** The text elements of an array. */
export function lines(value: unknown): string[] {
  return list(value)
    .map(text)
    .filter((line) => line !== undefined);
}

/** The text elements of an array; a comma list in a string is one too. */
export function texts(value: unknown): string[] {
  return lines(typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value);
}

/** A JSON object; anything else is an empty one. */
export function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a string of JSON says, or undefined if it does not parse; an object or array is taken as it is. */
export function json(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return value;
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

const megabytes: Readonly<Record<string, number>> = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 };

/** Megabytes from a number of them or from text with a unit: `62240M`, `8Gi`, `0G`. */
export function megabytesOf(value: unknown): number | undefined {
  const plain = number(value);
  if (plain !== undefined || typeof value !== 'string') return plain;
  const match = /^\s*(\d+\.?\d*)\s*([kmgt])i?b?\s*$/i.exec(value);
  const unit = megabytes[match?.[2]?.toLowerCase() ?? ''];
  return match && unit !== undefined ? Number(match[1]) * unit : undefined;
}

/** A label of an object. */
export interface Label {
  key: string;
  value: string | undefined;
}

/** Labels, read as `[{LabelKey, LabelValue}]` or as a map. */
export function labels(value: unknown): Label[] {
  if (isRecord(value)) return Object.entries(value).map(([key, inner]) => ({ key, value: text(inner) }));
  return list(value).flatMap((element) => {
    const { LabelKey, LabelValue } = record(element);
    const key = text(LabelKey);
    return key === undefined ? [] : [{ key, value: text(LabelValue) }];
  });
}

/** What an accepted write answered. */
export interface Receipt {
  requestId: string | undefined;
  message: string | undefined;
}

export function readReceipt(wire: unknown): Receipt {
  const { RequestId, Message } = record(wire);
  return { requestId: text(RequestId), message: text(Message) };
}
