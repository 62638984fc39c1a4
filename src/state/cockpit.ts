import type { UploadProgress } from '../api/upload/engine.ts';
import { type Binding, dispatch, type Layer, reachable } from '../keys/binding.ts';
import { foldFullWidth } from '../keys/chord.ts';
import type { Commands } from '../keys/commands.ts';
import { latest } from '../lib/latest.ts';
import { plural } from '../lib/words.ts';
import type { Api, Screen } from '../screens/define.ts';
import { createActing } from './acting.ts';
import type { Clock } from './clock.ts';
import { type Context, cursorRow, openTable, screenById, type Terminal, tell } from './context.ts';
import type { Verb } from './desk.ts';
import { createFeeds } from './feeds.ts';
import { type Haystack, waits } from './haystack.ts';
import { keyGroups, liveLayers } from './layers.ts';
import { createMoving, placeCursor } from './moving.ts';
import { patchFrame, sourceOf, tableFrame, tableOf, topFrame } from './nav.ts';
import type { Places } from './places.ts';
import { createPoller } from './poller.ts';
import { createRamps } from './ramp.ts';
import { askToGoOn } from './ramp-page.ts';
import { createMemoryPlans, type Owner, type PlanStore } from './ramp-plan.ts';
import { createRunner, type Record } from './runner.ts';
import { createSelect, createTally, warm } from './select.ts';
import { leaveWhenSent } from './sending.ts';
import { createStore, type Session, type State, type TableFrame, type ViewFrame } from './store.ts';
import { createUploadNotes } from './upload-notes.ts';
import type { Uploads } from './uploads.ts';
import type { Room } from './window.ts';
import { createWriting } from './writing.ts';

export interface CockpitOptions {
  readonly screens: readonly Screen[];
  readonly client: Api;
  readonly session: Session;
  readonly clock: Clock;
  random(): number;
  /** Milliseconds from an answer to the next question. */
  readonly refreshMs: number;
  readonly record: Record;
  readonly places: Places;
  readonly verbs: readonly Verb[];
  /** Where ramps are kept over the end of the program. Absent: they end with it. */
  readonly ramps?: { readonly plans: PlanStore; readonly owner: Owner; isAlive(owner: Owner): boolean };
  readonly uploads: Uploads;
  readonly uploadTarget: string | undefined;
  readonly terminal: Terminal;
  /** Where the program keeps what it must remember between runs; made when first needed. */
  readonly stateFolder: string;
  /** Chords by the id of a binding, in the place of its own. */
  readonly keys: Readonly<globalThis.Record<string, readonly string[]>>;
  leave(): void;
  clipboard(text: string): void;
  bell(): void;
}

/** The program without its screen: everything a key can do, and all that is known. */
export function createCockpit(options: CockpitOptions) {
  const { screens, client, clock, refreshMs } = options;
  const [first] = screens;
  if (!first) throw new Error('there are no screens');
  const store = createStore(options.session, [tableFrame(first, {})]);
  const room: Room = { page: 10, lines: 0, text: () => [], blind: false };
  const select = createSelect();
  const runner = createRunner({
    store,
    clock,
    client,
    record: options.record,
    // Not what is followed: each of many that end would have all the others asked.
    refresh: () => {
      for (const { key } of onScreen()) poller.soon(key);
    },
    sync: () => poller.sync(),
    bell: options.bell,
    refreshMs,
  });
  const ramps = createRamps({
    ...(options.ramps ?? { plans: createMemoryPlans(), owner: { host: '', pid: 0 }, isAlive: () => false }),
    store,
    clock,
    client,
    runner,
    screens,
    sync: () => poller.sync(),
    bell: options.bell,
    refreshMs,
  });
  const onScreen = createFeeds({ store, clock, client, screens, refreshMs, landed: () => landed() });
  const poller = createPoller({
    clock,
    random: options.random,
    feeds: () => [...onScreen(), ...runner.feeds(), ...ramps.feeds()],
    paused: () => store.getState().session.pauses > 0,
    tick(now) {
      runner.settleHopes();
      store.setState(({ session }) => ({ session: { ...session, now } }));
      // Of an upload that stands still nothing else tells.
      notes.changed();
    },
  });
  const context: Context = {
    store,
    clock,
    client,
    screens,
    select,
    runner,
    ramps,
    poller,
    room,
    places: { ...options.places, go: (place) => notes.leaveFor(() => options.places.go(place)) },
    verbs: options.verbs,
    uploads: options.uploads,
    uploadTarget: options.uploadTarget,
    terminal: options.terminal,
    stateFolder: options.stateFolder,
    leave: () => leaveWhenSent(store, () => notes.leave(options.leave)),
    clipboard: options.clipboard,
  };
  const notes = createUploadNotes(context, options.bell);
  const acting = createActing(context);
  const writing = createWriting(context, acting, {
    list: () => reachable(layers({ ...store.getState(), prompt: undefined })),
    run(key) {
      const reason = key.off?.(commands);
      if (reason === undefined) key.run(commands);
      return reason;
    },
  });
  const moving = createMoving(context);

  let warmed: Haystack | undefined;

  /** After rows have landed: hopes that came true are dropped, and a cursor that was nowhere gets a row. */
  const landed = (): void => {
    runner.settleHopes();
    const table = openTable(context);
    // While the first pages come in the first row is not the first for long: the cursor waits.
    if (!table || table.source.at === undefined || table.source.partial) return;
    const { stack } = table.visible;
    if (stack !== warmed) {
      warmed = stack;
      // After they are drawn: what is to be seen comes before what may be asked for.
      if (waits(stack)) setTimeout(() => warm(stack), 200).unref();
    }
    if (table.frame.cursor === undefined) {
      const { rows } = table.visible;
      const found =
        table.frame.find === undefined ? 0 : rows.findIndex((row) => table.screen.rowName(row) === table.frame.find);
      if (found < 0) tell(context, 'warn', `${table.frame.find} is not here`);
      placeCursor(context, table, Math.max(0, found));
      if (table.visible.rows.length > 0) patchFrame<TableFrame>(store, { exchangedAt: clock.now() });
    } else if (!table.visible.ghost && table.visible.index !== table.frame.index) {
      // The object moved among the others; the cursor moves with it.
      placeCursor(context, table, table.visible.index);
    }
  };

  const off: Commands['off'] = (command) => {
    const table = openTable(context);
    const frame = topFrame(store.getState());
    switch (command) {
      case 'undo': {
        const inverse = runner.inverse();
        return 'none' in inverse ? inverse.none : undefined;
      }
      case 'retry':
        return acting.retryOff();
      case 'sending':
        return acting.brakeOff();
      case 'stage':
        return acting.stageOff();
      case 'secrets':
        return frame.kind === 'view' && (frame.view === 'describe' || frame.view === 'json' || frame.view === 'page')
          ? undefined
          : 'there are no secrets here';
      case 'mark':
        return table && cursorRow(table) !== undefined ? undefined : 'there is no row here to mark';
      case 'faults':
        return table?.screen.fault ? undefined : 'nothing here can be faulty';
      case 'describe':
      case 'json':
      case 'enter': {
        if (!table || cursorRow(table) === undefined) {
          return table?.visible.ghost
            ? `${table.frame.name} is no longer here; move to a row first`
            : 'there is no row here';
        }
        if (command === 'enter')
          return table.screen.enter || table.screen.describe ? undefined : 'nothing is inside a row here';
        return table.screen[command] ? undefined : `${table.screen.title} have no ${command}`;
      }
      default:
        return undefined;
    }
  };

  /** Keys that are off are told with the reason they have now, before the help covers what they are about. */
  const openHelp = (): void => {
    const frame = topFrame(store.getState());
    const toggled = frame.kind === 'view' && frame.view === 'help';
    const keys = toggled ? [] : keyGroups(layers(), commands);
    moving.open('help');
    if (!toggled) patchFrame<ViewFrame>(store, { keys });
  };

  const commands: Commands = {
    ...moving,
    ...acting,
    ...writing,
    open: (view) => (view === 'help' ? openHelp() : moving.open(view)),
    off,
  };

  const rebound = Object.keys(options.keys).length > 0;
  const rebind = (binding: Binding<Commands>): Binding<Commands> => {
    const keys = Object.hasOwn(options.keys, binding.id) ? options.keys[binding.id] : undefined;
    return keys ? { ...binding, keys } : binding;
  };

  const reboundLayers = latest((...live: Layer<Commands>[]) =>
    live.map((layer) => ({ ...layer, bindings: layer.bindings.map(rebind) })),
  );

  const layers = (state = store.getState()): Layer<Commands>[] => {
    const live = liveLayers(state, screenById(context, topFrame(state).screen), acting.bindings);
    return rebound ? reboundLayers(...live) : live;
  };

  /** Rows of places left long ago are let go; a few steps back still show what was seen there. */
  const forget = ({ frames: open, past, sources }: State): void => {
    const kept = new Set(
      [...past.slice(-5), open].flat().flatMap((frame) => [sourceOf(frame), sourceOf(tableOf(frame))]),
    );
    const left = Object.entries(sources).filter(([key]) => kept.has(key) || key === `${first.id}{}`);
    if (left.length < Object.keys(sources).length) store.setState({ sources: Object.fromEntries(left) });
  };

  let frames = store.getState().frames;
  const unsubscribe = store.subscribe((state, before) => {
    if (state.prompt?.kind === 'filter' && before.prompt?.kind !== 'filter') {
      const table = openTable(context);
      if (table) warm(table.visible.stack);
    }
    if (state.frames === frames) return;
    const left = frames.at(-1);
    frames = state.frames;
    const top = topFrame(state);
    // Only another place, not another cursor position, changes what is polled.
    if (left && sourceOf(left) === sourceOf(top) && left.kind === top.kind) return;
    forget(state);
    poller.sync();
    landed();
  });

  return {
    store,
    room,
    commands,
    layers: () => layers(),
    screens,
    verbs: options.verbs,
    /** What tab would make of the command line. */
    suggestion: () => writing.suggestion(),
    /** For the uploads: something changed, one has something to say, one ended. */
    uploadChanged: () => notes.changed(),
    uploadNoted: (progress: UploadProgress, note: string) => notes.noted(progress, note),
    uploadEnded: (progress: UploadProgress) => notes.ended(progress),
    /** Epoch milliseconds. */
    now: () => clock.now(),
    openTable: () => openTable(context),
    tally: createTally(),
    /** Starts polling, and tells of what an earlier run sent without learning how it ended. */
    async start(): Promise<void> {
      poller.sync();
      try {
        const open = (await client.ledger.entries()).filter(({ outcome }) => outcome === 'unknown');
        if (open.length > 0) {
          const [first] = open;
          tell(
            context,
            'warn',
            `${plural(open.length, 'earlier action')} with unknown outcome, the latest: ${first?.words}; L lists them, enter there looks it up, s says how it ended`,
          );
        }
      } catch (error) {
        tell(context, 'warn', `the ledger cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      }
      try {
        askToGoOn(store, await ramps.load(), ramps);
      } catch (error) {
        tell(context, 'warn', `ramp plans cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      }
      // What concerns traffic is asked first.
      await notes.look();
    },
    stop(): void {
      runner.stopSending();
      unsubscribe();
      poller.stop();
    },
    /** One reason more (1) or fewer (-1) not to poll. */
    pause(by: 1 | -1): void {
      store.setState(({ session }) => ({ session: { ...session, pauses: session.pauses + by } }));
      poller.sync();
    },
    /** Somebody looks again: asks at once for what may be asked. */
    refresh: () => poller.soon(),
    /** One chord from the keyboard; false when it was refused. */
    press(chord: string): boolean {
      // What cannot be seen cannot be answered: on a screen too small to draw on only the ways out work.
      if (room.blind && !['q', 'esc', 'ctrl-c', 'ctrl-z', 'ctrl-l'].includes(chord)) return false;
      const live = layers();
      const typing = live.at(-1)?.type !== undefined;
      const outcome = dispatch(live, typing ? chord : foldFullWidth(chord), commands);
      if (outcome.kind === 'off') tell(context, 'warn', outcome.reason);
      return outcome.kind !== 'off';
    },
    /** Text that was pasted: it goes into a text field in one line, and is never taken for keys. */
    paste(text: string): void {
      if (layers().at(-1)?.type === undefined)
        return tell(context, 'warn', 'a paste is not taken for keys; open : or / first');
      commands.type(text.replace(/\s+/g, ' ').trim());
    },
  };
}

export type { Place } from './places.ts';
export type Cockpit = ReturnType<typeof createCockpit>;
