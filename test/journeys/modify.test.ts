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
