import { createHash } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiError, oneLine } from '../errors.ts';
import { isRecord } from '../read.ts';
import { holderOf, takeLock } from './lock.ts';

export interface CheckpointPart {
  n: number;
  etag: string;
  /** Decimal, as OSS writes it. */
  crc: string;
}

/** What is needed to go on with one file after this process is gone. */
export interface FileCheckpoint {
  version: 1;
  kind: 'file';
  path: string;
  size: number;
  mtimeMs: number;
  bucket: string;
  key: string;
  uploadId: string;
  partSize: number;
  parts: CheckpointPart[];
  /** The id of the folder's checkpoint, for a file of a folder. */
  within?: string | undefined;
  /** Epoch ms. */
  at: number;
}

/** What of a folder has been sent. */
export interface FolderCheckpoint {
  version: 1;
  kind: 'folder';
  path: string;
  bucket: string;
  /** What all keys begin with; ends with `/`. */
  key: string;
  /** Bytes of all its files when it was last looked at. */
  total: number;
  /** By path within the folder. */
  done: Record<string, { size: number; mtimeMs: number }>;
  /** Epoch ms. */
  at: number;
}

export type Checkpoint = FileCheckpoint | FolderCheckpoint;

/** Checkpoints in a folder of their own, a file each: readable by their owner alone, replaced in one step. */
export interface Checkpoints {
  read(id: string): Promise<Checkpoint | undefined>;
  write(checkpoint: Checkpoint): Promise<void>;
  remove(id: string): Promise<void>;
  /** All that can be read, latest first. */
  list(): Promise<Checkpoint[]>;
  /**
   * Keeps others, in this process or another, from sending what a checkpoint is about. Resolves with what ends that;
   * rejects with ApiError `InUse` when somebody sends it already, and with what is wrong when nobody can be kept off.
   */
  hold(of: CheckpointOf): Promise<() => Promise<void>>;
  /** Whether somebody sends it now. */
  held(of: CheckpointOf): Promise<boolean>;
}

/** What tells one checkpoint from another. */
export type CheckpointOf = Pick<Checkpoint, 'kind' | 'path' | 'bucket' | 'key'>;

/** The same file to the same place has the same checkpoint. */
export function checkpointId({ kind, path, bucket, key }: CheckpointOf): string {
  return createHash('sha256').update([kind, path, bucket, key].join('\0')).digest('hex').slice(0, 32);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function isPart(value: unknown): value is CheckpointPart {
  if (!isRecord(value)) return false;
  const { n, etag, crc } = value;
  return isCount(n) && n >= 1 && typeof etag === 'string' && typeof crc === 'string' && /^\d{1,20}$/.test(crc);
}

/** Undefined for anything that is not a whole checkpoint: a wrong one must never be gone by. */
function readCheckpoint(text: string): Checkpoint | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value.version !== 1 || !isTime(value.at)) return undefined;
  if (![value.path, value.bucket, value.key].every((field) => typeof field === 'string')) return undefined;
  if (value.kind === 'folder') {
    const files = isRecord(value.done) ? Object.values(value.done) : undefined;
    const whole = files?.every((file) => isRecord(file) && isCount(file.size) && isTime(file.mtimeMs));
    return whole && isCount(value.total) ? (value as unknown as FolderCheckpoint) : undefined;
  }
  const { size, mtimeMs, uploadId, partSize, parts } = value;
  if (value.kind !== 'file' || !isCount(size) || !isTime(mtimeMs) || typeof uploadId !== 'string') return undefined;
  if (!isCount(partSize) || partSize < 1 || !Array.isArray(parts) || !parts.every(isPart)) return undefined;
  return value as unknown as FileCheckpoint;
}

export function createCheckpoints(folder: string): Checkpoints {
  const fileOf = (id: string) => join(folder, `${id}.json`);
  const lockOf = (of: CheckpointOf) => join(folder, `${checkpointId(of)}.lock`);
  let written = 0;

  async function load(file: string): Promise<Checkpoint | undefined> {
    try {
      return readCheckpoint(await readFile(file, 'utf8'));
    } catch {
      return undefined;
    }
  }

  return {
    read: (id) => load(fileOf(id)),
    async write(checkpoint) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = fileOf(checkpointId(checkpoint));
      written += 1;
      const fresh = `${file}.${process.pid}.${written}.tmp`;
      try {
        const handle = await open(fresh, 'wx', 0o600);
        try {
          await handle.writeFile(JSON.stringify(checkpoint));
          // Else a crash of the machine could leave the new name with nothing in it.
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(fresh, file);
      } catch (error) {
        await rm(fresh, { force: true }).catch(() => {});
        throw error;
      }
      await chmod(folder, 0o700).catch(() => {});
    },
    remove: (id) => rm(fileOf(id), { force: true }).catch(() => {}),
    async list() {
      const names = await readdir(folder).catch((): string[] => []);
      const read = await Promise.all(
        names.filter((name) => /^[0-9a-f]{32}\.json$/.test(name)).map((name) => load(join(folder, name))),
      );
      return read.filter((one) => one !== undefined).sort((a, b) => b.at - a.at);
    },
    async hold(of) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const taken = await takeLock(lockOf(of));
      if (typeof taken === 'function') return taken;
      const { host, pid } = taken;
      const who = pid === process.pid ? 'another upload of this program' : `process ${pid} on ${oneLine(host, 60)}`;
      const message = `${oneLine(of.path, 200)} is being sent to the same place by ${who}; only one can`;
      throw new ApiError({ kind: 'conflict', code: 'InUse', message });
    },
    held: async (of) => (await holderOf(lockOf(of))) !== undefined,
  };
}
