import type { Random } from '../random.ts';
import type { Node } from './resource.ts';
import type { Service } from './service.ts';

/** Where a worker is in its life. The wire's Status and Reason are made from it. */
type Phase = 'pending' | 'creating' | 'image-pull' | 'unready' | 'running' | 'crashed' | 'back-off' | 'terminating';

interface LastState {
  readonly exitCode: number;
  readonly reason: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** One running instance of a service (eascmd: worker; API: Instance). */
export interface Worker {
  readonly name: string;
  /** Version of the service that it runs. */
  readonly version: number;
  /** Rises with each rolling restart; a worker of an older generation is replaced. */
  generation: number;
  readonly createdAt: number;
  startedAt: number | undefined;
  phase: Phase;
  /** Why it waits, in the scheduler's words; '' otherwise. */
  note: string;
  restarts: number;
  lastState: LastState | undefined;
  isolated: boolean;
  detached: boolean;
  node: Node | undefined;
  innerIp: string;
  hostIp: string;
  zone: string;
  instanceType: string;
  /** It is on its way out as part of a scale, an update or a stop. */
  leaving: boolean;
}

export function createWorker(service: Service, generation: number, at: number, random: Random, region: string): Worker {
  // Names of pods may not hold "_"; one replica set for each version and generation.
  const set = random.fork(`${service.name} ${service.currentVersion} ${generation}`).hex(10);
  return {
    name: `${service.name.replaceAll('_', '-')}-${set}-${random.word(5)}`,
    version: service.currentVersion,
    generation,
    createdAt: at,
    startedAt: undefined,
    phase: 'pending',
    note: '',
    restarts: 0,
    lastState: undefined,
    isolated: false,
    detached: false,
    node: undefined,
    innerIp: '',
    hostIp: '',
    zone: `${region}-${random.pick(['a', 'b', 'g'])}`,
    instanceType: '',
    leaving: false,
  };
}

const statuses: Readonly<Record<Phase, readonly [status: string, reason: string]>> = {
  pending: ['Pending', 'PENDING'],
  creating: ['Creating', 'ContainerCreating'],
  'image-pull': ['Pending', 'ImagePullBackOff'],
  unready: ['Running', 'RUNNING'],
  running: ['Running', 'RUNNING'],
  crashed: ['Failed', 'Error'],
  'back-off': ['Failed', 'CrashLoopBackOff'],
  terminating: ['Terminating', 'Terminating'],
};

export function workerStatus(worker: Worker): { status: string; reason: string } {
  const [status, reason] = statuses[worker.phase];
  if (worker.phase === 'crashed') return { status, reason: worker.lastState?.reason ?? reason };
  return { status, reason };
}

/** Whether it takes part in the service: it is neither leaving nor taken out. */
export function counts(worker: Worker): boolean {
  return !worker.leaving && !worker.detached;
}
