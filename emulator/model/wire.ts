import type { Operations } from '../../src/api/contract/wire.gen.ts';
import { countWorkers, resourceTypeOf, type Service, type ServiceRow } from './service.ts';
import { type Worker, workerStatus } from './worker.ts';
import { type Group, touch, type World, wireTime } from './world.ts';

type Row<Name extends keyof Operations, Field extends keyof Operations[Name]['response']> =
  NonNullable<Operations[Name]['response'][Field]> extends readonly (infer Item)[] ? Item : never;

export type InstanceRow = Row<'ListServiceInstances', 'Instances'>;
export type ContainerRow = Row<'ListServiceContainers', 'Containers'>;
export type GroupRow = Operations['DescribeGroup']['response'];

export function endpointsOf(world: World, path: string): { internet: string; intranet: string } {
  const { accountId, region, dataPlane } = world;
  // Calls with the made-up tokens of an emulator have no business at the real hosts.
  if (dataPlane !== undefined) {
    const own = `${dataPlane}/api/predict/${path}`;
    return { internet: own, intranet: own };
  }
  return {
    internet: `http://${accountId}.${region}.pai-eas.aliyuncs.com/api/predict/${path}`,
    intranet: `http://${accountId}.vpc.${region}.pai-eas.aliyuncs.com/api/predict/${path}`,
  };
}

export function labelRows(labels: Readonly<Record<string, string>>): { LabelKey: string; LabelValue: string }[] {
  return Object.entries(labels).map(([LabelKey, LabelValue]) => ({ LabelKey, LabelValue }));
}

function weightOf(world: World, service: Service): { Weight?: number } {
  if (service.pair.length > 0 || service.group !== '') return { Weight: service.weight };
  const { variants } = world;
  // Null is not in the contract's types, yet it is what such a field may well hold.
  if (variants.on('weight-null')) return { Weight: null as unknown as number };
  if (variants.on('weight-100')) return { Weight: 100 };
  if (variants.on('weight-1000')) return { Weight: 1000 };
  return { Weight: variants.on('weight-minus-one') ? -1 : 0 };
}

/** The statuses that official code waits for. */
const ends: ReadonlySet<string> = new Set(['Running', 'Stopped', 'Failed', 'DeleteFailed']);

function shownStatus(world: World, service: Service): { Status: string; Reason: string; Message: string } {
  const { stale } = service;
  const { status, reason, message } = stale ?? service;
  const renamed = !ends.has(status) && world.variants.on('status-unknown');
  return { Status: renamed ? 'Rescheduling' : status, Reason: renamed ? 'RESCHEDULING' : reason, Message: message };
}

/** A service as lists show it. */
function listRow(world: World, service: Service): ServiceRow {
  const { facts, variants } = { facts: service.facts, variants: world.variants };
  const { total, running, pending } = countWorkers(service);
  const dedicated = resourceTypeOf(service) === 'DedicatedResource';
  const pair = variants.on('no-blue-green-extra-data') ? [] : service.pair;
  return {
    ServiceId: service.id,
    ServiceUid: service.id,
    ServiceName: service.name,
    Namespace: service.name.replaceAll('_', '-'),
    Region: world.region,
    ...shownStatus(world, service),
    TotalInstance: total,
    RunningInstance: running,
    PendingInstance: pending,
    InstanceCountInResource: { Dedicated: dedicated ? total : 0, Public: dedicated ? 0 : total, Quota: 0 },
    Cpu: facts.cpu,
    Gpu: facts.gpu,
    Memory: facts.memory,
    GPUMemory: facts.gpuMemory,
    GPUCorePercentage: facts.gpuCorePercentage,
    Image: service.image,
    ...weightOf(world, service),
    CurrentVersion: service.currentVersion,
    LatestVersion: service.latestVersion,
    CreateTime: wireTime(service.createdAt),
    UpdateTime: wireTime(service.updatedAt),
    Resource: facts.resource,
    ResourceAlias: world.resources.get(facts.resource)?.name ?? '',
    ResourceBurstable: false,
    ServiceConfig: JSON.stringify(service.config),
    ExtraData: pair.length > 0 ? JSON.stringify({ blue_green_services: pair }) : '{}',
    ...(variants.on('token-missing') ? {} : { AccessToken: service.token }),
    ServiceGroup: service.group,
    TrafficState: variants.on('traffic-state-capital')
      ? service.trafficState.replace(/^./, (first) => first.toUpperCase())
      : service.trafficState,
    SafetyLock: service.lock,
    Labels: labelRows(service.labels),
    AutoscalerEnabled: service.autoscaler !== undefined,
    CronscalerEnabled: service.cronscaler !== undefined,
    CallerUid: service.callerUid,
    ParentUid: world.accountId,
    WorkspaceId: facts.workspaceId,
    QuotaId: service.quotaId,
    Gateway: service.gateway,
    Role: facts.role,
    Source: 'eascmd',
    WorkloadType: '',
    AppType: '',
    AppSpecName: '',
    AppVersion: '',
    AppConfig: '',
    ...service.more,
  };
}

function withoutEmpty(world: World, row: ServiceRow): ServiceRow {
  if (!world.variants.on('empty-omitted')) return row;
  const kept = Object.entries(row).filter(([, value]) => value !== '' && value !== 0 && value !== '{}');
  return Object.fromEntries(kept) as ServiceRow;
}

/** Counts down the reads that still show the status from before the last write. */
function countRead(service: Service): void {
  if (!service.stale) return;
  service.stale.reads -= 1;
  if (service.stale.reads <= 0) {
    service.stale = undefined;
    touch(service);
  }
}

/** The list row as JSON text, made once for each change. */
export function listRowJson(world: World, service: Service): string {
  service.row ??= JSON.stringify(withoutEmpty(world, listRow(world, service)));
  const { row } = service;
  countRead(service);
  return row;
}

/** A service as DescribeService shows it: the endpoints come on top of what lists show. */
export function describeRow(world: World, service: Service): ServiceRow {
  const member = service.group ? `${service.group}.${service.name}` : service.name;
  // Documented: once released, the newer of a blue-green pair is reached only through the older one's endpoint.
  const [entry, newer] = service.pair;
  const released = newer === service.name && service.weight > 0 && entry !== undefined;
  const { internet, intranet } = endpointsOf(world, released ? entry : member);
  const queue = service.facts.role === 'Queue' || service.facts.type === 'Async';
  const second = queue ? endpointsOf(world, `async_path.${service.name}`) : undefined;
  const row: ServiceRow = {
    ...listRow(world, service),
    InternetEndpoint: internet,
    IntranetEndpoint: intranet,
    ...(second ? { SecondaryInternetEndpoint: second.internet, SecondaryIntranetEndpoint: second.intranet } : {}),
    RoleAttrs: queue ? '{"ApproxMaxLength":4096,"Length":17,"MaxPayloadBytes":10485760}' : '',
  };
  countRead(service);
  return withoutEmpty(world, row);
}

export function instanceRow(service: Service, worker: Worker): InstanceRow {
  const { status, reason } = workerStatus(worker);
  const started = wireTime(worker.startedAt ?? worker.createdAt);
  const own = worker.node !== undefined;
  return {
    InstanceName: worker.name,
    Namespace: service.name.replaceAll('_', '-'),
    HostName: worker.name,
    Status: status,
    Reason: worker.phase === 'pending' && worker.note ? worker.note : reason,
    ReadyProcesses: worker.phase === 'running' ? 1 : 0,
    TotalProcesses: 1,
    RestartCount: worker.restarts,
    LastState: worker.lastState ? [{ ...worker.lastState }] : [],
    InnerIP: worker.startedAt === undefined ? '' : worker.innerIp,
    HostIP: worker.phase === 'pending' ? '' : worker.hostIp,
    ExternalIP: '',
    InstancePort: 8080,
    ExternalInstancePort: 0,
    TenantHostIP: worker.node?.tenantIp ?? '',
    TenantInstanceIP: '',
    InstanceType: worker.phase === 'pending' ? '' : worker.instanceType,
    ResourceType: resourceTypeOf(service),
    Zone: worker.phase === 'pending' ? '' : worker.zone,
    CreateTime: wireTime(worker.createdAt),
    StartTime: started,
    StartAt: started,
    Isolated: worker.isolated,
    Detached: worker.detached,
    IsLatest: worker.generation === service.generation,
    IsSpot: false,
    IsReplica: false,
    ReplicaName: '',
    Role: service.facts.role || 'Standard',
    OriginalAmount: own ? 0 : service.facts.gpu > 0 ? 11.63 : 0.47,
    CurrentAmount: own ? 0 : service.facts.gpu > 0 ? 11.63 : 0.47,
  };
}

export function containerRows(service: Service, worker: Worker, now: number): ContainerRow[] {
  const at = wireTime(worker.startedAt ?? worker.createdAt);
  const waiting: Partial<Record<Worker['phase'], string>> = {
    pending: 'PodInitializing',
    creating: 'ContainerCreating',
    'image-pull': 'ImagePullBackOff',
    'back-off': 'CrashLoopBackOff',
  };
  const why = waiting[worker.phase];
  const status = why ? 'Waiting' : worker.phase === 'crashed' ? 'Terminated' : 'Running';
  const last = worker.lastState;
  return [
    {
      Name: 'worker0',
      Image: service.image,
      Port: 8080,
      Ready: worker.phase === 'running',
      RestartCount: worker.restarts,
      CurrentStatus: status,
      CurrentReaon: why ?? (status === 'Terminated' ? (last?.reason ?? 'Error') : ''),
      CurrentTimestamp: status === 'Waiting' ? wireTime(now) : at,
      LastStatus: last ? 'Terminated' : '',
      LastReason: last?.reason ?? '',
      LastTimestamp: last?.finishedAt ?? '',
    },
  ];
}

export function groupRow(world: World, group: Group): GroupRow {
  const { internet, intranet } = endpointsOf(world, group.name);
  const queue = [...world.services.values()].find(
    (service) => service.group === group.name && service.facts.role === 'Queue',
  );
  return {
    Name: group.name,
    ClusterId: world.region,
    TrafficMode: group.trafficMode,
    CreateTime: wireTime(group.createdAt),
    UpdateTime: wireTime(group.updatedAt),
    ...(world.variants.on('token-missing') ? {} : { AccessToken: group.token }),
    InternetEndpoint: internet,
    IntranetEndpoint: intranet,
    Labels: labelRows(group.labels),
    Network: { ...group.network },
    QueueService: queue?.name ?? '',
    CallerUid: world.accountId,
    ParentUid: world.accountId,
  };
}
