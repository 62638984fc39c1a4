import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { garbage, readAnswer } from './answer.ts';
import { operations } from './contract/operations.gen.ts';
import type { OperationName, Operations } from './contract/wire.gen.ts';
import { readEndpoint } from './endpoints.ts';
import { ApiError, type ErrorKind, networkError, oneLine } from './errors.ts';
import { createPageMemory } from './page-bytes.ts';
import { proxyFor } from './proxy.ts';
import { buildRequest, type WireRequest } from './request.ts';
import { authorization, type Keys, sha256 } from './sign.ts';
import { createTransport, NoAnswer, type RawAnswer, release, take } from './transport.ts';

/** Where keys come from. Asked before every request, so that one that renews itself is never stale. */
export interface CredentialSource {
  /** Who and from where, for people, e.g. `profile prod (~/.aliyun/config.json) · AK …3f2a`. */
  describe(): string;
  get(signal?: AbortSignal): Promise<Keys>;
}

interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What one request was like, for figures and logs. */
export interface CallEvent {
  operation: OperationName;
  /** 0 for the first try. */
  attempt: number;
  ms: number;
  status: number | undefined;
  kind: ErrorKind | undefined;
  /** Bytes of the answer's body over the wire. */
  bytes: number;
}

export interface ClientOptions {
  /** A host or an http(s) URL. */
  endpoint: string;
  region: string;
  credentials: CredentialSource;
  /** While true, nothing but reads leaves. */
  readOnly?: boolean | (() => boolean) | undefined;
  /** Allows plain http to more than loopback. */
  allowHttp?: boolean | undefined;
  connectTimeoutMs?: number | undefined;
  /** How long the service may be silent. */
  readTimeoutMs?: number | undefined;
  /** How often a read that failed in passing is tried again. */
  retries?: number | undefined;
  clock?: Clock | undefined;
  /** From 0 up to 1; spreads retries. */
  random?: (() => number) | undefined;
  userAgent?: string | undefined;
  /** Read for HTTPS_PROXY and NO_PROXY. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  onCall?: ((event: CallEvent) => void) | undefined;
}

interface CallOptions {
  signal?: AbortSignal | undefined;
  /** How long the service may be silent in this call. */
  timeoutMs?: number | undefined;
}

export interface Client {
  readonly region: string;
  /** Host and port, for people. */
  readonly endpoint: string;
  readonly readOnly: boolean;
  /** Who acts, for people. */
  readonly identity: string;
  /** Does one operation. Throws nothing but ApiError. */
  call<O extends OperationName>(
    operation: O,
    params: Operations[O]['params'],
    options?: CallOptions,
  ): Promise<Operations[O]['response']>;
  readonly calls: {
    /** How long the latest answered request took. */
    readonly lastMs: number | undefined;
    /** Requests sent in the last 60 seconds. */
    perMinute(): number;
  };
  close(): Promise<void>;
}

/** Waits between tries of a read: at least `base`, at most `cap`; a longer wait asked for is left to the caller. */
const backoff = { base: 150, cap: 3_000 };

/** Which page of a list a query asks for. */
const pageAsked = /(?:^|&)PageNumber=([^&]*)/;

/** Failures that a moment does not mend: trying again would only delay telling. */
const lasting =
  /^(ENOTFOUND|EAI_|ECONNREFUSED|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO|UND_ERR_INVALID|UND_ERR_ABORTED)/;

/** A client of one region as one identity. Throws ApiError `invalid` for an endpoint or proxy that cannot be. */
export function createClient(options: ClientOptions): Client {
  const {
    region,
    credentials,
    clock = systemClock,
    random = Math.random,
    retries = 2,
    readTimeoutMs = 15_000,
  } = options;
  const endpoint = readEndpoint(options.endpoint, { allowHttp: options.allowHttp ?? false });
  const proxy = proxyFor(endpoint, options.env ?? process.env);
  const transport = createTransport({ endpoint, proxy, connectTimeoutMs: options.connectTimeoutMs ?? 5_000 });
  const isReadOnly = () => (typeof options.readOnly === 'function' ? options.readOnly() : (options.readOnly ?? false));
  const via = proxy?.host;
  const memory = createPageMemory();
  /** When requests of the last minute left, oldest first. */
  const sentAt: number[] = [];
  let lastMs: number | undefined;

  const sentLately = (): number => {
    const since = clock.now() - 60_000;
    let past = 0;
    while (past < sentAt.length && (sentAt[past] as number) <= since) past++;
    if (past > 0) sentAt.splice(0, past);
    return sentAt.length;
  };

  async function keysFor(operation: OperationName, signal: AbortSignal | undefined): Promise<Keys> {
    let keys: Keys;
    try {
      keys = await credentials.get(signal);
    } catch (error) {
      if (signal?.aborted) throw aborted(operation, 'no');
      if (error instanceof ApiError) throw error;
      const message = oneLine(error instanceof Error ? error.message : String(error));
      throw new ApiError({ kind: 'auth', code: 'NoCredentials', message: `no usable key: ${message}`, operation });
    }
    // Anything else could not stand in a header; most often it is a line break from a copied key.
    if (/^[\x21-\x7e]+$/.test(keys.accessKeyId) && keys.accessKeySecret) return keys;
    const message = `the access key of ${credentials.describe()} is empty or has blanks or line breaks in it`;
    throw new ApiError({ kind: 'auth', code: 'MalformedKey', message, operation });
  }

  async function attempt(
    operation: OperationName,
    request: WireRequest,
    call: CallOptions,
    seen: (raw: RawAnswer) => void,
  ): Promise<unknown> {
    const { signal } = call;
    const keys = await keysFor(operation, signal);
    const write = !operations[operation].read;
    const body = request.body === undefined ? undefined : Buffer.from(request.body, 'utf8');
    const headers = signedHeaders(operation, request, body, keys);
    sentLately();
    sentAt.push(clock.now());
    let raw: RawAnswer;
    try {
      raw = await transport.exchange({
        method: operations[operation].method,
        path: request.query ? `${request.path}?${request.query}` : request.path,
        headers,
        body,
        write,
        signal,
        timeoutMs: call.timeoutMs ?? readTimeoutMs,
      });
    } catch (error) {
      throw failure(error, operation, write, keys);
    }
    seen(raw);
    const page = write ? undefined : pageReader(request, () => take(raw));
    try {
      return readAnswer(raw, { operation, write, keys, now: clock.now(), host: endpoint.host, page });
    } finally {
      release(raw);
    }
  }

  /** Lists are read again and again, and mostly say what they said before. */
  function pageReader(
    { path, query }: WireRequest,
    takeBody: () => boolean,
  ): ((body: Buffer) => Record<string, unknown> | undefined) | undefined {
    const [asked, page] = pageAsked.exec(query) ?? [];
    if (asked === undefined) return undefined;
    return (body) => memory.read(`${path}?${query.replace(asked, '')}`, Number(page), body, takeBody);
  }

  function signedHeaders(operation: OperationName, request: WireRequest, body: Buffer | undefined, keys: Keys) {
    const bodyHash = sha256(body ?? '');
    const headers: Record<string, string> = {
      host: endpoint.host,
      accept: 'application/json',
      'accept-encoding': 'gzip, br',
      'user-agent': options.userAgent ?? 'eas-tui',
      'x-acs-action': operation,
      'x-acs-version': '2021-07-01',
      'x-acs-date': `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
      'x-acs-signature-nonce': randomUUID(),
      'x-acs-content-sha256': bodyHash,
    };
    if (body) headers['content-type'] = 'application/json; charset=utf-8';
    if (keys.securityToken) {
      headers['x-acs-accesskey-id'] = keys.accessKeyId;
      headers['x-acs-security-token'] = keys.securityToken;
    }
    const { method } = operations[operation];
    headers.authorization = authorization(
      { method, path: request.path, query: request.query, headers, bodyHash },
      keys,
    );
    return headers;
  }

  function failure(error: unknown, operation: OperationName, write: boolean, keys: Keys): ApiError {
    if (!(error instanceof NoAnswer))
      return networkError(error, { operation, host: endpoint.host, via, sent: 'no', keys });
    const sent = write && error.started ? 'unknown' : 'no';
    const host = via && !error.started ? `${endpoint.host} (through the proxy ${via})` : endpoint.host;
    switch (error.why) {
      case 'aborted':
        return aborted(operation, sent);
      case 'silent':
        return new ApiError({
          kind: 'timeout',
          code: 'Timeout',
          message: `${host} does not answer in time`,
          operation,
          sent,
        });
      case 'slow':
        return new ApiError({
          kind: 'timeout',
          code: 'Timeout',
          message: `${host} answers too slowly`,
          operation,
          sent,
        });
      case 'too-large':
        return new ApiError({
          kind: 'server',
          code: 'TooLarge',
          message: `the answer of ${host} is too large`,
          operation,
          sent,
        });
      case 'garbage':
        return garbage(operation, host, error.cause instanceof Error ? error.cause.message : '', { sent });
      case 'failed':
        return networkError(error.cause, { operation, host: endpoint.host, via, sent, keys });
    }
  }

  async function call<O extends OperationName>(
    operation: O,
    params: Operations[O]['params'],
    callOptions: CallOptions = {},
  ): Promise<Operations[O]['response']> {
    const spec = operations[operation];
    if (!spec.read && isReadOnly()) {
      const message = `${operation} is not sent: this session is read-only`;
      throw new ApiError({ kind: 'readonly', code: 'ReadOnly', message, operation });
    }
    const request = buildRequest(operation, params);
    let wait = backoff.base;
    for (let tried = 0; ; tried += 1) {
      if (callOptions.signal?.aborted) throw aborted(operation, 'no');
      const from = performance.now();
      let raw: RawAnswer | undefined;
      const tell = (kind: ErrorKind | undefined): void => {
        const ms = performance.now() - from;
        if (raw) lastMs = ms;
        options.onCall?.({ operation, attempt: tried, ms, status: raw?.status, kind, bytes: raw?.bytes ?? 0 });
      };
      try {
        const answer = await attempt(operation, request, callOptions, (came) => {
          raw = came;
        });
        tell(undefined);
        return answer as Operations[O]['response'];
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        tell(error.kind);
        wait = Math.min(backoff.cap, backoff.base + random() * (wait * 3 - backoff.base));
        const pause = Math.max(wait, error.retryAfterMs ?? 0);
        // A write is sent once: its answer may be lost after it was carried out.
        if (!spec.read || tried >= retries || !passing(error) || pause > backoff.cap) throw error;
        await clock.sleep(pause, callOptions.signal).catch(() => {
          throw aborted(operation, 'no');
        });
      }
    }
  }

  return {
    region,
    endpoint: endpoint.host,
    get readOnly() {
      return isReadOnly();
    },
    get identity() {
      return credentials.describe();
    },
    call,
    calls: {
      get lastMs() {
        return lastMs;
      },
      perMinute: sentLately,
    },
    close: () => transport.close(),
  };
}

/** The clock on the wall. */
const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

function aborted(operation: OperationName, sent: 'no' | 'unknown'): ApiError {
  return new ApiError({ kind: 'aborted', code: 'Aborted', message: `${operation} was given up`, operation, sent });
}

/** Whether a moment may mend it. A timeout is not among them: the person has waited long enough to be told. */
function passing({ kind, code }: ApiError): boolean {
  if (code === 'GarbageAnswer' || code === 'TooLarge' || code === 'Redirected') return false;
  return kind === 'throttled' || kind === 'server' || (kind === 'network' && !lasting.test(code));
}
