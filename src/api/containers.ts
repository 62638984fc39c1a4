import type { Client } from './client.ts';
import { flag, list, number, record, text, time } from './read.ts';

/** A container of a worker. Statuses are `Waiting`, `Running` or `Terminated`; times are epoch milliseconds. */
export interface Container {
  name: string;
  ready: boolean | undefined;
  restartCount: number | undefined;
  currentStatus: string | undefined;
  currentReason: string | undefined;
  currentTimestamp: number | undefined;
  /** How the run before this one ended. */
  lastStatus: string | undefined;
  lastReason: string | undefined;
  lastTimestamp: number | undefined;
  image: string | undefined;
  port: number | undefined;
  raw: Record<string, unknown>;
}

export function readContainer(wire: unknown): Container {
  const raw = record(wire);
  return {
    name: text(raw.Name) ?? '',
    ready: flag(raw.Ready),
    restartCount: number(raw.RestartCount),
    currentStatus: text(raw.CurrentStatus),
    // The contract really spells it so; the right spelling is read in case it is mended.
    currentReason: text(raw.CurrentReaon) ?? text(raw.CurrentReason),
    currentTimestamp: time(raw.CurrentTimestamp),
    lastStatus: text(raw.LastStatus),
    lastReason: text(raw.LastReason),
    lastTimestamp: time(raw.LastTimestamp),
    image: text(raw.Image),
    port: number(raw.Port),
    raw,
  };
}

/** All containers of a worker; the service does not page them. */
export async function listContainers(
  client: Client,
  service: string,
  worker: string,
  signal?: AbortSignal,
): Promise<Container[]> {
  const params = { ClusterId: client.region, ServiceName: service, InstanceName: worker };
  const wire = await client.call('ListServiceContainers', params, { signal });
  return list(wire.Containers)
    .map(readContainer)
    .filter(({ name }) => name !== '');
}
