import { Box, type SuspendTerminal, Text, useApp, useInput, usePaste, useWindowSize } from 'ink';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { chordsOf } from '../keys/chord.ts';
import type { Cockpit } from '../state/cockpit.ts';
import { DialogBox } from './dialog.tsx';
import { layoutFor } from './layout.ts';
import type { Line } from './line.ts';
import { MenuBox } from './menu.tsx';
import { createOver } from './over.ts';
import { ResultBox } from './result-box.tsx';

export interface RootProps {
  readonly cockpit: Cockpit;
  readonly paint: (line: Line) => string;
  /** Told how the terminal is given to another program for a while. */
  readonly onReady?: (lend: SuspendTerminal) => void;
}

/** What lies over the lines, which are painted. The only place that listens to the keyboard. */
export function Root({ cockpit, paint, onReady }: RootProps) {
  const { suspendTerminal } = useApp();
  useEffect(() => onReady?.(suspendTerminal), [onReady, suspendTerminal]);
  useInput((input, key) => {
    // Keys typed ahead of one that was refused were meant for what it would have led to: they are dropped with it.
    for (const chord of chordsOf(input, key)) if (!cockpit.press(chord)) break;
  });
  usePaste((text) => cockpit.paste(text));
  const { columns, rows } = useWindowSize();
  const layout = useMemo(() => layoutFor(columns, rows), [columns, rows]);
  const over = useSyncExternalStore(
    cockpit.store.subscribe,
    useMemo(() => createOver(cockpit, layout), [cockpit, layout]),
  );
  // A frame without anything on it takes away what lay over the lines.
  if (!over) return <Text> </Text>;
  const { dialog, menu, box } = over;
  return (
    <Box width={columns} height={rows}>
      {box && <ResultBox box={box} layout={layout} paint={paint} />}
      {dialog && <DialogBox dialog={dialog} layout={layout} paint={paint} />}
      {menu && <MenuBox menu={menu} layout={layout} paint={paint} />}
    </Box>
  );
}
