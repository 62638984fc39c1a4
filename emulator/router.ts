import type { OperationName } from '../src/api/contract/wire.gen.ts';
import { type OperationContract, operations } from './contract.ts';
import { Refusal } from './errors.ts';

export interface Route {
  readonly operation: OperationName;
  readonly contract: OperationContract;
  readonly path: Readonly<Record<string, string>>;
}

interface Template {
  readonly operation: OperationName;
  readonly contract: OperationContract;
  readonly segments: readonly string[];
}

const isParam = (segment: string) => segment.startsWith('{');

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'InvalidParameter', `The path segment "${segment}" is not valid percent-encoding.`);
  }
}

/** Finds the operation of a request among all of the contract's. A fixed segment wins over a parameter. */
export function createRouter(): (method: string, path: string, action: string | undefined) => Route {
  const templates = new Map<string, Template[]>();
  for (const [operation, contract] of Object.entries(operations) as [OperationName, OperationContract][]) {
    const segments = contract.path.split('/').slice(1);
    const key = `${contract.method} ${segments.length}`;
    templates.set(key, [...(templates.get(key) ?? []), { operation, contract, segments }]);
  }
  const fixed = ({ segments }: Template) => segments.filter((segment) => !isParam(segment)).length;
  for (const list of templates.values()) list.sort((a, b) => fixed(b) - fixed(a));

  return (method, path, action) => {
    const segments = path.split('/').slice(1);
    const found = templates
      .get(`${method} ${segments.length}`)
      ?.find((template) => template.segments.every((part, i) => isParam(part) || part === segments[i]));
    if (!found) throw new Refusal(404, 'InvalidAction.NotFound', `Specified api is not found: ${method} ${path}.`);
    if (!action) throw new Refusal(400, 'MissingParameter', 'The header x-acs-action is required.');
    if (action !== found.operation) {
      const known = Object.hasOwn(operations, action);
      const message = `${method} ${path} is ${found.operation}, but x-acs-action says ${action}.`;
      throw new Refusal(known ? 400 : 404, known ? 'InvalidAction.Mismatch' : 'InvalidAction.NotFound', message);
    }
    const params = found.segments.flatMap((part, i) =>
      isParam(part) ? [[part.slice(1, -1), decode(segments[i] ?? '')] as const] : [],
    );
    for (const [name, value] of params) {
      if (value === '') throw new Refusal(400, 'InvalidParameter', `The path parameter ${name} is empty.`);
    }
    return { operation: found.operation, contract: found.contract, path: Object.fromEntries(params) };
  };
}
