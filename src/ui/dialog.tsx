import { Box, Text } from 'ink';
import { clean } from '../lib/clean.ts';
import { fit, wrap } from '../lib/width.ts';
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
  const wrapped = (text: string): string[] => wrap(clean(text), inner);
  const body: Line[] = lines.flatMap((text) => wrapped(text).map((part): Line => [{ text: part }]));
  const ready = wrong.length === 0 && (dialog.word === undefined || dialog.field.text === dialog.word);
  const buttons: Line = [
    { text: ' Cancel ', inverse: dialog.button === 0, bold: true },
    { text: '   ' },
    { text: ` ${clean(dialog.verb)} `, inverse: dialog.button === 1, bold: true, tone: ready ? dialog.tone : 'dim' },
  ];
  // On a low screen the blank lines go first, then the end of the list, which is said. The buttons always stay.
  const low = layout.rows < 16;
  const blank: Line[] = low ? [] : [[]];
  const asked = dialog.word === undefined ? [] : wrapped(`type ${dialog.word} to go on`).slice(0, low ? 1 : undefined);
  const word: Line[] =
    dialog.word === undefined
      ? []
      : [...blank, ...asked.map((part): Line => [{ text: part }]), fieldLine(dialog.field, inner, '> ')];
  // What it is about is told in full: two long names may differ at their end alone.
  const names = wrapped(dialog.title);
  const around = 3 + 2 * blank.length + word.length;
  const most = Math.max(1, layout.rows - around - 1);
  const title =
    names.length <= most ? names : [...names.slice(0, most - 1), fit(names.slice(most - 1).join(''), inner)];
  const room = Math.max(1, layout.rows - around - title.length);
  const left = body.length - room + 1;
  const shown: Line[] =
    body.length <= room ? body : [...body.slice(0, room - 1), [{ text: `… and ${left} more lines`, tone: 'dim' }]];
  const heading = title.map((text): Line => [{ text, bold: true, tone: dialog.tone }]);
  const content: Line[] = [...heading, ...blank, ...shown, ...word, ...blank, buttons];
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
