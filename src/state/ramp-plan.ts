import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface RampStep {
  /** Percent of the traffic for the new service, 0 to 100. */
  readonly weight: number;
  /** How long the service has to be seen well at it, milliseconds. */
  readonly holdMs: number;
}

/** What the service looked like when watching began: only what comes after is trouble. */
export interface Baseline {
  /** Workers ready. */
  readonly ready: number;
  /** Restarts by the name of the worker. */
  readonly restarts: Readonly<Record<string, number>>;
  /** Warnings already there. */
  readonly events: readonly string[];
}

/** Who runs a plan. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
}

/** A ramp as it is kept on disk: all that is needed to go on after the program ended. */
export interface RampPlan {
  readonly v: 1;
  readonly region: string;
  readonly endpoint: string;
  /** The new service of the pair. */
  readonly service: string;
  readonly serviceId: string;
  readonly entry: string;
  readonly entryId: string;
  readonly steps: readonly RampStep[];
  /** The weight before the ramp, to roll back to. */
  readonly from: number;
  /** The step under way. */
  readonly at: number;
  /** `sending`: whether it was sent is not known; `settling`: sent and not yet seen; `holding`: seen. */
  readonly phase: 'sending' | 'settling' | 'holding';
  /** When the phase began, epoch milliseconds. */
  readonly since: number;
  readonly startedAt: number;
  readonly state: 'running' | 'paused' | 'stopped' | 'done' | 'rolled back';
  /** Why it was stopped. */
  readonly reason?: string | undefined;
  readonly baseline: Baseline;
  readonly owner: Owner;
}

/** Keeps plans where they outlive the program. */
export interface PlanStore {
  /** All plans, and what is wrong with those that cannot be read. */
  load(): Promise<{ readonly plans: readonly RampPlan[]; readonly broken: readonly string[] }>;
  /** Resolves when the plan is on the disk. */
  save(plan: RampPlan): Promise<void>;
  drop(plan: RampPlan): Promise<void>;
}

const fileOf = ({ endpoint, region, service }: RampPlan): string =>
  `${encodeURIComponent(`${endpoint}~${region}~${service}`)}.json`;

/** Plans as files of a folder, readable by their owner alone, each written whole or not at all. */
export function createPlanStore(folder: string): PlanStore {
  // Writes of one plan go one after the other.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = last.then(task);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    load: () =>
      inTurn(async () => {
        const plans: RampPlan[] = [];
        const broken: string[] = [];
        for (const name of await filesOf(folder)) {
          const file = join(folder, name);
          try {
            plans.push(readPlan(JSON.parse(await readFile(file, 'utf8'))));
          } catch (error) {
            broken.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
          }
        }
        return { plans, broken };
      }),
    save: (plan) =>
      inTurn(async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const file = join(folder, fileOf(plan));
        const half = `${file}.${randomUUID()}.part`;
        try {
          const handle = await open(half, 'wx', 0o600);
          try {
            await handle.writeFile(`${JSON.stringify(plan)}\n`);
            await handle.datasync();
          } finally {
            await handle.close();
          }
          await rename(half, file);
        } catch (error) {
          await rm(half, { force: true }).catch(() => undefined);
          throw error;
        }
      }),
    drop: (plan) => inTurn(() => rm(join(folder, fileOf(plan)), { force: true })),
  };
}

/** Keeps plans for as long as the program runs. */
export function createMemoryPlans(): PlanStore {
  const plans = new Map<string, RampPlan>();
  return {
    load: async () => ({ plans: [...plans.values()], broken: [] }),
    save: async (plan) => void plans.set(fileOf(plan), plan),
    drop: async (plan) => void plans.delete(fileOf(plan)),
  };
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Throws with the field that is wrong: a plan that is only half understood must not move traffic. */
export function readPlan(value: unknown): RampPlan {
  const plan = value as RampPlan;
  const wrong = (field: string): never => {
    throw new Error(`"${field}" is missing or wrong; the plan is left as it is`);
  };
  if (plan === null || typeof plan !== 'object' || plan.v !== 1) return wrong('v');
  for (const field of ['region', 'endpoint', 'service', 'serviceId', 'entry', 'entryId'] as const)
    if (typeof plan[field] !== 'string' || plan[field] === '') wrong(field);
  const whole = (n: unknown, most: number): boolean =>
    Number.isInteger(n) && (n as number) >= 0 && (n as number) <= most;
  const { steps, from, at, since, startedAt, phase, state, baseline, owner } = plan;
  if (!Array.isArray(steps) || steps.length === 0) wrong('steps');
  for (const step of steps) if (!whole(step?.weight, 100) || !whole(step?.holdMs, 2 ** 31)) wrong('steps');
  if (!whole(from, 100)) wrong('from');
  if (!whole(at, steps.length - 1)) wrong('at');
  if (!Number.isFinite(since) || !Number.isFinite(startedAt)) wrong('since');
  if (!['sending', 'settling', 'holding'].includes(phase)) wrong('phase');
  if (!['running', 'paused', 'stopped', 'done', 'rolled back'].includes(state)) wrong('state');
  if (!whole(baseline?.ready, 2 ** 31) || typeof baseline.restarts !== 'object' || !Array.isArray(baseline.events))
    wrong('baseline');
  if (typeof owner?.host !== 'string' || !Number.isInteger(owner.pid)) wrong('owner');
  return plan;
}

const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

function readHold(text: string): number | undefined {
  const [, digits = '', unit = 's'] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  const ms = Number(digits) * units[unit as keyof typeof units];
  return digits === '' || ms > 24 * units.h ? undefined : ms;
}

const usual = { weights: [5, 25, 50, 100], holdMs: 5 * units.m } as const;

/** The steps of `5,25,50,100 hold 5m`; a step may have a time of its own: `5:10m,25,50`. A text says what is wrong. */
export function readSteps(text: string): readonly RampStep[] | string {
  const [, list = '', hold] = /^\s*([^\s]*?)\s*(?:\bhold\s+(\S+)\s*)?$/.exec(text) ?? [];
  if (text.trim() !== '' && list === '' && hold === undefined)
    return `"${text.trim()}" is not read; write e.g. 5,25,50,100 hold 5m`;
  const common = hold === undefined ? usual.holdMs : readHold(hold);
  if (common === undefined) return `"${hold}" is no time; write e.g. 30s, 5m or 1h, at most 24h`;
  if (list === '') return usual.weights.map((weight) => ({ weight, holdMs: common }));
  const steps: RampStep[] = [];
  for (const part of list.split(',')) {
    const [, digits = '', own] = /^(\d{1,9})%?(?::(\S+))?$/.exec(part) ?? [];
    if (digits === '') return `"${part}" is no step; write e.g. 5,25,50,100 hold 5m`;
    const weight = Number(digits);
    if (weight < 1 || weight > 100) return `step ${weight} is outside 1–100`;
    const before = steps.at(-1)?.weight ?? 0;
    if (weight <= before) return `step ${weight} does not rise above ${before}`;
    const holdMs = own === undefined ? common : readHold(own);
    if (holdMs === undefined) return `"${own}" is no time; write e.g. 30s, 5m or 1h, at most 24h`;
    steps.push({ weight, holdMs });
  }
  return steps;
}
