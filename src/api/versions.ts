import type { Client } from './client.ts';
import { pages } from './pages.ts';
import { flag, list, number, record, text, time } from './read.ts';

/** A version of a service, as kept by the service. `buildTime` is epoch milliseconds. */
export interface Version {
  /** Where it stands in the answer, from 0: rows carry no number of their own to tell them apart by for certain. */
  index: number;
  /** Taken to be the version's number, which is not documented. */
  imageId: number | undefined;
  buildTime: number | undefined;
  /** Undefined when the service does not know either. */
  imageAvailable: boolean | undefined;
  serviceRunnable: boolean | undefined;
  message: string | undefined;
  /** JSON text; documented for services with an image of their own only. */
  serviceConfig: string | undefined;
  raw: Record<string, unknown>;
}

export function readVersion(wire: unknown, index: number): Version {
  const raw = record(wire);
  return {
    index,
    imageId: number(raw.ImageId),
    buildTime: time(raw.BuildTime),
    imageAvailable: flag(raw.ImageAvailable),
    serviceRunnable: flag(raw.ServiceRunnable),
    message: text(raw.Message),
    serviceConfig: text(raw.ServiceConfig),
    raw,
  };
}

/** What tells versions apart. Neither part is documented to be unique, together they should be. */
export function versionId({ imageId, buildTime, index }: Version): string {
  return `${imageId ?? ''}@${buildTime ?? `#${index}`}`;
}

/** The versions of a service in the order of the service, page by page. */
export function listVersions(client: Client, service: string, signal?: AbortSignal): AsyncIterable<readonly Version[]> {
  let index = 0;
  return pages(
    async (page, pageSize) => {
      const params = { ClusterId: client.region, ServiceName: service, PageNumber: page, PageSize: pageSize };
      const wire = await client.call('ListServiceVersions', params, { signal });
      const wires = list(wire.Versions);
      return { wires, pageSize: number(wire.PageSize), totalCount: number(wire.TotalCount) };
    },
    // Only an equal row is the same one: a version must not be hidden because another bears its number.
    { read: (element) => readVersion(element, index++), idOf: (version) => JSON.stringify(version.raw), signal },
  );
}
