import type { Model } from './model/model.ts';
import type { Service } from './model/service.ts';

/** An answer of a service to its callers. */
export interface Served {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Milliseconds that pass before it. */
  readonly delay: number;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly body: Buffer;
}

/** The way in to services: not part of the contract, without its signature, opened by the token of the service. */
export const predictPath = '/api/predict/';

const say = (status: number, text: string, delay = 0): Served => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: Buffer.from(text),
  delay,
});

/**
 * Answers a prediction. The status codes are the documented ones; their texts and what a model answers are the
 * emulator's choice. A JSON body with `"emulate": {"status": 450, "ms": 20}` is answered with just that.
 */
export function serve(model: Model, { method, path, token, body }: Asked): Served {
  model.settle();
  const name = decodeURIComponent(path.slice(predictPath.length).split('/')[0] ?? '');
  const service = find(model, name);
  if (!service) return say(404, 'not found');
  const group = model.groups.get(name);
  if (token === undefined || token !== (group?.token ?? service.token)) return say(401, 'Unauthorized');
  if (method !== 'GET' && method !== 'POST') return say(405, 'Method Not Allowed');
  const ready = model.lifecycle.workers.of(service).filter((worker) => worker.phase === 'running' && !worker.isolated);
  const [worker] = ready;
  if (!worker || service.status === 'Stopped') return say(503, 'no healthy upstream');
  const input = parse(body);
  const wanted = asked(input);
  if (wanted) return say(wanted.status, `emulated ${wanted.status}`, wanted.ms);
  const headers = { 'x-eas-worker': worker.name };
  if (body.length > 0 && input === undefined) {
    // Processors of TensorFlow and PyTorch speak protobuf: bytes for bytes.
    return {
      status: 200,
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body: Buffer.concat([Buffer.from([0x0a, 0x00]), body]),
      delay: 3,
    };
  }
  const answer = {
    service: service.name,
    version: service.currentVersion,
    worker: worker.name,
    input: input ?? null,
    outputs: [0.1, 0.7, 0.2],
  };
  return {
    status: 200,
    headers: { ...headers, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(answer)),
    delay: 3,
  };
}

/** A service by its name; `group` or `group.service` name a member of a group. */
function find(model: Model, name: string): Service | undefined {
  const own = model.services.get(name);
  if (own) return own;
  const [group = '', member] = name.split('.');
  if (member !== undefined) {
    const found = model.services.get(member);
    return found?.group === group ? found : undefined;
  }
  return [...model.services.values()].find((service) => service.group === group && group !== '');
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function asked(input: unknown): { status: number; ms: number } | undefined {
  const wish = (input as { emulate?: { status?: unknown; ms?: unknown } } | null | undefined)?.emulate;
  const status = Number(wish?.status);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  return { status, ms: Math.min(60_000, Math.max(0, Number(wish?.ms) || 0)) };
}
