import { spawn } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import type { Terminal } from './context.ts';

/** The editor a person has chosen, as a shell would read it, and the variable that says so. */
export function chosenEditor(env: NodeJS.ProcessEnv): { readonly command: string; readonly from: string } {
  for (const from of ['VISUAL', 'EDITOR']) {
    const command = env[from]?.trim();
    if (command) return { command, from: `$${from}` };
  }
  return { command: 'vi', from: 'the default; set $EDITOR for another' };
}

/**
 * Gives the terminal to the person's editor with a file in it. Resolves with what went wrong, else undefined; what the
 * editor wrote into the file is there in either case. Keys that end or stop a job go to the editor alone: whoever waits
 * for an editor that hangs ends it with ctrl-c, at the latest with the third.
 */
export function openEditor(terminal: Terminal, file: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { command, from } = chosenEditor(env);
  return terminal.lend(async () => {
    const wrong = await run(command, file, env);
    // An editor that writes a new file gives it the rights of other files.
    await chmod(file, 0o600).catch(() => undefined);
    return wrong === undefined ? undefined : `the editor ${command} (${from}) ${wrong}`;
  });
}

/** How often ctrl-c is left to an editor that does not end by it. */
const patience = 3;

/** What signs requests is no business of another program, nor of those that it starts. */
function withoutKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const keys = /^(ALIBABA|ALICLOUD|ALIYUN)|ACCESS_?KEY|SECURITY_TOKEN/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !keys.test(name)));
}

async function run(command: string, file: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const restore = deafen();
  try {
    // The shell reads the command as it does for git: with its arguments and quotes.
    const child = spawn('/bin/sh', ['-c', `exec env ${command} "$@"`, 'sh', file], {
      stdio: 'inherit',
      env: withoutKeys(env),
    });
    let interrupts = 0;
    const onInterrupt = (): void => {
      if (++interrupts >= patience) child.kill('SIGKILL');
    };
    process.on('SIGINT', onInterrupt);
    try {
      return await new Promise((resolve) => {
        child.once('error', (error) => resolve(`could not be started: ${error.message}`));
        child.once('exit', (code, signal) => {
          if (signal) resolve(`was ended by ${signal}`);
          else if (code === 127) resolve('was not found; set $VISUAL or $EDITOR to one that is installed');
          else if (code === 126) resolve('cannot be executed; set $VISUAL or $EDITOR to one that can');
          else resolve(code === 0 ? undefined : `ended with code ${code}`);
        });
      });
    } finally {
      process.removeListener('SIGINT', onInterrupt);
    }
  } finally {
    restore();
  }
}

/** While another program has the terminal ctrl-c and ctrl-\ are meant for it: ours would end with it. */
function deafen(): () => void {
  const signals = ['SIGINT', 'SIGQUIT'] as const;
  const ignore = (): void => undefined;
  const before = signals.map((signal) => ({ signal, listeners: process.rawListeners(signal) }));
  for (const signal of signals) {
    process.removeAllListeners(signal);
    process.on(signal, ignore);
  }
  return () => {
    for (const { signal, listeners } of before) {
      process.removeListener(signal, ignore);
      // Wrappers of `once` stay such when they are put back as they were.
      for (const listener of listeners) process.on(signal, listener as NodeJS.SignalsListener);
    }
  };
}
