import { restartService, type Service, scaleService, startService, stopService } from '../api/services.ts';
import { plural } from '../lib/words.ts';
import { statusTone } from './columns.ts';
import type { Action, Confirm } from './define.ts';

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

const scale: Action<Service> = {
  id: 'scale',
  title: 'scale',
  keys: [],
  operation: 'ScaleService',
  stage: { column: 'ready', min: 0, max: 10_000, from: (row) => row.totalInstance },
  guard: (row) => going(row) ?? locked(row, 'all'),
  confirm(row, input): Confirm | undefined {
    if (input > 0) return undefined;
    return { level: 'yes', tone: 'bad', effects: ['no worker is left: the service stops answering', ...carries(row)] };
  },
  call: (api, row, _scope, input, signal) => scaleService(api, row.serviceName, input, signal),
  patch: (row, input) => ({ totalInstance: input, ...(is(row, 'Running') ? { status: 'Scaling' } : {}) }),
  agrees: (row, input) => row.totalInstance === input,
  goal(row, input) {
    if (!row) return { failed: 'the service is gone' };
    if (row.totalInstance === input && row.runningInstance === input) return 'done';
    return failed(row) ?? 'pending';
  },
  words: (row, input, tense) =>
    `${tense === 'did' ? 'scaled' : 'scale'} ${row.serviceName} ${row.totalInstance ?? '?'}→${input}`,
  undo: (before) => (before.totalInstance === undefined ? undefined : { action: 'scale', input: before.totalInstance }),
  cli: (row, input) => `eascmd modify ${row.serviceName} -Dmetadata.instance=${input}`,
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
  cli: (row) => `eascmd stop ${row.serviceName}`,
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
  cli: (row) => `eascmd start ${row.serviceName}`,
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
  goal(row, _input, before) {
    if (!row) return { failed: 'the service is gone' };
    const taken = row.updateTime !== before.updateTime || row.status !== before.status;
    const well = is(row, 'Running') && (row.runningInstance ?? 0) >= (row.totalInstance ?? 1);
    if (taken && well) return 'done';
    return is(before, row.status ?? '') ? 'pending' : (failed(row) ?? 'pending');
  },
  words: (row, _input, tense) => `${tense === 'did' ? 'restarted' : 'restart'} ${row.serviceName}`,
  cli: (row) => `# eascmd has no restart: eascmd stop ${row.serviceName} && eascmd start ${row.serviceName}`,
};

export const serviceActions: readonly Action<Service>[] = [scale, start, stop, restart];
