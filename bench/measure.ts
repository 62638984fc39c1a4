/** What one program in a real terminal costs: its start, its keys, its rest. Times in ms, memory in MB. */
import { performance } from 'node:perf_hooks';
import { cpuMs, residentMb } from '../test/support/process-tree.ts';
import { type LaunchOptions, launch, type Terminal } from '../test/support/terminal.ts';

export interface Spread {
  readonly p50: number;
  readonly p95: number;
}

export interface KeyCost {
  /** From the write of the key to the first and to the last byte of the answer. */
  readonly first: Spread;
  readonly last: Spread;
  /** Bytes of the answer. */
  readonly bytes: Spread;
  /** Keys that nothing answered. */
  readonly unanswered: number;
}

export interface RestCost {
  /** Share of one core, in percent. */
  readonly cpuPercent: number;
  readonly bytesPerSecond: number;
  readonly residentMb: number;
}

export type Milestones = Readonly<Record<string, (terminal: Terminal) => boolean>>;

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95) };
}

/** Starts the program several times; for each milestone, the time from exec until it is on the screen. */
export async function measureStart(
  options: LaunchOptions,
  milestones: Milestones,
  runs: number,
): Promise<Record<string, Spread>> {
  const times = new Map(Object.keys(milestones).map((name) => [name, [] as number[]]));
  for (let run = 0; run < runs; run++) {
    const terminal = await launch(options);
    try {
      for (const [name, reached] of Object.entries(milestones)) {
        await terminal.waitFor(() => reached(terminal), { timeout: 30_000 });
        times.get(name)?.push((terminal.chunks.at(-1)?.at ?? Number.NaN) - terminal.startedAt);
      }
    } finally {
      await terminal.close();
    }
  }
  return Object.fromEntries([...times].map(([name, values]) => [name, spread(values)]));
}

/** Presses the keys one by one, each after the answer to the one before has ended. */
export async function measureKeys(terminal: Terminal, keys: readonly string[]): Promise<KeyCost> {
  const [first, last, bytes]: [number[], number[], number[]] = [[], [], []];
  let unanswered = 0;
  for (const key of keys) {
    await quiet(terminal, 15);
    const before = terminal.chunks.length;
    const pressed = performance.now();
    terminal.key(key);
    const answered = await until(() => terminal.chunks.length > before, 1_000);
    await quiet(terminal, 15);
    const answer = terminal.chunks.slice(before);
    if (!answered) unanswered += 1;
    else {
      first.push((answer[0]?.at ?? Number.NaN) - pressed);
      last.push((answer.at(-1)?.at ?? Number.NaN) - pressed);
      bytes.push(answer.reduce((sum, { data }) => sum + data.length, 0));
    }
  }
  return { first: spread(first), last: spread(last), bytes: spread(bytes), unanswered };
}

/** Leaves the program alone. */
export async function measureRest(terminal: Terminal, ms: number): Promise<RestCost> {
  const { pid } = terminal;
  if (pid === undefined) throw new Error(`the program has ended:\n${terminal.text()}`);
  const [started, cpu, mark] = [performance.now(), cpuMs(pid), terminal.mark()];
  await pause(ms);
  const elapsed = performance.now() - started;
  return {
    cpuPercent: ((cpuMs(pid) - cpu) / elapsed) * 100,
    bytesPerSecond: terminal.since(mark).length / (elapsed / 1_000),
    residentMb: residentMb(pid),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(reached: () => boolean, timeout: number): Promise<boolean> {
  const deadline = performance.now() + timeout;
  while (!reached()) {
    if (performance.now() >= deadline) return false;
    await pause(1);
  }
  return true;
}

/** Until nothing has been printed for so long; a program that never stops is measured all the same. */
async function quiet(terminal: Terminal, ms: number): Promise<void> {
  const started = performance.now();
  await until(() => performance.now() - Math.max(started, terminal.chunks.at(-1)?.at ?? 0) >= ms, 1_000);
}
