import { operations } from '../api/contract/operations.gen.ts';
import type { Binding, Group } from '../keys/binding.ts';
import type { Commands } from '../keys/commands.ts';
import { plural } from '../lib/words.ts';
import type { Action, Scope, Screen } from '../screens/define.ts';
import { createAsking, questionFor } from './asking.ts';
import { type Context, cursorRow, describedRow, type OpenTable, openTable, screenById, tell } from './context.ts';
import { createDesk, type Desk, type Verb } from './desk.ts';
import type { Where } from './layers.ts';
import { knownRows, nearName } from './names.ts';
import { push, tableFrame, topFrame } from './nav.ts';
import type { Outcome, Target } from './runner.ts';
import { rowKey, withHope } from './select.ts';
import { createStaging, stagingAction } from './staging.ts';

const marksGone = 'the marked rows are no longer here; \\ clears the marks';

/** A write key is refused when the object under the cursor was exchanged less than this before, milliseconds. */
const settle = 300;
const justChanged = 'the row under the cursor has just changed; look and press again';

/** Everything that ends in a write: guard, stage, confirm. From there src/state/runner.ts goes on. */
export function createActing(context: Context) {
  const { store, runner, clock } = context;

  const readOnly = (action: Action<unknown>): string | undefined =>
    store.getState().session.readOnly && !operations[action.operation].read
      ? `read-only: ${action.title} would send ${action.operation}`
      : undefined;

  const unsettled = ({ frame }: OpenTable): boolean => clock.now() - frame.exchangedAt < settle;

  /** Why an action is off on this row right now. */
  const refusal = (table: OpenTable, action: Action<unknown>, row: unknown): string | undefined => {
    if (row === undefined) return nothingHere(table);
    if (unsettled(table) && table.frame.marks.size === 0) return justChanged;
    return readOnly(action) ?? action.guard?.(row);
  };

  const rowOf = ({ screen, source }: OpenTable, id: string): unknown => {
    const row = source.byId.get(id);
    return row === undefined ? undefined : withHope(row, store.getState().hopes[rowKey(screen.id, id)]);
  };

  /**
   * The marked rows, also those the filter hides; without marks the row under the cursor. When all that was marked is
   * gone there is no target: the key was not meant for the row under the cursor.
   */
  const targets = (table: OpenTable): readonly unknown[] => {
    const { marks } = table.frame;
    if (marks.size > 0) return [...marks].flatMap((id) => rowOf(table, id) ?? []);
    const row = cursorRow(table);
    return row === undefined ? [] : [row];
  };

  const send = (table: OpenTable, action: Action<unknown>, list: readonly Target[], staged: boolean): void => {
    const { screen, frame, visible } = table;
    const shown = new Set(visible.rows.map((row) => screen.rowId(row)));
    const hidden = list.filter(({ row }) => !shown.has(screen.rowId(row))).length;
    void ask(screen, frame.scope, action, list, { hidden, staged });
  };

  /** Resolves when it has been sent; undefined while a question is open. */
  const ask = (
    screen: Screen,
    scope: Scope,
    action: Action<unknown>,
    list: readonly Target[],
    { hidden = 0, staged = false, undoing = false, retrying = false }: Manner,
  ): Promise<void> | undefined => {
    const go = (): Promise<void> => perform(screen, scope, action, list, { undoing, retrying });
    const { region, protected: strict } = store.getState().session;
    const about = { region, hidden, staged: staged || undoing, strict, api: context.client };
    const dialog = questionFor(screen, action, list, about, () => void go());
    if (!dialog) return go();
    store.setState({ dialog });
    return undefined;
  };

  /** What was not done of the latest batch, for another try. An outcome nobody knows is not among it: it is looked up. */
  let left: Leftover | undefined;

  /** Of several rows those that were refused or not sent stay marked; the rest is no longer. */
  const perform = async (
    screen: Screen,
    scope: Scope,
    action: Action<unknown>,
    list: readonly Target[],
    { undoing, retrying }: { readonly undoing: boolean; readonly retrying: boolean },
  ): Promise<void> => {
    // The last one of a batch is tried again by itself, and still belongs to it.
    const batch = list.length > 1 || retrying;
    if (batch) left = undefined;
    const outcomes = await runner.perform(screen, scope, action, list, { undoing });
    if (!batch) return;
    const ended = (outcome: Outcome): Target[] => list.filter((_, place) => outcomes[place] === outcome);
    const [accepted, refused, unknown, unsent] = [
      ended('accepted'),
      ended('refused'),
      ended('unknown'),
      ended('not sent'),
    ];
    left = refused.length > 0 ? { screen, scope, action, list: refused, undoing } : undefined;
    const ids = (targets: readonly Target[]): string[] => targets.map(({ row }) => screen.rowId(row));
    const done = new Set(ids([...accepted, ...unknown]));
    const open = ids([...refused, ...unsent]);
    store.setState(({ frames }) => ({
      frames: frames.map((frame) =>
        frame.kind === 'table' && frame.screen === screen.id
          ? { ...frame, marks: new Set([...[...frame.marks].filter((id) => !done.has(id)), ...open]) }
          : frame,
      ),
    }));
    // Of a single one all has been said.
    if (list.length < 2) return;
    const names = (targets: readonly Target[]): string => targets.map(({ row }) => screen.rowName(row)).join(', ');
    const parts = [`${action.title}: ${accepted.length} of ${list.length} accepted`];
    if (refused.length > 0) parts.push(`refused: ${names(refused)} (R tries them again; :messages says why)`);
    if (unsent.length > 0) parts.push(`not sent: ${names(unsent)}`);
    if (refused.length + unsent.length > 0) parts.push('still marked');
    if (unknown.length > 0) parts.push(`outcome unknown, being looked up: ${names(unknown)}`);
    tell(context, accepted.length === list.length ? 'ok' : 'bad', parts.join('; '));
  };

  /** A row as it is now, among those last read of its screen. */
  const rowNow = (screen: Screen, old: unknown): unknown => {
    const id = screen.rowId(old);
    const { sources, hopes } = store.getState();
    const own = Object.entries(sources).find(([key, { byId }]) => key.startsWith(`${screen.id}{`) && byId.has(id));
    const truth = own?.[1].byId.get(id);
    return truth === undefined ? undefined : withHope(truth, hopes[rowKey(screen.id, id)]);
  };

  const retryOff = (): string | undefined => {
    const [under] = store.getState().sending;
    if (under) return `${under.title} is still being sent`;
    return left ? readOnly(left.action) : 'nothing of the latest batch was refused';
  };

  /** Asks and sends anew what was refused of the latest batch, and only that. */
  const retry = (): void => {
    if (!left) return;
    const { screen, scope, action, list, undoing } = left;
    const able = list.flatMap(({ row, input }): Target[] => {
      const now = rowNow(screen, row);
      const reason = now === undefined ? `${screen.rowName(row)} is no longer here` : action.guard?.(now);
      if (reason === undefined) return [{ row: now, input }];
      tell(context, 'warn', reason);
      return [];
    });
    if (able.length > 0) void ask(screen, scope, action, able, { undoing, retrying: true });
  };

  /** What an action's key is about: the rows of the table on top, or the row that is described. */
  const subject = (): Subject => {
    const table = openTable(context);
    if (table) {
      const rows = targets(table);
      const gone = table.frame.marks.size > 0 ? table.frame.marks.size - rows.length : 0;
      return {
        screen: table.screen,
        rows,
        gone,
        nothing: table.frame.marks.size > 0 ? marksGone : nothingHere(table),
        refusal: (action, row) => refusal(table, action, row),
        send: (action, list) => send(table, action, list, false),
      };
    }
    const frame = topFrame(store.getState());
    const screen = screenById(context, frame.screen);
    const row = frame.kind === 'view' ? describedRow(context, frame) : undefined;
    return {
      screen,
      rows: row === undefined ? [] : [row],
      gone: 0,
      nothing: 'it is no longer here',
      refusal: (action, one) => readOnly(action) ?? action.guard?.(one),
      send: (action, list) => ask(screen, frame.scope, action, list, {}),
    };
  };

  const act = (action: Action<unknown>): void => {
    const about = subject();
    const { screen, rows, gone } = about;
    if (gone > 0) tell(context, 'warn', `${plural(gone, 'marked row')} no longer here`);
    const able = rows.filter((row) => {
      const reason = about.refusal(action, row);
      if (reason !== undefined) tell(context, 'warn', reason);
      return reason === undefined;
    });
    const [first] = able;
    if (first === undefined) return;
    const go = (input: number): void => {
      const list = able.map((row) => ({ row, input }));
      about.send(action, list);
    };
    if (!action.choices) return go(action.input?.(first) ?? 0);
    const { choices } = action;
    const title =
      able.length === 1 ? `${action.title} ${screen.rowName(first)}` : `${action.title} ${able.length} ${screen.title}`;
    store.setState({ menu: { title, items: choices, index: 0, choose: (index) => go(choices[index]?.value ?? 0) } });
  };

  /** Why an action's key is off: with marks it works if it works on one of them. */
  const off = (action: Action<unknown>): string | undefined => {
    const about = subject();
    const reasons = about.rows.map((row) => about.refusal(action, row));
    if (reasons.length === 0) return about.nothing;
    return reasons.includes(undefined) ? undefined : reasons[0];
  };

  /** For what is more than one key: the same life, from a row in hand. */
  const performOne: Desk['perform'] = (screenId, what, row, input, scope = {}) => {
    const screen = screenById(context, screenId);
    const action = typeof what === 'string' ? screen.actions?.find(({ id }) => id === what) : what;
    if (!action) return `${screen.title} have no ${String(what)}`;
    const reason = readOnly(action) ?? action.guard?.(row);
    if (reason === undefined) void ask(screen, scope, action, [{ row, input }], {});
    return reason;
  };
  const performAll: Desk['performAll'] = (screenId, action, rows, input, scope = {}) => {
    const screen = screenById(context, screenId);
    const reasons = rows.map((row) => readOnly(action) ?? action.guard?.(row));
    const able = rows.filter((_, place) => reasons[place] === undefined);
    if (able.length === 0) return reasons[0] ?? `there are no ${screen.title} here`;
    for (const reason of reasons) if (reason !== undefined) tell(context, 'warn', reason);
    void ask(
      screen,
      scope,
      action,
      able.map((row) => ({ row, input })),
      {},
    );
    return undefined;
  };
  const desk = createDesk(context, { perform: performOne, performAll });

  const runVerb = async (verb: Verb, args: readonly string[]): Promise<string | undefined> => {
    try {
      return await verb.run(desk, args);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  const verbOff = (verb: Verb): string | undefined => {
    if (verb.writes && store.getState().session.readOnly) return `read-only: ${verb.title} would change something`;
    // What is alive on one screen alone is about the row there.
    const table = verb.writes && verb.screen !== undefined ? openTable(context) : undefined;
    if (table && cursorRow(table) !== undefined && unsettled(table)) return justChanged;
    return verb.off?.(desk);
  };

  const undo = (): void => {
    const inverse = runner.inverse();
    if ('none' in inverse) return tell(context, 'warn', inverse.none);
    const { screen, scope, action, steps } = inverse;
    const list: Target[] = [];
    for (const { done, input } of steps) {
      const name = screen.rowName(done.row);
      const row = rowNow(screen, done.row);
      if (row === undefined) return tell(context, 'warn', `${name} is no longer here; nothing was undone`);
      if (!done.action.agrees(row, done.input, done.row)) {
        const now = action.stage?.from(row);
        const change = now === undefined ? '' : ` (now ${now})`;
        return tell(context, 'warn', `${name} has changed since${change}; nothing was undone`);
      }
      const reason = readOnly(action) ?? action.guard?.(row);
      if (reason !== undefined) return tell(context, 'warn', reason);
      list.push({ row, input });
    }
    void ask(screen, scope, action, list, { undoing: true });
  };

  const staging = createStaging(context, { rowOf, targets, refusal, send });

  const made = new Map<Screen, Partial<Record<Where, readonly Binding<Commands>[]>>>();
  /** The bindings of a screen's own actions and links: made once, they look at what is there when they are asked. */
  const bindings = (screen: Screen, where: Where): readonly Binding<Commands>[] => {
    const known = made.get(screen) ?? {};
    made.set(screen, known);
    known[where] ??= bindingsOf(screen, where);
    return known[where];
  };

  const bindingsOf = (screen: Screen, where: Where): Binding<Commands>[] => {
    const actions = (screen.actions ?? []).filter((action) => (action.where ?? 'table') === where);
    const own = actions.map((action) =>
      bindingOf(
        action,
        'act',
        () => off(action),
        () => act(action),
      ),
    );
    const links = (where === 'view' ? [] : (screen.links ?? [])).map((link) =>
      bindingOf(
        link,
        'view',
        () => {
          const table = openTable(context);
          if (!table) return 'no table is open';
          return cursorRow(table) === undefined ? nothingHere(table) : undefined;
        },
        () => {
          const table = openTable(context);
          const row = table && cursorRow(table);
          if (!table || row === undefined) return;
          const to = link.to(row, table.frame.scope);
          push(store, tableFrame(screenById(context, to.screen), to.scope));
        },
      ),
    );
    const keyed = context.verbs.filter(
      (verb) =>
        (verb.screen === undefined || verb.screen === screen.id) && [where, 'both'].includes(verb.where ?? 'table'),
    );
    const verbs = keyed.map((verb) =>
      bindingOf(
        verb,
        verb.group,
        () => verbOff(verb),
        () => void runVerb(verb, []).then((wrong) => wrong && tell(context, 'warn', wrong)),
      ),
    );
    return [...own, ...links, ...verbs].filter(({ keys }) => keys.length > 0);
  };

  return {
    ...staging.commands,
    ...createAsking(context),
    undo,
    retry,
    retryOff,
    brakeOff(): string | undefined {
      const { sending } = store.getState();
      if (sending.length === 0) return 'nothing is being sent to several rows';
      return sending.every(({ stopped }) => stopped) ? 'no more is sent; what is on its way goes on' : undefined;
    },
    stopSending(): void {
      tell(context, 'warn', `${plural(runner.stopSending(), 'row')} will not be sent; what is on its way goes on`);
    },
    bindings,
    /** Runs a verb from the command line; answers what is wrong. */
    runVerb: (verb: Verb, args: readonly string[]): Promise<string | undefined> => {
      const reason = verb.writes && store.getState().session.readOnly ? verbOff(verb) : undefined;
      return reason === undefined ? runVerb(verb, args) : Promise.resolve(reason);
    },
    completeVerb: (verb: Verb, args: readonly string[]): readonly string[] => verb.complete?.(desk, args) ?? [],
    /** Why `+ - =` are off at this moment. */
    stageOff(): string | undefined {
      const table = openTable(context);
      const action = table && stagingAction(table.screen);
      return action && table ? off(action) : 'nothing here can be counted up or down';
    },
    /** Runs an action by name on a named row of a screen, for the command line. Answers what is wrong. */
    byName(screen: Screen, actionId: string, name: string | undefined, input: number | undefined): string | undefined {
      const action = screen.actions?.find(({ id }) => id === actionId);
      if (!action) return `${screen.title} have no ${actionId}`;
      if (name === undefined) {
        // As the key does it: to the marked rows, else to the one under the cursor or described.
        if (subject().screen !== screen) return `say of which: :${actionId} NAME`;
        const reason = off(action);
        if (reason === undefined) act(action);
        return reason;
      }
      const frame = topFrame(store.getState());
      const known = knownRows(context, screen).filter(({ row }) => screen.rowName(row) === name);
      const found = known.find(({ scope }) => JSON.stringify(scope) === JSON.stringify(frame.scope)) ?? known[0];
      if (found === undefined)
        return `there is no ${name} among the ${screen.title}${nearName(context, screen.id, name)}`;
      const row = withHope(found.row, store.getState().hopes[rowKey(screen.id, screen.rowId(found.row))]);
      const reason = readOnly(action) ?? action.guard?.(row);
      if (reason !== undefined) return reason;
      const wrong = inputError(action, input);
      if (wrong !== undefined) return wrong;
      const sent = ask(screen, found.scope, action, [{ row, input: input ?? 0 }], {});
      if (sent) void staging.advise(screen, action, row, input ?? 0, sent);
      return undefined;
    },
  };
}

/** What of a batch is still to be done. */
interface Leftover {
  readonly screen: Screen;
  readonly scope: Scope;
  readonly action: Action<unknown>;
  readonly list: readonly Target[];
  readonly undoing: boolean;
}

/** How rows come to be acted on. */
interface Manner {
  /** How many of them the filter hides. */
  readonly hidden?: number;
  readonly staged?: boolean;
  readonly undoing?: boolean;
  /** It is the rest of a batch. */
  readonly retrying?: boolean;
}

/** What a key is about. */
interface Subject {
  readonly screen: Screen;
  readonly rows: readonly unknown[];
  /** How many marked rows are no longer there. */
  readonly gone: number;
  /** Why there are no rows. */
  readonly nothing: string;
  refusal(action: Action<unknown>, row: unknown): string | undefined;
  send(action: Action<unknown>, list: readonly Target[]): void;
}

function bindingOf(
  { id, keys, title, hint }: { id: string; keys: readonly string[]; title: string; hint?: number },
  group: Group,
  off: () => string | undefined,
  run: () => void,
): Binding<Commands> {
  return { id, keys, title, group, ...(hint === undefined ? {} : { hint }), off, run };
}

export type ActingPart = ReturnType<typeof createActing>;

function nothingHere({ visible, frame }: OpenTable): string {
  return visible.ghost ? `${frame.name} is no longer here; move to a row first` : 'there is no row here';
}

function inputError({ id, stage, choices }: Action<unknown>, input: number | undefined): string | undefined {
  if (stage) {
    if (input === undefined) return `:${id} NAME NUMBER needs a whole number`;
    return input < stage.min || input > stage.max ? `${input} is outside ${stage.min}–${stage.max}` : undefined;
  }
  const words = choices?.map(({ label }) => label).join(', ');
  return choices && !choices.some(({ value }) => value === input) ? `:${id} NAME needs one of ${words}` : undefined;
}
