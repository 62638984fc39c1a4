import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createCheckpoints } from '../../src/api/upload/checkpoint.ts';
import { holderOf, takeLock } from '../../src/api/upload/lock.ts';
import { bucketName, finish, MiB, setUp, until } from './setting.ts';
import { bundleUploader, startUploader } from './uploader-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'eas-lock-'));
let bundle: string;
beforeAll(async () => {
  bundle = await bundleUploader(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
const fresh = () => join(folder, `${made++}.lock`);
const left = (file: string, more: object) =>
  writeFileSync(file, JSON.stringify({ host: hostname(), pid: process.pid, began: '0', token: 'x', ...more }));

describe('a lock', () => {
  it('is taken by one of many, and free again when let go', async () => {
    const file = fresh();
    const all = await Promise.all(Array.from({ length: 20 }, () => takeLock(file)));
    const [taken, ...more] = all.filter((one) => typeof one === 'function');
    expect([more.length, await holderOf(file)]).toMatchObject([0, { pid: process.pid, host: hostname() }]);
    await taken?.();
    expect(await holderOf(file)).toBeUndefined();
    expect(await takeLock(file)).toBeTypeOf('function');
  });

  it.each([
    ['of a process that is gone', { pid: 2 ** 22 + 1 }],
    ['of a process whose number another has now', { began: '1' }],
  ])('%s is taken over by one of many', async (_, more) => {
    const file = fresh();
    left(file, more);
    const all = await Promise.all(Array.from({ length: 20 }, () => takeLock(file)));
    expect(all.filter((one) => typeof one === 'function')).toHaveLength(1);
  });

  it.runIf(process.platform === 'linux')(
    'of a process that is dead, which nobody has noticed, is taken over',
    async () => {
      const file = fresh();
      // The parent of the one that ends at once never asks after it.
      const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
      onTestFinished(() => void parent.kill());
      const [line] = await once(parent.stdout, 'data');
      const pid = Number(String(line));
      const fields = () =>
        readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
      await until(() => fields()[0] === 'Z', 'a zombie');
      left(file, { pid, began: fields()[19] });
      expect(await takeLock(file)).toBeTypeOf('function');
    },
  );

  it('that is no lock at all is taken over', async () => {
    const file = fresh();
    writeFileSync(file, '{');
    expect(await takeLock(file)).toBeTypeOf('function');
  });

  it('of another machine holds for as long as it is touched', async () => {
    const file = fresh();
    left(file, { host: 'elsewhere', pid: 1 });
    expect(await takeLock(file)).toMatchObject({ host: 'elsewhere' });
    const before = new Date(Date.now() - 100_000);
    utimesSync(file, before, before);
    expect(await takeLock(file)).toBeTypeOf('function');
  });
});

describe('the same upload twice', () => {
  it('is refused in another process while the first lives, and taken over once it is dead', async () => {
    const s = await setUp();
    const path = s.file('model.tar.gz', 8 * MiB);
    const settings = { path, target: `oss://${bucketName}/models/`, checkpoints: s.checkpoints, parallel: 2 };
    s.emulator.oss.faults.set(['slow=30:UploadPart']);
    const first = startUploader(bundle, s.emulator.oss.endpoint, s.emulator, settings);
    await until(() => first.told.some(({ bytes = 0 }) => bytes > MiB), 'the first under way');
    const here = s.upload(path);
    const refused = await finish(here);
    expect([refused.state, refused.error?.kind, refused.error?.code]).toEqual(['failed', 'conflict', 'InUse']);
    expect(refused.error?.message).toContain(`process ${first.child.pid} on ${hostname()}`);
    // Nor can its parts be aborted from here.
    await here.cancel();
    expect(here.progress().notes.join()).toMatch(/left alone/);
    expect([s.pending(), s.count('AbortMultipartUpload'), s.count('InitiateMultipartUpload')]).toEqual([1, 0, 1]);
    const [kept] = await createCheckpoints(s.checkpoints).list();
    expect(kept && (await createCheckpoints(s.checkpoints).held(kept))).toBe(true);
    first.child.kill('SIGKILL');
    await first.ended;
    s.emulator.oss.faults.set([]);
    const end = await finish(s.upload(path));
    expect([end.state, s.count('InitiateMultipartUpload'), s.pending()]).toEqual(['done', 1, 0]);
    expect(readdirSync(s.checkpoints)).toEqual([]);
  });

  it('is refused in the same program, for a folder too', async () => {
    const s = await setUp();
    s.file('dir/a.bin', 3 * MiB);
    s.emulator.oss.faults.set(['slow=10:UploadPart']);
    const first = s.upload(join(s.folder, 'dir'));
    first.start();
    await until(() => first.progress().bytes > 0, 'the first under way');
    const refused = await finish(s.upload(join(s.folder, 'dir')));
    expect(refused.error?.message).toMatch(/by another upload of this program/);
    s.emulator.oss.faults.set([]);
    expect((await first.settled()).state).toBe('done');
    expect(readdirSync(s.checkpoints)).toEqual([]);
  });
});
