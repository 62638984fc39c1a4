import { createInput } from './keys/input.ts';
import type { Options } from './options.ts';
import { type Identity, openSession, type Session } from './session.ts';
import type { Place } from './state/cockpit.ts';
import { mount } from './ui/mount.tsx';
import { type Glyphs, glyphsOf } from './ui/theme.ts';

/** Other identities and regions to go to. */
export interface Atlas {
  contexts(): Promise<readonly Place[]>;
  regions(now: Identity): readonly Place[];
  /** Finds out who acts there. Rejects with what is missing. */
  go(place: Place, now: Identity): Promise<Identity>;
}

/** The terminal tells when it gains and loses the focus: nobody looks at a window without it. */
const reportFocus = (on: boolean): string => `\x1b[?1004${on ? 'h' : 'l'}`;

/** Writes a sign of a frame, asks where the cursor is then, and takes the sign away again. */
const askWidth = '\r─\x1b[6n\r\x1b[K';

/** The composition root: makes every part, wires them, draws, and resolves with the exit code when all is put back. */
export async function runApp(options: Options, first: Identity, atlas: Atlas, version: string): Promise<number> {
  const { stdout, env } = process;
  let exitCode = 0;
  let crash: unknown;
  let leaving = false;
  const leave = (code = 0): void => {
    // Putting a terminal back that is gone fails again: once is enough.
    if (leaving) return;
    leaving = true;
    exitCode = code;
    ui.screen.control(reportFocus(false));
    ui.unmount();
  };
  const stdin = createInput(process.stdin, {
    escWaitMs: options.escMs,
    onFocus(focused) {
      session.cockpit.store.setState((state) => ({ session: { ...state.session, focused } }));
      if (focused) session.cockpit.refresh();
    },
    onEnd: () => leave(129),
    onReport(sequence) {
      if (ui.screen.report(sequence)) return;
      // The cursor is in column 3 after one sign: this terminal draws the signs of frames two cells wide.
      if (glyphs !== 'all' || !/^\x1b\[\d+;3R$/.test(sequence)) return;
      glyphs = 'narrow';
      ui.look({ color, glyphs });
    },
  });
  /** Ink puts the terminal back, hands it over, and draws everything anew when it has it again. */
  async function lend<T>(task: () => Promise<T>): Promise<T> {
    ui.screen.control(reportFocus(false));
    session.cockpit.pause(1);
    try {
      return await ui.lend(task);
    } finally {
      session.cockpit.pause(-1);
      // A signal may have ended the program meanwhile: what is left of the terminal is the shell's then.
      if (!leaving) ui.screen.control(reportFocus(true));
    }
  }
  const surroundings = {
    options,
    version,
    env,
    leave,
    clipboard: (text: string) => ui.screen.control(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`),
    bell: () => ui.screen.control('\x07'),
    terminal: {
      lend,
      repaint: async () => ui.screen.repaint(),
      suspend: () =>
        lend(
          () =>
            new Promise<void>((resolve) => {
              process.once('SIGCONT', () => {
                // The window may have changed meanwhile, which only the shell was told.
                process.kill(process.pid, 'SIGWINCH');
                resolve();
              });
              // The whole job stops, as the shell expects: a launcher or npm may be the one it watches.
              process.kill(0, 'SIGTSTP');
            }),
        ),
    },
    places: {
      contexts: () => atlas.contexts(),
      regions: () => atlas.regions(session.identity),
      go: (place: Place) => goTo(place),
    },
  };
  const open = (identity: Identity): Session => openSession(identity, surroundings);
  const color = !env['NO_COLOR'];
  let glyphs: Glyphs = options.ascii ? 'ascii' : glyphsOf(env);
  /** The present session stays until the next one is there; when it cannot be had, nothing changes. */
  const goTo = async (place: Place): Promise<void> => {
    const next = open(await atlas.go(place, session.identity));
    const old = session;
    session = next;
    ui.show(session.cockpit);
    await Promise.all([session.cockpit.start(), old.close()]);
  };
  const fail = (error: unknown): void => {
    crash = error;
    leave(1);
  };
  let session = open(first);
  // A terminal that went away answers writes with errors; the signal that goes with it ends the program.
  stdout.on('error', () => leave(129));
  // Not once: where no listener is left Ink ends the process by the signal, before what is under way has been kept.
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const) {
    process.on(signal, () => {
      leave(code);
      setTimeout(() => process.exit(code), 3_000).unref();
    });
  }
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  stdin.setRawMode(true);
  if (glyphs === 'all') stdout.write(askWidth);
  const ui = mount({ cockpit: session.cockpit, looks: { color, glyphs }, stdin, stdout });
  // Stopped and continued by somebody else, it comes back to a terminal on which others have written.
  process.on('SIGCONT', () => ui.screen.repaint());
  ui.screen.control(reportFocus(true));
  await session.cockpit.start();
  await ui.gone.catch(fail);
  stdin.close();
  await session.close();
  if (crash !== undefined) {
    const what = crash instanceof Error ? (crash.stack ?? crash.message) : String(crash);
    process.stderr.write(`eas-tui ended by an error of its own: ${what}\n`);
  }
  return exitCode;
}
