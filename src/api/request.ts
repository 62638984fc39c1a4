import { operations } from './contract/operations.gen.ts';
import type { OperationName } from './contract/wire.gen.ts';
import { ApiError } from './errors.ts';
import { canonicalQuery, encode } from './sign.ts';

/** A call as it goes on the wire, before signing. */
export interface WireRequest {
  /** Encoded path without query. */
  path: string;
  /** As it is signed and sent; empty without one. */
  query: string;
  body: string | undefined;
}

/**
 * Sorts flat parameters into path, query and body as the contract has them. Undefined ones are left out. Throws
 * ApiError `invalid` for one that is missing from the path, unknown, or cannot be written.
 */
export function buildRequest(operation: OperationName, params: object): WireRequest {
  const spec = operations[operation];
  const refuse = (message: string): never => {
    throw new ApiError({ kind: 'invalid', code: 'InvalidParameter', message: `${operation}: ${message}`, operation });
  };
  const given = params as Readonly<Record<string, unknown>>;
  const taken = new Set<string>();
  const take = (name: string): unknown => {
    const value = given[name];
    if (value !== undefined) taken.add(name);
    return value;
  };

  const path = spec.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = take(name);
    if (typeof value !== 'string' || value === '') return refuse(`${name} is missing`);
    // A proxy or server resolves dots in a path, and then it is another object's path.
    if (value === '.' || value === '..') return refuse(`${name} cannot be "${value}"`);
    return encode(value);
  });

  const query: Record<string, string> = {};
  for (const name in spec.query) {
    const value = take(name);
    if (value === undefined || value === null) continue;
    query[name] =
      spec.query[name] === 'json'
        ? JSON.stringify(value)
        : plain(value, () => refuse(`${name} cannot be written as text`));
  }

  let body: string | undefined;
  if (spec.body === 'raw') {
    const value = take('body');
    if (typeof value !== 'string' || value === '') return refuse('the body is missing');
    body = value;
  } else if (spec.body !== 'none') {
    // What is undefined is not written.
    body = JSON.stringify(Object.fromEntries(spec.body.map((name) => [name, take(name)])));
  }

  const unknown = Object.keys(given).find((name) => given[name] !== undefined && !taken.has(name));
  if (unknown !== undefined) return refuse(`there is no parameter "${unknown}"`);
  return { path, query: canonicalQuery(query), body };
}

/** Lists that are not JSON travel with commas (the SDK's "simple" style). */
function plain(value: unknown, refuse: () => never): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  if (Array.isArray(value)) return value.map((element) => plain(element, refuse)).join(',');
  return refuse();
}
