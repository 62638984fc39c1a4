import type { Client } from './client.ts';
import type { Operations } from './contract/wire.gen.ts';
import { pages } from './pages.ts';
import {
  flag,
  type Label,
  labels,
  list,
  megabytesOf,
  number,
  type Receipt,
  readReceipt,
  record,
  remembered,
  text,
  time,
} from './read.ts';

/** A node of a resource group. Memory is MB, the system disk GB, times are epoch milliseconds. */
export interface Instance {
  instanceId: string;
  /** Names a node where its workers are asked for. */
  instanceName: string | undefined;
  resourceId: string | undefined;
  instanceIp: string | undefined;
  instanceTenantIp: string | undefined;
  instanceStatus: string | undefined;
  instancePhase: string | undefined;
  instanceType: string | undefined;
  cpuCount: number | undefined;
  usedCpu: number | undefined;
  gpuCount: number | undefined;
  usedGpu: number | undefined;
  memory: number | undefined;
  usedMemory: number | undefined;
  gpuMemory: number | undefined;
  usedGpuMemory: number | undefined;
  systemDiskSize: number | undefined;
  arch: string | undefined;
  /** `PrePaid` or `PostPaid`. */
  chargeType: string | undefined;
  autoRenewal: boolean | undefined;
  expiredTime: number | undefined;
  region: string | undefined;
  zone: string | undefined;
  /** Who last closed it to new workers, and why. */
  lastCordonOperator: string | undefined;
  lastCordonReason: string | undefined;
  labels: Label[];
  createTime: number | undefined;
  raw: Record<string, unknown>;
}

export function readInstance(wire: unknown): Instance {
  const raw = record(wire);
  return {
    instanceId: text(raw.InstanceId) ?? text(raw.InstanceName) ?? '',
    instanceName: text(raw.InstanceName),
    resourceId: text(raw.ResourceId),
    instanceIp: text(raw.InstanceIp),
    instanceTenantIp: text(raw.InstanceTenantIp),
    instanceStatus: text(raw.InstanceStatus),
    instancePhase: text(raw.InstancePhase),
    instanceType: text(raw.InstanceType),
    cpuCount: number(raw.InstanceCpuCount),
    usedCpu: number(raw.InstanceUsedCpu),
    gpuCount: number(raw.InstanceGpuCount),
    usedGpu: number(raw.InstanceUsedGpu),
    memory: megabytesOf(raw.InstanceMemory),
    usedMemory: megabytesOf(raw.InstanceUsedMemory),
    gpuMemory: megabytesOf(raw.InstanceGpuMemory),
    usedGpuMemory: megabytesOf(raw.InstanceUsedGpuMemory),
    systemDiskSize: number(raw.InstanceSystemDiskSize),
    arch: text(raw.Arch),
    chargeType: text(raw.ChargeType),
    autoRenewal: flag(raw.AutoRenewal),
    expiredTime: time(raw.ExpiredTime),
    region: text(raw.Region),
    zone: text(raw.Zone),
    lastCordonOperator: text(raw.LastCordonOperator),
    lastCordonReason: text(raw.LastCordonReason),
    labels: labels(raw.Labels),
    createTime: time(raw.CreateTime),
    raw,
  };
}

const listedInstance = remembered(readInstance);

export type InstanceQuery = Omit<
  Operations['ListResourceInstances']['params'],
  'ClusterId' | 'ResourceId' | 'PageNumber' | 'PageSize'
>;

const at = (client: Client, resourceId: string) => ({ ClusterId: client.region, ResourceId: resourceId });

/** The nodes of a resource group, page by page. */
export function listInstances(
  client: Client,
  resourceId: string,
  query: InstanceQuery = {},
  signal?: AbortSignal,
): AsyncIterable<readonly Instance[]> {
  const ask = { ...query, ...at(client, resourceId) };
  return pages(
    async (page, pageSize) => {
      const params = { ...ask, PageNumber: page, PageSize: pageSize };
      const wire = await client.call('ListResourceInstances', params, { signal });
      const wires = list(wire.Instances);
      return { wires, pageSize: number(wire.PageSize), totalCount: number(wire.TotalCount) };
    },
    {
      read: listedInstance,
      idOf: (instance) => instance.instanceId,
      keep: (instance) => instance.instanceId !== '',
      signal,
    },
  );
}

/** A worker seen from the node it runs on. The unit of memory is not documented. */
export interface NodeWorker {
  name: string;
  serviceName: string | undefined;
  status: string | undefined;
  ready: boolean | undefined;
  restartCount: number | undefined;
  cpuLimit: number | undefined;
  cpuRequest: number | undefined;
  gpuLimit: number | undefined;
  gpuRequest: number | undefined;
  memoryLimit: number | undefined;
  memoryRequest: number | undefined;
  startTime: number | undefined;
  raw: Record<string, unknown>;
}

export function readNodeWorker(wire: unknown): NodeWorker {
  const raw = record(wire);
  return {
    name: text(raw.Name) ?? '',
    serviceName: text(raw.ServiceName),
    status: text(raw.Status),
    ready: flag(raw.Ready),
    restartCount: number(raw.RestartCount),
    cpuLimit: number(raw.CpuLimit),
    cpuRequest: number(raw.CpuRequest),
    gpuLimit: number(raw.GpuLimit),
    gpuRequest: number(raw.GpuRequest),
    memoryLimit: number(raw.MemoryLimit),
    // The contract really spells it so; the right spelling is read in case it is mended.
    memoryRequest: number(raw.MemoryRquest) ?? number(raw.MemoryRequest),
    startTime: time(raw.StartTime),
    raw,
  };
}

const listedNodeWorker = remembered(readNodeWorker);

/** The workers on a node, page by page. The node is asked for by its name, not its id. */
export function workersOnNode(
  client: Client,
  resourceId: string,
  instanceName: string,
  signal?: AbortSignal,
): AsyncIterable<readonly NodeWorker[]> {
  const ask = { ...at(client, resourceId), InstanceName: instanceName };
  return pages(
    async (page, pageSize) => {
      const params = { ...ask, PageNumber: page, PageSize: pageSize };
      const wire = await client.call('ListResourceInstanceWorker', params, { signal });
      const wires = list(wire.Pods);
      return { wires, pageSize: number(wire.PageSize), totalCount: number(wire.TotalCount) };
    },
    { read: listedNodeWorker, idOf: (worker) => worker.name, keep: (worker) => worker.name !== '', signal },
  );
}

/** `Cordon` closes a node to new workers, `Uncordon` opens it again, `Drain` evicts the workers that are on it. */
export async function updateInstance(
  client: Client,
  resourceId: string,
  instanceId: string,
  action: 'Cordon' | 'Uncordon' | 'Drain',
  reason?: string,
  signal?: AbortSignal,
): Promise<Receipt> {
  const params = { ...at(client, resourceId), InstanceId: instanceId, Action: action, Reason: reason };
  return readReceipt(await client.call('UpdateResourceInstance', params, { signal }));
}

/** Gives nodes back. Normal users may only do so with post-paid ones. */
export async function deleteInstances(
  client: Client,
  resourceId: string,
  instanceIds: readonly string[],
  signal?: AbortSignal,
): Promise<Receipt> {
  const params = { ...at(client, resourceId), InstanceList: instanceIds.join(',') };
  return readReceipt(await client.call('DeleteResourceInstances', params, { signal }));
}

/** Sets labels on nodes; others they have stay. */
export async function labelInstances(
  client: Client,
  resourceId: string,
  instanceIds: readonly string[],
  values: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Receipt> {
  const params = { ...at(client, resourceId), InstanceIds: [...instanceIds], Labels: { ...values } };
  return readReceipt(await client.call('UpdateResourceInstanceLabel', params, { signal }));
}

export async function unlabelInstances(
  client: Client,
  resourceId: string,
  instanceIds: readonly string[],
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<Receipt> {
  const params = { ...at(client, resourceId), InstanceIds: [...instanceIds], LabelKeys: [...keys] };
  return readReceipt(await client.call('DeleteResourceInstanceLabel', params, { signal }));
}

/** Moves nodes to another resource group. */
export async function migrateInstances(
  client: Client,
  resourceId: string,
  instanceIds: readonly string[],
  destination: string,
  signal?: AbortSignal,
): Promise<Receipt> {
  const params = { ...at(client, resourceId), InstanceIds: [...instanceIds], DestResourceId: destination };
  return readReceipt(await client.call('MigrateResourceInstance', params, { signal }));
}
