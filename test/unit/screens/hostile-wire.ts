import fc, { type Arbitrary } from 'fast-check';
import contract from '../../../src/api/contract/eas-2021-07-01.json' with { type: 'json' };

interface Schema {
  readonly type?: string;
  readonly ref?: string;
  readonly example?: unknown;
  readonly values?: unknown;
  readonly items?: Schema;
}

/** The fields of each type by name. */
const schemas = contract.schemas as unknown as Readonly<Record<string, Readonly<Record<string, Schema>>>>;
const operations = contract.operations as unknown as Readonly<Record<string, { readonly response?: Schema }>>;

/** Texts that a terminal, a table or a regular expression could stumble over. */
export const hostileText: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '\u001b[31mred\u001b[0m',
    '\u001b]52;c;aGk=\u0007',
    'two\nlines\r\nand\ttabs',
    '\u202egnp.exe',
    'zero\u200bwidth\u2060',
    'Z\u0310\u0311\u0312\u0313\u0314algo',
    '模型服务'.repeat(20),
    '👩‍👩‍👧‍👦🇨🇳✌🏽',
    'x'.repeat(300),
    '\u0000',
    '\u009b31m',
    '(', '*', '%s', '{"a":', '[1,2', '{}', '[]', '-', '  ',
    '__proto__', 'constructor',
    '\ud800',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
); // biome-ignore format: a list to be read as one

const anything: Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e21, 2 ** 53, -0, '', '1', 'true'),
  fc.constantFrom<unknown>([], {}, [null], [[]], { a: { b: 1 } }, [{ reason: { a: 1 }, exitCode: null }]),
  fc.integer(),
);

function wellTyped(schema: Schema, depth: number): Arbitrary<unknown> {
  const type = schema.type ?? 'string';
  if (schema.ref !== undefined) return objectOf(schemas[schema.ref] ?? {}, depth);
  if (type === 'any') return anything;
  if (schema.items) return fc.array(valueFor(schema.items, depth + 1), { maxLength: depth === 0 ? 6 : 3 });
  if (type === 'number' || type === 'integer') return fc.oneof(fc.nat(20), fc.double(), fc.integer());
  if (type === 'boolean') return fc.boolean();
  if (type === 'map') return fc.dictionary(hostileText, hostileText, { maxKeys: 3 });
  const known = [schema.example, ...(Array.isArray(schema.values) ? schema.values : [])].filter(Boolean);
  return fc.oneof(hostileText, ...(known.length > 0 ? [fc.constantFrom(...known)] : []));
}

/** A value as the schema has it, or now and then anything else. */
function valueFor(schema: Schema, depth: number): Arbitrary<unknown> {
  if (depth > 4) return anything;
  return fc.oneof({ arbitrary: wellTyped(schema, depth), weight: 5 }, { arbitrary: anything, weight: 1 });
}

function objectOf(properties: Readonly<Record<string, Schema>>, depth: number): Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, valueFor(schema, depth + 1)]),
  );
  return fc.record(fields, { requiredKeys: [] });
}

/** Answers to an operation: the shape of the contract with fields missing, of other types and full of hostile text. */
export function answersOf(operation: string): Arbitrary<unknown> {
  const properties = schemas[operations[operation]?.response?.ref ?? ''];
  if (!properties) throw new Error(`the contract has no fields in the answer to ${operation}`);
  // The lists themselves are always there: what an answer without them does is no matter of the rows.
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, one]) => [name, one.items ? wellTyped(one, 0) : valueFor(one, 1)]),
  );
  return fc.record(fields);
}
