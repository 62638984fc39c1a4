/** Processes as /proc tells of them (Linux): who belongs to a run, what they cost. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // Gone meanwhile, or somebody else's.
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** All live processes with `marker` (`NAME=value`) in the environment they were started with. Children keep it. */
export function processesMarked(marker: string): ProcessInfo[] {
  const found: ProcessInfo[] = [];
  for (const name of list('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    if (!read(`/proc/${name}/environ`)?.split('\0').includes(marker)) continue;
    const stat = read(`/proc/${name}/stat`);
    if (!stat) continue;
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') continue;
    const command = read(`/proc/${name}/cmdline`)?.replaceAll('\0', ' ').trim() ?? '';
    found.push({ pid: Number(name), parent: Number(parent), command });
  }
  return found;
}

/** Sends SIGKILL; a process that is gone already is no error. */
export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Milliseconds of CPU the living threads of a process have had since it started; 0 when it is gone. */
export function cpuMs(pid: number): number {
  let nanoseconds = 0;
  for (const thread of list(`/proc/${pid}/task`)) {
    nanoseconds += Number(read(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0] ?? 0);
  }
  return nanoseconds / 1e6;
}

/** Resident memory of a process in MB (10^6 bytes); 0 when it is gone. */
export function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return (Number(kilobytes ?? 0) * 1024) / 1e6;
}
