import type { Client } from './client.ts';
import type { Operations } from './contract/wire.gen.ts';
import { pages } from './pages.ts';
import { type Label, labels, list, number, type Receipt, readReceipt, record, remembered, text, time } from './read.ts';
import { readEndpoints } from './services.ts';

/** A group of services that share traffic. Times are epoch milliseconds. Its members are `listServices` by GroupName. */
export interface Group {
  name: string;
  clusterId: string | undefined;
  /** `auto`: shared by number of workers; `customized`: by fixed weights. */
  trafficMode: string | undefined;
  queueService: string | undefined;
  internetEndpoint: string | undefined;
  intranetEndpoint: string | undefined;
  /** A secret. */
  accessToken: string | undefined;
  gatewayId: string | undefined;
  vpcId: string | undefined;
  vSwitchId: string | undefined;
  securityGroupId: string | undefined;
  labels: Label[];
  callerUid: string | undefined;
  parentUid: string | undefined;
  createTime: number | undefined;
  updateTime: number | undefined;
  raw: Record<string, unknown>;
}

export function readGroup(wire: unknown): Group {
  const raw = record(wire);
  const network = record(raw.Network);
  return {
    name: text(raw.Name) ?? '',
    clusterId: text(raw.ClusterId),
    trafficMode: text(raw.TrafficMode),
    queueService: text(raw.QueueService),
    internetEndpoint: text(raw.InternetEndpoint),
    intranetEndpoint: text(raw.IntranetEndpoint),
    accessToken: text(raw.AccessToken),
    gatewayId: text(network.GatewayId),
    vpcId: text(network.VpcId),
    vSwitchId: text(network.VSwitchId),
    securityGroupId: text(network.SecurityGroupId),
    labels: labels(raw.Labels),
    callerUid: text(raw.CallerUid),
    parentUid: text(raw.ParentUid),
    createTime: time(raw.CreateTime),
    updateTime: time(raw.UpdateTime),
    raw,
  };
}

const listedGroup = remembered(readGroup);

export type GroupQuery = Omit<Operations['ListGroups']['params'], 'PageNumber' | 'PageSize'>;

/** Groups, oldest first, page by page. */
export function listGroups(
  client: Client,
  query: GroupQuery = {},
  signal?: AbortSignal,
): AsyncIterable<readonly Group[]> {
  const ask = { Sort: 'CreateTime', Order: 'asc', ...query };
  return pages(
    async (page, pageSize) => {
      // Here alone the contract has page numbers as strings.
      const params = { ...ask, PageNumber: String(page), PageSize: String(pageSize) };
      const wire = await client.call('ListGroups', params, { signal });
      const wires = list(wire.Groups);
      return { wires, pageSize: number(wire.PageSize), totalCount: number(wire.TotalCount) };
    },
    { read: listedGroup, idOf: (group) => group.name, keep: (group) => group.name !== '', signal },
  );
}

const at = (client: Client, name: string) => ({ ClusterId: client.region, GroupName: name });

export async function describeGroup(client: Client, name: string, signal?: AbortSignal): Promise<Group> {
  return readGroup(await client.call('DescribeGroup', at(client, name), { signal }));
}

export async function describeGroupEndpoints(
  client: Client,
  name: string,
  signal?: AbortSignal,
): Promise<ReturnType<typeof readEndpoints>> {
  return readEndpoints(await client.call('DescribeGroupEndpoints', at(client, name), { signal }));
}

export async function updateGroup(
  client: Client,
  name: string,
  change: { trafficMode?: 'auto' | 'customized'; labels?: Record<string, string> },
  signal?: AbortSignal,
): Promise<Receipt> {
  const params = { ...at(client, name), TrafficMode: change.trafficMode, Labels: change.labels };
  return readReceipt(await client.call('UpdateGroup', params, { signal }));
}

/** `cascade` deletes the services in it as well. */
export async function deleteGroup(
  client: Client,
  name: string,
  { cascade = false }: { cascade?: boolean } = {},
  signal?: AbortSignal,
): Promise<Receipt> {
  const params = { ...at(client, name), CascadeDelete: cascade ? 'true' : undefined };
  return readReceipt(await client.call('DeleteGroup', params, { signal }));
}
