import { setTimeout as wait } from 'node:timers/promises';
import { createInput } from './keys/input.ts';
import type { Options } from './options.ts';
import { type Identity, openSession, type Session } from './session.ts';
import type { Launched } from './start.ts';
import type { Cockpit, Place } from './state/cockpit.ts';
import { looksOf } from './takeover.ts';
import type { Mounted } from './ui/mount.tsx';
import { takeOutput } from './ui/screen/own-output.ts';
import { MARK_PASTES, TIDY } from './ui/screen/sequences.ts';
import { openStage, type Stage } from './ui/stage.ts';

/** Other identities and regions to go to. */
export interface Atlas {
  contexts(): Promise<readonly Place[]>;
  regions(now: Identity): readonly Place[];
  /** Finds out who acts there. Rejects with what is missing. */
  go(place: Place, now: Identity): Promise<Identity>;
}

/** How long keys wait for the first rows, milliseconds: where the service is far away they are read before. */
const patience = 40;

/** The terminal tells when it gains and loses the focus: nobody looks at a window without it. */
const reportFocus = (on: boolean): string => `\x1b[?1004${on ? 'h' : 'l'}`;

/**
 * Writes a sign of a frame, asks where the cursor is then, and takes the sign away again: some terminals draw it two
 * cells wide. In the first row, which is still empty.
 */
const askWidth = '\x1b[H─\x1b[6n\r\x1b[K';

/** The composition root: makes every part, wires them, draws, and resolves with the exit code when all is put back. */
export async function runApp(
  first: Identity,
  atlas: Atlas,
  options: Options,
  { version, takeover, keepCode }: Launched,
): Promise<number> {
  const { env } = process;
  let stage: Stage | undefined;
  let ui: Mounted | undefined;
  const closed = Promise.withResolvers<void>();
  let exitCode = 0;
  let crash: unknown;
  let leaving = false;
  const leave = (code = 0, { gone = false } = {}): void => {
    // Putting a terminal back that is gone fails again: once is enough.
    if (leaving) return;
    leaving = true;
    exitCode = code;
    const unmount = (): void => {
      stage?.screen.control(reportFocus(false));
      if (ui) ui.unmount();
      else stage?.close();
      closed.resolve();
    };
    if (gone) return unmount();
    // What is typed now was not meant for what is going.
    stdin.mute(true);
    void stage?.screen.quiet().then(unmount);
  };
  const stdin = createInput(process.stdin, {
    escWaitMs: options.escMs,
    typedAhead: true,
    onFocus(focused) {
      session.cockpit.store.setState((state) => ({ session: { ...state.session, focused } }));
      if (focused) session.cockpit.refresh();
    },
    onEnd: () => leave(129, { gone: true }),
    onReport(sequence) {
      if (stage?.screen.report(sequence)) return;
      // The cursor is in column 3 after one sign: this terminal draws the signs of frames two cells wide.
      if (looks.glyphs !== 'all' || !/^\x1b\[\d+;3R$/.test(sequence)) return;
      looks = { ...looks, glyphs: 'narrow' };
      (ui ?? stage)?.look(looks);
    },
  });
  /** Settles when whoever has the terminal has given it back. */
  let lent: Promise<void> | undefined;
  /** One after the other: two keys that arrive together may both want to give it away. */
  async function lend<T>(task: () => Promise<T>): Promise<T> {
    while (lent) await lent;
    const turn = lendNow(task);
    const done = (): void => {
      lent = undefined;
    };
    lent = turn.then(done, done);
    return turn;
  }
  /** Ink puts the terminal back, hands it over, and draws everything anew when it has it again. */
  async function lendNow<T>(task: () => Promise<T>): Promise<T> {
    if (!ui || !stage) throw new Error('the screen is not drawn yet');
    const { screen } = stage;
    screen.control(reportFocus(false));
    session.cockpit.pause(1);
    stdin.mute(true);
    // Who has the terminal stops the whole job; this process with it, or the shell would not see it stop.
    process.off('SIGTSTP', suspend);
    try {
      return await ui.lend(() => task().finally(() => screen.control(TIDY)));
    } finally {
      process.on('SIGTSTP', suspend);
      session.cockpit.pause(-1);
      if (!leaving) stdin.mute(false);
      // A signal may have ended the program meanwhile: what is left of the terminal is the shell's then.
      if (!leaving) screen.control(reportFocus(true));
    }
  }
  function suspend(): void {
    if (lent || leaving) return;
    const stop = (): Promise<void> =>
      new Promise((resolve) => {
        process.once('SIGCONT', () => {
          // The window may have changed meanwhile, which only the shell was told.
          process.kill(process.pid, 'SIGWINCH');
          resolve();
        });
        // The whole job stops, as the shell expects: a launcher or npm may be the one it watches.
        process.kill(0, 'SIGTSTP');
      });
    void lend(stop);
  }
  const surroundings = {
    options,
    version,
    env,
    leave,
    clipboard: (text: string) => stage?.screen.control(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`),
    bell: () => stage?.screen.control('\x07'),
    terminal: {
      lend,
      repaint: async () => stage?.screen.repaint(),
      suspend: async () => suspend(),
    },
    places: {
      contexts: () => atlas.contexts(),
      regions: () => atlas.regions(session.identity),
      go: (place: Place) => goTo(place),
    },
  };
  const open = (identity: Identity): Session => openSession(identity, surroundings);
  let looks = looksOf(env, options.ascii);
  /** The present session stays until the next one is there; when it cannot be had, nothing changes. */
  const goTo = async (place: Place): Promise<void> => {
    const next = open(await atlas.go(place, session.identity));
    const old = session;
    session = next;
    (ui ?? stage)?.show(session.cockpit);
    await Promise.all([session.cockpit.start(), old.close()]);
  };
  const fail = (error: unknown): void => {
    crash = error;
    leave(1);
  };
  let session = open(first);
  // The first question leaves before anything is drawn, and its answer is drawn before anything else is loaded.
  const started = session.cockpit.start();
  await nextTurn();
  if (looks.glyphs === 'all') process.stdout.write(askWidth);
  const output = takeOutput(process.stdout, process.stderr);
  stage = openStage({ cockpit: session.cockpit, looks, stdout: output.stdout, shown: takeover.shown });
  // From here on the terminal's answers are read; keys wait.
  stdin.setRawMode(true);
  // A terminal that went away answers writes with errors; the signal that goes with it ends the program.
  process.stdout.on('error', () => leave(129, { gone: true }));
  // Not once: where no listener is left Ink ends the process by the signal, before what is under way has been kept.
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const) {
    process.on(signal, () => {
      leave(code, { gone: signal === 'SIGHUP' });
      setTimeout(() => process.exit(code), 3_000).unref();
    });
  }
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  takeover.handOver();
  process.on('SIGCONT', () => {
    // Stopped without being asked, it comes back to a terminal that the shell has made its own.
    if (lent || leaving) return;
    stdin.retake();
    stage?.screen.retake();
    stage?.screen.control(MARK_PASTES + reportFocus(true));
  });
  // A window that is small for a moment is as large as before when it is looked at, and its content is gone.
  process.on('SIGWINCH', () => stage?.screen.repaint());
  stage.screen.control(reportFocus(true));
  const rows = firstRows(session.cockpit);
  void rows.then(() => setTimeout(keepCode, 200).unref());
  await Promise.race([rows, wait(patience).then(lookAround)]);
  const { mount } = await import('./ui/mount.tsx');
  if (leaving) await closed.promise;
  else {
    try {
      ui = mount({ cockpit: session.cockpit, looks, stdin, stage });
      process.on('SIGTSTP', suspend);
    } catch (error) {
      fail(error);
    }
    await started;
    await (ui?.gone.catch(fail) ?? closed.promise);
  }
  stdin.close();
  await session.close();
  output.release();
  if (crash !== undefined) {
    const what = crash instanceof Error ? (crash.stack ?? crash.message) : String(crash);
    process.stderr.write(`eas-tui ended by an error of its own: ${what}\n`);
  }
  return exitCode;
}

/** Lets what has come meanwhile be read and drawn: on a slow machine an answer may have waited for the end of a timer. */
async function lookAround(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await nextTurn();
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Resolves when the first rows are there and drawn. */
function firstRows({ store }: Cockpit): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = store.subscribe(({ sources }) => {
      if (!Object.values(sources).some(({ at }) => at !== undefined)) return;
      unsubscribe();
      // Frames are written in the turn after the one that asks for them.
      setImmediate(() => setImmediate(resolve));
    });
  });
}
