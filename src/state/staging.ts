import type { Commands } from '../keys/commands.ts';
import { plural } from '../lib/words.ts';
import type { Action, Advice, Screen } from '../screens/define.ts';
import { type Context, cursorRow, type OpenTable, openTable, tell } from './context.ts';
import { push, viewFrame } from './nav.ts';
import type { Target } from './runner.ts';
import { rowKey } from './select.ts';
import type { Staged } from './store.ts';

interface Staging {
  readonly commands: Pick<
    Commands,
    'stage' | 'stageExact' | 'stageDigit' | 'sendStaged' | 'dropStaged' | 'explainStage'
  >;
  /** Tells what is good to know of a number that is sent without having been staged: after `sent`, to be the last word. */
  advise(screen: Screen, action: Action<unknown>, row: unknown, to: number, sent: Promise<void>): Promise<void>;
}

export interface StagingNeeds {
  /** A row as it is shown: with what is hoped for it. */
  rowOf(table: OpenTable, rowId: string): unknown;
  /** The rows an action would go to now. */
  targets(table: OpenTable): readonly unknown[];
  refusal(table: OpenTable, action: Action<unknown>, row: unknown): string | undefined;
  send(table: OpenTable, action: Action<unknown>, list: readonly Target[], staged: boolean): void;
}

/** The action of a screen that `+ - =` count up and down. */
export const stagingAction = (screen: Screen): Action<unknown> | undefined =>
  screen.actions?.find(({ stage }) => stage !== undefined);

/** Whether it is time to say what is free. */
const isTight = (from: number, to: number, { room }: Advice): boolean =>
  to > from * 2 || (room !== undefined && to - from > room);

/** Numbers that are chosen first and sent once: no key press is a request. */
export function createStaging(context: Context, { rowOf, targets, refusal, send }: StagingNeeds): Staging {
  const { store } = context;

  const change = (
    screen: Screen,
    row: unknown,
    action: Action<unknown>,
    by: (staged: Staged) => Partial<Staged>,
  ): void => {
    const { stage } = action;
    const from = stage?.from(row);
    const name = screen.rowName(row);
    if (!stage || from === undefined) return tell(context, 'warn', `how many there are now is not known: ${name}`);
    const rowId = screen.rowId(row);
    const key = rowKey(screen.id, rowId);
    const known = store.getState().staged[key];
    const before: Staged = known ?? {
      rowId,
      name,
      action: action.id,
      column: stage.column,
      from,
      to: from,
      typed: '',
      advice: {},
    };
    const after = { ...before, ...by(before) };
    const to = Math.max(stage.min, Math.min(stage.max, after.to));
    const typed = after.typed === '' ? '' : String(to);
    store.setState(({ staged }) => ({ staged: { ...staged, [key]: { ...after, to, typed } } }));
    if (!known) void advise(key, action, row);
    else if (isTight(from, to, known.advice) && !isTight(from, before.to, known.advice) && known.advice.free)
      tell(context, 'warn', `${name}: ${known.advice.free}`);
  };

  const adviceOn = async ({ stage }: Action<unknown>, row: unknown): Promise<Advice | undefined> =>
    stage?.advise?.(context.client, row, new AbortController().signal).catch(() => undefined);

  const tellAdvice = (name: string, from: number | undefined, to: number, { free, owner, ...rest }: Advice): void => {
    if (free && from !== undefined && isTight(from, to, rest)) tell(context, 'warn', `${name}: ${free}`);
    if (owner) tell(context, 'warn', `${name}: ${owner}`);
  };

  /** What is good to know comes when it comes; it never holds up a key. */
  const advise = async (key: string, action: Action<unknown>, row: unknown): Promise<void> => {
    const advice = await adviceOn(action, row);
    const { staged } = store.getState();
    const entry = staged[key];
    if (!advice || !entry) return;
    store.setState({ staged: { ...staged, [key]: { ...entry, advice } } });
    tellAdvice(entry.name, entry.from, entry.to, advice);
  };

  const stageOn = (by: (staged: Staged) => Partial<Staged>): void => {
    const table = openTable(context);
    const action = table && stagingAction(table.screen);
    if (!table || !action) return;
    const rows = targets(table);
    for (const row of rows.length > 0 || table.frame.marks.size > 0 ? rows : [undefined]) {
      const reason = refusal(table, action, row);
      if (reason !== undefined) tell(context, 'warn', reason);
      else change(table.screen, row, action, by);
    }
  };

  const commands: Staging['commands'] = {
    stage: (by) => stageOn(({ to }) => ({ to: to + by, typed: '' })),
    stageExact: () => stageOn(() => ({ typed: '' })),
    stageDigit: (digit) =>
      stageOn(({ typed }) => {
        const text = `${typed}${digit}`.slice(0, 5);
        return { typed: text, to: Number(text) };
      }),
    sendStaged() {
      const table = openTable(context);
      const action = table && stagingAction(table.screen);
      const staged = Object.values(store.getState().staged);
      store.setState({ staged: {} });
      if (!table || !action) return;
      const list: Target[] = [];
      for (const { rowId, from, to, name } of staged) {
        const row = rowOf(table, rowId);
        const now = row === undefined ? undefined : action.stage?.from(row);
        if (row === undefined) tell(context, 'bad', `${name} is no longer here; nothing was sent for it`);
        else if (from === to) tell(context, 'dim', `${name} stays at ${from}: nothing to send`);
        else if (now !== from)
          tell(
            context,
            'bad',
            `${name} went from ${from} to ${now ?? 'unknown'} meanwhile; nothing was sent, stage it again`,
          );
        else list.push({ row, input: to });
      }
      if (list.length > 0) send(table, action, list, true);
    },
    explainStage() {
      const { staged } = store.getState();
      const table = openTable(context);
      if (!table) return;
      const row = cursorRow(table);
      const here = row === undefined ? undefined : staged[rowKey(table.screen.id, table.screen.rowId(row))];
      const entry = here ?? Object.values(staged)[0];
      if (!entry) return;
      const { name, from, to, advice } = entry;
      if (to <= from) return tell(context, 'dim', `${name} ${from}→${to}: no more is asked for, so all fit`);
      const sections = advice.fit?.(to - from);
      if (!sections) return tell(context, 'warn', advice.free ?? `what is free for ${name} is not known yet`);
      const title = `fit(${name}) +${to - from}`;
      store.setState(({ pages }) => ({ pages: { ...pages, fit: { title, sections } } }));
      push(store, viewFrame('page', { screen: table.screen.id, scope: table.frame.scope, row: 'fit', name: title }));
    },
    dropStaged() {
      const number = Object.keys(store.getState().staged).length;
      store.setState({ staged: {} });
      tell(context, 'dim', `dropped ${plural(number, 'staged change')}; nothing was sent`);
    },
  };

  return {
    commands,
    async advise(screen, action, row, to, sent) {
      const [advice] = await Promise.all([adviceOn(action, row), sent]);
      if (advice) tellAdvice(screen.rowName(row), action.stage?.from(row), to, advice);
    },
  };
}
