import { nearest } from '../lib/words.ts';
import { networkSchema, type SchemaEntry, serviceSchema } from './schema.ts';
import type { Path } from './value.ts';

export interface SchemaNode {
  readonly entry?: SchemaEntry;
  readonly keys: ReadonlyMap<string, SchemaNode>;
  readonly item?: SchemaNode;
}

interface Draft {
  entry?: SchemaEntry;
  keys: Map<string, Draft>;
  item?: Draft;
}

export const serviceTree: SchemaNode = grow(serviceSchema);
export const networkTree: SchemaNode = grow(networkSchema);

function grow(schema: readonly SchemaEntry[]): SchemaNode {
  const root: Draft = { keys: new Map() };
  for (const entry of schema) {
    let node = root;
    for (const part of entry.path.split('.')) {
      const list = part.endsWith('[]');
      const name = list ? part.slice(0, -2) : part;
      let next = node.keys.get(name);
      if (!next) {
        next = { keys: new Map() };
        node.keys.set(name, next);
      }
      if (list) {
        next.item ??= { keys: new Map() };
        next = next.item;
      }
      node = next;
    }
    node.entry = entry;
  }
  return root;
}

/** A key below a node; also a flat one such as `rpc.batching`, with whether the documents write it so. */
export function childOf(
  node: SchemaNode,
  key: string,
): { node: SchemaNode; form: 'own' | 'flat' | 'dotted' } | undefined {
  const own = node.keys.get(key);
  if (own) return { node: own, form: 'own' };
  if (!key.includes('.')) return undefined;
  let found: SchemaNode | undefined = node;
  for (const part of key.split('.')) found = found?.keys.get(part);
  if (!found?.entry) return undefined;
  return { node: found, form: found.entry.flat ? 'flat' : 'dotted' };
}

/** The documented key at a path, flat keys and list items understood. */
export function nodeAt(tree: SchemaNode, path: Path): SchemaNode | undefined {
  let node: SchemaNode | undefined = tree;
  for (const step of path) {
    if (!node) return undefined;
    node = typeof step === 'number' ? node.item : childOf(node, step)?.node;
  }
  return node;
}

/** What was probably meant by an unknown key: a key of this level, or the place where such a key is known. */
export function meantBy(
  tree: SchemaNode,
  node: SchemaNode,
  path: Path,
  key: string,
): { near: string } | { elsewhere: string } | undefined {
  const here = path.filter((step) => typeof step === 'string').join('.');
  const places: [string, SchemaNode | undefined][] = [
    ['', tree],
    ['metadata', nodeAt(tree, ['metadata'])],
    ['metadata.rpc', nodeAt(tree, ['metadata', 'rpc'])],
  ];
  for (const [place, at] of places) {
    if (place !== here && at?.keys.has(key)) return { elsewhere: place };
  }
  const near = nearest(key, [...node.keys.keys(), ...flatKeys(node, '')]);
  return near === undefined ? undefined : { near };
}

function flatKeys(node: SchemaNode, prefix: string): string[] {
  const found: string[] = [];
  for (const [name, child] of node.keys) {
    const full = prefix === '' ? name : `${prefix}.${name}`;
    if (prefix !== '' && child.entry?.flat) found.push(full);
    found.push(...flatKeys(child, full));
  }
  return found;
}

const secretName = /token|secret|password|passwd|signature|dockerauth|authorization|api_?key|access_?key|credential/i;

/** Whether a key's value must not be seen over a shoulder. `generate_token` and numbers of tokens are none. */
export function isSecretKey(key: string): boolean {
  return secretName.test(key) && !/^generate_token$|max_.*tokens?$/i.test(key);
}
