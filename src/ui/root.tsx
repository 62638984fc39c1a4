import { Box, type SuspendTerminal, Text, useApp, useInput, usePaste, useWindowSize } from 'ink';
import { memo, useEffect, useState, useSyncExternalStore } from 'react';
import { chordsOf } from '../keys/chord.ts';
import type { Cockpit } from '../state/cockpit.ts';
import { DialogBox } from './dialog.tsx';
import { frameLines } from './frame.ts';
import { layoutFor } from './layout.ts';
import type { Line } from './line.ts';
import { MenuBox } from './menu.tsx';
import { ResultBox } from './result-box.tsx';
import { createViewer } from './viewer.ts';

/** A line of the screen; drawn again only when its text has changed. */
const Row = memo(({ text }: { text: string }) => <Text wrap="truncate">{text || ' '}</Text>);

export interface RootProps {
  readonly cockpit: Cockpit;
  readonly paint: (line: Line) => string;
  /** Told how the terminal is given to another program for a while. */
  readonly onReady?: (lend: SuspendTerminal) => void;
}

/** The whole screen. The only place that listens to the keyboard. */
export function Root({ cockpit, paint, onReady }: RootProps) {
  const { suspendTerminal } = useApp();
  useEffect(() => onReady?.(suspendTerminal), [onReady, suspendTerminal]);
  const { columns, rows } = useWindowSize();
  const state = useSyncExternalStore(cockpit.store.subscribe, cockpit.store.getState);
  useInput((input, key) => {
    // Keys typed ahead of one that was refused were meant for what it would have led to: they are dropped with it.
    for (const chord of chordsOf(input, key)) if (!cockpit.press(chord)) break;
  });
  usePaste((text) => cockpit.paste(text));
  const layout = layoutFor(columns, rows);
  const [viewer] = useState(createViewer);
  const lines = frameLines(cockpit, state, layout, viewer).map(paint);
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      {lines.map((text, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of the screen is known by its place alone
        <Row key={place} text={text} />
      ))}
      <ResultBox state={state} layout={layout} paint={paint} />
      {state.dialog && layout.mode !== 'tiny' ? (
        <DialogBox dialog={state.dialog} layout={layout} paint={paint} />
      ) : undefined}
      {state.menu && layout.mode !== 'tiny' ? <MenuBox menu={state.menu} layout={layout} paint={paint} /> : undefined}
    </Box>
  );
}
