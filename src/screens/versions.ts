import { describeService } from '../api/services.ts';
import { listVersions, type Version, versionId } from '../api/versions.ts';
import { stamp } from '../lib/age.ts';
import { clean } from '../lib/clean.ts';
import { ageColumn, textColumn, timeColumn } from './columns.ts';
import { type Column, defineScreen, type Scope } from './define.ts';
import { sectionsOf } from './describe.ts';
import { diffSection } from './version-diff.ts';

/** A version with what only the service itself knows: which one runs, and which one is the newest. */
export interface VersionRow extends Version {
  readonly service: string;
  readonly currentVersion: number | undefined;
  readonly latestVersion: number | undefined;
}

/** `eascmd` has no list of versions: the number comes first, then what tells whether it can be gone back to. */
const first = ['ImageId', 'BuildTime', 'ImageAvailable', 'ServiceRunnable', 'Message'];

const service = (scope: Scope): string => scope['service'] ?? '';

/** The number a version seems to have. That it is the image's is nowhere documented, so it is never shown as certain. */
const proposed = ({ imageId }: VersionRow): string => (imageId === undefined ? '-' : `${imageId}?`);

const isCurrent = ({ imageId, currentVersion }: VersionRow): boolean =>
  imageId !== undefined && imageId === currentVersion;

/** Why a service must not be switched to a version, or undefined. */
export function barredVersion(row: VersionRow): string | undefined {
  if (row.imageAvailable === false)
    return `the image of version ${proposed(row)} is not available: ${row.message ?? 'the service says no more'}`;
  return isCurrent(row) ? `version ${proposed(row)} is the current one` : undefined;
}

function marks(row: VersionRow): string | undefined {
  const latest = row.imageId !== undefined && row.imageId === row.latestVersion;
  if (isCurrent(row)) return latest ? 'current, latest' : 'current';
  return latest ? 'latest' : undefined;
}

/** Yes, no, or the service's own word for not knowing. */
function known(
  id: string,
  title: string,
  read: (row: VersionRow) => boolean | undefined,
  wire: string,
  more: Partial<Column<VersionRow>>,
): Column<VersionRow> {
  return {
    id,
    title,
    width: title.length,
    value: (row) => read(row),
    text: (row) => (read(row) === undefined ? clean(row.raw[wire], title.length) : read(row) ? 'yes' : 'no'),
    tone: (row) => (read(row) === undefined ? 'dim' : read(row) ? 'ok' : 'bad'),
    ...more,
  };
}

export const versions = defineScreen<VersionRow>({
  id: 'versions',
  title: 'versions',
  alias: ['ver'],
  needs: ['service'],
  sort: { column: 'version', descending: true },
  columns: [
    { id: 'version', title: 'VERSION', width: 8, value: (row) => row.imageId, text: proposed },
    {
      id: 'mark',
      title: 'MARK',
      width: 15,
      value: marks,
      text: (row) => marks(row) ?? '-',
      tone: (row) => (isCurrent(row) ? 'ok' : 'plain'),
    },
    timeColumn('built', 'BUILT', (row) => row.buildTime, { drop: 3 }),
    known('image', 'IMAGE AVAILABLE', (row) => row.imageAvailable, 'ImageAvailable', {}),
    known('runnable', 'RUNNABLE', (row) => row.serviceRunnable, 'ServiceRunnable', { drop: 2 }),
    textColumn('message', 'MESSAGE', 24, (row) => row.message, { drop: 1 }),
    ageColumn((row) => row.buildTime),
  ],
  async *list(api, scope, signal) {
    // Without it the versions can still be seen, only not which of them runs.
    const marked = describeService(api, service(scope), signal).catch(() => undefined);
    for await (const page of listVersions(api, service(scope), signal)) {
      const { currentVersion, latestVersion } = (await marked) ?? {};
      yield page.map((version) => ({ ...version, service: service(scope), currentVersion, latestVersion }));
    }
  },
  rowId: versionId,
  rowName: (row) => proposed(row),
  fault(row) {
    if (row.imageAvailable === false) return { word: 'without image', tone: 'bad' };
    return row.serviceRunnable === false ? { word: 'not runnable', tone: 'warn' } : undefined;
  },
  async describe(api, row, scope, signal) {
    const { currentVersion, latestVersion, buildTime } = row;
    // Without the current one the rest can still be told.
    const { serviceConfig } = (await describeService(api, service(scope), signal).catch(() => undefined)) ?? {};
    return [
      diffSection(serviceConfig, row.serviceConfig, `version ${currentVersion ?? 'not known'}`),
      {
        title: 'Version',
        fields: [
          { name: 'Version', value: `${proposed(row)} taken from ImageId; the service gives versions no number` },
          { name: 'Mark', value: marks(row) },
          { name: 'CurrentVersion', value: currentVersion },
          { name: 'LatestVersion', value: latestVersion },
          { name: 'Built', value: stamp(buildTime) },
        ],
      },
      ...sectionsOf('As the service has it', row.raw, first),
    ];
  },
  json: (row) => row.raw,
});
