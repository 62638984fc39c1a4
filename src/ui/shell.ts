import type { Cockpit } from '../state/cockpit.ts';
import type { Dialog, Menu, State } from '../state/store.ts';
import { shellLines } from './frame.ts';
import type { Layout } from './layout.ts';
import type { Line } from './line.ts';
import { openBox, type ResultBoxContent } from './result-box.tsx';

/** All that Ink draws, as values: as long as they are the same there is nothing to draw. */
export interface ShellView {
  readonly top: readonly string[];
  readonly bottom: readonly string[];
  readonly dialog: Dialog | undefined;
  readonly menu: Menu | undefined;
  readonly box: ResultBoxContent | undefined;
}

/** Makes the function that reads what Ink draws now. It gives the object it gave before while nothing differs. */
export function createShellView(cockpit: Cockpit, layout: Layout, paint: (line: Line) => string): () => ShellView {
  let seen: State | undefined;
  let last: ShellView | undefined;
  return () => {
    const state = cockpit.store.getState();
    if (last && seen === state) return last;
    seen = state;
    const { top, bottom } = shellLines(cockpit, state, layout);
    const next: ShellView = {
      top: top.map(paint),
      bottom: bottom.map(paint),
      dialog: state.dialog,
      menu: state.menu,
      box: openBox(state),
    };
    if (last && same(last, next)) return last;
    last = next;
    return next;
  };
}

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, place) => text === b[place]);

function same(a: ShellView, b: ShellView): boolean {
  return (
    a.dialog === b.dialog &&
    a.menu === b.menu &&
    a.box?.fields === b.box?.fields &&
    a.box?.secrets === b.box?.secrets &&
    sameTexts(a.top, b.top) &&
    sameTexts(a.bottom, b.bottom)
  );
}
