import { operations } from '../api/contract/operations.gen.ts';
import type { Binding } from '../keys/binding.ts';
import type { Commands } from '../keys/commands.ts';
import { clean } from '../lib/clean.ts';
import { plural } from '../lib/words.ts';
import type { Action, Confirm, Screen } from '../screens/define.ts';
import { type Context, cursorRow, type OpenTable, openTable, screenById, tell } from './context.ts';
import type { Target } from './runner.ts';
import { rowKey } from './select.ts';
import type { Dialog, Staged } from './store.ts';

type Acting = Pick<
  Commands,
  'stage' | 'stageExact' | 'stageDigit' | 'sendStaged' | 'dropStaged' | 'choose' | 'press' | 'say' | 'undo' | 'retry'
>;

/** A write key is refused when the object under the cursor was exchanged less than this before, milliseconds. */
const settle = 300;

/** Everything that ends in a write: guard, stage, confirm. From there src/state/runner.ts goes on. */
export function createActing(context: Context) {
  const { store, runner, clock } = context;

  const readOnly = (action: Action<unknown>): string | undefined =>
    store.getState().session.readOnly && !operations[action.operation].read
      ? `read-only: ${action.title} would send ${action.operation}`
      : undefined;

  /** Why an action is off on this row right now. */
  const refusal = (table: OpenTable, action: Action<unknown>, row: unknown): string | undefined => {
    if (row === undefined)
      return table.visible.ghost
        ? `${table.frame.name} is no longer here; move to a row first`
        : 'there is no row here';
    if (clock.now() - table.frame.exchangedAt < settle)
      return 'the row under the cursor has just changed; look and press again';
    return readOnly(action) ?? action.guard?.(row);
  };

  const targets = (table: OpenTable): unknown[] => {
    const row = cursorRow(table);
    return row === undefined ? [] : [row];
  };

  const send = (
    screen: Screen,
    scope: OpenTable['frame']['scope'],
    action: Action<unknown>,
    list: readonly Target[],
  ): void => {
    const asks = list.flatMap(({ row, input }) => {
      const confirm = action.confirm?.(row, input);
      return confirm ? [{ row, input, confirm }] : [];
    });
    const go = (): void => void runner.perform(screen, scope, action, list);
    if (asks.length === 0) return go();
    store.setState({ dialog: dialogFor(screen, action, list, asks, store.getState().session.region, go) });
  };

  const act = (action: Action<unknown>): void => {
    const table = openTable(context);
    if (!table) return;
    send(
      table.screen,
      table.frame.scope,
      action,
      targets(table).map((row) => ({ row, input: 0 })),
    );
  };

  const staging = (screen: Screen): Action<unknown> | undefined =>
    screen.actions?.find(({ stage }) => stage !== undefined);

  const setStaged = (
    screen: Screen,
    row: unknown,
    action: Action<unknown>,
    change: (staged: Staged) => Partial<Staged>,
  ): void => {
    const stage = action.stage;
    const from = stage?.from(row);
    if (!stage || from === undefined)
      return tell(context, 'warn', `how many there are now is not known: ${screen.rowName(row)}`);
    const rowId = screen.rowId(row);
    const key = rowKey(screen.id, rowId);
    store.setState(({ staged }) => {
      const before = staged[key] ?? {
        rowId,
        name: screen.rowName(row),
        action: action.id,
        column: stage.column,
        from,
        to: from,
        typed: '',
      };
      const after = { ...before, ...change(before) };
      const to = Math.max(stage.min, Math.min(stage.max, after.to));
      return { staged: { ...staged, [key]: { ...after, to } } };
    });
  };

  const stageOn = (change: (staged: Staged) => Partial<Staged>): void => {
    const table = openTable(context);
    const action = table && staging(table.screen);
    const row = table && cursorRow(table);
    if (!table || !action) return;
    const reason = refusal(table, action, row);
    if (reason !== undefined) return tell(context, 'warn', reason);
    setStaged(table.screen, row, action, change);
  };

  const sendStaged = (): void => {
    const table = openTable(context);
    const action = table && staging(table.screen);
    const staged = Object.values(store.getState().staged);
    store.setState({ staged: {} });
    if (!table || !action) return;
    const list: Target[] = [];
    for (const { rowId, from, to, name } of staged) {
      const row = table.visible.rows.find((one) => table.screen.rowId(one) === rowId);
      if (row === undefined) tell(context, 'bad', `${name} is no longer here; nothing was sent for it`);
      else if (from === to) tell(context, 'dim', `${name} stays at ${from}: nothing to send`);
      else list.push({ row, input: to });
    }
    if (list.length > 0) send(table.screen, table.frame.scope, action, list);
  };

  const say = (answer: 'yes' | 'no'): void => {
    const { dialog } = store.getState();
    if (!dialog) return;
    if (answer === 'yes' && dialog.word !== undefined && dialog.field.text !== dialog.word) return;
    store.setState({ dialog: undefined });
    if (answer === 'yes') dialog.confirm();
    else tell(context, 'dim', `${dialog.title}: not sent`);
  };

  const verbs: Acting = {
    stage: (by) => stageOn(({ to }) => ({ to: to + by, typed: '' })),
    stageExact: () => stageOn(() => ({ typed: '' })),
    stageDigit: (digit) =>
      stageOn(({ typed }) => {
        const text = `${typed}${digit}`.slice(0, 5);
        return { typed: text, to: Number(text) };
      }),
    sendStaged,
    dropStaged() {
      const count = Object.keys(store.getState().staged).length;
      store.setState({ staged: {} });
      tell(context, 'dim', `dropped ${plural(count, 'staged change')}; nothing was sent`);
    },
    choose: (by) =>
      store.setState(({ dialog }) => ({
        dialog: dialog && { ...dialog, button: ((dialog.button + by + 2) % 2) as 0 | 1 },
      })),
    press: () => say(store.getState().dialog?.button === 1 ? 'yes' : 'no'),
    say,
    undo() {
      const inverse = runner.inverse();
      if ('none' in inverse) return tell(context, 'warn', inverse.none);
      const { done, action, input } = inverse;
      const source = Object.values(store.getState().sources).find(({ byId }) => byId.has(done.screen.rowId(done.row)));
      const row = source?.byId.get(done.screen.rowId(done.row));
      if (row === undefined)
        return tell(context, 'warn', `${done.screen.rowName(done.row)} is no longer here; nothing was undone`);
      const hoped = store.getState().hopes[rowKey(done.screen.id, done.screen.rowId(done.row))];
      if (!hoped && !done.action.agrees(row, done.input, done.row)) {
        const now = action.stage?.from(row);
        return tell(
          context,
          'warn',
          `${done.screen.rowName(row)} has changed since${now === undefined ? '' : ` (now ${now})`}; nothing was undone`,
        );
      }
      runner.undone();
      send(done.screen, done.scope, action, [{ row: hoped ? { ...(row as object), ...hoped.patch } : row, input }]);
    },
    retry: () => undefined,
  };

  return {
    ...verbs,
    /** The bindings of a screen's own actions. */
    bindings(screen: Screen): Binding<Commands>[] {
      return (screen.actions ?? [])
        .filter(({ keys }) => keys.length > 0)
        .map((action) => ({
          id: action.id,
          keys: action.keys,
          title: action.title,
          group: 'act',
          ...(action.hint === undefined ? {} : { hint: action.hint }),
          off() {
            const table = openTable(context);
            return table ? refusal(table, action, cursorRow(table)) : 'no table is open';
          },
          run: () => act(action),
        }));
    },
    /** Why `+ - =` are off at this moment. */
    stageOff(): string | undefined {
      const table = openTable(context);
      const action = table && staging(table.screen);
      if (!table || !action) return 'nothing here can be counted up or down';
      return refusal(table, action, cursorRow(table));
    },
    /** Runs an action by name on a named row of a screen, for the command line. Answers what is wrong. */
    byName(
      screenId: string,
      actionId: string,
      name: string | undefined,
      input: number | undefined,
    ): string | undefined {
      const screen = screenById(context, screenId);
      const table = openTable(context);
      if (!table || table.screen !== screen) return `open ${screen.title} first`;
      const action = screen.actions?.find(({ id }) => id === actionId);
      if (!action) return `${screen.title} have no ${actionId}`;
      const row =
        name === undefined ? cursorRow(table) : table.visible.rows.find((one) => screen.rowName(one) === name);
      if (name !== undefined && row === undefined) return `no ${screen.title} row is named ${name}`;
      const reason = name === undefined ? refusal(table, action, row) : (readOnly(action) ?? action.guard?.(row));
      if (reason !== undefined) return reason;
      if (action.stage) {
        if (input === undefined || !Number.isInteger(input)) return `:${actionId} NAME NUMBER needs a whole number`;
        const { min, max } = action.stage;
        if (input < min || input > max) return `${input} is outside ${min}–${max}`;
      }
      send(screen, table.frame.scope, action, [{ row, input: input ?? 0 }]);
      return undefined;
    },
  };
}

export type ActingPart = ReturnType<typeof createActing>;

function dialogFor(
  screen: Screen,
  action: Action<unknown>,
  list: readonly Target[],
  asks: readonly (Target & { confirm: Confirm })[],
  region: string,
  confirm: () => void,
): Dialog {
  const [first] = list;
  const single = list.length === 1 && first;
  const typed = asks.find((ask) => ask.confirm.level === 'type-name');
  const title = single
    ? action.words(first.row, first.input, 'will')
    : `${action.title} ${plural(list.length, screen.title)}`;
  const lines = [
    `in ${region}`,
    ...(single ? [] : list.map(({ row, input }) => action.words(row, input, 'will'))),
    ...asks.flatMap(({ row, confirm: { effects } }) =>
      effects.map((line) => (single ? line : `${screen.rowName(row)}: ${line}`)),
    ),
  ];
  return {
    title: clean(title),
    tone: asks.some(({ confirm: { tone } }) => tone === 'bad') ? 'bad' : 'warn',
    lines: lines.map((line) => clean(line)),
    verb: action.title,
    word: typed ? screen.rowName(typed.row) : undefined,
    field: { text: '', cursor: 0 },
    button: 0,
    confirm,
  };
}
