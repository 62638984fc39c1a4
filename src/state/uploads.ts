import { join } from 'node:path';
import type { OssAccess } from '../api/oss.ts';
import { type Checkpoint, createCheckpoints } from '../api/upload/checkpoint.ts';
import { createUpload, type Upload, type UploadProgress } from '../api/upload/engine.ts';
import { printTarget } from '../api/upload/target.ts';
import { shellWord } from '../lib/shell.ts';
import type { Ended, Entry, Record } from './runner.ts';

export interface UploadsOptions {
  /** Made on first use: the object store is reached only when something is uploaded. */
  oss(): OssAccess;
  readonly stateFolder: string;
  readOnly(): boolean;
  readonly record: Record;
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
  /** Finds what earlier programs left unfinished, latest first. Called once, at the start. */
  look(): Promise<readonly UploadProgress[]>;
  /** Stops all that runs and keeps what is needed to go on. */
  close(): Promise<void>;
  /** Stops all that runs for good. */
  abort(): Promise<void>;
  readonly oss: OssAccess;
}

export function createUploads({ oss, stateFolder, readOnly, record, changed, ended }: UploadsOptions): Uploads {
  const folder = join(stateFolder, 'uploads');
  const uploads = new Map<string, Upload>();
  let access: OssAccess | undefined;
  const reach = (): OssAccess => {
    access ??= oss();
    return access;
  };

  const add = (path: string, target: string, left?: Checkpoint): Upload => {
    const upload = createUpload({ oss: reach(), path, target, checkpoints: folder, readOnly, left });
    uploads.set(upload.id, upload);
    let state: UploadProgress['state'] | undefined;
    let close: Promise<(ended: Ended) => void> | undefined;
    upload.subscribe((progress) => {
      changed();
      if (progress.state === state) return;
      state = progress.state;
      if (state === 'running') close = record(entryOf(progress));
      else {
        void close?.then((end) => end(endOf(progress)));
        close = undefined;
      }
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
      add(path, target).start();
    },
    pause: async (id) => uploads.get(id)?.pause(),
    resume: (id, how) => uploads.get(id)?.resume(how),
    cancel: async (id) => uploads.get(id)?.cancel(),
    async look() {
      const checkpoints = createCheckpoints(folder);
      const found: UploadProgress[] = [];
      for (const one of await checkpoints.list()) {
        // Files of a folder go on with their folder; what another program sends is its own.
        if (('within' in one && one.within) || (await checkpoints.held(one))) continue;
        // The key of a folder ends with its own name already.
        const target = printTarget(one.bucket, one.key.replace(/\/$/, ''));
        found.push(add(one.path, target, one).progress());
      }
      return found;
    },
    close: () => eachRunning((upload) => upload.pause()),
    abort: () => eachRunning((upload) => upload.cancel()),
  };
}

const operation = 'PutObject';

function entryOf({ path, target, resumed }: UploadProgress): Entry {
  return {
    action: 'upload',
    operation,
    screen: 'uploads',
    scope: {},
    target,
    words: `${resumed > 0 ? 'gone on uploading' : 'uploaded'} ${path} to ${target}`,
    cli: `eascmd upload ${shellWord(path)}`,
    before: undefined,
    after: undefined,
  };
}

function endOf({ state, error, total, files }: UploadProgress): Ended {
  if (state === 'done') {
    return { outcome: 'accepted', requestId: undefined, message: `${files.done} files, ${total} bytes, compared` };
  }
  if (error) {
    const { code, message, requestId } = error;
    return { outcome: 'refused', requestId, code, message };
  }
  const stopped = state === 'cancelled' ? 'its parts are deleted' : 'what was sent is kept';
  return { outcome: 'refused', requestId: undefined, code: state, message: stopped };
}
