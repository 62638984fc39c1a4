import { deleteWorkers, updateWorker, type Worker } from '../api/workers.ts';
import { shellWord } from '../lib/shell.ts';
import { plural } from '../lib/words.ts';
import { statusTone } from './columns.ts';
import type { Action, Scope } from './define.ts';

/** A worker as the screen has it: with the service it is of, and how many others could answer in its place. */
export interface WorkerRow extends Worker {
  service: string;
  /** Other workers of the list that get traffic. Undefined where only the one was read. */
  others: number | undefined;
}

const serviceOf = (row: WorkerRow, scope: Scope): string => row.service || scope['service'] || '';

/** Whether it gets traffic, as far as the list tells. */
export const answers = (row: Worker): boolean =>
  row.isolated !== true &&
  row.detached !== true &&
  statusTone(row.status) === 'ok' &&
  (row.readyProcesses === undefined || row.totalProcesses === undefined || row.readyProcesses >= row.totalProcesses);

const leaving = (row: WorkerRow): string | undefined =>
  /^terminating$/i.test(row.status ?? '')
    ? `${row.instanceName} is ending already`
    : row.detached === true
      ? `${row.instanceName} is detached: it is no longer part of the service`
      : undefined;

/** What becomes of the requests that go to it now. */
function traffic(row: WorkerRow): string[] {
  if (!answers(row)) return ['it gets no traffic now: nobody notices'];
  if (row.others === undefined) return ['its share of the traffic goes to the other ready workers, if there are any'];
  if (row.others === 0)
    return ['NO OTHER ready worker is known: the service answers nothing (503) until another one is ready'];
  return [`its share of the traffic goes to ${plural(row.others, 'other ready worker')}`];
}

const ending = 'what it is answering may be broken off once its grace time (30 s unless configured) is over';
const gone = { failed: 'the worker is gone' };
const cliOf = (row: WorkerRow, operation: string, more: string): string =>
  `# eascmd cannot do this: ${operation} ${shellWord(row.service)} ${shellWord(row.instanceName)} ${more}`;

const remove: Action<WorkerRow> = {
  id: 'dw',
  title: 'delete worker',
  keys: ['ctrl-d'],
  hint: 30,
  operation: 'DeleteServiceInstances',
  guard: leaving,
  confirm: (row) => ({
    level: 'yes',
    tone: 'bad',
    effects: ['the worker ends, and the service starts another in its place', ...traffic(row), ending],
  }),
  call: (api, row, scope, _input, signal) => deleteWorkers(api, serviceOf(row, scope), [row.instanceName], {}, signal),
  agrees: (row) => leaving(row) !== undefined,
  goal: (row) => (row ? 'pending' : 'done'),
  words: (row, _input, tense) =>
    `${tense === 'did' ? 'deleted' : 'delete'} worker ${row.instanceName}${tense === 'did' ? '; another takes its place' : ''}`,
  cli: (row) => `eascmd dw ${shellWord(row.service)} ${shellWord(row.instanceName)}`,
};

const restart: Action<WorkerRow> = {
  id: 'restart-worker',
  title: 'restart worker in place',
  keys: ['r'],
  hint: 22,
  operation: 'DeleteServiceInstances',
  guard: leaving,
  confirm: (row) => ({
    level: 'yes',
    tone: 'bad',
    effects: ['its processes end and start again where they are; it keeps its name and node', ...traffic(row), ending],
  }),
  call: (api, row, scope, _input, signal) =>
    deleteWorkers(api, serviceOf(row, scope), [row.instanceName], { softRestart: true }, signal),
  agrees: (row, _input, before) => taken(row, before),
  goal(row, _input, before) {
    if (!row) return gone;
    return taken(row, before) && (answers(row) || row.isolated === true) ? 'done' : 'pending';
  },
  words: (row, _input, tense) => `${tense === 'did' ? 'restarted' : 'restart'} worker ${row.instanceName}`,
  cli: (row) => cliOf(row, 'DeleteServiceInstances', 'SoftRestart=true'),
};

/** A restart shows as one more in the count or as a later start; which of them is not documented. */
const taken = (row: WorkerRow, before: WorkerRow): boolean =>
  (row.restartCount ?? 0) > (before.restartCount ?? 0) || (row.startTime ?? 0) > (before.startTime ?? 0);

const isolate: Action<WorkerRow> = {
  id: 'isolate',
  title: 'isolate: no traffic',
  keys: ['i'],
  hint: 20,
  operation: 'UpdateServiceInstance',
  guard: (row) => leaving(row) ?? (row.isolated === true ? `${row.instanceName} is isolated already` : undefined),
  // Undo takes it back; yet without another worker the service is down until then.
  confirm: (row) =>
    row.others === 0 && answers(row)
      ? { level: 'yes', tone: 'bad', effects: ['the worker goes on running and gets no traffic', ...traffic(row)] }
      : undefined,
  call: (api, row, scope, _input, signal) =>
    updateWorker(api, serviceOf(row, scope), row.instanceName, { isolate: true }, signal),
  patch: () => ({ isolated: true }),
  agrees: (row) => row.isolated === true,
  goal: (row) => (row ? (row.isolated === true ? 'done' : 'pending') : gone),
  words: (row, _input, tense) =>
    tense === 'did'
      ? `isolated ${row.instanceName}: it runs on and gets no traffic, the others take its share`
      : `isolate ${row.instanceName}`,
  undo: () => ({ action: 'put-back', input: 0 }),
  cli: (row) => cliOf(row, 'UpdateServiceInstance', 'Isolate=true'),
};

const putBack: Action<WorkerRow> = {
  id: 'put-back',
  title: 'put back into the traffic',
  keys: ['I'],
  hint: 21,
  operation: 'UpdateServiceInstance',
  guard: (row) => leaving(row) ?? (row.isolated === true ? undefined : `${row.instanceName} is not isolated`),
  call: (api, row, scope, _input, signal) =>
    updateWorker(api, serviceOf(row, scope), row.instanceName, { isolate: false }, signal),
  patch: () => ({ isolated: false }),
  agrees: (row) => row.isolated !== true,
  goal: (row) => (row ? (row.isolated === true ? 'pending' : 'done') : gone),
  words: (row, _input, tense) =>
    tense === 'did'
      ? `put ${row.instanceName} back: it gets its share of the traffic again`
      : `put ${row.instanceName} back`,
  undo: () => ({ action: 'isolate', input: 0 }),
  cli: (row) => cliOf(row, 'UpdateServiceInstance', 'Isolate=false'),
};

const detach: Action<WorkerRow> = {
  id: 'detach',
  title: 'detach for good',
  keys: ['D'],
  hint: 31,
  operation: 'UpdateServiceInstance',
  guard: leaving,
  confirm: (row) => ({
    level: 'type-name',
    tone: 'bad',
    effects: [
      'the worker leaves the service for good: this CANNOT BE UNDONE',
      'it goes on running by itself, to be looked into, and keeps its place on its node',
      'the service starts another in its place',
      ...traffic(row),
    ],
  }),
  call: (api, row, scope, _input, signal) =>
    updateWorker(api, serviceOf(row, scope), row.instanceName, { detach: true }, signal),
  patch: () => ({ detached: true }),
  agrees: (row) => row.detached === true,
  // Whether a detached worker stays in the list is not documented: gone from it is detached, too.
  goal: (row) => (!row || row.detached === true ? 'done' : 'pending'),
  words: (row, _input, tense) => `${tense === 'did' ? 'detached' : 'detach'} ${row.instanceName}`,
  cli: (row) => cliOf(row, 'UpdateServiceInstance', 'Detach=true'),
};

export const workerActions: readonly Action<WorkerRow>[] = [isolate, putBack, restart, remove, detach];
