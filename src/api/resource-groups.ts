import type { Client } from './client.ts';
import type { Operations } from './contract/wire.gen.ts';
import { pages } from './pages.ts';
import {
  flag,
  json,
  list,
  megabytesOf,
  number,
  type Receipt,
  readReceipt,
  record,
  remembered,
  text,
  texts,
  time,
} from './read.ts';

/** A resource group: nodes that services run on. Memory is MB, times are epoch milliseconds. */
export interface ResourceGroup {
  resourceId: string;
  resourceName: string | undefined;
  clusterId: string | undefined;
  /** `Dedicated` or `SelfManaged`. */
  resourceType: string | undefined;
  status: string | undefined;
  message: string | undefined;
  /** Nodes. */
  instanceCount: number | undefined;
  postPaidInstanceCount: number | undefined;
  prePaidInstanceCount: number | undefined;
  cpuCount: number | undefined;
  cpuUsed: number | undefined;
  gpuCount: number | undefined;
  gpuUsed: number | undefined;
  memory: number | undefined;
  memoryUsed: number | undefined;
  /** The most that one worker could still get on a single node. */
  instanceMaxAllocatableCpu: number | undefined;
  instanceMaxAllocatableGpu: number | undefined;
  instanceMaxAllocatableMemory: number | undefined;
  serviceCount: number | undefined;
  features: string[];
  usageMode: string | undefined;
  vendor: string | undefined;
  /** Comes with a description only. */
  ownerUid: string | undefined;
  createTime: number | undefined;
  updateTime: number | undefined;
  network: ResourceNetwork;
  roleArn: string | undefined;
  gpuShare: boolean | undefined;
  raw: Record<string, unknown>;
}

/** How a resource group reaches into a VPC. */
export interface ResourceNetwork {
  vpcId: string | undefined;
  vSwitchId: string | undefined;
  auxVSwitches: string[];
  securityGroupId: string | undefined;
  destinationCidrs: string | undefined;
}

export function readResourceGroup(wire: unknown): ResourceGroup {
  const raw = record(wire);
  // An object in lists, JSON text in descriptions.
  const extra = record(json(raw.ExtraData));
  return {
    resourceId: text(raw.ResourceId) ?? '',
    resourceName: text(raw.ResourceName),
    clusterId: text(raw.ClusterId),
    resourceType: text(raw.ResourceType),
    status: text(raw.Status),
    message: text(raw.Message),
    instanceCount: number(raw.InstanceCount),
    postPaidInstanceCount: number(raw.PostPaidInstanceCount),
    prePaidInstanceCount: number(raw.PrePaidInstanceCount),
    cpuCount: number(raw.CpuCount),
    cpuUsed: number(raw.CpuUsed),
    gpuCount: number(raw.GpuCount),
    gpuUsed: number(raw.GpuUsed),
    memory: megabytesOf(raw.Memory),
    memoryUsed: megabytesOf(raw.MemoryUsed),
    instanceMaxAllocatableCpu: number(raw.InstanceMaxAllocatableCPU),
    instanceMaxAllocatableGpu: number(raw.InstanceMaxAllocatableGPU),
    instanceMaxAllocatableMemory: megabytesOf(raw.InstanceMaxAllocatableMemory),
    serviceCount: number(raw.ServiceCount),
    features: texts(raw.Features),
    usageMode: text(raw.UsageMode),
    vendor: text(raw.Vendor),
    ownerUid: text(raw.OwnerUid),
    createTime: time(raw.CreateTime),
    updateTime: time(raw.UpdateTime),
    network: {
      vpcId: text(extra.vpc_id),
      vSwitchId: text(extra.vswitch_id),
      auxVSwitches: texts(extra.aux_vswitch_id_list),
      securityGroupId: text(extra.security_group_id),
      destinationCidrs: text(extra.destination_cidr),
    },
    roleArn: text(extra.role_arn),
    gpuShare: flag(extra.gpu_share),
    raw,
  };
}

const listedResourceGroup = remembered(readResourceGroup);

export type ResourceGroupQuery = Omit<Operations['ListResources']['params'], 'PageNumber' | 'PageSize'>;

/** Resource groups, oldest first, page by page. */
export function listResourceGroups(
  client: Client,
  query: ResourceGroupQuery = {},
  signal?: AbortSignal,
): AsyncIterable<readonly ResourceGroup[]> {
  const ask = { Sort: 'CreateTime', Order: 'Asc', ...query };
  return pages(
    async (page, pageSize) => {
      const wire = await client.call('ListResources', { ...ask, PageNumber: page, PageSize: pageSize }, { signal });
      const wires = list(wire.Resources);
      return { wires, pageSize: number(wire.PageSize), totalCount: number(wire.TotalCount) };
    },
    { read: listedResourceGroup, idOf: (group) => group.resourceId, keep: (group) => group.resourceId !== '', signal },
  );
}

const at = (client: Client, id: string) => ({ ClusterId: client.region, ResourceId: id });

export async function describeResourceGroup(client: Client, id: string, signal?: AbortSignal): Promise<ResourceGroup> {
  return readResourceGroup(await client.call('DescribeResource', at(client, id), { signal }));
}

/** The network interfaces of a resource group into a VPC. */
export async function describeDlink(client: Client, id: string, signal?: AbortSignal): Promise<ResourceNetwork> {
  const raw = record(await client.call('DescribeResourceDLink', at(client, id), { signal }));
  return {
    vpcId: text(raw.VpcId),
    vSwitchId: text(raw.VSwitchId),
    auxVSwitches: texts(raw.AuxVSwitchList),
    securityGroupId: text(raw.SecurityGroupId),
    destinationCidrs: text(raw.DestinationCIDRs),
  };
}

/** Creates the network interfaces or changes them. All switches must be in one VPC. */
export async function updateDlink(
  client: Client,
  id: string,
  network: { vSwitchId: string; securityGroupId: string; vSwitchIdList?: string[]; destinationCidrs?: string },
  signal?: AbortSignal,
): Promise<Receipt> {
  const params = {
    ...at(client, id),
    VSwitchId: network.vSwitchId,
    SecurityGroupId: network.securityGroupId,
    VSwitchIdList: network.vSwitchIdList,
    DestinationCIDRs: network.destinationCidrs,
  };
  return readReceipt(await client.call('UpdateResourceDLink', params, { signal }));
}

export async function deleteDlink(client: Client, id: string, signal?: AbortSignal): Promise<Receipt> {
  return readReceipt(await client.call('DeleteResourceDLink', at(client, id), { signal }));
}
