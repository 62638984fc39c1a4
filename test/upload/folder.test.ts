import { appendFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCheckpoints } from '../../src/api/upload/checkpoint.ts';
import { bucketName, finish, MiB, setUp, until } from './setting.ts';

const keysOf = (s: Awaited<ReturnType<typeof setUp>>) =>
  [...s.emulator.oss.store.bucket(bucketName).objects.keys()].sort();

describe('a folder', () => {
  it('keeps its structure, with names of all kinds', async () => {
    const s = await setUp();
    const names = [
      'a b.txt',
      '模型/权重.bin',
      '100%25.json',
      '..hidden',
      'x..y/...',
      "quo'te(1)*!~.txt",
      'sub/deep/er/f',
      '+&?#=;',
    ];
    for (const [at, name] of names.entries()) s.file(`model dir/${name}`, 100 + at);
    s.file('model dir/large.bin', 3 * MiB);
    mkdirSync(join(s.folder, 'model dir/empty'));
    const end = await finish(s.upload(join(s.folder, 'model dir')));
    expect([end.state, end.refused, end.error]).toEqual(['done', [], undefined]);
    expect(end.files).toEqual({ done: 9, total: 9 });
    expect(end.target).toBe(`oss://${bucketName}/models/model dir/`);
    expect(keysOf(s)).toEqual([...names, 'large.bin'].map((name) => `models/model dir/${name}`).sort());
    expect(s.object('models/model dir/large.bin')).toMatchObject({ size: 3 * MiB, parts: 3 });
    expect(readdirSync(s.checkpoints)).toEqual([]);
  });

  it('goes to the very name when the target does not end with a slash', async () => {
    const s = await setUp();
    s.file('dir/a', 5);
    await finish(s.upload(join(s.folder, 'dir'), { target: `oss://${bucketName}/v2` }));
    expect(keysOf(s)).toEqual(['v2/a']);
  });

  it('refuses loops, dead links, sockets and names that no object can have, and says so', async () => {
    const s = await setUp();
    const good = s.file('dir/good.txt', 5);
    s.file('dir/sub/also.txt', 5);
    symlinkSync('..', join(s.folder, 'dir/sub/up'));
    symlinkSync('..', join(s.folder, 'dir/out'));
    symlinkSync('itself', join(s.folder, 'dir/itself'));
    symlinkSync('nowhere', join(s.folder, 'dir/dead'));
    symlinkSync(good, join(s.folder, 'dir/link.txt'));
    writeFileSync(join(s.folder, 'dir', 'bell\u0007\u001b[31m'), 'x');
    writeFileSync(Buffer.concat([Buffer.from(join(s.folder, 'dir/')), Buffer.from([0xff, 0xfe])]), 'x');
    s.file(`dir/${'长'.repeat(80)}/${'长'.repeat(80)}/${'长'.repeat(80)}/${'长'.repeat(80)}/${'长'.repeat(80)}`, 5);
    const socket = createServer();
    await new Promise<void>((done) => socket.listen(join(s.folder, 'dir/socket'), done));
    const end = await finish(s.upload(join(s.folder, 'dir')));
    await new Promise((done) => socket.close(done));
    expect(end.state).toBe('done');
    expect(keysOf(s)).toEqual(['models/dir/good.txt', 'models/dir/link.txt', 'models/dir/sub/also.txt']);
    const why = Object.fromEntries(
      end.refused.map((one) => [one.path.slice(s.folder.length + 5, 40 + s.folder.length), one.why]),
    );
    expect(Object.keys(why)).toHaveLength(8);
    expect(why.out).toBe('the link leads back to a folder it is in');
    expect(why['sub/up']).toBe('the link leads back to a folder it is in');
    expect(why.itself).toBe('its links lead in a circle');
    expect(why.dead).toBe('the link leads to nothing');
    expect(why.socket).toBe('it is no file (a socket, pipe or device)');
    expect(why['bell\u0007\u001b[31m']).toBe('its name holds control characters');
    expect(why['\ufffd\ufffd']).toBe('its name is not UTF-8');
    expect(Object.values(why).join()).toMatch(/its name takes 12\d\d bytes/);
  });

  it('says that there is nothing, that it is not there, or that it is no file', async () => {
    const s = await setUp();
    mkdirSync(join(s.folder, 'empty'));
    const message = async (path: string) => (await finish(s.upload(path))).error?.message;
    expect(await message(join(s.folder, 'empty'))).toMatch(/holds no file that can be uploaded/);
    expect(await message(join(s.folder, 'nothing'))).toMatch(/no such file or folder/);
    expect(await message('/dev/null')).toMatch(/neither a file nor a folder/);
    expect(await message(s.file('tab\there', 5))).toMatch(/control characters/);
  });

  it('sends anew only what has changed', async () => {
    const s = await setUp();
    for (let at = 0; at < 10; at++) s.file(`dir/small-${at}`, 1000);
    const changed = s.file('dir/x-changed.bin', 4 * MiB);
    s.file('dir/y-kept.bin', 4 * MiB);
    s.emulator.oss.faults.set(['5xx:CompleteMultipartUpload']);
    const upload = s.upload(join(s.folder, 'dir'));
    expect((await finish(upload)).state).toBe('failed');
    appendFileSync(changed, 'more');
    s.emulator.oss.faults.set([]);
    upload.resume();
    expect((await upload.settled()).error?.code).toBe('FileChanged');
    upload.resume({ anew: true });
    const end = await upload.settled();
    expect([end.state, end.resumed, s.count('PutObject'), s.pending()]).toEqual(['done', 10_000, 10, 0]);
    expect(s.object('models/dir/x-changed.bin')?.size).toBe(4 * MiB + 4);
    expect(s.object('models/dir/y-kept.bin')?.size).toBe(4 * MiB);
  });

  it('goes on where it was stopped, and cancels with all that it began', async () => {
    const s = await setUp();
    for (let at = 0; at < 30; at++) s.file(`dir/small-${at}`, 1000);
    s.file('dir/z-large.bin', 6 * MiB);
    s.emulator.oss.faults.set(['slow=4:UploadPart']);
    const upload = s.upload(join(s.folder, 'dir'), { parallel: 1 });
    upload.start();
    await until(() => upload.progress().parts.done >= 2, 'two parts of the large file');
    await upload.pause();
    expect((await createCheckpoints(s.checkpoints).list()).map(({ kind }) => kind).sort()).toEqual(['file', 'folder']);
    s.emulator.oss.faults.set([]);
    appendFileSync(join(s.folder, 'dir/small-7'), 'changed');
    const puts = s.count('PutObject');
    const again = s.upload(join(s.folder, 'dir'), { parallel: 1 });
    s.emulator.oss.faults.set(['5xx:CompleteMultipartUpload']);
    const failed = await finish(again);
    expect([failed.state, s.count('PutObject') - puts]).toEqual(['failed', 1]);
    expect(failed.resumed).toBeGreaterThanOrEqual(2 * MiB + 29_000);
    expect(s.pending()).toBe(1);
    await again.cancel();
    expect([again.progress().state, s.pending()]).toEqual(['cancelled', 0]);
    expect(readdirSync(s.checkpoints)).toEqual([]);
  });
});
