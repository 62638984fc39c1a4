import { age, nextAgeChange, stamp } from '../lib/age.ts';
import { clean } from '../lib/clean.ts';
import { megabytes } from '../lib/units.ts';
import { amount, bar, free, scarce, type Use } from './bars.ts';
import type { Column, Field, Tone } from './define.ts';

const busy =
  /^(creating|deploying|pending|starting|stopping|scaling|updating|hotupdate|deleting|cloning|committing|restarting|terminating|releasing)$/i;
const bad = /^(failed|deletefailed|createfailed|updatefailed|error|terminated|unhealthy)$/i;

/**
 * How a status looks. The service's full list is not documented: an unknown one is shown as it came,
 * without a verdict.
 */
export function statusTone(status: string | undefined): Tone {
  if (!status) return 'plain';
  if (/^(running|ready|resourceready|succeeded|available)$/i.test(status)) return 'ok';
  if (/^(waiting|notready|unknown)$/i.test(status)) return 'warn';
  if (/^stopped$/i.test(status)) return 'dim';
  if (bad.test(status)) return 'bad';
  return busy.test(status) ? 'busy' : 'plain';
}

const symbols: Record<Tone, string> = { ok: '✓', busy: '↻', warn: '◌', bad: '✗', dim: '■', plain: '·', accent: '·' };

/** The texts of statuses met so far: thousands of rows share a few. */
const statusTexts = new Map<string, string>();
const fewStatuses = 64;

/** A status with the symbol that says the same without colour. */
export function statusText(status: string | undefined): string {
  if (!status) return '-';
  const known = statusTexts.get(status);
  if (known !== undefined) return known;
  // Cleaned as a whole: what is harmless alone may join the sign before it.
  const text = clean(`${symbols[statusTone(status)]} ${status}`);
  if (statusTexts.size >= fewStatuses) statusTexts.clear();
  statusTexts.set(status, text);
  return text;
}

export function statusColumn<Row>(
  read: (row: Row) => string | undefined,
  more: Partial<Column<Row>> = {},
): Column<Row> {
  return {
    id: 'status',
    title: 'STATUS',
    width: 12,
    value: read,
    text: (row) => statusText(read(row)),
    tone: (row) => statusTone(read(row)),
    ...more,
  };
}

/** A column of numbers; absent values are `-`. */
export function numberColumn<Row>(
  id: string,
  title: string,
  width: number,
  read: (row: Row) => number | undefined,
  more: Partial<Column<Row>> = {},
): Column<Row> {
  return { id, title, width, align: 'right', value: read, text: (row) => String(read(row) ?? '-'), ...more };
}

/** Memory given in megabytes. */
export function memoryColumn<Row>(
  read: (row: Row) => number | undefined,
  more: Partial<Column<Row>> = {},
): Column<Row> {
  return numberColumn('memory', 'MEM', 6, read, { text: (row) => megabytes(read(row)), ...more });
}

/** How long ago an instant (epoch milliseconds) was. Sorted so that the youngest is the smallest. */
export function ageColumn<Row>(read: (row: Row) => number | undefined, more: Partial<Column<Row>> = {}): Column<Row> {
  return {
    id: 'age',
    title: 'AGE',
    width: 5,
    align: 'right',
    value: (row) => {
      const at = read(row);
      return at === undefined ? undefined : -at;
    },
    text: (row, now) => {
      const at = read(row);
      return at === undefined ? '-' : age(now - at);
    },
    until: (row, now) => {
      const at = read(row);
      return at === undefined ? Number.POSITIVE_INFINITY : now + nextAgeChange(now - at);
    },
    ...more,
  };
}

export function textColumn<Row>(
  id: string,
  title: string,
  width: number,
  read: (row: Row) => string | undefined,
  more: Partial<Column<Row>> = {},
): Column<Row> {
  return { id, title, width, value: read, text: (row) => clean(read(row)), ...more };
}

/** A point in time (epoch milliseconds) in full, in local time. */
export function timeColumn<Row>(
  id: string,
  title: string,
  read: (row: Row) => number | undefined,
  more: Partial<Column<Row>> = {},
): Column<Row> {
  return { id, title, width: 19, value: read, text: (row) => stamp(read(row)), ...more };
}

/** A word for yes and a word for no; what the service does not say is `-`. */
export function flagColumn<Row>(
  id: string,
  title: string,
  width: number,
  read: (row: Row) => boolean | undefined,
  looks: { readonly yes?: string; readonly no?: string; readonly bad: boolean; readonly tone: Tone },
  more: Partial<Column<Row>> = {},
): Column<Row> {
  const { yes = 'yes', no = 'no', bad, tone } = looks;
  return {
    id,
    title,
    width,
    value: read,
    text: (row) => (read(row) === undefined ? '-' : read(row) ? yes : no),
    tone: (row) => (read(row) === bad ? tone : 'plain'),
    ...more,
  };
}

/**
 * The `drop` of a column among all columns that says again what another says: it goes before those that are else shown,
 * so that what eascmd prints has room.
 */
export const repeats = -99.9;

const barCells = 4;

/** Used of a total, as a bar with numbers. Sorting and filters (`cpu:>4`) go by what is free. */
export function barColumn<Row>(
  id: string,
  title: string,
  width: number,
  read: (row: Row) => Use,
  more: Partial<Column<Row>> & { readonly show?: (n: number | undefined) => string } = {},
): Column<Row> {
  const { show = amount, ...rest } = more;
  return {
    id,
    title,
    width,
    value: (row) => free(read(row)),
    text: (row) => bar(read(row).used, read(row).total, barCells, show),
    tone: (row) => (scarce(read(row)) ? 'warn' : 'plain'),
    ...rest,
  };
}

/** A line of a description: `██████░░░░ 6/16 · 10 free`. */
export function barField(name: string, use: Use, show: (n: number | undefined) => string = amount): Field {
  const value = `${bar(use.used, use.total, 10, show)} · ${show(free(use))} free`;
  return { name, value, ...(scarce(use) ? { tone: 'warn' as const } : {}) };
}
