import { listEvents, type ServiceEvent } from '../api/events.ts';
import { pages } from '../api/pages.ts';
import { clean } from '../lib/clean.ts';
import { ageColumn, numberColumn, textColumn, timeColumn } from './columns.ts';
import { defineScreen } from './define.ts';
import { sectionsOf } from './describe.ts';

const first = ['Time', 'Type', 'Resource', 'Reason', 'Message'];

/** Events have no identity of their own: two that say the same of the same moment are one. */
const idOf = ({ raw }: ServiceEvent): string => JSON.stringify(first.map((name) => raw[name]));

const warning = ({ type }: ServiceEvent): boolean => /^warning$/i.test(type ?? '');

/** Of a long history, all that fits on screen many times over. */
const maxPages = 20;

export const events = defineScreen<ServiceEvent>({
  id: 'events',
  title: 'events',
  alias: ['ev', 'event'],
  needs: ['service'],
  sort: { column: 'time', descending: true },
  columns: [
    timeColumn('time', 'TIME', (row) => row.time),
    textColumn('type', 'TYPE', 7, (row) => row.type, { tone: (row) => (warning(row) ? 'warn' : 'plain') }),
    textColumn('resource', 'RESOURCE', 8, (row) => row.resource, { drop: 1 }),
    textColumn('reason', 'REASON', 16, (row) => row.reason),
    textColumn('message', 'MESSAGE', 20, (row) => row.message, { grow: true }),
    numberColumn('version', 'VERSION', 7, (row) => row.versionId, { wide: true }),
    numberColumn('available', 'AVAILABLE', 9, (row) => row.availableInstance, { wide: true }),
    numberColumn('unavailable', 'UNAVAILABLE', 11, (row) => row.unavailableInstance, { wide: true }),
    textColumn('replica', 'REPLICA', 16, (row) => row.replicaName, { wide: true }),
    ageColumn((row) => row.time),
  ],
  list: (api, scope, signal) =>
    pages(
      async (page, pageSize) => {
        const wires = await listEvents(api, scope['service'] ?? '', { page, pageSize }, signal);
        // The answer does not say how large its pages may be, so a short one need not be the last: an empty one is.
        return { wires, pageSize: wires.length, totalCount: undefined };
      },
      { read: (event) => event, idOf, maxPages, signal },
    ),
  rowId: idOf,
  // The widest text of a row, and what is worth copying.
  rowName: (row) => clean(row.message ?? row.reason),
  fault: (row) => (warning(row) ? { word: 'warning', tone: 'warn' } : undefined),
  async describe(_api, row) {
    const { message } = row;
    const lines = message === undefined ? [] : message.split('\n').map((text) => ({ text }));
    return [
      ...(lines.length > 0 ? [{ title: 'Message', lines }] : []),
      ...sectionsOf('Event', row.raw, first, warning(row) ? { Type: 'warn' } : {}),
    ];
  },
  json: (row) => row.raw,
});
