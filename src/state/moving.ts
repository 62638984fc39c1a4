import type { Commands } from '../keys/commands.ts';
import { plural } from '../lib/words.ts';
import { type Context, cursorRow, type OpenTable, openTable, screenById, tell } from './context.ts';
import { patchFrame, pop, push, tableFrame, topFrame, travel, viewFrame } from './nav.ts';
import { choosePlace } from './places.ts';
import type { TableFrame, ViewFrame } from './store.ts';
import { scrollTo } from './window.ts';

type Moving = Pick<
  Commands,
  | 'move'
  | 'enter'
  | 'back'
  | 'quit'
  | 'leave'
  | 'suspend'
  | 'repaint'
  | 'history'
  | 'open'
  | 'goTo'
  | 'goElsewhere'
  | 'copy'
  | 'refresh'
  | 'togglePause'
  | 'toggleWide'
  | 'toggleFaults'
  | 'toggleWrap'
  | 'toggleSecrets'
  | 'search'
  | 'chooseColumn'
  | 'sort'
  | 'mark'
>;

/** Puts the cursor on the row at a place among the visible ones. */
export function placeCursor(context: Context, table: OpenTable, place: number): void {
  const { rows } = table.visible;
  const index = Math.max(0, Math.min(rows.length - 1, place));
  const row = rows[index];
  if (row === undefined) return;
  patchFrame<TableFrame>(context.store, {
    cursor: table.screen.rowId(row),
    name: table.screen.rowName(row),
    index,
    top: scrollTo(table.frame.top, index, context.room.page, rows.length),
  });
}

/**
 * After somebody chose which rows are shown: the first of them, or none, rather than the ghost of one that is not. Where
 * none was shown before it is the row that the cursor was on until then.
 */
export function settleCursor(context: Context, table: OpenTable): void {
  const { visible, frame, screen } = table;
  if (visible.rows.length === 0) return patchFrame<TableFrame>(context.store, { cursor: undefined });
  const left = frame.cursor === undefined ? visible.rows.findIndex((row) => screen.rowName(row) === frame.name) : 0;
  placeCursor(context, table, Math.max(0, left));
}

/** Moving about: everything that changes what is looked at and nothing else. */
export function createMoving(context: Context): Moving {
  const { store, room } = context;

  const step = (by: Parameters<Commands['move']>[0], index: number, length: number): number => {
    if (by === 'top') return 0;
    if (by === 'bottom') return length - 1;
    if (by === 'page-down') return index + Math.max(1, room.page - 1);
    return by === 'page-up' ? index - Math.max(1, room.page - 1) : index + by;
  };

  const moveTable = (table: OpenTable, by: Parameters<Commands['move']>[0]): void => {
    const { rows, index, ghost } = table.visible;
    // A ghost stands before the row at its place: one step down leads to that row.
    const from = ghost && (by === 'page-down' || (typeof by === 'number' && by > 0)) ? index - 1 : index;
    placeCursor(context, table, step(by, from, rows.length));
  };

  const moveView = (frame: ViewFrame, by: Parameters<Commands['move']>[0]): void => {
    const last = Math.max(0, room.lines - room.page);
    const wanted = by === 'bottom' ? last : step(by, frame.top, room.lines);
    patchFrame<ViewFrame>(store, { top: Math.max(0, Math.min(last, wanted)) });
  };

  const search = (by: -1 | 1): void => {
    const frame = topFrame(store.getState());
    if (frame.kind !== 'view' || frame.search === '') return;
    const hits = matches(room.text(), frame.search);
    const next = by > 0 ? hits.find((line) => line > frame.top) : hits.findLast((line) => line < frame.top);
    const target = next ?? (by > 0 ? hits[0] : hits.at(-1));
    if (target === undefined) return tell(context, 'warn', `"${frame.search}" is not in this page`);
    patchFrame<ViewFrame>(store, { top: Math.min(target, Math.max(0, room.lines - room.page)) });
  };

  const patchView = (patch: (frame: ViewFrame) => Partial<ViewFrame>): void => {
    const frame = topFrame(store.getState());
    if (frame.kind === 'view') patchFrame<ViewFrame>(store, patch(frame));
  };

  const patchTable = (patch: (table: OpenTable) => Partial<TableFrame>): void => {
    const table = openTable(context);
    if (table) patchFrame<TableFrame>(store, patch(table));
  };

  const back = (): void => {
    const frame = topFrame(store.getState());
    if (frame.kind === 'table' && frame.filter !== '') patchFrame<TableFrame>(store, { filter: '' });
    else if (frame.kind === 'table' && frame.faults) patchFrame<TableFrame>(store, { faults: false });
    else {
      pop(store);
      return;
    }
    const table = openTable(context);
    if (table && table.frame.cursor === undefined) settleCursor(context, table);
  };

  const copy = (): void => {
    const table = openTable(context);
    if (!table) {
      context.clipboard(room.text().join('\n'));
      return tell(context, 'ok', `sent ${plural(room.text().length, 'line')} to the clipboard`);
    }
    const row = cursorRow(table);
    if (row === undefined) return tell(context, 'warn', 'there is no row here to copy');
    const name = table.screen.rowName(row);
    context.clipboard(name);
    tell(context, 'ok', `sent ${name} to the clipboard`);
  };

  const open: Commands['open'] = (view) => {
    const frame = topFrame(store.getState());
    const table = openTable(context);
    const row = table && cursorRow(table);
    if (view === 'describe' || view === 'json') {
      if (!table || row === undefined) return;
      const about = {
        screen: table.screen.id,
        scope: table.frame.scope,
        row: table.screen.rowId(row),
        name: table.screen.rowName(row),
      };
      push(store, viewFrame(view, about));
    } else if (frame.kind === 'view' && frame.view === view) pop(store);
    else push(store, viewFrame(view, { screen: frame.screen, scope: frame.scope, row: undefined, name: '' }));
  };

  const move: Commands['move'] = (by) => {
    const { menu } = store.getState();
    if (menu) {
      const index = Math.max(0, Math.min(menu.items.length - 1, step(by, menu.index, menu.items.length)));
      return store.setState({ menu: { ...menu, index } });
    }
    const table = openTable(context);
    if (table) return moveTable(table, by);
    const frame = topFrame(store.getState());
    if (frame.kind === 'view') moveView(frame, by);
  };

  return {
    move,
    enter() {
      const table = openTable(context);
      const row = table && cursorRow(table);
      if (!table || row === undefined) return;
      const to = table.screen.enter?.(row, table.frame.scope);
      if (!to) return open('describe');
      const { region } = store.getState().session;
      if (to.region !== undefined && to.region !== region)
        return tell(context, 'warn', `${to.find} was in ${to.region}, this is ${region}; :regions goes there`);
      const screen = context.screens.find(({ id }) => id === to.screen);
      // A file may have been written by a later version.
      if (!screen?.needs.every((need) => to.scope[need] !== undefined))
        return tell(context, 'warn', `where to look for ${to.find} is not known here`);
      push(store, { ...tableFrame(screen, to.scope), find: to.find });
    },
    back,
    quit() {
      if (!pop(store)) context.leave();
    },
    leave: () => context.leave(),
    suspend: () => void context.terminal.suspend(),
    repaint: () => void context.terminal.repaint(),
    history(by) {
      if (!travel(store, by)) tell(context, 'dim', by < 0 ? 'there is no earlier view' : 'there is no later view');
    },
    open,
    goElsewhere: (what) => void choosePlace(context, what),
    goTo(screen) {
      const top = topFrame(store.getState());
      if (top.kind !== 'table' || top.screen !== screen) push(store, tableFrame(screenById(context, screen), {}));
    },
    copy,
    refresh: () => context.poller.now(),
    togglePause() {
      store.setState(({ session }) => {
        const pausedByKey = !session.pausedByKey;
        return { session: { ...session, pausedByKey, pauses: session.pauses + (pausedByKey ? 1 : -1) } };
      });
      context.poller.sync();
    },
    toggleWide: () => patchTable(({ frame }) => ({ wide: !frame.wide })),
    toggleFaults() {
      patchTable(({ frame }) => ({ faults: !frame.faults }));
      const table = openTable(context);
      if (table && (table.visible.ghost || table.frame.cursor === undefined)) settleCursor(context, table);
    },
    toggleWrap: () => patchView(({ wrap }) => ({ wrap: !wrap })),
    toggleSecrets: () => patchView(({ secrets }) => ({ secrets: !secrets })),
    search,
    chooseColumn: (by) =>
      patchTable(({ frame, screen }) => {
        const ids = screen.columns.filter(({ wide }) => frame.wide || !wide).map(({ id }) => id);
        const place = ids.indexOf(frame.column ?? frame.sort.column);
        return { column: ids[(place + by + ids.length) % ids.length] };
      }),
    mark(what) {
      patchTable((table) => marked(table, what));
      // On to the next row, so that a held key marks a run.
      if (what === 'row') move(1);
    },
    sort: () =>
      patchTable(({ frame }) => {
        const column = frame.column ?? frame.sort.column;
        return { sort: { column, descending: frame.sort.column === column ? !frame.sort.descending : false } };
      }),
  };
}

/** The lines in which a text occurs, without regard to case. */
export function matches(lines: readonly string[], text: string): number[] {
  const wanted = text.toLowerCase();
  return lines.flatMap((line, index) => (line.toLowerCase().includes(wanted) ? [index] : []));
}

/** The marks after a marking key. A range goes from the last row marked to the cursor. */
function marked({ frame, screen, visible }: OpenTable, what: Parameters<Commands['mark']>[0]): Partial<TableFrame> {
  const ids = visible.rows.map((row) => screen.rowId(row));
  const here = visible.ghost ? undefined : ids[visible.index];
  const marks = new Set(frame.marks);
  const flip = (id: string): void => void (marks.delete(id) || marks.add(id));
  if (what === 'none') return { marks: new Set(), anchor: undefined };
  if (what === 'all') return { marks: new Set([...marks, ...ids]) };
  if (what === 'invert') {
    ids.forEach(flip);
    return { marks };
  }
  if (here === undefined) return {};
  if (what === 'row') {
    flip(here);
    return { marks, anchor: here };
  }
  const anchor = ids.indexOf(frame.anchor ?? here);
  // A range cannot begin at a row that is not shown.
  const from = anchor < 0 ? visible.index : anchor;
  const [low, high] = [Math.min(from, visible.index), Math.max(from, visible.index)];
  for (const id of ids.slice(low, high + 1)) marks.add(id);
  return { marks, anchor: here };
}
