import type { Cockpit } from '../state/cockpit.ts';
import { bodyLines } from './frame.ts';
import { layoutFor } from './layout.ts';
import type { Line } from './line.ts';
import type { Screen } from './screen/screen.ts';
import { createViewer } from './viewer.ts';

/** Paints the body of the table or viewer that is open; what is around it is Ink's to draw. */
export interface Painter {
  /** Paints another cockpit's body from now on. */
  follow(cockpit: Cockpit): void;
  /** Paints everything anew with the next frame, whatever was painted before. */
  renew(): void;
  close(): void;
}

export function createPainter(screen: Screen): Painter {
  let cockpit: Cockpit | undefined;
  let unsubscribe = (): void => undefined;
  let viewer = createViewer();

  function lines(): Line[] {
    if (!cockpit) return [];
    const layout = layoutFor(screen.columns, screen.rows);
    const above: Line[] = Array.from({ length: layout.header + (layout.framed ? 1 : 0) }, () => blank);
    return [...above, ...bodyLines(cockpit, cockpit.store.getState(), layout, viewer)];
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

/** One object for all lines that are not painted: what is the same needs no look. */
const blank: Line = [];
