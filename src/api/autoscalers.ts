import type { Client } from './client.ts';
import type { Operations } from './contract/wire.gen.ts';
import { isRecord, lines, list, number, type Receipt, readReceipt, record, text, time } from './read.ts';

/** A metric a scaler watches: the threshold it is held to, or the value it has. */
interface Metric {
  /** `QPS`, `CPU`, …: the case differs between reading and writing. */
  metricName: string | undefined;
  value: number | undefined;
  service: string | undefined;
}

/** What scales a service by its load. Durations are seconds. */
export interface AutoScaler {
  serviceName: string | undefined;
  minReplica: number | undefined;
  maxReplica: number | undefined;
  strategies: Metric[];
  currentMetrics: Metric[];
  scaleUpWindow: number | undefined;
  scaleDownWindow: number | undefined;
  zeroGracePeriod: number | undefined;
  activationReplicas: number | undefined;
  raw: Record<string, unknown>;
}

export function readAutoScaler(wire: unknown): AutoScaler {
  const raw = record(wire);
  const outer = record(raw.Behavior);
  // The contract's example has the behavior once more within itself.
  const behavior = isRecord(outer.behavior) ? outer.behavior : outer;
  const window = (part: unknown) => number(record(part).stabilizationWindowSeconds);
  const onZero = record(behavior.onZero);
  const metric = (value: string) => (element: unknown) => {
    const fields = record(element);
    return { metricName: text(fields.metricName), value: number(fields[value]), service: text(fields.service) };
  };
  return {
    serviceName: text(raw.ServiceName),
    minReplica: number(raw.MinReplica),
    maxReplica: number(raw.MaxReplica),
    strategies: list(raw.ScaleStrategies).map(metric('threshold')),
    currentMetrics: list(raw.CurrentMetrics).map(metric('value')),
    scaleUpWindow: window(behavior.scaleUp),
    scaleDownWindow: window(behavior.scaleDown),
    zeroGracePeriod: number(onZero.scaleDownGracePeriodSeconds),
    activationReplicas: number(onZero.scaleUpActivationReplicas),
    raw,
  };
}

const at = (client: Client, service: string) => ({ ClusterId: client.region, ServiceName: service });

/** What this answers for a service without an autoscaler is not documented; `autoscalerEnabled` of the service tells. */
export async function describeAutoScaler(client: Client, service: string, signal?: AbortSignal): Promise<AutoScaler> {
  return readAutoScaler(await client.call('DescribeServiceAutoScaler', at(client, service), { signal }));
}

export type AutoScalerSetting = Omit<Operations['CreateServiceAutoScaler']['params'], 'ClusterId' | 'ServiceName'>;

/** Sets an autoscaler where there is none (`create`) or changes the one there is. */
export async function setAutoScaler(
  client: Client,
  service: string,
  setting: AutoScalerSetting,
  how: 'create' | 'update',
  signal?: AbortSignal,
): Promise<Receipt> {
  const operation = how === 'create' ? 'CreateServiceAutoScaler' : 'UpdateServiceAutoScaler';
  return readReceipt(await client.call(operation, { ...setting, ...at(client, service) }, { signal }));
}

export async function deleteAutoScaler(client: Client, service: string, signal?: AbortSignal): Promise<Receipt> {
  return readReceipt(await client.call('DeleteServiceAutoScaler', at(client, service), { signal }));
}

/** A job of a timed scaler. The schedule is cron with six fields, seconds first. */
interface ScaleJob {
  name: string | undefined;
  schedule: string | undefined;
  targetSize: number | undefined;
  state: string | undefined;
  message: string | undefined;
  createTime: number | undefined;
  lastProbeTime: number | undefined;
  raw: Record<string, unknown>;
}

/** What scales a service by the clock. */
export interface CronScaler {
  serviceName: string | undefined;
  jobs: ScaleJob[];
  excludeDates: string[];
  raw: Record<string, unknown>;
}

export function readCronScaler(wire: unknown): CronScaler {
  const raw = record(wire);
  const jobs = list(raw.ScaleJobs).map((element) => {
    const job = record(element);
    return {
      name: text(job.Name),
      schedule: text(job.Schedule),
      targetSize: number(job.TargetSize),
      state: text(job.State),
      message: text(job.Message),
      createTime: time(job.CreateTime),
      lastProbeTime: time(job.LastProbeTime),
      raw: job,
    };
  });
  return { serviceName: text(raw.ServiceName), jobs, excludeDates: lines(raw.ExcludeDates), raw };
}

export async function describeCronScaler(client: Client, service: string, signal?: AbortSignal): Promise<CronScaler> {
  return readCronScaler(await client.call('DescribeServiceCronScaler', at(client, service), { signal }));
}

export async function deleteCronScaler(client: Client, service: string, signal?: AbortSignal): Promise<Receipt> {
  return readReceipt(await client.call('DeleteServiceCronScaler', at(client, service), { signal }));
}
