import type { Cockpit } from '../state/cockpit.ts';
import type { Dialog, Menu } from '../state/store.ts';
import type { Layout } from './layout.ts';
import { openBox, type ResultBoxContent } from './result-rows.ts';

/** All that lies over the lines, which Ink draws: as long as it is the same there is nothing to draw. */
export interface Over {
  readonly dialog: Dialog | undefined;
  readonly menu: Menu | undefined;
  readonly box: ResultBoxContent | undefined;
}

/**
 * Makes the function that reads what lies over the lines now, undefined when nothing does. It gives the object it gave
 * before while nothing differs.
 */
export function createOver(cockpit: Cockpit, { mode }: Layout): () => Over | undefined {
  let last: Over | undefined;
  return () => {
    const state = cockpit.store.getState();
    const { dialog, menu } = state;
    const box = openBox(state);
    // On a screen too small to draw on nothing is asked.
    if (mode === 'tiny' || !(dialog ?? menu ?? box)) {
      last = undefined;
    } else if (
      last?.dialog !== dialog ||
      last?.menu !== menu ||
      last?.box?.fields !== box?.fields ||
      last?.box?.secrets !== box?.secrets
    ) {
      last = { dialog, menu, box };
    }
    return last;
  };
}
