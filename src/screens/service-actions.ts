import { describeAutoScaler } from '../api/autoscalers.ts';
import { ApiError } from '../api/errors.ts';
import { type Instance, listInstances } from '../api/instances.ts';
import {
  deleteService,
  describeService,
  lockService,
  restartService,
  type Service,
  scaleService,
  startService,
  stopService,
} from '../api/services.ts';
import { shellWord } from '../lib/shell.ts';
import { megabytes } from '../lib/units.ts';
import { plural } from '../lib/words.ts';
import { type Left, leftOn, place, roomWords } from './capacity.ts';
import { statusTone } from './columns.ts';
import type { Action, Advice, Api, Confirm } from './define.ts';
import { fitSections } from './fit.ts';
import { spotOf } from './node-actions.ts';
import { releaseActions } from './service-release.ts';

const is = (row: Service, ...statuses: string[]): boolean =>
  statuses.some((status) => status.toLowerCase() === row.status?.toLowerCase());

const failed = (row: Service): { failed: string } | undefined =>
  statusTone(row.status) === 'bad' ? { failed: row.message ?? row.status ?? 'failed' } : undefined;

/** A lock the service itself enforces; what exactly it blocks is documented only for delete and stop. */
const locked = (row: Service, ...locks: string[]): string | undefined =>
  row.safetyLock && locks.includes(row.safetyLock.toLowerCase())
    ? `${row.serviceName} is locked (${row.safetyLock}); unlock it first`
    : undefined;

const going = (row: Service): string | undefined =>
  is(row, 'Deleting') ? `${row.serviceName} is being deleted` : undefined;

/** What a service carries at this moment, in words for a dialog. */
function carries(row: Service): string[] {
  const lines: string[] = [];
  if (row.runningInstance !== undefined) lines.push(`${plural(row.runningInstance, 'running worker')} now`);
  const partner = row.blueGreenServices.find((name) => name !== row.serviceName);
  if (partner) lines.push(`blue-green with ${partner}, weight ${row.weight ?? 'not known'}`);
  if (row.serviceGroup) lines.push(`takes part in the traffic of group ${row.serviceGroup}`);
  if (row.autoscalerEnabled) lines.push('an autoscaler is on: it may change the number of workers again');
  if (row.cronscalerEnabled) lines.push('a timed scaler is on: it may change the number of workers again');
  return lines;
}

/** What is good to know before scaling: who else sets the number, and what is free where the service runs. */
async function advise(api: Api, row: Service, signal: AbortSignal): Promise<Advice> {
  const [owner, free] = await Promise.all([
    ownerOf(api, row, signal),
    freeFor(api, row, signal).catch((error: unknown) => ({
      free: `what is free in ${row.resourceAlias ?? row.resource} is not known: ${error instanceof Error ? error.message : String(error)}`,
    })),
  ]);
  return { owner, ...free };
}

async function ownerOf(api: Api, row: Service, signal: AbortSignal): Promise<string | undefined> {
  if (row.cronscalerEnabled && !row.autoscalerEnabled) return 'a timed scaler is on and may change the number again';
  if (!row.autoscalerEnabled) return undefined;
  const scaler = await describeAutoScaler(api, row.serviceName, signal).catch(() => undefined);
  const range = scaler ? ` (${scaler.minReplica ?? '?'}–${scaler.maxReplica ?? '?'})` : '';
  return `an autoscaler${range} owns the number and will overwrite it`;
}

/** What is free on the nodes it runs on, and how many more of its workers find room on one of them. */
async function freeFor(api: Api, row: Service, signal: AbortSignal): Promise<Omit<Advice, 'owner'>> {
  if (!row.resource?.startsWith('eas-r-')) return { free: 'public resource group: what is free there is not told' };
  const nodes: Instance[] = [];
  for await (const page of listInstances(api, row.resource, {}, signal)) nodes.push(...page);
  const at = Date.now();
  const left = nodes.map(spotOf).map(leftOn);
  const sum = (of: (one: Left) => number | undefined): number => left.reduce((all, one) => all + (of(one) ?? 0), 0);
  const unknown = left.filter(({ cpu, memory }) => cpu === undefined || memory === undefined).length;
  const dark = unknown === 0 ? '' : ` (${plural(unknown, 'node')} not told)`;
  const needs = `a worker takes ${row.cpu ?? '?'} cpu, ${row.gpu ?? '?'} gpu, ${megabytes(row.memory)}`;
  const spots = nodes.map(spotOf);
  return {
    free: `free in ${row.resourceAlias ?? row.resource}: ${Math.floor(sum(({ cpu }) => cpu))} cpu, ${Math.floor(sum(({ gpu }) => gpu))} gpu, ${megabytes(sum(({ memory }) => memory))}${dark}; ${needs}; ${roomWords(spots, row)}`,
    ...(row.cpu === undefined && row.gpu === undefined
      ? {}
      : {
          room: place(spots, row, 0).room,
          fit: (more: number) => fitSections(row, nodes, more, at),
        }),
  };
}

const scale: Action<Service> = {
  id: 'scale',
  title: 'scale',
  keys: [],
  operation: 'ScaleService',
  stage: { column: 'ready', min: 0, max: 10_000, from: (row) => row.totalInstance, advise },
  guard: (row) => going(row) ?? locked(row, 'all'),
  confirm(row, input): Confirm | undefined {
    if (input > 0 && row.totalInstance !== undefined) return undefined;
    if (input > 0)
      return {
        level: 'yes',
        tone: 'warn',
        effects: ['how many workers it has now is not known: this cannot be undone'],
      };
    return { level: 'yes', tone: 'bad', effects: ['no worker is left: the service stops answering', ...carries(row)] };
  },
  call: (api, row, _scope, input, signal) => scaleService(api, row.serviceName, input, signal),
  patch: (row, input) => ({ totalInstance: input, ...(is(row, 'Running') ? { status: 'Scaling' } : {}) }),
  agrees: (row, input) => row.totalInstance === input,
  goal(row, input, before, elapsedMs) {
    if (!row) return { failed: 'the service is gone' };
    if (row.totalInstance === input && (row.runningInstance === input || is(row, 'Stopped'))) return 'done';
    // A service that had failed before needs a moment to show anything else.
    return failed(before) && elapsedMs < 15_000 ? 'pending' : (failed(row) ?? 'pending');
  },
  words: (row, input, tense) =>
    `${tense === 'did' ? 'scaled' : 'scale'} ${row.serviceName} ${row.totalInstance ?? '?'}→${input}`,
  undo: (before) => (before.totalInstance === undefined ? undefined : { action: 'scale', input: before.totalInstance }),
  cli: (row, input) => `eascmd modify ${shellWord(row.serviceName)} -Dmetadata.instance=${input}`,
};

const stop: Action<Service> = {
  id: 'stop',
  title: 'stop',
  keys: ['S'],
  hint: 21,
  operation: 'StopService',
  guard: (row) =>
    going(row) ??
    locked(row, 'dangerous', 'all') ??
    (is(row, 'Stopped', 'Stopping') ? `${row.serviceName} is ${row.status} already` : undefined),
  confirm: (row) => ({ level: 'yes', tone: 'bad', effects: ['the service stops answering', ...carries(row)] }),
  call: (api, row, _scope, _input, signal) => stopService(api, row.serviceName, signal),
  patch: () => ({ status: 'Stopping' }),
  agrees: (row) => is(row, 'Stopping', 'Stopped'),
  goal(row) {
    if (!row) return { failed: 'the service is gone' };
    return is(row, 'Stopped') ? 'done' : (failed(row) ?? 'pending');
  },
  words: (row, _input, tense) => `${tense === 'did' ? 'stopped' : 'stop'} ${row.serviceName}`,
  cli: (row) => `eascmd stop ${shellWord(row.serviceName)}`,
};

const start: Action<Service> = {
  id: 'start',
  title: 'start',
  keys: ['s'],
  hint: 20,
  operation: 'StartService',
  guard: (row) =>
    going(row) ??
    locked(row, 'all') ??
    (is(row, 'Running', 'Starting', 'Stopping', 'Scaling', 'Updating', 'Creating')
      ? `${row.serviceName} is ${row.status}; only a stopped service can be started`
      : undefined),
  confirm: (row) => ({
    level: 'yes',
    tone: 'warn',
    effects: [`starts ${row.totalInstance === undefined ? 'its workers' : plural(row.totalInstance, 'worker')}`],
  }),
  call: (api, row, _scope, _input, signal) => startService(api, row.serviceName, signal),
  patch: () => ({ status: 'Starting' }),
  agrees: (row) => !is(row, 'Stopped'),
  goal(row, _input, before) {
    if (!row) return { failed: 'the service is gone' };
    if (is(row, 'Running') && (row.runningInstance ?? 0) >= (row.totalInstance ?? 1)) return 'done';
    // Just after the request a service may still read as it did before it.
    return row.status === before.status ? 'pending' : (failed(row) ?? 'pending');
  },
  words: (row, _input, tense) => `${tense === 'did' ? 'started' : 'start'} ${row.serviceName}`,
  cli: (row) => `eascmd start ${shellWord(row.serviceName)}`,
};

const restart: Action<Service> = {
  id: 'restart',
  title: 'restart',
  keys: ['r'],
  hint: 22,
  operation: 'RestartService',
  guard: (row) =>
    going(row) ??
    locked(row, 'all') ??
    (is(row, 'Stopped', 'Stopping') ? `${row.serviceName} is ${row.status}; start it instead` : undefined),
  confirm: (row) => ({ level: 'yes', tone: 'bad', effects: ['its workers are replaced', ...carries(row)] }),
  call: (api, row, _scope, _input, signal) => restartService(api, row.serviceName, signal),
  // Which status a restart passes through is not documented: a change of status or update time shows it was taken up.
  agrees: (row, _input, before) => row.status !== before.status || row.updateTime !== before.updateTime,
  goal(row, _input, before, _elapsedMs, taken) {
    if (!row) return { failed: 'the service is gone' };
    const well = is(row, 'Running') && (row.runningInstance ?? 0) >= (row.totalInstance ?? 1);
    if (taken && well) return 'done';
    return is(before, row.status ?? '') ? 'pending' : (failed(row) ?? 'pending');
  },
  words: (row, _input, tense) => `${tense === 'did' ? 'restarted' : 'restart'} ${row.serviceName}`,
  cli: (row) =>
    `# eascmd has no restart: eascmd stop ${shellWord(row.serviceName)} && eascmd start ${shellWord(row.serviceName)}`,
};

const remove: Action<Service> = {
  id: 'delete',
  title: 'delete',
  keys: ['ctrl-d'],
  hint: 30,
  operation: 'DeleteService',
  guard: (row) => going(row) ?? locked(row, 'dangerous', 'all'),
  confirm: (row, _input, api) => ({
    level: 'type-name',
    tone: 'bad',
    effects: [
      'the service and its workers are deleted; this cannot be undone',
      ...carries(row),
      ...heirs(row),
      ...(api?.saved
        ? [`its configuration is saved first, for :restore ${row.serviceName}, in ${api.saved.folder}`]
        : []),
    ],
  }),
  async call(api, row, _scope, _input, signal) {
    const refuse = (code: string, message: string): ApiError =>
      new ApiError({ kind: 'aborted', code, message: `${message}; nothing was deleted`, operation: 'DeleteService' });
    if (row.region !== undefined && row.region !== api.region)
      throw refuse('OtherRegion', `${row.serviceName} is in ${row.region}, not in ${api.region}`);
    if (api.saved) {
      // The list may be older, or hold no configuration.
      const { serviceConfig } = await describeService(api, row.serviceName, signal);
      if (!serviceConfig) throw refuse('NotSaved', `the service gives no configuration of ${row.serviceName} to save`);
      try {
        await api.saved.keep(api.region, row.serviceName, serviceConfig);
      } catch (error) {
        throw refuse('NotSaved', error instanceof Error ? error.message : String(error));
      }
    }
    return deleteService(api, row.serviceName, signal);
  },
  patch: () => ({ status: 'Deleting' }),
  agrees: (row) => is(row, 'Deleting'),
  goal(row, _input, before) {
    if (!row) return 'done';
    return failed(before)
      ? is(row, 'DeleteFailed')
        ? { failed: row.message ?? 'DeleteFailed' }
        : 'pending'
      : (failed(row) ?? 'pending');
  },
  words: (row, _input, tense) => `${tense === 'did' ? 'deleted' : 'delete'} ${row.serviceName}`,
  cli: (row) => `eascmd delete ${shellWord(row.serviceName)}`,
};

/** Where the traffic of a deleted service goes. */
function heirs(row: Service): string[] {
  const partner = row.blueGreenServices.find((name) => name !== row.serviceName);
  return partner ? [`all traffic of the pair goes to ${partner}`] : [];
}

type ServiceLock = 'none' | 'dangerous' | 'all';
const locks: readonly ServiceLock[] = ['none', 'dangerous', 'all'];
const lockAt = (input: number): ServiceLock => locks[input] ?? 'none';
const lockOf = (row: Service): string => row.safetyLock?.toLowerCase() || 'none';

const lock: Action<Service> = {
  id: 'lock',
  title: 'safety lock',
  keys: ['K'],
  operation: 'UpdateServiceSafetyLock',
  choices: [
    { value: 0, label: 'none' },
    { value: 1, label: 'dangerous' },
    { value: 2, label: 'all' },
  ],
  guard: going,
  confirm(row) {
    if ((locks as readonly string[]).includes(lockOf(row))) return undefined;
    return { level: 'yes', tone: 'warn', effects: [`its lock is ${row.safetyLock}, which could not be set again`] };
  },
  call: (api, row, _scope, input, signal) => lockService(api, row.serviceName, lockAt(input), signal),
  patch: (_row, input) => ({ safetyLock: lockAt(input) }),
  agrees: (row, input) => lockOf(row) === lockAt(input),
  goal: (row, input) =>
    row ? (lockOf(row) === lockAt(input) ? 'done' : 'pending') : { failed: 'the service is gone' },
  words: (row, input) => `set lock of ${row.serviceName} ${lockOf(row)}→${lockAt(input)}`,
  undo: (before) => {
    const input = (locks as readonly string[]).indexOf(lockOf(before));
    return input < 0 ? undefined : { action: 'lock', input };
  },
  cli: (row, input) =>
    `# eascmd has no safety lock: UpdateServiceSafetyLock ${shellWord(row.serviceName)} Lock=${lockAt(input)}`,
};

export const serviceActions: readonly Action<Service>[] = [
  scale,
  start,
  stop,
  restart,
  remove,
  lock,
  ...releaseActions,
];
