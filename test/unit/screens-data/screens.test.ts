import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../../src/screens/describe.ts';
import { screens } from '../../../src/screens/index.ts';
import { readCommand } from '../../../src/state/command-line.ts';
import { verbs } from '../../../src/state/verbs/index.ts';
import { answering, cellsOf, exampleOf, listAll, quiet, rowsOf, scope } from './contract-rows.ts';

const screenOf = (id: string) => {
  const screen = screens.find((one) => one.id === id);
  if (!screen) throw new Error(`no screen ${id}`);
  return screen;
};

const fields = (sections: readonly { fields?: readonly { name: string; value: unknown }[] }[]) =>
  Object.fromEntries(sections.flatMap((section) => section.fields ?? []).map(({ name, value }) => [name, value]));

it.each(screens.map((screen) => [screen.id, screen] as const))('no key of %s means two things', (_, screen) => {
  const own = [...(screen.actions ?? []), ...(screen.links ?? [])];
  const here = verbs.filter((verb) => verb.screen === undefined || verb.screen === screen.id);
  for (const where of ['table', 'view'] as const) {
    const keys = [...own, ...here]
      .filter((one) => [where, 'both'].includes(('where' in one ? one.where : undefined) ?? 'table'))
      .flatMap((one) => one.keys);
    expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
  }
});

describe('names of screens', () => {
  const names = screens.flatMap(({ id, alias, needs }) => [id, ...alias].map((name) => [name, id, needs] as const));

  it.each(names)(':%s opens %s', (name, id, needs) => {
    const command = readCommand({ screens, verbs: [] }, [name, ...needs.map((need) => `a-${need}`)].join(' '));
    expect(command).toMatchObject({ kind: 'open', screen: { id } });
  });

  it('are each of one screen only, and of no action', () => {
    const actions = screens.flatMap(({ actions = [] }) => actions.map(({ id }) => id));
    const all = [...names.map(([name]) => name), ...new Set(actions)];
    expect(all.filter((name, place) => all.indexOf(name) !== place)).toEqual([]);
  });

  it('lead only to screens there are, with all they need', async () => {
    for (const screen of screens.filter(({ id, enter }) => enter && id !== 'ledger')) {
      for (const wire of [example(screen.id), { ...example(screen.id), ServiceName: undefined }]) {
        for (const row of await rowsOf(screen, [wire])) {
          const to = screen.enter?.(row, scope);
          const next = screenOf(to?.screen ?? '');
          expect(Object.keys(to?.scope ?? {})).toEqual(next.needs);
          expect(Object.values(to?.scope ?? {})).not.toContain('');
        }
      }
    }
  });
});

const example = (id: string): Record<string, unknown> =>
  exampleOf(
    {
      services: 'Service',
      workers: 'Instance',
      resources: 'Resource',
      instances: 'ResourceInstance',
      'node-workers': 'ResourceInstanceWorker',
    }[id] ?? '',
  );

describe('versions', () => {
  const wire = (id: number | undefined, more: object = {}) => ({
    ...exampleOf('ListServiceVersionsResponseBodyVersions'),
    ImageId: id,
    ...more,
  });
  const versions = screenOf('versions');
  const service = () => ({ ...exampleOf('Service'), CurrentVersion: 3, LatestVersion: 4 });
  const listed = (rows: unknown[], describe: () => unknown = service) =>
    listAll(
      versions,
      answering(
        ['ListServiceVersions', () => ({ Versions: rows, TotalCount: rows.length })],
        ['DescribeService', describe],
      ),
    );

  it('are proposed by the image id, with a question mark, and marked by what the service says of itself', async () => {
    const rows = await listed([wire(4), wire(3), wire(2), wire(undefined)]);
    expect(rows.map((row) => cellsOf(versions, row)['version'])).toEqual(['4?', '3?', '2?', '-']);
    expect(rows.map((row) => cellsOf(versions, row)['mark'])).toEqual(['latest', 'current', '-', '-']);
    expect(rows.map((row) => versions.columns.find(({ id }) => id === 'mark')?.tone?.(row))).toContain('ok');
  });

  it('ask for the service once, however many pages there are, and do without if it does not answer', async () => {
    const page = (params: Record<string, unknown>) => ({
      Versions: [wire(Number(params['PageNumber']))],
      PageSize: 1,
      TotalCount: 3,
    });
    const api = answering(['ListServiceVersions', page], ['DescribeService', service]);
    expect(await listAll(versions, api)).toHaveLength(3);
    expect(api.sent.filter(({ operation }) => operation === 'DescribeService')).toHaveLength(1);
    const rows = await listed([wire(4)], () => {
      throw new Error('forbidden');
    });
    expect(rows.map((row) => cellsOf(versions, row))).toMatchObject([{ version: '4?', mark: '-' }]);
  });

  it('say in a word whether the image is there, and tell unknown from not said', async () => {
    const rows = await listed([
      wire(4, { ImageAvailable: 'true' }),
      wire(3, { ImageAvailable: 'false' }),
      wire(2, { ImageAvailable: 'unknown' }),
      wire(1, { ImageAvailable: undefined }),
    ]);
    expect(rows.map((row) => cellsOf(versions, row)['image'])).toEqual(['yes', 'no', 'unknown', '-']);
    expect(rows.map((row) => versions.fault?.(row)?.word)).toEqual([undefined, 'without image', undefined, undefined]);
  });

  it('show their config as JSON, secrets masked by name', async () => {
    const config = JSON.stringify({ name: 'echo', token: 'very-secret', metadata: { cpu: 1 } });
    const [row] = await listed([wire(4, { ServiceConfig: config })]);
    const sections = (await versions.describe?.(answering(), row, scope, quiet())) ?? [];
    const json = sections.find(({ title }) => title === 'ServiceConfig')?.json;
    expect(json).toEqual(JSON.parse(config));
    expect(JSON.stringify(maskSecrets(json))).not.toContain('very-secret');
    expect(JSON.stringify(maskSecrets(versions.json?.(row)))).not.toContain('very-secret');
  });
});

describe('resources', () => {
  const resources = screenOf('resources');
  const column = (id: string) => resources.columns.find((one) => one.id === id);

  it('show used of total with bars and what is free, and sort by what is free', async () => {
    const [row] = await rowsOf(resources, [
      { ResourceId: 'eas-r-1', CpuCount: 64, CpuUsed: 8, GpuCount: 4, GpuUsed: 4, Memory: 8192, MemoryUsed: 2048 },
    ]);
    expect(cellsOf(resources, row)).toMatchObject({
      cpu: '█░░░ 8/64',
      gpu: '████ 4/4',
      memory: '█░░░ 2.0G/8.0G',
      free: '56/0/6.0G',
    });
    expect(column('cpu')?.value(row)).toBe(56);
    expect(column('gpu')?.tone?.(row)).toBe('warn');
    expect(column('cpu')?.tone?.(row)).toBe('plain');
  });

  it('show a dash for what a group does not tell, never zero', async () => {
    const [row] = await rowsOf(resources, [{ ResourceId: 'eas-r-1', CpuCount: 64, Memory: 8192 }]);
    expect(cellsOf(resources, row)).toMatchObject({ cpu: '     -/64', memory: '     -/8.0G', free: '-/-/-' });
    expect(column('cpu')?.value(row)).toBeUndefined();
  });

  it('describe a group under the names that eascmd prints, the connection first', async () => {
    const [row] = await rowsOf(resources, [exampleOf('Resource')]);
    const group = exampleOf('DescribeResourceResponseBody');
    const api = answering(
      // The example ends before its last brace.
      ['DescribeResource', () => ({ ...group, ExtraData: `${String(group['ExtraData'])}}` })],
      ['DescribeResourceDLink', () => ({ VpcId: 'vpc-dlink', AuxVSwitchList: [] })],
    );
    const sections = (await resources.describe?.(api, row, scope, quiet())) ?? [];
    expect(sections.slice(0, 2).map(({ title }) => title)).toEqual(['Basic', 'Network']);
    expect(sections[0]?.fields?.map(({ name }) => name)).toEqual([
      'ResourceName', 'Region', 'CpuCount', 'GpuCount', 'instanceCount', 'CreateTime', 'LastStatus', 'Message',
      'RoleArn',
    ]); // biome-ignore format: a list to be read as one
    expect(sections[1]?.fields?.map(({ name }) => name)).toEqual([
      'VpcId', 'VSwitchId', 'SecurityGroupId', 'DestinationCIDR', 'AuxVSwitchList',
    ]); // biome-ignore format: a list to be read as one
    expect(fields(sections)).toMatchObject({
      RoleArn: 'acs:ram::1157703270*****:role/AliyunServiceRoleForPaiEas',
      VpcId: 'vpc-dlink',
      VSwitchId: 'vsw-bp17uo6xebcusy****',
      DestinationCIDR: '172.16.0.12/28',
      AuxVSwitchList: '[vsw-bp13b3pvjap3vxn**** vsw-bp1nls8o5hk8mt8*****]',
    });
    expect(sections.find(({ title }) => title === 'ExtraData')?.json).toMatchObject({ gpu_share: true });
  });

  it('describe a group that is not connected, and say so', async () => {
    const [row] = await rowsOf(resources, [exampleOf('Resource')]);
    const api = answering(
      ['DescribeResource', () => ({ ResourceId: 'eas-r-1' })],
      [
        'DescribeResourceDLink',
        () => {
          throw new Error('there is no connection');
        },
      ],
    );
    const sections = (await resources.describe?.(api, row, scope, quiet())) ?? [];
    expect(sections[1]?.lines).toEqual([{ text: 'connection not available: there is no connection', tone: 'dim' }]);
  });
});

describe('instances', () => {
  const instances = screenOf('instances');

  it('bring memory with units to one unit', async () => {
    const wire = { InstanceId: 'i', InstanceMemory: '62240M', InstanceUsedMemory: '4G', InstanceUsedGpuMemory: '470M' };
    const [row] = await rowsOf(instances, [wire]);
    expect(cellsOf(instances, row)).toMatchObject({ memory: '█░░░ 4.0G/60.8G', gpumemory: '     470M/-' });
    expect(instances.columns.find(({ id }) => id === 'memory')?.value(row)).toBe(62240 - 4096);
  });

  it('tell who closed a node last, and count as closed only what its status calls so', async () => {
    const last = { LastCordonReason: 'kernel upgrade', LastCordonOperator: '2434' };
    const [open, closed] = await rowsOf(instances, [
      { InstanceId: 'a', InstanceStatus: 'Ready', ...last },
      { InstanceId: 'b', InstanceStatus: 'Ready,SchedulingDisabled', ...last },
    ]);
    expect(cellsOf(instances, open)['cordon']).toBe('kernel upgrade by 2434');
    expect(instances.fault?.(open)).toBeUndefined();
    expect(instances.fault?.(closed)).toEqual({ word: 'closed', tone: 'warn' });
  });

  it('show their labels, one without a value among them', async () => {
    const [row, bare] = await rowsOf(instances, [
      {
        InstanceId: 'a',
        Labels: [
          { LabelKey: 'rack', LabelValue: '7' },
          { LabelKey: 'spot', LabelValue: '' },
        ],
      },
      { InstanceId: 'b' },
    ]);
    expect(cellsOf(instances, row)['labels']).toMatch(/^rack=7,spot=?$/);
    expect(cellsOf(instances, bare)['labels']).toBe('-');
  });

  it('tell which services use a node and how much, that none does, and that it cannot be told', async () => {
    const wire = { InstanceId: 'i-1', InstanceName: 'n1', InstanceCpuCount: 8, InstanceUsedCpu: 3 };
    const pods = [
      { Name: 'a', ServiceName: 'mnist', CpuRequest: 1, GpuRequest: 0.5 },
      { Name: 'b', ServiceName: 'mnist', CpuRequest: 1, GpuRequest: 0.5 },
      { Name: 'c', ServiceName: 'bert', CpuRequest: 1 },
    ];
    const [row] = await rowsOf(instances, [wire]);
    const used = async (workers: () => unknown): Promise<string> => {
      const once = (params: Record<string, unknown>, answer: () => unknown) =>
        Number(params['PageNumber'] ?? 1) > 1 ? {} : answer();
      const api = answering(
        ['ListResourceInstances', (params) => once(params, () => ({ Instances: [wire] }))],
        ['ListResourceInstanceWorker', (params) => once(params, workers)],
      );
      const now = await instances.fetch?.(api, row as never, scope, quiet());
      const sections = (await instances.describe?.(api, now as never, scope, quiet())) ?? [];
      return (sections.find(({ title }) => title === 'Used by')?.lines ?? []).map(({ text }) => text).join('\n');
    };
    expect(await used(() => ({ Pods: pods }))).toMatch(
      /^mnist +2 workers +cpu 2 +gpu 1 +memory -\nbert +1 worker +cpu 1 +gpu - +memory -$/,
    );
    expect(await used(() => ({ Pods: [] }))).toBe('no worker is on it');
    const refused = (): never => {
      throw new Error('not yours');
    };
    expect(await used(refused)).toBe('its workers could not be read');
  });

  it('lead to the workers of the node by its name', async () => {
    const [row] = await rowsOf(instances, [{ InstanceId: 'eas-i-1', InstanceName: 'cn-shanghai.i-1' }]);
    expect(instances.enter?.(row, { resource: 'eas-r-1' })).toEqual({
      screen: 'node-workers',
      scope: { resource: 'eas-r-1', node: 'cn-shanghai.i-1' },
    });
  });
});

describe('containers', () => {
  const containers = screenOf('containers');

  it('are inside of workers', async () => {
    const workers = screenOf('workers');
    const [row] = await rowsOf(workers, [{ InstanceName: 'foo-7' }]);
    expect(workers.enter?.(row, { service: 'foo' })).toEqual({
      screen: 'containers',
      scope: { service: 'foo', worker: 'foo-7' },
    });
  });

  it('are at fault when they ended in error or wait, not when they have done their work', async () => {
    const rows = await rowsOf(containers, [
      { Name: 'a', CurrentStatus: 'Terminated', CurrentReaon: 'Error' },
      { Name: 'b', CurrentStatus: 'Waiting', CurrentReaon: 'PodInitializing' },
      { Name: 'c', CurrentStatus: 'Terminated', CurrentReaon: 'Completed', Ready: false },
      { Name: 'd', CurrentStatus: 'Running', Ready: false },
      { Name: 'e', CurrentStatus: 'Running', Ready: true },
    ]);
    expect(rows.map((row) => containers.fault?.(row)?.word)).toEqual([
      'terminated',
      'waiting',
      undefined,
      'not ready',
      undefined,
    ]);
  });
});

describe('groups', () => {
  const groups = screenOf('groups');

  it('are described with the services in them, which the service is asked for by the group', async () => {
    const [row] = await rowsOf(groups, [{ Name: 'shop' }]);
    const api = answering(
      ['DescribeGroup', () => ({ ...exampleOf('Group'), Name: 'shop' })],
      ['ListServices', () => ({ Services: [{ ServiceName: 'shop-1', Status: 'Running', Weight: 30 }], TotalCount: 1 })],
    );
    const sections = (await groups.describe?.(api, row, {}, quiet())) ?? [];
    expect(sections[0]?.lines).toEqual([{ text: 'shop-1  ✓ Running  -/-  weight 30', tone: 'ok' }]);
    expect(api.sent.find(({ operation }) => operation === 'ListServices')?.params).toMatchObject({ GroupName: 'shop' });
    const token = sections.flatMap((section) => section.fields ?? []).find(({ name }) => name === 'AccessToken');
    expect(token).toMatchObject({ secret: true });
  });
});

describe('events', () => {
  const events = screenOf('events');
  const wire = (Time: string, more: object = {}) => ({
    Time,
    Type: 'Normal',
    Reason: 'Updating',
    Message: 'm',
    ...more,
  });

  it('are read to the end even where pages are smaller than asked for', async () => {
    const all = Array.from({ length: 7 }, (_, place) => wire(`2022-04-09 06:30:0${place}`));
    const page = ({ PageNum }: Record<string, unknown>) => ({
      Events: all.slice((Number(PageNum) - 1) * 3, Number(PageNum) * 3),
    });
    expect(await listAll(events, answering(['DescribeServiceEvent', page]))).toHaveLength(7);
  });

  it('end where the service knows no pages and repeats itself', async () => {
    const api = answering(['DescribeServiceEvent', () => ({ Events: [wire('2022-04-09 06:30:00')] })]);
    expect(await listAll(events, api)).toHaveLength(1);
    expect(api.sent).toHaveLength(2);
  });

  it('are shown with the words inside their message; a warning is a fault', async () => {
    const message = JSON.stringify({ versionId: '2', message: 'no node fits', availableInstance: 1 });
    const [normal, warning] = await rowsOf(events, [
      wire('2022-04-09 06:30:00'),
      wire('2022-04-09T06:31:00Z', { Type: 'Warning', Message: message }),
    ]);
    expect(events.fault?.(normal)).toBeUndefined();
    expect(events.fault?.(warning)).toEqual({ word: 'warning', tone: 'warn' });
    expect(cellsOf(events, warning)).toMatchObject({ message: 'no node fits', version: '2', available: '1' });
    expect(events.sort).toEqual({ column: 'time', descending: true });
  });
});
