import { checkpointId, type FolderCheckpoint } from './checkpoint.ts';
import { createKeeper } from './keeper.ts';
import { sendInParts } from './multipart.ts';
import { singlePut } from './parts.ts';
import { alone, type Sending } from './sending.ts';
import { sendWhole } from './single.ts';
import type { FoundFile } from './walk.ts';

export interface FolderToSend {
  path: string;
  /** What all keys begin with; ends with `/`. */
  prefix: string;
  files: readonly FoundFile[];
}

interface FolderEvents {
  /** A file is there, now or from before. */
  fileDone(file: FoundFile): void;
  current(file: FoundFile): void;
}

/** Small files wait for answers rather than for bytes: more of them side by side. */
const smallFiles = 8;

/**
 * Sends all files of a folder: the small ones side by side, the large ones one after the other in parts. Files that the
 * folder's checkpoint knows as sent, and that are the same still, are left out.
 */
export async function sendFolder(sending: Sending, folder: FolderToSend, events: FolderEvents): Promise<void> {
  const of = { kind: 'folder', path: folder.path, bucket: sending.bucket, key: folder.prefix } as const;
  await alone(sending, of, () => sendFiles(sending, folder, events));
}

async function sendFiles(sending: Sending, folder: FolderToSend, events: FolderEvents): Promise<void> {
  const { bucket, checkpoints, signal } = sending;
  const total = folder.files.reduce((sum, { size }) => sum + size, 0);
  const done: FolderCheckpoint['done'] = {};
  const current = (): FolderCheckpoint => ({
    version: 1,
    kind: 'folder',
    path: folder.path,
    bucket,
    key: folder.prefix,
    total,
    done,
    at: sending.clock.now(),
  });
  const id = checkpointId(current());
  const keeper = createKeeper(sending, current);
  // Also when it starts anew: what is the same still need not go again.
  const stored = await checkpoints?.read(id);
  const before = stored?.kind === 'folder' ? stored.done : {};
  const left: FoundFile[] = [];
  for (const file of folder.files) {
    const known = Object.hasOwn(before, file.relative) ? before[file.relative] : undefined;
    if (known?.size === file.size && known.mtimeMs === file.mtimeMs) {
      done[file.relative] = known;
      sending.found(file.size);
      sending.moved(file.size);
      events.fileDone(file);
    } else {
      left.push(file);
    }
  }
  keeper.touch();
  await keeper.flush();

  const finished = (file: FoundFile, mark: { size: number; mtimeMs: number }) => {
    done[file.relative] = { size: mark.size, mtimeMs: mark.mtimeMs };
    events.fileDone(file);
    keeper.touch();
  };
  try {
    const small = left.filter(({ size }) => size <= singlePut).values();
    const stop = new AbortController();
    const within: Sending = { ...sending, within: id, signal: AbortSignal.any([signal, stop.signal]) };
    let failure: { error: unknown } | undefined;
    const work = async (): Promise<void> => {
      for (const file of small) {
        if (within.signal.aborted) return;
        events.current(file);
        try {
          finished(file, await sendWhole(within, { path: file.path, key: `${folder.prefix}${file.relative}` }, false));
        } catch (error) {
          failure ??= { error };
          stop.abort();
          return;
        }
      }
    };
    await Promise.all(Array.from({ length: smallFiles }, work));
    signal.throwIfAborted();
    if (failure) throw failure.error;
    for (const file of left.filter(({ size }) => size > singlePut)) {
      signal.throwIfAborted();
      events.current(file);
      await sendInParts({ ...sending, within: id }, { path: file.path, key: `${folder.prefix}${file.relative}` });
      finished(file, file);
    }
    await keeper.drop();
  } catch (error) {
    keeper.touch();
    await keeper.flush();
    throw error;
  }
}
