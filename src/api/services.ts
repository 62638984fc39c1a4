import type { Client } from './client.ts';
import type { Operations } from './contract/wire.gen.ts';
import { type KnownList, pages } from './pages.ts';
import {
  flag,
  isRecord,
  json,
  type Label,
  labels,
  lines,
  list,
  number,
  type Receipt,
  readReceipt,
  record,
  remembered,
  text,
  texts,
  time,
} from './read.ts';

/** A service. Times are epoch milliseconds, memory is MB; the unit of `gpuMemory` is not documented. */
export interface Service {
  serviceName: string;
  serviceId: string | undefined;
  region: string | undefined;
  status: string | undefined;
  reason: string | undefined;
  message: string | undefined;
  totalInstance: number | undefined;
  runningInstance: number | undefined;
  pendingInstance: number | undefined;
  cpu: number | undefined;
  gpu: number | undefined;
  memory: number | undefined;
  gpuMemory: number | undefined;
  gpuCorePercentage: number | undefined;
  weight: number | undefined;
  currentVersion: number | undefined;
  latestVersion: number | undefined;
  resource: string | undefined;
  resourceAlias: string | undefined;
  resourceBurstable: boolean | undefined;
  /** Workers by where they run. */
  instanceCountInResource: { dedicated: number | undefined; public: number | undefined; quota: number | undefined };
  quotaId: string | undefined;
  serviceGroup: string | undefined;
  /** `none`, `dangerous` or `all`. */
  safetyLock: string | undefined;
  /** `standalone` or `grouping`; the case varies. */
  trafficState: string | undefined;
  /** Names of both services of a blue-green pair, from ExtraData; empty without one. */
  blueGreenServices: string[];
  createTime: number | undefined;
  updateTime: number | undefined;
  autoscalerEnabled: boolean | undefined;
  cronscalerEnabled: boolean | undefined;
  role: string | undefined;
  namespace: string | undefined;
  source: string | undefined;
  workloadType: string | undefined;
  appType: string | undefined;
  appVersion: string | undefined;
  appSpecName: string | undefined;
  appConfig: string | undefined;
  roleAttrs: string | undefined;
  gateway: string | undefined;
  image: string | undefined;
  /** Endpoints come with a description only, not with a list. */
  internetEndpoint: string | undefined;
  intranetEndpoint: string | undefined;
  secondaryInternetEndpoint: string | undefined;
  secondaryIntranetEndpoint: string | undefined;
  /** JSON text of the service as it was deployed. */
  serviceConfig: string | undefined;
  extraData: string | undefined;
  /** A secret. */
  accessToken: string | undefined;
  labels: Label[];
  workspaceId: string | undefined;
  callerUid: string | undefined;
  parentUid: string | undefined;
  raw: Record<string, unknown>;
}

export function readService(wire: unknown): Service {
  const raw = record(wire);
  const extra = record(json(raw.ExtraData));
  const counts = record(raw.InstanceCountInResource);
  return {
    serviceName: text(raw.ServiceName) ?? '',
    serviceId: text(raw.ServiceId) ?? text(raw.ServiceUid),
    region: text(raw.Region),
    status: text(raw.Status),
    reason: text(raw.Reason),
    message: text(raw.Message),
    totalInstance: number(raw.TotalInstance),
    runningInstance: number(raw.RunningInstance),
    pendingInstance: number(raw.PendingInstance),
    cpu: number(raw.Cpu),
    gpu: number(raw.Gpu),
    memory: number(raw.Memory),
    gpuMemory: number(raw.GPUMemory),
    gpuCorePercentage: number(raw.GPUCorePercentage),
    weight: number(raw.Weight),
    currentVersion: number(raw.CurrentVersion),
    latestVersion: number(raw.LatestVersion),
    resource: text(raw.Resource),
    resourceAlias: text(raw.ResourceAlias),
    resourceBurstable: flag(raw.ResourceBurstable),
    instanceCountInResource: {
      dedicated: number(counts.Dedicated),
      public: number(counts.Public),
      quota: number(counts.Quota),
    },
    quotaId: text(raw.QuotaId),
    serviceGroup: text(raw.ServiceGroup),
    safetyLock: text(raw.SafetyLock),
    trafficState: text(raw.TrafficState),
    blueGreenServices: texts(extra.blue_green_services),
    createTime: time(raw.CreateTime),
    updateTime: time(raw.UpdateTime),
    autoscalerEnabled: flag(raw.AutoscalerEnabled),
    cronscalerEnabled: flag(raw.CronscalerEnabled),
    role: text(raw.Role),
    namespace: text(raw.Namespace),
    source: text(raw.Source),
    workloadType: text(raw.WorkloadType),
    appType: text(raw.AppType),
    appVersion: text(raw.AppVersion),
    appSpecName: text(raw.AppSpecName),
    appConfig: text(raw.AppConfig),
    roleAttrs: text(raw.RoleAttrs),
    gateway: text(raw.Gateway),
    image: text(raw.Image),
    internetEndpoint: text(raw.InternetEndpoint),
    intranetEndpoint: text(raw.IntranetEndpoint),
    secondaryInternetEndpoint: text(raw.SecondaryInternetEndpoint),
    secondaryIntranetEndpoint: text(raw.SecondaryIntranetEndpoint),
    serviceConfig: text(raw.ServiceConfig),
    extraData: text(raw.ExtraData),
    accessToken: text(raw.AccessToken),
    labels: labels(raw.Labels),
    workspaceId: text(raw.WorkspaceId),
    callerUid: text(raw.CallerUid),
    parentUid: text(raw.ParentUid),
    raw,
  };
}

const listedService = remembered(readService);

/** The list each client read last. */
const known = new WeakMap<Client, { readonly query: string; readonly list: KnownList }>();

function knownList(client: Client, query: ServiceQuery): KnownList {
  const asked = JSON.stringify(query);
  const last = known.get(client);
  if (last?.query === asked) return last.list;
  const list: KnownList = { pages: [] };
  known.set(client, { query: asked, list });
  return list;
}

export type ServiceQuery = Omit<Operations['ListServices']['params'], 'PageNumber' | 'PageSize'>;

/** Services, oldest first, page by page. Rows without a name are left out: nothing could be done with them. */
export function listServices(
  client: Client,
  query: ServiceQuery = {},
  signal?: AbortSignal,
): AsyncIterable<readonly Service[]> {
  const ask = { Sort: 'CreateTime', Order: 'asc', ...query } as const;
  return pages(
    async (page, pageSize) => {
      const wire = await client.call('ListServices', { ...ask, PageNumber: page, PageSize: pageSize }, { signal });
      const wires = list(wire.Services);
      return { wires, pageSize: number(wire.PageSize), totalCount: number(wire.TotalCount) };
    },
    {
      read: listedService,
      idOf: (service) => service.serviceId ?? service.serviceName,
      keep: (service) => service.serviceName !== '',
      signal,
      known: knownList(client, query),
    },
  );
}

const at = (client: Client, name: string) => ({ ClusterId: client.region, ServiceName: name });

/** One service with its endpoints. ApiError `missing` when there is none of this name. */
export async function describeService(client: Client, name: string, signal?: AbortSignal): Promise<Service> {
  return readService(await client.call('DescribeService', at(client, name), { signal }));
}

/** Sets the number of workers. */
export async function scaleService(
  client: Client,
  name: string,
  instance: number,
  signal?: AbortSignal,
): Promise<Receipt> {
  return readReceipt(await client.call('ScaleService', { ...at(client, name), Instance: instance }, { signal }));
}

export async function startService(client: Client, name: string, signal?: AbortSignal): Promise<Receipt> {
  return readReceipt(await client.call('StartService', at(client, name), { signal }));
}

export async function stopService(client: Client, name: string, signal?: AbortSignal): Promise<Receipt> {
  return readReceipt(await client.call('StopService', at(client, name), { signal }));
}

export async function restartService(client: Client, name: string, signal?: AbortSignal): Promise<Receipt> {
  return readReceipt(await client.call('RestartService', at(client, name), { signal }));
}

export async function deleteService(client: Client, name: string, signal?: AbortSignal): Promise<Receipt> {
  return readReceipt(await client.call('DeleteService', at(client, name), { signal }));
}

/** Weight is the percentage of traffic for the new service of a blue-green pair; `name` is that new service. */
export async function releaseService(
  client: Client,
  name: string,
  release: { weight?: number | undefined; trafficState?: string | undefined },
  signal?: AbortSignal,
): Promise<Receipt> {
  const params = { ...at(client, name), Weight: release.weight, TrafficState: release.trafficState };
  return readReceipt(await client.call('ReleaseService', params, { signal }));
}

/** Goes back (or forth) to a version. */
export async function switchVersion(
  client: Client,
  name: string,
  version: number,
  signal?: AbortSignal,
): Promise<Receipt> {
  return readReceipt(await client.call('UpdateServiceVersion', { ...at(client, name), Version: version }, { signal }));
}

/** `dangerous` guards against operations such as delete and stop, `all` against every change. */
export async function lockService(
  client: Client,
  name: string,
  lock: 'none' | 'dangerous' | 'all',
  signal?: AbortSignal,
): Promise<Receipt> {
  return readReceipt(await client.call('UpdateServiceSafetyLock', { ...at(client, name), Lock: lock }, { signal }));
}

export async function labelService(
  client: Client,
  name: string,
  values: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Receipt> {
  return readReceipt(
    await client.call('UpdateServiceLabel', { ...at(client, name), Labels: { ...values } }, { signal }),
  );
}

export async function unlabelService(
  client: Client,
  name: string,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<Receipt> {
  return readReceipt(
    await client.call('DeleteServiceLabel', { ...at(client, name), LabelKeys: [...keys] }, { signal }),
  );
}

/** What a create or clone answered. There is no access token in it; a description has that. */
export interface Created extends Receipt {
  serviceId: string | undefined;
  /** The name the service got: a blue-green create answers the old name with a suffix. */
  serviceName: string | undefined;
  status: string | undefined;
  internetEndpoint: string | undefined;
  intranetEndpoint: string | undefined;
}

function readCreated(wire: unknown): Created {
  const raw = record(wire);
  return {
    ...readReceipt(raw),
    serviceId: text(raw.ServiceId),
    serviceName: text(raw.ServiceName),
    status: text(raw.Status),
    internetEndpoint: text(raw.InternetEndpoint),
    intranetEndpoint: text(raw.IntranetEndpoint),
  };
}

/** Creates a service from its JSON text, sent as it is. */
export async function createService(
  client: Client,
  body: string,
  query: Omit<Operations['CreateService']['params'], 'body'> = {},
  signal?: AbortSignal,
): Promise<Created> {
  return readCreated(await client.call('CreateService', { ...query, body }, { signal }));
}

/** Creates another service like `name` from the full JSON text of the new one, which bears the new name. */
export async function cloneService(
  client: Client,
  name: string,
  body: string,
  query: { Labels?: Record<string, string> } = {},
  signal?: AbortSignal,
): Promise<Created> {
  return readCreated(await client.call('CloneService', { ...at(client, name), ...query, body }, { signal }));
}

/** `merge` lays the JSON over the present configuration; `replace` puts it in its place. */
export async function updateService(
  client: Client,
  name: string,
  body: string,
  updateType: 'merge' | 'replace' = 'merge',
  signal?: AbortSignal,
): Promise<Receipt> {
  return readReceipt(
    await client.call('UpdateService', { ...at(client, name), UpdateType: updateType, body }, { signal }),
  );
}

/** A way in to a service or its group. */
export interface ServiceEndpoint {
  endpointType: string | undefined;
  backendId: string | undefined;
  pathType: string | undefined;
  port: number | undefined;
  internetEndpoints: string[];
  intranetEndpoints: string[];
}

export function readEndpoints(wire: unknown): { accessToken: string | undefined; endpoints: ServiceEndpoint[] } {
  const { AccessToken, Endpoints } = record(wire);
  const endpoints = list(Endpoints).map((element) => {
    const raw = record(element);
    return {
      endpointType: text(raw.EndpointType),
      backendId: text(raw.BackendId),
      pathType: text(raw.PathType),
      port: number(raw.Port),
      internetEndpoints: texts(raw.InternetEndpoints),
      intranetEndpoints: texts(raw.IntranetEndpoints),
    };
  });
  return { accessToken: text(AccessToken), endpoints };
}

export async function describeEndpoints(
  client: Client,
  name: string,
  signal?: AbortSignal,
): Promise<ReturnType<typeof readEndpoints>> {
  return readEndpoints(await client.call('DescribeServiceEndpoints', at(client, name), { signal }));
}

/** What the service itself thinks is wrong. */
export interface Diagnosis {
  error: string | undefined;
  causes: string[];
  advices: string[];
}

export function readDiagnosis(wire: unknown): Diagnosis {
  const raw = record(wire);
  return { error: text(raw.Error), causes: lines(raw.Causes), advices: lines(raw.Advices) };
}

export async function describeDiagnosis(client: Client, name: string, signal?: AbortSignal): Promise<Diagnosis[]> {
  const wire = await client.call('DescribeServiceDiagnosis', at(client, name), { signal });
  return list(wire.DiagnosisList).filter(isRecord).map(readDiagnosis);
}
