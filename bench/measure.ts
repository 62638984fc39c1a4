/** What one program in a real terminal costs: its start, its keys, its rest. Times in ms, memory in MB. */
import { performance } from 'node:perf_hooks';
import { cpuMs } from '../test/support/process-tree.ts';
import { type LaunchOptions, launch, type Terminal } from '../test/support/terminal.ts';
import { type Cells, optimalBytes } from './optimal.ts';

export interface Spread {
  readonly p50: number;
  readonly p95: number;
}

export interface KeyCost {
  /** From the write of the key to the last byte of the answer. */
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
}

export interface ChangeCost {
  readonly bytes: number;
  /** The fewest that would have done. */
  readonly optimal: number;
}

export type Milestones = Readonly<Record<string, (terminal: Terminal) => boolean>>;

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95) };
}

/** Starts a program once; for each milestone, the time from exec until it is on the screen. */
export async function timeStart(options: LaunchOptions, milestones: Milestones): Promise<Record<string, number>> {
  const terminal = await launch(options);
  try {
    const times: Record<string, number> = {};
    for (const [name, reached] of Object.entries(milestones)) {
      await terminal.waitFor(() => reached(terminal), { timeout: 60_000 });
      times[name] = (terminal.chunks.at(-1)?.at ?? Number.NaN) - terminal.startedAt;
    }
    return times;
  } finally {
    await terminal.close();
  }
}

/** Presses the keys one by one, each after the answer to the one before has ended. */
export async function measureKeys(terminal: Terminal, keys: readonly string[]): Promise<KeyCost> {
  const [last, bytes]: [number[], number[]] = [[], []];
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
      last.push((answer.at(-1)?.at ?? Number.NaN) - pressed);
      bytes.push(answer.reduce((sum, { data }) => sum + data.length, 0));
    }
  }
  return { last: spread(last), bytes: spread(bytes), unanswered };
}

/** The slowest of some keys, pressed one after the other, each by its median of so many rounds. Milliseconds to the last byte. */
export async function measureSlowest(terminal: Terminal, keys: readonly string[], rounds: number): Promise<number> {
  const times: number[][] = keys.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [place, key] of keys.entries()) times[place]?.push((await measureKeys(terminal, [key])).last.p50);
  }
  return Math.max(...times.map((each) => spread(each).p50));
}

/** The bytes of the change that `change` brings about, and the fewest for what the terminal shows before and after. */
export async function measureChange(terminal: Terminal, change: () => void | Promise<void>): Promise<ChangeCost> {
  await quiet(terminal, 60);
  const [mark, from] = [terminal.mark(), cellsOf(terminal)];
  await change();
  await until(() => terminal.mark() > mark, 5_000);
  await quiet(terminal, 60);
  return { bytes: terminal.since(mark).length, optimal: optimalBytes(from, cellsOf(terminal)) };
}

function cellsOf(terminal: Terminal): Cells {
  return Array.from({ length: terminal.rows }, (_, y) =>
    Array.from({ length: terminal.columns }, (_, x) => terminal.cell(x, y)),
  );
}

/** A key held down: frames a second, and what that costs. */
export async function measureHeld(terminal: Terminal, key: string, { hertz = 30, ms = 2_000 } = {}) {
  const { pid } = terminal;
  if (pid === undefined) throw new Error(`the program has ended:\n${terminal.text()}`);
  await quiet(terminal, 60);
  const [started, cpu, before] = [performance.now(), cpuMs(pid), terminal.chunks.length];
  let presses = 0;
  while (performance.now() - started < ms) {
    terminal.key(key);
    presses += 1;
    await pause(Math.max(0, started + (presses * 1_000) / hertz - performance.now()));
  }
  const elapsed = performance.now() - started;
  const used = cpuMs(pid) - cpu;
  await quiet(terminal, 30);
  // What was read within one frame's time is one frame.
  let frames = 0;
  let at = -Infinity;
  for (const chunk of terminal.chunks.slice(before)) {
    if (chunk.at - at > 8) frames += 1;
    at = chunk.at;
  }
  return { framesPerPress: frames / presses, cpuPercent: (used / elapsed) * 100 };
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
  };
}

export function pause(ms: number): Promise<void> {
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
export async function quiet(terminal: Terminal, ms: number): Promise<void> {
  const started = performance.now();
  await until(() => performance.now() - Math.max(started, terminal.chunks.at(-1)?.at ?? 0) >= ms, 1_000);
}
