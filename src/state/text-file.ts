import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { MAX_BYTES } from '../service-json/decode.ts';

/** The bytes of a file, at most so many as are looked at: one more tells that it is too large. */
export async function readText(file: string, limit = MAX_BYTES): Promise<Uint8Array> {
  try {
    // A pipe without a writer would be waited for, for ever.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (found.isDirectory()) throw new Error(`${file} is a folder; give a file`);
      if (!found.isFile()) throw new Error(`${file} is no plain file (a device, pipe or socket)`);
      const parts: Buffer[] = [];
      for (let size = 0; size < limit; ) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(1 << 20, limit - size)));
        if (bytesRead === 0) break;
        parts.push(buffer.subarray(0, bytesRead));
        size += bytesRead;
      }
      return Buffer.concat(parts);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new Error(fileProblem(error, file), { cause: error });
  }
}

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder; give a file',
  EACCES: 'the right to it is missing',
  EPERM: 'the system does not allow it',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the path is too long',
  ENOSPC: 'the disk is full; make room and try again',
  EDQUOT: 'the disk quota is used up; make room and try again',
  EROFS: 'the disk can only be read',
  EMFILE: 'too many files are open',
  ENXIO: 'it is no plain file (a device, pipe or socket)',
  EEXIST: 'something else is in its place',
  EIO: 'the disk failed (EIO)',
  ESTALE: 'the file server has lost it (ESTALE)',
};

/** What is wrong with a file, in words that name it. */
export function fileProblem(error: unknown, file: string): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const said = code === undefined ? undefined : problems[code];
  return `${file}: ${said ?? (error instanceof Error ? error.message : String(error))}`;
}
