import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { ApiError, oneLine } from '../errors.ts';
import { blockBytes, type Room } from './room.ts';

/** What tells that a file is still the one it was. */
export interface FileMark {
  size: number;
  mtimeMs: number;
}

export interface Sums {
  /** Upper-case hex, as OSS writes an ETag. */
  md5: string;
  /** For the Content-MD5 header. */
  md5Base64: string;
  crc: bigint;
}

/** A stretch of a file that was read and summed. */
export interface Reading {
  readonly sums: Sums;
  /**
   * The bytes in order, for one time: from memory if there was room, else read again. A piece is only good until the one
   * after the next is asked for.
   */
  pieces(): AsyncGenerator<Buffer>;
  /** Gives back what is still held. Nothing may be sent of it any more. */
  drop(): void;
}

/** An open file. Of what does not fit into the room never more than a few hundred KiB are in memory at a time. */
export interface Source extends FileMark {
  readonly path: string;
  read(start: number, end: number, signal?: AbortSignal): Promise<Reading>;
  /** Throws when the file of that name is not the one that was opened, or has been written to. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export function fileChanged(path: string, what: string): ApiError {
  const message = `${oneLine(path, 200)} ${what}; what was sent of it is no good any more: start anew`;
  return new ApiError({ kind: 'conflict', code: 'FileChanged', message });
}

/** What reading a file failed of, in words. */
export function fileTrouble(path: string, error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  const shown = oneLine(path, 200);
  const known: Record<string, string> = {
    ENOENT: `${shown}: no such file or folder`,
    ENOTDIR: `${shown}: no such file or folder`,
    EACCES: `${shown}: no right to read it`,
    EPERM: `${shown}: no right to read it`,
    ELOOP: `${shown}: its links lead in a circle`,
    EMFILE: `${shown}: too many files are open`,
  };
  const kind = code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'invalid';
  return new ApiError({ kind, code: 'FileUnreadable', message: known[code] ?? `${shown}: cannot be read (${code})` });
}

/** How a file differs from what it was, in words; undefined when it does not. */
export function difference(was: FileMark, is: FileMark): string | undefined {
  if (was.size !== is.size) return `had ${was.size} bytes and has ${is.size} now`;
  return was.mtimeMs === is.mtimeMs ? undefined : 'was written to since';
}

/** Opens a file for sending. Throws ApiError in plain words. */
export async function openSource(path: string, room: Room): Promise<Source> {
  let handle: FileHandle;
  let mark: FileMark;
  try {
    handle = await open(path, 'r');
    const { size, mtimeMs } = await handle.stat();
    mark = { size, mtimeMs };
  } catch (error) {
    throw fileTrouble(path, error);
  }

  async function fill(buffer: Buffer, at: number, length: number): Promise<Buffer> {
    let filled = 0;
    while (filled < length) {
      let bytesRead: number;
      try {
        ({ bytesRead } = await handle.read(buffer, filled, length - filled, at + filled));
      } catch (error) {
        throw fileTrouble(path, error);
      }
      if (bytesRead === 0) throw fileChanged(path, `ended after ${at + filled} of ${mark.size} bytes`);
      filled += bytesRead;
    }
    return length === buffer.length ? buffer : buffer.subarray(0, length);
  }

  /** Reads a stretch into the given buffers by turns. */
  async function* walk(buffers: readonly Buffer[], start: number, end: number, signal?: AbortSignal) {
    for (let at = start, turn = 0; at < end; at += blockBytes, turn++) {
      signal?.throwIfAborted();
      yield await fill(buffers[turn % buffers.length] as Buffer, at, Math.min(blockBytes, end - at));
    }
  }

  return {
    path,
    ...mark,
    async read(start, end, signal) {
      const spare = () => Buffer.allocUnsafeSlow(Math.min(blockBytes, end - start));
      const held = room.take(end - start);
      let given = 0;
      const giveBefore = (count: number) => {
        for (const block of held?.slice(given, count) ?? []) room.give(block);
        given = Math.max(given, count);
      };
      const drop = () => giveBefore(held?.length ?? 0);
      async function* fromMemory(blocks: readonly Buffer[]) {
        for (const [at, block] of blocks.entries()) {
          signal?.throwIfAborted();
          yield block;
          giveBefore(at);
        }
      }
      const md5 = createHash('md5');
      const crc = room.newCrc();
      try {
        for await (const bytes of walk(held ?? [spare()], start, end, signal)) {
          md5.update(bytes);
          crc.update(bytes);
        }
      } catch (error) {
        drop();
        throw error;
      }
      const digest = md5.digest();
      return {
        sums: { md5: digest.toString('hex').toUpperCase(), md5Base64: digest.toString('base64'), crc: crc.value() },
        pieces: () => (held ? fromMemory(held) : walk([spare(), spare()], start, end, signal)),
        drop,
      };
    },
    async check() {
      let now: FileMark;
      try {
        now = await stat(path);
      } catch (error) {
        throw fileTrouble(path, error);
      }
      const differs = difference(mark, now);
      if (differs) throw fileChanged(path, differs);
    },
    close: () => handle.close().catch(() => {}),
  };
}
