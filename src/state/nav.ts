import type { Scope, Screen } from '../screens/define.ts';
import type { Frame, State, Store, TableFrame, ViewFrame } from './store.ts';

/** How many places `[` can go back to. */
const remembered = 50;

export function tableFrame(screen: Screen, scope: Scope): TableFrame {
  return {
    kind: 'table',
    screen: screen.id,
    scope,
    cursor: undefined,
    name: '',
    index: 0,
    exchangedAt: 0,
    top: 0,
    filter: '',
    faults: false,
    wide: false,
    sort: { column: screen.sort.column, descending: screen.sort.descending ?? false },
    column: undefined,
    marks: new Set(),
    anchor: undefined,
  };
}

export function viewFrame(
  view: ViewFrame['view'],
  about: Pick<ViewFrame, 'screen' | 'scope' | 'row' | 'name'>,
): ViewFrame {
  return { kind: 'view', view, ...about, top: 0, search: '', wrap: view !== 'json', secrets: false, keys: [] };
}

export const topFrame = (state: State): Frame => {
  const frame = state.frames.at(-1);
  if (!frame) throw new Error('no frame is open');
  return frame;
};

/** The name under which the answers for a frame are kept; undefined for a view that asks nothing of the service. */
export function sourceOf(frame: Frame): string | undefined {
  const scope = JSON.stringify(frame.scope);
  if (frame.kind === 'table') return `${frame.screen}${scope}`;
  return frame.view === 'describe' ? `describe:${frame.screen}${scope}${frame.row ?? ''}` : undefined;
}

/** The table a frame belongs to: itself, or the one its object is on. */
export const tableOf = ({ screen, scope }: Frame): Frame => ({ kind: 'table', screen, scope }) as TableFrame;

/** Changes the frame on top. */
export function patchFrame<F extends Frame>(store: Store, patch: Partial<F>): void {
  store.setState((state) => {
    const frame = topFrame(state);
    return { frames: [...state.frames.slice(0, -1), { ...frame, ...patch } as Frame] };
  });
}

/** Goes to other frames and remembers the present ones for `[`. */
function go(store: Store, frames: readonly Frame[]): void {
  store.setState((state) => ({ frames, past: [...state.past, state.frames].slice(-remembered), future: [] }));
}

export function push(store: Store, frame: Frame): void {
  go(store, [...store.getState().frames, frame]);
}

/** One frame down; false at the root. */
export function pop(store: Store): boolean {
  const { frames } = store.getState();
  if (frames.length < 2) return false;
  go(store, frames.slice(0, -1));
  return true;
}

/** Starts over at a table, as a command of the command line does. */
export function jump(store: Store, frames: readonly Frame[]): void {
  go(store, frames);
}

/** Through the views as a browser goes through pages; false at the end. */
export function travel(store: Store, by: -1 | 1): boolean {
  const { past, future, frames } = store.getState();
  const target = by < 0 ? past.at(-1) : future[0];
  if (!target) return false;
  store.setState(
    by < 0
      ? { frames: target, past: past.slice(0, -1), future: [frames, ...future] }
      : { frames: target, past: [...past, frames], future: future.slice(1) },
  );
  return true;
}
