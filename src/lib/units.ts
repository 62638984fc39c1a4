const STEP = 1024;
const LETTERS = ['B', 'K', 'M', 'G', 'T', 'P'];
const SIZE = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(?:(B)|([KMGTP])(?:i?B?)?)?\s*$/i;

function sized(value: number, letter: number): string {
  let size = value;
  let index = letter;
  // The given unit is whole, larger ones have a decimal while they are below a hundred.
  const text = () => (index === letter || Math.abs(size) >= 99.95 ? String(Math.round(size)) : size.toFixed(1));
  // Compared as it would be shown, so that 1023.99 is the next unit and never `1024`.
  while (index < LETTERS.length - 1 && Math.abs(Number(text())) >= STEP) {
    size /= STEP;
    index++;
  }
  return `${text()}${LETTERS[index]}`;
}

/** Memory given in MB, steps of 1024: `512M`, `1.0G`, `60.8G`, `128G`, `1.5T`; `-` for no number. */
export function megabytes(n: number | undefined): string {
  return n === undefined || !Number.isFinite(n) ? '-' : sized(n, 2);
}

/** A size in bytes, steps of 1024: `512B`, `1.5K`, `20.0M`; `-` for no number. */
export function bytes(n: number | undefined): string {
  return n === undefined || !Number.isFinite(n) ? '-' : sized(n, 0);
}

/**
 * MB of a size as the service writes it: `62240M`, `0G`, `8GB`, `30Gi`, `512 MiB`, `1024B`; a bare number is MB.
 * `undefined` for anything else, negative sizes included.
 */
export function parseMegabytes(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const match = SIZE.exec(value);
  if (match === null) return undefined;
  const letter = (match[2] ?? match[3] ?? 'M').toUpperCase();
  return Number(match[1]) * STEP ** (LETTERS.indexOf(letter) - 2);
}

/** A whole number with thousands separators, `1,024`; `-` for no number. */
export function count(n: number | undefined): string {
  if (n === undefined || !Number.isFinite(n)) return '-';
  const digits = String(Math.trunc(Math.abs(n)));
  const grouped = digits.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return n <= -1 ? `-${grouped}` : grouped;
}

/** How long something took or will take: `41ms`, `1.2s`, `12s`, `2m5s`, `1h4m`; `-` for no number. */
export function duration(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms) || ms < 0) return '-';
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return joined(Math.floor(seconds / 60), 'm', seconds % 60, 's');
  return joined(Math.floor(seconds / 3_600), 'h', Math.floor((seconds % 3_600) / 60), 'm');
}

function joined(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return `${big}${bigUnit}${small === 0 ? '' : `${small}${smallUnit}`}`;
}

/**
 * A share of a whole (of 100 if none is given) in whole percent, `20%`. Rounded down, so that only what is full says
 * `100%`; a little more than nothing is `<1%`; `-` where there is no number or no whole.
 */
export function percent(part: number | undefined, whole = 100): string {
  if (part === undefined || !Number.isFinite(part) || !Number.isFinite(whole) || whole <= 0) return '-';
  // 0.29 of 1 is 28.999999999999996 percent in floating point.
  const value = Number(((part / whole) * 100).toPrecision(12));
  return value > 0 && value < 1 ? '<1%' : `${Math.floor(value)}%`;
}
