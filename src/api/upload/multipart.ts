import { ApiError, oneLine } from '../errors.ts';
import { checkpointId, type FileCheckpoint } from './checkpoint.ts';
import type { ObjectHead } from './client.ts';
import { joinCrc64 } from './crc64.ts';
import { createKeeper } from './keeper.ts';
import { partCount, partRange, partSizeOf } from './parts.ts';
import { alone, patiently, type Sending } from './sending.ts';
import { difference, fileChanged, openSource, type Reading, type Source } from './source.ts';

export interface FileToSend {
  path: string;
  key: string;
}

/** What OSS holds is not what the file holds. */
export function damaged(message: string): ApiError {
  return new ApiError({ kind: 'server', code: 'Damaged', message, sent: 'unknown' });
}

/** Compares what HEAD tells with what was sent. Throws `Damaged`; a HEAD without CRC-64 is compared by size alone. */
export function compareObject(head: ObjectHead | undefined, size: number, crc: bigint, key: string): void {
  const shown = oneLine(key, 120);
  if (!head) throw damaged(`OSS took ${shown} and then has no such object`);
  if (head.size !== undefined && head.size !== size) {
    throw damaged(`${shown} has ${head.size} bytes in OSS and ${size} here: upload it anew`);
  }
  if (head.crc !== undefined && head.crc !== crc) {
    throw damaged(`${shown} is damaged in OSS: its CRC-64 is ${head.crc} there and ${crc} here; upload it anew`);
  }
}

/** The upload id is no longer known to OSS. */
class DeadUpload extends Error {}

/**
 * Sends one file in parts: goes on where a checkpoint and the server's list of parts agree, has every part checked by
 * Content-MD5 and ETag, and the whole by size and CRC-64. The checkpoint stays unless the file is all there.
 * Throws ApiError; `FileChanged` when the file is not the one the checkpoint is about.
 */
export async function sendInParts(sending: Sending, file: FileToSend): Promise<{ size: number; crc: bigint }> {
  const { signal, bucket } = sending;
  const source = await openSource(file.path, sending.room);
  try {
    return await alone(sending, { kind: 'file', path: file.path, bucket, key: file.key }, () => inParts());
  } finally {
    await source.close();
  }

  async function inParts(): Promise<{ size: number; crc: bigint }> {
    let checkpoint = await previous(sending, file, source);
    for (let restarts = 0; ; restarts++) {
      signal.throwIfAborted();
      try {
        return await attempt(sending, file, source, checkpoint);
      } catch (error) {
        if (!(error instanceof DeadUpload) || restarts >= 2) {
          throw error instanceof DeadUpload
            ? new ApiError({ kind: 'missing', code: 'NoSuchUpload', message: 'OSS keeps forgetting this upload' })
            : error;
        }
        sending.note('OSS no longer knows the upload that was begun; it starts anew');
        checkpoint = undefined;
      }
    }
  }
}

/** The checkpoint to go on with. One of another state of the file is refused; one to be forgotten is aborted. */
async function previous(sending: Sending, file: FileToSend, source: Source): Promise<FileCheckpoint | undefined> {
  const { bucket, checkpoints, remembered, client, signal } = sending;
  const id = checkpointId({ kind: 'file', path: file.path, bucket, key: file.key });
  const stored = remembered.get(id) ?? (await checkpoints?.read(id));
  const found = stored?.kind === 'file' && stored.key === file.key && stored.bucket === bucket ? stored : undefined;
  if (!found) return undefined;
  const differs = difference(found, source);
  // Of a folder only what has changed starts anew.
  if (sending.anew && (differs || sending.within === undefined)) {
    await client.abort(file.key, found.uploadId, signal).catch((error) => {
      if (error instanceof ApiError && error.code === 'NoSuchUpload') return;
      sending.note(`what was sent before could not be aborted; it is listed among the leftovers of ${bucket}`);
    });
    remembered.delete(id);
    await checkpoints?.remove(id);
    return undefined;
  }
  if (differs) throw fileChanged(file.path, differs);
  return found;
}

async function attempt(
  sending: Sending,
  file: FileToSend,
  source: Source,
  before: FileCheckpoint | undefined,
): Promise<{ size: number; crc: bigint }> {
  const { client, signal, bucket, remembered } = sending;
  const { size } = source;
  // Parts the server has: those the checkpoint knows are done, the others' ETags are compared with the file.
  const there = before ? await listParts(sending, file.key, before.uploadId) : new Map<number, never>();
  const partSize = before?.partSize ?? partSizeOf(size);
  const uploadId =
    before?.uploadId ?? (await patiently(sending, 'beginning the upload', () => client.initiate(file.key, signal)));
  const count = partCount(size, partSize);
  const done = new Map<number, { etag: string; crc: bigint }>();
  for (const { n, etag, crc } of before?.parts ?? []) {
    const range = partRange(n, size, partSize);
    const listed = there.get(n);
    if (n <= count && listed?.etag === etag && listed.size === range.end - range.start) {
      done.set(n, { etag, crc: BigInt(crc) });
    }
  }
  const checkpoint = (): FileCheckpoint => ({
    version: 1,
    kind: 'file',
    path: file.path,
    size,
    mtimeMs: source.mtimeMs,
    bucket,
    key: file.key,
    uploadId,
    partSize,
    parts: [...done].map(([n, { etag, crc }]) => ({ n, etag, crc: crc.toString() })).sort((a, b) => a.n - b.n),
    ...(sending.within === undefined ? {} : { within: sending.within }),
    at: sending.clock.now(),
  });
  const id = checkpointId(checkpoint());
  const keeper = createKeeper(sending, checkpoint);
  let counted = 0;
  let complete = false;
  const moved = (bytes: number) => {
    counted += bytes;
    sending.moved(bytes);
  };
  try {
    if (!before) {
      keeper.touch();
      await keeper.flush();
    }
    sending.partsPlanned(count);
    const had = [...done.keys()].reduce((sum, n) => sum + sizeOf(n, size, partSize), 0);
    sending.found(had);
    moved(had);
    sending.partDone(done.size);
    const todo = Array.from({ length: count }, (_, index) => index + 1).filter((n) => !done.has(n));
    await sendParts(sending, file.key, uploadId, source, todo, partSize, {
      moved,
      listed: (n) => there.get(n),
      done(n, etag, crc) {
        done.set(n, { etag, crc });
        sending.partDone(1);
        keeper.touch();
      },
    });
    await source.check();
    const crc = whole(done, size, partSize);
    const parts = [...done].map(([n, { etag }]) => ({ n, etag })).sort((a, b) => a.n - b.n);
    await putTogether(sending, file.key, uploadId, parts, { size, crc });
    complete = true;
    compareObject(await lookAt(sending, file.key), size, crc, file.key);
    remembered.delete(id);
    await keeper.drop();
    return { size, crc };
  } catch (error) {
    if (complete || error instanceof DeadUpload) {
      // The upload is used up; what its checkpoint says is no good for another.
      remembered.delete(id);
      await keeper.drop();
    } else {
      remembered.set(id, checkpoint());
      keeper.touch();
      await keeper.flush();
    }
    if (error instanceof DeadUpload) {
      sending.moved(-counted);
      sending.partDone(-done.size);
      sending.partsPlanned(-count);
    }
    throw error;
  }
}

const sizeOf = (n: number, size: number, partSize: number) => {
  const { start, end } = partRange(n, size, partSize);
  return end - start;
};

function whole(done: ReadonlyMap<number, { crc: bigint }>, size: number, partSize: number): bigint {
  const pieces = [...done].sort(([a], [b]) => a - b);
  return joinCrc64(pieces.map(([n, { crc }]) => ({ crc, size: sizeOf(n, size, partSize) })));
}

/** The server's parts; a dead upload id is told as such. */
async function listParts(sending: Sending, key: string, uploadId: string) {
  const { client, signal } = sending;
  const parts = await patiently(sending, 'asking what has arrived', () =>
    client.listParts(key, uploadId, signal),
  ).catch((error) => {
    throw dead(error);
  });
  return new Map(parts.map((part) => [part.n, part]));
}

function dead(error: unknown): unknown {
  return error instanceof ApiError && error.code === 'NoSuchUpload' ? new DeadUpload() : error;
}

interface PartEvents {
  moved(bytes: number): void;
  listed(n: number): { etag: string; size: number } | undefined;
  done(n: number, etag: string, crc: bigint): void;
}

/** A part that is being read. */
interface Ahead {
  n: number;
  reading: Promise<Reading>;
}

async function sendParts(
  sending: Sending,
  key: string,
  uploadId: string,
  source: Source,
  todo: readonly number[],
  partSize: number,
  events: PartEvents,
): Promise<void> {
  // The first failure stops the other parts; whoever pauses or cancels stops all.
  const stop = new AbortController();
  const signal = AbortSignal.any([sending.signal, stop.signal]);
  const within: Sending = { ...sending, signal };
  const left = todo.values();
  let failure: { error: unknown } | undefined;
  const read = (): Ahead | undefined => {
    const next = left.next();
    if (next.done) return undefined;
    const { start, end } = partRange(next.value, source.size, partSize);
    const reading = source.read(start, end, signal);
    // Looked at when its turn comes, which it may never do.
    reading.catch(() => {});
    return { n: next.value, reading };
  };
  // One part is read while the others leave: else the line would lie idle meanwhile.
  let ahead = read();
  async function work(): Promise<void> {
    while (ahead && !signal.aborted) {
      const part = ahead;
      ahead = read();
      try {
        await sendPart(within, key, uploadId, source, part, partSize, events);
      } catch (error) {
        failure ??= { error };
        stop.abort();
        return;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(sending.parallel, todo.length) }, work));
  // Of what is sent no more, nothing may stay in memory.
  await ahead?.reading.then(
    ({ drop }) => drop(),
    () => {},
  );
  sending.signal.throwIfAborted();
  if (failure) throw dead(failure.error);
}

async function sendPart(
  sending: Sending,
  key: string,
  uploadId: string,
  source: Source,
  { n, reading: first }: Ahead,
  partSize: number,
  events: PartEvents,
): Promise<void> {
  const { client, signal } = sending;
  const { start, end } = partRange(n, source.size, partSize);
  const size = end - start;
  await patiently(sending, `part ${n}`, async (attempt) => {
    const { sums, pieces, drop } = await (attempt === 0 ? first : source.read(start, end, signal));
    const listed = events.listed(n);
    if (listed?.etag === sums.md5 && listed.size === size) {
      drop();
      sending.found(size);
      events.moved(size);
      events.done(n, sums.md5, sums.crc);
      return;
    }
    let sent = 0;
    const context = {
      signal,
      sent(bytes: number) {
        sent += bytes;
        events.moved(bytes);
      },
    };
    try {
      // Not only at the end: of a large file that is hours later.
      await source.check();
      const etag = await client.part(key, uploadId, { n, size, sums, body: pieces() }, context);
      if (etag !== sums.md5) throw damaged(`part ${n} is damaged in OSS: its MD5 is ${oneLine(etag, 40)} there`);
      events.done(n, etag, sums.crc);
    } catch (error) {
      events.moved(-sent);
      // Content-MD5 was of the first reading: a digest that does not fit may be a file that is being written to.
      if (error instanceof ApiError && error.code === 'InvalidDigest') await source.check();
      throw error;
    } finally {
      drop();
    }
  });
}

/** Puts the parts together. An answer that was lost is made up for by looking at what is there. */
async function putTogether(
  sending: Sending,
  key: string,
  uploadId: string,
  parts: readonly { n: number; etag: string }[],
  { size, crc }: { size: number; crc: bigint },
): Promise<void> {
  const { client, signal } = sending;
  try {
    await patiently(sending, 'putting the parts together', () => client.complete(key, uploadId, parts, signal));
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'NoSuchUpload') throw error;
    // Either somebody aborted it, or it was put together and the answer got lost.
    const head = await lookAt(sending, key);
    if (head?.size !== size || head.crc !== crc) throw new DeadUpload();
  }
}

/** What OSS says of the object now. Whoever may put may lack the right to look; then the checks of the parts must do. */
export async function lookAt(sending: Sending, key: string): Promise<ObjectHead | undefined> {
  const { client, signal } = sending;
  try {
    return await patiently(sending, 'looking at the result', () => client.head(key, signal));
  } catch (error) {
    if (!(error instanceof ApiError) || error.kind !== 'denied') throw error;
    sending.note('without the right oss:GetObject the whole could not be compared; every part was');
    return { size: undefined, crc: undefined, etag: '' };
  }
}
