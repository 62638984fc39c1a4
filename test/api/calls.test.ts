import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  deleteAutoScaler,
  deleteCronScaler,
  describeAutoScaler,
  describeCronScaler,
  setAutoScaler,
} from '../../src/api/autoscalers.ts';
import type { Client } from '../../src/api/client.ts';
import { listContainers } from '../../src/api/containers.ts';
import { endpointOf, knownRegions } from '../../src/api/endpoints.ts';
import { listEvents } from '../../src/api/events.ts';
import { deleteGroup, describeGroup, describeGroupEndpoints, listGroups, updateGroup } from '../../src/api/groups.ts';
import { deleteInstances, listInstances, updateInstance, workersOnNode } from '../../src/api/instances.ts';
import { readLogs } from '../../src/api/logs.ts';
import { listRegions } from '../../src/api/regions.ts';
import {
  deleteDlink,
  describeDlink,
  describeResourceGroup,
  listResourceGroups,
  updateDlink,
} from '../../src/api/resource-groups.ts';
import * as services from '../../src/api/services.ts';
import { listVersions } from '../../src/api/versions.ts';
import { deleteWorkers, listWorkers, updateWorker, workerDiagnosis } from '../../src/api/workers.ts';
import { clientOf, reply, type Service, serve } from './serve.ts';

let server: Service;
let client: Client;
beforeAll(async () => {
  server = await serve((_, response) => reply(response, { RequestId: 'r', Message: 'm' }));
  client = clientOf(server.port).client;
});
afterAll(async () => {
  await client.close();
  await server.close();
});

async function drain(source: AsyncIterable<readonly unknown[]> | Promise<unknown>): Promise<unknown> {
  if (source instanceof Promise) return source;
  const rows: unknown[] = [];
  for await (const page of source) rows.push(...page);
  return rows;
}

const at = Date.UTC(2026, 0, 2, 3, 4, 5);
const page = 'PageNumber=1&PageSize=100';
const list = `Order=asc&${page}&Sort=CreateTime`;

it.each<[string, (api: Client) => AsyncIterable<readonly unknown[]> | Promise<unknown>, string, string?]>([
  ['ListServices', (api) => services.listServices(api), `GET services?${list}`],
  [
    'ListServices',
    (api) => services.listServices(api, { ResourceId: 'eas-r-1', Order: 'desc' }),
    `GET services?Order=desc&${page}&ResourceId=eas-r-1&Sort=CreateTime`,
  ],
  ['DescribeService', (api) => services.describeService(api, 's'), 'GET services/cn-shanghai/s'],
  ['ScaleService', (api) => services.scaleService(api, 's', 0), 'PUT services/cn-shanghai/s/scale', '{"Instance":0}'],
  ['StartService', (api) => services.startService(api, 's'), 'PUT services/cn-shanghai/s/start', ''],
  ['StopService', (api) => services.stopService(api, 's'), 'PUT services/cn-shanghai/s/stop', ''],
  ['RestartService', (api) => services.restartService(api, 's'), 'PUT services/cn-shanghai/s/restart', ''],
  ['DeleteService', (api) => services.deleteService(api, 's'), 'DELETE services/cn-shanghai/s', ''],
  [
    'ReleaseService',
    (api) => services.releaseService(api, 's', { weight: 20 }),
    'PUT services/cn-shanghai/s/release',
    '{"Weight":20}',
  ],
  [
    'ReleaseService',
    (api) => services.releaseService(api, 's', { trafficState: 'standalone' }),
    'PUT services/cn-shanghai/s/release',
    '{"TrafficState":"standalone"}',
  ],
  [
    'UpdateServiceVersion',
    (api) => services.switchVersion(api, 's', 3),
    'PUT services/cn-shanghai/s/version',
    '{"Version":3}',
  ],
  [
    'UpdateServiceSafetyLock',
    (api) => services.lockService(api, 's', 'dangerous'),
    'PUT services/cn-shanghai/s/lock',
    '{"Lock":"dangerous"}',
  ],
  [
    'UpdateServiceLabel',
    (api) => services.labelService(api, 's', { a: 'b' }),
    'PUT services/cn-shanghai/s/label',
    '{"Labels":{"a":"b"}}',
  ],
  [
    'DeleteServiceLabel',
    (api) => services.unlabelService(api, 's', ['a', 'b']),
    'DELETE services/cn-shanghai/s/label?LabelKeys=%5B%22a%22%2C%22b%22%5D',
  ],
  [
    'CreateService',
    (api) => services.createService(api, '{ "name": "s" }', { WorkspaceId: '1' }),
    'POST services?WorkspaceId=1',
    '{ "name": "s" }',
  ],
  [
    'CloneService',
    (api) => services.cloneService(api, 's', '{"name":"t"}'),
    'POST services/cn-shanghai/s/clone',
    '{"name":"t"}',
  ],
  [
    'UpdateService',
    (api) => services.updateService(api, 's', '{"metadata":{}}', 'replace'),
    'PUT services/cn-shanghai/s?UpdateType=replace',
    '{"metadata":{}}',
  ],
  ['DescribeServiceEndpoints', (api) => services.describeEndpoints(api, 's'), 'GET services/cn-shanghai/s/endpoints'],
  ['DescribeServiceDiagnosis', (api) => services.describeDiagnosis(api, 's'), 'GET services/cn-shanghai/s/diagnosis'],
  [
    'ListServiceInstances',
    (api) => listWorkers(api, 's', { Role: 'Queue' }),
    `GET services/cn-shanghai/s/instances?${page}&Role=Queue`,
  ],
  [
    'DeleteServiceInstances',
    (api) => deleteWorkers(api, 's', ['a', 'b'], { softRestart: true }),
    'DELETE services/cn-shanghai/s/instances?InstanceList=a%2Cb&SoftRestart=true',
  ],
  [
    'UpdateServiceInstance',
    (api) => updateWorker(api, 's', 'w', { isolate: true }),
    'PUT services/cn-shanghai/s/instances/w',
    '{"Isolate":true}',
  ],
  [
    'DescribeServiceInstanceDiagnosis',
    (api) => workerDiagnosis(api, 's', 'w'),
    'GET services/cn-shanghai/s/instances/w/diagnosis',
  ],
  [
    'ListServiceContainers',
    (api) => listContainers(api, 's', 'w'),
    'GET services/cn-shanghai/s/instances/w/containers',
  ],
  ['ListServiceVersions', (api) => listVersions(api, 's'), `GET services/cn-shanghai/s/versions?${page}`],
  [
    'DescribeServiceEvent',
    (api) => listEvents(api, 's', { from: at, type: 'Warning' }),
    'GET services/cn-shanghai/s/events?EventType=Warning&PageNum=1&PageSize=100&StartTime=2026-01-02%2003%3A04%3A05',
  ],
  [
    'DescribeServiceLog',
    (api) => readLogs(api, 's', { to: at, keyword: 'oom', previous: true }),
    'GET services/cn-shanghai/s/logs?EndTime=2026-01-02%2003%3A04%3A05&Keyword=oom&PageNum=1&PageSize=500&Previous=true',
  ],
  ['ListResources', (api) => listResourceGroups(api), `GET resources?Order=Asc&${page}&Sort=CreateTime`],
  ['DescribeResource', (api) => describeResourceGroup(api, 'r'), 'GET resources/cn-shanghai/r'],
  ['DescribeResourceDLink', (api) => describeDlink(api, 'r'), 'GET resources/cn-shanghai/r/dlink'],
  [
    'UpdateResourceDLink',
    (api) => updateDlink(api, 'r', { vSwitchId: 'v', securityGroupId: 'g', destinationCidrs: '1.0.0.0/8' }),
    'PUT resources/cn-shanghai/r/dlink',
    '{"DestinationCIDRs":"1.0.0.0/8","SecurityGroupId":"g","VSwitchId":"v"}',
  ],
  ['DeleteResourceDLink', (api) => deleteDlink(api, 'r'), 'DELETE resources/cn-shanghai/r/dlink'],
  ['ListResourceInstances', (api) => listInstances(api, 'r'), `GET resources/cn-shanghai/r/instances?${page}`],
  [
    'ListResourceInstanceWorker',
    (api) => workersOnNode(api, 'r', 'cn-shanghai.i-1'),
    `GET resources/cn-shanghai/r/instance/cn-shanghai.i-1/workers?${page}`,
  ],
  [
    'UpdateResourceInstance',
    (api) => updateInstance(api, 'r', 'i', 'Drain', 'repair'),
    'PUT resources/cn-shanghai/r/instances/i',
    '{"Action":"Drain","Reason":"repair"}',
  ],
  [
    'DeleteResourceInstances',
    (api) => deleteInstances(api, 'r', ['i', 'j']),
    'DELETE resources/cn-shanghai/r/instances?InstanceList=i%2Cj',
  ],
  ['ListGroups', (api) => listGroups(api), `GET groups?${list}`],
  ['DescribeGroup', (api) => describeGroup(api, 'g'), 'GET groups/cn-shanghai/g'],
  ['DescribeGroupEndpoints', (api) => describeGroupEndpoints(api, 'g'), 'GET groups/cn-shanghai/g/endpoints'],
  [
    'UpdateGroup',
    (api) => updateGroup(api, 'g', { trafficMode: 'customized' }),
    'PUT groups/cn-shanghai/g',
    '{"TrafficMode":"customized"}',
  ],
  ['DeleteGroup', (api) => deleteGroup(api, 'g', { cascade: true }), 'DELETE groups/cn-shanghai/g?CascadeDelete=true'],
  ['DescribeRegions', (api) => listRegions(api), 'GET regions'],
  ['DescribeServiceAutoScaler', (api) => describeAutoScaler(api, 's'), 'GET services/cn-shanghai/s/autoscaler'],
  [
    'CreateServiceAutoScaler',
    (api) =>
      setAutoScaler(api, 's', { min: 1, max: 2, scaleStrategies: [{ metricName: 'qps', threshold: 10 }] }, 'create'),
    'POST services/cn-shanghai/s/autoscaler',
    '{"max":2,"min":1,"scaleStrategies":[{"metricName":"qps","threshold":10}]}',
  ],
  [
    'UpdateServiceAutoScaler',
    (api) => setAutoScaler(api, 's', { min: 1, max: 2, scaleStrategies: [] }, 'update'),
    'PUT services/cn-shanghai/s/autoscaler',
    '{"max":2,"min":1,"scaleStrategies":[]}',
  ],
  ['DeleteServiceAutoScaler', (api) => deleteAutoScaler(api, 's'), 'DELETE services/cn-shanghai/s/autoscaler'],
  ['DescribeServiceCronScaler', (api) => describeCronScaler(api, 's'), 'GET services/cn-shanghai/s/cronscaler'],
  ['DeleteServiceCronScaler', (api) => deleteCronScaler(api, 's'), 'DELETE services/cn-shanghai/s/cronscaler'],
])('%s (%#) goes out as the contract has it', async (action, call, line, body = '') => {
  server.seen.length = 0;
  const answer = await drain(call(client));
  const [seen] = server.seen;
  expect(server.seen).toHaveLength(1);
  const query = seen?.rawQuery ? `?${seen.rawQuery}` : '';
  expect(`${seen?.method} ${seen?.path.replace('/api/v2/', '')}${query}`).toBe(line);
  expect(seen?.body).toBe(body);
  expect(seen?.headers['x-acs-action']).toBe(action);
  if (!line.startsWith('GET')) expect(answer).toMatchObject({ requestId: 'r', message: 'm' });
});

it('lists services over pages, with whatever is wrong in them', async () => {
  const rows = [
    [{ ServiceName: 'a', ServiceId: '1' }, null, { ServiceName: '' }],
    [{ ServiceName: 'a', ServiceId: '1' }, { ServiceName: 'b' }, 'x'],
    [{ ServiceName: 'c', Cpu: 'NaN' }],
  ];
  const paged = await serve(({ query }, response) =>
    reply(response, { Services: rows[Number(query.PageNumber) - 1], PageSize: 3, TotalCount: '7' }),
  );
  const api = clientOf(paged.port).client;
  const found = (await drain(services.listServices(api))) as services.Service[];
  expect(found.map(({ serviceName }) => serviceName)).toEqual(['a', 'b', 'c']);
  expect(paged.seen).toHaveLength(3);
  await api.close();
  await paged.close();
});

it('knows the host of each region', () => {
  expect(knownRegions).toHaveLength(28);
  expect(endpointOf('cn-shanghai')).toBe('pai-eas.cn-shanghai.aliyuncs.com');
  expect(endpointOf('cn-new-9')).toBe('pai-eas.cn-new-9.aliyuncs.com');
  expect(endpointOf('cn-shanghai', { vpc: true })).toBe('pai-eas-manage-vpc.cn-shanghai.aliyuncs.com');
  expect(() => endpointOf('evil.com/')).toThrow(/not a region id/);
});
