import { latest } from '../lib/latest.ts';
import type { Cockpit } from '../state/cockpit.ts';
import { bodyLines, shellLines } from './frame.ts';
import { layoutFor } from './layout.ts';
import type { Line } from './line.ts';
import type { Screen } from './screen/screen.ts';
import { createViewer } from './viewer.ts';

/** Paints all lines of the screen; what lies over them is Ink's to draw. */
export interface Painter {
  /** Paints another cockpit's lines from now on. */
  follow(cockpit: Cockpit): void;
  /** Paints everything anew with the next frame, whatever was painted before. */
  renew(): void;
  close(): void;
}

export function createPainter(screen: Screen): Painter {
  let cockpit: Cockpit | undefined;
  let unsubscribe = (): void => undefined;
  let viewer = createViewer();
  const layoutOf = latest(layoutFor);

  function lines(): Line[] {
    if (!cockpit) return [];
    const layout = layoutOf(screen.columns, screen.rows);
    const state = cockpit.store.getState();
    const body = bodyLines(cockpit, state, layout, viewer);
    const { top, bottom } = shellLines(cockpit, state, layout);
    return [...top, ...body, ...bottom];
  }
  const due = (): void => screen.paint(lines);

  return {
    follow(next) {
      unsubscribe();
      cockpit = next;
      viewer = createViewer();
      unsubscribe = next.store.subscribe(due);
      due();
    },
    renew: () => screen.repaint(),
    close: () => unsubscribe(),
  };
}
