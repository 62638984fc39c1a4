import { type Failure, failureMessage } from './failure.ts';
import { type Node, place } from './resource.ts';
import { resourceTypeOf, type Service } from './service.ts';
import { counts, createWorker, type Worker } from './worker.ts';
import { addEvent, setStatus, touch, type World, wireTime } from './world.ts';

/** Times of a worker's life in the emulator, in ms at speed 1. None is documented: all are the emulator's choice. */
const staggerMs = 900;
const scheduleMs = 400;
const terminateMs = 1_800;
const oomAfterMs = 20_000;

/** Makes, places, crashes and ends workers. `changed` is called after each step, to bring the service along. */
export interface WorkerEngine {
  /** The workers of a service; makes up running ones for a service that was generated in bulk. */
  of(service: Service): Worker[];
  launch(service: Service, count: number): void;
  /** Makes one worker that has been waiting since `at`, and tries to place it at once. */
  enqueue(service: Service, at: number): void;
  terminate(service: Service, worker: Worker): void;
  /** Puts a worker in place at once, as if it had been running since `at`. */
  settle(service: Service, at: number): Worker;
  crash(service: Service, worker: Worker, failure: Failure): void;
  /** Ends the process of a worker and starts it again in place. */
  restartInPlace(service: Service, worker: Worker, reason: string, exitCode: number): void;
  /** Takes a worker out of the service for good; it goes on running by itself. */
  detach(service: Service, worker: Worker): void;
  /** Tries again to place all waiting workers; to be called when capacity was freed or added. */
  reschedule(): void;
}

export function createWorkerEngine(world: World, changed: (service: Service) => void): WorkerEngine {
  const { timeline, region, random } = world;
  const waiting = new Map<Worker, Service>();

  function of(service: Service): Worker[] {
    if (!service.workers) {
      service.workers = [];
      for (let i = 0; i < service.desired; i++) settle(service, service.createdAt + 60_000 + i * staggerMs);
    }
    return service.workers;
  }

  function add(service: Service, at: number): Worker {
    service.workers ??= [];
    const own = random.fork(`${service.name} ${service.generation} ${at} ${service.workers.length}`);
    const worker = createWorker(service, service.generation, at, own, region);
    worker.innerIp = `172.17.${own.integer(0, 63)}.${own.integer(2, 250)}`;
    worker.hostIp = `11.0.${own.integer(0, 255)}.${own.integer(2, 250)}`;
    worker.instanceType =
      service.facts.instanceType || (service.facts.gpu > 0 ? 'ecs.gn6i-c8g1.2xlarge' : 'ecs.c7.large');
    service.workers.push(worker);
    return worker;
  }

  function occupy(service: Service, worker: Worker, node: Node): void {
    const { cpu, gpu, memory } = service.facts;
    node.placed.set(worker, { cpu, gpu, memory });
    worker.node = node;
    worker.hostIp = node.ip;
    worker.zone = node.zone;
    worker.instanceType = node.instanceType;
  }

  function settle(service: Service, at: number): Worker {
    const worker = add(service, at);
    const resource = world.resources.get(service.facts.resource);
    const spot = resource && place(resource, service.facts);
    if (spot && 'node' in spot) occupy(service, worker, spot.node);
    worker.startedAt = at;
    worker.phase = 'running';
    return worker;
  }

  const alive = (service: Service, worker: Worker) =>
    worker.phase !== 'terminating' && (service.workers?.includes(worker) ?? false);

  function later(service: Service, worker: Worker, ms: number, step: () => void): void {
    timeline.after(ms, () => {
      if (!alive(service, worker)) return;
      step();
      touch(service);
      changed(service);
    });
  }

  function launch(service: Service, count: number): void {
    for (let i = 0; i < count; i++) {
      const worker = add(service, timeline.now());
      later(service, worker, scheduleMs + i * staggerMs, () => schedule(service, worker));
    }
    touch(service);
  }

  function enqueue(service: Service, at: number): void {
    const worker = add(service, at);
    later(service, worker, 0, () => schedule(service, worker));
  }

  function schedule(service: Service, worker: Worker): void {
    if (resourceTypeOf(service) === 'DedicatedResource') {
      const resource = world.resources.get(service.facts.resource);
      const spot = resource
        ? place(resource, service.facts)
        : { why: `resource group ${service.facts.resource} does not exist.` };
      if ('why' in spot) {
        if (worker.note !== spot.why) {
          addEvent(world, service, {
            type: 'Warning',
            reason: 'FailedScheduling',
            message: spot.why,
            worker: worker.name,
          });
        }
        worker.note = spot.why;
        waiting.set(worker, service);
        return;
      }
      occupy(service, worker, spot.node);
    }
    waiting.delete(worker);
    worker.note = '';
    worker.phase = 'creating';
    addEvent(world, service, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${worker.name} to ${worker.node?.name ?? worker.hostIp}`,
      worker: worker.name,
    });
    later(service, worker, service.startupMs * 0.6, () => begin(service, worker));
  }

  function begin(service: Service, worker: Worker): void {
    if (service.failure === 'image-missing') {
      worker.phase = 'image-pull';
      fail(service, worker, 'image-missing');
      return;
    }
    worker.startedAt = timeline.now();
    worker.phase = 'unready';
    if (service.failure === 'crash') {
      later(service, worker, service.startupMs * 0.4, () => crash(service, worker, 'crash'));
      return;
    }
    if (service.failure === 'unhealthy') {
      later(service, worker, service.startupMs, () => fail(service, worker, 'unhealthy'));
      return;
    }
    later(service, worker, service.startupMs * 0.4, () => {
      worker.phase = 'running';
      addEvent(world, service, {
        type: 'Normal',
        reason: 'Started',
        message: 'Started container worker0',
        worker: worker.name,
      });
    });
    if (service.failure === 'oom') later(service, worker, oomAfterMs, () => crash(service, worker, 'oom'));
  }

  function fail(service: Service, worker: Worker, failure: Failure): void {
    const message = failureMessage(failure, service.facts, worker.name);
    const reason = {
      'image-missing': 'Failed',
      unhealthy: 'Unhealthy',
      oom: 'OOMKilled',
      crash: 'BackOff',
      'model-missing': 'Failed',
    };
    addEvent(world, service, { type: 'Warning', reason: reason[failure], message, worker: worker.name });
    if (service.status !== 'Stopping' && service.status !== 'Deleting') setStatus(service, 'Failed', message);
  }

  function endProcess(worker: Worker, reason: string, exitCode: number): void {
    const at = timeline.now();
    worker.lastState = {
      exitCode,
      reason,
      startedAt: wireTime(worker.startedAt ?? at),
      finishedAt: wireTime(at),
    };
    worker.phase = 'crashed';
  }

  function crash(service: Service, worker: Worker, failure: Failure): void {
    endProcess(worker, failure === 'oom' ? 'OOMKilled' : 'Error', failure === 'oom' ? 137 : 139);
    fail(service, worker, failure);
    // Back-off doubles from 10 s up to 5 minutes, as Kubernetes does.
    const backOff = Math.min(300_000, 10_000 * 2 ** Math.min(worker.restarts, 5));
    later(service, worker, 1_000, () => {
      worker.phase = 'back-off';
    });
    later(service, worker, backOff, () => {
      worker.restarts += 1;
      begin(service, worker);
    });
  }

  function restartInPlace(service: Service, worker: Worker, reason: string, exitCode: number): void {
    endProcess(worker, reason, exitCode);
    touch(service);
    later(service, worker, 800, () => {
      worker.restarts += 1;
      begin(service, worker);
    });
  }

  function vacate(worker: Worker): void {
    worker.node?.placed.delete(worker);
    waiting.delete(worker);
  }

  function terminate(service: Service, worker: Worker): void {
    if (worker.leaving && worker.phase === 'terminating') return;
    worker.leaving = true;
    worker.phase = 'terminating';
    waiting.delete(worker);
    touch(service);
    addEvent(world, service, {
      type: 'Normal',
      reason: 'Killing',
      message: 'Stopping container worker0',
      worker: worker.name,
    });
    timeline.after(terminateMs, () => {
      vacate(worker);
      service.workers = (service.workers ?? []).filter((other) => other !== worker);
      touch(service);
      changed(service);
      reschedule();
    });
  }

  function detach(service: Service, worker: Worker): void {
    worker.detached = true;
    worker.isolated = true;
    touch(service);
    changed(service);
  }

  function reschedule(): void {
    for (const [worker, service] of [...waiting]) {
      if (!alive(service, worker) || !counts(worker)) waiting.delete(worker);
      else {
        schedule(service, worker);
        touch(service);
        if (worker.phase !== 'pending') changed(service);
      }
    }
  }

  return { of, launch, enqueue, terminate, settle, crash, restartInPlace, detach, reschedule };
}
