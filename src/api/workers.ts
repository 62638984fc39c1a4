import type { Client } from './client.ts';
import type { Operations } from './contract/wire.gen.ts';
import { pages } from './pages.ts';
import { flag, isRecord, list, number, type Receipt, readReceipt, record, remembered, text, time } from './read.ts';
import { type Diagnosis, readDiagnosis } from './services.ts';

/** One running instance of a service. Times are epoch milliseconds; amounts are spot prices per hour. */
export interface Worker {
  instanceName: string;
  status: string | undefined;
  reason: string | undefined;
  /** Fewer ready than total processes: the worker gets no traffic. */
  readyProcesses: number | undefined;
  totalProcesses: number | undefined;
  restartCount: number | undefined;
  /** How earlier runs ended, e.g. `{exitCode, finishedAt, reason, startedAt}`, in the order of the service. */
  lastState: Record<string, unknown>[];
  innerIp: string | undefined;
  hostIp: string | undefined;
  externalIp: string | undefined;
  tenantHostIp: string | undefined;
  tenantInstanceIp: string | undefined;
  hostName: string | undefined;
  instancePort: number | undefined;
  externalInstancePort: number | undefined;
  instanceType: string | undefined;
  resourceType: string | undefined;
  role: string | undefined;
  namespace: string | undefined;
  zone: string | undefined;
  /** Gets no traffic until it is taken back. */
  isolated: boolean | undefined;
  /** Taken out of the service for good. */
  detached: boolean | undefined;
  isLatest: boolean | undefined;
  isSpot: boolean | undefined;
  isReplica: boolean | undefined;
  replicaName: string | undefined;
  currentAmount: number | undefined;
  originalAmount: number | undefined;
  createTime: number | undefined;
  startTime: number | undefined;
  raw: Record<string, unknown>;
}

export function readWorker(wire: unknown): Worker {
  const raw = record(wire);
  return {
    instanceName: text(raw.InstanceName) ?? '',
    status: text(raw.Status),
    reason: text(raw.Reason),
    readyProcesses: number(raw.ReadyProcesses),
    totalProcesses: number(raw.TotalProcesses),
    restartCount: number(raw.RestartCount),
    // eascmd prints one object where the contract has a list of them: both are read.
    lastState: (isRecord(raw.LastState) ? [raw.LastState] : list(raw.LastState)).filter(isRecord),
    innerIp: text(raw.InnerIP),
    hostIp: text(raw.HostIP),
    externalIp: text(raw.ExternalIP),
    tenantHostIp: text(raw.TenantHostIP),
    tenantInstanceIp: text(raw.TenantInstanceIP),
    hostName: text(raw.HostName),
    instancePort: number(raw.InstancePort),
    externalInstancePort: number(raw.ExternalInstancePort),
    instanceType: text(raw.InstanceType),
    resourceType: text(raw.ResourceType),
    role: text(raw.Role),
    namespace: text(raw.Namespace),
    zone: text(raw.Zone),
    isolated: flag(raw.Isolated),
    detached: flag(raw.Detached),
    isLatest: flag(raw.IsLatest),
    isSpot: flag(raw.IsSpot),
    isReplica: flag(raw.IsReplica),
    replicaName: text(raw.ReplicaName),
    currentAmount: number(raw.CurrentAmount),
    originalAmount: number(raw.OriginalAmount),
    createTime: time(raw.CreateTime),
    startTime: time(raw.StartTime) ?? time(raw.StartAt),
    raw,
  };
}

const listedWorker = remembered(readWorker);

export type WorkerQuery = Omit<
  Operations['ListServiceInstances']['params'],
  'ClusterId' | 'ServiceName' | 'PageNumber' | 'PageSize'
>;

const at = (client: Client, service: string) => ({ ClusterId: client.region, ServiceName: service });

/** The workers of a service, page by page. */
export function listWorkers(
  client: Client,
  service: string,
  query: WorkerQuery = {},
  signal?: AbortSignal,
): AsyncIterable<readonly Worker[]> {
  const ask = { ...query, ...at(client, service) };
  return pages(
    async (page, pageSize) => {
      const params = { ...ask, PageNumber: page, PageSize: pageSize };
      const wire = await client.call('ListServiceInstances', params, { signal });
      const wires = list(wire.Instances);
      return { wires, pageSize: number(wire.PageSize), totalCount: number(wire.TotalCount) };
    },
    { read: listedWorker, idOf: (worker) => worker.instanceName, keep: (worker) => worker.instanceName !== '', signal },
  );
}

/** Deletes workers; the service starts others in their place. `softRestart` restarts them where they are. */
export async function deleteWorkers(
  client: Client,
  service: string,
  names: readonly string[],
  more: { softRestart?: boolean; container?: string; isReplica?: boolean } = {},
  signal?: AbortSignal,
): Promise<Receipt> {
  const params = {
    ...at(client, service),
    InstanceList: names.join(','),
    SoftRestart: more.softRestart,
    Container: more.container,
    IsReplica: more.isReplica,
  };
  return readReceipt(await client.call('DeleteServiceInstances', params, { signal }));
}

/** `isolate` takes the worker out of the traffic or back in; `detach` takes it out for good, which cannot be undone. */
export async function updateWorker(
  client: Client,
  service: string,
  name: string,
  change: { isolate?: boolean; detach?: boolean },
  signal?: AbortSignal,
): Promise<Receipt> {
  const params = { ...at(client, service), InstanceName: name, Isolate: change.isolate, Detach: change.detach };
  return readReceipt(await client.call('UpdateServiceInstance', params, { signal }));
}

/** What the service thinks is wrong with one worker. */
export async function workerDiagnosis(
  client: Client,
  service: string,
  name: string,
  signal?: AbortSignal,
): Promise<Diagnosis> {
  const params = { ...at(client, service), InstanceName: name };
  const wire = await client.call('DescribeServiceInstanceDiagnosis', params, { signal });
  return readDiagnosis(wire.Diagnosis);
}
