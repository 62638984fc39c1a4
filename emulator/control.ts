import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Clock } from './clock.ts';
import { readObject } from './contract.ts';
import { Refusal } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Failure } from './model/failure.ts';
import type { Model } from './model/model.ts';
import { setStatus, touch } from './model/world.ts';
import type { Variants } from './variants.ts';

export interface ControlParts {
  readonly token: string;
  readonly model: Model;
  readonly faults: Faults;
  readonly variants: Variants;
  readonly clock: Clock;
  readonly requests: () => readonly object[];
  readonly server: Server;
}

const failures: readonly (Failure | 'none')[] = ['none', 'model-missing', 'oom', 'crash', 'image-missing', 'unhealthy'];

function texts(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new Refusal(400, 'InvalidParameter', `${name} should be a list of texts.`);
}

function amount(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new Refusal(400, 'InvalidParameter', `${name} should be a number of 0 or more.`);
}

/**
 * The emulator's own door, under /_emulator/<token>/. All JSON.
 * GET requests · GET, PUT faults {faults: [spec]} · GET, PUT variants {variants: [spec]} ·
 * GET, PUT clock {advanceMs?, speed?} · PUT connections {keepAliveMs?, close?} ·
 * POST services/<name> {status?, message?, failure?, labels?} · POST services/<name>/instances/<instance> {crash}
 */
export function createControl(
  parts: ControlParts,
): (request: IncomingMessage, path: string, body: Buffer, response: ServerResponse) => Promise<void> {
  const { model, faults, variants, clock, server } = parts;

  function act(method: string, segments: string[], text: string): unknown {
    const given = text === '' ? {} : readObject(text);
    const [what, name = '', below, instance = ''] = segments;
    const task = `${method} ${what}`;
    if (task === 'GET requests') return { requests: parts.requests() };
    if (task === 'PUT faults') faults.set(plain(() => texts(given.faults, 'faults')));
    if (what === 'faults') return { faults: faults.list() };
    if (task === 'PUT variants') variants.set(texts(given.variants, 'variants'));
    if (task === 'PUT variants') for (const service of model.services.values()) touch(service);
    if (what === 'variants') return { variants: variants.list() };
    if (task === 'PUT clock') {
      if (given.speed !== undefined) clock.speed = Math.max(0.001, amount(given.speed, 'speed'));
      if (given.advanceMs !== undefined) clock.advance(amount(given.advanceMs, 'advanceMs'));
    }
    if (what === 'clock') return { now: new Date(clock.now()).toISOString(), speed: clock.speed };
    if (task === 'PUT connections') {
      if (given.keepAliveMs !== undefined) server.keepAliveTimeout = amount(given.keepAliveMs, 'keepAliveMs');
      if (given.close === true) server.closeIdleConnections();
      return { keepAliveMs: server.keepAliveTimeout };
    }
    if (task === 'POST services') return below === 'instances' ? hurt(name, instance, given) : force(name, given);
    throw new Refusal(404, 'NotFound', `The control path ${method} ${segments.join('/')} does not exist.`);
  }

  const plain = <T>(run: () => T): T => run();

  function find(name: string) {
    model.settle();
    const service = model.services.get(name);
    if (!service) throw new Refusal(404, 'InvalidService.NotFound', `There is no service "${name}".`);
    return service;
  }

  function force(name: string, given: Record<string, unknown>): unknown {
    const service = find(name);
    const { status, message, failure, labels } = given;
    if (failure !== undefined) {
      const known = failures.find((each) => each === failure);
      if (!known) throw new Refusal(400, 'InvalidParameter', `failure should be one of ${failures.join(', ')}.`);
      service.failure = known === 'none' ? undefined : known;
    }
    if (typeof labels === 'object' && labels !== null) service.labels = labels as Record<string, string>;
    if (typeof status === 'string') {
      // Whatever was under way is dropped: the status stays until the next order.
      service.epoch += 1;
      setStatus(service, status, typeof message === 'string' ? message : service.message);
    } else if (typeof message === 'string') service.message = message;
    touch(service);
    return { name, status: service.status, message: service.message };
  }

  function hurt(name: string, instance: string, given: Record<string, unknown>): unknown {
    const service = find(name);
    const worker = model.lifecycle.workers.of(service).find((each) => each.name === instance);
    if (!worker) throw new Refusal(404, 'InvalidInstance.NotFound', `There is no instance "${instance}".`);
    const oom = given.crash === 'oom';
    model.lifecycle.workers.restartInPlace(service, worker, oom ? 'OOMKilled' : 'Error', oom ? 137 : 1);
    return { instance, restarts: worker.restarts };
  }

  return async (request, path, body, response) => {
    const [, , token = '', ...segments] = path.split('/').map(decodeURIComponent);
    const [given, right] = [Buffer.from(token), Buffer.from(parts.token)];
    let status = 200;
    let answer: unknown;
    try {
      if (given.length !== right.length || !timingSafeEqual(given, right)) {
        throw new Refusal(403, 'Forbidden', 'The control token is wrong.');
      }
      answer = act(request.method ?? '', segments, body.toString('utf8'));
    } catch (error) {
      status = error instanceof Refusal ? error.status : 400;
      answer = { Code: error instanceof Refusal ? error.code : 'InvalidParameter', Message: (error as Error).message };
    }
    response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' });
    response.end(JSON.stringify(answer));
  };
}
