import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator } from '../../emulator/server.ts';
import { moveTo, open, openServices, rowOf } from '../journeys/steps.ts';
import { openGate } from '../ledger/gate.ts';
import { repositoryRoot, type Terminal } from '../support/terminal.ts';
import { familyOf, filesBelow, procFile, type Secrets, secretsIn } from './search.ts';

const mnist = 'mnist_saved_model_example';

function freshHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, 'tmp'));
  return home;
}

const rights = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** An error from outside, on a signal: nothing in the program can be asked to fail. */
function crashHook(home: string): string {
  const hook = join(home, 'hook.cjs');
  writeFileSync(hook, `process.on('SIGUSR2', () => { throw new Error('thrown from outside'); });`);
  return hook;
}

/** An editor that writes down what it was given, as does a program that it starts. */
function telltale(home: string): string {
  const file = join(home, 'editor.sh');
  writeFileSync(
    file,
    `#!/bin/sh\nenv > "${join(home, 'editor-env')}"\necho "$0 $*" > "${join(home, 'editor-args')}"\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

/** What it says on stderr goes to a file of its own, to be found among the others. */
const program = ['/bin/sh', '-c', 'exec "$0" "$@" 2>"$HOME/stderr"', process.execPath];

const family = ({ pid }: Terminal): number[] => (pid === undefined ? [] : familyOf(pid));

/** The processes of a run as the system shows them: command lines of all, environments of all but the program. */
function shown(terminal: Terminal, secrets: Secrets): string[] {
  return family(terminal).flatMap((pid) => [
    ...secretsIn(procFile(pid, 'cmdline'), secrets).map((name) => `${name} in the command line of ${pid}`),
    ...(pid === terminal.pid
      ? []
      : secretsIn(procFile(pid, 'environ'), secrets).map((name) => `${name} in the environment of ${pid}`)),
  ]);
}

test('a secret that is there is found', () => {
  const secrets = { key: 'abcdefghijklmnopqrstuvwxyz' };
  expect(secretsIn('xx abcdefghij\x1b[1mklmnopqrstuvwxyz', secrets)).toEqual(['key']);
  expect(secretsIn(Buffer.from('abcdefghijklmnopqrstuvwxyz').toString('base64'), secrets)).toEqual(['key']);
  expect(secretsIn('abcdefghij', secrets)).toEqual([]);
});

test('through a long journey with every kind of trouble no secret gets out', async () => {
  const emulator = await createEmulator({ seed: 7, speed: 20, strict: true });
  onTestFinished(() => emulator.close());
  const { accessKeyId, accessKeySecret, securityToken } = emulator.sts;
  const own = { accessKeyId, accessKeySecret, securityToken };
  const service = emulator.model.services.get(mnist);
  if (!service) throw new Error(`there is no ${mnist}`);
  const hidden = {
    'a token of the configuration': 'hf_Zq8wNf3kTr7yBv2mXs9cLd4g',
    'a password of the configuration': 'Rk5jVt8pWn2xQz7hGb4s!',
  };
  const [hfToken, password] = Object.values(hidden);
  service.config = {
    ...service.config,
    metadata: { ...(service.config.metadata as object), instance: 2 },
    containers: [{ image: 'registry/x', port: 8000, env: [{ name: 'HF_TOKEN', value: hfToken }] }],
    dockerAuth: password,
  };
  const tokens = Object.fromEntries(
    [...emulator.model.services.values()].map(({ name, token }) => [`the AccessToken of ${name}`, token]),
  );
  const secrets: Secrets = { ...own, ...tokens, ...hidden };

  let echo = '';
  const gate = await openGate(emulator.endpoint, (operation, headers) => {
    if (operation !== echo) return undefined;
    const all = Object.entries({ ...headers, 'x-secret': accessKeySecret });
    const text = all.map(([name, value]) => `${name}:${String(value)}`).join('\n');
    if (operation === 'ScaleService') {
      const Message = `${accessKeySecret} of ${accessKeyId} with ${securityToken} does not do.`;
      return { status: 400, body: { Code: 'InvalidParameter', Message, RequestId: 'R-1' } };
    }
    const Message = `Specified signature is not matched with our calculation. server string to sign is:${text}`;
    return { status: 400, body: { Code: 'SignatureDoesNotMatch', Message, RequestId: 'R-2' } };
  });
  onTestFinished(() => gate.close());

  const home = freshHome();
  const terminal = await openServices({
    command: [...program, `--require=${crashHook(home)}`, join(repositoryRoot, 'dist', 'cli.cjs')],
    args: ['--endpoint', gate.endpoint, '--region', emulator.region],
    env: {
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
      ALIBABA_CLOUD_SECURITY_TOKEN: securityToken,
      TMPDIR: join(home, 'tmp'),
      EDITOR: telltale(home),
    },
    home,
    cols: 160,
    rows: 60,
  });
  const seen = new Set<string>();
  const look = (): void => {
    for (const found of shown(terminal, secrets)) seen.add(found);
  };
  look();

  // Described and as JSON: masked, also when it is copied, until `x` is pressed and after it is pressed again.
  const { [`the AccessToken of ${mnist}`]: token = '' } = tokens;
  let clean = 0;
  const nothingSince = (mark: number): void => {
    expect(secretsIn(terminal.since(mark).toString('utf8'), secrets)).toEqual([]);
    // What goes to the clipboard is base64 that starts anywhere.
    for (const [, copied = ''] of terminal
      .since(mark)
      .toString('latin1')
      .matchAll(/\x1b\]52;c;([^\x07]*)\x07/g)) {
      expect(secretsIn(Buffer.from(copied, 'base64').toString('utf8'), secrets)).toEqual([]);
    }
  };
  await moveTo(terminal, mnist);
  for (const [key, title] of [
    ['d', 'describe('],
    ['y', 'json('],
  ] as const) {
    terminal.key(key);
    await terminal.waitFor(title);
    await terminal.waitFor(/AccessToken\W+••/);
    terminal.key('c');
    await terminal.waitFor(/sent .* to the clipboard/);
    await terminal.waitFor(() => terminal.since(clean).includes('\x1b]52;c;'));
    nothingSince(clean);
    terminal.key('x');
    await terminal.waitFor(token);
    terminal.key('x');
    await terminal.waitGone(token);
    clean = terminal.mark();
    terminal.key('esc');
    await terminal.waitFor('services(cn-shanghai)');
  }

  // Everything that writes, and refusals that say all they know.
  echo = 'ScaleService';
  await moveTo(terminal, mnist);
  terminal.write('+++\r');
  await terminal.waitFor('InvalidParameter');
  echo = '';
  terminal.write('+++\r');
  await terminal.waitFor(() => /✓ Running +5\/5/.test(rowOf(terminal, mnist)), { timeout: 20_000 });
  terminal.key('S');
  await terminal.waitFor('the service stops answering');
  terminal.key('y');
  await terminal.waitFor(() => /■ Stopped/.test(rowOf(terminal, mnist)), { timeout: 20_000 });
  terminal.key('s');
  await terminal.waitFor(`start ${mnist}`);
  terminal.key('y');
  await terminal.waitFor(() => /✓ Running +5\/5/.test(rowOf(terminal, mnist)), { timeout: 20_000 });
  look();

  // The editor and what is sent to the service itself.
  await moveTo(terminal, mnist);
  await terminal.waitFor('<+>');
  terminal.key('e');
  await terminal.waitFor('nothing was sent');
  terminal.key('i');
  await terminal.waitFor(`call ${mnist} with`);
  terminal.key('enter');
  await terminal.waitFor(/body:$/m);
  terminal.type('{}');
  await terminal.waitFor('body: {}');
  terminal.key('enter');
  await terminal.waitFor(/Status +200/, { timeout: 15_000 });
  terminal.key('C');
  await terminal.waitFor('copied the curl line');
  look();
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');

  echo = 'ListServices';
  terminal.key('ctrl-r');
  await terminal.waitFor('SignatureDoesNotMatch');
  echo = '';
  terminal.key('ctrl-r');
  await terminal.waitGone('SignatureDoesNotMatch', { timeout: 20_000 });
  for (const [fault, said] of [
    ['denied:ListServices:1', 'Forbidden.RAM'],
    ['expired:ListServices:1', 'InvalidSecurityToken.Expired'],
    ['garbage:ListServices:3', /services [0-9]+s ✗/],
    ['html:ListServices:3', 'HTTP 502'],
  ] as const) {
    emulator.faults.set([fault]);
    terminal.key('ctrl-r');
    await terminal.waitFor(said);
    terminal.key('ctrl-r');
    await terminal.waitFor(/services [0-9]s ✓/, { timeout: 20_000 });
  }

  await moveTo(terminal, mnist);
  await terminal.waitFor('<ctrl-d>');
  terminal.key('ctrl-d');
  await terminal.waitFor('this cannot be undone');
  terminal.type(mnist);
  await terminal.waitFor(() => terminal.text().split(mnist).length > 3);
  terminal.key('tab', 'enter');
  await terminal.waitFor(`${mnist} gone`, { timeout: 20_000 });

  terminal.key(':');
  terminal.type('messages');
  await terminal.waitFor(':messages');
  terminal.key('enter');
  await terminal.waitFor('InvalidParameter: *** of …');
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
  terminal.key('L');
  await terminal.waitFor(/ledger\(.*\)\[5\]/);
  for (const [key, title] of [
    ['d', 'describe('],
    ['y', 'json('],
  ] as const) {
    terminal.key(key);
    await terminal.waitFor(title);
    terminal.key('x', 'c', 'esc');
    await terminal.waitGone(title);
  }
  look();
  terminal.signal('SIGUSR2');
  expect((await terminal.waitExit()).code).toBe(1);
  nothingSince(clean);

  expect([...seen]).toEqual([]);
  const files = filesBelow(home);
  const names = files.map(({ path }) => path.slice(home.length + 1));
  expect(names).toContain('.local/state/eas-tui/ledger.jsonl');
  expect(files.find(({ path }) => path.endsWith('/stderr'))?.text).toContain('thrown from outside');
  expect(files.find(({ path }) => path.endsWith('ledger.jsonl'))?.text).toContain('"code":"InvalidParameter"');
  const given = (name: string) => files.find(({ path }) => path === join(home, name))?.text;
  expect(given('editor-env')).toContain('PATH=');
  expect(given('editor-args')).toContain('/drafts/');
  // All that is remembered is for nobody else.
  const state = join(home, '.local/state/eas-tui');
  for (const entry of readdirSync(state, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    expect([path, rights(path)]).toEqual([path, entry.isDirectory() ? '700' : '600']);
  }
  expect(rights(state)).toBe('700');
  // A configuration that is kept so that it can be sent again is whole, for nobody else to read; keys are not in it.
  const kept = files.filter(({ path }) => path.includes('/eas-tui/saved/'));
  for (const { path, text } of kept) {
    expect([path, secretsIn(text, { ...own, ...tokens })]).toEqual([path, []]);
    expect([rights(path), rights(dirname(path))]).toEqual(['600', '700']);
  }
  for (const { path, text } of files) {
    if (!kept.some((each) => each.path === path)) expect([path, secretsIn(text, secrets)]).toEqual([path, []]);
  }
}, 90_000);

test('a profile whose keys are wrong is told without them', async () => {
  const home = freshHome();
  const secrets = { secret: 'Vb7nQw3zXk9mLp2rTs6yHd4f', token: 'CAISnq8vWx2pLm7kRt5yZc3b' };
  mkdirSync(join(home, '.aliyun'));
  const profile = {
    name: 'default',
    mode: 'StsToken',
    access_key_id: 'STS.nobody12345',
    access_key_secret: secrets.secret,
    sts_token: secrets.token,
    region_id: 'cn-shanghai',
  };
  const emulator = await createEmulator({ seed: 7, strict: true });
  onTestFinished(() => emulator.close());
  for (const [text, said] of [
    [JSON.stringify({ current: 'default', profiles: [profile] }), 'InvalidAccessKeyId'],
    // Cut off in the middle: parsers like to show what they could not read.
    [JSON.stringify({ current: 'default', profiles: [profile] }).slice(0, -12), 'config.json'],
    [JSON.stringify({ current: 'default', profiles: [{ ...profile, mode: 'Magic' }] }), 'Magic'],
  ] as const) {
    writeFileSync(join(home, '.aliyun', 'config.json'), text);
    const terminal = await open({ args: ['--endpoint', emulator.endpoint], home, cols: 160 });
    await terminal.waitFor(said);
    expect(shown(terminal, secrets)).toEqual([]);
    if (!terminal.exited) terminal.key('q');
    await terminal.waitExit();
    expect(secretsIn(terminal.bytes().toString('utf8'), secrets)).toEqual([]);
    await terminal.close();
  }
  for (const { path, text } of filesBelow(home).filter((file) => !file.path.includes('.aliyun'))) {
    expect([path, secretsIn(text, secrets)]).toEqual([path, []]);
  }
});

const decoy = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI5tDecoyDecoyDecoy',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'Jd8fKw2mQz6tXv9bNs4hLp7c',
  ALIBABA_CLOUD_SECURITY_TOKEN: 'CAISy7RtWq2pLm8kVx5nZc4b',
};

test('the demo shows no key on a command line and writes none', async () => {
  const home = freshHome();
  const terminal = await openServices({ args: ['--demo'], env: decoy, home });
  const commands = family(terminal).map((pid) => procFile(pid, 'cmdline'));
  expect(commands.some((text) => text.includes('emulator.cjs'))).toBe(true);
  expect(commands.flatMap((text) => secretsIn(text, decoy))).toEqual([]);
  // The keys of the demo itself begin like this.
  expect(commands.join('\n')).not.toMatch(/LTAI5t/);
  terminal.write('+\r');
  await terminal.waitFor(/✓ scale/);
  terminal.key('q');
  await terminal.waitExit();
  expect(secretsIn(terminal.bytes().toString('utf8'), decoy)).toEqual([]);
  const files = filesBelow(home);
  expect(files.map(({ path }) => path.slice(home.length + 1))).toContain('.local/state/eas-tui/demo-ledger.jsonl');
  for (const { path, text } of files) {
    expect([path, secretsIn(text, decoy), /LTAI5t/.test(text)]).toEqual([path, [], false]);
  }
});

test('the emulator of the demo is not given the keys of the environment', async () => {
  const terminal = await openServices({ args: ['--demo'], env: decoy });
  const emulator = family(terminal).find((pid) => procFile(pid, 'cmdline').includes('emulator.cjs'));
  expect(procFile(emulator ?? 0, 'environ')).toContain('PATH=');
  expect(shown(terminal, decoy)).toEqual([]);
});
