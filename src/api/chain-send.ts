import { readEndpoint } from './endpoints.ts';
import { ApiError, networkError } from './errors.ts';
import { proxyFor } from './proxy.ts';
import { createTransport, NoAnswer } from './transport.ts';

/** A request for keys. */
export interface KeyRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  /** Milliseconds to connect, and then of silence. */
  connectMs: number;
  readMs: number;
  /** Past any proxy: what is asked is this machine's own surroundings. */
  direct: boolean;
  signal: AbortSignal;
}

export interface KeyAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export type Send = (request: KeyRequest) => Promise<KeyAnswer>;

/**
 * Sends requests for keys as every other request is sent: through the proxies the environment names and never
 * waiting for longer than said. Throws ApiError without a word of what was sent.
 */
export function createSend(env: Readonly<Record<string, string | undefined>>): Send {
  return async ({ method, url, headers, body, connectMs, readMs, direct, signal }) => {
    const target = new URL(url);
    // What is secret goes by https; the plans that speak http ask for keys with nothing secret in the question.
    const endpoint = readEndpoint(target.origin, { allowHttp: true });
    const proxy = direct ? undefined : proxyFor(endpoint, env);
    const transport = createTransport({ endpoint, proxy, connectTimeoutMs: connectMs });
    const { host } = endpoint;
    try {
      return await transport.exchange({
        method: method === 'POST' || method === 'PUT' ? method : 'GET',
        path: target.pathname + target.search,
        headers: { ...headers, host },
        body: body === undefined ? undefined : Buffer.from(body, 'utf8'),
        write: true,
        timeoutMs: readMs,
        signal,
      });
    } catch (error) {
      if (!(error instanceof NoAnswer) || error.why === 'failed') {
        const cause = error instanceof NoAnswer ? error.cause : error;
        throw networkError(cause, { operation: 'GetKeys', host, via: proxy?.host, sent: 'no' });
      }
      throw new ApiError({ kind: 'timeout', code: 'Timeout', message: `${host} does not answer in time` });
    } finally {
      await transport.close();
    }
  };
}
