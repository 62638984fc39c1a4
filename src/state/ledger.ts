import { constants } from 'node:fs';
import { chmod, type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LedgerRow } from '../screens/ledger.ts';
import type { Ended, Entry } from './runner.ts';

/** A line of the file. An entry is two of them, `sent` before the request leaves and `ended` after; see docs/ledger.md. */
interface LedgerLine {
  readonly v: 1;
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly event: 'sent' | 'ended';
  readonly [field: string]: unknown;
}

export interface LedgerOptions {
  readonly file: string;
  /** Who acts, as the header says it; holds no secret. */
  who(): string;
  readonly region: string;
  readonly host: string;
  readonly pid: number;
  now(): number;
  newId(): string;
  /** Whether a process of this machine is alive: its open entries are not lost yet. */
  alive(pid: number): boolean;
  /** Told whenever the record can or cannot be kept. */
  status(kept: boolean): void;
}

export interface Ledger {
  /** Writes an entry before its request leaves; resolves at the latest after 500 ms, kept or not. Never rejects. */
  record(entry: Entry): Promise<(ended: Ended) => void>;
  /** The latest entries, newest first. Rejects when the file is there and cannot be read. */
  entries(): Promise<LedgerRow[]>;
  close(): Promise<void>;
}

/** The longest a request waits for its entry, milliseconds. */
const patience = 500;
/** How much of the end of the file is read, bytes. */
const tail = 1 << 20;

/**
 * Keeps the record of what was sent. Lines are appended whole, so that several programs can write one file; each is on
 * the disk before the request it tells of leaves.
 */
export function createLedger(options: LedgerOptions): Ledger {
  const { file, now, newId, status } = options;
  let handle: Promise<FileHandle> | undefined;
  // Lines go one after the other: `ended` never comes before its `sent`.
  let last: Promise<unknown> = Promise.resolve();

  const opened = (): Promise<FileHandle> => {
    handle ??= openPrivate(file).catch((error: unknown) => {
      handle = undefined;
      throw error;
    });
    return handle;
  };

  const append = (line: LedgerLine): Promise<void> => {
    const task = last.then(async () => {
      const to = await opened();
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      const { bytesWritten } = await to.write(bytes);
      if (bytesWritten < bytes.length) {
        // Ends the broken line, so that the next one is whole.
        await to.write('\n');
        throw new Error('the disk is full');
      }
      await to.datasync();
    });
    last = task.catch(() => undefined);
    return task;
  };

  const keep = async (line: LedgerLine): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('too slow')), patience);
    });
    const written = append(line);
    // Whoever comes too late must not end the program.
    written.catch(() => undefined);
    try {
      await Promise.race([written, late]);
      status(true);
    } catch {
      status(false);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async record(entry) {
      const id = newId();
      const { region, host, pid } = options;
      const at = (): string => new Date(now()).toISOString();
      await keep({ v: 1, id, at: at(), event: 'sent', who: options.who(), region, host, pid, ...entry });
      return (ended) => void keep({ v: 1, id, at: at(), event: 'ended', ...ended });
    },
    async entries() {
      await last;
      return readEntries(await readTail(file), options);
    },
    async close() {
      await last;
      await (await handle?.catch(() => undefined))?.close();
    },
  };
}

async function openPrivate(file: string): Promise<FileHandle> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600);
  // An older file may have been made with other rights.
  await chmod(file, 0o600);
  return handle;
}

async function readTail(file: string): Promise<string> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - tail);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = buffer.toString('utf8', 0, bytesRead);
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}

/** Puts the two lines of each entry together. Lines that cannot be read are passed over: another program may be writing. */
function readEntries(text: string, { host, alive }: LedgerOptions): LedgerRow[] {
  const rows = new Map<string, LedgerRow>();
  for (const line of text.split('\n')) {
    const fields = parse(line);
    if (!fields) continue;
    const known = rows.get(fields.id);
    if (fields.event === 'sent') rows.set(fields.id, rowOf(fields));
    else if (known) rows.set(fields.id, { ...known, ...endOf(fields), raw: { ...known.raw, ended: fields } });
  }
  const newest = [...rows.values()].reverse();
  return newest.map((row) => {
    if (row.outcome !== undefined) return row;
    const running = row.raw['host'] === host && typeof row.raw['pid'] === 'number' && alive(row.raw['pid']);
    // Whoever sent it is gone and never learnt how it ended.
    return { ...row, outcome: running ? 'under way' : 'unknown' };
  });
}

function parse(line: string): LedgerLine | undefined {
  try {
    const fields = JSON.parse(line) as Partial<LedgerLine> | null;
    const whole = fields?.v === 1 && typeof fields.id === 'string' && typeof fields.at === 'string';
    return whole && (fields.event === 'sent' || fields.event === 'ended') ? (fields as LedgerLine) : undefined;
  } catch {
    return undefined;
  }
}

const word = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function rowOf(fields: LedgerLine): LedgerRow {
  const at = Date.parse(fields.at);
  return {
    id: fields.id,
    at: Number.isNaN(at) ? undefined : at,
    who: word(fields['who']),
    region: word(fields['region']),
    target: word(fields['target']) ?? '-',
    words: word(fields['words']) ?? '-',
    cli: word(fields['cli']),
    outcome: undefined,
    requestId: undefined,
    message: undefined,
    raw: fields,
  };
}

function endOf(fields: LedgerLine): Pick<LedgerRow, 'outcome' | 'requestId' | 'message'> {
  return { outcome: word(fields['outcome']), requestId: word(fields['requestId']), message: word(fields['message']) };
}
