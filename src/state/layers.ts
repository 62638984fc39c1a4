import type { Binding, Layer } from '../keys/binding.ts';
import type { Commands } from '../keys/commands.ts';
import { layers } from '../keys/tables.ts';
import { latest } from '../lib/latest.ts';
import type { Screen } from '../screens/define.ts';
import { topFrame } from './nav.ts';
import type { KeyGroup, State } from './store.ts';

/** Where a key works: on a table or on a description of one of its rows. */
export type Where = 'table' | 'view';

/** The layers that are alive at this moment, bottom to top. */
export function liveLayers(
  state: State,
  screen: Screen,
  actions: (screen: Screen, where: Where) => readonly Binding<Commands>[],
): Layer<Commands>[] {
  const live: Layer<Commands>[] = [layers.app];
  if (topFrame(state).kind === 'table') {
    live.push(layers.table);
    if (screen.actions?.length) live.push(layers.marking);
    if (screen.actions?.some(({ stage }) => stage !== undefined)) live.push(layers.staging);
    live.push(layerOf(screen.id, screen.title, actions(screen, 'table')));
  } else {
    live.push(layers.viewer);
    const top = topFrame(state);
    const page = top.kind === 'view' && top.view === 'page' ? state.pages[top.row ?? ''] : undefined;
    const own = page
      ? (page.keys ?? [])
      : top.kind === 'view' && top.view === 'describe'
        ? actions(screen, 'view')
        : [];
    if (own.length > 0) live.push(layerOf(`${screen.id}-view`, page?.title ?? screen.title, own));
  }
  if (Object.keys(state.staged).length > 0) {
    live.push(topFrame(state).kind === 'table' ? layers.staged : layers.stagedView);
  }
  if (state.menu) live.push(layers.menu);
  if (state.dialog) {
    const { slider, word, keys } = state.dialog;
    live.push(slider ? layers.sliderDialog : word === undefined ? layers.dialog : layers.typedDialog);
    if (keys) live.push({ id: 'dialog-own', title: 'this dialog', bindings: keys });
  }
  if (state.prompt) live.push(layers.prompt);
  return live;
}

/** The same layer for the same keys. */
const layerOf = latest(
  (id: string, title: string, bindings: readonly Binding<Commands>[]): Layer<Commands> => ({ id, title, bindings }),
);

/** Every key there is by where it works, those that work here first; with the reason of those that are off. */
export function keyGroups(live: readonly Layer<Commands>[], commands: Commands): KeyGroup[] {
  const others = Object.values<Layer<Commands>>(layers).filter(({ id }) => !live.some((layer) => layer.id === id));
  const group = ({ title, bindings }: Layer<Commands>, here: boolean): KeyGroup => ({
    title,
    keys: bindings.map((binding) => ({
      chords: binding.keys,
      title: binding.title,
      off: here ? binding.off?.(commands) : undefined,
    })),
  });
  return [...live.toReversed().map((layer) => group(layer, true)), ...others.map((layer) => group(layer, false))];
}
