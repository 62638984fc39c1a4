import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { createEmulator, type Emulator } from '../../emulator/server.ts';
import { createOss, type OssAccess, type OssSettings } from '../../src/api/oss.ts';
import type { Keys } from '../../src/api/sign.ts';
import { createUpload, type Upload, type UploadOptions } from '../../src/api/upload/engine.ts';

export const MiB = 1024 ** 2;

export interface Setting {
  emulator: Emulator;
  oss: OssAccess;
  folder: string;
  checkpoints: string;
  /** Makes a file below the folder and tells its path. */
  file(name: string, content: number | Buffer): string;
  access(more?: Partial<OssSettings>): OssAccess;
  /** An upload to `oss://eas-demo-cn-shanghai/models/`, whose retries do not wait. */
  upload(path: string, more?: Partial<UploadOptions>): Upload;
  /** What the bucket holds. */
  object(key: string): { size: number; crc: bigint; parts: number } | undefined;
  pending(): number;
  count(operation: string): number;
  /** Parts that were taken in; ones that broke off on their way are not counted. */
  arrived(): number;
}

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

export const bucketName = 'eas-demo-cn-shanghai';

/** A clock whose waits are over at once: what is waited for is in the log. */
export function hastyClock(waits: number[] = []): NonNullable<UploadOptions['clock']> {
  return {
    now: Date.now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

export async function setUp(): Promise<Setting> {
  const emulator = await createEmulator({ services: 1, seed: 5 });
  const folder = mkdtempSync(join(tmpdir(), 'eas-upload-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  undo.push(() => emulator.close());
  const checkpoints = join(folder, '.checkpoints');
  const keys: Keys = { accessKeyId: emulator.accessKeyId, accessKeySecret: emulator.accessKeySecret };
  const access: Setting['access'] = (more = {}) =>
    createOss({
      region: emulator.region,
      endpoint: emulator.oss.endpoint,
      credentials: { describe: () => 'test', get: async () => keys },
      env: {},
      ...more,
    });
  const oss = access();
  const bucket = emulator.oss.store.bucket(bucketName);
  return {
    emulator,
    oss,
    folder,
    checkpoints,
    access,
    file(name, content) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === 'number' ? randomBytes(content) : content);
      return path;
    },
    upload: (path, more = {}) =>
      createUpload({
        oss,
        path,
        target: `oss://${bucketName}/models/`,
        checkpoints,
        clock: hastyClock(),
        random: () => 0.5,
        ...more,
      }),
    object: (key) => bucket.objects.get(key),
    pending: () => bucket.uploads.size,
    arrived: () =>
      emulator.oss.requests().filter(({ operation, status }) => operation === 'UploadPart' && status === 200).length,
    count: (operation) => emulator.oss.requests().filter((request) => request.operation === operation).length,
  };
}

/** Waits until something holds, looking every few milliseconds. */
export async function until(holds: () => boolean, what: string, ms = 15_000): Promise<void> {
  const end = Date.now() + ms;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

export async function finish(upload: Upload): ReturnType<Upload['settled']> {
  upload.start();
  return upload.settled();
}
