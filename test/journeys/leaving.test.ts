import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { repositoryRoot, type Terminal } from '../support/terminal.ts';
import { command, open, openServices } from './steps.ts';

const program = [process.execPath, join(repositoryRoot, 'bin', 'eas-tui')] as const;

/** The demo's PAI-EAS is a process too: it must be there before its end means anything. */
async function demo(): Promise<Terminal> {
  const terminal = await openServices({ args: ['--demo'] });
  expect(terminal.processes().some(({ command: line }) => line.includes('emulator'))).toBe(true);
  expect(terminal.bytes().includes('\x1b[?1004h')).toBe(true);
  return terminal;
}

/** What a shell has in `$?`: death by a signal and an exit code above 128 are the same there. */
async function status(terminal: Terminal, timeout = 10_000): Promise<number | null> {
  const { code, signal } = await terminal.waitExit({ timeout });
  return signal ? 128 + constants.signals[signal] : code;
}

function leftAsFound(terminal: Terminal): void {
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
}

test('q at the root', async () => {
  const terminal = await demo();
  terminal.key('q');
  expect(await terminal.waitExit()).toEqual({ code: 0, signal: null });
  leftAsFound(terminal);
});

test('q goes back where there is a way back, and :q leaves from anywhere', async () => {
  const terminal = await demo();
  terminal.key('enter');
  await terminal.waitFor('workers(ctr_deepfm)');
  terminal.key('q');
  await terminal.waitFor('services(cn-shanghai)');
  terminal.key('enter');
  await terminal.waitFor('workers(ctr_deepfm)');
  await command(terminal, 'q');
  expect(await terminal.waitExit()).toEqual({ code: 0, signal: null });
  leftAsFound(terminal);
});

test('ctrl-c cancels a prompt, else leaves', async () => {
  const terminal = await demo();
  terminal.key('/');
  await terminal.waitFor(/^\//m);
  terminal.key('ctrl-c');
  await terminal.waitGone(/^\//m);
  terminal.key('ctrl-c');
  expect((await terminal.waitExit()).signal).toBe(null);
  leftAsFound(terminal);
});

for (const [name, code] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
] as const) {
  test(`${name}`, async () => {
    const terminal = await demo();
    terminal.signal(name);
    expect(await status(terminal)).toBe(code);
    leftAsFound(terminal);
  });
}

test('the window is closed', async () => {
  const terminal = await demo();
  terminal.hangup();
  expect(await status(terminal, 4_000)).toBe(129);
  leftAsFound(terminal);
});

test('killed at once, it leaves no process', async () => {
  const terminal = await demo();
  terminal.signal('SIGKILL');
  expect(await terminal.waitExit()).toMatchObject({ signal: 'SIGKILL' });
  // What cannot be caught cannot be put back; but nothing runs on.
  expect(terminal.restored().problems.filter((problem) => problem.startsWith('process left'))).toEqual([]);
  expect(terminal.processes()).toEqual([]);
});

test('in the middle of a dialog', async () => {
  const terminal = await demo();
  terminal.key('S');
  await terminal.waitFor('the service stops answering');
  terminal.signal('SIGTERM');
  expect(await status(terminal)).toBe(143);
  leftAsFound(terminal);
});

test('an error of its own', async () => {
  // Nothing in the program can be asked to fail: the error is put into its process from outside.
  const hook = join(mkdtempSync(join(tmpdir(), 'hook-')), 'hook.cjs');
  onTestFinished(() => rmSync(dirname(hook), { recursive: true }));
  writeFileSync(hook, `process.on('SIGUSR2', () => { throw new Error('thrown from outside'); });`);
  const terminal = await openServices({ args: ['--demo'], env: { NODE_OPTIONS: `--require=${hook}` } });
  terminal.signal('SIGUSR2');
  expect(await status(terminal)).toBe(1);
  leftAsFound(terminal);
  expect(terminal.text()).toContain('Error: thrown from outside');
});

test('before the first frame', async () => {
  const terminal = await open({ args: ['--demo'] });
  await terminal.waitFor(() => terminal.processes().some(({ command: line }) => line.includes('emulator')));
  terminal.signal('SIGTERM');
  expect(await status(terminal)).toBe(143);
  leftAsFound(terminal);
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs it where neither end is a terminal. */
function piped(...args: string[]): Promise<Ended> {
  const [node, script] = program;
  return new Promise((resolve) => {
    const child = spawn(node, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    child.stdout.on('data', (data: Buffer) => (said.out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (said.err += data.toString()));
    child.once('close', (code) => resolve({ code, ...said }));
  });
}

test('where there is no terminal it says so in one line', async () => {
  const { code, out, err } = await piped('--demo');
  expect(err).toMatch(/^eas-tui: .*terminal.*\n$/);
  expect({ code, out }).toEqual({ code: 2, out: '' });
});

test('with only one end at a terminal it says so in one line', async () => {
  for (const redirection of ['</dev/null', '>/dev/null']) {
    const terminal = await open({ command: ['/bin/sh', '-c', `"$@" ${redirection}`, 'sh', ...program, '--demo'] });
    expect((await terminal.waitExit()).code).toBe(2);
    expect(terminal.screen().filter((line) => /^eas-tui: .*terminal/.test(line))).toHaveLength(1);
    leftAsFound(terminal);
  }
});

for (const [args, ...words] of [
  [['--colour'], '--colour', '--help'],
  [['--refresh', 'soon'], '--refresh', 'soon', '0.5', '3600'],
  [['--refresh', '0'], '--refresh', '0.5'],
  [['--refresh', '4000'], '--refresh', '3600'],
  [['--refresh', ''], '--refresh'],
  [['--region', ''], '--region'],
  [['--region'], '--region'],
  [['--region', 'cn-shanghai', 'extra'], 'argument'],
  [['--demo', '--profile', 'x'], '--demo', '--profile'],
] as const) {
  test(`eas-tui ${args.join(' ')} says what is wrong in one line`, async () => {
    const { code, out, err } = await piped(...args);
    expect(err).toMatch(/^eas-tui: [^\n]+\n$/);
    for (const word of words) expect(err).toContain(word);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
}

for (const [args, word] of [
  [['--endpoint', 'http://eas.example.com', '--region', 'cn-shanghai'], 'allow-http'],
  [['--endpoint', 'ftp://127.0.0.1', '--region', 'cn-shanghai'], 'ftp'],
  [['--profile', 'nobody', '--region', 'cn-shanghai'], 'nobody'],
  [['--endpoint', 'not a host', '--region', 'cn-shanghai'], 'not a host'],
] as const) {
  test(`eas-tui ${args.join(' ')} says what is wrong in one line, at a terminal`, async () => {
    const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'a-secret' };
    const terminal = await open({ args, env, cols: 200, prefill: '' });
    expect((await terminal.waitExit()).code).toBe(2);
    const said = terminal.screen().filter((line) => line !== '');
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^eas-tui: /);
    expect(said[0]).toContain(word);
    expect(said[0]).not.toContain('a-secret');
    leftAsFound(terminal);
  });
}

test('no keys anywhere: a page names the places that were searched, and the demo', async () => {
  const terminal = await open({ args: ['--region', 'cn-shanghai'] });
  await terminal.waitFor('No credentials');
  const page = terminal.text();
  for (const place of ['ALIBABA_CLOUD_ACCESS_KEY_ID', '.aliyun/config.json', '--demo']) expect(page).toContain(place);
  terminal.key('q');
  expect((await terminal.waitExit()).code).toBe(2);
  leftAsFound(terminal);
});

test('no keys anywhere: the page too leaves by ctrl-c and by signal', async () => {
  for (const leave of [(t: Terminal) => t.key('ctrl-c'), (t: Terminal) => t.signal('SIGTERM')]) {
    const terminal = await open({ args: ['--region', 'cn-shanghai'] });
    await terminal.waitFor('No credentials');
    leave(terminal);
    expect((await terminal.waitExit()).code).not.toBe(0);
    leftAsFound(terminal);
  }
});

test('--help and --version need no terminal', async () => {
  const [node, script] = program;
  const run = (flag: string) =>
    new Promise<string>((resolve, reject) => {
      execFile(node, [script, flag], (error, out) => (error ? reject(error) : resolve(out)));
    });
  expect(await run('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  const help = await run('--help');
  for (const flag of ['--profile', '--region', '--endpoint', '--vpc', '--readonly', '--refresh', '--demo', '--ascii']) {
    expect(help).toContain(flag);
  }
});
