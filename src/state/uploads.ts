import { join, resolve } from 'node:path';
import { ApiError, oneLine } from '../api/errors.ts';
import type { Leftover, OssAccess } from '../api/oss.ts';
import { type Checkpoint, checkpointId, createCheckpoints, type FileCheckpoint } from '../api/upload/checkpoint.ts';
import { createUpload, type Upload, type UploadProgress } from '../api/upload/engine.ts';
import { keyOfFile, printTarget, readTarget } from '../api/upload/target.ts';
import { shellWord } from '../lib/shell.ts';
import { type Ended, type Entry, endedBy, type Record } from './runner.ts';

export interface UploadsOptions {
  /** Made on first use: the object store is reached only when something is uploaded. */
  oss(): OssAccess;
  readonly stateFolder: string;
  readOnly(): boolean;
  readonly record: Record;
  /** Told when something that is shown has changed. */
  changed(): void;
  /** Told what a person should read of an upload under way; of many such things the first few. */
  noted(progress: UploadProgress, note: string): void;
  /** Told when an upload has come to an end: done, failed or cancelled. */
  ended(progress: UploadProgress): void;
}

/** The uploads of this program, and those an earlier one did not finish. */
export interface Uploads {
  rows(): readonly UploadProgress[];
  /** All or none. Throws ApiError when the target is none, or two paths would become one object. */
  start(paths: readonly string[], target: string): void;
  pause(id: string): Promise<void>;
  resume(id: string, how?: { anew?: boolean }): void;
  cancel(id: string): Promise<void>;
  /** Deletes the parts of an upload that nobody finished. Rejects when they may still be there. */
  abandon(bucket: string, leftover: Pick<Leftover, 'key' | 'uploadId'>): Promise<void>;
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

export function createUploads({ oss, stateFolder, readOnly, record, changed, noted, ended }: UploadsOptions): Uploads {
  const folder = join(stateFolder, 'uploads');
  const uploads = new Map<string, Upload>();
  let access: OssAccess | undefined;
  const reach = (): OssAccess => {
    access ??= oss();
    return access;
  };

  const add = (path: string, target: string, left?: Checkpoint, within?: readonly FileCheckpoint[]): Upload => {
    const upload = createUpload({ oss: reach(), path, target, checkpoints: folder, readOnly, left, within });
    uploads.set(upload.id, upload);
    let state: UploadProgress['state'] | undefined;
    let close: Promise<(ended: Ended) => void> | undefined;
    const told = new Set<string>();
    upload.subscribe((progress) => {
      changed();
      for (const note of progress.notes) {
        if (told.size >= mostTold || told.has(note)) continue;
        told.add(note);
        noted(progress, note);
      }
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
    start(paths, target) {
      const each = [...new Set(paths.map((path) => resolve(path)))];
      keepApart(each, target, running());
      for (const path of each) add(path, target).start();
    },
    pause: async (id) => uploads.get(id)?.pause(),
    resume: (id, how) => uploads.get(id)?.resume(how),
    async cancel(id) {
      const upload = uploads.get(id);
      const before = upload?.progress();
      // What runs has an entry already, which says how it ended.
      const stopped = before && (before.state === 'paused' || before.state === 'failed');
      const close =
        stopped && (await record(deletionOf('cancel-upload', `cancel the upload of ${before.path}`, before.target)));
      await upload?.cancel();
      if (!upload || !close) return;
      const trouble = upload
        .progress()
        .notes.filter((note) => !before.notes.includes(note))
        .join('; ');
      if (trouble === '') close({ outcome: 'accepted', requestId: undefined, message: 'its parts are deleted' });
      else close({ outcome: 'refused', requestId: undefined, code: 'NotAborted', message: trouble });
    },
    async abandon(bucket, leftover) {
      const target = printTarget(bucket, leftover.key);
      const close = await record(deletionOf('leftovers', `abort the upload of ${leftover.key}`, target));
      try {
        await reach().abortLeftover(bucket, leftover);
        close({ outcome: 'accepted', requestId: undefined, message: 'its parts are deleted' });
      } catch (error) {
        close(endedBy(error));
        throw error;
      }
    },
    async look() {
      const checkpoints = createCheckpoints(folder);
      const found: UploadProgress[] = [];
      const all = await checkpoints.list();
      for (const one of all) {
        // Files of a folder go on with their folder; what another program sends is its own.
        if (('within' in one && one.within) || (await checkpoints.held(one))) continue;
        // The key of a folder ends with its own name already.
        const target = printTarget(one.bucket, one.key.replace(/\/$/, ''));
        const id = checkpointId(one);
        const within = all.filter((each) => each.kind === 'file' && each.within === id) as FileCheckpoint[];
        found.push(add(one.path, target, one, within).progress());
      }
      return found;
    },
    close: () => eachRunning((upload) => upload.pause()),
    abort: () => eachRunning((upload) => upload.cancel()),
  };
}

/** Notes of one upload that are told as they come; a bad line makes as many as there are parts. */
const mostTold = 4;

/** Of two paths that go to one object the later would replace the earlier, and both would be told as done. */
function keepApart(paths: readonly string[], target: string, running: readonly UploadProgress[]): void {
  const { bucket, key } = readTarget(target);
  const taken = new Map(running.map((row) => [row.target.replace(/\/$/, ''), row.path]));
  for (const path of paths) {
    const place = printTarget(bucket, keyOfFile({ bucket, key }, path));
    const other = taken.get(place) ?? path;
    taken.set(place, path);
    if (other === path) continue;
    const message = `${oneLine(other, 120)} and ${oneLine(path, 120)} would both become ${place}; write targets that differ`;
    throw new ApiError({ kind: 'conflict', code: 'SameTarget', message });
  }
}

const entry = { screen: 'uploads', scope: {}, before: undefined, after: undefined };

function entryOf({ path, target, resumed }: UploadProgress): Entry {
  return {
    ...entry,
    action: 'upload',
    operation: 'PutObject',
    target,
    words: `${resumed > 0 ? 'gone on uploading' : 'uploaded'} ${path} to ${target}`,
    cli: `eascmd upload ${shellWord(path)}`,
  };
}

/** Of parts that were sent: nothing of them comes back. */
function deletionOf(action: string, words: string, target: string): Entry {
  const operation = 'AbortMultipartUpload';
  return {
    ...entry,
    action,
    operation,
    target,
    words,
    cli: `# eascmd cannot do this: ${operation} ${shellWord(target)}`,
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
