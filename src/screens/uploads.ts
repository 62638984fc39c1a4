import { receiptOf, type UploadProgress } from '../api/upload/engine.ts';
import { clean } from '../lib/clean.ts';
import { bytes, duration } from '../lib/units.ts';
import { bar } from './bars.ts';
import { textColumn } from './columns.ts';
import { defineScreen, type Section, type Tone } from './define.ts';

const tones: Readonly<Record<UploadProgress['state'], Tone>> = {
  queued: 'plain',
  running: 'busy',
  paused: 'warn',
  failed: 'bad',
  done: 'ok',
  cancelled: 'dim',
};

/** Hundredths that have gone; undefined until it is known how much there is. */
export function percentOf({ bytes: sent, total }: Pick<UploadProgress, 'bytes' | 'total'>): number | undefined {
  return total > 0 ? Math.floor((sent / total) * 100) : undefined;
}

/** One that is under way but waits before it tries something again is told apart: nothing else shows it at first. */
const stateOf = ({ state, waiting }: UploadProgress): string =>
  state === 'running' && waiting !== undefined ? 'retrying' : state;

export const nameOf = (row: UploadProgress): string => row.path.slice(row.path.lastIndexOf('/') + 1) || row.path;

export const uploads = defineScreen<UploadProgress>({
  id: 'uploads',
  title: 'uploads',
  alias: ['up'],
  needs: [],
  local: true,
  sort: { column: 'name' },
  columns: [
    textColumn('name', 'NAME', 16, nameOf, { grow: true }),
    {
      id: 'state',
      title: 'STATE',
      width: 9,
      value: stateOf,
      tone: (row) => (stateOf(row) === 'retrying' ? 'warn' : tones[row.state]),
    },
    {
      id: 'sent',
      title: 'SENT',
      width: 20,
      drop: 3,
      value: percentOf,
      text: (row) => (row.total > 0 ? bar(row.bytes, row.total, 6, (n) => bytes(n)) : '-'),
    },
    {
      id: 'percent',
      title: '%',
      width: 4,
      align: 'right',
      value: percentOf,
      text: (row) => String(percentOf(row) ?? '-'),
    },
    {
      id: 'rate',
      title: 'RATE',
      width: 9,
      align: 'right',
      value: (row) => row.rate,
      text: (row) => (row.rate === undefined || row.state !== 'running' ? '-' : `${bytes(row.rate)}/s`),
    },
    {
      id: 'left',
      title: 'LEFT',
      width: 7,
      align: 'right',
      value: (row) => row.etaMs,
      text: (row) => (row.etaMs === undefined || row.state !== 'running' ? '-' : duration(row.etaMs)),
    },
    textColumn('target', 'TARGET', 34, (row) => row.target, { drop: 2 }),
    textColumn('says', 'SAYS', 36, (row) => row.error?.message ?? row.waiting ?? row.notes.at(-1), { drop: 1 }),
  ],
  async *list(api) {
    yield api.uploads.rows();
  },
  rowId: (row) => row.id,
  rowName: nameOf,
  fault: ({ state }) =>
    state === 'failed'
      ? { word: 'failed', tone: 'bad' }
      : state === 'paused'
        ? { word: 'paused', tone: 'warn' }
        : undefined,
  async describe(_api, row): Promise<Section[]> {
    const refused = row.refused.map(({ path, why }) => ({ text: `${path}: ${why}`, tone: 'warn' as const }));
    return [
      {
        title: 'Upload',
        fields: [
          { name: 'File', value: row.path },
          { name: 'Target', value: row.target },
          { name: 'State', value: row.state, tone: tones[row.state] },
          { name: 'Sent', value: `${bytes(row.bytes)} of ${bytes(row.total)}` },
          { name: 'Parts', value: `${row.parts.done} of ${row.parts.total}` },
          { name: 'Files', value: `${row.files.done} of ${row.files.total}` },
          { name: 'Waiting', value: row.waiting },
          { name: 'Error', value: row.error?.message, tone: 'bad' },
        ],
      },
      ...(row.state === 'done'
        ? [{ title: 'As eascmd says it', lines: receiptOf(row).map((text) => ({ text })) }]
        : []),
      ...(refused.length > 0 ? [{ title: 'Not uploaded', lines: refused }] : []),
      ...(row.notes.length > 0
        ? [{ title: 'Notes', lines: row.notes.map((text) => ({ text: clean(text, 2000) })) }]
        : []),
    ];
  },
});
