import type { Client } from '../api/client.ts';
import { ApiError } from '../api/errors.ts';
import {
  describeDlink,
  describeResourceGroup,
  listResourceGroups,
  type ResourceGroup,
  type ResourceNetwork,
} from '../api/resource-groups.ts';
import { stamp } from '../lib/age.ts';
import { megabytes } from '../lib/units.ts';
import { amount, free, sums, type Use } from './bars.ts';
import {
  ageColumn,
  barColumn,
  barField,
  numberColumn,
  repeats,
  statusColumn,
  statusTone,
  textColumn,
  timeColumn,
} from './columns.ts';
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

/** A group as its description has it: with its connection read beside it, or why that could not be. */
interface Group extends ResourceGroup {
  connectionError?: string | undefined;
}

/** What it prints as "Network". */
function network({ vpcId, vSwitchId, securityGroupId, destinationCidrs, auxVSwitches }: ResourceNetwork): Field[] {
  return [
    { name: 'VpcId', value: vpcId },
    { name: 'VSwitchId', value: vSwitchId },
    { name: 'SecurityGroupId', value: securityGroupId },
    { name: 'DestinationCIDR', value: destinationCidrs },
    { name: 'AuxVSwitchList', value: `[${auxVSwitches.join(' ')}]` },
  ];
}

/**
 * A group as it is now; undefined when there is none of this id. How it is connected is asked for by itself: what a
 * description carries of it may be missing or old. Where that cannot be read the description's is kept.
 */
export async function groupNow(api: Client, id: string, signal?: AbortSignal): Promise<Group | undefined> {
  const [described, dlink] = await Promise.allSettled([
    describeResourceGroup(api, id, signal),
    describeDlink(api, id, signal),
  ]);
  if (described.status === 'rejected') {
    if (described.reason instanceof ApiError && described.reason.kind === 'missing') return undefined;
    throw described.reason;
  }
  const group = described.value;
  if (dlink.status === 'rejected') return { ...group, connectionError: reason(dlink.reason) };
  return { ...group, network: merged(dlink.value, group.network) };
}

/** An answer that says nothing at all is that of no connection; what one only leaves out is taken from the description. */
function merged(answer: ResourceNetwork, described: ResourceNetwork): ResourceNetwork {
  const { vpcId, vSwitchId, securityGroupId, destinationCidrs, auxVSwitches } = answer;
  if (vpcId === undefined && vSwitchId === undefined && securityGroupId === undefined) return answer;
  const whole = vSwitchId !== undefined;
  return {
    vpcId: vpcId ?? described.vpcId,
    vSwitchId: vSwitchId ?? described.vSwitchId,
    securityGroupId: securityGroupId ?? described.securityGroupId,
    destinationCidrs: destinationCidrs ?? (whole ? undefined : described.destinationCidrs),
    auxVSwitches: auxVSwitches.length > 0 || whole ? auxVSwitches : described.auxVSwitches,
  };
}

async function describe(api: Api, row: ResourceGroup, _scope: object, signal: AbortSignal): Promise<Section[]> {
  // Read already for this description, unless it is that of a list.
  const group: Group | undefined =
    'ownerUid' in row && row.ownerUid !== undefined ? row : await groupNow(api, row.resourceId, signal);
  if (!group) return [];
  return [
    { title: 'Basic', fields: basic(group) },
    {
      title: 'Network',
      fields: network(group.network),
      // Not every group is connected: what is then known comes from the description.
      ...(group.connectionError === undefined
        ? {}
        : { lines: [{ text: `connection not available: ${group.connectionError}`, tone: 'dim' as const }] }),
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
    { id: 'free', title: 'FREE CPU/GPU/MEM', width: 17, drop: 3, value: (row) => free(gpu(row)), text: left },
    numberColumn('services', 'SERVICES', 8, (row) => row.serviceCount, { drop: 2 }),
    textColumn('type', 'TYPE', 11, (row) => row.resourceType, { wide: true, drop: repeats }),
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
    textColumn('region', 'REGION', 12, (row) => row.clusterId, { wide: true }),
    textColumn('owner', 'OWNER', 16, (row) => row.ownerUid, { wide: true }),
    timeColumn('created', 'CREATED', (row) => row.createTime, { wide: true }),
    textColumn('message', 'MESSAGE', 24, (row) => row.message, { wide: true, drop: repeats }),
    ageColumn((row) => row.createTime, { drop: 1 }),
  ],
  list: (api, _scope, signal) => listResourceGroups(api, {}, signal),
  rowId: (row) => row.resourceId,
  rowName: (row) => row.resourceId,
  summary: (rows) => sums(rows.map((row) => ({ cpu: cpu(row), gpu: gpu(row), memory: memory(row) }))),
  fetch: (api, row, _scope, signal) => groupNow(api, row.resourceId, signal),
  fault(row) {
    const tone = statusTone(row.status);
    if (tone === 'bad') return { word: 'failed', tone };
    return tone === 'warn' ? { word: 'not ready', tone } : undefined;
  },
  enter: (row) => ({ screen: 'instances', scope: { resource: row.resourceId } }),
  describe,
  json: (row) => row.raw,
});
