import { randomUUID } from 'node:crypto';
import { link, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { isRecord } from '../read.ts';

/** Who sends something now. */
export interface Holder {
  host: string;
  pid: number;
  /** When the process began, as its system counts: numbers of processes are used again. */
  began: string | undefined;
  /** Tells one holding from every other. */
  token: string;
}

/** A process elsewhere shows that it lives by touching its lock; milliseconds. */
const beat = { every: 15_000, dead: 90_000 };

/** The time a process of this machine began, in ticks since the machine did; undefined when it does not tell, or is dead. */
async function beginning(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, in parentheses, may hold anything; the 20th field after it is the one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // Dead, but nobody has taken note: in a container whose first process never does it stays like this for good.
  return /^[ZXx]$/.test(fields[0] ?? '') ? undefined : fields[19];
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isRecord(value)) return undefined;
    const { host, pid, began, token } = value;
    if (typeof host !== 'string' || !Number.isSafeInteger(pid) || typeof token !== 'string') return undefined;
    return { host, pid: pid as number, began: typeof began === 'string' ? began : undefined, token };
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Who holds a lock, if that process is alive still. One that is stopped (ctrl-z) is alive. */
export async function holderOf(file: string): Promise<Holder | undefined> {
  const holder = await readHolder(file);
  if (!holder) return undefined;
  if (holder.host === hostname()) {
    return exists(holder.pid) && (await beginning(holder.pid)) === holder.began ? holder : undefined;
  }
  // What another machine does cannot be seen from here, but for its touching of the lock.
  const touched = await stat(file).catch(() => undefined);
  return touched && Date.now() - touched.mtimeMs < beat.dead ? holder : undefined;
}

/**
 * Takes a lock: a file that comes to be whole or not at all. Gives what lets go of it, or the one who has it. A lock that
 * a dead process left is taken over. Rejects when no lock can be made there.
 */
export async function takeLock(file: string): Promise<(() => Promise<void>) | Holder> {
  const { pid } = process;
  const own: Holder = { host: hostname(), pid, began: await beginning(pid), token: randomUUID() };
  const mine = `${file}.${own.token}.tmp`;
  try {
    const handle = await open(mine, 'wx', 0o600);
    await handle.writeFile(JSON.stringify(own)).finally(() => handle.close());
    for (;;) {
      try {
        await link(mine, file);
        return keepUp(file, own);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await holderOf(file);
      if (holder) return holder;
      await clearAway(file, mine);
    }
  } finally {
    await rm(mine, { force: true }).catch(() => {});
  }
}

/** How long taking a dead lock away may last; whoever takes longer is dead too. Milliseconds. */
const clearing = { most: 10_000, look: 20 };

/** Takes away what a dead process left; one at a time, or a lock made meanwhile would be taken away with it. */
async function clearAway(file: string, mine: string): Promise<void> {
  const guard = `${file}.clearing`;
  try {
    await link(mine, guard);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const other = await stat(guard).catch(() => undefined);
    if (other && Date.now() - other.ctimeMs > clearing.most) await rm(guard, { force: true });
    await setTimeout(clearing.look);
    return;
  }
  try {
    if (!(await holderOf(file))) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

function keepUp(file: string, { token }: Holder): () => Promise<void> {
  const timer = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, beat.every);
  timer.unref();
  return async () => {
    clearInterval(timer);
    if ((await readHolder(file))?.token === token) await rm(file, { force: true }).catch(() => {});
  };
}
