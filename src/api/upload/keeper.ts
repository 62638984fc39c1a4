import { type Checkpoint, checkpointId } from './checkpoint.ts';
import type { Sending } from './sending.ts';

/** Writes a checkpoint now and then: what it does not tell yet after a crash, the server's list of parts does. */
export interface Keeper {
  /** Something changed; written at most once a second, one write at a time. */
  touch(): void;
  /** Writes what has changed and waits for it. */
  flush(): Promise<void>;
  /** Takes the file away. */
  drop(): Promise<void>;
}

const everyMs = 1_000;

/** Why it cannot be written is noted once. */
export function createKeeper(
  { checkpoints, clock: { now }, note, kept }: Pick<Sending, 'checkpoints' | 'clock' | 'note' | 'kept'>,
  current: () => Checkpoint,
): Keeper {
  let dirty = false;
  let last = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | undefined;
  let told = false;

  function write(): Promise<void> {
    if (!checkpoints) return Promise.resolve();
    dirty = false;
    last = now();
    const failed = ({ code, message }: NodeJS.ErrnoException): void => {
      kept(false);
      if (!told) note(`the checkpoint cannot be written (${code ?? message}); a broken upload would start anew`);
      told = true;
    };
    writing = checkpoints.write({ ...current(), at: now() }).then(() => kept(true), failed);
    writing = writing.then(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    touch() {
      dirty = true;
      if (!writing && now() - last >= everyMs) void write();
    },
    async flush() {
      await writing;
      if (dirty) await write();
    },
    async drop() {
      dirty = false;
      await writing;
      await checkpoints?.remove(checkpointId(current()));
    },
  };
}
