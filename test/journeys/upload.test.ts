import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { bucketName, MiB, setUp } from '../upload/setting.ts';
import { command, ledger, open, openServices, pressWhenOn } from './steps.ts';

interface Start {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cols?: number;
  readonly rows?: number;
}

/** A folder with things to upload, an object store in trouble on demand, and a home that outlives the program. */
async function begin() {
  const s = await setUp();
  const home = join(s.folder, 'home');
  mkdirSync(home);
  const { emulator } = s;
  const launch = ({ args = [], env = {}, ...more }: Start = {}) => ({
    ...more,
    home,
    args: [
      '--endpoint',
      emulator.endpoint,
      '--region',
      emulator.region,
      '--oss-endpoint',
      emulator.oss.endpoint,
      ...args,
    ],
    env: {
      ALIBABA_CLOUD_ACCESS_KEY_ID: emulator.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: emulator.accessKeySecret,
      ...env,
    },
  });
  const kept = join(home, '.local/state/eas-tui/uploads');
  return {
    ...s,
    home,
    /** Every part takes its time: 16 pieces of it, so many milliseconds each. */
    slow: (ms: number) => emulator.oss.faults.set(ms > 0 ? [`slow=${ms}:UploadPart`] : []),
    checkpoints: () => (existsSync(kept) ? readdirSync(kept).filter((name) => name.endsWith('.json')) : []),
    kept,
    start: (how?: Start) => openServices(launch(how)),
    /** Without waiting for the services: something is asked before. */
    startAsked: (how?: Start) => open(launch(how)),
  };
}

const target = `oss://${bucketName}/models/`;
const underWay = /↑ model\.tar\.gz \d+% [\d.]+[KM]\/s \d+/;

async function choose(terminal: Terminal, title: string | RegExp, downs: number): Promise<void> {
  await terminal.waitFor(title);
  if (downs > 0) terminal.key(`down*${downs}`);
  terminal.key('enter');
  await terminal.waitGone(title);
}

async function quit(terminal: Terminal): Promise<void> {
  expect(await terminal.waitExit()).toEqual({ code: 0, signal: null });
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
}

test('is asked for by key, seen on every screen, paused, left and gone on with, and then used', async () => {
  const on = await begin();
  const path = on.file('model.tar.gz', 16 * MiB);
  const hook = on.file(
    'hook.cjs',
    Buffer.from(
      `const M = require('node:module'), load = M._load;
     M._load = function (name) {
       if (name.includes('ali-oss')) require('node:fs').appendFileSync(${JSON.stringify(join(on.folder, 'loads'))}, name + '\\n');
       return load.apply(this, arguments);
     };`,
    ),
  );
  const loads = () => (existsSync(join(on.folder, 'loads')) ? readFileSync(join(on.folder, 'loads'), 'utf8') : '');
  on.slow(600);
  const first = await on.start({ env: { NODE_OPTIONS: `--require ${hook}` } });
  first.key('U');
  await first.waitFor('upload (file or folder):');
  first.type('/nowhere/at/all');
  first.key('enter');
  await first.waitFor('no such file or folder');
  first.key('ctrl-u');
  first.type(`${on.folder}/mod`);
  await first.waitFor(/\/mod/);
  first.key('tab');
  await first.waitFor('model.tar.gz');
  // The library of the object store is large: nothing has needed it so far.
  expect(loads()).toBe('');
  first.key('enter');
  await first.waitFor('upload to which bucket?');
  expect(first.text()).toMatch(
    /eas-demo-cn-shanghai cn-shanghai[\s\S]*eas-locked[\s\S]*eas-demo-cn-beijing cn-beijing/,
  );
  expect(loads().split('\n').length).toBe(2);
  first.key('enter');
  await first.waitFor(`to: oss://${bucketName}/`);
  first.type('models/');
  await first.waitFor(`to: ${target}`);
  first.key('enter');
  // In one cell of the header, whatever is looked at.
  await first.waitFor(underWay);
  for (const [line, title] of [
    ['resources', 'resources('],
    ['messages', '─ messages ─'],
  ] as const) {
    await command(first, line);
    await first.waitFor((screen) => screen.includes(title) && underWay.test(screen));
    expect(first.screen().filter((each) => underWay.test(each))).toHaveLength(1);
  }
  await command(first, 'uploads');
  await first.waitFor(/│ model\.tar\.gz +running +[█░]{6} [\d.]+[KM]\/16\.0M +\d+ +[\d.]+[KM]\/s +\d/);
  await pressWhenOn(first, 'S');
  await first.waitFor(/│ model\.tar\.gz +paused/);
  await first.waitGone(underWay);
  expect(on.checkpoints()).toHaveLength(1);
  on.slow(100);
  await pressWhenOn(first, 's');
  await first.waitFor(/│ model\.tar\.gz +running/);
  // Leaving asks; enter stays.
  await command(first, 'q');
  await choose(first, '1 upload under way', 0);
  await first.waitFor(/│ model\.tar\.gz +running/);
  await first.waitFor(() => on.arrived() >= 3, { timeout: 20_000 });
  await command(first, 'q');
  await choose(first, '1 upload under way', 1);
  await quit(first);
  expect(first.bytes().toString()).not.toMatch(/urllib|Deprecat|Warning/);
  const [file = ''] = on.checkpoints();
  expect(statSync(join(on.kept, file)).mode & 0o777).toBe(0o600);
  const sent = on.arrived();

  on.slow(0);
  const script = on.file(
    'editor.sh',
    Buffer.from(`#!/bin/sh\ncp "$1" ${join(on.folder, 'seen')}\nsed -i s/my_service/with_upload/ "$1"\n`),
  );
  chmodSync(script, 0o755);
  const second = await on.startAsked({ env: { EDITOR: script }, cols: 160, rows: 45 });
  await second.waitFor('1 upload not finished');
  await second.waitFor(/resume model\.tar\.gz [1-9]\d?%\? oss:\/\/eas-demo-cn-shanghai\/models\/model\.tar\.gz/);
  second.key('down', 'enter');
  await second.waitFor(`[OK] oss target path: [${target}model.tar.gz]`);
  expect(on.object('models/model.tar.gz')?.size).toBe(16 * MiB);
  expect(on.arrived()).toBeLessThan(sent + 16);
  expect([on.count('InitiateMultipartUpload'), on.checkpoints()]).toEqual([1, []]);
  await command(second, 'messages');
  await second.waitFor('─ messages ─');
  await second.waitFor('Succeed: Total num: 1, size: 16,777,216. OK num: 1(upload 1 files).');
  await command(second, 'uploads');
  await second.waitFor(/│ model\.tar\.gz +done/);
  await pressWhenOn(second, 'n');
  await choose(second, /use oss:/, 4);
  expect(second.bytes().toString()).toContain(
    `\x1b]52;c;${Buffer.from(`${target}model.tar.gz`).toString('base64')}\x07`,
  );
  await pressWhenOn(second, 'n');
  await choose(second, /use oss:/, 3);
  await second.waitFor(`:modify  processor_path=${target}model.tar.gz`);
  second.key('esc');
  await second.waitGone(':modify');
  await pressWhenOn(second, 'n');
  await choose(second, /use oss:/, 0);
  await second.waitFor('a new service with 1 worker');
  expect(JSON.parse(readFileSync(join(on.folder, 'seen'), 'utf8'))).toMatchObject({
    model_path: `${target}model.tar.gz`,
  });
  second.key('y');
  await second.waitFor(/accepted as with_upload/);
  const sends = ledger(second).filter(({ action }) => action === 'upload');
  const record = ledger(second).filter(({ id }) => sends.some((one) => one['id'] === id));
  expect(record).toMatchObject([
    { event: 'sent', target: `${target}model.tar.gz`, cli: `eascmd upload ${path}` },
    { event: 'ended', code: 'paused' },
    { event: 'sent' },
    { event: 'ended', code: 'paused' },
    { event: 'sent' },
    { event: 'ended', outcome: 'accepted' },
  ]);
}, 90_000);

test('survives a kill, is locked against a second program, and asks before a changed file starts anew', async () => {
  const on = await begin();
  const path = on.file('model.tar.gz', 8 * MiB);
  on.slow(250);
  const wide = { cols: 160, rows: 30 };
  const first = await on.start(wide);
  await command(first, `upload ${path} ${target}`);
  await first.waitFor(() => on.arrived() >= 2, { timeout: 20_000 });
  on.slow(5_000);
  // What a living program sends is not offered to another, nor taken from it.
  const beside = await on.start(wide);
  expect(beside.text()).not.toContain('not finished');
  await command(beside, `upload ${path} ${target}`);
  await command(beside, 'messages');
  await beside.waitFor('─ messages ─');
  await beside.waitFor(/InUse: .*is being sent to the same place by process \d+/);
  beside.key('esc');
  await beside.waitFor('services(cn-shanghai)');
  // Buckets are listed where that is allowed; where it is not, the target is written.
  on.emulator.oss.faults.set(['slow=5000:UploadPart', 'denied:ListBuckets']);
  beside.key('U');
  await beside.waitFor('upload (file or folder):');
  beside.type(path);
  await beside.waitFor(`: ${path}`);
  beside.key('enter');
  await beside.waitFor('to: oss://');
  await beside.waitFor(/the buckets cannot be listed: .*oss:ListBuckets/);
  beside.key('esc');
  await beside.waitGone('to: oss://');
  await command(beside, 'q');
  await quit(beside);
  first.signal('SIGKILL');
  await first.waitExit();
  appendFileSync(path, 'more');
  on.slow(0);
  const again = await on.startAsked(wide);
  await again.waitFor(/resume model\.tar\.gz [1-9]\d?%\?/);
  again.key('down', 'enter');
  await again.waitFor('FileChanged');
  await command(again, 'uploads');
  await again.waitFor(/│ model\.tar\.gz +failed/);
  await pressWhenOn(again, 's');
  await again.waitFor(/had 8388608 bytes and has 8388612 now/);
  expect(on.object('models/model.tar.gz')).toBeUndefined();
  again.key('y');
  await again.waitFor(/│ model\.tar\.gz +done/);
  expect([on.object('models/model.tar.gz')?.size, on.pending(), on.checkpoints()]).toEqual([8 * MiB + 4, 0, []]);
}, 90_000);

test('is cancelled with its parts, or left with them; what others left is listed and aborted', async () => {
  const on = await begin();
  mkdirSync(join(on.home, '.config/eas-tui'), { recursive: true });
  writeFileSync(join(on.home, '.config/eas-tui/config.json'), JSON.stringify({ uploadTarget: target }));
  on.file('two words/模型 100%.bin', 100);
  on.file('two words/sub/..b', 2 * MiB);
  symlinkSync('..', join(on.folder, 'two words/up'));
  const path = on.file('model.tar.gz', 8 * MiB);
  const terminal = await on.start({ cols: 160, rows: 30 });
  // Several at once; the target comes from the configuration. Connections that break are nobody's business.
  on.emulator.oss.faults.set(['cut=300000:UploadPart:2', 'lost:UploadPart:1']);
  await command(terminal, `upload ${on.folder}/two\\ words ${path}`);
  await terminal.waitFor(() => on.object('models/model.tar.gz') && on.object('models/two words/sub/..b'), {
    timeout: 20_000,
  });
  expect(on.object('models/two words/模型 100%.bin')?.size).toBe(100);
  await command(terminal, 'messages');
  await terminal.waitFor('─ messages ─');
  await terminal.waitFor(/1 of two words not uploaded: .*\/up \(the link leads back to a folder it is in\)/);
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
  on.slow(600);
  terminal.key('U');
  await terminal.waitFor('upload (file or folder):');
  terminal.type(path);
  terminal.key('enter');
  await terminal.waitFor(`to: ${target}`);
  terminal.key('ctrl-u');
  terminal.type(`oss://${bucketName}/cancelled/`);
  terminal.key('enter');
  await terminal.waitFor(underWay);
  await command(terminal, 'uploads');
  await terminal.waitFor(/│ model\.tar\.gz +running/);
  await terminal.waitFor(() => on.pending() === 1);
  await command(terminal, `leftovers ${bucketName}`);
  await terminal.waitFor(/cancelled\/model\.tar\.gz \d+s old · .*under way here/);
  terminal.key('esc');
  await terminal.waitGone('abort which');
  terminal.key('/');
  await terminal.waitFor(/(^| )\/$/m);
  terminal.type('state:running');
  await terminal.waitFor(/uploads\(cn-shanghai\)\[1\D/);
  terminal.key('enter');
  await pressWhenOn(terminal, 'ctrl-d');
  await terminal.waitFor('cancel the upload of');
  terminal.key('y');
  await terminal.waitFor(() => on.pending() === 0);
  terminal.key('/', 'ctrl-u', 'enter');
  await terminal.waitFor(/│ model\.tar\.gz +cancelled/);
  expect(on.checkpoints()).toEqual([]);

  // What somebody else left, with age and size.
  const client = await on.oss.open(bucketName);
  const uploadId = await client.initiate('old/leftover.bin');
  await client.part(
    'old/leftover.bin',
    uploadId,
    {
      n: 1,
      size: 4,
      sums: { md5: '', md5Base64: 'CY9rzUYh03PK3k6DJie09g==', crc: 0n },
      body: (async function* () {
        yield Buffer.from('test');
      })(),
    },
    {},
  );
  client.close();
  await command(terminal, 'leftovers');
  await terminal.waitFor(/old\/leftover\.bin \d+s old · 4/);
  terminal.key('enter');
  await terminal.waitFor('abort the upload of old/leftover.bin');
  terminal.key('y');
  await terminal.waitFor('aborted old/leftover.bin');
  expect(on.pending()).toBe(0);

  // Refusals in words.
  await command(terminal, `upload ${path} oss://no-such-bucket/`);
  await terminal.waitFor('there is no bucket no-such-bucket');
  await command(terminal, `upload ${path} oss://eas-locked-cn-shanghai/`);
  await terminal.waitFor(/needs oss:PutObject/);
  await command(terminal, `upload ${path} oss://NO/`);
  await terminal.waitFor('is not the name of a bucket');
  terminal.key('esc');
  await terminal.waitGone('is not the name of a bucket');

  // Quitting and aborting.
  await command(terminal, `upload ${path} oss://${bucketName}/aborted/`);
  await terminal.waitFor(() => on.pending() === 1);
  // Going elsewhere would stop it too.
  await command(terminal, 'regions');
  await terminal.waitFor(/> \S*cn-/);
  terminal.key('down', 'enter');
  await terminal.waitFor(/1 upload under way[\s\S]*go and keep what was sent/);
  terminal.key('esc');
  await terminal.waitGone('1 upload under way');
  expect(terminal.text()).toContain('uploads(cn-shanghai)');
  await command(terminal, 'q');
  await choose(terminal, '1 upload under way', 2);
  await quit(terminal);
  expect([on.pending(), on.checkpoints()]).toEqual([0, []]);
  expect(terminal.bytes().toString()).not.toMatch(/urllib|Deprecat|Warning/);
}, 90_000);

test('is kept, let go and recorded when the line to the terminal is cut', async () => {
  const on = await begin();
  const path = on.file('model.tar.gz', 8 * MiB);
  for (const cut of [(t: Terminal) => t.hangup(), (t: Terminal) => t.signal('SIGTERM')]) {
    on.slow(50);
    const terminal = await on.startAsked({ cols: 160 });
    await terminal.waitFor('services(cn-shanghai)');
    await command(terminal, `upload ${path} ${target}${on.arrived()}/`);
    const before = on.arrived();
    await terminal.waitFor(() => on.arrived() > before, { timeout: 20_000 });
    on.slow(5_000);
    cut(terminal);
    expect((await terminal.waitExit()).code).toBeGreaterThan(128);
    expect(ledger(terminal).at(-1)).toMatchObject({ event: 'ended', code: 'paused' });
    const kept = readdirSync(on.kept);
    expect(kept.filter((name) => name.endsWith('.lock'))).toEqual([]);
    rmSync(on.kept, { recursive: true });
  }
}, 60_000);

test('is refused in read-only mode', async () => {
  const on = await begin();
  const terminal = await on.start({ args: ['--readonly'], cols: 160 });
  terminal.key('U');
  await terminal.waitFor(/read-only: /);
  await command(terminal, `upload ${on.file('m.bin', 10)} ${target}`);
  await terminal.waitFor(/read-only: /);
  expect(on.emulator.oss.requests()).toEqual([]);
});
