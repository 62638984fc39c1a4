/** A JSON object as it was read: own keys only. */
export type JsonObject = Record<string, unknown>;

/** Keys and list indexes from the root to a value. A key may itself hold dots (`rpc.batching`). */
export type Path = readonly (string | number)[];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own value of a key; never something inherited such as `constructor`. */
export function own(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[String(key)] : undefined;
}

/** Sets a key that came from outside: `__proto__` becomes a plain key, as it does in JSON.parse. */
export function setOwn(target: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  } else target[key] = value;
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) value = own(value, key);
  return value;
}

/** Whether two JSON values are equal; the order of an object's keys does not count. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => same(item, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && same(own(a, key), own(b, key)));
}

/** `containers[0].image`; a key that holds a dot or a bracket is quoted: `metadata."rpc.batching"`. Root: ''. */
export function pathText(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += `${text === '' ? '' : '.'}${/^[^\s.[\]{}"'=]+$/.test(key) ? key : JSON.stringify(key)}`;
  }
  return text;
}

/** What a value is, in words for a message: `the text "two"`, `the number 3`, `an object`. */
export function inWords(value: unknown, secret = false): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (secret) return `a ${typeof value === 'string' ? 'text' : typeof value}`;
  const shown = JSON.stringify(value);
  const cut = shown.length > 60 ? `${[...shown].slice(0, 57).join('')}…` : shown;
  return typeof value === 'string' ? `the text ${cut}` : typeof value === 'number' ? `the number ${cut}` : cut;
}
