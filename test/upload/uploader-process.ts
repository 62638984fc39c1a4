import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, type Plugin } from 'esbuild';
import type { Told } from './uploader.ts';

/** ali-oss never comes to its own HTTP client here, which is more than half of it. */
const noUrllib: Plugin = {
  name: 'no-urllib',
  setup({ onLoad }) {
    const contents = 'module.exports = {};';
    onLoad({ filter: /node_modules\/urllib\/lib\/index\.js$/ }, () => ({ contents, loader: 'js' }));
  },
};

/** Bundles the uploader as the package bundles the program; `whole` with all of ali-oss, which can then work alone. */
export async function bundleUploader(folder: string, whole = false): Promise<string> {
  const outfile = join(folder, 'uploader.cjs');
  await build({
    entryPoints: ['test/upload/uploader.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    plugins: whole ? [] : [noUrllib],
    external: ['proxy-agent'],
    logLevel: 'error',
  });
  return outfile;
}

export interface UploaderProcess {
  child: ChildProcess;
  told: Told[];
  stderr(): string;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export function startUploader(
  bundle: string,
  endpoint: string,
  keys: { accessKeyId: string; accessKeySecret: string },
  more: { path: string; target: string; checkpoints?: string; parallel?: number; peer?: Record<string, unknown> },
  env: Record<string, string> = {},
  /** Blocks of 512 bytes that a file may grow to: a disk that is full before the upload is done. */
  blocks?: number,
): UploaderProcess {
  const args = [process.execPath, bundle, JSON.stringify({ endpoint, ...more })];
  const limited = blocks === undefined ? args : ['sh', '-c', `ulimit -f ${blocks}; exec "$@"`, 'sh', ...args];
  const [command = '', ...rest] = limited;
  const child = spawn(command, rest, {
    env: { ...process.env, ID: keys.accessKeyId, SECRET: keys.accessKeySecret, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const told: Told[] = [];
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  createInterface({ input: child.stdout }).on('line', (line) => told.push(JSON.parse(line)));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { child, told, stderr: () => errors, ended };
}
