import { join } from 'node:path';
import type { OssAccess } from '../api/oss.ts';
import { type Checkpoint, createCheckpoints } from '../api/upload/checkpoint.ts';
import { createUpload, type Upload, type UploadProgress } from '../api/upload/engine.ts';
import { printTarget } from '../api/upload/target.ts';

export interface UploadsOptions {
  /** Made on first use: the object store is reached only when something is uploaded. */
  oss(): OssAccess;
  readonly stateFolder: string;
  readOnly(): boolean;
  /** Told when something that is shown has changed. */
  changed(): void;
  /** Told when an upload has come to an end: done, failed or cancelled. */
  ended(progress: UploadProgress): void;
}

/** The uploads of this program, and those an earlier one did not finish. */
export interface Uploads {
  rows(): readonly UploadProgress[];
  /** Throws ApiError when the target is none. */
  start(path: string, target: string): void;
  pause(id: string): Promise<void>;
  resume(id: string, how?: { anew?: boolean }): void;
  cancel(id: string): Promise<void>;
  /** Those under way. */
  running(): readonly UploadProgress[];
  /** Finds what earlier programs left unfinished. */
  look(): Promise<readonly UploadProgress[]>;
  /** Stops all that runs and keeps what is needed to go on. */
  close(): Promise<void>;
  /** Stops all that runs for good. */
  abort(): Promise<void>;
  readonly oss: OssAccess;
}

export function createUploads({ oss, stateFolder, readOnly, changed, ended }: UploadsOptions): Uploads {
  const folder = join(stateFolder, 'uploads');
  const uploads = new Map<string, Upload>();
  let access: OssAccess | undefined;
  const reach = (): OssAccess => {
    access ??= oss();
    return access;
  };

  const add = (path: string, target: string): Upload => {
    const upload = createUpload({ oss: reach(), path, target, checkpoints: folder, readOnly });
    uploads.set(upload.id, upload);
    let state: UploadProgress['state'] | undefined;
    upload.subscribe((progress) => {
      changed();
      if (progress.state === state) return;
      state = progress.state;
      if (state === 'done' || state === 'failed' || state === 'cancelled') ended(progress);
    });
    return upload;
  };

  const rows = (): readonly UploadProgress[] => [...uploads.values()].map((upload) => upload.progress());
  const running = (): readonly UploadProgress[] =>
    rows().filter(({ state }) => state === 'running' || state === 'queued');
  const eachRunning = async (end: (upload: Upload) => Promise<void>): Promise<void> => {
    const live = running().flatMap(({ id }) => uploads.get(id) ?? []);
    await Promise.all(live.map(end));
  };

  return {
    rows,
    running,
    get oss() {
      return reach();
    },
    start(path, target) {
      const same = rows().find((row) => row.path === path && row.target === target && row.state === 'running');
      if (same) throw new Error(`${path} is on its way to ${target} already`);
      add(path, target).start();
    },
    pause: async (id) => uploads.get(id)?.pause(),
    resume: (id, how) => uploads.get(id)?.resume(how),
    cancel: async (id) => uploads.get(id)?.cancel(),
    async look() {
      const left = await createCheckpoints(folder).list();
      // Files of a folder go on with their folder.
      const whole = left.filter((checkpoint) => !('within' in checkpoint && checkpoint.within));
      const known = new Set(rows().map(({ path, target }) => `${path}\0${target}`));
      const found = whole.filter((one) => !known.has(`${one.path}\0${targetOf(one)}`));
      return found.map((one) => paused(add(one.path, targetOf(one)), one));
    },
    close: () => eachRunning((upload) => upload.pause()),
    abort: () => eachRunning((upload) => upload.cancel()),
  };
}

const targetOf = ({ bucket, key }: Checkpoint): string => printTarget(bucket, key);

/** What is known of an upload before anybody has gone on with it. */
function paused(upload: Upload, checkpoint: Checkpoint): UploadProgress {
  const sent =
    checkpoint.kind === 'file' ? Math.min(checkpoint.size, checkpoint.parts.length * checkpoint.partSize) : 0;
  const total = checkpoint.kind === 'file' ? checkpoint.size : checkpoint.total;
  return { ...upload.progress(), state: 'paused', bytes: sent, total };
}
