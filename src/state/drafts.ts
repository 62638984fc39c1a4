import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileProblem, readText } from './text-file.ts';

/** What is known of a draft beside its text. */
export interface DraftNote {
  /** `create`: a new service. `release`: one beside an existing service. `edit`: another configuration of a service. */
  readonly kind: 'create' | 'release' | 'edit';
  readonly region: string;
  /** The service it is about; '' for a new one without a name. */
  readonly name: string;
  /** Which service bore the name. */
  readonly serviceId?: string | undefined;
  /** The configuration an edit began from, as the service had it. */
  readonly base?: string | undefined;
  /** The number of workers that ran, when it was put in place of the one of the configuration. */
  readonly running?: number | undefined;
  /** Epoch ms. */
  readonly at: number;
}

/** A text on its way to the service. It stays on the disk until the service has taken it. */
export interface Draft extends DraftNote {
  readonly id: string;
  /** The text, for an editor. */
  readonly file: string;
}

export interface Drafts {
  readonly folder: string;
  /** Keeps a new draft. Rejects with what is wrong, in words. */
  add(note: DraftNote, text: string): Promise<Draft>;
  /** Puts another text, and what has changed of the note, in place of the old ones at once or not at all. */
  change(draft: Draft, text: string | undefined, note?: Partial<DraftNote>): Promise<Draft>;
  /** The text as it is on the disk now. Rejects with what is wrong, in words. */
  read(draft: Draft): Promise<Uint8Array>;
  /** Newest first. What cannot be read is passed over. */
  list(): Promise<Draft[]>;
  remove(draft: Draft): Promise<void>;
}

const noteEnd = '.note';

/** Keeps drafts in a folder of the user's alone. `now` is in epoch milliseconds. */
export function createDrafts(stateFolder: string, now: () => number): Drafts {
  const folder = join(stateFolder, 'drafts');
  const fileOf = (id: string): string => join(folder, id);
  const writeNote = ({ id, file: _, ...note }: Draft): Promise<void> =>
    writePrivate(fileOf(id + noteEnd), JSON.stringify(note));
  return {
    folder,
    async add(note, text) {
      const id = `${fileWord(note.name || 'new')}.${note.kind}.${stampOf(now())}.json`;
      const draft: Draft = { ...note, id, file: fileOf(id) };
      try {
        await privateFolder(folder);
        await writePrivate(draft.file, text);
        await writeNote(draft);
      } catch (error) {
        throw new Error(`the draft cannot be kept: ${fileProblem(error, folder)}`, { cause: error });
      }
      return draft;
    },
    async change(draft, text, note = {}) {
      const next: Draft = { ...draft, ...note };
      try {
        // The note is written last: it says what the text is measured against.
        if (text !== undefined) await writePrivate(draft.file, text);
        await writeNote(next);
      } catch (error) {
        throw new Error(`the draft cannot be kept: ${fileProblem(error, draft.file)}`, { cause: error });
      }
      return next;
    },
    read: (draft) => readText(draft.file),
    async list() {
      const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw new Error(`the drafts cannot be listed: ${fileProblem(error, folder)}`, { cause: error });
      });
      const found = await Promise.all(
        names.filter((name) => name.endsWith(noteEnd)).map((name) => readNote(folder, name.slice(0, -noteEnd.length))),
      );
      return found.filter((draft) => draft !== undefined).sort((a, b) => b.at - a.at);
    },
    async remove({ id, file }) {
      await Promise.all([file, fileOf(id + noteEnd)].map((one) => rm(one, { force: true })));
    },
  };
}

async function readNote(folder: string, id: string): Promise<Draft | undefined> {
  try {
    const file = join(folder, id);
    const note = JSON.parse(await readFile(file + noteEnd, 'utf8')) as DraftNote;
    const known = note.kind === 'create' || note.kind === 'release' || note.kind === 'edit';
    if (!known || typeof note.name !== 'string' || typeof note.region !== 'string' || typeof note.at !== 'number')
      return undefined;
    await stat(file);
    return { ...note, id, file };
  } catch {
    return undefined;
  }
}

/** Configurations kept before their services were deleted, for `:restore`. */
export interface Saved {
  /** Where they are kept, a folder for each region in it. */
  readonly folder: string;
  /** Keeps a configuration; resolves with its file. Rejects with what is wrong, in words. */
  keep(region: string, name: string, config: string): Promise<string>;
  /** The latest of a name; undefined when there is none. */
  find(region: string, name: string): Promise<string | undefined>;
  /** Names of a region that something was kept of. */
  names(region: string): Promise<string[]>;
}

export function createSaved(stateFolder: string, now: () => number): Saved {
  const folder = join(stateFolder, 'saved');
  const inside = (region: string): string => join(folder, fileWord(region));
  const files = async (region: string): Promise<{ name: string; file: string }[]> => {
    const names = await readdir(inside(region)).catch(() => []);
    return names.sort().flatMap((file) => {
      const [, name] = /^(.+)\.\d{8}-\d{9}-\w{4}\.json$/.exec(file) ?? [];
      return name === undefined ? [] : [{ name, file: join(inside(region), file) }];
    });
  };
  return {
    folder,
    async keep(region, name, config) {
      const file = join(inside(region), `${fileWord(name)}.${stampOf(now())}.json`);
      try {
        await privateFolder(folder);
        await privateFolder(inside(region));
        await writePrivate(file, config);
      } catch (error) {
        throw new Error(`the configuration cannot be saved: ${fileProblem(error, file)}`, { cause: error });
      }
      return file;
    },
    find: async (region, name) => (await files(region)).findLast((one) => one.name === fileWord(name))?.file,
    names: async (region) => [...new Set((await files(region)).map(({ name }) => name))],
  };
}

/** Names come from the service: nothing in them may lead to another folder. */
function fileWord(name: string): string {
  return name.replace(/[^\w-]/g, '_').slice(0, 100) || '_';
}

/** UTC, to the millisecond, and a few signs of chance: two programs may keep something at once. */
function stampOf(ms: number): string {
  const digits = new Date(ms).toISOString().replace(/[-:.Z]/g, '');
  return `${digits.replace('T', '-')}-${randomBytes(2).toString('hex')}`;
}

/** The folder is ours alone, also where it was made with other rights. */
async function privateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  if ((mode & 0o777) !== 0o700) await chmod(folder, 0o700);
}

/** Writes a file whole or leaves what was there: it is written beside its place, brought to the disk, then moved. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  try {
    const handle = await open(part, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.datasync().catch((error: NodeJS.ErrnoException) => {
        // Some file systems cannot be asked for that.
        if (error.code !== 'EINVAL') throw error;
      });
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}
