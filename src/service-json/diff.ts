import { noiseReason } from './noise.ts';
import { childOf, isSecretKey, serviceTree } from './schema-tree.ts';
import { isObject, type JsonObject, own, type Path, pathText, same, setOwn } from './value.ts';

/** One difference between two configurations. */
export interface Change {
  /** As `pathText` writes it; flat keys such as "rpc.batching" appear in their nested form. */
  readonly path: string;
  readonly keys: Path;
  readonly kind: 'added' | 'removed' | 'changed';
  /** `undefined` if added. */
  readonly before: unknown;
  /** `undefined` if removed. */
  readonly after: unknown;
  /** Order of importance, least first. */
  readonly weight: number;
  /** Why nobody meant this change, if nobody did. */
  readonly noise?: string;
  /** The values must not be shown. */
  readonly secret: boolean;
}

export interface DiffLine {
  readonly text: string;
  readonly tone: 'ok' | 'bad' | 'dim' | 'plain';
  /** Says without colour what the tone says; a blank on the line of what is folded. */
  readonly symbol: '+' | '-' | '~' | ' ';
}

const weights: readonly { readonly path: RegExp; readonly weight: number; readonly label?: string }[] = [
  { path: /^containers\[0\]\.image$/, weight: 0, label: 'image' },
  { path: /^containers\[\d+\]\.image$/, weight: 1 },
  { path: /^(metadata\.)?image$/, weight: 1 },
  { path: /^metadata\.cpu$/, weight: 2, label: 'cpu' },
  { path: /^metadata\.gpu$/, weight: 3, label: 'gpu' },
  { path: /^metadata\.gpu_/, weight: 4 },
  { path: /^metadata\.memory$/, weight: 5, label: 'memory' },
  { path: /^metadata\.instance$/, weight: 6, label: 'instances' },
  { path: /^cloud\.computing\b/, weight: 7 },
  { path: /^(model|processor)/, weight: 8 },
];
const OTHER = 20;
const NOISE = 90;

/** Every difference, what matters most first, what only the server wrote last. The order of keys does not count. */
export function diffConfigs(before: unknown, after: unknown): Change[] {
  const changes: Change[] = [];
  compare(nested(before), nested(after), [], false, changes);
  return changes.sort((a, b) => a.weight - b.weight || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Flat keys of metadata as the nested keys they stand for, unless both forms are there. */
function nested(config: unknown): unknown {
  const metadata = own(config, 'metadata');
  if (!isObject(config) || !isObject(metadata)) return config;
  const tree = serviceTree.keys.get('metadata');
  const out: JsonObject = { ...metadata };
  let moved = false;
  for (const key of Object.keys(metadata)) {
    if (tree === undefined || childOf(tree, key)?.form !== 'flat') continue;
    if (moveIn(out, key.split('.'), metadata[key])) {
      delete out[key];
      moved = true;
    }
  }
  return moved ? { ...config, metadata: out } : config;
}

function moveIn(target: JsonObject, keys: readonly string[], value: unknown): boolean {
  const [key = '', ...rest] = keys;
  const here = own(target, key);
  if (rest.length === 0) {
    if (here !== undefined) return false;
    setOwn(target, key, value);
    return true;
  }
  if (here !== undefined && !isObject(here)) return false;
  const inner: JsonObject = { ...here };
  if (!moveIn(inner, rest, value)) return false;
  setOwn(target, key, inner);
  return true;
}

function compare(before: unknown, after: unknown, path: Path, secret: boolean, changes: Change[]): void {
  if (same(before, after)) return;
  if (opened(before, after)) {
    const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
    const list = Array.isArray(before ?? after);
    for (const key of keys) {
      const step = list ? Number(key) : key;
      const hidden = secret || (typeof step === 'string' && isSecretKey(step)) || namedSecret(before, after, step);
      compare(own(before, step), own(after, step), [...path, step], hidden, changes);
    }
    return;
  }
  changes.push(change(before, after, path, secret));
}

/** Whether parts are compared one by one. Where a side is missing they are too, so that a large addition can be read. */
function opened(before: unknown, after: unknown): boolean {
  if (isObject(before) && isObject(after)) return true;
  if (Array.isArray(before) && Array.isArray(after)) return [...before, ...after].every(isObject);
  const only = before === undefined ? after : after === undefined ? before : undefined;
  if (isObject(only)) return Object.keys(only).length > 0;
  return Array.isArray(only) && only.length > 0 && only.every(isObject);
}

/** The value of an environment variable whose name tells that it is secret. */
function namedSecret(before: unknown, after: unknown, step: string | number): boolean {
  if (step !== 'value') return false;
  return [before, after].some((side) => {
    const name = own(side, 'name');
    return typeof name === 'string' && isSecretKey(name);
  });
}

function change(before: unknown, after: unknown, keys: Path, secret: boolean): Change {
  const path = pathText(keys);
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  const why = noiseReason(keys, kind === 'changed');
  const weight = weights.find((entry) => entry.path.test(path))?.weight ?? OTHER;
  const base = { path, keys, kind, before, after, secret } as const;
  return why === undefined ? { ...base, weight } : { ...base, weight: NOISE, noise: why };
}

const SYMBOLS = { added: '+', removed: '-', changed: '~' } as const;
const TONES = { added: 'ok', removed: 'bad', changed: 'plain' } as const;

/**
 * One line for each change, readable without colour; secrets are masked. What only the server wrote is one dim line that
 * names the keys, or with `all` a dim line each. No change: no line.
 */
export function toLines(changes: readonly Change[], options: { readonly all?: boolean } = {}): DiffLine[] {
  const lines: DiffLine[] = [];
  const folded: string[] = [];
  for (const one of changes) {
    if (one.noise !== undefined && !options.all) folded.push(one.path);
    else {
      const tone = one.noise === undefined ? TONES[one.kind] : 'dim';
      const why = one.noise === undefined ? '' : ` (${one.noise})`;
      lines.push({ text: `${words(one)}${why}`, tone, symbol: SYMBOLS[one.kind] });
    }
  }
  if (folded.length > 0) {
    const keys = folded.length === 1 ? '1 key' : `${folded.length} keys`;
    lines.push({ text: `${keys} of the server’s own: ${folded.join(', ')}`, tone: 'dim', symbol: ' ' });
  }
  return lines;
}

function words(one: Change): string {
  const label =
    weights.find((entry) => entry.path.test(one.path))?.label ?? (one.path === '' ? 'everything' : one.path);
  if (one.kind === 'added') return `${label} ${shown(one.after, one.secret)}`;
  if (one.kind === 'removed') return `${label} ${shown(one.before, one.secret)}`;
  if (one.secret) return `${label} ${MASK} → another`;
  return `${label} ${shown(one.before, false)} → ${shown(one.after, false)}`;
}

const MASK = '••••••••';

function shown(value: unknown, secret: boolean): string {
  if (secret && value !== null && typeof value !== 'boolean' && value !== '') return MASK;
  // Plain words need no quotes, unless they could be taken for a number or for nothing.
  if (typeof value === 'string' && /^[^\s"'[{]\S*$/.test(value) && !/^(-?[\d.]+|true|false|null)$/.test(value))
    return value;
  return JSON.stringify(masked(value)) ?? '';
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (!isObject(value)) return value;
  const name = own(value, 'name');
  const named = typeof name === 'string' && isSecretKey(name);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      (isSecretKey(key) || (named && key === 'value')) && typeof inner !== 'boolean' ? MASK : masked(inner),
    ]),
  );
}
