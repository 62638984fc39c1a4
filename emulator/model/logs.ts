import { failureLines } from './failure.ts';
import type { Service } from './service.ts';
import type { Worker } from './worker.ts';

export interface LogLine {
  readonly at: number;
  readonly text: string;
  /** Whether the application wrote it, and not the platform. */
  readonly fromApplication: boolean;
}

const requestEveryMs = 3_000;
/** How far back lines of a running worker go. Retention is not documented: emulator's choice. */
const retentionMs = 30 * 60_000;

/** Line prefixes are Beijing time, as in real logs, although queries are in UTC. */
function stamp(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

function line(worker: Worker, at: number, text: string, fromApplication: boolean): LogLine {
  return { at, text: `[${worker.name}] [${stamp(at)}] ${text}`, fromApplication };
}

/** Every third line or so is a request; which one is given by its number alone, so that lines never change. */
function request(service: Service, number: number): string {
  const ms = 3 + ((number * 7919) % 23);
  if (number % 97 === 96) return `[WARN] request ${number} took ${ms * 60} ms, queue length 12`;
  return `[INFO] POST /api/predict/${service.name} 200 ${ms} ms`;
}

function runLines(service: Service, worker: Worker, start: number, end: number): LogLine[] {
  const lines = [
    line(worker, start, '[INFO] EAS service daemon started', false),
    line(worker, start + 200, `[INFO] Loading service config of [${service.name}], version ${worker.version}`, false),
  ];
  const troubles = service.failure ? failureLines(service.failure, service.facts) : [];
  for (const [offset, text] of troubles) lines.push(line(worker, start + offset, text, true));
  if (service.failure === undefined || service.failure === 'oom') {
    lines.push(line(worker, start + 900, '[INFO] Model loaded', true));
    lines.push(line(worker, start + 1_000, '[INFO] Serving on 0.0.0.0:8080', true));
    const first = Math.max(1, Math.ceil((end - retentionMs - start) / requestEveryMs));
    for (let i = first; start + 1_000 + i * requestEveryMs <= end; i++) {
      lines.push(line(worker, start + 1_000 + i * requestEveryMs, request(service, i), true));
    }
  }
  return lines.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
}

/** What a worker has written up to now; with `previous`, what its run before the last restart wrote. */
export function workerLog(service: Service, worker: Worker, now: number, previous: boolean): LogLine[] {
  const last = worker.lastState;
  if (previous) {
    return last ? runLines(service, worker, Date.parse(last.startedAt), Date.parse(last.finishedAt)) : [];
  }
  if (worker.startedAt === undefined) return [];
  const ended = worker.phase === 'crashed' || worker.phase === 'back-off';
  return runLines(service, worker, worker.startedAt, ended && last ? Date.parse(last.finishedAt) : now);
}

/** What the platform wrote while it prepared a service whose workers never came to be. */
export function preparationLog(service: Service): LogLine[] {
  if (service.failure !== 'model-missing') return [];
  const failed = service.events.findLast((event) => event.type === 'Warning')?.at ?? service.updatedAt;
  return failureLines(service.failure, service.facts).map(([offset, text]) => ({
    at: failed - 1_000 + offset,
    text: `[${service.name}] [${stamp(failed - 1_000 + offset)}] ${text}`,
    fromApplication: false,
  }));
}
