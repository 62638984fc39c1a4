import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { ApiError, oneLine } from '../errors.ts';
import type { Crc64 } from './crc64.ts';

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

/** An open file, read piece by piece; never more than a few hundred KiB of it are in memory at a time. */
export interface Source extends FileMark {
  readonly path: string;
  sums(start: number, end: number, signal?: AbortSignal): Promise<Sums>;
  /** The bytes in order. A piece is only good until the one after the next is asked for. */
  pieces(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Buffer>;
  /** Throws when the file of that name is not the one that was opened, or has been written to. */
  check(): Promise<void>;
  close(): Promise<void>;
}

const piece = 256 * 1024;

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
export async function openSource(path: string, newCrc: () => Crc64): Promise<Source> {
  let handle: FileHandle;
  let mark: FileMark;
  try {
    handle = await open(path, 'r');
    const { size, mtimeMs } = await handle.stat();
    mark = { size, mtimeMs };
  } catch (error) {
    throw fileTrouble(path, error);
  }

  async function read(buffer: Buffer, at: number, length: number): Promise<Buffer> {
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

  return {
    path,
    ...mark,
    async sums(start, end, signal) {
      const md5 = createHash('md5');
      const crc = newCrc();
      const buffer = Buffer.allocUnsafeSlow(Math.min(piece, Math.max(1, end - start)));
      for (let at = start; at < end; at += piece) {
        signal?.throwIfAborted();
        const bytes = await read(buffer, at, Math.min(piece, end - at));
        md5.update(bytes);
        crc.update(bytes);
      }
      const digest = md5.digest();
      return { md5: digest.toString('hex').toUpperCase(), md5Base64: digest.toString('base64'), crc: crc.value() };
    },
    async *pieces(start, end, signal) {
      const size = Math.min(piece, Math.max(1, end - start));
      const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const;
      let turn: 0 | 1 = 0;
      for (let at = start; at < end; at += piece) {
        signal?.throwIfAborted();
        yield await read(buffers[turn], at, Math.min(piece, end - at));
        turn = turn === 0 ? 1 : 0;
      }
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
