import { endpoints } from './contract/operations.gen.ts';
import { ApiError } from './errors.ts';

/** Regions with a documented control-plane host, sorted. */
export const knownRegions: readonly string[] = Object.keys(endpoints).sort();

/**
 * Control-plane host of a region. A region the contract does not list gets a host of the same form. `vpc` names the
 * host reachable only from inside a VPC of that region.
 */
export function endpointOf(region: string, { vpc = false }: { vpc?: boolean } = {}): string {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(region)) {
    throw new ApiError({
      kind: 'invalid',
      code: 'InvalidRegion',
      message: `"${region}" is not a region id; one looks like cn-shanghai`,
    });
  }
  if (vpc) return `pai-eas-manage-vpc.${region}.aliyuncs.com`;
  return endpoints[region] ?? `pai-eas.${region}.aliyuncs.com`;
}

export interface Endpoint {
  /** Scheme, host and port, without a path. */
  origin: string;
  /** Host and port as the Host header carries them. */
  host: string;
  hostname: string;
  secure: boolean;
  loopback: boolean;
}

/**
 * Reads a host or an http(s) URL. Plain http is taken for loopback, elsewhere only with `allowHttp`, because then
 * everything but the secret itself is open to whoever is on the way.
 */
export function readEndpoint(value: string, { allowHttp = false }: { allowHttp?: boolean } = {}): Endpoint {
  const refuse = (code: string, message: string): never => {
    throw new ApiError({ kind: 'invalid', code, message });
  };
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `https://${value}`);
  } catch {
    return refuse('InvalidEndpoint', `"${value}" is not a host or an http(s) URL`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    refuse('InvalidEndpoint', `endpoint ${url.protocol}//${url.host}: only http and https are spoken`);
  }
  if (url.username || url.password) {
    refuse('InvalidEndpoint', `endpoint ${url.host}: no user or password belongs in it; requests are signed`);
  }
  if ((url.pathname !== '/' && url.pathname !== '') || url.search || url.hash) {
    refuse(
      'InvalidEndpoint',
      `endpoint ${url.host}: leave out "${url.pathname}${url.search}${url.hash}"; a host is enough`,
    );
  }
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  const secure = url.protocol === 'https:';
  if (!secure && !loopback && !allowHttp) {
    refuse('InsecureEndpoint', `endpoint http://${url.host}: use https, or say --allow-http if you mean it`);
  }
  return { origin: url.origin, host: url.host, hostname: url.hostname, secure, loopback };
}
