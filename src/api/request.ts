import { operations } from './contract/operations.gen.ts';
import type { OperationName } from './contract/wire.gen.ts';
import { ApiError } from './errors.ts';
import { encode } from './sign.ts';

/** A call as it goes on the wire, before signing. */
export interface WireRequest {
  /** Encoded path without query. */
  path: string;
  query: Record<string, string>;
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
  const given = new Map(Object.entries(params).filter(([, value]) => value !== undefined));

  const path = spec.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = given.get(name);
    given.delete(name);
    if (typeof value !== 'string' || value === '') return refuse(`${name} is missing`);
    // A proxy or server resolves dots in a path, and then it is another object's path.
    if (value === '.' || value === '..') return refuse(`${name} cannot be "${value}"`);
    return encode(value);
  });

  const query: Record<string, string> = {};
  for (const [name, style] of Object.entries(spec.query)) {
    const value = given.get(name);
    given.delete(name);
    if (value === undefined || value === null) continue;
    query[name] =
      style === 'json' ? JSON.stringify(value) : plain(value, () => refuse(`${name} cannot be written as text`));
  }

  let body: string | undefined;
  if (spec.body === 'raw') {
    const value = given.get('body');
    given.delete('body');
    if (typeof value !== 'string' || value === '') return refuse('the body is missing');
    body = value;
  } else if (spec.body !== 'none') {
    const fields = spec.body.filter((name) => given.has(name)).map((name) => [name, given.get(name)]);
    for (const name of spec.body) given.delete(name);
    body = JSON.stringify(Object.fromEntries(fields));
  }

  const [unknown] = given.keys();
  if (unknown !== undefined) return refuse(`there is no parameter "${unknown}"`);
  return { path, query, body };
}

/** Lists that are not JSON travel with commas (the SDK's "simple" style). */
function plain(value: unknown, refuse: () => never): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  if (Array.isArray(value)) return value.map((element) => plain(element, refuse)).join(',');
  return refuse();
}
