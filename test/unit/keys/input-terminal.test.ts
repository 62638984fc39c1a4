import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** Tells every key; `e` gives the terminal to a child that reads five of them, as an editor would; `q` ends. */
const program = `
import { spawn } from 'node:child_process';
import { createInput } from './src/keys/input.ts';
const input = createInput(process.stdin);
input.setEncoding('utf8');
const listen = () => {
  let text;
  while ((text = input.read()) !== null) {
    console.log('KEYS' + JSON.stringify(text));
    if (text === 'e') suspend();
    if (text === 'q') { input.close(); console.log('RAW ' + process.stdin.isRaw); }
  }
};
function suspend() {
  input.removeListener('readable', listen);
  input.setRawMode(false);
  input.unref();
  const child = spawn('bash', ['-c', 'echo CHILD-READY; read -r -n 5 keys; echo "CHILD<$keys>"'], { stdio: 'inherit' });
  child.on('close', () => start());
}
function start() {
  input.ref();
  input.setRawMode(true);
  input.on('readable', listen);
  console.log('READY');
}
start();
`;

const folder = mkdtempSync(join(tmpdir(), 'eas-tui-input-'));
const bundle = join(folder, 'program.cjs');
let terminal: IPty | undefined;
let screen = '';

beforeAll(() => {
  buildSync({
    stdin: { contents: program, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    outfile: bundle,
    logLevel: 'error',
  });
});

afterAll(() => {
  terminal?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

async function until(what: string, times = 1): Promise<void> {
  const started = Date.now();
  while (screen.split(what).length <= times) {
    if (Date.now() - started > 10_000) throw new Error(`no ${what} (${times}) on ${JSON.stringify(screen)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('gives a real terminal to a child process, key by key, and takes it back', async () => {
  const process_ = spawn(process.execPath, [bundle], { cols: 80, rows: 24 });
  terminal = process_;
  process_.onData((data) => {
    screen += data;
  });
  const exited = new Promise<number>((resolve) => process_.onExit(({ exitCode }) => resolve(exitCode)));
  await until('READY');
  for (let round = 1; round <= 3; round++) {
    process_.write('e');
    await until('CHILD-READY', round);
    for (const key of 'abcde') {
      process_.write(key);
      // Each key by itself, so that a parent that still reads would get some of them.
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await until('CHILD<abcde>', round);
    await until('READY', 2 * round + 1);
    process_.write('\u001b');
    await new Promise((resolve) => setTimeout(resolve, 60));
    process_.write('[B');
    await until('KEYS"\\u001b[B"', round);
  }
  process_.write('q');
  await until('RAW false');
  expect(await exited).toBe(0);
});
