import type { Agent } from 'undici';

/** One call of a service by its own endpoint, as its callers make it. */
export interface PredictRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** Sent as `Authorization: <token>`, without a scheme; a secret. */
  readonly token: string | undefined;
  readonly body: Uint8Array | undefined;
  readonly contentType: string | undefined;
  /** How long the whole may take, milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Prediction {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** At most `bodyLimit` bytes. */
  readonly body: Buffer;
  /** More came than was kept. */
  readonly cut: boolean;
  /** From the sending to the last byte, milliseconds. */
  readonly ms: number;
}

/** Why there is no answer, in words for people. Never holds the token. */
export class PredictError extends Error {
  readonly kind: 'url' | 'read-only' | 'dns' | 'refused' | 'tls' | 'timeout' | 'aborted' | 'network';

  constructor(kind: PredictError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

const bodyLimit = 8 * 1024 * 1024;

export interface Predictor {
  /** Sends one call. Throws nothing but PredictError. */
  send(request: PredictRequest): Promise<Prediction>;
  close(): Promise<void>;
}

/** Checks the address of a service. Throws PredictError for anything but http(s), and for one that holds a password. */
export function readPredictUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new PredictError('url', `"${text}" is no address`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new PredictError('url', `${url.protocol}// is not called: only http and https are`);
  if (url.username !== '' || url.password !== '')
    throw new PredictError('url', 'the address holds a user or password; give it without');
  return url;
}

/**
 * Calls services. undici is loaded with the first call. Redirects are not followed: the token is for the service alone.
 * @param readOnly while it answers true nothing leaves
 */
export function createPredictor({ now, readOnly }: { now(): number; readOnly(): boolean }): Predictor {
  let agent: Promise<Agent> | undefined;
  const open = async (): Promise<Agent> => {
    const { Agent: Made } = await import('undici');
    return new Made({ connections: 1, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 });
  };
  return {
    async send({ url: text, method, token, body, contentType, timeoutMs, signal }) {
      if (readOnly())
        throw new PredictError('read-only', 'read-only: a call would reach the service; nothing was sent');
      const url = readPredictUrl(text);
      agent ??= open();
      const dispatcher = await agent;
      const timeout = AbortSignal.timeout(timeoutMs);
      const ending = signal ? AbortSignal.any([signal, timeout]) : timeout;
      const started = now();
      try {
        const answer = await dispatcher.request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method,
          headers: {
            accept: '*/*',
            ...(token === undefined ? {} : { authorization: token }),
            ...(contentType === undefined ? {} : { 'content-type': contentType }),
          },
          body: body ?? null,
          signal: ending,
        });
        const chunks: Buffer[] = [];
        let size = 0;
        for await (const chunk of answer.body as AsyncIterable<Buffer>) {
          if (size < bodyLimit) chunks.push(chunk.subarray(0, bodyLimit - size));
          size += chunk.length;
        }
        const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [
          name,
          Array.isArray(value) ? value.join(', ') : String(value),
        ]);
        return {
          status: answer.statusCode,
          headers,
          body: Buffer.concat(chunks),
          cut: size > bodyLimit,
          ms: now() - started,
        };
      } catch (error) {
        throw inWords(error, url, { timedOut: timeout.aborted, timeoutMs, aborted: signal?.aborted === true });
      }
    },
    async close() {
      await (await agent)?.destroy();
    },
  };
}

function inWords(
  error: unknown,
  url: URL,
  { timedOut, timeoutMs, aborted }: { timedOut: boolean; timeoutMs: number; aborted: boolean },
): PredictError {
  if (aborted) return new PredictError('aborted', 'given up by you');
  if (timedOut) return new PredictError('timeout', `no answer within ${Math.round(timeoutMs / 1000)} s; given up here`);
  const code = codeOf(error);
  const host = url.host;
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) {
    const vpc = /[.-]vpc\./.test(url.hostname) ? '; an intranet address works only inside its VPC' : '';
    return new PredictError('dns', `the host ${url.hostname} does not resolve from here (${code})${vpc}`);
  }
  if (code === 'ECONNREFUSED') return new PredictError('refused', `nothing listens at ${host} (ECONNREFUSED)`);
  if (/^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO)/.test(code))
    return new PredictError('tls', `the certificate or TLS of ${host} is not accepted (${code})`);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return new PredictError('network', `${host} cannot be reached from here (${code}); is it inside a VPC?`);
  return new PredictError(
    'network',
    `the connection to ${host} broke (${code || (error instanceof Error ? error.name : 'no reason given')})`,
  );
}

function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause === undefined || cause === error ? '' : codeOf(cause);
}
