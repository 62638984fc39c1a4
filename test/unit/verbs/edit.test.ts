import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../src/api/errors.ts';
import { createSaved } from '../../../src/state/drafts.ts';
import { contentOf, openConfig, service } from './config-program.ts';

const cpu = (to: number): string => `sed -i 's/"cpu": [0-9]*/"cpu": ${to}/' "$1"`;
const scaled = () => [
  service('mnist', { metadata: { instance: 2, cpu: 1 } }, { TotalInstance: 5, RunningInstance: 5 }),
];

test('shows what changed and merges only that', async () => {
  const program = await openConfig();
  program.editor(cpu(4));
  await program.press('e');
  await program.until('the diff', () => program.shown().includes('~ cpu 1 → 4'));
  await program.press('enter');
  await program.pick('merge');
  const lines = await program.yes();
  expect(lines).toContain('a rolling update: its workers are replaced one after the other');
  await program.says('accepted');
  expect(program.bodies('UpdateService')).toEqual([{ metadata: { cpu: 4 } }]);
  await program.until('no draft', () => program.drafts().length === 0);
  expect(program.shown()).toBe('');
});

test('what merge cannot take out is said; replace sends the whole', async () => {
  const program = await openConfig();
  program.editor(`sed -i '/"processor"/d' "$1"`);
  await program.press('e');
  await program.until('the diff', () => program.shown().includes('- processor'));
  await program.press('enter');
  await program.pick('merge');
  await program.says('merge cannot take out processor: replace can; the draft is kept');
  await program.press('enter');
  await program.pick('replace');
  await program.yes();
  await program.says('accepted');
  expect(program.service.of('UpdateService')[0]?.params['UpdateType']).toBe('replace');
  expect(program.config('mnist')).not.toHaveProperty('processor');
  expect(program.recorded[0]?.entry.cli).toMatch(/^# eascmd has no replace/);
});

test('nothing changed: nothing is sent and no draft stays', async () => {
  const program = await openConfig();
  program.editor('true');
  await program.press('e');
  await program.says('nothing in the configuration of mnist was changed');
  expect(program.drafts()).toEqual([]);
});

describe('scaled since it was configured', () => {
  test('an edit of something else keeps the number that runs, and says what the configuration would do', async () => {
    const program = await openConfig({ services: scaled() });
    program.editor(cpu(4));
    await program.press('e');
    await program.until('the diff', () => program.shown().includes('~ cpu 1 → 4'));
    expect(program.shown()).toContain('instances 5 → 2: its configuration says 2, 5 run');
    expect(program.shown()).toContain('the draft keeps the 5 that run');
    await program.press('enter');
    await program.pick('merge');
    await program.yes();
    await program.says('accepted');
    expect(program.bodies('UpdateService')).toEqual([{ metadata: { cpu: 4, instance: 5 } }]);
  });

  test('the person may take the number of the configuration, and take it back', async () => {
    const program = await openConfig({ services: scaled() });
    program.editor(cpu(4));
    await program.press('e');
    await program.until('the diff', () => program.shown().includes('the draft keeps the 5'));
    await program.press('i');
    await program.until('the choice', () => program.shown().includes('~ instances 5 → 2'));
    await program.press('i');
    await program.until('the choice taken back', () => program.shown().includes('the draft keeps the 5'));
    await program.press('i');
    await program.until('the choice', () => program.shown().includes('~ instances 5 → 2'));
    await program.press('enter');
    await program.pick('merge');
    expect(await program.yes()).toContain('~ instances 5 → 2');
    await program.says('accepted');
    expect(program.bodies('UpdateService')).toEqual([{ metadata: { cpu: 4, instance: 2 } }]);
  });

  test('the number alone, back to the configured one, is sent although the configuration has it', async () => {
    const program = await openConfig({ services: scaled() });
    program.editor(`sed -i 's/"instance": 5/"instance": 2/' "$1"`);
    await program.press('e');
    await program.until('the diff', () => program.shown().includes('~ instances 5 → 2'));
    await program.press('enter');
    await program.pick('merge');
    expect(await program.yes()).toContain('only the number of workers changes: no rolling update');
    await program.says('accepted');
    expect(program.bodies('UpdateService')).toEqual([{ metadata: { instance: 2 } }]);
  });
});

describe('changed by somebody else meanwhile', () => {
  const theirs = { name: 'mnist', processor: 'tensorflow', metadata: { instance: 2, cpu: 9 } };

  test('in the editor: three ways, then the diff against the new one', async () => {
    const program = await openConfig({
      services: [service('mnist', { processor: 'pmml', metadata: { instance: 2, cpu: 1 } })],
    });
    program.editor(`while [ ! -e '${program.folder}/go' ]; do sleep 0.01; done; ${cpu(4)}`);
    await program.press('e');
    await program.until('the draft', () => program.drafts().length === 1);
    program.reconfigure('mnist', theirs);
    program.file('go', '');
    await program.until('the three ways', () => program.shown().includes('Changed by both'));
    expect(program.shown()).toContain('~ processor pmml → tensorflow');
    expect(program.shown()).toContain('! metadata.cpu');
    await program.press('enter');
    await program.pick('yours where both changed');
    await program.until('the diff', () => program.shown().includes('~ cpu 9 → 4'));
    expect(program.shown()).not.toContain('processor');
    await program.press('enter');
    await program.pick('merge');
    await program.yes();
    await program.says('accepted');
    expect(program.config('mnist')).toEqual({ ...theirs, metadata: { instance: 2, cpu: 4 } });
  });

  test('theirs can be kept where both changed', async () => {
    const program = await openConfig({
      services: [service('mnist', { processor: 'pmml', metadata: { instance: 2, cpu: 1 } })],
    });
    program.editor(
      `while [ ! -e '${program.folder}/go' ]; do sleep 0.01; done; ${cpu(4)}; sed -i 's/pmml/caffe/' "$1"`,
    );
    await program.press('e');
    await program.until('the draft', () => program.drafts().length === 1);
    program.reconfigure('mnist', { ...theirs, processor: 'pmml' });
    program.file('go', '');
    await program.until('the three ways', () => program.shown().includes('! metadata.cpu'));
    await program.press('enter');
    await program.pick('theirs where both changed');
    await program.until('the diff', () => program.shown().includes('1 change to mnist'));
    expect(program.shown()).toContain('~ processor pmml → caffe');
    expect(program.shown()).not.toContain('cpu');
  });

  test('between the diff and the yes: nothing is sent, the draft is kept', async () => {
    const program = await openConfig();
    program.editor(cpu(4));
    await program.press('e');
    await program.until('the diff', () => program.shown().includes('~ cpu 1 → 4'));
    await program.press('enter');
    await program.pick('merge');
    await program.until('the question', () => program.state().dialog);
    program.reconfigure('mnist', theirs);
    await program.yes();
    await program.says(/Changed: the configuration of mnist has changed meanwhile; nothing was sent/);
    expect(program.service.of('UpdateService')).toEqual([]);
    expect(program.drafts()).toHaveLength(1);
  });

  test('deleted: nothing is sent, the draft is kept', async () => {
    const program = await openConfig();
    program.editor(cpu(4));
    await program.press('e');
    await program.until('the diff', () => program.shown().includes('~ cpu 1 → 4'));
    await program.press('enter');
    await program.pick('merge');
    await program.until('the question', () => program.state().dialog);
    program.service.services = [];
    await program.yes();
    await program.says('nothing was sent');
    expect(program.drafts()).toHaveLength(1);

    await program.command('drafts');
    await program.pick('edit mnist');
    await program.pick('go on');
    await program.says('mnist was deleted meanwhile: :create makes it anew; the draft is kept');
  });
});

test('errors block with line and column; e goes on with the same draft', async () => {
  const program = await openConfig();
  program.editor(`printf '{ "name": "mnist" "metadata": {} }' >"$1"`);
  await program.press('e');
  await program.until('the error', () => /line 1, column 18: error: expected ","/.test(program.shown()));
  program.editor(`printf '{ "name": "mnist", "metadata": { "instance": 2, "cpu": 3 } }' >"$1"`);
  await program.press('e');
  await program.until('the diff', () => program.shown().includes('~ cpu 1 → 3'));
  expect(program.drafts()).toHaveLength(1);
});

test('where no draft can be kept no editor is opened', async () => {
  const program = await openConfig({ stateFolder: '/dev/null/state' });
  program.editor(`touch '${program.folder}/opened'`);
  await program.press('e');
  await program.says(/the draft cannot be kept: \/dev\/null\/state\/drafts: a part of the path is no folder/);
  expect(readdirSync(program.folder)).not.toContain('opened');
});

test('another name is no edit', async () => {
  const program = await openConfig();
  program.editor(`sed -i 's/"mnist"/"other"/' "$1"`);
  await program.press('e');
  await program.says('a service cannot be renamed (mnist → other)');
  expect(program.drafts()).toHaveLength(1);
});

test('a refused send keeps the draft; it is listed, gone on with, and thrown away', async () => {
  const program = await openConfig();
  const taken = program.service.answers['UpdateService'];
  program.service.answers['UpdateService'] = () => {
    throw new ApiError({ kind: 'conflict', code: 'Conflict', message: 'busy', status: 409 });
  };
  program.editor(cpu(4));
  await program.press('e');
  await program.until('the diff', () => program.shown().includes('~ cpu 1 → 4'));
  await program.press('enter');
  await program.pick('merge');
  await program.yes();
  await program.says(/failed · Conflict: busy/);
  expect(program.drafts()).toHaveLength(1);
  await program.press('esc');

  if (taken) program.service.answers['UpdateService'] = taken;
  program.editor('true');
  await program.command('drafts');
  await program.pick('edit mnist');
  await program.pick('go on');
  await program.until('the diff', () => program.shown().includes('~ cpu 1 → 4'));
  await program.press('esc');
  await program.command('drafts');
  await program.pick('edit mnist');
  await program.pick('throw it away');
  await program.yes();
  await program.says('threw away the draft');
  expect(program.drafts()).toEqual([]);
  await program.command('drafts');
  await program.until('none', () => program.state().prompt?.error === 'there are no drafts');
});

describe('delete', () => {
  test('saves the configuration first, says where, and :restore opens create with it', async () => {
    const { program, files } = await savedProgram();
    await program.press('ctrl-d');
    const lines = await program.yes();
    expect(lines.join('\n')).toContain(`its configuration is saved first, for :restore mnist, in ${program.folder}`);
    await program.says('delete mnist: accepted');
    expect(files()).toHaveLength(1);
    const [file = ''] = files();
    expect(JSON.parse(contentOf(file))).toMatchObject({ name: 'mnist', processor: 'pmml' });

    await program.command('restore mnist');
    expect((await program.yes())[0]).toBe('create mnist');
    await program.says('create mnist: accepted');
    expect(program.bodies('CreateService')).toMatchObject([{ name: 'mnist', processor: 'pmml' }]);
  });

  test.each([
    ['denied', 'Forbidden.RAM', 403],
    ['conflict', 'SafetyLock', 409],
  ] as const)('a refusal (%s) is told with its code; row and saved configuration stay', async (kind, code, status) => {
    const { program, files } = await savedProgram();
    program.service.answers['DeleteService'] = () => {
      throw new ApiError({ kind, code, message: 'the service refuses', status, requestId: 'R-9' });
    };
    await program.press('ctrl-d');
    await program.yes();
    await program.says(new RegExp(`delete mnist failed · ${code}: the service refuses · request R-9`));
    expect(files()).toHaveLength(1);
    expect(program.state().sources['services{}']?.rows).toMatchObject([{ serviceName: 'mnist' }]);
  });

  test('of one that somebody else deleted while its name is typed sends nothing', async () => {
    const { program } = await savedProgram();
    await program.press('ctrl-d');
    program.service.services = [];
    await program.yes();
    await program.says('nothing was sent');
    expect(program.service.of('DeleteService')).toEqual([]);
  });

  test('when it cannot be saved nothing is deleted', async () => {
    const { program } = await savedProgram(async () => {
      throw new Error('the configuration cannot be saved: /x: the disk is full; make room and try again');
    });
    await program.press('ctrl-d');
    await program.yes();
    await program.says(/delete mnist failed · NotSaved: .*the disk is full.*; nothing was deleted/);
    expect(program.service.of('DeleteService')).toEqual([]);
  });

  test('a row of another region is not deleted here', async () => {
    const { program } = await savedProgram(undefined, [service('mnist', {}, { Region: 'cn-other' })]);
    await program.press('ctrl-d');
    await program.yes();
    await program.says('mnist is in cn-other, not in cn-test; nothing was deleted');
    expect(program.service.of('DeleteService')).toEqual([]);
  });

  test(':restore of what was never deleted', async () => {
    const program = await openConfig();
    await program.command('restore nobody');
    await program.until('the reason', () =>
      program.state().prompt?.error?.includes('nothing was saved of nobody in cn-test'),
    );
  });
});

/** With a place to save to, as the session gives one. */
async function savedProgram(keep?: () => Promise<string>, services?: Record<string, unknown>[]) {
  const program = await openConfig(services ? { services } : {});
  const saved = createSaved(join(program.folder, 'state'), Date.now);
  Object.assign(program.service.client, { saved: { ...saved, ...(keep ? { keep } : {}) } });
  const inside = join(saved.folder, 'cn-test');
  return { program, files: () => readdirSync(inside).map((name) => join(inside, name)) };
}
