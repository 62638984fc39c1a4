import { listVersions, type Version, versionId } from '../../api/versions.ts';
import { plural } from '../../lib/words.ts';
import type { VersionRow } from '../../screens/versions.ts';
import { barredVersion } from '../../screens/versions.ts';
import type { Desk, Verb } from '../desk.ts';
import { confirmFirmly, freshly, freshlySame, goOn, isFree, isSame, serviceNames } from './asked.ts';

export const version: Verb = {
  id: 'version',
  title: 'switch to this version',
  keys: ['y'],
  group: 'act',
  hint: 0,
  screen: 'versions',
  where: 'view',
  usage: 'NAME NUMBER',
  writes: true,
  off(desk) {
    const row = desk.row('versions') as VersionRow | undefined;
    return row ? barredVersion(row) : 'this version is no longer listed';
  },
  async run(desk, args) {
    if (args.length > 0) {
      const [name = '', number, more] = args;
      if (number === undefined || more !== undefined)
        return 'write :version NAME NUMBER; v on a service lists its versions';
      if (!/^\d{1,9}$/.test(number) || Number(number) < 1) return `"${number}" is not a whole number above 0`;
      return ask(desk, name, Number(number), undefined);
    }
    const row = desk.row('versions') as VersionRow | undefined;
    if (!row) return 'this version is no longer listed';
    return ask(desk, row.service, row.imageId, row);
  },
  complete: (desk, args) => (args.length === 1 ? serviceNames(desk) : []),
};

async function versionsOf(desk: Desk, name: string): Promise<Version[]> {
  const all: Version[] = [];
  for await (const page of listVersions(desk.client, name)) all.push(...page);
  return all;
}

const numbered = (versions: readonly Version[], number: number): Version | undefined =>
  versions.find(({ imageId }) => imageId === number);

/** The row's own number is only a proposal: the dialog shows what will be sent and lets it be changed. */
async function ask(
  desk: Desk,
  name: string,
  proposed: number | undefined,
  row: VersionRow | undefined,
): Promise<string | undefined> {
  const service = await freshlySame(desk, name);
  if (typeof service === 'string') return service;
  const { currentVersion, latestVersion } = service;
  const versions = await versionsOf(desk, name);
  const basis: Version | undefined = row ?? numbered(versions, proposed ?? 0);
  if (row && !versions.some((one) => versionId(one) === versionId(row)))
    return `version ${row.imageId ?? '-'}? of ${name} is no longer listed; nothing was sent`;
  const barred = basis && barredVersion({ ...basis, service: name, currentVersion, latestVersion });
  if (barred !== undefined) return barred;
  if (!row && proposed === currentVersion) return `${name} is at version ${proposed} already`;
  if (!isFree(desk)) return 'something else is open; ask again';
  const known = versions.flatMap(({ imageId }) => imageId ?? []);
  const running = service.runningInstance;
  confirmFirmly(desk, name, {
    title: `switch the version of ${name}`,
    tone: 'warn',
    verb: 'switch',
    lines: [
      `in ${desk.store.getState().session.region}`,
      `CurrentVersion ${currentVersion ?? '-'}, LatestVersion ${latestVersion ?? '-'}`,
      running === undefined ? 'its workers are replaced' : `${plural(running, 'running worker')} will be replaced`,
      ...(basis?.serviceRunnable === false ? [`! the service says it is not runnable: ${basis.message ?? '-'}`] : []),
      ...(basis?.imageAvailable === undefined && basis ? ['! whether its image is available is not known'] : []),
    ],
    slider: {
      value: proposed ?? Math.max(1, (currentVersion ?? 2) - 1),
      min: 1,
      max: Math.max(1, latestVersion ?? 1, currentVersion ?? 1, proposed ?? 1, ...known),
      typed: '',
      lines: (value) => [`version ${value} will be sent`, ...doubts(value, basis, versions, service)],
    },
    yes: (value) =>
      goOn(desk, async () => {
        const now = await freshly(desk, name);
        if (!now || !isSame(now, service)) return `${name} is gone, or another bears its name now; nothing was sent`;
        const left = await versionsOf(desk, name);
        if (basis && !left.some((one) => versionId(one) === versionId(basis)) && value === proposed)
          return `version ${value}? of ${name} is no longer listed; nothing was sent`;
        const chosen = numbered(left, value);
        const reason = chosen && barredVersion({ ...chosen, service: name, currentVersion: undefined, latestVersion });
        if (reason !== undefined) return `${reason}; nothing was sent`;
        if (now.currentVersion !== currentVersion)
          return `${name} went from version ${currentVersion ?? '?'} to ${now.currentVersion ?? '?'} meanwhile; nothing was sent`;
        return desk.perform('services', 'version', now, value);
      }),
  });
  return undefined;
}

function doubts(
  value: number,
  basis: Version | undefined,
  versions: readonly Version[],
  { currentVersion, latestVersion }: { currentVersion: number | undefined; latestVersion: number | undefined },
): string[] {
  const lines: string[] = [];
  if (value === basis?.imageId) lines.push(`${value}? is its ImageId: that this is its number is not documented`);
  else if (numbered(versions, value)) lines.push('! not the version you looked at');
  else lines.push(`! no version lists ImageId ${value}`);
  if (value === currentVersion) lines.push(`! ${value} is the current version: the service may refuse`);
  if (latestVersion !== undefined && value > latestVersion)
    lines.push(`! ${value} is above LatestVersion ${latestVersion}: the numbers may not mean the same`);
  return lines;
}
