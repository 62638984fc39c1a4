import { Box, Text } from 'ink';
import { clean } from '../lib/clean.ts';
import { widthOf } from '../lib/width.ts';
import type { Menu } from '../state/store.ts';
import { scrollTo } from '../state/window.ts';
import type { Layout } from './layout.ts';
import { fitLine, type Line } from './line.ts';

/** A choice over the middle of the screen. */
export function MenuBox({ menu, layout, paint }: { menu: Menu; layout: Layout; paint: (line: Line) => string }) {
  const words = menu.items.map(({ label, note }) => ({
    label: clean(label),
    note: note === undefined ? '' : clean(note),
  }));
  const longest = Math.max(widthOf(menu.title), ...words.map(({ label, note }) => widthOf(label) + widthOf(note) + 3));
  const inner = Math.max(10, Math.min(layout.columns - 6, longest));
  const page = Math.max(1, Math.min(menu.items.length, layout.rows - 6));
  const top = scrollTo(0, menu.index, page, menu.items.length);
  const content: Line[] = [
    [{ text: clean(menu.title), bold: true, tone: 'accent' }],
    ...words.slice(top, top + page).map(({ label, note }, place): Line => {
      const here = top + place === menu.index;
      return [
        { text: `${here ? '>' : ' '} ${label}`, inverse: here, bold: here },
        ...(note === '' ? [] : [{ text: ` ${note}`, tone: 'dim' as const }]),
      ];
    }),
  ];
  const rule = '─'.repeat(inner + 2);
  const side = { text: '│', tone: 'accent' } as const;
  const lines = [
    paint([{ text: `┌${rule}┐`, tone: 'accent' }]),
    ...content.map((line) => paint([side, { text: ' ' }, ...fitLine(line, inner), { text: ' ' }, side])),
    paint([{ text: `└${rule}┘`, tone: 'accent' }]),
  ];
  const left = Math.max(0, Math.floor((layout.columns - inner - 4) / 2));
  return (
    <Box
      position="absolute"
      top={Math.max(0, Math.floor((layout.rows - lines.length) / 2))}
      left={left}
      width={inner + 4}
      height={lines.length}
      flexDirection="column"
    >
      {lines.map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of the screen is known by its place alone
        <Text key={place} wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  );
}
