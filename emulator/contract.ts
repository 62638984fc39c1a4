import document from '../src/api/contract/eas-2021-07-01.json';
import type { OperationName } from '../src/api/contract/wire.gen.ts';
import { invalidParameter, missingParameter } from './errors.ts';

/** A type as the contract writes it. */
export interface TypeSpec {
  readonly type?: 'string' | 'number' | 'boolean' | 'array' | 'map' | 'any';
  readonly ref?: string;
  readonly items?: TypeSpec;
  /** Value type of a map, or the documented values of a string. */
  readonly values?: TypeSpec | readonly string[];
  readonly example?: string;
  readonly required?: boolean;
  readonly encoding?: string;
}

export type Fields = Readonly<Record<string, TypeSpec>>;

export interface OperationContract {
  readonly method: string;
  readonly path: string;
  readonly pathParams: readonly string[];
  readonly query?: Fields;
  readonly body?: Fields;
  readonly rawBody?: string;
  readonly response: { readonly ref: string };
}

const contract = document as unknown as {
  operations: Readonly<Record<OperationName, OperationContract>>;
  schemas: Readonly<Record<string, Fields>>;
  endpoints: Readonly<Record<string, string>>;
};

export const { operations, schemas, endpoints } = contract;

/** Query values are text: reads one as its type. */
function readText(name: string, spec: TypeSpec, text: string): unknown {
  if (spec.encoding === 'json') {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw invalidParameter(name, 'it is not JSON');
    }
  }
  switch (spec.type) {
    case 'number': {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value)) throw invalidParameter(name, `"${text}" is not a number`);
      return value;
    }
    case 'boolean': {
      if (text !== 'true' && text !== 'false') throw invalidParameter(name, `"${text}" is neither true nor false`);
      return text === 'true';
    }
    case 'array':
      return text.split(',').filter(Boolean);
    default:
      return text;
  }
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

function fits(spec: TypeSpec, value: unknown): boolean {
  if (spec.ref) {
    if (!isObject(value)) return false;
    const fields = schemas[spec.ref] ?? {};
    return Object.entries(value as object).every(
      ([name, item]) => item === null || !fields[name] || fits(fields[name], item),
    );
  }
  if (spec.type === 'map') return isObject(value);
  if (spec.type === 'array') {
    const { items } = spec;
    return Array.isArray(value) && (!items || value.every((item) => fits(items, item)));
  }
  return spec.type === 'any' || typeof value === spec.type;
}

/**
 * The parameters of a request in one flat object: path, query, then body. A raw body arrives as `body`.
 * With `strict` a name that the contract does not list is refused; without, it is dropped (emulator's choice).
 */
export function readParams(
  operation: OperationContract,
  path: Readonly<Record<string, string>>,
  query: ReadonlyMap<string, string>,
  body: string,
  strict: boolean,
): Record<string, unknown> {
  const params: Record<string, unknown> = { ...path };
  for (const [name, text] of query) {
    const spec = operation.query?.[name];
    if (spec) {
      params[name] = readText(name, spec, text);
      if (!fits(spec, params[name])) throw invalidParameter(name, `it should be of type ${spec.type ?? 'object'}`);
    } else if (strict) throw invalidParameter(name, 'the operation has no such query parameter');
  }
  if (operation.rawBody) {
    if (body === '') throw missingParameter('Body');
    params.body = body;
  } else if (operation.body) {
    for (const [name, value] of Object.entries(body === '' ? {} : readObject(body))) {
      const spec = operation.body[name];
      if (!spec) {
        if (strict) throw invalidParameter(name, 'the operation has no such body parameter');
        continue;
      }
      if (value === null) continue;
      if (!fits(spec, value)) throw invalidParameter(name, `it should be of type ${spec.type ?? 'object'}`);
      params[name] = value;
    }
  } else if (strict && body !== '') {
    throw invalidParameter('Body', 'the operation takes none');
  }
  for (const [name, spec] of Object.entries({ ...operation.query, ...operation.body })) {
    if (spec.required && params[name] === undefined) throw missingParameter(name);
  }
  return params;
}

/** A JSON object out of a request body; anything else is refused. */
export function readObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidParameter('Body', `it is not JSON (${error instanceof Error ? error.message : 'unreadable'})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParameter('Body', 'it is not a JSON object');
  }
  return value as Record<string, unknown>;
}

/** A value of a type, made from the contract's examples. Strings that hold JSON stay strings. */
export function sample(spec: TypeSpec): unknown {
  if (spec.ref) {
    const fields = Object.entries(schemas[spec.ref] ?? {});
    return Object.fromEntries(fields.map(([name, field]) => [name, sample(field)]));
  }
  switch (spec.type) {
    case 'number':
      return Number(spec.example ?? 0);
    case 'boolean':
      return spec.example === 'true';
    case 'array':
      return spec.example ? parsed(spec.example, []) : spec.items ? [sample(spec.items)] : [];
    case 'map':
      return spec.example ? parsed(spec.example, {}) : {};
    case 'any':
      return spec.example ? parsed(spec.example, spec.example) : {};
    default:
      return spec.example ?? '';
  }
}

function parsed(example: string, otherwise: unknown): unknown {
  for (const text of [example, example.replace(/\\\\/g, '\\')]) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Some examples of the contract are escaped once too often.
    }
  }
  return otherwise;
}
