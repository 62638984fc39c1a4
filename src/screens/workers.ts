import { listWorkers, type Worker, workerDiagnosis } from '../api/workers.ts';
import { clean } from '../lib/clean.ts';
import { ageColumn, numberColumn, statusColumn, statusTone, textColumn, timeColumn } from './columns.ts';
import { type Api, defineScreen, type Scope } from './define.ts';
import { sectionsOf } from './describe.ts';
import { answers, type WorkerRow, workerActions } from './worker-actions.ts';

/** The columns `eascmd w` prints come first. */
const first = [
  'InstanceName',
  'InnerIP',
  'HostIP',
  'StartTime',
  'RestartCount',
  'Status',
  'ReadyProcesses',
  'TotalProcesses',
  'Reason',
  'LastState',
];

const service = (scope: Scope): string => scope['service'] ?? '';

/** Some processes of the worker are not ready: it gets no traffic. */
const unready = (row: Worker): boolean =>
  row.readyProcesses !== undefined && row.totalProcesses !== undefined && row.readyProcesses < row.totalProcesses;

/** How the previous run of the worker ended, as the service tells it. */
function lastState(row: Worker): string {
  const last = row.lastState[0];
  if (!last) return '-';
  const exit = last['exitCode'] === undefined ? '' : ` ${clean(last['exitCode'])}`;
  return last['reason'] === undefined ? clean(last) : `${clean(last['reason'])}${exit}`;
}

/** Page by page. Who else gets traffic is counted among the workers of a page: at least so many there are. */
async function* list(api: Api, scope: Scope, signal: AbortSignal): AsyncIterable<WorkerRow[]> {
  for await (const page of listWorkers(api, service(scope), {}, signal)) {
    const ready = page.filter(answers).length;
    yield page.map((row) => ({ ...row, service: service(scope), others: ready - (answers(row) ? 1 : 0) }));
  }
}

/** One worker anew; undefined when it is gone. */
async function fetch(api: Api, row: WorkerRow, scope: Scope, signal: AbortSignal): Promise<WorkerRow | undefined> {
  const name = row.instanceName;
  for await (const page of listWorkers(api, row.service || service(scope), { InstanceName: name }, signal)) {
    const found = page.find(({ instanceName }) => instanceName === name);
    if (found) return { ...found, service: row.service, others: row.others };
  }
  return undefined;
}

export const workers = defineScreen<WorkerRow>({
  id: 'workers',
  title: 'workers',
  alias: ['wk', 'worker', 'w'],
  needs: ['service'],
  sort: { column: 'name' },
  columns: [
    textColumn('name', 'NAME', 18, (row) => row.instanceName, { grow: true }),
    statusColumn((row) => row.status),
    {
      id: 'ready',
      title: 'READY',
      width: 7,
      value: (row) => row.readyProcesses,
      text: (row) => `[${row.readyProcesses ?? '-'}/${row.totalProcesses ?? '-'}]`,
      tone: (row) => (unready(row) ? 'warn' : 'plain'),
    },
    numberColumn('restarts', 'RESTARTS', 8, (row) => row.restartCount, {
      tone: (row) => ((row.restartCount ?? 0) > 0 ? 'warn' : 'plain'),
    }),
    textColumn('reason', 'REASON', 10, (row) => row.reason, { drop: 5 }),
    textColumn('ip', 'INNER IP', 15, (row) => row.innerIp, { drop: 4 }),
    textColumn('host', 'HOST IP', 15, (row) => row.hostIp, { drop: 3 }),
    textColumn('type', 'NODE TYPE', 14, (row) => row.instanceType ?? row.resourceType, { drop: 2 }),
    {
      id: 'isolated',
      title: 'ISOLATED',
      width: 8,
      drop: 1,
      value: (row) => row.isolated,
      text: (row) => (row.isolated === undefined ? '-' : row.isolated ? 'isolated' : 'no'),
      tone: (row) => (row.isolated ? 'warn' : 'plain'),
    },
    { id: 'last', title: 'LAST STATE', width: 16, wide: true, value: lastState, text: lastState },
    timeColumn('started', 'STARTAT', (row) => row.startTime, { wide: true }),
    ageColumn((row) => row.startTime ?? row.createTime),
  ],
  actions: workerActions,
  list,
  fetch,
  rowId: (row) => row.instanceName,
  rowName: (row) => row.instanceName,
  fault(row) {
    const tone = statusTone(row.status);
    if (tone === 'bad') return { word: 'failed', tone };
    if (/^pending$/i.test(row.status ?? '')) return { word: 'pending', tone: 'warn' };
    return tone === 'warn' || unready(row) ? { word: 'not ready', tone: 'warn' } : undefined;
  },
  enter: (row, scope) => ({ screen: 'containers', scope: { service: service(scope), worker: row.instanceName } }),
  async describe(api, row, scope, signal) {
    const well = statusTone(row.status) === 'ok' && !unready(row);
    const found = well
      ? undefined
      : await workerDiagnosis(api, service(scope), row.instanceName, signal).catch(() => undefined);
    const lines = found
      ? [
          ...(found.error ? [{ text: `error   ${found.error}` }] : []),
          ...found.causes.map((text) => ({ text: `cause   ${text}` })),
          ...found.advices.map((text) => ({ text: `advice  ${text}` })),
        ]
      : [];
    return [
      ...(lines.length > 0 ? [{ title: 'Why it is not well', lines }] : []),
      ...sectionsOf('Worker', row.raw, first, { Status: statusTone(row.status) }),
    ];
  },
  json: (row) => row.raw,
});
