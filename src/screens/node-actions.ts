import { type Instance, migrateInstances, type NodeWorker, updateInstance } from '../api/instances.ts';
import { clean } from '../lib/clean.ts';
import { shellWord } from '../lib/shell.ts';
import { plural } from '../lib/words.ts';
import { placeEach, type Spot } from './capacity.ts';
import { statusTone } from './columns.ts';
import type { Action, Scope } from './define.ts';

/** A node as the screen has it: with the workers on it where they were asked for. */
export interface NodeRow extends Instance {
  workers?: readonly NodeWorker[] | undefined;
}

/** Which word a closed node has is not documented; these are the ones known from Kubernetes and the API's own verb. */
export const closed = (row: Instance): boolean =>
  /cordon|unschedul|schedulingdisabled|drain/i.test(`${row.instanceStatus ?? ''} ${row.instancePhase ?? ''}`);

export const nodeName = (row: Instance): string => row.instanceName ?? row.instanceId;

/** The group a node is of: what the row says, else where the table looks. */
export const groupOf = (row: Instance, scope: Scope): string => row.resourceId ?? scope['resource'] ?? '';

/** Why a node takes no new workers, in words; undefined when it takes them. An unknown status is no reason. */
export function whyClosed(row: Instance): string | undefined {
  if (closed(row)) return `closed to new workers${row.lastCordonReason ? `: ${clean(row.lastCordonReason)}` : ''}`;
  const tone = statusTone(row.instanceStatus);
  return tone === 'bad' || tone === 'warn' || tone === 'busy' ? `status ${clean(row.instanceStatus)}` : undefined;
}

/** A node as something to place workers on. */
export function spotOf(row: Instance): Spot {
  return {
    name: nodeName(row),
    cpu: { used: row.usedCpu, total: row.cpuCount },
    gpu: { used: row.usedGpu, total: row.gpuCount },
    memory: { used: row.usedMemory, total: row.memory },
    closed: whyClosed(row),
  };
}

/** How long a node may show nothing of what was accepted, milliseconds. */
const patience = 120_000;
/** How long workers may take to leave a node, milliseconds. */
const drainFor = 15 * 60_000;

const going = (row: Instance): string | undefined =>
  /^deleting$/i.test(row.instanceStatus ?? '') ? `${nodeName(row)} is being deleted` : undefined;

const gone = { failed: 'the node is gone' };
const noEascmd = (operation: string, row: Instance, more: string): string =>
  `# eascmd has no ${operation}: UpdateResourceInstance ${shellWord(row.resourceId ?? '')} ${shellWord(row.instanceId)} ${more}`;

/** Closes a node; `reason` is kept by the service for those who wonder later. */
export const cordonWith = (reason: string): Action<NodeRow> => ({
  id: 'cordon',
  title: 'cordon',
  keys: ['C'],
  hint: 20,
  operation: 'UpdateResourceInstance',
  guard: (row) => going(row) ?? (closed(row) ? `${nodeName(row)} is closed to new workers already` : undefined),
  call: (api, row, scope, _input, signal) =>
    updateInstance(api, groupOf(row, scope), row.instanceId, 'Cordon', reason, signal),
  agrees: (row) => closed(row),
  goal(row, _input, before, elapsedMs) {
    if (!row) return gone;
    // A status nobody knows may still mean it: then the reason that was sent is what the service shows.
    if (closed(row) || (row.lastCordonReason === reason && before.lastCordonReason !== reason)) return 'done';
    return elapsedMs < patience
      ? 'pending'
      : { failed: `accepted, but its status still is ${clean(row.instanceStatus)}` };
  },
  words: (row, _input, tense) =>
    tense === 'did'
      ? `cordoned ${nodeName(row)}: it takes no new workers, those on it stay`
      : `cordon ${nodeName(row)}`,
  undo: () => ({ action: 'uncordon', input: 0 }),
  cli: (row) => noEascmd('cordon', row, `Action=Cordon Reason=${shellWord(reason)}`),
});

const uncordon: Action<NodeRow> = {
  id: 'uncordon',
  title: 'uncordon',
  // As for putting a worker back.
  keys: ['I'],
  hint: 21,
  operation: 'UpdateResourceInstance',
  guard: (row) => going(row) ?? (closed(row) ? undefined : `${nodeName(row)} takes new workers already`),
  call: (api, row, scope, _input, signal) =>
    updateInstance(api, groupOf(row, scope), row.instanceId, 'Uncordon', undefined, signal),
  agrees: (row) => !closed(row),
  goal(row, _input, _before, elapsedMs) {
    if (!row) return gone;
    if (!closed(row)) return 'done';
    return elapsedMs < patience
      ? 'pending'
      : { failed: `accepted, but its status still is ${clean(row.instanceStatus)}` };
  },
  words: (row, _input, tense) =>
    tense === 'did' ? `uncordoned ${nodeName(row)}: it takes workers again` : `uncordon ${nodeName(row)}`,
  undo: () => ({ action: 'cordon', input: 0 }),
  cli: (row) => noEascmd('uncordon', row, 'Action=Uncordon'),
};

/** `a (mnist), b (mnist), …`, of at most `most`. */
function namesOf(workers: readonly NodeWorker[], most: number): string {
  const names = workers
    .slice(0, most)
    .map(({ name, serviceName }) => `${name}${serviceName ? ` (${serviceName})` : ''}`);
  return [...names, ...(workers.length > most ? [`${workers.length - most} more`] : [])].join(', ');
}

/** What is known before a node is emptied. */
export interface Surroundings {
  /** The workers on it. */
  readonly workers: readonly NodeWorker[];
  /** The other nodes of its group. */
  readonly others: readonly Instance[];
}

/** Moves every worker off a node. */
export const drainWith = ({ workers, others }: Surroundings): Action<NodeRow> => ({
  id: 'drain',
  title: 'drain',
  keys: [],
  operation: 'UpdateResourceInstance',
  guard: going,
  confirm: () => ({
    level: 'type-name',
    tone: 'bad',
    effects: [
      'the node is closed to new workers, and every worker on it is ended',
      ...(workers.length === 0
        ? ['no worker is on it now']
        : [
            `${plural(workers.length, 'worker')} will move: ${namesOf(workers, 8)}`,
            `${plural(services(workers).length, 'service')} run with fewer workers until others are up elsewhere`,
            room(workers, others),
          ]),
      'what a worker is answering may be broken off once its grace time (30 s unless configured) is over',
    ],
  }),
  call: (api, row, scope, _input, signal) =>
    updateInstance(api, groupOf(row, scope), row.instanceId, 'Drain', 'drained with eas-tui', signal),
  agrees: (row) => closed(row),
  goal(row, _input, _before, elapsedMs) {
    if (!row) return gone;
    if (row.workers === undefined) return 'pending';
    if (row.workers.length === 0) return 'done';
    if (elapsedMs < drainFor) return 'pending';
    return { failed: `${plural(row.workers.length, 'worker')} still on it: ${namesOf(row.workers, 4)}` };
  },
  words: (row, _input, tense) =>
    tense === 'did' ? `drained ${nodeName(row)}: no worker is left on it` : `drain ${nodeName(row)}`,
  cli: (row) => noEascmd('drain', row, 'Action=Drain'),
});

const services = (workers: readonly NodeWorker[]): string[] => [
  ...new Set(workers.flatMap(({ serviceName }) => serviceName ?? [])),
];

/** Whether the other nodes can take them. Memory is left out: its unit in this list is not documented. */
function room(workers: readonly NodeWorker[], others: readonly Instance[]): string {
  const needs = workers.map((worker) => ({
    worker,
    cpu: worker.cpuRequest,
    gpu: worker.gpuRequest,
    memory: undefined,
  }));
  const homeless = placeEach(others.map(spotOf), needs).map(({ worker }) => worker);
  if (homeless.length === 0) return 'by cpu and gpu all of them fit on the other nodes of the group (estimate)';
  return `no room by cpu and gpu on the other nodes (estimate) for ${homeless.length} of them: ${namesOf(homeless, 4)}`;
}

/** Moves a node to another group. */
export const migrateTo = (destination: string, workers: readonly NodeWorker[] | undefined): Action<NodeRow> => ({
  id: 'migrate',
  title: 'migrate',
  keys: [],
  operation: 'MigrateResourceInstance',
  guard: going,
  confirm: (row) => ({
    level: 'type-name',
    tone: 'bad',
    effects: [
      `the node leaves ${row.resourceId ?? 'its group'} and joins ${destination}`,
      workers === undefined
        ? 'whether workers are on it is not known'
        : workers.length === 0
          ? 'no worker is on it now'
          : `${plural(workers.length, 'worker')} on it: ${namesOf(workers, 6)}; drain it first, the service may refuse`,
      'the groups keep their own networks: what runs there later reaches only what that group is connected to',
    ],
  }),
  call: (api, row, scope, _input, signal) =>
    migrateInstances(api, groupOf(row, scope), [row.instanceId], destination, signal),
  agrees: () => false,
  // The table is the group's: a node that has left it is no longer found here.
  goal: (row) => (row ? 'pending' : 'done'),
  words: (row, _input, tense) => `${tense === 'did' ? 'migrated' : 'migrate'} ${nodeName(row)} to ${destination}`,
  cli: (row) =>
    `# eascmd has no migration: MigrateResourceInstance ${shellWord(row.resourceId ?? '')} InstanceIds=${shellWord(row.instanceId)} DestResourceId=${shellWord(destination)}`,
});

export const nodeActions: readonly Action<NodeRow>[] = [cordonWith('cordoned with eas-tui'), uncordon];
