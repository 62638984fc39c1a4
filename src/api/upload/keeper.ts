import { type Checkpoint, type Checkpoints, checkpointId } from './checkpoint.ts';

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

export function createKeeper(
  checkpoints: Checkpoints | undefined,
  current: () => Checkpoint,
  now: () => number,
  /** Told, once, why it cannot be written. */
  onTrouble: (error: NodeJS.ErrnoException) => void,
): Keeper {
  let dirty = false;
  let last = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | undefined;
  let told = false;

  function write(): Promise<void> {
    if (!checkpoints) return Promise.resolve();
    dirty = false;
    last = now();
    const run = checkpoints.write({ ...current(), at: now() }).catch((error: NodeJS.ErrnoException) => {
      if (!told) onTrouble(error);
      told = true;
    });
    writing = run.then(() => {
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
