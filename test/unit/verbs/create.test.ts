import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../src/api/errors.ts';
import { openConfig, service } from './config-program.ts';

const good = { name: 'fresh', processor: 'pmml', model_path: 'oss://b/x.tar.gz', metadata: { instance: 2, cpu: 1 } };

describe('from a file', () => {
  test('asks, sends the JSON, and shows each distinct state until it runs', async () => {
    const program = await openConfig();
    const file = program.file('fresh.json', JSON.stringify(good));
    await program.command(`create ${file}`);
    const lines = await program.yes();
    expect(lines[0]).toBe('create fresh');
    expect(lines).toContain('in cn-test');
    await program.says('create fresh: accepted');
    expect(program.bodies('CreateService')).toEqual([good]);
    await program.until('the first state', () =>
      program.shown().includes('Creating  [Total: 2, Pending: 2, Running: 0]'),
    );
    expect(program.shown()).toContain('Token: token-of-fresh');

    // Who leaves the page still follows it.
    await program.press('esc');
    expect(program.shown()).toBe('');
    const made = program.service.services.find(({ ServiceName }) => ServiceName === 'fresh');
    Object.assign(made ?? {}, { Status: 'Waiting', Message: 'Successfully synchronized resources' });
    await program.clock.advance(2_100);
    await program.clock.advance(2_100);
    Object.assign(made ?? {}, { Status: 'Running', RunningInstance: 2, PendingInstance: 0 });
    await program.clock.advance(2_100);
    await program.says(/created fresh in/);
    expect(program.bells()).toBe(1);
    await program.command('creating fresh');
    const states = program
      .shown()
      .split('\n')
      .filter((line) => line.includes('[Total'));
    expect(states.map((line) => line.slice(10))).toEqual([
      'Creating  [Total: 2, Pending: 2, Running: 0]',
      'Waiting  [Total: 2, Pending: 2, Running: 0]  Successfully synchronized resources',
      'Running  [Total: 2, Pending: 0, Running: 2]  Successfully synchronized resources',
    ]);
    expect(program.recorded.map(({ entry }) => entry.cli)).toEqual([`eascmd create ${file}`]);
  });

  test('a failed one gives its reason and diagnosis', async () => {
    const program = await openConfig();
    const diagnosis = { Error: 'no model', Causes: ['gone'], Advices: ['put it back'] };
    program.service.answers['DescribeServiceDiagnosis'] = () => ({ DiagnosisList: [diagnosis] });
    await program.command(`create ${program.file('f.json', JSON.stringify(good))}`);
    await program.yes();
    await program.says('accepted');
    Object.assign(program.service.services.at(-1) ?? {}, { Status: 'Failed', Message: 'model missing' });
    await program.clock.advance(2_100);
    await program.says(/create fresh failed after .*: model missing/);
    await program.until('the diagnosis', () => program.shown().includes('advice  put it back'));
    expect(program.shown()).toContain('cause   gone');
  });

  test('an existing name is refused before anything is sent', async () => {
    const program = await openConfig();
    await program.command(`create ${program.file('f.json', JSON.stringify({ ...good, name: 'mnist' }))}`);
    await program.says('there is a service mnist already');
    expect(program.state().dialog).toBeUndefined();
    expect(program.service.of('CreateService')).toEqual([]);
  });

  test('a conflict and a missing right are told with code and request, and the file stays', async () => {
    const program = await openConfig();
    program.service.answers['CreateService'] = () => {
      const more = { message: 'not authorized', status: 403, requestId: 'R-403' };
      throw new ApiError({ kind: 'denied', code: 'Forbidden.RAM', ...more });
    };
    await program.command(`create ${program.file('f.json', JSON.stringify(good))}`);
    await program.yes();
    await program.says(/create fresh failed · Forbidden\.RAM: not authorized · request R-403/);
    expect(program.shown()).toContain('not created: Forbidden.RAM: not authorized · request R-403');
  });

  test('a name that is taken while the question is open is a conflict, and the draft is kept', async () => {
    const program = await openConfig();
    program.editor(`sed -i 's/mnist_copy/fresh/' "$1"`);
    await program.press('n');
    await program.pick('a clone of mnist');
    await program.until('the question', () => program.state().dialog);
    program.service.services = [...program.service.services, service('fresh', {})];
    await program.yes();
    await program.says(/create fresh failed · ServiceAlreadyExists: .* · request R-409/);
    expect(program.shown()).toContain('the draft is kept');
    expect(program.drafts()).toHaveLength(1);
  });

  test('a lost answer is looked up', async () => {
    const program = await openConfig();
    program.service.answers['CreateService'] = () => {
      program.service.services = [
        ...program.service.services,
        { ...program.service.services[0], ServiceName: 'fresh', ServiceId: 'eas-m-fresh' },
      ];
      throw new ApiError({ kind: 'network', code: 'ECONNRESET', message: 'closed', sent: 'unknown' });
    };
    await program.command(`create ${program.file('f.json', JSON.stringify(good))}`);
    await program.yes();
    await program.says('outcome unknown');
    await program.clock.advance(2_100);
    await program.says(/created fresh in/);
  });
});

describe('blue-green', () => {
  test('needs an existing name, sends metadata.release and follows the new service', async () => {
    const program = await openConfig();
    const file = program.file('f.json', JSON.stringify({ ...good, name: 'mnist' }));
    await program.command(`release-create ${file}`);
    const lines = await program.yes();
    expect(lines[0]).toBe('create beside mnist (blue-green)');
    await program.says('accepted');
    expect(program.bodies('CreateService')).toEqual([
      { ...good, name: 'mnist', metadata: { ...good.metadata, release: true } },
    ]);
    await program.until('the new name', () => program.shown().includes('Service: mnist_9c16a222'));
    expect(program.recorded[0]?.entry.cli).toBe(`eascmd create ${file} -r`);
  });

  test('when the existing one is deleted while the question is open nothing is sent', async () => {
    const program = await openConfig();
    await program.command(`release-create ${program.file('f.json', JSON.stringify({ ...good, name: 'mnist' }))}`);
    await program.until('the question', () => program.state().dialog);
    program.service.services = [];
    await program.yes();
    await program.says(/NotTheSame: mnist is gone, .*nothing was sent/);
    expect(program.service.of('CreateService')).toEqual([]);
  });

  test('of a lost answer the new name is learnt from the existing one', async () => {
    const program = await openConfig();
    program.service.answers['CreateService'] = () => {
      const pair = { ExtraData: JSON.stringify({ blue_green_services: ['mnist', 'mnist_1a2b3c4d'] }) };
      const old = { ...program.service.services[0], ...pair };
      program.service.services = [old, service('mnist_1a2b3c4d', {}, pair)];
      throw new ApiError({ kind: 'timeout', code: 'Timeout', message: 'no answer', sent: 'unknown' });
    };
    await program.command(`release-create ${program.file('f.json', JSON.stringify({ ...good, name: 'mnist' }))}`);
    await program.yes();
    await program.says('outcome unknown');
    await program.clock.advance(4_100);
    await program.says(/created mnist_1a2b3c4d in/);
  });

  test('-r may stand after the file, as eascmd has it', async () => {
    const program = await openConfig();
    await program.command(`create ${program.file('f.json', JSON.stringify(good))} -r`);
    await program.says(`there is no service ${good.name} to release beside`);
  });

  test('without one it is refused', async () => {
    const program = await openConfig();
    await program.command(`create -r ${program.file('f.json', JSON.stringify(good))}`);
    await program.says('there is no service fresh to release beside');
    expect(program.service.of('CreateService')).toEqual([]);
  });
});

describe('in an editor', () => {
  test('a clone gets another name; the draft goes when it is taken', async () => {
    const program = await openConfig();
    program.editor(`sed -i 's/mnist_copy/second/' "$1"`);
    await program.press('n');
    await program.pick('a clone of mnist');
    await program.yes();
    await program.says('create second: accepted');
    expect(program.bodies('CreateService')).toMatchObject([{ name: 'second', processor: 'pmml' }]);
    await program.until('no draft', () => program.drafts().length === 0);
  });

  test.each(['a clone of mnist', 'blue-green beside mnist'])(
    '%s that is deleted while the menu is open',
    async (what) => {
      const program = await openConfig();
      program.editor('true');
      await program.press('n');
      await program.until('the menu', () => program.state().menu);
      program.service.services = [];
      await program.pick(what);
      await program.says(/mnist/);
      expect([program.said(), program.state().dialog]).toEqual(['there is no service mnist', undefined]);
      expect(program.service.of('CreateService')).toEqual([]);
    },
  );

  test('errors block with line and column, and the draft is kept and gone on with', async () => {
    const program = await openConfig();
    program.editor(`printf '{\\n  "name": "x1y",\\n  "metadata": { "instance": "two" }\\n}' >"$1"`);
    await program.press('n');
    await program.pick('from a template');
    await program.says('the draft is kept: :drafts');
    expect(program.shown()).toMatch(/line 3, column \d+: error: metadata\.instance must be a whole number/);
    expect(program.state().dialog).toBeUndefined();
    expect(program.drafts()).toHaveLength(1);

    program.editor(`printf '%s' '${JSON.stringify(good)}' >"$1"`);
    await program.press('esc');
    await program.command('drafts');
    await program.pick('create');
    await program.pick('go on');
    await program.yes();
    await program.says('create fresh: accepted');
    await program.until('no draft', () => program.drafts().length === 0);
  });

  test('a template left as it is creates nothing', async () => {
    const program = await openConfig();
    program.editor('true');
    await program.press('n');
    await program.pick('from a template');
    await program.says('nothing is created');
    expect(program.drafts()).toEqual([]);
  });

  test.each([
    ['exit 1', 'ended with code 1; nothing was sent; the draft is kept'],
    ['rm "$1"', 'there is no such file; the draft is kept as it was before'],
  ])('%s keeps the draft', async (script, said) => {
    const program = await openConfig();
    program.editor(script);
    await program.press('n');
    await program.pick('a clone of mnist');
    await program.says(said);
    expect(program.drafts()).toHaveLength(1);
    expect(program.state().dialog).toBeUndefined();
  });
});

describe('what is no service', () => {
  const text = JSON.stringify(good);
  const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
  test.each<[string, string | Uint8Array]>([
    ['comments and trailing commas', `// mine\n${text.slice(0, -1)},}`],
    ['a byte order mark', `\ufeff${text}`],
    ['UTF-16', wide],
  ])('%s is read with a warning that can be overridden', async (_what, content) => {
    const program = await openConfig();
    await program.command(`create ${program.file('f.json', content)}`);
    const lines = await program.yes();
    expect(lines.join('\n')).toMatch(/! line 1, column \d+: warning: /);
    await program.says('accepted');
    expect(program.bodies('CreateService')).toEqual([good]);
  });

  test('50 MB are refused unread', async () => {
    const program = await openConfig();
    await program.command(`create ${program.file('f.json', Buffer.alloc(50_000_001, 32))}`);
    await program.until('the page', () => /less than 50 MB/.test(program.shown()));
  });

  test('a folder, a missing file and links in a circle stay in the line, to be mended', async () => {
    const program = await openConfig();
    symlinkSync(join(program.folder, 'loop'), join(program.folder, 'loop'));
    for (const [path, said] of [
      [program.folder, 'is a folder'],
      [join(program.folder, 'none'), 'there is no such file'],
      [join(program.folder, 'loop'), 'its links lead in a circle'],
    ] as const) {
      await program.command(`create ${path}`);
      await program.until(said, () => program.state().prompt?.error?.includes(said));
      await program.press('esc');
    }
  });
});

test('read-only creates nothing', async () => {
  const program = await openConfig({ session: { readOnly: true } });
  await program.press('n');
  expect(program.said()).toContain('read-only');
  await program.command('create x.json');
  expect(program.state().prompt?.error).toContain('read-only');
});
