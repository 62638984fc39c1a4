import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keyTrouble } from './target.ts';

export interface FoundFile {
  /** Where it is. */
  path: string;
  /** With `/`, from the folder on. */
  relative: string;
  size: number;
  mtimeMs: number;
}

/** Something that is not uploaded, and why. */
export interface Refused {
  path: string;
  why: string;
}

export interface Walked {
  files: FoundFile[];
  refused: Refused[];
}

/**
 * All files below a folder, in the order of their names. Links are followed; one that leads back to a folder it is in is
 * refused, as is what has no bytes to send (sockets, pipes, devices), what cannot be read, and what has a name no object
 * can have. `prefix` is what the keys will begin with.
 */
export async function walkFolder(root: string, prefix: string, signal?: AbortSignal): Promise<Walked> {
  const files: FoundFile[] = [];
  const refused: Refused[] = [];
  const why = (error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES' || code === 'EPERM') return 'no right to read it';
    if (code === 'ENOENT') return 'it leads to nothing, or has just vanished';
    if (code === 'ELOOP') return 'its links lead in a circle';
    return `cannot be read (${code ?? 'unknown'})`;
  };

  async function visit(folder: string, relative: string, above: ReadonlySet<string>): Promise<void> {
    signal?.throwIfAborted();
    const here = await realpath(folder);
    if (above.has(here)) {
      refused.push({ path: folder, why: 'the link leads back to a folder it is in' });
      return;
    }
    const within = new Set(above).add(here);
    const names: string[] = [];
    for await (const entry of await opendir(folder)) names.push(entry.name);
    for (const name of names.sort()) {
      signal?.throwIfAborted();
      const path = join(folder, name);
      const below = relative === '' ? name : `${relative}/${name}`;
      const trouble = keyTrouble(`${prefix}${below}`);
      if (trouble) {
        refused.push({ path, why: trouble });
        continue;
      }
      try {
        const found = await stat(path);
        if (found.isDirectory()) await visit(path, below, within);
        else if (found.isFile()) files.push({ path, relative: below, size: found.size, mtimeMs: found.mtimeMs });
        else refused.push({ path, why: 'it is no file (a socket, pipe or device)' });
      } catch (error) {
        if (signal?.aborted) throw error;
        const link = await lstat(path).then(
          (own) => own.isSymbolicLink(),
          () => false,
        );
        refused.push({
          path,
          why: link && why(error).startsWith('it leads') ? 'the link leads to nothing' : why(error),
        });
      }
    }
  }

  // A link to a folder above the root would bring in all that lies beside it.
  const above = new Set<string>();
  for (let folder = await realpath(root); folder !== dirname(folder); ) {
    folder = dirname(folder);
    above.add(folder);
  }
  await visit(root, '', above);
  return { files, refused };
}
