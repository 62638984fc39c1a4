import { ApiError } from '../api/errors.ts';
import { listEvents, type ServiceEvent } from '../api/events.ts';
import { describeService, type Service } from '../api/services.ts';
import { listWorkers, type Worker } from '../api/workers.ts';
import { clean } from '../lib/clean.ts';
import { plural } from '../lib/words.ts';
import { statusTone } from '../screens/columns.ts';
import type { Api } from '../screens/define.ts';
import type { Baseline, RampPlan } from './ramp-plan.ts';

/** Both services of a pair at one moment, all of it read from the service. */
export interface Look {
  /** Undefined when there is none of the name. */
  readonly fresh: Service | undefined;
  readonly entry: Service | undefined;
  readonly workers: readonly Worker[];
  readonly warnings: readonly ServiceEvent[];
}

export type Verdict =
  | { readonly kind: 'well' }
  /** Neither good nor bad: time does not count. */
  | { readonly kind: 'wait'; readonly why: string }
  | { readonly kind: 'trouble'; readonly why: string };

/** Warnings are looked for from this long before the ramp on, milliseconds: clocks differ. */
const margin = 10 * 60_000;
const pageSize = 100;
/** So many pages of warnings are read, no more. */
const mostPages = 10;
/** How long the service may take to show a weight that was accepted, milliseconds. */
const settleWithin = 120_000;

/** Rejects when any part cannot be read: what is only half seen is not judged. */
export async function lookAt(
  api: Api,
  plan: Pick<RampPlan, 'service' | 'entry' | 'startedAt'>,
  signal: AbortSignal,
): Promise<Look> {
  const [fresh, entry] = await Promise.all([described(api, plan.service, signal), described(api, plan.entry, signal)]);
  if (!fresh || !entry) return { fresh, entry, workers: [], warnings: [] };
  const workers: Worker[] = [];
  for await (const page of listWorkers(api, plan.service, {}, signal)) workers.push(...page);
  const warnings: ServiceEvent[] = [];
  for (let page = 1; page <= mostPages; page++) {
    const query = { type: 'Warning', from: plan.startedAt - margin, page, pageSize } as const;
    const events = await listEvents(api, plan.service, query, signal);
    warnings.push(...events.filter(({ type }) => type === undefined || type === 'Warning'));
    if (events.length < pageSize) break;
  }
  return { fresh, entry, workers, warnings };
}

async function described(api: Api, name: string, signal: AbortSignal): Promise<Service | undefined> {
  try {
    return await describeService(api, name, signal);
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'missing') return undefined;
    throw error;
  }
}

const isReady = ({ readyProcesses = 0, totalProcesses = 1 }: Worker): boolean =>
  readyProcesses > 0 && readyProcesses >= totalProcesses;

const keyOf = ({ time, reason, message, replicaName }: ServiceEvent): string =>
  [time ?? '', reason ?? '', replicaName ?? '', message ?? ''].join('|').slice(0, 300);

export function baselineOf({ workers, warnings }: Look): Baseline {
  return {
    ready: workers.filter(isReady).length,
    restarts: Object.fromEntries(workers.map(({ instanceName, restartCount }) => [instanceName, restartCount ?? 0])),
    events: warnings.map(keyOf),
  };
}

/** What a look says of a ramp. Everything that is not as it was when the ramp began is trouble, also what got lost. */
export function judge(plan: RampPlan, { fresh, entry, workers, warnings }: Look, now: number): Verdict {
  const trouble = (why: string): Verdict => ({ kind: 'trouble', why });
  const wait = (why: string): Verdict => ({ kind: 'wait', why });
  for (const [service, name, id] of [
    [fresh, plan.service, plan.serviceId],
    [entry, plan.entry, plan.entryId],
  ] as const) {
    if (!service || idOf(service) !== id) return trouble(`${name} is gone, or another bears its name now`);
    const halted = /^(stopped|stopping|deleting)$/i.test(service.status ?? '');
    if (halted || statusTone(service.status) === 'bad')
      return trouble(`${name} is ${service.status}${service.message ? `: ${clean(service.message)}` : ''}`);
  }
  const target = plan.steps[plan.at]?.weight;
  if (plan.phase === 'holding' && fresh?.weight !== target)
    return trouble(`the weight is ${fresh?.weight ?? 'not known'}%, not ${target}%: somebody else set it`);
  const total = Math.max(fresh?.totalInstance ?? 0, workers.length);
  const ready = workers.filter(isReady).length;
  if (ready === 0) return trouble('no worker is ready');
  const before = plan.baseline.ready;
  if (ready < total && ready < before) return trouble(`workers ready fell from ${before} to ${ready} of ${total}`);
  const restarted = workers.flatMap(({ instanceName, restartCount = 0 }) => {
    const known = plan.baseline.restarts[instanceName] ?? 0;
    return restartCount > known ? [`${instanceName} restarted (${known} → ${restartCount})`] : [];
  });
  if (restarted.length > 0) return trouble(restarted.join(', '));
  const known = new Set(plan.baseline.events);
  const news = warnings.filter((event) => !known.has(keyOf(event)));
  const [latest] = news;
  if (latest)
    return trouble(
      `${plural(news.length, 'new warning')}: ${clean([latest.reason, latest.message].filter(Boolean).join(' '))}`,
    );
  if (plan.phase !== 'holding' && fresh?.weight !== target) {
    if (now - plan.since > settleWithin)
      return trouble(`the weight is still ${fresh?.weight ?? 'not known'}%, ${target}% was sent`);
    return wait(`the service still says ${fresh?.weight ?? '?'}%`);
  }
  if (fresh?.status !== 'Running') return wait(`${plan.service} is ${fresh?.status ?? 'without a status'}`);
  if (ready < total) return wait(`${ready} of ${total} workers are ready`);
  return { kind: 'well' };
}

export const idOf = ({ serviceId, serviceName }: Service): string => serviceId ?? serviceName;
