import { invalidParameter, Refusal } from '../errors.ts';
import type { Model } from '../model/model.ts';
import { currentMetric, watchLoad } from '../model/scaler.ts';
import type { Rollout, Service } from '../model/service.ts';
import { counts } from '../model/worker.ts';
import { touch, wireTime } from '../model/world.ts';
import { checkLock, findService, type Handler, type Handlers } from './handler.ts';

/** Emulator's choice: what asking for something that a service does not have is answered with. */
function missing(what: string, service: Service): Refusal {
  return new Refusal(404, `Invalid${what}.NotFound`, `Service [${service.name}] has no ${what.toLowerCase()}.`);
}

function twice(what: string, service: Service): Refusal {
  return new Refusal(409, `${what}AlreadyExists`, `Service [${service.name}] has its ${what.toLowerCase()} already.`);
}

type AutoScalerParams = Parameters<Handler<'CreateServiceAutoScaler'>>[1];

function setAutoScaler(model: Model, service: Service, params: AutoScalerParams, lowest: number): void {
  const { min, max, scaleStrategies } = params;
  if (!Number.isInteger(min) || min < lowest)
    throw invalidParameter('min', `${min} is not a whole number of ${lowest} or more`);
  if (!Number.isInteger(max) || max <= min || max > 1000) {
    throw invalidParameter('max', `${max} is not a whole number above min (${min}) and at most 1000`);
  }
  if (scaleStrategies.length === 0) throw invalidParameter('scaleStrategies', 'it is empty');
  for (const { metricName, threshold } of scaleStrategies) {
    if (typeof metricName !== 'string' || metricName === '') {
      throw invalidParameter('scaleStrategies', 'a strategy has no metricName');
    }
    if (typeof threshold !== 'number' || !(threshold > 0)) {
      throw invalidParameter('scaleStrategies', `the threshold of ${metricName} is not a number above 0`);
    }
  }
  const first = scaleStrategies[0]?.threshold ?? 1;
  const scaler = {
    min,
    max,
    strategies: scaleStrategies.map((strategy) => ({ ...strategy })),
    behavior: params.behavior,
    // As if the workers were just busy enough.
    load: service.autoscaler?.load ?? Math.max(1, service.desired) * first * 0.95,
  };
  service.autoscaler = scaler;
  touch(service);
  watchLoad(model, model.lifecycle, service, scaler);
}

const describeAutoScaler: Handler<'DescribeServiceAutoScaler'> = (model, params) => {
  const service = findService(model, params);
  const scaler = service.autoscaler;
  if (!scaler) {
    if (!model.variants.on('autoscaler-empty')) throw missing('AutoScaler', service);
    return {
      ServiceName: service.name,
      MinReplica: 0,
      MaxReplica: 0,
      ScaleStrategies: [],
      CurrentMetrics: [],
      Behavior: {},
    };
  }
  // Documented: metric names are written in lower case and read in upper case.
  const rows = scaler.strategies.map(({ metricName, threshold, service: other }) => ({
    metricName: metricName.toUpperCase(),
    threshold,
    service: other ?? '',
  }));
  const value = currentMetric(service, scaler);
  return {
    ServiceName: service.name,
    MinReplica: scaler.min,
    MaxReplica: scaler.max,
    ScaleStrategies: rows,
    CurrentMetrics: rows.map((row, i) => ({
      metricName: row.metricName,
      service: row.service,
      value: i === 0 ? value : 0,
    })),
    Behavior: scaler.behavior ? { behavior: scaler.behavior } : {},
  };
};

type CronParams = Parameters<Handler<'CreateServiceCronScaler'>>[1];

function setCronScaler(model: Model, service: Service, params: CronParams): void {
  const jobs = params.ScaleJobs.map(({ Name, Schedule, TargetSize }, i) => {
    if (typeof Schedule !== 'string' || Schedule.trim().split(/\s+/).length !== 6) {
      // Documented: six fields, the first is seconds.
      throw invalidParameter('ScaleJobs', `the schedule "${Schedule}" has not six fields`);
    }
    if (!Number.isInteger(TargetSize) || TargetSize < 0) {
      throw invalidParameter('ScaleJobs', `the TargetSize ${TargetSize} is not a whole number of 0 or more`);
    }
    return {
      name: Name ?? `scale-job-${i + 1}`,
      schedule: Schedule,
      targetSize: TargetSize,
      createdAt: model.timeline.now(),
    };
  });
  if (jobs.length === 0) throw invalidParameter('ScaleJobs', 'it is empty');
  service.cronscaler = { jobs, excludeDates: params.ExcludeDates ?? [] };
  touch(service);
}

type RolloutParams = Parameters<Handler<'UpdateServiceRollout'>>[1];

function readRollout(params: Omit<RolloutParams, 'ClusterId' | 'ServiceName'>): Partial<Rollout> {
  const { Batch, Partition } = params;
  // Documented: one or the other.
  if (Batch && Partition) throw invalidParameter('Partition', 'it cannot be given together with Batch');
  const share = /^\d+%?$/;
  if (Partition && !share.test(String(Partition.Partition))) {
    throw invalidParameter('Partition', `"${Partition.Partition}" is neither a number nor a percentage`);
  }
  const size = Batch?.BatchSize ?? '25%';
  if (Batch && !share.test(size)) throw invalidParameter('BatchSize', `"${size}" is neither a number nor a percentage`);
  const interval = Batch?.Interval ?? '5m';
  if (Batch && !/^\d+[smh]$/.test(interval))
    throw invalidParameter('Interval', `"${interval}" is not like 60s, 5m or 1h`);
  return {
    ...(Partition ? { partition: String(Partition.Partition), batch: undefined } : {}),
    ...(Batch ? { batch: { size, interval }, partition: undefined } : {}),
    ...(params.Paused === undefined ? {} : { paused: params.Paused }),
  };
}

const rolloutPhase = (service: Service, plan: Rollout, updated: number) => {
  if (plan.to === undefined || plan.to !== service.currentVersion) return 'Pending';
  if (service.status === 'Failed') return 'Failed';
  if (updated >= service.desired) return 'Completed';
  return plan.paused ? 'Paused' : 'Running';
};

const describeRollout: Handler<'DescribeServiceRollout'> = (model, params) => {
  const service = findService(model, params);
  const plan = service.rollout;
  // Documented: an error when there is no plan; which one is not.
  if (!plan) throw missing('Rollout', service);
  const updated = model.lifecycle.workers
    .of(service)
    .filter((worker) => counts(worker) && worker.phase === 'running' && worker.version === plan.to).length;
  const revision = (version: number | undefined) => (version === undefined ? '' : `${service.name}-v${version}`);
  return {
    Rollout: {
      Status: {
        Phase: rolloutPhase(service, plan, updated),
        CurrentRevision: revision(plan.from ?? service.currentVersion),
        UpdateRevision: revision(plan.to),
        TotalReplicas: service.desired,
        UpdatedReplicas: updated,
        NextBatchStartTime:
          plan.nextBatchAt === undefined
            ? ''
            : wireTime(plan.nextBatchAt).replace('T', ' ').replaceAll('-', '/').slice(0, 19),
      },
      Strategy: {
        ...(plan.partition === undefined ? {} : { Partition: { Partition: plan.partition } }),
        ...(plan.batch ? { Batch: { BatchSize: plan.batch.size, Interval: plan.batch.interval } } : {}),
      },
    },
  };
};

export const scalerHandlers = {
  CreateServiceAutoScaler(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    // HPA's documentation: creating and updating are one command, so creating over an old one replaces it.
    setAutoScaler(model, service, params, 0);
    return { Message: `Succeed to auto scale service [${service.name}]` };
  },
  UpdateServiceAutoScaler(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    if (!service.autoscaler) throw missing('AutoScaler', service);
    // Documented for the update alone: min is above 0.
    setAutoScaler(model, service, params, 1);
    return { Message: `Update auto scale for service [${service.name}] successfully` };
  },
  DescribeServiceAutoScaler: describeAutoScaler,
  DeleteServiceAutoScaler(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    if (!service.autoscaler) throw missing('AutoScaler', service);
    service.autoscaler = undefined;
    touch(service);
    return { Message: `Autoscaler for service [${service.name}] deleted successfully` };
  },
  CreateServiceCronScaler(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    if (service.cronscaler) throw twice('CronScaler', service);
    setCronScaler(model, service, params);
    return { Message: `Create cron scaler for service [${service.name}] successfully` };
  },
  UpdateServiceCronScaler(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    if (!service.cronscaler) throw missing('CronScaler', service);
    setCronScaler(model, service, params);
    return { Message: `Update cron scaler for service [${service.name}] successfully` };
  },
  DescribeServiceCronScaler(model, params) {
    const service = findService(model, params);
    const cron = service.cronscaler;
    if (!cron) throw missing('CronScaler', service);
    const probed = wireTime(Math.floor(model.timeline.now() / 60_000) * 60_000);
    return {
      ServiceName: service.name,
      ExcludeDates: cron.excludeDates,
      // The emulator keeps jobs but does not run them.
      ScaleJobs: cron.jobs.map((job) => ({
        Name: job.name,
        Schedule: job.schedule,
        TargetSize: job.targetSize,
        CreateTime: wireTime(job.createdAt),
        LastProbeTime: probed,
        State: 'Succeed',
        Message: `cron hpa job ${job.name} executed successfully. current replicas:${service.desired}, desired replicas:${job.targetSize}.`,
      })),
    };
  },
  DeleteServiceCronScaler(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    if (!service.cronscaler) throw missing('CronScaler', service);
    service.cronscaler = undefined;
    touch(service);
    return { Message: `Cronscaler for service [${service.name}] deleted successfully` };
  },
  CreateServiceMirror(model, params) {
    return { Message: setMirror(model, params, 'ON') };
  },
  UpdateServiceMirror(model, params) {
    return { Message: setMirror(model, params, 'updating') };
  },
  DescribeServiceMirror(model, params) {
    const service = findService(model, params);
    if (!service.mirror) throw missing('Mirror', service);
    // Documented: a text and a comma list, although they are written as a number and a list.
    return {
      ServiceName: service.name,
      Ratio: String(service.mirror.ratio),
      Target: service.mirror.target.join(','),
    };
  },
  DeleteServiceMirror(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    if (!service.mirror) throw missing('Mirror', service);
    const { ratio } = service.mirror;
    service.mirror = undefined;
    return {
      Message: `Traffic mirroring is OFF for service [${service.name}] in region [${model.region}], ratio [${ratio}%]`,
    };
  },
  CreateServiceRollout(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    if (service.rollout) throw twice('Rollout', service);
    if (!service.facts.rollout) {
      // Documented: only services created with the feature have plans. The error is the emulator's choice.
      throw invalidParameter(
        'ServiceName',
        'the service was not created with the feature eas.aliyun.com/enable-rollout',
      );
    }
    const given = readRollout(params);
    if (!given.partition && !given.batch) throw invalidParameter('Partition', 'Partition or Batch is required');
    service.rollout = {
      partition: undefined,
      batch: undefined,
      paused: false,
      allowed: 0,
      from: undefined,
      to: undefined,
      nextBatchAt: undefined,
      ...given,
    };
    return { Message: 'Rollout created successfully' };
  },
  UpdateServiceRollout(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    if (!service.rollout) throw missing('Rollout', service);
    const given = readRollout(params);
    if (Object.keys(given).length === 0) throw invalidParameter('Partition', 'Partition, Batch or Paused is required');
    const { paused } = service.rollout;
    Object.assign(service.rollout, given);
    model.lifecycle.reconcile(service);
    const verb =
      given.paused === undefined || given.paused === paused ? 'updated' : given.paused ? 'paused' : 'resumed';
    return { Message: `Rollout ${verb} successfully` };
  },
  DescribeServiceRollout: describeRollout,
  DeleteServiceRollout(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    if (!service.rollout) throw missing('Rollout', service);
    // Documented: it stops at once, updated workers stay new and the others old.
    for (const worker of model.lifecycle.workers.of(service)) worker.generation = service.generation;
    service.rollout = undefined;
    model.lifecycle.reconcile(service);
    return { Message: 'Rollout deleted successfully' };
  },
} satisfies Handlers;

function setMirror(
  model: Model,
  params: Parameters<Handler<'CreateServiceMirror'>>[1],
  state: 'ON' | 'updating',
): string {
  const service = findService(model, params);
  checkLock(model, service, 'other');
  if (state === 'ON' && service.mirror) throw twice('Mirror', service);
  if (state === 'updating' && !service.mirror) throw missing('Mirror', service);
  const ratio = params.Ratio ?? service.mirror?.ratio ?? 100;
  if (!(ratio >= 0 && ratio <= 100)) throw invalidParameter('Ratio', `${ratio} is not from 0 to 100`);
  service.mirror = { ratio, target: params.Target ?? service.mirror?.target ?? [] };
  return `Traffic mirroring is ${state} for service [${service.name}] in region [${model.region}], ratio [${ratio}%]`;
}
