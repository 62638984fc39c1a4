import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where paths begin: the folder the program was started in, and the one `~` stands for. */
export interface Roots {
  readonly cwd: string;
  readonly home: string;
}

export const roots = (): Roots => ({ cwd: process.cwd(), home: homedir() });

/** The path a person means. */
export function expandPath(text: string, { cwd, home }: Roots): string {
  const path = text === '~' || text.startsWith('~/') ? join(home, text.slice(1)) : text;
  return isAbsolute(path) ? path : join(cwd, path);
}

/** How many entries of a folder are looked at. */
const most = 10_000;

/**
 * What a path being typed could become, as a shell completes it: first as far as all that fits agrees, then every fit,
 * JSON files before others. Folders end with `/`; hidden ones come only when a dot was typed. Never rejects.
 */
export async function completePath(text: string, roots: Roots): Promise<string[]> {
  const cut = text.lastIndexOf('/') + 1;
  const [folder, begun] = text === '~' ? ['~/', ''] : [text.slice(0, cut), text.slice(cut)];
  const path = expandPath(folder, roots);
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const fits = entries
    .slice(0, most)
    .filter(({ name }) => name.startsWith(begun) && (begun.startsWith('.') || !name.startsWith('.')));
  const found = await Promise.all(
    fits.map(async (entry) => {
      const isFolder = entry.isSymbolicLink() ? await leadsToFolder(join(path, entry.name)) : entry.isDirectory();
      return `${folder}${entry.name}${isFolder ? '/' : ''}`;
    }),
  );
  found.sort((a, b) => Number(b.endsWith('.json')) - Number(a.endsWith('.json')) || (a < b ? -1 : 1));
  const common = found.reduce(shared, found[0] ?? '');
  return found.length > 1 && common.length > text.length ? [common, ...found] : found;
}

async function leadsToFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function shared(a: string, b: string): string {
  let end = 0;
  while (end < a.length && a[end] === b[end]) end++;
  return a.slice(0, end);
}
