import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { command, type Fleet, ledger, openServices, rowOf, startFleet } from './steps.ts';

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
  terminal.key('tab');
  terminal.key('enter');
  await terminal.waitFor(/│ Intranet Endpoint │ http:/);
  expect(terminal.text()).toMatch(/│ Token +│ •+ \(x shows it\)/);
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
  await command(terminal, 'creating fresh_one');
  await terminal.waitFor(/Running {2}\[Total: 1, Pending: 0, Running: 1\]/, { timeout: 25_000 });
  expect(terminal.text()).toMatch(/(Creating|Waiting) {2}\[Total: /);
  await terminal.waitFor(/✓ created fresh_one/);
  const asked = await fleet.asked('CreateService');
  expect(asked).toHaveLength(1);
  expect(ledger(terminal).find(({ event }) => event === 'sent')).toMatchObject({
    cli: `eascmd create ${inside}/fresh_one.json`,
  });
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
  terminal.type('speech_asr');
  await terminal.waitFor(() => rowOf(terminal, 'speech_asr') !== '' && rowOf(terminal, 'ctr_deepfm') === '');
  terminal.key('enter');
  terminal.key('n');
  await terminal.waitFor('blue-green beside speech_asr');
  terminal.key('down*5');
  await terminal.waitFor(/> blue-green beside speech_asr/);
  terminal.key('enter');
  await terminal.waitFor('create beside speech_asr (blue-green)');
  terminal.key('y');
  await terminal.waitFor(/accepted as speech_asr_[0-9a-f]{8}/);
  expect(JSON.parse(readFileSync(join(inside, 'seen'), 'utf8'))).toMatchObject({
    name: 'speech_asr',
    metadata: { release: true },
  });
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
  await terminal.waitFor('services(cn-shanghai)');
  await command(terminal, 'delete doomed');
  await terminal.waitFor('its configuration is saved first');
  terminal.type('doomed');
  terminal.key('tab', 'enter');
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
