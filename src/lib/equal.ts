// Deeper than any answer of the service; beyond, a hostile answer could exhaust the stack.
const deepest = 200;

/**
 * Whether two values are deeply equal, the order of keys aside. Looks into plain objects and arrays; everything else, and
 * what is nested more than 200 deep, is equal only if `Object.is` says so.
 */
export function equal(left: unknown, right: unknown, depth = 0): boolean {
  if (Object.is(left, right)) return true;
  if (depth > deepest) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((value, place) => equal(value, right[place], depth + 1));
  }
  if (!isPlain(left) || !isPlain(right)) return false;
  // Without lists of their keys: rows are compared by the hundred.
  let more = 0;
  for (const key in left) {
    if (!Object.hasOwn(right, key) || !equal(left[key], right[key], depth + 1)) return false;
    more++;
  }
  for (const _ in right) more--;
  return more === 0;
}

/** Whether two arrays hold the same, element by element. */
export function sameElements(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  for (let n = 0; n < left.length; n++) if (left[n] !== right[n]) return false;
  return true;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
