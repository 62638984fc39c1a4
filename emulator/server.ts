import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { constants, gzipSync } from 'node:zlib';
import type { OperationName } from '../src/api/contract/wire.gen.ts';
import { type Clock, createClock } from './clock.ts';
import { operations, readParams, schemas } from './contract.ts';
import { createControl } from './control.ts';
import { Refusal, refusalBody, throttled } from './errors.ts';
import { createFaults, type Faults, faultRefusal } from './faults.ts';
import { createModel, type Model } from './model/model.ts';
import { Rows } from './operations/handler.ts';
import { perform } from './operations/index.ts';
import { createOss, type Oss } from './oss/server.ts';
import { predictPath, serve } from './predict.ts';
import { createRandom } from './random.ts';
import { createRouter } from './router.ts';
import { createVerifier, type KnownKey, readQuery } from './signature.ts';
import { createVariants, type Variants } from './variants.ts';

export interface EmulatorOptions {
  /** 0, the default, takes any free port. Only 127.0.0.1 is ever listened on. */
  readonly port?: number | undefined;
  readonly region?: string | undefined;
  /** Number of services; the curated fleet unless given. */
  readonly services?: number | undefined;
  /** The same seed gives the same fleet, names and keys; keys are random without it. */
  readonly seed?: number | undefined;
  /** A clock of the caller's; else real time at `speed`. The dates of signatures are always held against real time. */
  readonly clock?: Clock | undefined;
  readonly speed?: number | undefined;
  /** Milliseconds that every answer waits. */
  readonly latency?: number | undefined;
  /** Refuse parameters that the contract does not list. */
  readonly strict?: boolean | undefined;
  readonly faults?: readonly string[] | undefined;
  readonly variants?: readonly string[] | undefined;
  /** Troubles of the OSS beside it. */
  readonly ossFaults?: readonly string[] | undefined;
}

/** One request that was answered, or refused, or struck by a fault. */
interface LoggedRequest {
  /** What the path means, or '' when nothing. */
  readonly operation: OperationName | '';
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** HTTP status; 0 when the connection was broken instead. */
  readonly status: number;
  /** Error code of a refusal. */
  readonly code?: string;
  readonly requestId: string;
  /** Clock's ms. */
  readonly at: number;
}

export interface Emulator {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** A second key, of STS: requests with it need the token as well. */
  readonly sts: Readonly<Required<KnownKey>>;
  /** The keys that are good now; what is taken out or put in counts from the next request on. */
  readonly keys: KnownKey[];
  /** Where the emulator is steered; `url` holds the token. */
  readonly control: { readonly url: string; readonly token: string };
  readonly model: Model;
  readonly faults: Faults;
  readonly variants: Variants;
  readonly clock: Clock;
  /** OSS of the same account and region, at an address of its own. */
  readonly oss: Oss;
  /** The latest requests, oldest first (at most 10,000). */
  requests(): readonly LoggedRequest[];
  close(): Promise<void>;
}

/** Bodies above this are refused; service JSON is far smaller. */
const maxBody = 4 * 1024 * 1024;
const maxLog = 10_000;
const gzipFrom = 1024;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBody) throw new Refusal(413, 'RequestEntityTooLarge', `The body is larger than ${maxBody} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** How the request's id is called in an answer; a few answers have it only in the header. */
function requestIdField(operation: OperationName): 'RequestId' | 'requestId' | undefined {
  const fields = schemas[operations[operation].response.ref] ?? {};
  return fields.RequestId ? 'RequestId' : fields.requestId ? 'requestId' : undefined;
}

/** JSON text of an answer; rows that are text already are not parsed again. */
function write(answer: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(answer).map(([name, value]) => {
    const json = value instanceof Rows ? `[${value.json.join(',')}]` : JSON.stringify(value);
    return json === undefined ? undefined : `${JSON.stringify(name)}:${json}`;
  });
  return `{${parts.filter((part) => part !== undefined).join(',')}}`;
}

/** Takes rows off the end of every list of an answer. */
function shrink(answer: Record<string, unknown>, by: number): Record<string, unknown> {
  const shorter = (value: unknown) => {
    if (value instanceof Rows) return new Rows(value.json.slice(0, Math.max(0, value.json.length - by)));
    return Array.isArray(value) ? value.slice(0, Math.max(0, value.length - by)) : value;
  };
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, shorter(value)]));
}

/** Starts PAI-EAS on 127.0.0.1. Throws an Error with a plain message for a fault or variant that is not known. */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const region = options.region ?? 'cn-shanghai';
  const clock = options.clock ?? createClock({ speed: options.speed ?? 1 });
  const faults = createFaults(options.faults ?? []);
  const variants = createVariants(options.variants ?? []);
  const model = createModel({ region, seed: options.seed ?? 1, clock, variants, services: options.services });
  const drawn = options.seed === undefined ? undefined : createRandom(options.seed).fork('keys');
  const secret = (bytes: number) => (drawn ? drawn.hex(bytes * 2) : randomBytes(bytes).toString('hex'));
  const main: KnownKey = { accessKeyId: `LTAI5t${secret(9)}`, accessKeySecret: secret(15) };
  const sts = { accessKeyId: `STS.NU${secret(9)}`, accessKeySecret: secret(22), securityToken: `CAIS${secret(64)}` };
  const keys: KnownKey[] = [main, sts];
  const token = secret(12);

  let skewMs = 0;
  const verify = createVerifier(keys, () => Date.now() + skewMs);
  const route = createRouter();
  const ids = createRandom(options.seed ?? 1).fork('requests');
  const log: LoggedRequest[] = [];

  /** When the reads of the last minute came, epoch ms. */
  let reads: number[] = [];

  /** Throws when there have been too many, under the variant that limits them. */
  function countRead(operation: OperationName): void {
    if (!variants.on('throttle-reads') || operations[operation].method !== 'GET') return;
    const now = Date.now();
    reads = reads.filter((at) => at > now - 60_000);
    if (reads.length >= variants.number('throttle-reads', 100)) throw throttled(variants, undefined);
    reads.push(now);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = ids.uuid();
    const [path = '', rawQuery = ''] = (request.url ?? '').split(/\?(.*)/s);
    const logged = { operation: '' as OperationName | '', params: {} as Readonly<Record<string, unknown>> };
    const note = (status: number, code?: string) => {
      const method = request.method ?? '';
      log.push({
        ...logged,
        method,
        path,
        status,
        ...(code === undefined ? {} : { code }),
        requestId,
        at: clock.now(),
      });
      if (log.length > maxLog) log.shift();
    };
    try {
      const body = await readBody(request);
      if (path.startsWith('/_emulator/')) return await control(request, path, body, response);
      if (path.startsWith(predictPath)) {
        const token = request.headers.authorization;
        const served = serve(model, { method: request.method ?? '', path, token, body });
        const delay = (options.latency ?? 0) + served.delay;
        if (delay > 0) await wait(delay);
        note(served.status);
        response.writeHead(served.status, { ...served.headers, 'content-length': served.body.length });
        response.end(served.body);
        return;
      }
      const found = route(request.method ?? '', path, String(request.headers['x-acs-action'] ?? '') || undefined);
      const { operation } = found;
      logged.operation = operation;
      const query = readQuery(rawQuery);
      skewMs = 0;
      const skew = faults.take('skew', operation);
      if (skew) skewMs = skew.value ?? 1_200_000;
      verify({ method: request.method ?? '', path, query, headers: request.headers, body });
      const late = faults.take('latency', operation);
      const delay = (options.latency ?? 0) + (late ? (late.value ?? 300) : 0);
      if (delay > 0) await wait(delay);
      const refusal = faultRefusal(faults, operation, variants);
      if (refusal) throw refusal;
      countRead(operation);
      logged.params = readParams(found.contract, found.path, query, body.toString('utf8'), options.strict ?? false);
      let result: Record<string, unknown> = { ...perform(model, operation, logged.params) };
      const idField = requestIdField(operation);
      if (idField) result[idField] = requestId;
      const shrinking = faults.take('shrinking', operation);
      if (shrinking) result = shrink(result, shrinking.struck);
      const huge = faults.take('huge', operation);
      if (huge) result.Padding = 'x'.repeat((huge.value ?? 20) * 1024 * 1024);
      note(deliver(request, response, operation, write(result), requestId));
    } catch (error) {
      const refusal =
        error instanceof Refusal
          ? error
          : new Refusal(500, 'InternalError', `The emulator failed: ${error instanceof Error ? error.stack : error}`);
      note(refusal.status, refusal.code);
      if (response.destroyed) return;
      const text = JSON.stringify(refusalBody(refusal, requestId, request.headers.host ?? ''));
      send(request, response, refusal.status, text, requestId, refusal.headers);
    }
  }

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    text: string,
    requestId: string,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    let body = Buffer.from(text);
    const zip = body.length > gzipFrom && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    // Loopback is fast and the processor is not: the quickest level.
    if (zip) body = gzipSync(body, { level: constants.Z_BEST_SPEED });
    response.writeHead(status, {
      'content-type': 'application/json;charset=utf-8',
      'x-acs-request-id': requestId,
      ...(zip ? { 'content-encoding': 'gzip' } : {}),
      'content-length': body.length,
      ...headers,
    });
    response.end(body);
  }

  /** Sends the answer as the faults let it; tells the HTTP status, or 0 for a connection that was broken. */
  function deliver(
    request: IncomingMessage,
    response: ServerResponse,
    operation: OperationName,
    text: string,
    requestId: string,
  ): number {
    const json = { 'content-type': 'application/json;charset=utf-8', 'x-acs-request-id': requestId };
    const half = text.slice(0, text.length >> 1);
    if (faults.take('lost', operation)) {
      request.socket.destroy();
      return 0;
    }
    if (faults.take('silent', operation)) return 0;
    if (faults.take('reset', operation)) {
      response.writeHead(200, { ...json, 'content-length': Buffer.byteLength(text) });
      response.write(half, () => request.socket.resetAndDestroy());
      return 0;
    }
    if (faults.take('stall', operation)) {
      response.writeHead(200, { ...json, 'content-length': Buffer.byteLength(text) });
      response.write(half);
      return 0;
    }
    if (faults.take('html', operation)) {
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>');
      return 502;
    }
    if (faults.take('garbage', operation))
      send(request, response, 200, `\u0000\u001b]0;x\u0007<<<not json>>>`, requestId);
    else if (faults.take('half-json', operation)) send(request, response, 200, half, requestId);
    else send(request, response, 200, text, requestId);
    return 200;
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const control = createControl({ token, model, faults, variants, clock, requests: () => log, server });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  model.dataPlane = endpoint;
  const random = createRandom(options.seed ?? 1).fork('oss');
  const oss = await createOss({ region, keys, random, clock, token, faults: options.ossFaults });

  return {
    endpoint,
    region,
    accessKeyId: main.accessKeyId,
    accessKeySecret: main.accessKeySecret,
    sts,
    keys,
    control: { url: `${endpoint}/_emulator/${token}`, token },
    model,
    faults,
    variants,
    clock,
    oss,
    requests: () => log,
    close: async () => {
      await oss.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
