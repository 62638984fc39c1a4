import { age } from '../lib/age.ts';
import { clean } from '../lib/clean.ts';
import { megabytes } from '../lib/units.ts';
import type { Column, Tone } from './define.ts';

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

/** A status with the symbol that says the same without colour. */
export function statusText(status: string | undefined): string {
  return status ? `${symbols[statusTone(status)]} ${clean(status)}` : '-';
}

export function statusColumn<Row>(read: (row: Row) => string | undefined): Column<Row> {
  return {
    id: 'status',
    title: 'STATUS',
    width: 12,
    value: read,
    text: (row) => statusText(read(row)),
    tone: (row) => statusTone(read(row)),
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
export function ageColumn<Row>(read: (row: Row) => number | undefined): Column<Row> {
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
