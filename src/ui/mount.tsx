import { render, type SuspendTerminal } from 'ink';
import type { Cockpit } from '../state/cockpit.ts';
import { layoutFor } from './layout.ts';
import { codesOf, type Looks } from './looks.ts';
import { createPainter } from './painter.ts';
import { Root } from './root.tsx';
import { createInkStdout } from './screen/ink-stdout.ts';
import { createScreen, type Screen } from './screen/screen.ts';
import type { Shown } from './skeleton.ts';
import { createPaint, drawnAs } from './theme.ts';

export interface MountOptions {
  readonly cockpit: Cockpit;
  readonly looks: Looks;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** What the alternate screen shows, if it has been taken already. */
  readonly shown?: Shown | undefined;
}

/** A cockpit on a terminal. */
export interface Mounted {
  readonly screen: Screen;
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

/** Ink draws what is around the body and over it, the painter paints the body, and only the screen writes. */
export function mount({ stdin, stdout, shown, ...first }: MountOptions): Mounted {
  let { cockpit, looks } = first;
  let draw = drawnAs(looks.glyphs);
  let paint = createPaint(looks);
  let serial = 0;
  let suspend: SuspendTerminal | undefined;
  const screen = createScreen({ stdout, codes: codesOf(looks.color), draw: (text) => draw(text), shown });
  const painter = createPainter(screen);
  const onReady = (ready: SuspendTerminal): void => {
    suspend = ready;
  };
  const tree = () => <Root key={serial} cockpit={cockpit} paint={paint} onReady={onReady} />;
  const app = render(tree(), {
    stdout: createInkStdout({ stdout, screen, foot: () => layoutFor(screen.columns, screen.rows).foot }),
    stdin,
    alternateScreen: true,
    incrementalRendering: false,
    // The screen sees to it that no more is written than the terminal takes.
    maxFps: 1000,
    exitOnCtrlC: false,
    patchConsole: true,
    interactive: true,
  });
  painter.follow(cockpit);
  const onResize = (): void => painter.renew();
  // Ink's own listener came before: what it draws for the new size is there when the body is painted.
  stdout.on('resize', onResize);
  const unmount = (): void => {
    painter.close();
    stdout.off('resize', onResize);
    app.unmount();
    screen.close();
  };
  return {
    screen,
    show(next) {
      cockpit = next;
      serial += 1;
      app.rerender(tree());
      painter.follow(next);
    },
    look(next) {
      looks = next;
      draw = drawnAs(looks.glyphs);
      paint = createPaint(looks);
      app.rerender(tree());
      painter.renew();
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
    unmount,
    gone: app.waitUntilExit().then(() => undefined),
  };
}
