import type { Client } from './client.ts';
import { json, list, number, record, text, time } from './read.ts';

/** Something that happened to a service or one of its pods. `time` is epoch milliseconds. */
export interface ServiceEvent {
  time: number | undefined;
  /** `Normal` or `Warning`. */
  type: string | undefined;
  reason: string | undefined;
  /** `Service` or `Pod`. */
  resource: string | undefined;
  message: string | undefined;
  versionId: number | undefined;
  availableInstance: number | undefined;
  unavailableInstance: number | undefined;
  replicaName: string | undefined;
  raw: Record<string, unknown>;
}

/** The message is JSON in a string, sometimes escaped once more and sometimes cut off: then it is shown as it came. */
export function readEvent(wire: unknown): ServiceEvent {
  const raw = record(wire);
  const said = text(raw.Message);
  const inner = record(json(said) ?? json(said?.replaceAll('\\"', '"')));
  return {
    time: time(raw.Time),
    type: text(raw.Type),
    reason: text(raw.Reason),
    resource: text(raw.Resource),
    message: text(inner.message) ?? said,
    versionId: number(inner.versionId),
    availableInstance: number(inner.availableInstance),
    unavailableInstance: number(inner.unavailableInstance),
    replicaName: text(inner.replicaName),
    raw,
  };
}

export interface EventQuery {
  /** Epoch milliseconds; the service looks back 7 days without one. */
  from?: number | undefined;
  to?: number | undefined;
  type?: 'Normal' | 'Warning' | undefined;
  worker?: string | undefined;
  page?: number | undefined;
  pageSize?: number | undefined;
}

/** One page of events of a service, in the order the service gives them. */
export async function listEvents(
  client: Client,
  service: string,
  query: EventQuery = {},
  signal?: AbortSignal,
): Promise<ServiceEvent[]> {
  const params = {
    ClusterId: client.region,
    ServiceName: service,
    StartTime: wireTime(query.from),
    EndTime: wireTime(query.to),
    EventType: query.type,
    InstanceName: query.worker,
    PageNum: String(query.page ?? 1),
    PageSize: String(query.pageSize ?? 100),
  };
  const wire = await client.call('DescribeServiceEvent', params, { signal });
  return list(wire.Events).map(readEvent);
}

/** `yyyy-MM-dd HH:mm:ss` in UTC: the form of times in questions about logs and events; RFC 3339 is refused. */
export function wireTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
