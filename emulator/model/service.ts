import type { Operations } from '../../src/api/contract/wire.gen.ts';
import type { ConfigFacts, ServiceConfig } from './config.ts';
import type { Failure } from './failure.ts';
import { counts, type Worker } from './worker.ts';

interface Version {
  readonly id: number;
  readonly builtAt: number;
  config: ServiceConfig;
  imageAvailable: 'true' | 'false' | 'unknown';
  runnable: 'true' | 'false' | 'unknown';
  message: string;
}

export interface ServiceEvent {
  readonly at: number;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly resource: 'Service' | 'Pod';
  readonly message: string;
  readonly version: number;
  readonly available: number;
  readonly unavailable: number;
  readonly worker: string | undefined;
}

type AutoScalerBody = Operations['CreateServiceAutoScaler']['params'];

export interface AutoScaler {
  min: number;
  max: number;
  strategies: { metricName: string; threshold: number; service?: string | undefined }[];
  behavior: AutoScalerBody['behavior'];
  /** Sum of the first strategy's metric over all workers. */
  load: number;
}

interface CronScaler {
  jobs: { name: string; schedule: string; targetSize: number; createdAt: number }[];
  excludeDates: string[];
}

export interface Rollout {
  partition: string | undefined;
  batch: { size: string; interval: string } | undefined;
  paused: boolean;
  /** Workers that may run the new version so far; grows batch by batch. */
  allowed: number;
  from: number | undefined;
  to: number | undefined;
  nextBatchAt: number | undefined;
}

type SafetyLock = 'none' | 'dangerous' | 'all';

export interface Service {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly token: string;
  updatedAt: number;
  status: string;
  reason: string;
  message: string;
  config: ServiceConfig;
  facts: ConfigFacts;
  image: string;
  desired: number;
  /** Filled on first use for services that were generated in bulk: `workersOf` of the model gives them. */
  workers: Worker[] | undefined;
  generation: number;
  /** Changes with every order given to the service; work planned for an older one is dropped. */
  epoch: number;
  versions: Version[];
  currentVersion: number;
  latestVersion: number;
  weight: number;
  trafficState: string;
  group: string;
  lock: SafetyLock;
  labels: Record<string, string>;
  autoscaler: AutoScaler | undefined;
  cronscaler: CronScaler | undefined;
  mirror: { ratio: number; target: string[] } | undefined;
  rollout: Rollout | undefined;
  /** Names of a blue-green pair, the older first; empty outside one. */
  pair: string[];
  failure: Failure | undefined;
  /** Time from scheduling to readiness of a worker. */
  startupMs: number;
  events: ServiceEvent[];
  /** Fields that only some kinds of service have. */
  more: Partial<ServiceRow>;
  quotaId: string;
  gateway: string;
  callerUid: string;
  /** The status that reads still show after a write, for so many more reads (variant status-lag). */
  stale: { status: string; reason: string; message: string; reads: number } | undefined;
  /** Row of a list as JSON text; undefined when something changed since. */
  row: string | undefined;
}

export type ServiceRow = Operations['DescribeService']['response'];

export interface Counts {
  readonly total: number;
  readonly running: number;
  readonly pending: number;
}

/** Workers as the service's row counts them. Those of a bulk service that was never looked into all run. */
export function countWorkers(service: Service): Counts {
  const total = service.desired;
  if (!service.workers) return { total, running: total, pending: 0 };
  const running = service.workers.filter((worker) => counts(worker) && worker.phase === 'running').length;
  const idle = service.status === 'Stopped' || service.status === 'Stopping';
  return { total, running: Math.min(running, total), pending: idle ? 0 : Math.max(0, total - running) };
}

export function resourceTypeOf(service: Service): 'PublicResource' | 'DedicatedResource' {
  return service.facts.resource ? 'DedicatedResource' : 'PublicResource';
}
