/** Holds answers against the contract's schemas. */
import { type Fields, schemas, type TypeSpec } from '../../emulator/contract.ts';

/** What was found in answers: paths such as `Services[].Cpu` that were there, and everything that was wrong. */
export interface Findings {
  readonly seen: Set<string>;
  readonly wrong: string[];
}

function typeName(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
}

function inspectFields(fields: Fields, value: object, path: string, findings: Findings): void {
  for (const [name, item] of Object.entries(value)) {
    const spec = fields[name];
    const at = path ? `${path}.${name}` : name;
    if (!spec) findings.wrong.push(`${at}: the contract has no such field`);
    else {
      findings.seen.add(at);
      inspect(spec, item, at, findings);
    }
  }
}

/** Checks a value and all below it; unknown keys and wrong types are noted in `findings`. */
export function inspect(spec: TypeSpec, value: unknown, path: string, findings: Findings): void {
  const type = typeName(value);
  if (spec.type === 'any') return;
  const expected = spec.ref || spec.type === 'map' ? 'object' : (spec.type ?? 'object');
  if (type !== expected) {
    findings.wrong.push(`${path || 'the answer'}: ${type} instead of ${expected}`);
    return;
  }
  if (spec.ref) inspectFields(schemas[spec.ref] ?? {}, value as object, path, findings);
  const { items } = spec;
  if (items) for (const item of value as unknown[]) inspect(items, item, `${path}[]`, findings);
}

/** Paths of all fields below a type that the contract gives an example for. */
export function exemplified(spec: TypeSpec, path = ''): string[] {
  if (spec.items) return exemplified(spec.items, `${path}[]`);
  if (!spec.ref) return [];
  return Object.entries(schemas[spec.ref] ?? {}).flatMap(([name, field]) => {
    const at = path ? `${path}.${name}` : name;
    return [...(field.example === undefined ? [] : [at]), ...exemplified(field, at)];
  });
}
