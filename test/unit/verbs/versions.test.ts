import { expect, test } from 'vitest';
import { type Program, type ProgramOptions, wireService } from '../state/program.ts';
import { answering, asked, command, createPairProgram, on, refusing, rest } from './pair-program.ts';

type Wire = Record<string, unknown>;

const config = (image: string, cpu: number, more: object = {}): string =>
  JSON.stringify({ name: 'm', containers: [{ image }], metadata: { cpu, memory: 1000, instance: 2 }, ...more });

const wireVersion = (id: number, more: Wire = {}): Wire => ({
  ImageId: id,
  BuildTime: `2026-01-0${id}T00:00:00Z`,
  ImageAvailable: 'true',
  ServiceRunnable: 'true',
  Message: '',
  ServiceConfig: config(`repo:v${id}`, id),
  ...more,
});

interface Setting extends ProgramOptions {
  readonly versions?: readonly Wire[];
}

/** A service at version 3 of 3, with the list of its versions that a test may change. */
async function createVersions({ versions = [3, 2, 1].map((id) => wireVersion(id)), ...options }: Setting = {}) {
  const list = { versions: [...versions] };
  const listed = (): Wire => ({
    PageNumber: 1,
    PageSize: 100,
    TotalCount: list.versions.length,
    Versions: list.versions,
  });
  const program = await createPairProgram({
    services: [wireService('m', { ServiceConfig: config('repo:v3', 3, { token: 'T0KEN' }) })],
    ...options,
    answers: {
      ListServiceVersions: listed,
      ...options.answers,
    },
  });
  return { program, list };
}

/** Opens the diff of a version, by its place in the list. */
async function openDiff(program: Program, place: number): Promise<void> {
  await on(program, 'm', 'v');
  await program.press('g');
  for (let left = place; left > 0; left--) await program.press('down');
  await program.press('enter');
  await rest();
}

const described = (program: Program): string => {
  const [, source] = Object.entries(program.state().sources).find(([key]) => key.startsWith('describe:versions')) ?? [];
  return (source?.sections ?? [])
    .flatMap(({ title, lines = [] }) => [title, ...lines.map(({ text }) => text)])
    .join('\n');
};

test('a version shows how it differs from the one that runs, what matters most first', async () => {
  const { program } = await createVersions();
  await openDiff(program, 1);
  const text = described(program);
  expect(text).toMatch(
    /^Changes from the current configuration \(version 3\)\n~ \S*image\S* .*v3.* → .*v2.*\n~ \S*cpu\S* 3 → 2\n/,
  );
  expect(text).not.toContain('memory');
  expect(text).not.toContain('T0KEN');
});

test('says when a version has no configuration to compare', async () => {
  const { program } = await createVersions({
    versions: [wireVersion(3), wireVersion(2, { ServiceConfig: undefined })],
  });
  await openDiff(program, 1);
  expect(described(program)).toContain('the service gives no configuration of this version');
});

test('y in the diff asks with the number that will be sent, sends it, follows and takes it back', async () => {
  const { program } = await createVersions();
  await openDiff(program, 1);
  await program.press('y');
  await rest();
  expect(program.state().dialog?.slider?.value).toBe(2);
  expect(asked(program)).toContain('version 2 will be sent');
  expect(asked(program)).toContain('2? is its ImageId: that this is its number is not documented');
  expect(asked(program)).toContain('2 running workers will be replaced');
  await program.press('y');
  await rest();
  expect(program.service.of('UpdateServiceVersion').map(({ params }) => params)).toEqual([
    { ClusterId: 'cn-test', ServiceName: 'm', Version: 2 },
  ]);
  expect(program.recorded[0]?.entry.cli).toBe('eascmd version m 2');
  await program.clock.advance(4_000);
  expect(program.messages().some((text) => text.startsWith('switched m from version 3 to 2 in'))).toBe(true);
  await program.press('u');
  await rest();
  expect(program.service.of('UpdateServiceVersion').map(({ params }) => params['Version'])).toEqual([2, 3]);
});

test('the number can be edited, and what was edited is sent', async () => {
  const { program } = await createVersions();
  await openDiff(program, 1);
  await program.press('y');
  await rest();
  await program.press('left');
  expect(asked(program)).toContain('version 1 will be sent\n! not the version you looked at');
  await program.press('right', 'right');
  expect(asked(program)).toContain('! 3 is the current version: the service may refuse');
  await program.press('1', 'y');
  await rest();
  expect(program.service.of('UpdateServiceVersion')[0]?.params).toMatchObject({ Version: 1 });
});

test('an image that is not available blocks with the reason, by key, by command and by edited number', async () => {
  const gone = wireVersion(1, { ImageAvailable: 'false', Message: 'repo:v1 was removed' });
  const { program } = await createVersions({ versions: [wireVersion(3), wireVersion(2), gone] });
  await openDiff(program, 2);
  await program.press('y');
  await rest();
  expect(program.said()).toBe('the image of version 1? is not available: repo:v1 was removed');
  await command(program, 'version m 1');
  expect(program.state().prompt?.error).toBe('the image of version 1? is not available: repo:v1 was removed');
  await program.press('esc');
  await command(program, 'version m 2');
  await program.press('left', 'y');
  await rest();
  expect(program.said()).toContain('the image of version 1? is not available');
  expect(program.service.of('UpdateServiceVersion')).toEqual([]);
});

test('a CurrentVersion that is not what was sent is said in words', async () => {
  const { program } = await createVersions();
  program.service.answers['UpdateServiceVersion'] = () => {
    program.service.services = program.service.services.map((one) => ({ ...one, CurrentVersion: 1 }));
    return { RequestId: 'R' };
  };
  await command(program, 'version m 2');
  await program.press('y');
  await rest();
  await program.clock.advance(4_000);
  expect(program.said()).toContain('version 2 was sent and CurrentVersion is 1: the numbers do not mean the same');
});

test('a CurrentVersion that never moves is said after two minutes', async () => {
  const { program } = await createVersions({ answers: { UpdateServiceVersion: answering({ RequestId: 'R' }) } });
  await command(program, 'version m 2');
  await program.press('y');
  await rest();
  await program.clock.advance(100_000);
  expect(program.messages().some((text) => text.includes('as before'))).toBe(false);
  await program.clock.advance(30_000);
  expect(program.said()).toContain('version 2 was sent and CurrentVersion is 3, as before');
});

test.each([
  ['version m', 'write :version NAME NUMBER; v on a service lists its versions'],
  ['version m 0', '"0" is not a whole number above 0'],
  ['version m two', '"two" is not a whole number above 0'],
  ['version m 3', 'version 3? is the current one'],
  ['version nobody 2', 'there is no service nobody'],
])(':%s is refused', async (line, said) => {
  const { program } = await createVersions();
  await command(program, line);
  expect(program.state().prompt?.error).toBe(said);
});

test('a version that vanishes while its dialog is open is not sent', async () => {
  const { program, list } = await createVersions();
  await openDiff(program, 1);
  await program.press('y');
  await rest();
  list.versions = [wireVersion(3), wireVersion(1)];
  await program.press('y');
  await rest();
  expect(program.said()).toBe('version 2? of m is no longer listed; nothing was sent');
  expect(program.service.of('UpdateServiceVersion')).toEqual([]);
});

test('a service deleted or switched by somebody else while the dialog is open is left alone', async () => {
  const { program } = await createVersions();
  await command(program, 'version m 2');
  program.service.services = program.service.services.map((one) => ({ ...one, CurrentVersion: 1 }));
  await program.press('y');
  await rest();
  expect(program.said()).toBe('m went from version 3 to 1 meanwhile; nothing was sent');
  await command(program, 'version m 2');
  program.service.services = [];
  await program.press('y');
  await rest();
  expect(program.said()).toBe('m is gone, or another bears its name now; nothing was sent');
  expect(program.service.of('UpdateServiceVersion')).toEqual([]);
});

test.each([
  ['denied', 'Forbidden.RAM', 403],
  ['conflict', 'Conflict', 409],
] as const)('a refusal (%s) is told with its code and request', async (kind, code, status) => {
  const { program } = await createVersions({
    answers: {
      UpdateServiceVersion: refusing(kind, code, 'the service refuses', status),
    },
  });
  await command(program, 'version m 2');
  await program.press('y');
  await rest();
  expect(program.said()).toContain(`${code}: the service refuses · request R-refused`);
  expect(program.recorded[0]?.ended).toMatchObject({ outcome: 'refused', code });
});

test('ImageIds that are no version numbers: the number can still be given', async () => {
  const { program } = await createVersions({
    versions: [wireVersion(3, { ImageId: 4021 }), wireVersion(2, { ImageId: 4014 })],
  });
  await openDiff(program, 1);
  await program.press('y');
  await rest();
  expect(asked(program)).toContain('! 4014 is above LatestVersion 3: the numbers may not mean the same');
  await program.press('2', 'y');
  await rest();
  expect(program.service.of('UpdateServiceVersion')[0]?.params).toMatchObject({ Version: 2 });
});

test('read-only sends no version', async () => {
  const { program } = await createVersions({ session: { readOnly: true } });
  await openDiff(program, 1);
  await program.press('y');
  await rest();
  expect(program.said()).toContain('read-only');
  await command(program, 'version m 2');
  expect(program.state().prompt?.error).toContain('read-only');
  expect(program.state().dialog).toBeUndefined();
});

test('the description of a service has its endpoints, masked, and says when they cannot be had', async () => {
  const answer = {
    AccessToken: 'T0KEN',
    Endpoints: [
      {
        EndpointType: 'DefaultGateway',
        BackendId: 'default',
        PathType: 'Service',
        Port: 80,
        InternetEndpoints: ['http://a'],
        IntranetEndpoints: ['http://b'],
      },
    ],
  };
  const { program } = await createVersions({ answers: { DescribeServiceEndpoints: answering(answer) } });
  await on(program, 'm', 'd');
  const sections = () =>
    Object.entries(program.state().sources).find(([key]) => key.startsWith('describe:services'))?.[1].sections ?? [];
  expect(sections().find(({ title }) => title === 'Endpoints')?.fields).toEqual([
    { name: 'Service DefaultGateway', value: 'default, port 80' },
    { name: '  Internet', value: 'http://a' },
    { name: '  Intranet', value: 'http://b' },
    { name: 'Token', value: 'T0KEN', secret: true },
  ]);
  program.service.answers['DescribeServiceEndpoints'] = refusing('denied', 'Forbidden.RAM', 'not allowed', 403);
  await program.clock.advance(3_000);
  expect(sections().find(({ title }) => title === 'Endpoints')?.lines?.[0]?.text).toBe(
    'endpoints not available: not allowed',
  );
});
