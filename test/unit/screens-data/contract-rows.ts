import type { Client } from '../../../src/api/client.ts';
import contract from '../../../src/api/contract/eas-2021-07-01.json' with { type: 'json' };
import type { Api, Scope, Screen } from '../../../src/screens/define.ts';

type Wire = Record<string, unknown>;
type Answer = (params: Wire) => unknown;
type Type = { type?: string; ref?: string; items?: Type; values?: unknown; example?: string };
const schemas = contract.schemas as unknown as Record<string, Record<string, Type>>;

/** A value of a type as the contract's own examples have it. */
function example(type: Type): unknown {
  if (type.ref) return exampleOf(type.ref);
  if (type.type === 'array') return type.items ? [example(type.items)] : [];
  if (type.type === 'number') return Number(type.example ?? 1);
  if (type.type === 'boolean') return type.example === 'true';
  if (type.type === 'map') return {};
  return type.example ?? 'text';
}

export function exampleOf(schema: string): Wire {
  return Object.fromEntries(Object.entries(schemas[schema] ?? {}).map(([name, type]) => [name, example(type)]));
}

export const fieldsOf = (schema: string): string[] => Object.keys(schemas[schema] ?? {});

/** What a screen reads: the operation of its list, where the rows are in it, of what schema, and what names a row. */
export interface Read {
  readonly operation: string;
  readonly rows: string;
  readonly schema: string;
  /** The field without which a row cannot be told from others, if there is one. */
  readonly name?: string;
}

export const reads: Readonly<Record<string, Read>> = {
  services: { operation: 'ListServices', rows: 'Services', schema: 'Service', name: 'ServiceName' },
  workers: { operation: 'ListServiceInstances', rows: 'Instances', schema: 'Instance', name: 'InstanceName' },
  containers: { operation: 'ListServiceContainers', rows: 'Containers', schema: 'ContainerInfo', name: 'Name' },
  versions: {
    operation: 'ListServiceVersions',
    rows: 'Versions',
    schema: 'ListServiceVersionsResponseBodyVersions',
  },
  events: { operation: 'DescribeServiceEvent', rows: 'Events', schema: 'DescribeServiceEventResponseBodyEvents' },
  groups: { operation: 'ListGroups', rows: 'Groups', schema: 'Group', name: 'Name' },
  resources: { operation: 'ListResources', rows: 'Resources', schema: 'Resource', name: 'ResourceId' },
  instances: {
    operation: 'ListResourceInstances',
    rows: 'Instances',
    schema: 'ResourceInstance',
    name: 'InstanceId',
  },
  'node-workers': {
    operation: 'ListResourceInstanceWorker',
    rows: 'Pods',
    schema: 'ResourceInstanceWorker',
    name: 'Name',
  },
};

export interface Sent {
  readonly operation: string;
  readonly params: Wire;
}

/** A service that answers some operations as the test says and all others with nothing in them. */
export function answering(...answers: readonly (readonly [operation: string, answer: Answer])[]): Api & {
  sent: Sent[];
} {
  const known = new Map(answers);
  const sent: Sent[] = [];
  const call = async (operation: string, params: Wire): Promise<unknown> => {
    sent.push({ operation, params });
    return known.get(operation)?.(params) ?? {};
  };
  return {
    sent,
    region: 'cn-test',
    endpoint: 'pai-eas.test',
    readOnly: true,
    identity: 'test keys',
    // The answers are looked up by name, so their types cannot follow the operation's.
    call: call as unknown as Client['call'],
    calls: { lastMs: 1, perMinute: () => 1 },
    close: async () => undefined,
    uploads: { rows: () => [] },
    ledger: { entries: async () => [], settle: async () => false },
  };
}

export const scope: Scope = { service: 'foo', worker: 'foo-1', resource: 'eas-r-1', node: 'node-1' };

export const quiet = (): AbortSignal => new AbortController().signal;

export async function listAll(screen: Screen, api: Api, where: Scope = scope): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const page of screen.list(api, where, quiet())) rows.push(...page);
  return rows;
}

/** The rows of a screen when the service sends these. Only the first page holds any. */
export function rowsOf(screen: Screen, wire: readonly unknown[]): Promise<unknown[]> {
  const read = reads[screen.id];
  if (!read) throw new Error(`the test does not know what ${screen.id} reads`);
  const answer = (params: Wire) => ({
    [read.rows]: Number(params['PageNumber'] ?? params['PageNum'] ?? 1) > 1 ? [] : wire,
  });
  return listAll(screen, answering([read.operation, answer]));
}

/** The texts of a row, by column. */
export function cellsOf(screen: Screen, row: unknown, now = Date.UTC(2026, 0, 1)): Record<string, string> {
  return Object.fromEntries(
    screen.columns.map((column) => [column.id, column.text?.(row, now) ?? String(column.value(row) ?? '-')]),
  );
}
