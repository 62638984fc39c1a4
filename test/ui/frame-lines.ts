import type { Cockpit } from '../../src/state/cockpit.ts';
import type { State } from '../../src/state/store.ts';
import { bodyLines, shellLines } from '../../src/ui/frame.ts';
import type { Layout } from '../../src/ui/layout.ts';
import type { Line } from '../../src/ui/line.ts';
import { createViewer, type Viewer } from '../../src/ui/viewer.ts';

/** Everything on screen but dialogs: exactly as many lines as the terminal has. */
export function frameLines(cockpit: Cockpit, state: State, layout: Layout, viewer: Viewer = createViewer()): Line[] {
  const body = bodyLines(cockpit, state, layout, viewer);
  const { top, bottom } = shellLines(cockpit, state, layout);
  return [...top, ...body, ...bottom];
}
