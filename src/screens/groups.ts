import { describeGroup, type Group, listGroups } from '../api/groups.ts';
import { listServices } from '../api/services.ts';
import { clean } from '../lib/clean.ts';
import { ageColumn, statusText, statusTone, textColumn, timeColumn } from './columns.ts';
import { type Api, defineScreen, type Section } from './define.ts';
import { sectionsOf } from './describe.ts';

const first = [
  'Name', 'TrafficMode', 'QueueService', 'InternetEndpoint', 'IntranetEndpoint', 'AccessToken', 'CreateTime',
  'UpdateTime',
]; // biome-ignore format: a list to be read as one

/** A group does not name its members; the services name their group. */
async function members(api: Api, name: string, signal: AbortSignal): Promise<Section> {
  const title = 'Services in it';
  const lines: NonNullable<Section['lines']>[number][] = [];
  try {
    for await (const page of listServices(api, { GroupName: name }, signal)) {
      for (const { serviceName, status, weight, trafficState, runningInstance, totalInstance } of page) {
        const share = [weight === undefined ? undefined : `weight ${weight}`, trafficState].filter(Boolean).join(', ');
        const text = `${clean(serviceName)}  ${statusText(status)}  ${runningInstance ?? '-'}/${totalInstance ?? '-'}  ${clean(share)}`;
        lines.push({ text, tone: statusTone(status) });
      }
    }
  } catch (error) {
    if (!signal.aborted) {
      lines.push({ text: `not available: ${error instanceof Error ? error.message : String(error)}`, tone: 'dim' });
    }
  }
  return { title, lines: lines.length > 0 ? lines : [{ text: 'none', tone: 'dim' }] };
}

export const groups = defineScreen<Group>({
  id: 'groups',
  title: 'groups',
  alias: ['grp', 'group'],
  needs: [],
  sort: { column: 'name' },
  columns: [
    textColumn('name', 'NAME', 20, (row) => row.name, { grow: true }),
    textColumn('traffic', 'TRAFFIC MODE', 12, (row) => row.trafficMode),
    textColumn('queue', 'QUEUE SERVICE', 20, (row) => row.queueService, { drop: 2 }),
    textColumn('gateway', 'GATEWAY', 24, (row) => row.gatewayId, { wide: true }),
    textColumn('endpoint', 'INTRANET ENDPOINT', 40, (row) => row.intranetEndpoint, { wide: true }),
    timeColumn('created', 'CREATED', (row) => row.createTime, { drop: 1 }),
    ageColumn((row) => row.createTime),
  ],
  list: (api, _scope, signal) => listGroups(api, {}, signal),
  rowId: (row) => row.name,
  rowName: (row) => row.name,
  async describe(api, row, _scope, signal) {
    const [group, inside] = await Promise.all([describeGroup(api, row.name, signal), members(api, row.name, signal)]);
    return [inside, ...sectionsOf('Group', group.raw, first)];
  },
  json: (row) => row.raw,
});
