import { Box, Text } from 'ink';
import { Table } from 'ink-table';
import type { ReactNode } from 'react';
import type { Layout } from './layout.ts';
import type { Line } from './line.ts';
import { around, type ResultBoxContent, type Row, rowsOf } from './result-rows.ts';
import { gutter } from './table.ts';

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
