/** The figures of a run: printed, compared with the committed ones, and put into docs/performance.md. */

/** One row of the table of targets. */
export interface Figure {
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 'bytes' | 'MB' | '%' | 'bytes/s' | 'frames';
  /** What the value is measured against in the same run, and how many times as much it is. */
  readonly against?: { readonly what: string; readonly value: number };
  /**
   * What a Node.js program that only ticks, or only echoes, takes for it in the same run: machines differ more in how
   * they wake up than in how they run.
   */
  readonly bare?: number;
  /** The most the value (or, with `against`, the ratio) should be; for frames, the least. */
  readonly target: number;
  /** What is compared between runs on unlike machines: how much more than the baseline's is still as good, as a factor. */
  readonly slack: number;
}

export interface Report {
  readonly node: string;
  readonly cores: number;
  readonly size: string;
  /** p50 of `node -e 'console.log(1)'`, ms: how fast this machine is. */
  readonly nodeMs: number;
  readonly figures: readonly Figure[];
  readonly growth: readonly Growth[];
}

/** What a number of services costs. */
export interface Growth {
  readonly services: number;
  readonly residentMb: number;
  readonly keyMs: number;
  readonly keyBytes: number;
  /** The slowest of the first letters that are ever typed into a filter, and of the same once more. */
  readonly firstFilterMs: number;
  readonly filterMs: number;
  /** CPU of a poll in which one row in a hundred has changed. */
  readonly pollMs: number;
}

const ratioOf = ({ value, against }: Figure): number => (against ? value / against.value : value);

export function meetsTarget(figure: Figure): boolean {
  return figure.unit === 'frames' ? ratioOf(figure) >= figure.target : ratioOf(figure) <= figure.target;
}

/** A number that holds on any machine: a ratio, bytes, memory; times and CPU in what Node.js takes there. */
function scoreOf(figure: Figure, nodeTakes: number): number {
  return figure.against || !['ms', '%'].includes(figure.unit) ? ratioOf(figure) : figure.value / nodeTakes;
}

/** Lines that say what has become worse than the baseline by more than its slack. */
export function regressions(now: Report, baseline: Report): string[] {
  return now.figures.flatMap((figure) => {
    const before = baseline.figures.find(({ id }) => id === figure.id);
    if (!before) return [];
    const [here, there] = figure.bare && before.bare ? [figure.bare, before.bare] : [now.nodeMs, baseline.nodeMs];
    const [score, old] = [scoreOf(figure, here), scoreOf(before, there)];
    const worse = figure.unit === 'frames' ? score * figure.slack < old : score > old * figure.slack;
    // What still meets its target has not got worse for anybody.
    if (!worse || meetsTarget(figure)) return [];
    return [`${figure.what}: ${said(figure)}, was ${said(before)} (allowed: x ${figure.slack})`];
  });
}

const number = (value: number): string => (Math.abs(value) < 10 ? value.toFixed(1) : String(Math.round(value)));

const said = (figure: Figure): string =>
  figure.against
    ? `${number(ratioOf(figure))} x ${figure.against.what} (${number(figure.value)} / ${number(figure.against.value)} ${figure.unit})`
    : `${number(figure.value)} ${figure.unit}`;

/** How long that start of Node.js takes where the targets were set, ms: what `node -e` took there. */
const targetsNodeMs = 33;

/** What a time or a share of the CPU would be there, by proportion. A guess: no target is met by it. */
function saidThere(figure: Figure, nodeMs: number): string {
  if (figure.against || !['ms', '%'].includes(figure.unit)) return '';
  const bare = figure.bare === undefined ? '' : `; Node.js alone ${number(figure.bare)}`;
  return ` (≈ ${number((figure.value * targetsNodeMs) / nodeMs)}${bare})`;
}

export function table({ figures, nodeMs }: Report): string {
  const rows = figures.map((figure) => [
    figure.what,
    said(figure) + saidThere(figure, nodeMs),
    `${figure.unit === 'frames' ? '≥' : '≤'} ${number(figure.target)}${figure.against ? ' x' : ` ${figure.unit}`}`,
    meetsTarget(figure) ? 'yes' : '**no**',
  ]);
  return [
    '| what | measured | target | met |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

const [start, end] = ['<!-- figures -->', '<!-- /figures -->'];

/** The page with this run's figures between its marks. */
export function withFigures(page: string, report: Report): string {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md: no ${start} … ${end}`);
  const head = `Node.js ${report.node}, ${report.cores} cores, ${report.size}; \`node -e 'console.log(1)'\` takes ${number(report.nodeMs)} ms.
In brackets what times and CPU would be, by proportion, where it takes ${targetsNodeMs} ms, as where the targets were set; \`met\` goes by what was measured.`;
  return `${page.slice(0, from + start.length)}\n${head}\n\n${table(report)}\n${page.slice(to)}`;
}
