import { Box, Text } from 'ink';
import { clean } from '../lib/clean.ts';
import { wrap } from '../lib/width.ts';
import type { Dialog } from '../state/store.ts';
import { fieldLine } from './header.ts';
import type { Layout } from './layout.ts';
import { cutLine, fitLine, type Line } from './line.ts';

/** A question over the middle of the screen. Cancel is on the left and in focus until somebody moves. */
export function DialogBox({
  dialog,
  layout,
  paint,
}: {
  dialog: Dialog;
  layout: Layout;
  paint: (line: Line) => string;
}) {
  const width = Math.min(layout.columns - 2, 76);
  const inner = width - 4;
  const { slider } = dialog;
  const wrong = slider?.wrong === undefined ? [] : [`! ${slider.wrong}; backspace takes the digit back`];
  const lines = [...dialog.lines, ...(slider ? ['', ...wrong, ...slider.lines(slider.value)] : [])];
  const body: Line[] = lines.flatMap((text) => wrap(clean(text), inner).map((part): Line => [{ text: part }]));
  const ready = wrong.length === 0 && (dialog.word === undefined || dialog.field.text === dialog.word);
  const buttons: Line = [
    { text: ' Cancel ', inverse: dialog.button === 0, bold: true },
    { text: '   ' },
    { text: ` ${clean(dialog.verb)} `, inverse: dialog.button === 1, bold: true, tone: ready ? dialog.tone : 'dim' },
  ];
  // On a low screen the blank lines go first, then the end of the list, which is said. The buttons always stay.
  const blank: Line[] = layout.rows < 16 ? [] : [[]];
  const word: Line[] =
    dialog.word === undefined
      ? []
      : [...blank, [{ text: `type ${clean(dialog.word)} to go on` }], fieldLine(dialog.field, inner, '> ')];
  const room = Math.max(1, layout.rows - 4 - 2 * blank.length - word.length);
  const left = body.length - room + 1;
  const shown: Line[] =
    body.length <= room ? body : [...body.slice(0, room - 1), [{ text: `… and ${left} more lines`, tone: 'dim' }]];
  const title: Line = [{ text: dialog.title, bold: true, tone: dialog.tone }];
  const content: Line[] = [title, ...blank, ...shown, ...word, ...blank, buttons];
  const edge = (left: string, right: string): string =>
    paint([{ text: `${left}${'─'.repeat(width - 2)}${right}`, tone: dialog.tone }]);
  const side = { text: '│', tone: dialog.tone } as const;
  const drawn = [
    edge('┌', '┐'),
    ...content.map((line) =>
      paint([side, { text: ' ' }, ...fitLine(cutLine(line, inner), inner), { text: ' ' }, side]),
    ),
    edge('└', '┘'),
  ];
  const top = Math.max(0, Math.floor((layout.rows - drawn.length) / 2));
  const from = Math.floor((layout.columns - width) / 2);
  return (
    <Box position="absolute" top={top} left={from} width={width} height={drawn.length} flexDirection="column">
      {drawn.map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of the screen is known by its place alone
        <Text key={place} wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  );
}
