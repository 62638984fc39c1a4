import { megabytes } from '../lib/units.ts';

/** How much of something is taken. Both in the same unit; undefined where the service does not say. */
export interface Use {
  readonly used: number | undefined;
  readonly total: number | undefined;
}

/** What is left, less than nothing where more is promised than there is; undefined unless both numbers are known. */
export function free({ used, total }: Use): number | undefined {
  return used === undefined || total === undefined ? undefined : total - used;
}

/** A number of at most two decimals: `6`, `2.4`, `0.25`; `-` for no number. */
export function amount(n: number | undefined): string {
  return n === undefined || !Number.isFinite(n) ? '-' : String(Number(n.toFixed(2)));
}

/**
 * `██░░ 6/16`: a bar of `cells` cells and the numbers, which say the same to those who see no bar. Only what is
 * full looks full and only what is empty looks empty. Without a whole to be a part of the bar is left blank.
 */
export function bar(
  used: number | undefined,
  total: number | undefined,
  cells: number,
  show: (n: number | undefined) => string = amount,
): string {
  return `${blocks(used, total, cells)} ${show(used)}/${show(total)}`;
}

function blocks(used: number | undefined, total: number | undefined, cells: number): string {
  if (used === undefined || total === undefined || !(total > 0) || !Number.isFinite(used)) return ' '.repeat(cells);
  const exact = Math.round((used / total) * cells);
  const least = used > 0 ? 1 : 0;
  const most = used < total ? cells - 1 : cells;
  const full = Math.max(0, Math.min(cells, Math.min(most, Math.max(least, exact))));
  return '█'.repeat(full) + '░'.repeat(cells - full);
}

/** Nine tenths are taken: little more will fit. */
export function scarce(use: Use): boolean {
  const left = free(use);
  return left !== undefined && use.total !== undefined && use.total > 0 && left <= use.total / 10;
}

/** What nodes or groups come to, for a title; those that do not tell their numbers count for nothing. */
export function sums(
  uses: readonly { readonly cpu: Use; readonly gpu: Use; readonly memory: Use }[],
): string | undefined {
  if (uses.length === 0) return undefined;
  const sum = (of: (each: (typeof uses)[number]) => Use, show: (n: number) => string): string => {
    const known = uses.map(of).filter(({ used, total }) => used !== undefined && total !== undefined);
    if (known.length === 0) return '-';
    const add = (which: 'used' | 'total'): string => show(known.reduce((all, use) => all + (use[which] ?? 0), 0));
    return `${add('used')}/${add('total')}`;
  };
  // The scarcest comes first: a narrow title loses its end. Of what none has any there is nothing to say.
  const none = uses.every(({ gpu }) => gpu.total === 0);
  return [
    ...(none ? [] : [`gpu ${sum((use) => use.gpu, amount)}`]),
    `cpu ${sum((use) => use.cpu, amount)}`,
    `mem ${sum((use) => use.memory, megabytes)}`,
  ].join(' · ');
}
