import { type Glyphs, glyphsOf, type Looks } from './ui/looks.ts';
import { ENTER, LEAVE, MARK_PASTES } from './ui/screen/sequences.ts';
import { type Shown, skeletonBytes, skeletonFor } from './ui/skeleton.ts';

/** The terminal, taken before there is a program to draw on it: keys wait in it, in order, until somebody reads them. */
export interface Takeover {
  /** What it shows. */
  readonly shown: Shown;
  /** Gives it back as it was. Does nothing when it has been given back or handed over. */
  undo(): void;
  /** From now on somebody else puts it back. */
  handOver(): void;
}

const signals = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130 } as const;

export function looksOf(env: NodeJS.ProcessEnv, ascii: boolean): Looks {
  const glyphs: Glyphs = ascii ? 'ascii' : glyphsOf(env);
  return { color: !env['NO_COLOR'], glyphs };
}

/** Takes the terminal of this process and draws the frame that the first screen will have. */
export function takeOver(looks: Looks): Takeover {
  const { stdin, stdout } = process;
  const shown = skeletonFor(stdout.columns || 80, stdout.rows || 24);
  let taken = true;
  const undo = (): void => {
    if (!taken) return;
    handOver();
    stdout.write(LEAVE);
    stdin.setRawMode(false);
  };
  const end = (signal: keyof typeof signals): void => {
    undo();
    process.exit(signals[signal]);
  };
  // A terminal that is gone fails the write; the signal that goes with it ends the program.
  const onError = (): void => undefined;
  function handOver(): void {
    taken = false;
    for (const signal of Object.keys(signals)) process.off(signal, end);
    stdout.off('error', onError);
  }
  for (const signal of Object.keys(signals)) process.on(signal, end);
  stdout.on('error', onError);
  // Raw first: what is typed from here on is not echoed.
  stdin.setRawMode(true);
  stdout.write(ENTER + MARK_PASTES + skeletonBytes(shown, looks));
  return { shown, undo, handOver };
}
