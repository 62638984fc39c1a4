import { describe, expect, it } from 'vitest';
import type { Screen, Section } from '../../../src/screens/define.ts';
import { screens } from '../../../src/screens/index.ts';
import { createViewer } from '../../../src/ui/viewer.ts';
import { createProgram, type Program } from '../state/program.ts';
import { answering, exampleOf, fieldsOf, quiet, reads, rowsOf, scope } from './contract-rows.ts';

const secret = 'c2VjcmV0LW9mLXRoZS10ZXN0';

/** A configuration with a secret in each of the places where one may stand. */
const config = JSON.stringify({
  name: 'foo',
  token: secret,
  dockerAuth: secret,
  generate_token: 'true',
  containers: [{ image: 'x', env: [{ name: 'HF_TOKEN', value: secret }], credentials: { access_key: secret } }],
  storage: [{ mount_path: '/m', oss: { accessKeySecret: secret, passwd: secret } }],
});

/** The operations that descriptions ask again, and of what schema their answers are. */
const asked: Readonly<Record<string, string>> = {
  DescribeService: 'Service',
  DescribeGroup: 'Group',
  DescribeResource: 'DescribeResourceResponseBody',
};
const schemaOf = (screen: Screen): string =>
  ({ resources: asked['DescribeResource'] })[screen.id] ?? reads[screen.id]?.schema ?? '';

/** An answer as the contract has it, with a value in every field and a secret in those that hold one. */
const filled = (schema: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(exampleOf(schema)).map(([name, value]) => {
      if (/token$/i.test(name)) return [name, secret];
      return [name, name === 'ServiceConfig' ? config : value];
    }),
  );

async function sectionsOf(screen: Screen): Promise<readonly Section[]> {
  const [row] = await rowsOf(screen, [filled(reads[screen.id]?.schema ?? '')]);
  const api = answering(
    ...Object.entries(asked).map(([operation, schema]) => [operation, () => filled(schema)] as const),
  );
  return (await screen.describe?.(api, row, scope, quiet())) ?? [];
}

const names = (sections: readonly Section[]): string[] =>
  sections.flatMap(({ title, fields = [] }) => [title, ...fields.map(({ name }) => name)]);

/** What a page shows of these sections. */
function drawn(program: Program, sections: readonly Section[], secrets = false): string {
  const { store } = program.cockpit;
  store.setState(({ pages, frames }) => ({
    pages: { ...pages, test: { title: 'test', sections } },
    frames: [
      ...frames.slice(0, 1),
      {
        kind: 'view', view: 'page', screen: 'services', scope: {}, row: 'test', name: 'test', top: 0, wrap: true,
        secrets, search: '', keys: [],
      },
    ], // biome-ignore format: a frame to be read as one
  }));
  const lines = createViewer()(program.cockpit, program.state(), program.view(), 200);
  return lines.map((line) => line.map(({ text }) => text).join('')).join('\n');
}

/** The names in the order in which eascmd prints them, where it prints the object at all. */
const eascmd: Readonly<Record<string, readonly string[]>> = {
  services: [
    'Status', 'ServiceName', 'Region', 'CreateTime', 'UpdateTime', 'AccessToken', 'TotalInstance', 'RunningInstance',
    'PendingInstance', 'Cpu', 'Gpu', 'Memory', 'Image', 'Weight', 'LatestVersion', 'CurrentVersion', 'Message',
  ],
  workers: ['InstanceName', 'InnerIP', 'HostIP', 'StartTime', 'RestartCount', 'Status', 'ReadyProcesses'],
  resources: [
    'ResourceName', 'Region', 'CpuCount', 'GpuCount', 'instanceCount', 'CreateTime', 'LastStatus', 'Message', 'RoleArn',
    'VpcId', 'VSwitchId', 'SecurityGroupId', 'DestinationCIDR', 'AuxVSwitchList',
  ],
  instances: [
    'InstanceName', 'InstanceIp', 'InstanceStatus', 'InstanceCpuCount', 'InstanceUsedCpu', 'InstanceGpuCount',
    'InstanceUsedGpu', 'InstanceMemory', 'InstanceUsedMemory', 'CreateTime', 'InstanceType', 'ChargeType',
  ],
}; // biome-ignore format: lists to be read as one

const ofTheService = screens.filter(({ id }) => reads[id]).map((screen) => [screen.id, screen] as const);

describe.each(ofTheService)('the description of one of the %s', (id, screen) => {
  it('has every field of the answer, those of eascmd first and under its names', async () => {
    const told = names(await sectionsOf(screen));
    expect(fieldsOf(schemaOf(screen)).filter((field) => !told.includes(field))).toEqual([]);
    const places = (eascmd[id] ?? []).map((name) => told.indexOf(name));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    // Nothing else of the answer comes before them.
    const others = fieldsOf(schemaOf(screen)).filter((field) => !eascmd[id]?.includes(field));
    if (eascmd[id]) expect(Math.max(...places)).toBeLessThan(Math.min(...others.map((field) => told.indexOf(field))));
  });

  it('shows no secret until it is asked for', async () => {
    const sections = await sectionsOf(screen);
    const program = await createProgram();
    expect(drawn(program, sections)).not.toContain(secret);
    const holds = JSON.stringify(sections).includes(secret);
    expect(drawn(program, sections, true).includes(secret)).toBe(holds);
    if (['services', 'groups', 'versions'].includes(id)) expect(holds).toBe(true);
  });
});

it('every kind of object has a description', () => {
  expect(screens.filter(({ describe }) => !describe).map(({ id }) => id)).toEqual([]);
});

it('an entry of the ledger is described with every field of the file', async () => {
  const program = await createProgram();
  const raw = {
    v: 1, id: 'the-id', at: '2026-01-02T03:04:05.678Z', event: 'sent', who: 'me', region: 'cn-test', host: 'the-host',
    pid: 4711, action: 'scale', operation: 'ScaleService', screen: 'services', scope: {}, target: 'mnist',
    words: 'scale mnist 2→5', cli: 'eascmd modify mnist -Dmetadata.instance=5', before: { totalInstance: 2 },
    after: { totalInstance: 5 }, ended: { event: 'ended', outcome: 'refused', code: 'Forbidden.RAM', message: 'no' },
  }; // biome-ignore format: an entry to be read as one
  const ledger = screens.find(({ id }) => id === 'ledger') as Screen;
  const row = { ...raw, at: Date.parse(raw.at), outcome: 'refused', requestId: 'R-1', message: 'no', raw };
  const page = drawn(program, (await ledger.describe?.(answering(), row, {}, quiet())) ?? []);
  for (const text of [
    'the-id',
    'the-host',
    '4711',
    'ScaleService',
    'Forbidden.RAM',
    'R-1',
    raw.cli,
    '"totalInstance": 2',
  ])
    expect(page).toContain(text);
});
