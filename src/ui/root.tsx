import { Box, type SuspendTerminal, Text, useApp, useInput, usePaste, useWindowSize } from 'ink';
import { memo, useEffect, useMemo, useSyncExternalStore } from 'react';
import { chordsOf } from '../keys/chord.ts';
import type { Cockpit } from '../state/cockpit.ts';
import { DialogBox } from './dialog.tsx';
import { layoutFor } from './layout.ts';
import type { Line } from './line.ts';
import { MenuBox } from './menu.tsx';
import { ResultBox } from './result-box.tsx';
import { createShellView } from './shell.ts';

/** A line of the screen; drawn again only when its text has changed. */
const Row = memo(({ text }: { text: string }) => <Text wrap="truncate">{text || ' '}</Text>);

const Rows = ({ texts }: { texts: readonly string[] }) =>
  // biome-ignore lint/suspicious/noArrayIndexKey: a line of the screen is known by its place alone
  texts.map((text, place) => <Row key={place} text={text} />);

export interface RootProps {
  readonly cockpit: Cockpit;
  readonly paint: (line: Line) => string;
  /** Told how the terminal is given to another program for a while. */
  readonly onReady?: (lend: SuspendTerminal) => void;
}

/** What is around the body, and what lies over it; the body itself is painted. The only place that listens to the keyboard. */
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
  const view = useMemo(() => createShellView(cockpit, layout, paint), [cockpit, layout, paint]);
  const { top, bottom, dialog, menu, box } = useSyncExternalStore(cockpit.store.subscribe, view);
  // Without anything over the body Ink need not draw it empty: the screen puts the foot where it belongs.
  const over = layout.mode !== 'tiny' && (box ?? dialog ?? menu) !== undefined;
  return (
    <Box flexDirection="column" width={columns} height={over ? rows : top.length + bottom.length}>
      <Rows texts={top} />
      {over && <Box height={layout.body} />}
      <Rows texts={bottom} />
      {over && (
        <>
          {box && <ResultBox box={box} layout={layout} paint={paint} />}
          {dialog && <DialogBox dialog={dialog} layout={layout} paint={paint} />}
          {menu && <MenuBox menu={menu} layout={layout} paint={paint} />}
        </>
      )}
    </Box>
  );
}
