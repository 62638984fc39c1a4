import { promisify } from 'node:util';
import type * as Zlib from 'node:zlib';
import type { Dispatcher } from 'undici';
import { once } from '../lib/once.ts';
import type { Endpoint } from './endpoints.ts';
import type { ProxyServer } from './proxy.ts';

/** One request over one connection. */
interface Exchange {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Encoded path with its query. */
  path: string;
  headers: Record<string, string>;
  body: Uint8Array | undefined;
  write: boolean;
  /** How long nothing may come from the other side, in milliseconds. */
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Bytes that came over the wire, before decompression. */
  bytes: number;
}

/**
 * Gives the memory of a body back at once, not when it is next collected: pages come by the hundred, and their weight
 * alone would have all of the heap looked through again and again. Nothing may look at the body any more.
 */
export function release({ body }: Pick<RawAnswer, 'body'>): void {
  const { buffer } = body;
  // What was not unpacked here may lie in memory shared with others.
  if (unpacked.delete(body) && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/**
 * Takes over the memory of a body: nobody gives it back any more. False where others may use it too, or where it is much
 * more than the body needs.
 */
export function take({ body }: Pick<RawAnswer, 'body'>): boolean {
  return body.buffer.byteLength <= body.length * 1.1 && unpacked.delete(body);
}

/** Bodies that have their memory to themselves. */
const unpacked = new WeakSet<Buffer>();

/** Why there is no answer, and whether the request had begun to leave by then. */
export class NoAnswer extends Error {
  readonly why: 'failed' | 'silent' | 'slow' | 'aborted' | 'too-large' | 'garbage';
  readonly started: boolean;

  constructor(why: NoAnswer['why'], started: boolean, cause?: unknown) {
    super(why, { cause });
    this.why = why;
    this.started = started;
  }
}

export interface Transport {
  exchange(request: Exchange): Promise<RawAnswer>;
  close(): Promise<void>;
}

/** The largest body taken over the wire, and after decompression. */
const wireLimit = 64 * 1024 * 1024;
const plainLimit = 256 * 1024 * 1024;

/** Up to this size a body is unpacked at once, in a millisecond or so; more than that in pieces, each on another thread. */
const largestPiece = 1024 * 1024;
/** Nothing is packed more tightly than this: https://zlib.net/zlib_tech.html. */
const densest = 1_032;

/** A body may trickle for this many times the silence allowed. */
const patience = 8;

interface TransportOptions {
  endpoint: Endpoint;
  proxy: ProxyServer | undefined;
  connectTimeoutMs: number;
}

/**
 * Connections to one endpoint. undici is loaded with the first request: it costs 55–100 ms that the first frame
 * should not wait for.
 */
export function createTransport({ endpoint, proxy, connectTimeoutMs }: TransportOptions): Transport {
  let dispatchers: Promise<{ reads: Dispatcher; writes: Dispatcher }> | undefined;
  let closed = false;

  async function open(): Promise<{ reads: Dispatcher; writes: Dispatcher }> {
    const { Pool, ProxyAgent } = await import('undici');
    const make = (more: { pipelining: number; keepAliveTimeout?: number }): Dispatcher => {
      // The silence of the other side is timed here, to the millisecond and for headers and body alike.
      const options = { ...more, connections: 8, allowH2: false, headersTimeout: 0, bodyTimeout: 0 };
      if (!proxy) return new Pool(endpoint.origin, { ...options, connect: { timeout: connectTimeoutMs } });
      return new ProxyAgent({ ...options, uri: proxy.uri, connectTimeout: connectTimeoutMs, proxyTunnel: true });
    };
    return {
      reads: make({ pipelining: 1, keepAliveTimeout: 10_000 }),
      // No keep-alive: each write has a connection of its own. On a kept one the server may be closing just as the
      // request leaves, and then nobody can tell whether the write was carried out.
      writes: make({ pipelining: 0 }),
    };
  }

  return {
    async exchange(request) {
      if (closed) throw new NoAnswer('aborted', false);
      if (request.signal?.aborted) throw new NoAnswer('aborted', false);
      dispatchers ??= open();
      const { reads, writes } = await dispatchers;
      // Loaded while the answer is on its way.
      void loadZlib();
      const answer = await send(request.write ? writes : reads, endpoint.origin, request, connectTimeoutMs).catch(
        (error: NoAnswer) => {
          // What closing broke off did not fail.
          throw closed ? new NoAnswer('aborted', error.started) : error;
        },
      );
      return { ...answer, body: await decompress(answer) };
    },
    async close() {
      closed = true;
      if (!dispatchers) return;
      const { reads, writes } = await dispatchers;
      await Promise.all([reads.destroy(), writes.destroy()]);
    },
  };
}

function send(dispatcher: Dispatcher, origin: string, request: Exchange, connectTimeoutMs: number): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const { signal, timeoutMs } = request;
  const chunks: Buffer[] = [];
  let bytes = 0;
  let status = 0;
  let headers: Record<string, string> = {};
  let controller: Dispatcher.DispatchController | undefined;
  let settled = false;

  const settle = (failure?: NoAnswer): void => {
    if (settled) return;
    settled = true;
    clearTimeout(silence);
    clearTimeout(total);
    signal?.removeEventListener('abort', abort);
    if (!failure) {
      const [only] = chunks;
      resolve({ status, headers, body: only && chunks.length === 1 ? only : Buffer.concat(chunks), bytes });
      return;
    }
    controller?.abort(failure);
    reject(failure);
  };
  const giveUp = (why: NoAnswer['why']) => () => settle(new NoAnswer(why, controller !== undefined));
  const abort = giveUp('aborted');
  // Until the request leaves, connecting and waiting for a free connection count as well.
  let silence = setTimeout(giveUp('silent'), connectTimeoutMs + timeoutMs);
  const total = setTimeout(giveUp('slow'), connectTimeoutMs + timeoutMs * patience);
  signal?.addEventListener('abort', abort, { once: true });

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      // Given up while waiting for a connection: it must not leave any more.
      if (settled) {
        started.abort(new NoAnswer('aborted', false));
        return;
      }
      controller = started;
      clearTimeout(silence);
      silence = setTimeout(giveUp('silent'), timeoutMs);
    },
    onResponseStart(_, code, fields) {
      if (code < 200) return;
      status = code;
      headers = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
      silence.refresh();
    },
    onResponseData(_, chunk) {
      bytes += chunk.length;
      if (bytes > wireLimit) settle(new NoAnswer('too-large', true));
      else chunks.push(chunk);
      silence.refresh();
    },
    onResponseEnd: () => settle(),
    onResponseError: (_, error) => settle(new NoAnswer('failed', controller !== undefined, error)),
  };
  try {
    dispatcher.dispatch(
      { origin, method: request.method, path: request.path, headers: request.headers, body: request.body ?? null },
      handler,
    );
  } catch (error) {
    settle(new NoAnswer('failed', false, error));
  }
  return promise;
}

/** What answers are unpacked with. */
const loadZlib = once(() => import('node:zlib'));

async function decompress({ headers, body }: RawAnswer): Promise<Buffer> {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '' || body.length === 0) return body;
  const zlib = await loadZlib();
  try {
    const plain = (encoding === 'gzip' && unpackHere(body, zlib)) || (await unpackElsewhere(body, encoding, zlib));
    // Node.js carves smaller ones out of a pool.
    if (plain.length >= Buffer.poolSize) unpacked.add(plain);
    return plain;
  } catch (error) {
    throw new NoAnswer('garbage', true, error);
  }
}

/**
 * A page unpacked into memory that is just large enough: its last four bytes say how much that is. Undefined where it is
 * large, or not what it says: nothing may hold up the keys.
 */
function unpackHere(body: Buffer, { gunzipSync }: typeof Zlib): Buffer | undefined {
  const length = body.length < 18 ? 0 : body.readUInt32LE(body.length - 4);
  if (length > largestPiece || length > body.length * densest) return undefined;
  try {
    // A byte more than it takes: or it would be asked once more whether there is any.
    return gunzipSync(body, { maxOutputLength: length + 1, chunkSize: Math.max(64, length + 1) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw error;
  }
}

function unpackElsewhere(body: Buffer, encoding: string, zlib: typeof Zlib): Promise<Buffer> {
  const unpack = { gzip: promisify(zlib.gunzip), br: promisify(zlib.brotliDecompress) }[encoding];
  if (!unpack) throw new Error(`content-encoding "${encoding}" was not asked for`);
  // JSON of lists shrinks to an eighth or less.
  const chunkSize = Math.min(largestPiece, Math.max(16_384, body.length * 12));
  return unpack(body, { maxOutputLength: plainLimit, chunkSize });
}
