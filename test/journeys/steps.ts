/** What a user does and sees, in the user's words. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { type LaunchOptions, launch, repositoryRoot, type Terminal } from '../support/terminal.ts';

/** One request as the emulator's log has it. */
export interface Asked {
  readonly operation: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly requestId: string;
}

/** A PAI-EAS in a process of its own, steered from outside. */
export interface Fleet {
  readonly endpoint: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** What it was asked so far, oldest first; of one operation if named. */
  asked(operation?: string): Promise<Asked[]>;
  /** What it was asked that is not a read. */
  written(): Promise<Asked[]>;
  /** Switches on exactly these faults; none ends all trouble. */
  trouble(...faults: string[]): Promise<void>;
  /** PUT or POST to a path of its control. */
  control(method: string, path: string, body: object): Promise<void>;
  close(): Promise<void>;
}

/** Starts a PAI-EAS from the bundle. Whoever calls this must `close()` it. */
export async function startFleet(...flags: string[]): Promise<Fleet> {
  const bundle = join(repositoryRoot, 'dist', 'emulator.cjs');
  // With its standard input it ends, also when this process is killed.
  const child = spawn(process.execPath, [bundle, '--exit-with-stdin', '--strict', ...flags], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject).once('close', (code) => reject(new Error(`the emulator ended with ${code}`)));
  });
  const said = JSON.parse(line) as {
    endpoint: string;
    region: string;
    accessKeyId: string;
    accessKeySecret: string;
    control: { url: string };
  };
  const control = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${said.control.url}/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const asked = async (operation?: string): Promise<Asked[]> => {
    const { requests } = (await control('GET', 'requests')) as { requests: Asked[] };
    return operation === undefined ? requests : requests.filter((each) => each.operation === operation);
  };
  return {
    endpoint: said.endpoint,
    env: { ALIBABA_CLOUD_ACCESS_KEY_ID: said.accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_SECRET: said.accessKeySecret },
    args: ['--endpoint', said.endpoint, '--region', said.region],
    asked,
    written: async () => (await asked()).filter(({ method }) => method !== 'GET'),
    trouble: async (...faults) => void (await control('PUT', 'faults', { faults })),
    control: async (method, path, body) => void (await control(method, path, body)),
    async close() {
      child.kill();
      await ended;
    },
  };
}

/** Opens eas-tui in a terminal of 80x24 and closes it with the test. */
export async function open({
  on,
  args = [],
  env = {},
  ...options
}: LaunchOptions & { readonly on?: Fleet } = {}): Promise<Terminal> {
  const terminal = await launch({
    ...options,
    args: [...(on?.args ?? []), ...args],
    env: { ...on?.env, ...env },
  });
  onTestFinished(() => terminal.close());
  return terminal;
}

/** Opens it and waits for the services, read just now, and for the keys that write: they wait for new rows to settle. */
export async function openServices(options: Parameters<typeof open>[0] = {}): Promise<Terminal> {
  const terminal = await open(options);
  // With --readonly no such key shows up: there a second of age tells.
  const settled = options.args?.includes('--readonly') ? /services [123]s ✓/ : /<\+>/;
  await terminal.waitFor((screen) => fresh.test(screen) && settled.test(screen), { timeout: 15_000 });
  return terminal;
}

/** The header says that the services were read just now, in whole. */
export const fresh = /services [0-3]s ✓/;

/** The line of the screen that the cursor is on; '' when there is none. */
export function underCursor(terminal: Terminal): string {
  const lines = terminal.screen();
  // The cursor's row is shown inverse from its first cell, right of the frame and the place for marks.
  return lines.find((line, y) => /^│/.test(line) && terminal.cell(2, y).inverse) ?? '';
}

/** The line that shows an object; '' when none does. */
export function rowOf(terminal: Terminal, name: string): string {
  return terminal.screen().find((line) => new RegExp(`^[│|][^\\w]*${name}(?![\\w])`).test(line)) ?? '';
}

/** Moves the cursor to an object that is on the screen. */
export async function moveTo(terminal: Terminal, name: string): Promise<void> {
  await terminal.waitFor(() => rowOf(terminal, name) !== '' && underCursor(terminal) !== '');
  const lines = terminal.screen();
  const away = lines.indexOf(rowOf(terminal, name)) - lines.indexOf(underCursor(terminal));
  if (away !== 0) terminal.key(`${away > 0 ? 'down' : 'up'}*${Math.abs(away)}`);
  await terminal.waitFor(() => underCursor(terminal).includes(name));
}

/** Presses a key as soon as the header offers it: just after rows were exchanged, keys that write do nothing. */
export async function pressWhenOn(terminal: Terminal, key: string): Promise<void> {
  await terminal.waitFor(`<${key}> `);
  terminal.key(key);
}

/** Whether a button of the dialog is in focus: it is shown inverse. */
export function focused(terminal: Terminal, button: string): boolean {
  const y = terminal.screen().findIndex((line) => line.includes(' Cancel '));
  const x = terminal.line(y).indexOf(` ${button}`);
  return y >= 0 && x >= 0 && terminal.cell(x + 1, y).inverse;
}

/** Types a command line and runs it. On a large screen its sign stands right of what is said of the context. */
export async function command(terminal: Terminal, line: string): Promise<void> {
  terminal.key(':');
  await terminal.waitFor(/(^| ):$/m);
  terminal.type(line);
  await terminal.waitFor(`:${line}`);
  terminal.key('enter');
}

/** The record of what was sent, as the file has it. */
export function ledger(terminal: Terminal): Record<string, unknown>[] {
  const file = join(terminal.home, '.local/state/eas-tui/ledger.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
