/** The emulator as its own process, for tests that run the program against a real server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repositoryRoot } from './terminal.ts';

export interface EmulatorProcess {
  /** Base URL, on loopback. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** URL of the emulator's own controls. */
  readonly control: string;
  readonly pid: number;
  /** What the program needs in its environment to sign requests. */
  readonly env: Readonly<Record<string, string>>;
  /** What the program needs on its command line to find the emulator. */
  readonly args: readonly string[];
  /** All it has said on stderr so far. */
  log(): string;
  close(): Promise<void>;
}

export interface EmulatorOptions {
  /** Milliseconds until it must be ready; default 20,000: a thousand services take a while on a busy machine. */
  readonly timeout?: number;
  /** The bundle to run; default: dist/emulator.cjs. */
  readonly bundle?: string;
}

/**
 * Starts the emulator on a free port of loopback. Whoever calls this must `close()` it.
 * @param flags its command line, such as `['--services', '100', '--seed', '7']`
 * @throws when it ends or stays silent instead of saying where it listens
 */
export async function startEmulatorProcess(
  flags: readonly string[] = [],
  { timeout = 20_000, bundle = join(repositoryRoot, 'dist', 'emulator.cjs') }: EmulatorOptions = {},
): Promise<EmulatorProcess> {
  // Its stdin stays open as long as this process lives.
  const child = spawn(process.execPath, [bundle, ...flags], { stdio: ['pipe', 'pipe', 'pipe'] });
  const stop = () => void child.kill('SIGKILL');
  process.once('exit', stop);
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  try {
    const said = readReady(await firstLine(child, timeout, () => log));
    return {
      ...said,
      pid: child.pid ?? -1,
      env: { ALIBABA_CLOUD_ACCESS_KEY_ID: said.accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_SECRET: said.accessKeySecret },
      args: ['--endpoint', said.endpoint, '--region', said.region],
      log: () => log,
      async close() {
        process.removeListener('exit', stop);
        await end(child);
      },
    };
  } catch (error) {
    process.removeListener('exit', stop);
    await end(child);
    throw error;
  }
}

async function firstLine(child: ChildProcess, timeout: number, log: () => string): Promise<string> {
  if (!child.stdout) throw new Error('emulator: no stdout');
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    const fail = (what: string) => {
      clearTimeout(timer);
      reject(new Error(`emulator: ${what}\n${log()}`.trimEnd()));
    };
    const timer = setTimeout(() => fail(`said nothing within ${timeout} ms`), timeout);
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) => fail(`ended with ${signal ?? code} before it was ready`));
    lines.once('line', (line) => {
      clearTimeout(timer);
      resolve(line);
    });
  });
}

type Ready = Pick<EmulatorProcess, 'endpoint' | 'region' | 'accessKeyId' | 'accessKeySecret' | 'control'>;

function readReady(line: string): Ready {
  const read = (): Record<string, unknown> => {
    try {
      return JSON.parse(line);
    } catch {
      throw new Error(`emulator: its first line is not JSON: ${line}`);
    }
  };
  const said = read();
  const text = (name: keyof Ready) => {
    const value = said[name];
    if (typeof value !== 'string' || value === '') throw new Error(`emulator: its first line has no ${name}: ${line}`);
    return value;
  };
  return {
    endpoint: text('endpoint'),
    region: text('region'),
    accessKeyId: text('accessKeyId'),
    accessKeySecret: text('accessKeySecret'),
    control: controlOf(said),
  };
}

function controlOf({ control }: Record<string, unknown>): string {
  const url = (control as { url?: unknown } | undefined)?.url;
  if (typeof url !== 'string') throw new Error('emulator: its first line has no control');
  return url;
}

/** Asks, then insists after two seconds. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), 2_000);
  await gone;
  clearTimeout(insist);
}
