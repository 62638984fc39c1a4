import type { KeyCost, RestCost, Spread } from './measure.ts';

export interface Figures {
  readonly program: string;
  readonly firstFrame: Spread;
  readonly firstRows?: Spread;
  /** Cursor moves within what is shown; for programs without a cursor, none. */
  readonly cursor?: KeyCost;
  /** Moves that scroll by a line. */
  readonly scroll?: KeyCost;
  readonly rest?: RestCost;
}

type Row = readonly [label: string, value: (figures: Figures, node: Figures | undefined) => string];

const dash = '-';
const number = (value: number) => (Number.isFinite(value) ? value.toFixed(value < 10 ? 1 : 0) : dash);
const both = (spread: Spread | undefined) => (spread ? `${number(spread.p50)} / ${number(spread.p95)}` : dash);
const answered = (cost: KeyCost | undefined, value: (cost: KeyCost) => string) => {
  if (!cost) return dash;
  return cost.unanswered > 0 ? `${value(cost)} (${cost.unanswered} unanswered)` : value(cost);
};
const ratio = (spread: Spread | undefined, node: Figures | undefined) =>
  spread && node ? number(spread.p50 / node.firstFrame.p50) : dash;

const rows: readonly Row[] = [
  ['exec → first frame, ms', ({ firstFrame }) => both(firstFrame)],
  ['  × node', ({ firstFrame }, node) => ratio(firstFrame, node)],
  ['exec → first rows, ms', ({ firstRows }) => both(firstRows)],
  ['  × node', ({ firstRows }, node) => ratio(firstRows, node)],
  ['cursor key → first byte, ms', ({ cursor }) => answered(cursor, ({ first }) => both(first))],
  ['cursor key → last byte, ms', ({ cursor }) => answered(cursor, ({ last }) => both(last))],
  ['bytes per cursor move', ({ cursor }) => answered(cursor, ({ bytes }) => both(bytes))],
  ['scroll key → last byte, ms', ({ scroll }) => answered(scroll, ({ last }) => both(last))],
  ['bytes per scroll', ({ scroll }) => answered(scroll, ({ bytes }) => both(bytes))],
  ['idle CPU, % of a core', ({ rest }) => (rest ? rest.cpuPercent.toFixed(2) : dash)],
  ['idle output, bytes/s', ({ rest }) => (rest ? number(rest.bytesPerSecond) : dash)],
  ['RSS, MB', ({ rest }) => (rest ? number(rest.residentMb) : dash)],
];

/** One column a program; where there are two numbers they are p50 / p95. */
export function printTable(figures: readonly Figures[]): void {
  const [node] = figures;
  const lines = [
    ['p50 / p95', ...figures.map(({ program }) => program)],
    ...rows.map(([label, value]) => [label, ...figures.map((column) => value(column, node))]),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  for (const line of lines)
    console.log(
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
