import type { Client } from './client.ts';
import { wireTime } from './events.ts';
import { list, number, text } from './read.ts';

export interface LogQuery {
  /** Epoch milliseconds. Together with `keyword` the service is known to leave out lines of the application. */
  from?: number | undefined;
  to?: number | undefined;
  /** One keyword; the service takes no more. */
  keyword?: string | undefined;
  worker?: string | undefined;
  ip?: string | undefined;
  container?: string | undefined;
  /** Of the run before the last restart. */
  previous?: boolean | undefined;
  page?: number | undefined;
  pageSize?: number | undefined;
}

/** A page of log lines in the order of the service, which is not documented. */
export interface LogPage {
  lines: string[];
  page: number | undefined;
  totalPages: number | undefined;
  totalCount: number | undefined;
}

/** One page of the log of a service. There is no following: that is asking again and leaving out what was seen. */
export async function readLogs(
  client: Client,
  service: string,
  query: LogQuery = {},
  signal?: AbortSignal,
): Promise<LogPage> {
  const params = {
    ClusterId: client.region,
    ServiceName: service,
    StartTime: wireTime(query.from),
    EndTime: wireTime(query.to),
    Keyword: query.keyword,
    InstanceName: query.worker,
    Ip: query.ip,
    ContainerName: query.container,
    Previous: query.previous,
    PageNum: query.page ?? 1,
    PageSize: query.pageSize ?? 500,
  };
  const wire = await client.call('DescribeServiceLog', params, { signal });
  return {
    // An empty line of a log is a line.
    lines: list(wire.Logs).map((line) => (typeof line === 'string' ? line : (text(line) ?? ''))),
    page: number(wire.PageNum),
    totalPages: number(wire.TotalPageNum),
    totalCount: number(wire.TotalCount),
  };
}
