import { createAssignmentReader } from './assignment.ts';
import { toPatch } from './merge.ts';
import type { Kind, SchemaEntry } from './schema.ts';
import { childOf, isSecretKey, meantBy, nodeAt, type SchemaNode, serviceTree } from './schema-tree.ts';
import { inWords, isObject, type JsonObject, own, type Path, pathText, setOwn } from './value.ts';

export interface Assigned {
  /** The configuration with every assignment; the one given if there is an error. */
  readonly config: JsonObject;
  /** The body for UpdateType=merge; empty if nothing changes. */
  readonly patch: JsonObject;
  /** What was set, in the order given. */
  readonly set: readonly { readonly path: string; readonly value: unknown }[];
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Applies `path=value …` as eascmd's -D does: `metadata.cpu=5 rpc…`, several at once, with or without -D before them.
 * Values are typed by the documented keys; texts may be quoted, objects and lists are JSON. Flat keys such as
 * "rpc.batching" are written in the form found, else nested. With one error nothing is applied.
 */
export function assign(config: JsonObject, text: string): Assigned {
  const errors: string[] = [];
  const warnings: string[] = [];
  const set: { path: string; value: unknown }[] = [];
  let result = config;
  const reader = createAssignmentReader(text);
  for (const item of reader.items) {
    const path = placeOf(result, item.steps);
    const entry = nodeAt(serviceTree, path)?.entry;
    const name = pathText(path);
    const typed = typedValue(name, entry ?? freeEntry(path), item.value, item.quoted);
    if ('error' in typed) {
      errors.push(typed.error);
      continue;
    }
    if (!entry && !inFree(path)) warnings.push(unknownPath(path));
    const problem = range(entry, typed.value, name);
    if (problem !== undefined) warnings.push(problem);
    const put = putAt(result, path, typed.value, []);
    if ('error' in put) errors.push(put.error);
    else {
      result = put.value as JsonObject;
      set.push({ path: name, value: typed.value });
    }
  }
  errors.push(...reader.errors);
  if (errors.length > 0) return { config, patch: {}, set: [], errors, warnings };
  return { config: result, patch: toPatch(config, result).patch, set, errors, warnings };
}

/** The path in the form in which the configuration writes it: a run of steps may be one flat key of an object. */
function placeOf(config: JsonObject, steps: Path): Path {
  const path: (string | number)[] = [];
  let value: unknown = config;
  let node: SchemaNode | undefined = serviceTree;
  for (let at = 0; at < steps.length; ) {
    const rest = steps.slice(at);
    const word = rest.findIndex((step) => typeof step === 'number');
    const words = word < 0 ? rest : rest.slice(0, word);
    const take = Math.max(1, node ? flatLength(node, value, words) : 1);
    const step: string | number = take > 1 ? words.slice(0, take).join('.') : (steps[at] ?? '');
    path.push(step);
    value = own(value, step);
    node = node && (typeof step === 'number' ? node.item : childOf(node, step)?.node);
    at += take;
  }
  return path;
}

function flatLength(node: SchemaNode, value: unknown, words: Path): number {
  // The keys of labels and features are the user's own and may hold dots: eas.aliyun.com/enable-rollout.
  if (node.entry?.type.includes('map') && node.keys.size === 0) return words.length;
  for (let length = words.length; length > 1; length--) {
    const key = words.slice(0, length).join('.');
    if (isObject(value) && Object.hasOwn(value, key)) return length;
  }
  const first = words[0];
  const family = isObject(value) && Object.keys(value).some((key) => key.startsWith(`${first}.`));
  const known = childOf(node, words.join('.'))?.form === 'flat';
  // A first rpc key goes beside its flat sisters; where there are none it is nested.
  return known && family && own(value, String(first)) === undefined ? words.length : 1;
}

const free: SchemaEntry = { path: '', type: ['any'], note: '' };

/** Values of features and labels are texts, whatever they look like. */
function freeEntry(path: Path): SchemaEntry {
  return path.length === 2 && inFree(path) && path[0] !== 'autoscaler' ? { ...free, type: ['text'] } : free;
}

function inFree(path: Path): boolean {
  for (let length = 1; length < path.length; length++) {
    const type = nodeAt(serviceTree, path.slice(0, length))?.entry?.type;
    if (type?.includes('map') || type?.includes('any')) return true;
  }
  return false;
}

type Typed = { value: unknown } | { error: string };

function typedValue(name: string, entry: SchemaEntry, written: string, quoted: boolean): Typed {
  let parsed: { value: unknown } | undefined;
  try {
    parsed = { value: JSON.parse(written) };
  } catch {
    parsed = undefined;
  }
  for (const kind of entry.type) {
    const value = ofKind(kind, written, quoted, parsed);
    if (value) return value;
  }
  const shown = isSecretKey(name) ? 'the value' : inWords(quoted || !parsed ? written : parsed.value);
  return { error: `${name}: ${shown} is not ${wanted(entry, name)}` };
}

function ofKind(
  kind: Kind,
  written: string,
  quoted: boolean,
  parsed: { value: unknown } | undefined,
): Typed | undefined {
  if (kind === 'any') return quoted ? { value: written } : (parsed ?? { value: written });
  if (kind === 'text') return { value: written };
  if (quoted || !parsed) return undefined;
  const { value } = parsed;
  if (kind === 'number' && typeof value === 'number' && Number.isFinite(value)) return parsed;
  if (kind === 'integer' && Number.isSafeInteger(value)) return parsed;
  if (kind === 'boolean' && typeof value === 'boolean') return parsed;
  if (kind === 'list' && Array.isArray(value)) return parsed;
  return (kind === 'object' || kind === 'map') && isObject(value) ? parsed : undefined;
}

function wanted(entry: SchemaEntry, name: string): string {
  const examples: Record<Kind, string> = {
    text: `a text: write ${name}=text`,
    number: `a number: write ${name}=2`,
    integer: `a whole number: write ${name}=2`,
    boolean: `true or false: write ${name}=true`,
    object: `an object: write JSON, such as ${name}={"key":1}`,
    map: `an object: write JSON, such as ${name}={"key":1}`,
    list: `a list: write JSON, such as ${name}=["a"]`,
    any: 'a value',
  };
  return entry.type.map((kind) => examples[kind]).join(', or ');
}

function range(entry: SchemaEntry | undefined, value: unknown, name: string): string | undefined {
  if (!entry || typeof value !== 'number') return undefined;
  if (entry.min !== undefined && value < entry.min) return `${name} is ${value}; at least ${entry.min} makes sense`;
  if (entry.max !== undefined && value > entry.max) return `${name} is ${value}; at most ${entry.max} makes sense`;
  return undefined;
}

function unknownPath(path: Path): string {
  const parent = nodeAt(serviceTree, path.slice(0, -1));
  const last = path.at(-1);
  const meant = parent && typeof last === 'string' ? meantBy(serviceTree, parent, path.slice(0, -1), last) : undefined;
  const name = `${pathText(path)} is not a documented key`;
  if (meant && 'near' in meant)
    return `${name}: did you mean ${[pathText(path.slice(0, -1)), meant.near].filter(Boolean).join('.')}?`;
  if (meant) return `${name}: did you mean ${[meant.elsewhere, last].filter(Boolean).join('.')}?`;
  return `${name}, and may be ignored`;
}

function putAt(value: unknown, path: Path, leaf: unknown, above: Path): { value: unknown } | { error: string } {
  const [step, ...rest] = path;
  if (step === undefined) return { value: leaf };
  const here = above.length === 0 ? 'the configuration' : pathText(above);
  const inner = putAt(own(value, step), rest, leaf, [...above, step]);
  if ('error' in inner) return inner;
  if (typeof step === 'number') {
    if (value !== undefined && !Array.isArray(value)) return { error: `${here} is ${inWords(value)}, not a list` };
    const list: unknown[] = [...(value ?? [])];
    if (step > list.length) {
      return { error: `${here} has ${list.length} items: the next one is ${here}[${list.length}]` };
    }
    list[step] = inner.value;
    return { value: list };
  }
  if (value !== undefined && !isObject(value)) {
    return {
      error: `${here} is ${inWords(value, isSecretKey(here))}, not an object: it has no key ${JSON.stringify(step)}`,
    };
  }
  const copy: JsonObject = { ...value };
  setOwn(copy, step, inner.value);
  return { value: copy };
}
