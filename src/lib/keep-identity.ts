// Deeper than any answer of the service; beyond, a hostile answer could exhaust the stack.
const DEEPEST = 200;

/**
 * `after`, made of the objects of `before` wherever the two are deeply equal: `before` itself if all is. So that what did
 * not change between two answers is not drawn again. Looks into plain objects and arrays; everything else is the same
 * only if `Object.is` says so. Neither argument is changed.
 */
export function keepEqual<T>(before: T, after: T): T {
  // Every part that is returned was found equal to, or taken from, `after`, so it has the type of `after`.
  return keep(before, after, 0) as T;
}

function keep(before: unknown, after: unknown, depth: number): unknown {
  if (Object.is(before, after)) return before;
  if (depth > DEEPEST) return after;
  if (Array.isArray(before) && Array.isArray(after)) return keepArray(before, after, depth);
  if (isPlain(before) && isPlain(after)) return keepObject(before, after, depth);
  return after;
}

function keepArray(before: unknown[], after: unknown[], depth: number): unknown[] {
  let same = before.length === after.length;
  let copy: unknown[] | undefined;
  for (let index = 0; index < after.length; index++) {
    const kept = index < before.length ? keep(before[index], after[index], depth + 1) : after[index];
    if (index >= before.length || !Object.is(kept, before[index])) same = false;
    if (!Object.is(kept, after[index])) {
      copy ??= after.slice();
      copy[index] = kept;
    }
  }
  return same ? before : (copy ?? after);
}

function keepObject(before: Record<string, unknown>, after: Record<string, unknown>, depth: number): unknown {
  const keys = Object.keys(after);
  let same = keys.length === Object.keys(before).length;
  let copy: Record<string, unknown> | undefined;
  for (const key of keys) {
    if (!Object.hasOwn(before, key)) {
      same = false;
      continue;
    }
    const kept = keep(before[key], after[key], depth + 1);
    if (!Object.is(kept, before[key])) same = false;
    if (!Object.is(kept, after[key])) {
      // The spread makes even `__proto__` an own property, so that the assignment below is one too.
      copy ??= { ...after };
      copy[key] = kept;
    }
  }
  return same ? before : (copy ?? after);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
