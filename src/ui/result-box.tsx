import { Box, Text } from 'ink';
import { Table } from 'ink-table';
import type { ReactNode } from 'react';
import { clean } from '../lib/clean.ts';
import { widthOf, wrap } from '../lib/width.ts';
import type { Field } from '../screens/define.ts';
import { topFrame } from '../state/nav.ts';
import type { State } from '../state/store.ts';
import type { Layout } from './layout.ts';
import type { Line } from './line.ts';
import { gutter } from './table.ts';

/** Lines above and below the rows: both edges and the heading. */
const around = 3;

interface Row {
  readonly [column: string]: string;
}

/** The lines a box takes: a page leaves them free. */
export const boxHeight = (box: readonly Field[], secrets: boolean, width: number): number =>
  rowsOf(box, secrets, width).length + around;

export interface ResultBoxContent {
  readonly fields: readonly Field[];
  readonly secrets: boolean;
}

/** What stands in the box of the page that is open. It scrolls away with the page's first line. */
export function openBox(state: State): ResultBoxContent | undefined {
  const frame = topFrame(state);
  if (frame.kind !== 'view' || frame.view !== 'page' || frame.top > 0) return undefined;
  const fields = state.pages[frame.row ?? '']?.box;
  return fields && { fields, secrets: frame.secrets };
}

/** The box on top of a page: what eascmd prints when a service was made. */
export function ResultBox({
  box,
  layout,
  paint,
}: {
  box: ResultBoxContent;
  layout: Layout;
  paint: (line: Line) => string;
}): ReactNode {
  const data = rowsOf(box.fields, box.secrets, layout.width);
  const look = (tone: 'dim' | 'plain' | 'accent') => (props: { children?: ReactNode }) => (
    <Text wrap="truncate">{paint([{ text: String(props.children), tone }])}</Text>
  );
  return (
    <Box
      position="absolute"
      top={layout.framed ? layout.header + 1 : layout.header}
      left={(layout.framed ? 1 : 0) + gutter}
      width={layout.width}
      height={Math.min(layout.body, data.length + around)}
      overflow="hidden"
    >
      <Compact data={data} header={look('accent')} cell={look('plain')} skeleton={look('dim')} />
    </Box>
  );
}

/** Without a rule between rows: a value may take several. */
class Compact extends Table<Row> {
  override separator = () => <></>;
}

/** The first field heads the columns; a value that is too long goes on in the next row. */
function rowsOf([head, ...fields]: readonly Field[], secrets: boolean, width: number): Row[] {
  const label = clean(head?.name ?? '');
  const title = clean(head?.value);
  const names = fields.map(({ name }) => clean(name));
  const room = Math.max(10, width - 7 - Math.max(...[label, ...names].map((text) => widthOf(text))));
  return fields.flatMap(({ value, secret }, place) => {
    const hidden = secret && !secrets && value !== undefined && value !== '';
    const text = hidden ? '•••••••• (x shows it)' : clean(value, 4000);
    return wrap(text, room).map((part, line) => ({ [label]: line === 0 ? (names[place] ?? '') : '', [title]: part }));
  });
}
