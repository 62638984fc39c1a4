import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Asked, command, type Fleet, ledger, moveTo, openServices, pressWhenOn, startFleet } from './steps.ts';

const name = 'mnist_saved_model_example';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7');
});
afterAll(() => fleet.close());

/** What reached services by their own endpoints. */
const calls = async (): Promise<Asked[]> =>
  ((await fleet.asked()) as (Asked & { path: string })[]).filter(({ path }) => path.startsWith('/api/predict/'));

function file(base: string, content: string | Buffer): string {
  const inside = mkdtempSync(join(tmpdir(), 'call-'));
  onTestFinished(() => rmSync(inside, { recursive: true, force: true }));
  writeFileSync(join(inside, base), content);
  return join(inside, base);
}

/** The arguments with which a shell runs a line of curl. */
function argumentsOf(line: string, token: string): string[] {
  const shell = `curl() { printf '%s\\0' "$@"; }\n${line}`;
  return execFileSync('sh', ['-c', shell], { env: { EAS_TOKEN: token }, encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

test('a text is sent with the token, which is shown only when asked for; the curl line sends the same', async () => {
  const terminal = await openServices({ on: fleet, cols: 240, rows: 60 });
  await moveTo(terminal, name);
  await pressWhenOn(terminal, 'i');
  await terminal.waitFor(`call ${name} with`);
  for (const way of ['a text', 'a file', 'the editor', 'nothing']) expect(terminal.text()).toContain(way);
  terminal.key('enter');
  await terminal.waitFor(/body:$/m);
  terminal.type('{"x":[1,2]}');
  await terminal.waitFor('body: {"x":[1,2]}');
  terminal.key('enter');
  await terminal.waitFor(/Status +200/);
  const said = terminal.text();
  expect(said).toMatch(/Took +\d+(\.\d+)? ?m?s/);
  expect(said).toMatch(/"input": \{ +│\n│ +"x": \[/);
  expect(said).toMatch(/content-type +application\/json/);
  expect(said).toMatch(/x-eas-worker +\S+/);
  expect(said).toMatch(/Authorization +•••••••• \(t shows it\)/);
  const masked = /curl -sS.*\/api\/predict\/\S+/.exec(said)?.[0] ?? '';
  expect(masked).toContain('"Authorization: $EAS_TOKEN"');

  terminal.key('t');
  await terminal.waitFor(/Authorization +[A-Za-z0-9+/=]{20,}/);
  const token = /Authorization +([A-Za-z0-9+/=]{20,})/.exec(terminal.text())?.[1] ?? '';
  expect(said).not.toContain(token);
  const open = /curl -sS.*\/api\/predict\/\S+/.exec(terminal.text())?.[0] ?? '';
  const parts = argumentsOf(open, '');
  expect(argumentsOf(masked, token)).toEqual(parts);
  terminal.key('t');
  await terminal.waitGone(token);

  // Sent as curl would, it is answered as here.
  const after = (flag: string): string[] => parts.filter((_, place) => parts[place - 1] === flag);
  const headers = after('-H').map((header) => header.split(/: (.*)/s).slice(0, 2) as [string, string]);
  const answer = await fetch(parts.at(-1) ?? '', { method: 'POST', headers, body: after('--data-binary')[0] ?? '' });
  expect([answer.status, await answer.json()]).toMatchObject([200, { service: name, input: { x: [1, 2] } }]);

  terminal.key('R');
  await terminal.waitFor(/how many times, one after the other: 100/);
  terminal.key('ctrl-u');
  terminal.type('20');
  terminal.key('enter');
  await terminal.waitFor(/Repeated 20 of 20 times /);
  expect(terminal.text()).toMatch(/p50 +\d+(\.\d+)? ?m?s/);
  expect(terminal.text()).toMatch(/p95 +\d+(\.\d+)? ?m?s/);
  expect(terminal.text()).toMatch(/200 +20 × answered/);
  expect(await calls()).toHaveLength(22);
  expect((await fleet.written()).filter(({ operation }) => operation)).toEqual([]);
  expect(JSON.stringify(ledger(terminal))).not.toContain(token);
});

test('every status that callers meet is explained at 80 columns', async () => {
  const terminal = await openServices({ on: fleet, env: { NO_COLOR: '1' } });
  const meanings: readonly [status: number, word: RegExp, more: RegExp][] = [
    [401, /token is missing or wrong/, /"Bearer" before it/],
    [404, /nothing answers at this path/, /\/api\/predict\//],
    [408, /rpc\.keepalive/, /5000 ms/],
    [429, /faster than is allowed/, /1,000 calls a second/],
    [450, /queue of this worker is full/, /processes are stuck/],
    [499, /closed the connection/, /time limit/],
    [503, /no worker is ready/, /stopped, starting/],
    [504, /gateway waited too long/, /asynchronous/],
  ];
  for (const [status, word, more] of meanings) {
    await command(terminal, `call ${name} -d {"emulate":{"status":${status}}}`);
    await terminal.waitFor(new RegExp(`Status +${status}: `));
    expect(terminal.text()).toMatch(word);
    expect(terminal.text()).toMatch(more);
    terminal.key('esc');
    await terminal.waitFor('services(cn-shanghai)');
  }
  // What repeating is for stands above the latest answer.
  await command(terminal, `call ${name} -g -n 5`);
  await terminal.waitFor(/Repeated 5 of 5 times .*p50 +\S+.*p95 +\S+.*200 +5 × answered.*The latest answer/s);
});

test('a body comes from a file or the editor, bytes are shown in hex, and what is wrong is said where it was typed', async () => {
  const editor = file('editor.sh', `#!/bin/sh\nprintf '{"from":"the editor"}' > "$1"\n`);
  chmodSync(editor, 0o755);
  const terminal = await openServices({ on: fleet, cols: 160, rows: 45, env: { EDITOR: editor } });
  const bytes = file('request.pb', Buffer.from([0, 1, 2, 0xff, 0x41]));
  await command(terminal, `call ${name} -f ${bytes}`);
  await terminal.waitFor(/Status +200/);
  expect(terminal.text()).toMatch(/binary, 7 bytes/);
  expect(terminal.text()).toMatch(/00000000 {2}0a 00 00 01 02 ff 41 +\|\.{6}A\|/);
  expect(terminal.text()).toContain(`--data-binary @${bytes}`);
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');

  await command(terminal, `call ${name} -e`);
  await terminal.waitFor(/"from": "the editor"/);
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');

  const before = (await calls()).length;
  for (const [line, reason] of [
    ['call nobody -g', /there is no service nobody/],
    [`call ${name} -f /nowhere/body.json`, /\/nowhere\/body\.json/],
    [`call ${name} -n many -g`, /-n takes a number from 1 to 10000, not "many"/],
    [`call ${name} -g -e`, /one of -f, -d, -e and -g, not several/],
  ] as const) {
    await command(terminal, line);
    await terminal.waitFor((screen) => new RegExp(`^.*:.*${reason.source}`, 'm').test(screen));
    terminal.key('esc');
    await terminal.waitGone(reason);
  }
  expect(await calls()).toHaveLength(before);

  await command(terminal, 'call nightly_report_scorer -g');
  await terminal.waitFor(/Status +503: no worker is ready to answer/);
});

test('with --readonly no call leaves', async () => {
  const before = (await calls()).length;
  const terminal = await openServices({ on: fleet, args: ['--readonly'] });
  await command(terminal, `call ${name} -g`);
  await terminal.waitFor(/:.*read-only: /);
  terminal.key('esc');
  await terminal.waitGone('read-only: ');
  await moveTo(terminal, 'mnist_saved_model_exa');
  terminal.key('i');
  await terminal.waitFor(/read-only: /);
  expect(terminal.text()).not.toContain('the editor');
  expect(await calls()).toHaveLength(before);
});
