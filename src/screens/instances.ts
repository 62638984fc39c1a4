import { type Instance, listInstances } from '../api/instances.ts';
import { stamp } from '../lib/age.ts';
import { clean } from '../lib/clean.ts';
import { megabytes } from '../lib/units.ts';
import type { Use } from './bars.ts';
import { ageColumn, barColumn, barField, statusColumn, statusTone, textColumn } from './columns.ts';
import { defineScreen } from './define.ts';
import { sectionsOf } from './describe.ts';

/** The columns `eascmd resource list_instance` prints come first. */
const first = [
  'InstanceName', 'InstanceIp', 'InstanceStatus', 'InstanceCpuCount', 'InstanceUsedCpu', 'InstanceGpuCount',
  'InstanceUsedGpu', 'InstanceMemory', 'InstanceUsedMemory', 'CreateTime', 'InstanceType', 'ChargeType',
]; // biome-ignore format: a list to be read as one

const cpu = (row: Instance): Use => ({ used: row.usedCpu, total: row.cpuCount });
const gpu = (row: Instance): Use => ({ used: row.usedGpu, total: row.gpuCount });
const memory = (row: Instance): Use => ({ used: row.usedMemory, total: row.memory });
const gpuMemory = (row: Instance): Use => ({ used: row.usedGpuMemory, total: row.gpuMemory });

/** Which word a closed node has is not documented; these are the ones known from Kubernetes and the API's own verb. */
const closed = (row: Instance): boolean =>
  /cordon|unschedul|schedulingdisabled|drain/i.test(`${row.instanceStatus ?? ''} ${row.instancePhase ?? ''}`);

/** Who closed the node last and why. It may have been opened again since: the service does not say. */
function lastCordon({ lastCordonReason, lastCordonOperator }: Instance): string | undefined {
  if (lastCordonReason === undefined && lastCordonOperator === undefined) return undefined;
  return `${clean(lastCordonReason)} by ${clean(lastCordonOperator)}`;
}

export const instances = defineScreen<Instance>({
  id: 'instances',
  title: 'instances',
  alias: ['nodes', 'node', 'li'],
  needs: ['resource'],
  sort: { column: 'name' },
  columns: [
    textColumn('name', 'NAME', 18, (row) => row.instanceName ?? row.instanceId, { grow: true }),
    textColumn('ip', 'IP', 15, (row) => row.instanceIp, { drop: 6 }),
    statusColumn((row) => row.instanceStatus, {
      tone: (row) => (closed(row) ? 'warn' : statusTone(row.instanceStatus)),
    }),
    barColumn('cpu', 'CPU USED', 12, cpu),
    barColumn('gpu', 'GPU USED', 10, gpu),
    barColumn('memory', 'MEM USED', 16, memory, { show: megabytes }),
    barColumn('gpumemory', 'GPU MEM USED', 16, gpuMemory, { show: megabytes, wide: true }),
    textColumn('type', 'TYPE', 16, (row) => row.instanceType, { drop: 5 }),
    textColumn('charge', 'CHARGE', 8, (row) => row.chargeType, { drop: 3 }),
    textColumn('zone', 'ZONE', 13, (row) => row.zone, { drop: 2 }),
    textColumn('cordon', 'LAST CORDON', 20, lastCordon, { drop: 1 }),
    ageColumn((row) => row.createTime, { drop: 4 }),
  ],
  list: (api, scope, signal) => listInstances(api, scope['resource'] ?? '', {}, signal),
  rowId: (row) => row.instanceId,
  rowName: (row) => row.instanceName ?? row.instanceId,
  fault(row) {
    const tone = statusTone(row.instanceStatus);
    if (tone === 'bad') return { word: 'failed', tone };
    if (tone === 'warn') return { word: 'not ready', tone };
    return closed(row) ? { word: 'closed to new workers', tone: 'warn' } : undefined;
  },
  // The workers of a node are asked for by its name.
  enter: (row, scope) => ({
    screen: 'node-workers',
    scope: { resource: scope['resource'] ?? '', node: row.instanceName ?? row.instanceId },
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
      ...sectionsOf('Instance', row.raw, first, { InstanceStatus: statusTone(row.instanceStatus) }),
    ];
  },
  json: (row) => row.raw,
});
