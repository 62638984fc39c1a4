import {
  describeDlink,
  describeResourceGroup,
  listResourceGroups,
  type ResourceGroup,
  type ResourceNetwork,
} from '../api/resource-groups.ts';
import { stamp } from '../lib/age.ts';
import { megabytes } from '../lib/units.ts';
import { amount, free, type Use } from './bars.ts';
import { ageColumn, barColumn, barField, numberColumn, statusColumn, statusTone, textColumn } from './columns.ts';
import { type Api, defineScreen, type Field, type Section } from './define.ts';
import { sectionsOf } from './describe.ts';

const cpu = (row: ResourceGroup): Use => ({ used: row.cpuUsed, total: row.cpuCount });
const gpu = (row: ResourceGroup): Use => ({ used: row.gpuUsed, total: row.gpuCount });
const memory = (row: ResourceGroup): Use => ({ used: row.memoryUsed, total: row.memory });

/** The sum over all nodes: one worker may find less, which the description tells. */
const left = (row: ResourceGroup): string =>
  [amount(free(cpu(row))), amount(free(gpu(row))), megabytes(free(memory(row)))].join('/');

/** What `eascmd resource desc` prints as "Basic", under its names and in its order. */
function basic(row: ResourceGroup): Field[] {
  return [
    { name: 'ResourceName', value: row.resourceId },
    { name: 'Region', value: row.clusterId },
    { name: 'CpuCount', value: row.cpuCount },
    { name: 'GpuCount', value: row.gpuCount },
    { name: 'instanceCount', value: row.instanceCount },
    { name: 'CreateTime', value: stamp(row.createTime) },
    { name: 'LastStatus', value: row.status, tone: statusTone(row.status) },
    { name: 'Message', value: row.message },
    { name: 'RoleArn', value: row.roleArn },
  ];
}

/** What it prints as "Network". */
function network(dlink: Partial<ResourceNetwork>, extra: ResourceNetwork): Field[] {
  const switches = dlink.auxVSwitches && dlink.auxVSwitches.length > 0 ? dlink.auxVSwitches : extra.auxVSwitches;
  return [
    { name: 'VpcId', value: dlink.vpcId ?? extra.vpcId },
    { name: 'VSwitchId', value: dlink.vSwitchId ?? extra.vSwitchId },
    { name: 'SecurityGroupId', value: dlink.securityGroupId ?? extra.securityGroupId },
    { name: 'DestinationCIDR', value: dlink.destinationCidrs ?? extra.destinationCidrs },
    { name: 'AuxVSwitchList', value: `[${switches.join(' ')}]` },
  ];
}

async function describe(api: Api, row: ResourceGroup, _scope: object, signal: AbortSignal): Promise<Section[]> {
  const [described, dlink] = await Promise.allSettled([
    describeResourceGroup(api, row.resourceId, signal),
    describeDlink(api, row.resourceId, signal),
  ]);
  if (described.status === 'rejected') throw described.reason;
  const group = described.value;
  const said = dlink.status === 'fulfilled' ? dlink.value : {};
  return [
    { title: 'Basic', fields: basic(group) },
    {
      title: 'Network',
      fields: network(said, group.network),
      // Not every group is connected: what is then known comes from the description.
      ...(dlink.status === 'rejected'
        ? { lines: [{ text: `connection not available: ${reason(dlink.reason)}`, tone: 'dim' as const }] }
        : {}),
    },
    {
      title: 'In use',
      fields: [
        barField('CPU', cpu(group)),
        barField('GPU', gpu(group)),
        barField('Memory', memory(group), megabytes),
        {
          name: 'Most for one worker',
          value: `${amount(group.instanceMaxAllocatableCpu)} CPU, ${amount(group.instanceMaxAllocatableGpu)} GPU, ${megabytes(group.instanceMaxAllocatableMemory)}`,
        },
      ],
    },
    ...sectionsOf('As the service has it', group.raw, ['ResourceId', 'ResourceName', 'Status']),
  ];
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export const resources = defineScreen<ResourceGroup>({
  id: 'resources',
  title: 'resources',
  alias: ['rg', 'resource'],
  needs: [],
  sort: { column: 'id' },
  columns: [
    textColumn('id', 'ID', 15, (row) => row.resourceId, { grow: true }),
    textColumn('name', 'NAME', 10, (row) => row.resourceName, { drop: 5 }),
    statusColumn((row) => row.status, { width: 15 }),
    numberColumn('nodes', 'NODES', 5, (row) => row.instanceCount, { drop: 4 }),
    barColumn('cpu', 'CPU USED', 12, cpu),
    barColumn('gpu', 'GPU USED', 10, gpu),
    barColumn('memory', 'MEM USED', 16, memory, { show: megabytes }),
    { id: 'free', title: 'FREE CPU/GPU/MEM', width: 16, drop: 3, value: (row) => free(cpu(row)), text: left },
    numberColumn('services', 'SERVICES', 8, (row) => row.serviceCount, { drop: 2 }),
    textColumn('type', 'TYPE', 11, (row) => row.resourceType, { wide: true }),
    textColumn('message', 'MESSAGE', 24, (row) => row.message, { wide: true }),
    ageColumn((row) => row.createTime, { drop: 1 }),
  ],
  list: (api, _scope, signal) => listResourceGroups(api, {}, signal),
  rowId: (row) => row.resourceId,
  rowName: (row) => row.resourceId,
  fault(row) {
    const tone = statusTone(row.status);
    if (tone === 'bad') return { word: 'failed', tone };
    return tone === 'warn' ? { word: 'not ready', tone } : undefined;
  },
  enter: (row) => ({ screen: 'instances', scope: { resource: row.resourceId } }),
  describe,
  json: (row) => row.raw,
});
