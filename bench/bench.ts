/** The figures of the whole program against the emulator, each beside its comparator from one and the same run. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type EmulatorProcess, startEmulatorProcess } from '../test/support/emulator.ts';
import { residentMb } from '../test/support/process-tree.ts';
import { type LaunchOptions, launch, repositoryRoot, type Terminal } from '../test/support/terminal.ts';
import { type Figure, type Growth, meetsTarget, type Report, regressions, table, withFigures } from './figures.ts';
import { growthPlot } from './growth.ts';
import {
  type ChangeCost,
  measureChange,
  measureHeld,
  measureKeys,
  measureRest,
  measureSlowest,
  pause,
  quiet,
  type RestCost,
  type Spread,
  spread,
  timeStart,
} from './measure.ts';
import type { PollCost } from './poll.ts';

interface Plan {
  readonly counts: readonly number[];
  readonly starts: number;
  readonly keys: number;
  readonly settleMs: number;
  readonly restMs: number;
  /** Polls after which memory is looked at, where polls are quick. */
  readonly polls: number;
  readonly pollRounds: number;
  readonly letterRounds: number;
}

const size = { cols: 200, rows: 50 };
const full: Plan = {
  counts: [100, 1_000, 10_000, 50_000],
  starts: 15,
  keys: 100,
  settleMs: 20_000,
  restMs: 10_000,
  polls: 100,
  pollRounds: 9,
  letterRounds: 5,
};
const quick: Plan = {
  counts: [100, 1_000],
  starts: 2,
  keys: 10,
  settleMs: 0,
  restMs: 1_000,
  polls: 2,
  pollRounds: 1,
  letterRounds: 1,
};
/** The list that doing nothing is measured with. */
const restServices = 1_000;
const serviceRow = /│ *\S+ .*\b(Running|Waiting|Failed|Stopped|Creating|Pending)\b/;
const place = (name: string): string => join(repositoryRoot, name);

export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      // Takes this run for the one to compare with, and writes it into the documentation.
      update: { type: 'boolean', default: false },
      output: { type: 'string', default: place('bench/latest.json') },
    },
  });
  const report = await measure(values.quick ? quick : full);
  console.log(table(report));
  writeFileSync(values.output, `${JSON.stringify(report, null, 2)}\n`);
  const missed = report.figures.filter((figure) => !meetsTarget(figure)).length;
  console.log(`${report.figures.length - missed} of ${report.figures.length} targets met; all of it: ${values.output}`);
  if (values.quick) return;
  const baseline = place('bench/baseline.json');
  if (values.update) {
    writeFileSync(baseline, `${JSON.stringify(report, null, 2)}\n`);
    const page = place('docs/performance.md');
    writeFileSync(page, withFigures(readFileSync(page, 'utf8'), report));
    writeFileSync(place('docs/growth.svg'), growthPlot(report.growth));
  } else if (existsSync(baseline)) {
    const worse = regressions(report, JSON.parse(readFileSync(baseline, 'utf8')) as Report);
    for (const line of worse) console.log(`worse than the baseline: ${line}`);
    if (worse.length > 0) process.exitCode = 1;
  }
}

async function measure(plan: Plan): Promise<Report> {
  const figures: Figure[] = [];
  const starts = await measureStarts(plan);
  figures.push(...starts.figures);
  const resident = await measureMemory(plan);
  const sessions: Session[] = [];
  for (const count of plan.counts) sessions.push(await measureSession(count, plan));
  const polls = plan.counts.map((count) => measurePoll(count, plan));
  const rival = await measureNative(plan);
  const bare = await measureBare(plan);
  const of = (count: number): Session => sessions[plan.counts.indexOf(count)] ?? (sessions.at(-1) as Session);
  const large = plan.counts.includes(10_000) ? 10_000 : (plan.counts.at(-1) as number);
  const { cursor, changes, held } = of(large);
  figures.push(
    {
      id: 'key.p50',
      what: `key → last byte, ${said(large)} services, p50`,
      value: cursor.p50,
      bare: bare.keys.p50,
      unit: 'ms',
      target: 2,
      slack: 1.6,
    },
    {
      id: 'key.p95',
      what: `key → last byte, ${said(large)} services, p95`,
      value: cursor.p95,
      bare: bare.keys.p95,
      unit: 'ms',
      target: 5,
      slack: 1.8,
    },
  );
  if (rival) {
    figures.push({
      id: 'key.native',
      what: 'key → last byte, p95',
      value: cursor.p95,
      unit: 'ms',
      against: { what: rival.name, value: rival.p95 },
      target: 4,
      slack: 2,
    });
  }
  for (const [name, { bytes, optimal }] of Object.entries(changes)) {
    figures.push({
      id: `bytes.${name}`,
      what: `bytes: ${name}`,
      value: bytes,
      unit: 'bytes',
      against: { what: 'the optimum', value: optimal },
      target: 1.15,
      slack: 1.1,
    });
  }
  const { rest } = of(restServices);
  figures.push(
    {
      id: 'held.frames',
      what: 'held key at 30 Hz, frames a press',
      value: held.framesPerPress,
      unit: 'frames',
      target: 0.97,
      slack: 1.05,
    },
    { id: 'held.cpu', what: 'held key at 30 Hz, CPU', value: held.cpuPercent, unit: '%', target: 15, slack: 1.5 },
    {
      id: 'idle.cpu',
      what: 'idle, 1,000 services, CPU',
      value: rest?.cpuPercent ?? Number.NaN,
      bare: bare.cpuPercent,
      unit: '%',
      target: 1,
      slack: 1.6,
    },
    {
      id: 'idle.bytes',
      what: 'idle, 1,000 services, output',
      value: rest?.bytesPerSecond ?? Number.NaN,
      unit: 'bytes/s',
      target: 200,
      slack: 1.3,
    },
  );
  const poll = polls[plan.counts.indexOf(large)] as PollCost;
  figures.push(
    {
      id: 'poll.cpu',
      what: `poll of ${said(large)}, 1 % changed, CPU beyond receiving`,
      value: poll.changedMs,
      unit: 'ms',
      target: 20,
      slack: 1.5,
    },
    {
      id: 'poll.block',
      what: `poll of ${said(large)}, longest block of the key loop`,
      value: poll.changedBlockMs,
      unit: 'ms',
      target: 8,
      slack: 1.5,
    },
    {
      id: 'poll.official',
      what: `poll of ${said(large)}, CPU`,
      value: poll.pollMs,
      unit: 'ms',
      against: { what: 'the official client', value: poll.officialMs },
      target: 0.5,
      slack: 1.3,
    },
  );
  for (const [count, target] of [
    [10_000, 5],
    [50_000, 16],
  ] as const) {
    if (plan.counts.includes(count))
      figures.push({
        id: `filter.${count}`,
        what: `filter key → last byte, ${said(count)} rows`,
        value: of(count).filterMs,
        unit: 'ms',
        target,
        slack: 1.6,
      });
  }
  for (const [count, target] of [
    [100, 95],
    [1_000, 105],
    [10_000, 150],
    [50_000, 350],
  ] as const) {
    const value = resident.get(count) ?? sessions[plan.counts.indexOf(count)]?.residentMb;
    if (value)
      figures.push({
        id: `rss.${count}`,
        what: `memory, ${said(count)} services`,
        value,
        unit: 'MB',
        target,
        slack: 1.15,
      });
  }
  const growth = plan.counts.map((services, index): Growth => {
    const session = sessions[index] as Session;
    return {
      services,
      residentMb: resident.get(services) ?? session.residentMb,
      keyMs: session.cursor.p50,
      keyBytes: session.cursorBytes,
      firstFilterMs: session.firstFilterMs,
      filterMs: session.filterMs,
      pollMs: polls[index]?.pollMs ?? Number.NaN,
    };
  });
  return {
    node: process.versions.node,
    cores: availableParallelism(),
    size: `${size.cols}x${size.rows}`,
    nodeMs: starts.nodeMs,
    figures,
    growth,
  };
}

const said = (count: number): string => count.toLocaleString('en');

function fleet(services: number): Promise<EmulatorProcess> {
  return startEmulatorProcess(['--services', String(services), '--seed', '1'], { timeout: 120_000 });
}

const program = ({ args, env }: EmulatorProcess, ...more: string[]): LaunchOptions => ({
  command: [process.execPath, place('bin/eas-tui')],
  args: [...args, ...more],
  env,
  ...size,
});

/** In turns, so that whatever else the machine does falls on both alike. */
async function measureStarts({ starts }: Plan): Promise<{ nodeMs: number; figures: Figure[] }> {
  const emulator = await fleet(100);
  const [node, skeleton, rows]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let run = 0; run <= starts; run++) {
      const plain = await timeStart(
        { command: [process.execPath, '-e', 'console.log(1)'], ...size },
        { printed: ({ chunks }) => chunks.length > 0 },
      );
      const own = await timeStart(program(emulator), {
        skeleton: (terminal) => terminal.altScreen && terminal.text().trim() !== '',
        rows: (terminal) => serviceRow.test(terminal.text()),
      });
      // The first of each reads its files from the disk.
      if (run === 0) continue;
      node.push(plain['printed'] ?? Number.NaN);
      skeleton.push(own['skeleton'] ?? Number.NaN);
      rows.push(own['rows'] ?? Number.NaN);
    }
  } finally {
    await emulator.close();
  }
  const against = { what: "node -e 'console.log(1)'", value: spread(node).p50 };
  return {
    nodeMs: against.value,
    figures: [
      {
        id: 'start.skeleton',
        what: 'exec → skeleton',
        value: spread(skeleton).p50,
        unit: 'ms',
        against,
        target: 1.2,
        slack: 1.15,
      },
      {
        id: 'start.rows',
        what: 'exec → first rows, 100 services',
        value: spread(rows).p50,
        unit: 'ms',
        against,
        target: 5,
        slack: 1.25,
      },
    ],
  };
}

/** Memory after many polls; both at once, since nothing is timed. */
async function measureMemory({ counts, polls }: Plan): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  await Promise.all(
    // Longer lists are read as often as the service allows, which is once in minutes.
    counts
      .filter((count) => count <= 1_000)
      .map(async (count) => {
        const emulator = await fleet(count);
        try {
          const terminal = await launch(program(emulator, '--refresh', '0.5'));
          try {
            await terminal.waitFor(serviceRow, { timeout: 60_000 });
            for (let poll = 0; poll < polls; poll++) {
              terminal.key('ctrl-r');
              await pause(500);
            }
            found.set(count, residentMb(terminal.pid ?? 0));
          } finally {
            await terminal.close();
          }
        } finally {
          await emulator.close();
        }
      }),
  );
  return found;
}

interface Session {
  readonly cursor: Spread;
  readonly cursorBytes: number;
  /** The slowest of the very first letters that are typed into a filter, and of the same later. */
  readonly firstFilterMs: number;
  readonly filterMs: number;
  readonly changes: Readonly<Record<string, ChangeCost>>;
  readonly held: { readonly framesPerPress: number; readonly cpuPercent: number };
  readonly rest: RestCost | undefined;
  readonly residentMb: number;
}

/** One program over one fleet: keys and bytes with polling at rest, then polling alone, then memory. */
async function measureSession(services: number, plan: Plan): Promise<Session> {
  const emulator = await fleet(services);
  try {
    const terminal = await launch(program(emulator));
    try {
      const shown = (): number => Number(/\[([\d,]+)\]/.exec(terminal.text())?.[1]?.replaceAll(',', ''));
      // One or another name may be made up twice.
      await terminal.waitFor(() => shown() >= services * 0.999, { timeout: 120_000 });
      const rest = services === restServices ? await measureSettled(terminal, plan) : undefined;
      // Longer lists than that are not read again within minutes, whoever asks.
      for (let read = 0; read < (services === 10_000 ? 3 : 0); read++) await refresh(terminal, 10);
      const resident = residentMb(terminal.pid ?? 0);
      // From here on nothing is read: what is measured is what the key does.
      terminal.key('p');
      await quiet(terminal, 200);
      // Code that keys run often is compiled by then.
      await measureKeys(
        terminal,
        Array.from({ length: plan.keys }, (_, n) => (n % 2 ? 'up' : 'down')),
      );
      const cursor = await measureKeys(terminal, zigzag(plan.keys));
      const changes = await measureChanges(terminal, services);
      const held = await measureHeld(terminal, 'down');
      terminal.key('home', '/');
      await terminal.waitFor('<esc> cancel');
      await pause(500);
      const letters = ['s', 'e', 'backspace', 'r', 'a', 'backspace', 'backspace', 'backspace'];
      const first = await measureKeys(terminal, letters);
      const filterMs = await measureSlowest(terminal, letters, plan.letterRounds);
      return {
        cursor: cursor.last,
        cursorBytes: cursor.bytes.p50,
        firstFilterMs: first.last.p95,
        filterMs,
        changes,
        held,
        rest,
        residentMb: resident,
      };
    } finally {
      await terminal.close();
    }
  } finally {
    await emulator.close();
  }
}

/** Of doing nothing: what is loaded and compiled after the first rows is no part of it. */
async function measureSettled(terminal: Terminal, { settleMs, restMs }: Plan): Promise<RestCost> {
  await pause(settleMs);
  return measureRest(terminal, restMs);
}

/** Down and up again, within what is shown. */
const zigzag = (keys: number): string[] =>
  Array.from({ length: keys }, (_, n) => (Math.floor(n / 20) % 2 === 0 ? 'down' : 'up'));

/** Reads all anew. Rows are as old as the question for them, so what tells of an answer is that they get younger. */
async function refresh(terminal: Terminal, old: number): Promise<void> {
  const age = (): number => Number(/services (\d+)s ✓/.exec(terminal.text())?.[1] ?? Number.NaN);
  await terminal.waitFor(() => age() >= old, { timeout: 90_000 });
  terminal.key('ctrl-r');
  await terminal.waitFor(() => age() < old, { timeout: 60_000 });
}

async function measureChanges(terminal: Terminal, services: number): Promise<Record<string, ChangeCost>> {
  terminal.key('home');
  const press = (key: string) => () => terminal.key(key);
  await measureChange(terminal, press('down'));
  const cursor = await measureChange(terminal, press('down'));
  const ages = await measureChange(terminal, () => undefined);
  const page = await measureChange(terminal, press('y'));
  terminal.key('esc');
  await quiet(terminal, 60);
  const shown = terminal.screen().filter((line) => serviceRow.test(line)).length;
  if (services > shown + 3) {
    terminal.key(`down*${shown}`);
    await quiet(terminal, 200);
  }
  const scroll = await measureChange(terminal, press('down'));
  return { cursor, ages, switch: page, scroll };
}

/** What reading costs without a screen, in a process of its own that is bundled as the program is. */
function measurePoll(services: number, { pollRounds }: Plan): PollCost {
  const rounds = services > 10_000 ? Math.min(2, pollRounds) : pollRounds;
  const said = execFileSync(
    process.execPath,
    [place('bench/poll.mjs'), '--services', String(services), '--rounds', String(rounds)],
    { cwd: repositoryRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return JSON.parse(said) as PollCost;
}

/** A program of Node.js that writes a letter for each key and each second, and nothing else. */
async function measureBare(plan: Plan): Promise<{ keys: Spread; cpuPercent: number }> {
  const script = `process.stdin.setRawMode(true);
process.stdin.on('data', () => process.stdout.write('x'));
setInterval(() => process.stdout.write('.'), 1_000);`;
  const terminal = await launch({ command: [process.execPath, '-e', script], ...size });
  try {
    await terminal.waitFor('.');
    const { cpuPercent } = await measureRest(terminal, plan.restMs);
    await measureKeys(terminal, zigzag(plan.keys));
    const { last } = await measureKeys(terminal, zigzag(plan.keys));
    return { keys: last, cpuPercent };
  } finally {
    await terminal.close();
  }
}

/** A native program doing a like thing; undefined with a word where there is none. */
async function measureNative({ keys }: Plan): Promise<{ name: string; p95: number } | undefined> {
  if (commandExists('htop')) {
    const terminal = await launch({ command: ['htop'], ...size });
    try {
      await terminal.waitFor('PID');
      return { name: 'htop', p95: (await measureKeys(terminal, zigzag(keys))).last.p95 };
    } finally {
      await terminal.close();
    }
  }
  if (!commandExists('less')) {
    console.log('neither htop nor less is installed: keys are not compared with a native program');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'lines');
  writeFileSync(
    file,
    Array.from({ length: 1_000 }, (_, n) => `${`service_${n} Running `.padEnd(180, 'x')}\n`).join(''),
  );
  const terminal = await launch({ command: ['less', file], ...size, env: { LESSHISTFILE: '-' } });
  try {
    await terminal.waitFor('service_48');
    return { name: 'less', p95: (await measureKeys(terminal, Array(keys).fill('j'))).last.p95 };
  } finally {
    await terminal.close();
    rmSync(folder, { recursive: true });
  }
}

function commandExists(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
