import { Refusal, wrongStatus } from '../errors.ts';
import { readConfig, type ServiceConfig, withInstances } from './config.ts';
import { failureMessage, failureOf } from './failure.ts';
import { type Rollout, resourceTypeOf, type Service } from './service.ts';
import { counts, type Worker } from './worker.ts';
import { createWorkerEngine, type WorkerEngine } from './workers.ts';
import { addEvent, setStatus, touch, type World } from './world.ts';

/** What can be ordered of a service, and what then happens by itself. Timings are the emulator's choice. */
export interface Lifecycle {
  readonly workers: WorkerEngine;
  /** Begins the deployment of a service that is already in the world. */
  deploy(service: Service): void;
  start(service: Service): void;
  stop(service: Service): void;
  restart(service: Service): void;
  scale(service: Service, instance: number, first?: readonly string[]): void;
  remove(service: Service): void;
  /** A new version with this config, rolled out worker by worker. */
  update(service: Service, config: ServiceConfig): void;
  switchVersion(service: Service, version: number): void;
  /** Brings a service's workers and status towards what was ordered. Safe to call at any time. */
  reconcile(service: Service): void;
}

/** In these statuses no worker is made or judged: something else is under way. */
const withoutWorkers = new Set(['Creating', 'Deploying', 'Starting', 'Stopping', 'Stopped', 'Deleting']);

export function createLifecycle(world: World): Lifecycle {
  const { timeline } = world;
  const workers = createWorkerEngine(world, reconcile);

  /** Runs the steps one after the other unless another order is given meanwhile. */
  function stages(service: Service, steps: readonly (readonly [ms: number, run: () => void])[]): void {
    service.epoch += 1;
    const { epoch } = service;
    let total = 0;
    for (const [ms, run] of steps) {
      total += ms;
      timeline.after(total, () => {
        if (service.epoch === epoch) run();
      });
    }
  }

  const say = (service: Service, type: 'Normal' | 'Warning', reason: string, message: string) =>
    addEvent(world, service, { type, reason, message });

  function waitingText(service: Service): string {
    const running = service.workers?.filter((worker) => counts(worker) && worker.phase === 'running').length ?? 0;
    const pending = Math.max(0, service.desired - running);
    const why = service.workers?.find((worker) => counts(worker) && worker.note)?.note;
    return `Waiting [Total: ${service.desired}, Pending: ${pending}, Running: ${running}]${why ? `: ${why}` : ''}`;
  }

  /** How many workers of an older version an update plan keeps for now; 0 without a plan. */
  function kept(service: Service): number {
    const plan = service.rollout;
    if (!plan || plan.to !== service.currentVersion) return 0;
    if (plan.partition !== undefined) {
      const share = plan.partition.endsWith('%')
        ? Math.ceil((service.desired * Number.parseFloat(plan.partition)) / 100)
        : Number.parseInt(plan.partition, 10);
      const keep = world.variants.on('rollout-partition-updates') ? service.desired - share : share;
      return Math.max(0, Math.min(service.desired, keep));
    }
    return plan.batch ? Math.max(0, service.desired - plan.allowed) : 0;
  }

  function reconcile(service: Service): void {
    if (withoutWorkers.has(service.status)) return;
    const all = workers.of(service);
    const active = all.filter(counts);
    const old = active.filter((worker) => worker.generation !== service.generation);
    const fresh = active.filter((worker) => worker.generation === service.generation);
    const keep = kept(service);
    const rolling = old.length > keep;
    const paused = service.rollout?.paused === true && service.rollout.to === service.currentVersion;
    // Documented defaults of rolling_strategy: one may be missing in a resource group, one may be too many in public.
    const surge = rolling && !paused && resourceTypeOf(service) === 'PublicResource' ? 1 : 0;
    const steady = fresh.every((worker) => worker.phase === 'running');
    const leaving = all.some((worker) => worker.phase === 'terminating');

    if (active.length > service.desired + surge) {
      for (const worker of pickVictims(active, active.length - service.desired - surge, service)) {
        workers.terminate(service, worker);
      }
    } else if (active.length < service.desired + surge && (active.length < service.desired || steady)) {
      workers.launch(service, service.desired + surge - active.length);
    } else if (rolling && !paused && steady && !leaving && service.failure === undefined) {
      const next = old[0];
      if (next) workers.terminate(service, next);
    }
    judge(service);
  }

  function pickVictims(active: readonly Worker[], count: number, service: Service): Worker[] {
    const rank = (worker: Worker) =>
      (worker.generation === service.generation ? 2 : 0) + (worker.phase === 'running' ? 1 : 0);
    return active.toSorted((a, b) => rank(a) - rank(b) || b.createdAt - a.createdAt).slice(0, count);
  }

  function judge(service: Service): void {
    const all = workers.of(service);
    const active = all.filter(counts);
    const running = active.filter((worker) => worker.phase === 'running').length;
    const stillOld = active.filter((worker) => worker.generation !== service.generation).length > kept(service);
    if (service.status === 'Failed' || service.status === 'Running') {
      touch(service);
      return;
    }
    const leaving = all.some((worker) => worker.phase === 'terminating');
    if (running === service.desired && active.length === service.desired && !leaving && !stillOld) {
      const was = service.status;
      setStatus(service, 'Running', 'Service is running');
      if (was === 'Scaling') say(service, 'Normal', 'Updating', 'Stage scale complete');
      say(service, 'Normal', 'Running', `Running [Total: ${service.desired}, Pending: 0, Running: ${running}]`);
      for (const version of service.versions) {
        if (version.id === service.currentVersion)
          Object.assign(version, { message: 'Service is Running', runnable: 'true' });
      }
    } else if (service.status === 'Waiting') {
      service.message = waitingText(service);
      touch(service);
    } else if (service.status === 'Scaling') {
      const stuck = active.some((worker) => worker.note);
      service.message = stuck ? waitingText(service) : 'Service is now scaling';
      touch(service);
    } else touch(service);
  }

  /** Fetching the model and building the image; ends in `then`, or in Failed when the model is not there. */
  function preparation(service: Service, then: () => void): (readonly [number, () => void])[] {
    const { facts } = service;
    const tell = (message: string) => () => {
      service.message = message;
      touch(service);
      say(service, 'Normal', 'Preparing', message);
    };
    const fetched = facts.modelPath !== '';
    return [
      ...(fetched
        ? ([
            [700, tell(`Downloading http file: ${facts.modelPath}`)],
            [
              900,
              () => {
                if (service.failure !== 'model-missing') return tell('Successfully downloaded all artifacts')();
                service.epoch += 1;
                const message = failureMessage('model-missing', facts, '');
                say(service, 'Warning', 'FailedDownload', message);
                setStatus(service, 'Failed', message);
                for (const version of service.versions) {
                  if (version.id === service.currentVersion) Object.assign(version, { message, runnable: 'false' });
                }
              },
            ],
            [400, tell(`Building image [${service.image}]`)],
            [600, tell(`Pushing image [${service.image}]`)],
          ] as const)
        : []),
      [400, tell('Successfully synchronized resources')],
      [300, then],
    ];
  }

  function toWaiting(service: Service): void {
    setStatus(service, 'Waiting', waitingText(service));
    reconcile(service);
  }

  function deploy(service: Service): void {
    setStatus(service, 'Creating', 'Service is now creating');
    say(service, 'Normal', 'Creating', 'Service is now creating');
    stages(service, [
      [800, () => setStatus(service, 'Deploying', 'Service is now deploying')],
      ...preparation(service, () => toWaiting(service)),
    ]);
  }

  function start(service: Service): void {
    if (service.status !== 'Stopped') {
      // Documented only for a stopped service; the refusal is the emulator's choice.
      throw wrongStatus(
        world.variants,
        `Service [${service.name}] is in status [${service.status}]; only a stopped service can be started.`,
      );
    }
    setStatus(service, 'Starting', 'Service is now starting');
    say(service, 'Normal', 'Starting', 'Service is now starting');
    stages(service, [[800, () => (service.failure === 'model-missing' ? failModel(service) : toWaiting(service))]]);
  }

  function failModel(service: Service): void {
    setStatus(service, 'Failed', failureMessage('model-missing', service.facts, ''));
    say(service, 'Warning', 'FailedDownload', service.message);
  }

  function stop(service: Service): void {
    if (['Stopped', 'Stopping', 'Deleting'].includes(service.status)) {
      // Documented only for a running service; which other statuses allow it is the emulator's choice.
      throw wrongStatus(
        world.variants,
        `Service [${service.name}] is in status [${service.status}] and cannot be stopped.`,
      );
    }
    for (const worker of [...workers.of(service)]) workers.terminate(service, worker);
    setStatus(service, 'Stopping', 'Service is now stopping');
    say(service, 'Normal', 'Stopping', 'Service is now stopping');
    stages(service, [
      [
        2_500,
        () => {
          setStatus(service, 'Stopped', 'Service is stopped');
          say(service, 'Normal', 'Stopped', 'Service is stopped');
        },
      ],
    ]);
  }

  function refuseUnless(service: Service, verb: string): void {
    if (['Stopped', 'Stopping', 'Deleting', 'Creating', 'Deploying', 'Starting'].includes(service.status)) {
      // Emulator's choice: no document says which statuses allow it.
      throw wrongStatus(
        world.variants,
        `Service [${service.name}] is in status [${service.status}] and cannot be ${verb}.`,
      );
    }
  }

  /** All workers are replaced, one at a time. */
  function restart(service: Service): void {
    refuseUnless(service, 'restarted');
    workers.of(service);
    service.generation += 1;
    service.epoch += 1;
    // Which status a restart goes through is not documented: the emulator's choice.
    if (!world.variants.on('restart-running')) setStatus(service, 'Waiting', 'Service is restarting');
    say(service, 'Normal', 'Restarting', 'Service is restarting');
    if (service.failure === 'model-missing') stages(service, [[1_200, () => failModel(service)]]);
    else reconcile(service);
  }

  function scale(service: Service, instance: number, first: readonly string[] = []): void {
    // Emulator's choice: a scale of a service that is stopped or on its way is not documented.
    const stopped = service.status === 'Stopped' && world.variants.on('scale-stopped-allowed');
    if (!stopped) refuseUnless(service, 'scaled');
    const all = workers.of(service);
    for (const name of first) {
      if (!all.some((worker) => worker.name === name && counts(worker))) {
        throw new Refusal(
          400,
          'InvalidParameter',
          `The instance ${name} in InstancesToDelete is not one of the service.`,
        );
      }
    }
    const before = service.desired;
    service.desired = instance;
    if (!world.variants.on('scale-leaves-config')) service.config = withInstances(service.config, instance);
    service.updatedAt = timeline.now();
    if (stopped) return touch(service);
    if (service.failure !== 'model-missing') setStatus(service, 'Scaling', 'Service is now scaling');
    say(service, 'Normal', 'Updating', `Service is now scaling from ${before} to ${instance}`);
    for (const worker of all.filter((each) => first.includes(each.name)).slice(0, Math.max(0, before - instance))) {
      workers.terminate(service, worker);
    }
    if (service.failure !== 'model-missing') timeline.after(300, () => reconcile(service));
  }

  function remove(service: Service): void {
    if (service.status === 'Deleting')
      throw wrongStatus(world.variants, `Service [${service.name}] is terminating already.`);
    for (const worker of [...workers.of(service)]) workers.terminate(service, worker);
    setStatus(service, 'Deleting', 'Service is terminating');
    stages(service, [[3_000, () => forget(service)]]);
  }

  function forget(service: Service): void {
    for (const worker of service.workers ?? []) worker.node?.placed.delete(worker);
    world.services.delete(service.name);
    world.membership += 1;
    if (world.variants.on('delete-lingers')) world.lingering.set(service, 3);
    for (const name of service.pair) {
      const partner = world.services.get(name);
      if (!partner) continue;
      // Documented: what is left of a blue-green pair takes all traffic.
      partner.pair = [];
      partner.weight = 100;
      touch(partner);
    }
    const alone = ![...world.services.values()].some((other) => other.group === service.group);
    if (service.group && alone) world.groups.delete(service.group);
    workers.reschedule();
  }

  function roll(service: Service, verb: string): void {
    workers.of(service);
    service.generation += 1;
    service.updatedAt = timeline.now();
    setStatus(service, 'Updating', `Service is now ${verb}`);
    say(service, 'Normal', 'Updating', `Service is now ${verb}`);
    const plan = service.rollout;
    if (plan) beginPlan(service, plan);
    stages(
      service,
      preparation(service, () => {
        service.message = `Service is now ${verb}`;
        reconcile(service);
      }),
    );
  }

  function beginPlan(service: Service, plan: Rollout): void {
    plan.to = service.currentVersion;
    plan.from = service.versions.at(-2)?.id;
    plan.allowed = 0;
    if (plan.batch) nextBatch(service, plan);
  }

  function nextBatch(service: Service, plan: Rollout): void {
    const size = plan.batch?.size ?? '25%';
    const step = size.endsWith('%')
      ? Math.ceil((service.desired * Number.parseFloat(size)) / 100)
      : Number.parseInt(size, 10);
    if (!plan.paused) plan.allowed += Math.max(1, step || 1);
    if (plan.allowed >= service.desired) {
      plan.nextBatchAt = undefined;
    } else {
      const [, amount, unit] = /^(\d+)([smh])$/.exec(plan.batch?.interval ?? '5m') ?? [];
      const ms = Number(amount ?? 5) * (unit === 's' ? 1_000 : unit === 'h' ? 3_600_000 : 60_000);
      plan.nextBatchAt = timeline.now() + ms / world.clock.speed;
      timeline.after(ms, () => {
        if (service.rollout === plan && plan.to === service.currentVersion) nextBatch(service, plan);
      });
    }
    reconcile(service);
  }

  function adopt(service: Service, config: ServiceConfig): void {
    const before = service.facts;
    const entry = config.processor_entry;
    service.config = config;
    service.facts = { ...readConfig(config), name: service.name };
    service.desired = service.facts.instance;
    if (service.facts.image) service.image = service.facts.image;
    const failure = failureOf(service.facts, entry);
    // Running out of memory is mended by giving at least half as much again; emulator's choice.
    const stillOom = service.failure === 'oom' && service.facts.memory < before.memory * 1.5;
    service.failure = failure ?? (stillOom ? 'oom' : undefined);
  }

  function update(service: Service, config: ServiceConfig): void {
    if (['Deleting', 'Stopping', 'Creating', 'Deploying'].includes(service.status)) refuseUnless(service, 'updated');
    const at = timeline.now();
    const { id: latest } = service.versions.at(-1) ?? { id: 0 };
    adopt(service, config);
    service.latestVersion = Math.max(service.latestVersion, latest) + 1;
    service.currentVersion = service.latestVersion;
    if (!service.facts.image) service.image = imageOf(world, service, at);
    service.versions.push({
      id: service.latestVersion,
      builtAt: at,
      config,
      imageAvailable: 'true',
      runnable: 'unknown',
      message: 'Service is now updating',
    });
    if (service.status === 'Stopped') touch(service);
    else roll(service, 'updating');
  }

  function switchVersion(service: Service, number: number): void {
    if (['Deleting', 'Stopping', 'Creating', 'Deploying'].includes(service.status)) refuseUnless(service, 'switched');
    const version = service.versions.find(({ id }) => id === number);
    if (!version)
      throw new Refusal(400, 'InvalidParameter', `Version ${number} of service [${service.name}] does not exist.`);
    if (version.imageAvailable === 'false') {
      throw new Refusal(400, 'InvalidParameter', `The image of version ${number} is no longer available.`);
    }
    // The number of instances is how much runs, not what runs: a switch keeps it (emulator's choice).
    adopt(service, withInstances(version.config, service.desired));
    service.currentVersion = number;
    if (service.status === 'Stopped') touch(service);
    else roll(service, 'starting');
  }

  return { workers, deploy, start, stop, restart, scale, remove, update, switchVersion, reconcile };
}

/** The address of the image that the service builds from model and processor. */
export function imageOf(world: World, service: Pick<Service, 'name'>, at: number): string {
  const stamp = new Date(at).toISOString().slice(0, 19).replace(/[-:T]/g, '');
  return `registry-vpc.${world.region}.aliyuncs.com/eas/${service.name}_${world.region}:v0.0.1-${stamp}`;
}
