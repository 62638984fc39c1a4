import { type Instance, listInstances, type NodeWorker, workersOnNode } from '../api/instances.ts';
import { stamp } from '../lib/age.ts';
import { clean } from '../lib/clean.ts';
import { megabytes } from '../lib/units.ts';
import { amount, free, sums, type Use } from './bars.ts';
import {
  ageColumn,
  barColumn,
  barField,
  flagColumn,
  numberColumn,
  repeats,
  statusColumn,
  statusText,
  statusTone,
  textColumn,
  timeColumn,
} from './columns.ts';
import { type Api, defineScreen, type Scope, type Section } from './define.ts';
import { sectionsOf } from './describe.ts';
import { closed, groupOf, type NodeRow, nodeActions, nodeName } from './node-actions.ts';

/** The columns `eascmd resource list_instance` prints come first. */
const first = [
  'InstanceName', 'InstanceIp', 'InstanceStatus', 'InstanceCpuCount', 'InstanceUsedCpu', 'InstanceGpuCount',
  'InstanceUsedGpu', 'InstanceMemory', 'InstanceUsedMemory', 'CreateTime', 'InstanceType', 'ChargeType',
]; // biome-ignore format: a list to be read as one

const cpu = (row: Instance): Use => ({ used: row.usedCpu, total: row.cpuCount });
const gpu = (row: Instance): Use => ({ used: row.usedGpu, total: row.gpuCount });
const memory = (row: Instance): Use => ({ used: row.usedMemory, total: row.memory });
const gpuMemory = (row: Instance): Use => ({ used: row.usedGpuMemory, total: row.gpuMemory });

/** Who closed the node last and why. It may have been opened again since: the service does not say. */
function lastCordon({ lastCordonReason, lastCordonOperator }: Instance): string | undefined {
  if (lastCordonReason === undefined && lastCordonOperator === undefined) return undefined;
  return `${clean(lastCordonReason)} by ${clean(lastCordonOperator)}`;
}

const labelText = ({ labels }: Instance): string | undefined =>
  labels.length === 0
    ? undefined
    : labels.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)).join(',');

/** What is left in all, in the units of the table. Nodes that do not tell count for nothing. */
function left(row: Instance): string {
  return [amount(free(cpu(row))), amount(free(gpu(row))), megabytes(free(memory(row)))].join('/');
}

/** All workers on a node; undefined when they cannot be told, which must not hide the node itself. */
async function workersOf(
  api: Api,
  row: Instance,
  scope: Scope,
  signal: AbortSignal,
): Promise<NodeWorker[] | undefined> {
  if (row.instanceName === undefined) return undefined;
  const workers: NodeWorker[] = [];
  try {
    for await (const page of workersOnNode(api, groupOf(row, scope), row.instanceName, signal)) workers.push(...page);
    return workers;
  } catch {
    return undefined;
  }
}

/** One node with its workers; undefined when it is gone. */
async function fetch(api: Api, row: NodeRow, scope: Scope, signal: AbortSignal): Promise<NodeRow | undefined> {
  const query = { InstanceId: row.instanceId };
  for await (const page of listInstances(api, groupOf(row, scope), query, signal)) {
    const found = page.find(({ instanceId }) => instanceId === row.instanceId);
    if (found) return { ...found, workers: await workersOf(api, found, scope, signal) };
  }
  return undefined;
}

/** Which services use a node and how much. The unit of memory in this list is not documented: it is shown as it comes. */
function usedBy(workers: readonly NodeWorker[] | undefined): Section {
  const title = 'Used by';
  if (workers === undefined) return { title, lines: [{ text: 'its workers could not be read', tone: 'warn' }] };
  if (workers.length === 0) return { title, lines: [{ text: 'no worker is on it', tone: 'dim' }] };
  const byService = Map.groupBy(workers, ({ serviceName }) => serviceName ?? '(service not told)');
  const sum = (list: readonly NodeWorker[], read: (worker: NodeWorker) => number | undefined): string =>
    list.some((worker) => read(worker) === undefined)
      ? '-'
      : amount(list.reduce((all, worker) => all + (read(worker) ?? 0), 0));
  return {
    title,
    lines: [...byService].map(([name, list]) => ({
      text: `${clean(name).padEnd(28)} ${String(list.length).padStart(3)} ${list.length === 1 ? 'worker ' : 'workers'}  cpu ${sum(list, ({ cpuRequest }) => cpuRequest)}  gpu ${sum(list, ({ gpuRequest }) => gpuRequest)}  memory ${sum(list, ({ memoryRequest }) => memoryRequest)}`,
    })),
  };
}

export const instances = defineScreen<NodeRow>({
  id: 'instances',
  title: 'instances',
  alias: ['nodes', 'node', 'li'],
  needs: ['resource'],
  sort: { column: 'name' },
  columns: [
    textColumn('name', 'NAME', 18, nodeName, { grow: true }),
    textColumn('ip', 'IP', 15, (row) => row.instanceIp, { drop: 6 }),
    statusColumn((row) => row.instanceStatus, {
      // That it is closed comes first: a narrow column cuts off the end.
      text: (row) => (closed(row) ? `◌ closed: ${clean(row.instanceStatus)}` : statusText(row.instanceStatus)),
      tone: (row) => (closed(row) ? 'warn' : statusTone(row.instanceStatus)),
    }),
    barColumn('cpu', 'CPU USED', 12, cpu),
    barColumn('gpu', 'GPU USED', 10, gpu),
    barColumn('memory', 'MEM USED', 16, memory, { show: megabytes }),
    {
      id: 'free',
      title: 'FREE CPU/GPU/MEM',
      width: 17,
      drop: 4.5,
      value: (row) => free(gpu(row)),
      text: left,
    },
    numberColumn('freegpu', 'FREE GPU', 8, (row) => free(gpu(row)), {
      wide: true,
      drop: repeats,
      text: (row) => amount(free(gpu(row))),
    }),
    numberColumn('freecpu', 'FREE CPU', 8, (row) => free(cpu(row)), {
      wide: true,
      drop: repeats,
      text: (row) => amount(free(cpu(row))),
    }),
    numberColumn('freememory', 'FREE MEM', 8, (row) => free(memory(row)), {
      wide: true,
      drop: repeats,
      text: (row) => megabytes(free(memory(row))),
    }),
    barColumn('gpumemory', 'GPU MEM USED', 16, gpuMemory, { show: megabytes, wide: true, drop: repeats }),
    textColumn('type', 'TYPE', 16, (row) => row.instanceType, { drop: 5 }),
    textColumn('charge', 'CHARGE', 8, (row) => row.chargeType, { drop: 3 }),
    textColumn('zone', 'ZONE', 13, (row) => row.zone, { drop: 2 }),
    flagColumn(
      'closed',
      'CLOSED',
      6,
      (row) => (row.instanceStatus === undefined ? undefined : closed(row)),
      { yes: 'closed', bad: true, tone: 'warn' },
      { drop: 4.2 },
    ),
    textColumn('cordon', 'LAST CORDON', 20, lastCordon, { drop: 1 }),
    textColumn('labels', 'LABELS', 24, labelText, { wide: true }),
    textColumn('id', 'INSTANCE ID', 24, (row) => row.instanceId, { wide: true, drop: repeats }),
    timeColumn('created', 'CREATED', (row) => row.createTime, { wide: true }),
    ageColumn((row) => row.createTime, { drop: 4 }),
  ],
  list: (api, scope, signal) => listInstances(api, scope['resource'] ?? '', {}, signal),
  rowId: (row) => row.instanceId,
  rowName: nodeName,
  actions: nodeActions,
  summary: (rows) => sums(rows.map((row) => ({ cpu: cpu(row), gpu: gpu(row), memory: memory(row) }))),
  fetch,
  fault(row) {
    const tone = statusTone(row.instanceStatus);
    if (tone === 'bad') return { word: 'failed', tone };
    if (tone === 'warn') return { word: 'not ready', tone };
    return closed(row) ? { word: 'closed', tone: 'warn' } : undefined;
  },
  // The workers of a node are asked for by its name.
  enter: (row, scope) => ({
    screen: 'node-workers',
    scope: { resource: scope['resource'] ?? '', node: nodeName(row) },
  }),
  async describe(_api, row) {
    return [
      {
        title: 'In use',
        fields: [
          barField('CPU', cpu(row)),
          barField('GPU', gpu(row)),
          barField('Memory', memory(row), megabytes),
          barField('GPU memory', gpuMemory(row), megabytes),
          { name: 'Last cordon', value: lastCordon(row) },
          { name: 'Paid until', value: stamp(row.expiredTime) },
        ],
      },
      ...('workers' in row ? [usedBy(row.workers)] : []),
      ...sectionsOf('Instance', row.raw, first, { InstanceStatus: statusTone(row.instanceStatus) }),
    ];
  },
  json: (row) => row.raw,
});
