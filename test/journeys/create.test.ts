import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { command, type Fleet, focused, ledger, moveTo, openServices, rowOf, startFleet } from './steps.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7', '--speed', '20');
});
afterAll(() => fleet.close());

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'create-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function editor(inside: string, script: string): Record<string, string> {
  const file = join(inside, 'editor.sh');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return { EDITOR: file };
}

const drafts = (terminal: Terminal): string[] => {
  const inside = join(terminal.home, '.local/state/eas-tui/drafts');
  return existsSync(inside) ? readdirSync(inside).filter((name) => name.endsWith('.json')) : [];
};

const config = (name: string): string =>
  JSON.stringify({
    name,
    processor: 'pmml',
    model_path: 'http://eas-data.oss-cn-shanghai.aliyuncs.com/models/lr.tar.gz',
    metadata: { instance: 1, cpu: 1, memory: 1000 },
  });

const size = { cols: 118, rows: 40 };

test('from a file found with tab, until it runs; the page can be left and opened again', async () => {
  const inside = folder();
  writeFileSync(join(inside, 'fresh_one.json'), config('fresh_one'));
  const terminal = await openServices({ on: fleet, ...size });
  terminal.key('n');
  await terminal.waitFor('create a service');
  terminal.key('enter');
  await terminal.waitFor(/^file:/m);
  terminal.type(`${inside}/fr`);
  await terminal.waitFor(/\/fr/);
  terminal.key('tab');
  await terminal.waitFor(`${inside}/fresh_one.json`);
  terminal.key('enter');
  await terminal.waitFor('a new service with 1 worker');
  // A service that is made so slowly that it is seen at it, whatever else the machine does.
  await fleet.control('PUT', 'clock', { speed: 1 });
  terminal.key('tab');
  terminal.key('enter');
  await terminal.waitFor(/│ Intranet Endpoint │ http:/);
  await terminal.waitFor(/Creating {2}\[Total: 1, Pending: 1, Running: 0\]/);
  expect(terminal.text()).toMatch(/│ Token +│ •+ \(x shows it\)/);
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
  // It is followed also while nobody looks at its page.
  await fleet.control('PUT', 'clock', { speed: 20 });
  await terminal.waitFor(/✓ created fresh_one/, { timeout: 25_000 });
  await command(terminal, 'creating fresh_one');
  await terminal.waitFor(/Running {2}\[Total: 1, Pending: 0, Running: 1\]/);
  expect(terminal.text()).toMatch(/accepted as fresh_one\s.*\n.*Creating {2}\[Total: /);
  const asked = await fleet.asked('CreateService');
  expect(asked).toHaveLength(1);
  expect(ledger(terminal).find(({ event }) => event === 'sent')).toMatchObject({
    cli: `eascmd create ${inside}/fresh_one.json`,
  });
});

test('one that fails tells why, in the words of the service and with its diagnosis', async () => {
  const inside = folder();
  writeFileSync(join(inside, 'f.json'), config('no_model').replace('lr.tar.gz', 'missing.tar.gz'));
  const terminal = await openServices({ on: fleet, ...size });
  await command(terminal, `create ${inside}/f.json`);
  await terminal.waitFor('a new service with 1 worker');
  terminal.key('y');
  await terminal.waitFor(/Failed {2}\[Total: 1, /, { timeout: 25_000 });
  await terminal.waitFor(/error +Failed to download the model/);
  expect(terminal.text()).toMatch(/cause +The object does not exist in the bucket/);
  expect(terminal.text()).toMatch(/advice +Check that model_path names an existing object/);
  await terminal.waitFor('✗ create no_model failed after');
});

test('files that are none, a missing right and a name that is taken: each is told, nothing is lost', async () => {
  const inside = folder();
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(inside, name), content);
    return join(inside, name);
  };
  symlinkSync(join(inside, 'loop'), join(inside, 'loop'));
  file('gone.json', '{}');
  const terminal = await openServices({ on: fleet, ...size });
  terminal.key('n');
  await terminal.waitFor('create a service');
  terminal.key('enter');
  await terminal.waitFor(/^file:/m);
  const answer = async (path: string): Promise<void> => {
    terminal.key('ctrl-u');
    terminal.type(path);
    await terminal.waitFor(`file: ${path}`);
    terminal.key('enter');
  };
  await answer(inside);
  await terminal.waitFor('is a folder; give a file');
  await answer(join(inside, 'loop'));
  await terminal.waitFor('its links lead in a circle');
  // Found with tab, and gone when it is read.
  terminal.key('ctrl-u');
  terminal.type(`${inside}/go`);
  await terminal.waitFor(`${inside}/go`);
  terminal.key('tab');
  await terminal.waitFor(`${inside}/gone.json`);
  rmSync(join(inside, 'gone.json'));
  terminal.key('enter');
  await terminal.waitFor('there is no such file');
  await answer(file('big.json', Buffer.alloc(50_000_001, 32)));
  await terminal.waitFor('less than 50 MB');
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');

  const before = (await fleet.asked('CreateService')).length;
  const text = config('bad_input');
  const strange = file('strange.json', Buffer.from(`\ufeff// mine\n${text.slice(0, -1)},}`, 'utf16le'));
  await command(terminal, `create ${strange}`);
  await terminal.waitFor('create anyway');
  expect(terminal.text()).toMatch(/! line 1, column \d+: warning/);
  await fleet.trouble('denied:CreateService');
  onTestFinished(() => fleet.trouble());
  terminal.key('y');
  await terminal.waitFor(/not created: Forbidden\.RAM/);
  expect(terminal.text()).toContain(`${strange} is as it was`);
  await fleet.trouble();

  const other = await openServices({ on: fleet, ...size });
  await command(terminal, `create ${strange}`);
  await terminal.waitFor('create anyway');
  await command(other, `create ${file('plain.json', text)}`);
  await other.waitFor('a new service with 1 worker');
  other.key('y');
  await other.waitFor('accepted as bad_input');
  terminal.key('y');
  await terminal.waitFor(/not created: \S*Exist\S*/);
  const asked = (await fleet.asked('CreateService')).slice(before);
  expect(asked.map(({ status }) => status)).toEqual([403, 200, 409]);
});

test('from a template in the editor: errors with line and column, mended in the same draft', async () => {
  const inside = folder();
  const env = editor(
    inside,
    `if [ -e ${inside}/twice ]; then cp ${inside}/good "$1"; else touch ${inside}/twice; printf '{\\n  "name": }' >"$1"; fi`,
  );
  writeFileSync(join(inside, 'good'), config('from_template'));
  const terminal = await openServices({ on: fleet, env, ...size });
  terminal.key('n');
  await terminal.waitFor('from a template');
  terminal.key('down', 'enter');
  await terminal.waitFor(/line 2, column 11: error/);
  expect(drafts(terminal)).toHaveLength(1);
  const [draft = ''] = drafts(terminal);
  expect(statSync(join(terminal.home, '.local/state/eas-tui/drafts', draft)).mode & 0o777).toBe(0o600);
  terminal.key('e');
  await terminal.waitFor('a new service with 1 worker');
  terminal.key('y');
  await terminal.waitFor(/accepted as from_template/);
  await terminal.waitFor(() => drafts(terminal).length === 0);
});

test('an editor that hangs ends by ctrl-c; the program goes on and the draft is kept', async () => {
  const inside = folder();
  const env = editor(inside, `touch ${inside}/up; exec sleep 1000`);
  const terminal = await openServices({ on: fleet, env, ...size });
  terminal.key('n');
  await terminal.waitFor('from a template');
  terminal.key('down', 'enter');
  await terminal.waitFor(() => existsSync(join(inside, 'up')));
  terminal.key('ctrl-c');
  await terminal.waitFor(/was ended by SIGINT/);
  await command(terminal, 'messages');
  await terminal.waitFor(/─ messages ─/);
  expect(terminal.text()).toContain('the draft is kept: :drafts');
  expect(drafts(terminal)).toHaveLength(1);
  terminal.key('q');
  await terminal.waitFor('services(cn-shanghai)');
  terminal.key('q');
  expect(await terminal.waitExit()).toEqual({ code: 0, signal: null });
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

test('blue-green beside a service, in the editor', async () => {
  const inside = folder();
  const terminal = await openServices({ on: fleet, env: editor(inside, `cp "$1" ${inside}/seen`), ...size });
  terminal.key('/');
  await terminal.waitFor(/^\//m);
  terminal.type('mnist_saved_model_example');
  await terminal.waitFor(
    () => rowOf(terminal, 'mnist_saved_model_example') !== '' && rowOf(terminal, 'ctr_deepfm') === '',
  );
  terminal.key('enter');
  terminal.key('n');
  await terminal.waitFor('blue-green beside mnist_saved_model_example');
  terminal.key('down*5');
  await terminal.waitFor(/> blue-green beside mnist_saved_model_example/);
  terminal.key('enter');
  await terminal.waitFor('create beside mnist_saved_model_example (blue-green)');
  terminal.key('y');
  await terminal.waitFor(/accepted as mnist_saved_model_example_[0-9a-f]{8}/);
  expect(JSON.parse(readFileSync(join(inside, 'seen'), 'utf8'))).toMatchObject({
    name: 'mnist_saved_model_example',
    metadata: { release: true },
  });

  // The two are a pair now: the new one gets what it is given.
  await terminal.waitFor(/✓ created mnist_saved_model_example_/, { timeout: 25_000 });
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
  // The list on screen was read before; the next one knows of the pair.
  await terminal.waitFor(() => rowOf(terminal, 'mnist_saved_model_example').includes('100%'));
  await moveTo(terminal, 'mnist_saved_model_example');
  terminal.key('w');
  await terminal.waitFor(/weight of mnist_saved_model_example_[0-9a-f]{8}/);
  terminal.type('20');
  await terminal.waitFor('→ 20%');
  terminal.key('y');
  await terminal.waitFor(/✓ weighted mnist_saved_model_example_[0-9a-f]{8} 0%→20%/);
});

test('deletes, keeps the configuration, and restores it', async () => {
  const terminal = await openServices({ on: fleet, ...size });
  const inside = folder();
  writeFileSync(join(inside, 'doomed.json'), config('doomed'));
  await command(terminal, `create ${inside}/doomed.json`);
  await terminal.waitFor('a new service with 1 worker');
  terminal.key('y');
  await terminal.waitFor(/✓ created doomed/, { timeout: 25_000 });
  terminal.key('esc');
  await terminal.waitFor(/│ doomed +✓ Running/);
  await command(terminal, 'delete doomed');
  await terminal.waitFor('its configuration is saved first');
  // Nothing is deleted as long as the name is not typed in whole.
  terminal.type('doome');
  await terminal.waitFor('> doome');
  terminal.key('tab', 'enter');
  await terminal.waitFor(() => focused(terminal, 'delete'));
  expect(terminal.text()).toContain('type doomed to go on');
  terminal.type('d');
  await terminal.waitFor('> doomed');
  terminal.key('enter');
  await terminal.waitFor(/✓ deleted doomed/, { timeout: 25_000 });
  const saved = join(terminal.home, '.local/state/eas-tui/saved/cn-shanghai');
  const [file = ''] = readdirSync(saved);
  expect(file).toMatch(/^doomed\./);
  expect(statSync(join(saved, file)).mode & 0o777).toBe(0o600);
  await command(terminal, 'restore doomed');
  await terminal.waitFor('a new service with 1 worker');
  terminal.key('y');
  await terminal.waitFor(/accepted as doomed/);
});

test('a delete that fails is followed to its end; a row that is gone stays as a ghost that acts on nothing', async () => {
  const terminal = await openServices({ on: fleet, ...size, cols: 140 });
  const other = await openServices({ on: fleet, ...size });
  const fresh = 'savedmodel_example_9c16a222';
  await fleet.control('PUT', 'clock', { speed: 0.001 });
  await moveTo(terminal, fresh);
  terminal.key('ctrl-d');
  await terminal.waitFor('all traffic of the pair goes to savedmodel_example');
  terminal.type(fresh);
  await terminal.waitFor(`> ${fresh}`);
  terminal.key('tab', 'enter');
  await terminal.waitFor(`delete ${fresh} · Deleting`);
  await fleet.control('POST', `services/${fresh}`, { status: 'DeleteFailed', message: 'the gateway holds it' });
  await terminal.waitFor(/✗ .*the gateway holds it/, { timeout: 15_000 });
  await fleet.control('PUT', 'clock', { speed: 20 });
  await fleet.control('POST', `services/${fresh}`, { status: 'Running', message: '' });

  // Somebody else deletes it while it is asked for here.
  await terminal.waitFor(() => rowOf(terminal, fresh).includes('Running'));
  terminal.key('ctrl-d');
  await terminal.waitFor(`type ${fresh} to go on`);
  await command(other, `delete ${fresh}`);
  await other.waitFor(`type ${fresh} to go on`);
  other.type(fresh);
  await other.waitFor(`> ${fresh}`);
  other.key('tab', 'enter');
  await other.waitFor(`✓ deleted ${fresh}`, { timeout: 25_000 });
  const before = (await fleet.asked('DeleteService')).length;
  terminal.type(fresh);
  await terminal.waitFor(`> ${fresh}`);
  terminal.key('tab', 'enter');
  await terminal.waitFor(/nothing was (sent|deleted)/);
  expect(await fleet.asked('DeleteService')).toHaveLength(before);
  await terminal.waitFor(() => /gone/.test(rowOf(terminal, fresh)), { timeout: 15_000 });
  terminal.key('ctrl-d');
  await terminal.waitFor(/is gone/);
  expect(await fleet.asked('DeleteService')).toHaveLength(before);
});
