import type { Client } from './client.ts';
import { list, record, text } from './read.ts';

/** A region with PAI-EAS. The name is in the language of the account. */
export interface Region {
  regionId: string;
  regionName: string | undefined;
  raw: Record<string, unknown>;
}

export function readRegion(wire: unknown): Region {
  const raw = record(wire);
  return { regionId: text(raw.RegionId) ?? '', regionName: text(raw.RegionName), raw };
}

/** All regions the service tells of; the ones known without asking are `knownRegions`. */
export async function listRegions(client: Client, signal?: AbortSignal): Promise<Region[]> {
  const wire = await client.call('DescribeRegions', {}, { signal });
  return list(wire.Regions)
    .map(readRegion)
    .filter(({ regionId }) => regionId !== '');
}
