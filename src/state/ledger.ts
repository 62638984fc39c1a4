import { constants } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Scope } from '../screens/define.ts';
import type { LedgerRow, Settled } from '../screens/ledger.ts';
import type { Ended, Entry } from './runner.ts';

/**
 * A line of the file. An entry is two of them, `sent` before the request leaves and `ended` after; a third, `settled`, when
 * somebody has found out how one of unknown outcome ended. See docs/ledger.md.
 */
interface LedgerLine {
  readonly v: 1;
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly event: (typeof events)[number];
  readonly [field: string]: unknown;
}

const events = ['sent', 'ended', 'settled'] as const;

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
  /** Writes down how an entry of unknown outcome ended. Resolves with whether it was kept. Never rejects. */
  settle(id: string, outcome: Settled): Promise<boolean>;
  close(): Promise<void>;
}

/** The longest a request waits for its entry, milliseconds. */
const patience = 500;
/** The longest the disk is waited for by whoever wants to read, or to leave, milliseconds. */
const longPatience = 2_000;
/** How much of the end of the file is read, bytes. */
const tail = 1 << 20;

/**
 * Keeps the record of what was sent. Lines are appended whole, so that several programs can write one file; each is on
 * the disk before the request it tells of leaves.
 */
export function createLedger(options: LedgerOptions): Ledger {
  const { file, now, newId, status } = options;
  // Lines go one after the other: `ended` never comes before its `sent`.
  let last: Promise<unknown> = Promise.resolve();

  /** Resolves with whether the lines are on the disk, at the latest when patience ends. Never rejects. */
  const keep = async (...lines: LedgerLine[]): Promise<boolean> => {
    const written = last.then(() => append(file, lines));
    last = written.catch(() => undefined);
    // Lines that come too late are kept all the same.
    written.then(
      () => status(true),
      () => status(false),
    );
    try {
      await within(patience, written);
      return true;
    } catch {
      status(false);
      return false;
    }
  };

  return {
    async record(entry) {
      const id = newId();
      const { region, host, pid } = options;
      const at = (): string => new Date(now()).toISOString();
      const sent: LedgerLine = {
        v: 1,
        id,
        at: at(),
        event: 'sent',
        who: options.who(),
        region,
        host,
        pid,
        ...entry,
      };
      const kept = await keep(sent);
      return (ended) => {
        const line: LedgerLine = { v: 1, id, at: at(), event: 'ended', ...ended };
        // What could not be kept before it was sent is told afterwards, if the disk can be written again.
        void (kept ? keep(line) : keep(sent, line));
      };
    },
    settle: (id, outcome) =>
      keep({ v: 1, id, at: new Date(now()).toISOString(), event: 'settled', by: options.who(), outcome }),
    async entries() {
      return readEntries(
        await within(
          longPatience,
          last.then(() => readTail(file)),
        ),
        options,
      );
    },
    async close() {
      // A disk that hangs must not keep anybody from leaving.
      await within(longPatience, last).catch(() => undefined);
    },
  };
}

/** Rejects when a task takes longer; the task itself goes on. */
async function within<T>(ms: number, task: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the disk did not answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([task, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Puts lines at the end of the file and waits until the disk has them. The file is opened anew each time: it may have
 * been moved away, and a handle may have gone stale. Rejects with what is wrong.
 */
async function append(file: string, lines: readonly LedgerLine[]): Promise<void> {
  await privateFolder(dirname(file));
  const handle = await open(file, constants.O_APPEND | constants.O_CREAT | constants.O_RDWR, 0o600);
  try {
    const now = await handle.stat();
    // An older file may have been made with other rights. What is no file, such as a device, is left as it is.
    if (now.isFile() && (now.mode & 0o777) !== 0o600) await handle.chmod(0o600);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    // Somebody was cut off in the middle of a line: this one must not become a part of it.
    const bytes = Buffer.from((await endsWhole(handle, now.size)) ? text : `\n${text}`);
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten < bytes.length) throw new Error('the disk is full');
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function endsWhole(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** The folder is ours alone, also where it was made with other rights. */
async function privateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  if ((mode & 0o777) !== 0o700) await chmod(folder, 0o700);
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
    else if (known) {
      // What is settled keeps what was known before: the id of the request, the service's words.
      const news = fields.event === 'ended' ? endOf(fields) : { outcome: word(fields['outcome']) };
      rows.set(fields.id, { ...known, ...news, raw: { ...known.raw, [fields.event]: fields } });
    }
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
    return whole && events.some((event) => event === fields.event) ? (fields as LedgerLine) : undefined;
  } catch {
    return undefined;
  }
}

const word = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function scopeOf(value: unknown): Scope | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  return Object.values(value).every((part) => typeof part === 'string') ? (value as Scope) : undefined;
}

function rowOf(fields: LedgerLine): LedgerRow {
  const at = Date.parse(fields.at);
  return {
    id: fields.id,
    at: Number.isNaN(at) ? undefined : at,
    who: word(fields['who']),
    region: word(fields['region']),
    target: word(fields['target']) ?? '-',
    screen: word(fields['screen']),
    scope: scopeOf(fields['scope']),
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
