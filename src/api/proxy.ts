import type { Endpoint } from './endpoints.ts';
import { ApiError } from './errors.ts';

export interface ProxyServer {
  /** With user and password if there are any: for the connection only, never to be shown. */
  uri: string;
  /** What may be shown. */
  host: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy to go through to an endpoint, from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY (either case, the
 * lower first, as curl has it). Loopback is never sent through one: nobody means a proxy by 127.0.0.1.
 */
export function proxyFor(endpoint: Endpoint, env: Env): ProxyServer | undefined {
  const read = (name: string) => env[name.toLowerCase()]?.trim() || env[name]?.trim() || undefined;
  if (endpoint.loopback || exempt(endpoint, read('NO_PROXY') ?? '')) return undefined;
  const name = endpoint.secure ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = read(name) ?? read('ALL_PROXY');
  if (!value) return undefined;
  let url: URL;
  try {
    url = new URL(/:\/\//.test(value) ? value : `http://${value}`);
  } catch {
    // The value may hold a password, so it is not repeated.
    throw new ApiError({
      kind: 'invalid',
      code: 'InvalidProxy',
      message: `${name} is not a URL such as http://host:port`,
    });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ApiError({
      kind: 'invalid',
      code: 'InvalidProxy',
      message: `${name} names a ${url.protocol.slice(0, -1)} proxy; only http and https proxies are spoken`,
    });
  }
  return { uri: url.href, host: url.host };
}

/** NO_PROXY: `*`, or names with or without a leading dot that match themselves and what is below them, maybe `:port`. */
function exempt(endpoint: Endpoint, list: string): boolean {
  const port = new URL(endpoint.origin).port || (endpoint.secure ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const match = /^\*?\.?(.+?)(?::(\d+))?$/.exec(entry);
      if (!match?.[1] || (match[2] && match[2] !== port)) return false;
      return endpoint.hostname === match[1] || endpoint.hostname.endsWith(`.${match[1]}`);
    });
}
