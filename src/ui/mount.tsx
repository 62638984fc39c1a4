import { render, type SuspendTerminal } from 'ink';
import type { Cockpit } from '../state/cockpit.ts';
import type { Looks } from './looks.ts';
import { Root } from './root.tsx';
import { createInkStdout } from './screen/ink-stdout.ts';
import type { Stage } from './stage.ts';
import { createPaint } from './theme.ts';

export interface MountOptions {
  readonly cockpit: Cockpit;
  readonly looks: Looks;
  readonly stdin: NodeJS.ReadStream;
  readonly stage: Stage;
}

/** A cockpit on a terminal. */
export interface Mounted {
  /** Shows another cockpit in its place. */
  show(cockpit: Cockpit): void;
  look(looks: Looks): void;
  /** Gives the terminal to `task` as it was, and takes it back. Rejects with what `task` rejects with. */
  lend<T>(task: () => Promise<T>): Promise<T>;
  /** Gives the terminal back for good, at once. Twice does no harm. */
  unmount(): void;
  /** Settles when the terminal has been given back; rejects with an error of what was drawn. */
  readonly gone: Promise<void>;
}

/** The stage's painter paints the lines, Ink draws what lies over them and reads the keys, and only the screen writes. */
export function mount({ stdin, stage, ...first }: MountOptions): Mounted {
  let { cockpit } = first;
  let paint = createPaint(first.looks);
  let serial = 0;
  let suspend: SuspendTerminal | undefined;
  const { screen } = stage;
  const onReady = (ready: SuspendTerminal): void => {
    suspend = ready;
  };
  const tree = () => <Root key={serial} cockpit={cockpit} paint={paint} onReady={onReady} />;
  const app = render(tree(), {
    stdout: createInkStdout({ stdout: stage.stdout, screen }),
    stdin,
    alternateScreen: true,
    incrementalRendering: false,
    // The screen sees to it that no more is written than the terminal takes.
    maxFps: 1000,
    exitOnCtrlC: false,
    patchConsole: true,
    interactive: true,
  });
  return {
    show(next) {
      cockpit = next;
      serial += 1;
      app.rerender(tree());
      stage.show(next);
    },
    look(looks) {
      paint = createPaint(looks);
      app.rerender(tree());
      stage.look(looks);
    },
    async lend(task) {
      if (!suspend) throw new Error('the screen is not drawn yet');
      await screen.quiet();
      const answer: { value?: Awaited<ReturnType<typeof task>> } = {};
      await suspend(async () => {
        answer.value = await task();
      });
      if (!('value' in answer)) throw new Error('the terminal could not be handed over');
      return answer.value as Awaited<ReturnType<typeof task>>;
    },
    unmount() {
      app.unmount();
      stage.close();
    },
    gone: app.waitUntilExit().then(() => undefined),
  };
}
