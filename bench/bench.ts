/** The figures of the whole program against the emulator, beside programs everybody knows, from one and the same run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmulatorProcess } from '../test/support/emulator.ts';
import { type LaunchOptions, launch, repositoryRoot } from '../test/support/terminal.ts';
import { measureKeys, measureRest, measureStart, type Spread } from './measure.ts';
import { type Figures, printTable } from './print-table.ts';

interface Plan {
  readonly runs: number;
  readonly keys: number;
  readonly restMs: number;
}

const size = { cols: 200, rows: 50 };
const full: Plan = { runs: 9, keys: 100, restMs: 10_000 };
const quick: Plan = { runs: 2, keys: 20, restMs: 1_000 };
const serviceRow = /│ *\S+ .*\b(Running|Waiting|Failed|Stopped|Creating|Pending)\b/;

export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      services: { type: 'string', default: '100,1000' },
      quick: { type: 'boolean', default: false },
      // Something built elsewhere, to compare two builds.
      program: { type: 'string', default: join(repositoryRoot, 'bin', 'eas-tui') },
      emulator: { type: 'string', default: join(repositoryRoot, 'dist', 'emulator.cjs') },
      output: { type: 'string', default: join(repositoryRoot, 'bench', 'latest.json') },
    },
  });
  const plan = values.quick ? quick : full;
  const figures: Figures[] = [await measureNode(plan)];
  if (commandExists('less')) figures.push(await measureLess(plan));
  else console.log('less is not installed: left out');
  for (const services of values.services.split(',').map(Number)) {
    figures.push(await measureProgram(values.program, values.emulator, services, plan));
  }
  console.log(`${size.cols}x${size.rows}, Node.js ${process.versions.node}, ${availableParallelism()} cores`);
  printTable(figures);
  const report = {
    at: new Date().toISOString(),
    node: process.versions.node,
    cores: availableParallelism(),
    size,
    figures,
  };
  writeFileSync(values.output, `${JSON.stringify(report, null, 2)}\n`);
}

async function measureNode({ runs }: Plan): Promise<Figures> {
  const command = [process.execPath, '-e', 'console.log(1)'];
  const { firstFrame } = await measureStart(
    { command, ...size },
    { firstFrame: ({ chunks }) => chunks.length > 0 },
    runs,
  );
  return { program: "node -e 'console.log(1)'", firstFrame: known(firstFrame) };
}

async function measureLess({ runs, keys, restMs }: Plan): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'lines');
  const line = (n: number) => `service_${n} Running ${n % 7}/${n % 7} `.padEnd(180, 'x');
  writeFileSync(file, Array.from({ length: 1_000 }, (_, n) => `${line(n)}\n`).join(''));
  const options: LaunchOptions = { command: ['less', file], ...size, env: { LESSHISTFILE: '-' } };
  const shown = (screen: string) => screen.includes('service_48');
  try {
    const { firstFrame } = await measureStart(options, { firstFrame: (terminal) => shown(terminal.text()) }, runs);
    const terminal = await launch(options);
    try {
      await terminal.waitFor(shown);
      const scroll = await measureKeys(terminal, Array(keys).fill('j'));
      return {
        program: 'less, 1000 lines',
        firstFrame: known(firstFrame),
        scroll,
        rest: await measureRest(terminal, restMs),
      };
    } finally {
      await terminal.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureProgram(bundle: string, emulatorBundle: string, services: number, plan: Plan): Promise<Figures> {
  const emulator = await startEmulatorProcess(['--services', String(services), '--seed', '1'], {
    bundle: emulatorBundle,
  });
  const options: LaunchOptions = {
    command: [process.execPath, bundle],
    args: emulator.args,
    env: emulator.env,
    ...size,
  };
  const rowsShown = (screen: string) => screen.includes('services(') && serviceRow.test(screen);
  try {
    const start = await measureStart(
      options,
      {
        firstFrame: (terminal) => terminal.altScreen && terminal.text().trim() !== '',
        firstRows: (terminal) => rowsShown(terminal.text()),
      },
      plan.runs,
    );
    const terminal = await launch(options);
    try {
      await terminal.waitFor(rowsShown);
      const rest = await measureRest(terminal, plan.restMs);
      const shownRows = terminal.screen().filter((line) => serviceRow.test(line)).length;
      // To and fro within the window, then from its last row on.
      const there = Math.max(1, Math.min(shownRows - 2, plan.keys / 2));
      const moves = Array.from({ length: plan.keys }, (_, n) => (Math.floor(n / there) % 2 === 0 ? 'down' : 'up'));
      const cursor = await measureKeys(terminal, moves);
      await measureKeys(terminal, ['home', ...Array(shownRows).fill('down')]);
      const scroll = await measureKeys(terminal, Array(Math.min(plan.keys, services - shownRows - 1)).fill('down'));
      return {
        program: `eas-tui, ${services} services`,
        firstFrame: known(start.firstFrame),
        firstRows: known(start.firstRows),
        cursor,
        scroll,
        rest,
      };
    } finally {
      await terminal.close();
    }
  } finally {
    await emulator.close();
  }
}

function known(spread: Spread | undefined): Spread {
  if (!spread) throw new Error('a milestone was not measured');
  return spread;
}

function commandExists(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
