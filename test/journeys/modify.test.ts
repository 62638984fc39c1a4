import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { command, type Fleet, ledger, moveTo, openServices, rowOf, startFleet } from './steps.ts';

// ScaleService leaves metadata.instance of ServiceConfig as it was: the reading in which an edit can scale unseen.
let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7', '--speed', '20', '--variant', 'scale-leaves-config');
});
afterAll(() => fleet.close());

const size = { cols: 118, rows: 40 };

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'modify-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function editor(inside: string, script: string): Record<string, string> {
  const file = join(inside, 'editor.sh');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return { EDITOR: file };
}

const draftsIn = (home: string): string[] => {
  const inside = join(home, '.local/state/eas-tui/drafts');
  return existsSync(inside) ? readdirSync(inside).filter((name) => name.endsWith('.json')) : [];
};

const bodies = async (): Promise<unknown[]> =>
  (await fleet.asked('UpdateService')).map(({ params }) =>
    typeof params['body'] === 'string' ? JSON.parse(params['body']) : params['body'],
  );

const readyOf = (terminal: Terminal, name: string): string => /(\d+\/\d+)/.exec(rowOf(terminal, name))?.[1] ?? '';

test('several parameters by command, the number of workers alone by key, and undo', async () => {
  const before = (await bodies()).length;
  const terminal = await openServices({ on: fleet, ...size });
  await command(terminal, 'modify ctr_deepfm metadata.cpu=3 metadata.rpc.batching=true');
  await terminal.waitFor('a rolling update');
  expect(terminal.text()).toContain('~ cpu 2 → 3');
  terminal.key('y');
  await terminal.waitFor(/✓ updated ctr_deepfm/, { timeout: 25_000 });
  expect((await bodies()).slice(before)).toEqual([{ metadata: { cpu: 3, rpc: { batching: true } } }]);

  await moveTo(terminal, 'ctr_deepfm');
  terminal.key('m');
  await terminal.waitFor(/^modify ctr_deepfm:/m);
  terminal.type('metadata.instance=4');
  await terminal.waitFor('metadata.instance=4');
  terminal.key('enter');
  await terminal.waitFor('no rolling update');
  terminal.key('y');
  await terminal.waitFor(() => readyOf(terminal, 'ctr_deepfm') === '4/4', { timeout: 25_000 });
  terminal.key('u');
  await terminal.waitFor(() => readyOf(terminal, 'ctr_deepfm') === '3/3', { timeout: 25_000 });
  const sent = ledger(terminal).filter(({ event }) => event === 'sent');
  expect(sent.map(({ cli }) => cli)).toEqual([
    'eascmd modify ctr_deepfm -Dmetadata.cpu=3 -Dmetadata.rpc.batching=true',
    'eascmd modify ctr_deepfm -Dmetadata.instance=4',
    'eascmd modify ctr_deepfm -Dmetadata.instance=3',
  ]);
});

test('scaled, then edited: the workers that run stay unless the person chooses', async () => {
  const inside = folder();
  const before = (await bodies()).length;
  const env = editor(inside, `cp "$1" ${inside}/seen; sed -i 's/"cpu": [0-9]*/"cpu": 5/' "$1"`);
  const terminal = await openServices({ on: fleet, env, ...size });
  await command(terminal, 'scale mnist_saved_model_example 5');
  await terminal.waitFor(() => readyOf(terminal, 'mnist_saved_model_example') === '5/5', { timeout: 25_000 });
  await moveTo(terminal, 'mnist_saved_model_example');
  terminal.key('e');
  await terminal.waitFor('instances 5 → 2');
  expect(JSON.parse(readFileSync(join(inside, 'seen'), 'utf8'))).toMatchObject({ metadata: { instance: 5 } });
  expect(terminal.text()).toContain('the draft keeps the 5 that run');
  expect(terminal.text()).toMatch(/~ cpu \d+ → 5/);
  terminal.key('enter');
  await terminal.waitFor('> merge');
  terminal.key('enter');
  await terminal.waitFor('a rolling update');
  terminal.key('y');
  await terminal.waitFor(/✓ updated mnist_saved_model_example/, { timeout: 25_000 });
  expect((await bodies()).slice(before)).toEqual([{ metadata: { cpu: 5, instance: 5 } }]);
  await terminal.waitFor(
    () => draftsIn(terminal.home).length === 0 && readyOf(terminal, 'mnist_saved_model_example') === '5/5',
  );
});

test('a terminal that is killed in the editor leaves the draft, and the next run goes on with it', async () => {
  const inside = folder();
  const home = join(inside, 'home');
  const wait = editor(inside, `sed -i 's/"cpu": [0-9]*/"cpu": 7/' "$1"; touch ${inside}/up; exec sleep 1000`);
  const first = await openServices({ on: fleet, env: wait, home, ...size });
  await moveTo(first, 'ner_chinese_bert');
  first.key('e');
  await first.waitFor(() => existsSync(join(inside, 'up')));
  await first.close();
  expect(draftsIn(home)).toHaveLength(1);

  const terminal = await openServices({ on: fleet, env: { EDITOR: 'true' }, home, ...size });
  await command(terminal, 'drafts');
  await terminal.waitFor('edit ner_chinese_bert');
  terminal.key('enter');
  await terminal.waitFor('go on in $EDITOR');
  terminal.key('enter');
  await terminal.waitFor(/~ cpu \d+ → 7/);
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
  expect(draftsIn(home)).toHaveLength(1);
});

test('a missing right is told with its code, and the draft is kept', async () => {
  const inside = folder();
  const env = editor(inside, `sed -i 's/"cpu": [0-9]*/"cpu": 9/' "$1"`);
  const terminal = await openServices({ on: fleet, env, ...size });
  await fleet.trouble('denied:UpdateService');
  onTestFinished(() => fleet.trouble());
  await moveTo(terminal, 'image_search_faiss');
  terminal.key('e');
  await terminal.waitFor(/~ cpu \d+ → 9/);
  terminal.key('enter');
  await terminal.waitFor('> merge');
  terminal.key('enter');
  await terminal.waitFor('a rolling update');
  terminal.key('y');
  await terminal.waitFor(/failed · Forbidden\.RAM/);
  expect(draftsIn(terminal.home)).toHaveLength(1);
});

test('changed by somebody else meanwhile: three ways, then the whole is sent in place of the old one', async () => {
  const inside = folder();
  const name = 'ctr_deepfm';
  // Whoever edits takes longer than whoever changes it from elsewhere.
  const env = editor(
    inside,
    `touch ${inside}/up; while [ ! -e ${inside}/go ]; do sleep 0.05; done; sed -i 's/"cpu": [0-9]*/"cpu": 6/' "$1"`,
  );
  const terminal = await openServices({ on: fleet, env, ...size });
  const other = await openServices({ on: fleet, ...size });
  await moveTo(terminal, name);
  terminal.key('e');
  await terminal.waitFor(() => existsSync(join(inside, 'up')));
  await command(other, `modify ${name} metadata.cpu=8 metadata.memory=9000`);
  await other.waitFor('a rolling update');
  other.key('y');
  await other.waitFor(new RegExp(`✓ updated ${name}`), { timeout: 25_000 });
  writeFileSync(join(inside, 'go'), '');
  await terminal.waitFor(`edit ${name}: changed meanwhile`);
  const text = terminal.text();
  expect(text).toMatch(/You changed[\s\S]*~ cpu \d+ → 6[\s\S]*Somebody else changed meanwhile[\s\S]*~ cpu \d+ → 8/);
  expect(text).toMatch(/~ memory \d+ → 9000[\s\S]*Changed by both, differently[\s\S]*! metadata\.cpu/);
  terminal.key('enter');
  await terminal.waitFor('yours where both changed');
  terminal.key('enter');
  await terminal.waitFor(/1 change to ctr_deepfm[\s\S]*~ cpu 8 → 6/);
  terminal.key('enter');
  await terminal.waitFor('> merge');
  terminal.key('down', 'enter');
  await terminal.waitFor('the whole configuration is replaced');
  terminal.key('y');
  await terminal.waitFor(new RegExp(`✓ updated ${name}`), { timeout: 25_000 });
  const [sent] = (await fleet.asked('UpdateService')).slice(-1);
  expect(sent?.params).toMatchObject({ UpdateType: 'replace' });
  expect((await bodies()).at(-1)).toMatchObject({ name, metadata: { cpu: 6, memory: 9000 } });
  expect(draftsIn(terminal.home)).toHaveLength(0);
});

test('what an editor that was killed leaves of its own in the terminal is taken away', async () => {
  const env = editor(folder(), String.raw`printf '\033[?1000;1006h\033[?1h\033=\033[5;9r'; kill -9 $$`);
  const terminal = await openServices({ on: fleet, env });
  terminal.key('e');
  await terminal.waitFor(/was\s+ended\s+by\s+SIGKILL;\s+nothing\s+was\s+sent/);
  await terminal.waitFor(() => terminal.altScreen);
  terminal.key('q');
  expect((await terminal.waitExit()).code).toBe(0);
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

test('an editor that fails or is not there, a service that cannot be updated now, one that is deleted: the draft stays', async () => {
  const inside = folder();
  const name = 'rec_rank_base';
  const env = editor(
    inside,
    `case $(ls ${inside} | grep -c turn) in 0) touch ${inside}/turn1; exit 3;; 1) touch ${inside}/turn2; exec /no/such/editor;; *) sed -i 's/"cpu": [0-9]*/"cpu": 6/' "$1";; esac`,
  );
  const terminal = await openServices({ on: fleet, env, ...size, cols: 160, rows: 29 });
  const other = await openServices({ on: fleet, ...size });
  await moveTo(terminal, name);
  terminal.key('e');
  await terminal.waitFor(/ended with code 3; nothing was sent; the draft is kept/);
  terminal.key('e');
  await terminal.waitFor(/was not found; set \$VISUAL or \$EDITOR/);
  expect(draftsIn(terminal.home)).toHaveLength(2);
  expect((await fleet.asked('UpdateService')).filter(({ params }) => params['ServiceName'] === name)).toEqual([]);

  terminal.key('e');
  await terminal.waitFor(/~ cpu \d+ → 6/);
  const send = async (): Promise<void> => {
    terminal.key('enter');
    await terminal.waitFor('> merge');
    terminal.key('enter');
    await terminal.waitFor('a rolling update');
  };
  await send();
  await fleet.control('POST', `services/${name}`, { status: 'Stopping' });
  terminal.key('y');
  await terminal.waitFor(/failed · \S*(Status|State|Conflict)\S*/);
  expect((await fleet.asked('UpdateService')).at(-1)).toMatchObject({ status: 400 });
  await fleet.control('POST', `services/${name}`, { status: 'Running' });
  await send();
  await command(other, `delete ${name}`);
  await other.waitFor(`type ${name} to go on`);
  other.type(name);
  await other.waitFor(`> ${name}`);
  other.key('tab', 'enter');
  await other.waitFor(`✓ deleted ${name}`, { timeout: 25_000 });
  terminal.key('y');
  await terminal.waitFor(/nothing was sent|NotFound/);
  expect(draftsIn(terminal.home)).toHaveLength(3);
});
