import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A simulated PAI-EAS that lives as long as this process. */
export interface Demo {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly oss: { readonly endpoint: string };
  stop(): void;
}

/** Whatever keys are in the environment are none of its business. */
function withoutKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secret = /ALIBABA|ALICLOUD|ALIYUN|ACCESS_?KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.test(name)));
}

/**
 * Starts the emulator as a child. It ends when its standard input does, which the system closes however this process
 * dies. Rejects with a line for people when it does not come up within 10 seconds.
 */
export function startDemo(): Promise<Demo> {
  const child = spawn(process.execPath, [join(__dirname, 'emulator.cjs'), '--exit-with-stdin'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: withoutKeys(process.env),
  });
  child.stdin.on('error', () => undefined);
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-400);
  });
  return new Promise((resolve, reject) => {
    const give = (why: string): void => {
      child.kill();
      reject(new Error(`the demo's emulator did not start: ${why} ${complaint.trim()}`.trim()));
    };
    const timer = setTimeout(() => give('no answer in 10 s'), 10_000);
    child.once('error', (error) => give(error.message));
    child.once('exit', (code) => give(`it ended with code ${code}`));
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve({ ...(JSON.parse(line) as Omit<Demo, 'stop'>), stop: () => void child.kill() });
    });
  });
}
