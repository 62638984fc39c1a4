import { isObject, type JsonObject, own, type Path, pathText, same, setOwn } from './value.ts';

/**
 * What UpdateType=merge makes of a configuration: objects are merged at every depth, all else is replaced. The depth is
 * not documented; the API's own tools rely on it for metadata. A null is kept as null, since nothing says it deletes.
 */
export function merge(base: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    const old = own(base, key);
    setOwn(merged, key, isObject(old) && isObject(value) ? merge(old, value) : value);
  }
  return merged;
}

/**
 * The smallest body that merges `before` into `after`. `removed` names the keys that are gone, which a merge cannot
 * take away: if there are any, the whole must be replaced.
 */
export function toPatch(before: JsonObject, after: JsonObject): { patch: JsonObject; removed: string[] } {
  const removed: string[] = [];
  const patch = patchOf(before, after, [], removed);
  return { patch, removed };
}

function patchOf(before: JsonObject, after: JsonObject, path: Path, removed: string[]): JsonObject {
  const patch: JsonObject = {};
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) removed.push(pathText([...path, key]));
  for (const [key, value] of Object.entries(after)) {
    const old = own(before, key);
    if (Object.hasOwn(before, key) && same(old, value)) continue;
    setOwn(patch, key, isObject(old) && isObject(value) ? patchOf(old, value, [...path, key], removed) : value);
  }
  return patch;
}

/** A place where both changed the base, differently. `undefined` is a missing key. */
export interface Conflict {
  readonly path: string;
  readonly keys: Path;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

/**
 * Joins two edits of one configuration. Where both changed the same key differently there is a conflict, and `merged`
 * holds mine. Lists are joined item by item only if all three are lists of objects of one length.
 */
export function threeWay(
  base: JsonObject,
  mine: JsonObject,
  theirs: JsonObject,
): { merged: JsonObject; conflicts: Conflict[] } {
  const conflicts: Conflict[] = [];
  return { merged: joinObjects(base, mine, theirs, [], conflicts), conflicts };
}

function joinObjects(
  base: JsonObject,
  mine: JsonObject,
  theirs: JsonObject,
  path: Path,
  conflicts: Conflict[],
): JsonObject {
  const merged: JsonObject = {};
  for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs), ...Object.keys(base)])) {
    const joined = join(own(base, key), own(mine, key), own(theirs, key), [...path, key], conflicts);
    if (joined !== undefined) setOwn(merged, key, joined);
  }
  return merged;
}

function join(base: unknown, mine: unknown, theirs: unknown, path: Path, conflicts: Conflict[]): unknown {
  if (same(mine, theirs) || same(base, theirs)) return mine;
  if (same(base, mine)) return theirs;
  if (isObject(mine) && isObject(theirs) && (isObject(base) || base === undefined)) {
    // Both added an object: what only one of them put in does not conflict.
    return joinObjects(base ?? {}, mine, theirs, path, conflicts);
  }
  if (listOfObjects(base) && listOfObjects(mine) && listOfObjects(theirs)) {
    const [was, other] = [base, theirs];
    if (was.length === mine.length && other.length === mine.length) {
      return mine.map((item, at) => join(was[at], item, other[at], [...path, at], conflicts));
    }
  }
  conflicts.push({ path: pathText(path), keys: path, base, mine, theirs });
  return mine;
}

function listOfObjects(value: unknown): value is JsonObject[] {
  return Array.isArray(value) && value.every(isObject);
}
