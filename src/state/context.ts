import { latest } from '../lib/latest.ts';
import type { Api, Screen, Tone } from '../screens/define.ts';
import type { Clock } from './clock.ts';
import type { Verb } from './desk.ts';
import { say } from './messages.ts';
import { sourceOf, topFrame } from './nav.ts';
import type { Places } from './places.ts';
import type { Poller } from './poller.ts';
import type { Ramps } from './ramp.ts';
import type { Runner } from './runner.ts';
import type { Select, Visible } from './select.ts';
import { emptySource, type Source, type State, type Store, type TableFrame, type ViewFrame } from './store.ts';
import type { Uploads } from './uploads.ts';
import type { Room } from './window.ts';

/** What the verbs of the program work with; made once by src/state/app.ts. */
export interface Context {
  readonly store: Store;
  readonly clock: Clock;
  readonly client: Api;
  readonly screens: readonly Screen[];
  readonly select: Select;
  readonly runner: Runner;
  readonly ramps: Ramps;
  readonly poller: Poller;
  readonly room: Room;
  readonly places: Places;
  readonly verbs: readonly Verb[];
  readonly uploads: Uploads;
  /** Where uploads go when nobody says. */
  readonly uploadTarget: string | undefined;
  readonly terminal: Terminal;
  /** Where the program keeps what it must remember between runs; made when first needed. */
  readonly stateFolder: string;
  /** Ends the program. */
  leave(): void;
  /** Puts a text on the clipboard of the person's own machine. */
  clipboard(text: string): void;
}

/** What the program may ask of the terminal it runs in. */
export interface Terminal {
  /** Gives the terminal to the shell until the program is continued. */
  suspend(): Promise<void>;
  repaint(): Promise<void>;
  /** Gives the terminal to `task`, such as an editor, and takes it back. */
  lend<T>(task: () => Promise<T>): Promise<T>;
}

export function screenById(context: Pick<Context, 'screens'>, id: string): Screen {
  const screen = context.screens.find((one) => one.id === id);
  if (!screen) throw new Error(`no screen is named ${id}`);
  return screen;
}

export interface OpenTable {
  readonly frame: TableFrame;
  readonly screen: Screen;
  readonly visible: Visible;
  readonly source: Source;
}

/** The table on top with its rows; undefined while a viewer is open. */
export const openTable = (context: Context): OpenTable | undefined => tableIn(context, context.store.getState());

/** Each key asks for it some twenty times. */
const tableIn = latest((context: Context, state: State): OpenTable | undefined => {
  const frame = topFrame(state);
  if (frame.kind !== 'table') return undefined;
  const screen = screenById(context, frame.screen);
  const source = state.sources[sourceOf(frame) ?? ''] ?? emptySource;
  return { frame, screen, visible: context.select(state, screen, frame), source };
});

/** The row under the cursor; undefined on a ghost and on an empty table. */
export function cursorRow({ visible }: OpenTable): unknown {
  return visible.ghost ? undefined : visible.rows[visible.index];
}

/** The row a description is about; undefined when it is gone. */
export function describedRow({ store }: Pick<Context, 'store'>, frame: ViewFrame): unknown {
  return store.getState().sources[`${frame.screen}${JSON.stringify(frame.scope)}`]?.byId.get(frame.row ?? '');
}

export function tell(context: Context, tone: Tone, text: string): void {
  say(context.store, context.clock.now(), tone, text);
}
