import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCheckpoints } from '../../src/api/upload/checkpoint.ts';
import { bucketName, MiB, setUp, until } from './setting.ts';
import { bundleUploader, startUploader } from './uploader-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'eas-uploader-'));
let bundle: string;
beforeAll(async () => {
  bundle = await bundleUploader(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('an upload in a process of its own', () => {
  it('goes on in another after it was killed', async () => {
    const s = await setUp();
    const path = s.file('model.tar.gz', 24 * MiB);
    const settings = { path, target: `oss://${bucketName}/models/`, checkpoints: s.checkpoints, parallel: 2 };
    s.emulator.oss.faults.set(['slow=3:UploadPart']);
    const first = startUploader(bundle, s.emulator.oss.endpoint, s.emulator, settings);
    await until(() => first.told.some(({ parts = 0 }) => parts >= 6), 'six parts');
    first.child.kill('SIGKILL');
    await first.ended;
    s.emulator.oss.faults.set([]);
    const kept = await createCheckpoints(s.checkpoints).list();
    expect(kept).toMatchObject([{ kind: 'file', path, key: 'models/model.tar.gz', size: 24 * MiB }]);
    const second = startUploader(bundle, s.emulator.oss.endpoint, s.emulator, settings);
    expect(await second.ended).toEqual({ code: 0, signal: null });
    const end = second.told.at(-1);
    expect([end?.end, end?.error]).toEqual(['done', undefined]);
    expect(end?.resumed).toBeGreaterThanOrEqual(6 * MiB);
    // The two that were on their way may have arrived unheard.
    expect(s.arrived()).toBeLessThanOrEqual(26);
    expect([s.count('InitiateMultipartUpload'), s.pending()]).toEqual([1, 0]);
    expect(s.object('models/model.tar.gz')?.size).toBe(24 * MiB);
    expect(readdirSync(s.checkpoints)).toEqual([]);
  });

  it('of 100 GiB begins at once and moves in small steps, in 4,877 parts, with no word of the library', async () => {
    const s = await setUp();
    const path = s.file('model.bin', 0);
    const [size, partSize] = [100 * 1024 * MiB, 21 * MiB];
    truncateSync(path, size);
    s.emulator.oss.faults.set(['slow=8:UploadPart']);
    const settings = { path, target: `oss://${bucketName}/models/`, checkpoints: s.checkpoints };
    const { child, told, ended, stderr } = startUploader(bundle, s.emulator.oss.endpoint, s.emulator, settings);
    await until(() => told.some(({ parts = 0 }) => parts >= 2), 'two parts', 60_000);
    child.kill('SIGKILL');
    await ended;
    const steps = told.flatMap(({ bytes }) => bytes ?? []);
    const moves = steps.slice(1).map((bytes, place) => bytes - (steps[place] ?? 0));
    // What has left stands in the buffers of the kernel at first: some 4 MiB of each of the four parts on their way.
    expect(Math.max(...moves)).toBeLessThanOrEqual(20 * MiB);
    expect(moves.filter((move) => move > 0).length).toBeGreaterThan(8);
    expect(await createCheckpoints(s.checkpoints).list()).toMatchObject([{ size, partSize }]);
    expect(Math.ceil(size / partSize)).toBe(4_877);
    // Of the library's own words about many parts there is none.
    const warnings = told.flatMap(({ warning }) => warning ?? []);
    expect([stderr(), warnings.filter((text) => !text.includes('url.parse'))]).toEqual(['', []]);
  });

  it('goes on to the end when the disk of the checkpoint fills up, and leaves the last whole one', async () => {
    const s = await setUp();
    const path = s.file('model.tar.gz', 24 * MiB);
    const settings = { path, target: `oss://${bucketName}/models/`, checkpoints: s.checkpoints, parallel: 2 };
    s.emulator.oss.faults.set(['slow=6:UploadPart']);
    const first = startUploader(bundle, s.emulator.oss.endpoint, s.emulator, settings, {}, 2);
    // By then the list of parts has outgrown what the disk takes.
    await until(() => first.told.some(({ parts = 0 }) => parts >= 20), 'twenty parts');
    const kept = await createCheckpoints(s.checkpoints).list();
    expect(kept).toMatchObject([{ kind: 'file', path, size: 24 * MiB }]);
    expect(readdirSync(s.checkpoints).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(await first.ended).toEqual({ code: 0, signal: null });
    const end = first.told.at(-1);
    expect([end?.end, s.object('models/model.tar.gz')?.size]).toEqual(['done', 24 * MiB]);
    expect(end?.notes?.join()).toMatch(/the checkpoint cannot be written \(EFBIG\)/);
  });

  it('prints nothing, whatever the library and Node have to say, even when asked to debug', async () => {
    const s = await setUp();
    const settings = { path: s.file('m.bin', 3 * MiB), target: `oss://${bucketName}/` };
    s.emulator.oss.faults.set(['cut:UploadPart:2', 'lost:UploadPart:1']);
    const env = { DEBUG: '*' };
    const run = startUploader(bundle, s.emulator.oss.endpoint, s.emulator, settings, env);
    expect(await run.ended).toEqual({ code: 0, signal: null });
    expect(run.told.at(-1)?.end).toBe('done');
    expect(run.stderr()).toBe('');
    // Node has something to say of url.parse: that it was caught is seen, not believed.
    expect(run.told.map(({ warning }) => warning).join()).toMatch(/url\.parse/);
  });
});
