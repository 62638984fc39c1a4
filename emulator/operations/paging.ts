import { invalidParameter } from '../errors.ts';
import type { Variants } from '../variants.ts';

/** Page parameters; some operations declare them as text. */
export interface PageParams {
  PageNumber?: number | string | undefined;
  PageSize?: number | string | undefined;
}

export interface Page<Row> {
  readonly PageNumber: number;
  readonly PageSize: number;
  readonly TotalCount: number;
  readonly rows: readonly Row[];
}

function whole(name: string, value: number | string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw invalidParameter(name, `"${value}" is not a whole number above 0`);
  return number;
}

/** One page of rows. Documented: pages count from 1 and hold 100 rows unless asked otherwise; the most is not. */
export function page<Row>(rows: readonly Row[], params: PageParams, variants: Variants, usual = 100): Page<Row> {
  const PageNumber = whole('PageNumber', params.PageNumber, 1);
  let PageSize = whole('PageSize', params.PageSize, usual);
  if (variants.on('page-size-refused')) {
    const most = variants.number('page-size-refused', 100);
    if (PageSize > most) throw invalidParameter('PageSize', `it is above ${most}`);
  }
  if (variants.on('page-size-clamped')) PageSize = Math.min(PageSize, variants.number('page-size-clamped', 20));
  const start = (PageNumber - 1) * PageSize;
  return { PageNumber, PageSize, TotalCount: rows.length, rows: rows.slice(start, start + PageSize) };
}

/**
 * Rows sorted by one of the fields, the first unless another is asked for. Only CreateTime and StartTime are documented to sort by; other fields of a row work too
 * (emulator's choice), an unknown one is refused. Order is "desc" unless given, in any case.
 */
export function sorted<Row, Field extends string>(
  rows: readonly Row[],
  params: { Sort?: string | undefined; Order?: string | undefined },
  fields: readonly [Field, ...Field[]],
  value: (row: Row, field: Field) => string | number | undefined,
): Row[] {
  const wanted = params.Sort || fields[0];
  const field = fields.find((name) => name === wanted);
  if (!field) throw invalidParameter('Sort', `"${wanted}" is not one of ${fields.join(', ')}`);
  const direction = (params.Order || 'desc').toLowerCase();
  if (direction !== 'asc' && direction !== 'desc') {
    throw invalidParameter('Order', `"${params.Order}" is neither asc nor desc`);
  }
  const sign = direction === 'asc' ? 1 : -1;
  return rows
    .map((row) => ({ row, key: value(row, field) ?? '' }))
    .sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0))
    .map(({ row }) => row);
}

/** Whether a row passes a filter that was not given, or equals it whatever the case. */
export function equals(value: string, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === '' || value.toLowerCase() === wanted.toLowerCase();
}

/** Whether a filter was not given or is part of the value. */
export function contains(value: string, wanted: string | undefined): boolean {
  return wanted === undefined || value.toLowerCase().includes(wanted.toLowerCase());
}

export function hasLabels(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> | undefined,
) {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels[key] === String(value));
}
