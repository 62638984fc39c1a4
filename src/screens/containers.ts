import { type Container, listContainers } from '../api/containers.ts';
import { clean } from '../lib/clean.ts';
import { ageColumn, flagColumn, numberColumn, statusColumn, statusTone, textColumn } from './columns.ts';
import { defineScreen, type Tone } from './define.ts';
import { sectionsOf } from './describe.ts';

const first = ['Name', 'CurrentStatus', 'CurrentReaon', 'CurrentTimestamp', 'Ready', 'RestartCount', 'LastStatus',
  'LastReason', 'LastTimestamp', 'Image', 'Port']; // biome-ignore format: a list to be read as one

/** A container that has done its work is well. */
const tone = (row: Container): Tone =>
  /^completed$/i.test(row.currentReason ?? '') ? 'dim' : statusTone(row.currentStatus);

/** How the run before this one ended. */
function lastRun({ lastStatus, lastReason }: Container): string | undefined {
  if (lastStatus === undefined) return lastReason;
  return lastReason === undefined ? lastStatus : `${clean(lastStatus)}: ${clean(lastReason)}`;
}

export const containers = defineScreen<Container>({
  id: 'containers',
  title: 'containers',
  alias: ['co', 'container'],
  needs: ['service', 'worker'],
  sort: { column: 'name' },
  columns: [
    textColumn('name', 'NAME', 12, (row) => row.name, { grow: true }),
    statusColumn((row) => row.currentStatus, { width: 13, tone }),
    flagColumn('ready', 'READY', 5, (row) => row.ready, { bad: false, tone: 'warn' }),
    numberColumn('restarts', 'RESTARTS', 8, (row) => row.restartCount, {
      tone: (row) => ((row.restartCount ?? 0) > 0 ? 'warn' : 'plain'),
    }),
    textColumn('reason', 'REASON', 18, (row) => row.currentReason),
    textColumn('last', 'LAST RUN', 20, lastRun, { drop: 2 }),
    textColumn('image', 'IMAGE', 24, (row) => row.image, { drop: 1 }),
    numberColumn('port', 'PORT', 5, (row) => row.port, { wide: true }),
    ageColumn((row) => row.currentTimestamp),
  ],
  async *list(api, scope, signal) {
    yield await listContainers(api, scope['service'] ?? '', scope['worker'] ?? '', signal);
  },
  rowId: (row) => row.name,
  rowName: (row) => row.name,
  fault(row) {
    const looks = tone(row);
    if (looks === 'bad') return { word: 'terminated', tone: looks };
    if (looks === 'warn') return { word: 'waiting', tone: looks };
    return looks !== 'dim' && row.ready === false ? { word: 'not ready', tone: 'warn' } : undefined;
  },
  async describe(_api, row) {
    return sectionsOf('Container', row.raw, first, { CurrentStatus: tone(row) });
  },
  json: (row) => row.raw,
});
