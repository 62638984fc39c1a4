import { randomUUID } from 'node:crypto';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { render } from 'ink';
import { type CredentialSource, createClient } from './api/client.ts';
import { createInput } from './keys/input.ts';
import type { Options } from './options.ts';
import { screens } from './screens/index.ts';
import { systemClock } from './state/clock.ts';
import { createCockpit } from './state/cockpit.ts';
import { createLedger } from './state/ledger.ts';
import { Root } from './ui/root.tsx';
import { createPaint } from './ui/theme.ts';

/** Who acts, and where. */
export interface Identity {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: CredentialSource;
}

/** The terminal tells when it gains and loses the focus: nobody looks at a window without it. */
const reportFocus = (on: boolean): string => `\x1b[?1004${on ? 'h' : 'l'}`;

/** How long an ESC waits for the rest of a sequence, milliseconds: slow links need more than the default. */
function escWait(text: string | undefined): number {
  const ms = Number(text);
  return text !== undefined && Number.isFinite(ms) && ms >= 20 && ms <= 2000 ? ms : 100;
}

/** Where the program keeps what it must remember: `$XDG_STATE_HOME/eas-tui`, by default under `~/.local/state`. */
function stateFolder(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_STATE_HOME'];
  return join(base?.startsWith('/') ? base : join(homedir(), '.local/state'), 'eas-tui');
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The composition root: makes every part, wires them, draws, and resolves with the exit code when all is put back. */
export async function runApp(options: Options, identity: Identity, version: string): Promise<number> {
  const { stdout, env } = process;
  const focus = (focused: boolean): void => {
    cockpit.store.setState(({ session }) => ({ session: { ...session, focused } }));
    if (focused) cockpit.refresh();
  };
  const stdin = createInput(process.stdin, {
    escWaitMs: escWait(env['EAS_TUI_ESC_MS']),
    onFocus: focus,
    onEnd: () => leave(129),
  });
  const client = createClient({
    ...identity,
    readOnly: options.readonly,
    allowHttp: options.allowHttp,
    userAgent: `eas-tui/${version}`,
  });
  const ledger = createLedger({
    file: join(stateFolder(env), options.demo ? 'demo-ledger.jsonl' : 'ledger.jsonl'),
    who: client.identity,
    region: identity.region,
    host: hostname(),
    pid: process.pid,
    now: Date.now,
    newId: randomUUID,
    alive,
    status(kept) {
      const { session } = cockpit.store.getState();
      const ledger = kept ? 'on' : 'off';
      if (session.ledger !== ledger) cockpit.store.setState({ session: { ...session, ledger } });
    },
  });
  let exitCode = 0;
  let crash: unknown;
  const leave = (code = 0): void => {
    exitCode = code;
    stdout.write(reportFocus(false));
    app.unmount();
  };
  const cockpit = createCockpit({
    screens,
    client: Object.assign(client, { ledger }),
    clock: systemClock,
    random: Math.random,
    refreshMs: options.refresh * 1000,
    record: ledger.record,
    leave,
    clipboard: (text) => void stdout.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`),
    bell: () => void stdout.write('\x07'),
    session: {
      version,
      region: identity.region,
      endpoint: client.endpoint,
      identity: client.identity,
      readOnly: options.readonly,
      now: Date.now(),
      columns: stdout.columns,
      rows: stdout.rows,
      focused: true,
      pauses: 0,
      pausedByKey: false,
      latency: undefined,
      ledger: 'on',
    },
  });
  const fail = (error: unknown): void => {
    crash = error;
    leave(1);
  };
  // A terminal that went away answers writes with errors; the signal that goes with it ends the program.
  stdout.on('error', () => leave(129));
  process.once('SIGTERM', () => leave(143));
  process.once('SIGHUP', () => leave(129));
  process.once('SIGINT', () => leave(130));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const paint = createPaint({ color: !env['NO_COLOR'], ascii: options.ascii });
  const app = render(<Root cockpit={cockpit} paint={paint} />, {
    stdout,
    stdin,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 60,
    exitOnCtrlC: false,
    patchConsole: true,
    interactive: true,
  });
  stdout.write(reportFocus(true));
  await cockpit.start();
  await app.waitUntilExit().catch(fail);
  stdin.close();
  cockpit.stop();
  await ledger.close().catch(() => undefined);
  await client.close().catch(() => undefined);
  if (crash !== undefined) {
    const what = crash instanceof Error ? (crash.stack ?? crash.message) : String(crash);
    process.stderr.write(`eas-tui ended by an error of its own: ${what}\n`);
  }
  return exitCode;
}
