import type { Cockpit } from '../state/cockpit.ts';
import { codesOf, type Looks } from './looks.ts';
import { createPainter } from './painter.ts';
import { createScreen, type Screen } from './screen/screen.ts';
import type { Shown } from './skeleton.ts';
import { drawnAs } from './theme.ts';

export interface StageOptions {
  readonly cockpit: Cockpit;
  readonly looks: Looks;
  readonly stdout: NodeJS.WriteStream;
  /** What the alternate screen shows, if it has been taken already. */
  readonly shown?: Shown | undefined;
}

/** The screen with the lines of a cockpit on it. What lies over them, and the keys, come with Ink: see mount.tsx. */
export interface Stage {
  readonly screen: Screen;
  readonly stdout: NodeJS.WriteStream;
  /** Paints another cockpit in its place. */
  show(cockpit: Cockpit): void;
  look(looks: Looks): void;
  /** Gives the terminal back for good. Twice does no harm. */
  close(): void;
}

/** Takes the screen and paints; nothing that takes long to load is needed for it. */
export function openStage({ cockpit, looks, stdout, shown }: StageOptions): Stage {
  let draw = drawnAs(looks.glyphs);
  const screen = createScreen({ stdout, codes: codesOf(looks.color), draw: (text) => draw(text), shown });
  const painter = createPainter(screen);
  const onResize = (): void => painter.renew();
  screen.enter();
  painter.follow(cockpit);
  stdout.on('resize', onResize);
  return {
    screen,
    stdout,
    show: (next) => painter.follow(next),
    look(next) {
      draw = drawnAs(next.glyphs);
      painter.renew();
    },
    close() {
      painter.close();
      stdout.off('resize', onResize);
      screen.close();
    },
  };
}
