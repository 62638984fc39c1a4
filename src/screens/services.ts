import { ApiError } from '../api/errors.ts';
import { listEvents } from '../api/events.ts';
import { describeDiagnosis, describeService, listServices, type Service } from '../api/services.ts';
import { stamp } from '../lib/age.ts';
import { ageColumn, memoryColumn, numberColumn, statusColumn, statusTone, textColumn, timeColumn } from './columns.ts';
import { type Api, defineScreen, type Section } from './define.ts';
import { sectionsOf } from './describe.ts';
import { serviceActions } from './service-actions.ts';
import { endpointSections, servicePath } from './service-endpoints.ts';

/** The fields `eascmd desc` prints, in its order. */
const first = [
  'Status', 'ServiceName', 'Region', 'CreateTime', 'UpdateTime', 'AccessToken', 'TotalInstance', 'RunningInstance',
  'PendingInstance', 'Cpu', 'Gpu', 'Memory', 'Image', 'Weight', 'LatestVersion', 'CurrentVersion', 'Message', 'Reason',
  'IntranetEndpoint', 'InternetEndpoint',
]; // biome-ignore format: a list to be read as one

/** Ready workers against wanted ones. */
function ready(service: Service): string {
  return `${service.runningInstance ?? '-'}/${service.totalInstance ?? '-'}`;
}

/** The weight means something only within a blue-green pair or a group. */
function weight(service: Service): number | undefined {
  return service.blueGreenServices.length > 1 || service.serviceGroup ? service.weight : undefined;
}

function short(service: Service): boolean {
  const { totalInstance, runningInstance } = service;
  return totalInstance !== undefined && runningInstance !== undefined && runningInstance < totalInstance;
}

function fault(service: Service): { word: string; tone: 'bad' | 'warn' | 'busy' } | undefined {
  const tone = statusTone(service.status);
  if (tone === 'bad') return { word: 'failed', tone };
  if (tone === 'warn') return { word: 'waiting', tone };
  if (tone === 'ok' && short(service)) return { word: 'short of workers', tone: 'warn' };
  return undefined;
}

/** What is wrong with a service that is not well: its own words, the diagnosis and the latest warnings. */
async function why(api: Api, service: Service, signal: AbortSignal): Promise<Section[]> {
  const tone = fault(service)?.tone;
  if (!tone) return [];
  const [diagnosis, events] = await Promise.allSettled([
    describeDiagnosis(api, service.serviceName, signal),
    listEvents(api, service.serviceName, {}, signal),
  ]);
  const lines: { text: string; tone?: 'bad' | 'warn' | 'dim' }[] = [];
  if (service.message) lines.push({ text: service.message, tone: tone === 'bad' ? 'bad' : 'warn' });
  if (diagnosis.status === 'fulfilled') {
    for (const { error, causes, advices } of diagnosis.value) {
      if (error) lines.push({ text: `error   ${error}` });
      for (const cause of causes) lines.push({ text: `cause   ${cause}` });
      for (const advice of advices) lines.push({ text: `advice  ${advice}` });
    }
  } else if (!signal.aborted) lines.push({ text: `diagnosis not available: ${reason(diagnosis.reason)}`, tone: 'dim' });
  if (events.status === 'fulfilled') {
    for (const event of events.value.filter(({ type }) => type === 'Warning').slice(0, 5)) {
      const at = event.time === undefined ? '' : `${stamp(event.time)}  `;
      lines.push({ text: `warning ${at}${event.reason ?? ''}  ${event.message ?? ''}`, tone: 'warn' });
    }
  } else if (!signal.aborted) lines.push({ text: `events not available: ${reason(events.reason)}`, tone: 'dim' });
  return [{ title: 'Why it is not well', lines }];
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function describe(api: Api, service: Service, _scope: object, signal: AbortSignal): Promise<Section[]> {
  const tones = { Status: statusTone(service.status) };
  const [reasons, endpoints] = await Promise.all([why(api, service, signal), endpointSections(api, service, signal)]);
  const [main, ...rest] = sectionsOf('Service', service.raw, first, tones);
  return [...reasons, ...(main ? [main] : []), ...endpoints, ...rest];
}

/** One row anew; undefined when the service is gone or another one bears its name. */
async function fetch(api: Api, row: Service, _scope: object, signal: AbortSignal): Promise<Service | undefined> {
  try {
    const now = await describeService(api, row.serviceName, signal);
    // Of a service that is being made the id may not be known yet.
    return row.serviceId === undefined || idOf(now) === idOf(row) ? now : undefined;
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'missing') return undefined;
    throw error;
  }
}

const idOf = (service: Service): string => service.serviceId ?? service.serviceName;

export const services = defineScreen<Service>({
  id: 'services',
  title: 'services',
  alias: ['svc', 'service', 'ls'],
  needs: [],
  sort: { column: 'name' },
  columns: [
    textColumn('name', 'NAME', 22, (row) => row.serviceName, { grow: true }),
    statusColumn((row) => row.status),
    {
      id: 'ready',
      title: 'READY',
      width: 7,
      value: (row) => row.runningInstance,
      text: ready,
      tone: (row) => (short(row) ? 'warn' : 'plain'),
    },
    numberColumn('cpu', 'CPU', 4, (row) => row.cpu, { drop: 3 }),
    numberColumn('gpu', 'GPU', 4, (row) => row.gpu, { drop: 4 }),
    memoryColumn((row) => row.memory, { drop: 2 }),
    numberColumn('weight', 'WEIGHT', 6, weight, {
      text: (row) => (weight(row) === undefined ? '-' : `${weight(row)}%`),
    }),
    {
      id: 'version',
      title: 'VERSION',
      width: 8,
      drop: 5,
      value: (row) => row.currentVersion,
      text: (row) => `${row.currentVersion ?? '-'}/${row.latestVersion ?? '-'}`,
      tone: (row) => (row.currentVersion === row.latestVersion ? 'plain' : 'warn'),
    },
    textColumn('resource', 'RESOURCE', 14, (row) => row.resourceAlias ?? row.resource ?? 'public', { drop: 1 }),
    textColumn('group', 'GROUP', 12, (row) => row.serviceGroup, { wide: true, drop: 3 }),
    textColumn('lock', 'LOCK', 9, (row) => row.safetyLock, { wide: true, drop: 2 }),
    textColumn('region', 'REGION', 12, (row) => row.region, { wide: true, drop: 4 }),
    timeColumn('created', 'CREATETIME', (row) => row.createTime, { wide: true, drop: 5 }),
    timeColumn('updated', 'UPDATETIME', (row) => row.updateTime, { wide: true, drop: 6 }),
    textColumn('path', 'SERVICEPATH', 34, servicePath, { wide: true, drop: 1 }),
    textColumn('message', 'MESSAGE', 30, (row) => row.message, { wide: true, drop: 0 }),
    ageColumn((row) => row.createTime),
  ],
  actions: serviceActions,
  links: [
    {
      id: 'versions',
      title: 'versions',
      keys: ['v'],
      hint: 24,
      to: (row) => ({ screen: 'versions', scope: { service: row.serviceName } }),
    },
    {
      id: 'events',
      title: 'events',
      keys: ['E'],
      hint: 25,
      to: (row) => ({ screen: 'events', scope: { service: row.serviceName } }),
    },
  ],
  list: (api, _scope, signal) => listServices(api, {}, signal),
  rowId: idOf,
  rowName: (row) => row.serviceName,
  fault,
  enter: (row) => ({ screen: 'workers', scope: { service: row.serviceName } }),
  fetch,
  describe,
  json: (row) => row.raw,
});
