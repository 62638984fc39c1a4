import { ApiError } from '../errors.ts';
import type { CheckpointOf, Checkpoints, FileCheckpoint } from './checkpoint.ts';
import type { OssClient } from './client.ts';
import { passing, staleKeys } from './failure.ts';
import type { Room } from './room.ts';

export interface UploadClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What sending a file needs from the upload it belongs to. */
export interface Sending {
  readonly client: OssClient;
  readonly bucket: string;
  readonly signal: AbortSignal;
  readonly clock: UploadClock;
  /** From 0 up to 1; spreads retries. */
  readonly random: () => number;
  /** Requests side by side. */
  readonly parallel: number;
  /** How often one request is tried. */
  readonly attempts: number;
  readonly room: Room;
  readonly checkpoints: Checkpoints | undefined;
  /** The checkpoint's id of the folder that is sent, for a file of a folder. */
  readonly within: string | undefined;
  /** Checkpoints of this process, which hold even where none can be written. */
  readonly remembered: Map<string, FileCheckpoint>;
  /** Forget what was sent before. */
  readonly anew: boolean;
  /** More bytes have gone; fewer when some must go again. */
  moved(bytes: number): void;
  /** So many of the bytes were there already when this run began. */
  found(bytes: number): void;
  partDone(parts: number): void;
  partsPlanned(parts: number): void;
  /** Whether what is needed to go on after this process is on the disk. */
  kept(whether: boolean): void;
  /** Something a person should read. */
  note(text: string): void;
  /** What is being waited for; undefined when all is well again. */
  waiting(text: string | undefined): void;
}

/** Keeps others off while something is sent. Where nobody can be kept off it is sent all the same, and said. */
export async function alone<T>(sending: Sending, of: CheckpointOf, run: () => Promise<T>): Promise<T> {
  let letGo: (() => Promise<void>) | undefined;
  try {
    letGo = await sending.checkpoints?.hold(of);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const why = (error as NodeJS.ErrnoException).code ?? 'unknown';
    sending.note(`no lock can be made (${why}): see to it that no other eas-tui sends the same`);
  }
  try {
    return await run();
  } finally {
    await letGo?.();
  }
}

const backoff = { first: 500, most: 20_000 };

/** Runs one request until it succeeds, fails for good, or has been tried often enough. */
export async function patiently<T>(sending: Sending, what: string, run: (attempt: number) => Promise<T>): Promise<T> {
  const { signal, clock, attempts, random } = sending;
  for (let attempt = 0; ; attempt++) {
    try {
      const result = await run(attempt);
      if (attempt > 0) sending.waiting(undefined);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ApiError)) throw error;
      // An expired token is asked for again once or twice: its source renews it, though maybe a moment late.
      const stale = staleKeys(error) && attempt < 3;
      if (!(passing(error) || stale) || attempt + 1 >= attempts) throw error;
      if (error.code === 'InvalidDigest' || error.code === 'Damaged') {
        sending.note(`${what} arrived damaged and is sent again`);
      }
      const ms = Math.min(backoff.most, backoff.first * 2 ** attempt) * (0.5 + random() / 2);
      sending.waiting(`${what}: ${error.message}; again in ${Math.max(1, Math.round(ms / 1000))} s`);
      await clock.sleep(stale ? Math.min(ms, backoff.first) : ms, signal);
    }
  }
}
