import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiError, oneLine } from '../errors.ts';
import type { OssAccess } from '../oss.ts';
import { type Checkpoint, checkpointId, createCheckpoints, type FileCheckpoint } from './checkpoint.ts';
import { sendFolder } from './folder.ts';
import { sendInParts } from './multipart.ts';
import { singlePut } from './parts.ts';
import { createMeter } from './rate.ts';
import { openRoom } from './room.ts';
import type { Sending, UploadClock } from './sending.ts';
import { sendWhole } from './single.ts';
import { fileTrouble } from './source.ts';
import { keyOfFile, keyTrouble, prefixOfFolder, printTarget, readTarget } from './target.ts';
import { type FoundFile, type Refused, walkFolder } from './walk.ts';

export type UploadState = 'queued' | 'running' | 'paused' | 'failed' | 'done' | 'cancelled';

/** An upload at one moment. */
export interface UploadProgress {
  readonly id: string;
  readonly state: UploadState;
  /** What is sent, as an absolute path. */
  readonly path: string;
  /** `oss://bucket/key` of a file, `oss://bucket/prefix/` of a folder. */
  readonly target: string;
  readonly folder: boolean;
  /** Bytes that have gone; goes back when some must go again. */
  readonly bytes: number;
  /** Bytes in all; 0 until it has been looked at. */
  readonly total: number;
  /** Bytes that were there already when this run began: `resume … 62 %`. */
  readonly resumed: number;
  /** Bytes per second over the last seconds; undefined while there is nothing to go by. */
  readonly rate: number | undefined;
  readonly etaMs: number | undefined;
  readonly parts: { readonly done: number; readonly total: number };
  readonly files: { readonly done: number; readonly total: number };
  /** The file that was begun last, of a folder. */
  readonly current: string | undefined;
  /** Whether a later program could go on with it: what is needed for that is on the disk. */
  readonly kept: boolean;
  /** What is being waited for, such as the next try of a part. */
  readonly waiting: string | undefined;
  /** What a person should read, oldest first (at most 20). */
  readonly notes: readonly string[];
  /** What of a folder is not uploaded, and why. */
  readonly refused: readonly Refused[];
  /** Why it failed; `FileChanged` is mended by `resume({ anew: true })` alone. */
  readonly error: ApiError | undefined;
}

/** One upload with a client of its own. No method throws or rejects: what fails is told by `progress()`. */
export interface Upload {
  readonly id: string;
  progress(): UploadProgress;
  /** Told, at most ten times a second, that progress has changed, and at once of every change of state. */
  subscribe(listener: (progress: UploadProgress) => void): () => void;
  /** Begins a queued upload. */
  start(): void;
  /** Stops and keeps what is needed to go on, also in another process. Resolves when nothing runs any more. */
  pause(): Promise<void>;
  /** Goes on after a pause or a failure; `anew` forgets what was sent (and aborts it). */
  resume(how?: { anew?: boolean }): void;
  /** Stops for good and aborts what was sent in parts. */
  cancel(): Promise<void>;
  /** Resolves as soon as it neither waits nor runs. */
  settled(): Promise<UploadProgress>;
}

export interface UploadOptions {
  oss: OssAccess;
  /** A file or folder. */
  path: string;
  /** `oss://bucket/prefix/` puts the name behind it; without the slash at the end it is the name. */
  target: string;
  /** Where checkpoints are kept; without it an upload ends with its process. */
  checkpoints?: string | undefined;
  /** What an earlier program left of it: it is paused then, and begins by `resume`. */
  left?: Checkpoint | undefined;
  /** Of a folder, what was left of the files within it that go in parts. */
  within?: readonly FileCheckpoint[] | undefined;
  /** Forget what was sent before. */
  anew?: boolean | undefined;
  /** While true, nothing is sent. */
  readOnly?: (() => boolean) | undefined;
  /** Parts side by side; 4 unless given. */
  parallel?: number | undefined;
  /** How often one request is tried; 8 unless given: about a minute. */
  attempts?: number | undefined;
  clock?: UploadClock | undefined;
  /** From 0 up to 1. */
  random?: (() => number) | undefined;
}

const systemClock: UploadClock = {
  now: Date.now,
  sleep: (ms, signal) => wait(ms, undefined, signal ? { signal } : {}),
};
const tellEveryMs = 100;
const mostNotes = 20;

const totalOf = (one: Checkpoint): number => (one.kind === 'file' ? one.size : one.total);

/** Bytes that have gone, as a checkpoint has it. */
function sentOf(one: Checkpoint): number {
  if (one.kind === 'file') return Math.min(one.size, one.parts.length * one.partSize);
  return Object.values(one.done).reduce((sum, { size }) => sum + size, 0);
}

/** Throws ApiError `invalid` for a target that is none; everything else is told by the upload's progress. */
export function createUpload(options: UploadOptions): Upload {
  const { oss, readOnly, parallel = 4, attempts = 8, clock = systemClock, random = Math.random } = options;
  const id = randomUUID();
  const path = resolve(options.path);
  const { left } = options;
  const target = readTarget(options.target);
  const { bucket } = target;
  const checkpoints = options.checkpoints === undefined ? undefined : createCheckpoints(options.checkpoints);
  const remembered = new Map<string, FileCheckpoint>();
  const meter = createMeter();
  const listeners = new Set<(progress: UploadProgress) => void>();

  let state: UploadState = left ? 'paused' : 'queued';
  let folder = left?.kind === 'folder';
  let key = left?.key ?? keyOfFile(target, path);
  let bytes = left ? [left, ...(options.within ?? [])].reduce((sum, one) => sum + sentOf(one), 0) : 0;
  let total = left ? totalOf(left) : 0;
  let resumed = 0;
  let parts = { done: 0, total: 0 };
  let files = { done: 0, total: 0 };
  let current: string | undefined;
  let kept = left !== undefined;
  let waiting: string | undefined;
  let notes: readonly string[] = [];
  let refused: readonly Refused[] = [];
  let error: ApiError | undefined;
  let anew = options.anew ?? false;
  let control = new AbortController();
  let running: Promise<void> | undefined;
  let wish: 'pause' | 'cancel' | undefined;
  let told = Number.NEGATIVE_INFINITY;

  function progress(): UploadProgress {
    const now = clock.now();
    const rate = state === 'running' ? meter.rate(now) : undefined;
    return {
      id,
      state,
      path,
      target: printTarget(bucket, key),
      folder,
      bytes,
      total,
      resumed,
      rate,
      etaMs: rate && total >= bytes ? ((total - bytes) / rate) * 1_000 : undefined,
      parts,
      files,
      current,
      kept,
      waiting,
      notes,
      refused,
      error,
    };
  }

  function tell(always: boolean): void {
    const now = clock.now();
    if (!always && now - told < tellEveryMs) return;
    told = now;
    const shown = progress();
    for (const listener of [...listeners]) {
      try {
        listener(shown);
      } catch {
        // Whoever looks on must not be able to stop what is under way.
      }
    }
  }

  function enter(next: UploadState): void {
    state = next;
    tell(true);
  }

  function note(text: string): void {
    notes = [...notes, text].slice(-mostNotes);
    tell(true);
  }

  function forget(): void {
    bytes = 0;
    resumed = 0;
    parts = { done: 0, total: 0 };
    files = { done: 0, total: 0 };
    current = undefined;
    waiting = undefined;
    error = undefined;
    meter.reset();
    meter.note(0, clock.now());
  }

  async function look(signal: AbortSignal): Promise<{ found: FoundFile[]; prefix: string }> {
    const info = await stat(path).catch((failure) => {
      throw fileTrouble(path, failure);
    });
    folder = info.isDirectory();
    if (!folder) {
      if (!info.isFile()) {
        const message = `${oneLine(path, 200)} is neither a file nor a folder`;
        throw new ApiError({ kind: 'invalid', code: 'FileUnreadable', message });
      }
      key = keyOfFile(target, path);
      const trouble = keyTrouble(key);
      if (trouble) {
        throw new ApiError({ kind: 'invalid', code: 'InvalidName', message: `${oneLine(path, 200)}: ${trouble}` });
      }
      return { found: [{ path, relative: '', size: info.size, mtimeMs: info.mtimeMs }], prefix: key };
    }
    key = prefixOfFolder(target, path);
    const walked = await walkFolder(path, key, signal).catch((failure) => {
      throw signal.aborted ? failure : fileTrouble(path, failure);
    });
    refused = walked.refused;
    if (walked.files.length === 0) {
      const rest = refused.length > 0 ? `; ${refused.length} were refused: ${refused[0]?.why}` : '';
      const message = `${oneLine(path, 200)} holds no file that can be uploaded${rest}`;
      throw new ApiError({ kind: 'invalid', code: 'NothingToUpload', message });
    }
    return { found: walked.files, prefix: key };
  }

  async function send(signal: AbortSignal): Promise<void> {
    if (readOnly?.()) {
      const message = 'read-only: nothing is uploaded';
      throw new ApiError({ kind: 'readonly', code: 'ReadOnly', message, operation: 'PutObject' });
    }
    const { found, prefix } = await look(signal);
    total = found.reduce((sum, { size }) => sum + size, 0);
    files = { done: 0, total: found.length };
    tell(true);
    const client = await oss.open(bucket);
    if (/-internal\./.test(oss.endpoint)) note(`goes over the host inside the region, ${oss.endpoint}`);
    // Once: whoever pauses what has begun anew goes on with that.
    const forgets = anew;
    anew = false;
    const room = openRoom();
    const moved = (more: number) => {
      bytes += more;
      meter.note(bytes, clock.now());
      tell(false);
    };
    const sending: Sending = {
      client,
      bucket,
      signal,
      clock,
      random,
      parallel,
      attempts,
      room,
      checkpoints,
      within: undefined,
      remembered,
      anew: forgets,
      moved,
      found(more) {
        resumed += more;
        // What was there already did not go now: it says nothing about how fast the line is.
        meter.reset();
        meter.note(bytes + more, clock.now());
      },
      partDone(more) {
        parts = { ...parts, done: parts.done + more };
        tell(false);
      },
      partsPlanned(more) {
        parts = { ...parts, total: parts.total + more };
      },
      kept(whether) {
        kept = whether;
      },
      note,
      waiting(text) {
        waiting = text;
        tell(true);
      },
    };
    try {
      const [only] = found;
      if (folder) {
        await sendFolder(
          sending,
          { path, prefix, files: found },
          {
            fileDone() {
              files = { ...files, done: files.done + 1 };
              tell(false);
            },
            current(file) {
              current = file.relative;
            },
          },
        );
      } else if (only) {
        if (only.size <= singlePut) await sendWhole(sending, { path, key }, true);
        else await sendInParts(sending, { path, key });
        files = { done: 1, total: 1 };
      }
    } finally {
      client.close();
      room.close();
    }
  }

  async function run(): Promise<void> {
    const { signal } = control;
    try {
      await send(signal);
      waiting = undefined;
      current = undefined;
      // It was all there before anybody could stop it.
      enter('done');
    } catch (failure) {
      waiting = undefined;
      if (wish === 'cancel') return;
      if (wish === 'pause') return enter('paused');
      error =
        failure instanceof ApiError
          ? failure
          : new ApiError({
              kind: 'invalid',
              code: 'UploadFailed',
              message: oneLine(failure instanceof Error ? failure.message : String(failure)),
            });
      enter('failed');
    }
  }

  function begin(): void {
    control = new AbortController();
    wish = undefined;
    forget();
    state = 'running';
    tell(true);
    running = run().finally(() => {
      running = undefined;
    });
  }

  /** What this upload left unfinished in OSS. */
  async function leftovers(): Promise<Checkpoint[]> {
    const own = new Map<string, Checkpoint>(remembered);
    for (const one of (await checkpoints?.list()) ?? []) {
      const mine = one.bucket === bucket && (folder ? one.key.startsWith(key) : one.key === key);
      const here = one.path === path || (folder && one.path.startsWith(`${path}/`));
      if (mine && here) own.set(checkpointId(one), own.get(checkpointId(one)) ?? one);
    }
    return [...own.values()];
  }

  /** Aborts one, unless somebody else goes on with it now. */
  async function abandonOne(one: Checkpoint): Promise<void> {
    let letGo: (() => Promise<void>) | undefined;
    try {
      letGo = await checkpoints?.hold(one);
    } catch (failure) {
      if (failure instanceof ApiError) return note(`${failure.message}; that is left alone`);
    }
    try {
      if (one.kind === 'file') await oss.abortLeftover(bucket, { key: one.key, uploadId: one.uploadId });
    } catch (failure) {
      const why = failure instanceof ApiError ? failure.message : 'unknown';
      note(`what was sent could not be aborted (${why}); it is listed among the leftovers of ${bucket}`);
    } finally {
      await checkpoints?.remove(checkpointId(one));
      await letGo?.();
    }
  }

  async function abandon(): Promise<void> {
    for (const one of await leftovers()) await abandonOne(one);
    remembered.clear();
  }

  return {
    id,
    progress,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start() {
      if (state === 'queued') begin();
    },
    async pause() {
      if (state === 'queued') return enter('paused');
      if (state !== 'running' || wish) return void (await running);
      wish = 'pause';
      control.abort();
      await running;
    },
    resume(how = {}) {
      if (state !== 'paused' && state !== 'failed') return;
      if (how.anew) anew = true;
      begin();
    },
    async cancel() {
      if (state === 'done' || state === 'cancelled') return;
      wish = 'cancel';
      control.abort();
      await running;
      // It may have been all there before it could be stopped.
      if ((state as UploadState) === 'done') return;
      await abandon();
      enter('cancelled');
    },
    settled() {
      const over = () => state !== 'queued' && state !== 'running';
      if (over()) return Promise.resolve(progress());
      return new Promise((done) => {
        const listener = (): void => {
          if (!over()) return;
          listeners.delete(listener);
          done(progress());
        };
        listeners.add(listener);
      });
    },
  };
}

/** Lines in the words of the vendor's client, for an upload that is done. */
export function receiptOf(progress: UploadProgress): string[] {
  const { target, total, files } = progress;
  const size = String(total).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return [
    `[OK] oss target path: [${target}]`,
    `Succeed: Total num: ${files.total}, size: ${size}. OK num: ${files.done}(upload ${files.done} files).`,
  ];
}
