import type { CredentialSource } from './client.ts';
import { type Endpoint, readEndpoint } from './endpoints.ts';
import { ApiError } from './errors.ts';
import { proxyFor } from './proxy.ts';
import type { OssClient } from './upload/client.ts';

export interface OssSettings {
  /** `cn-shanghai`; `oss-cn-shanghai` and `-internal` are understood. */
  region: string;
  credentials: CredentialSource;
  /** A host or an http(s) URL in place of the region's own. */
  endpoint?: string | undefined;
  /** The host that is reached from inside the region alone; when nobody says, it is taken where it can be reached. */
  internal?: boolean | undefined;
  /** Finds out whether it can; asked once, before anything is sent. */
  probe?: ((region: string) => Promise<boolean>) | undefined;
  /** Version 4 unless a private gateway knows only version 1. */
  signature?: 'v4' | 'v1' | undefined;
  /** Allows plain http to more than loopback. */
  allowHttp?: boolean | undefined;
  /** Read for HTTPS_PROXY and NO_PROXY. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  connectTimeoutMs?: number | undefined;
  /** How long nothing may move on a connection; a minute unless given. */
  stallMs?: number | undefined;
  /** Told what the library would have printed. */
  onWarning?: ((text: string) => void) | undefined;
}

export interface Bucket {
  name: string;
  /** Without `oss-`. */
  region: string | undefined;
  /** ISO time. */
  created: string | undefined;
}

/** An upload in parts that nobody has finished. Its parts are paid for. */
export interface Leftover {
  key: string;
  uploadId: string;
  /** Epoch ms; undefined when the service's time cannot be read. */
  initiated: number | undefined;
  /** Bytes of its parts; undefined when they were not asked for, or may not be. */
  size: number | undefined;
  parts: number | undefined;
}

/** OSS of one region as one identity. Methods throw nothing but ApiError. */
export interface OssAccess {
  readonly region: string;
  /** Host and port, for people. */
  readonly endpoint: string;
  /** A client of its own for one upload; to be closed. */
  open(bucket: string | undefined): Promise<OssClient>;
  /** All buckets of the account; those of this region first. Needs oss:ListBuckets. */
  listBuckets(signal?: AbortSignal): Promise<Bucket[]>;
  /** Unfinished uploads of a bucket, oldest first, with the size of the first `sized` (100). */
  listLeftovers(bucket: string, how?: { prefix?: string; sized?: number; signal?: AbortSignal }): Promise<Leftover[]>;
  /** Does nothing when it is gone already. */
  abortLeftover(bucket: string, leftover: { key: string; uploadId: string }, signal?: AbortSignal): Promise<void>;
}

/** `cn-shanghai` of any way in which OSS writes its region. Version 4 never signs for `-internal`. */
function ossRegion(text: string): string {
  const region = text
    .trim()
    .replace(/^oss-/, '')
    .replace(/-internal$/, '');
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(region)) return region;
  throw new ApiError({
    kind: 'invalid',
    code: 'InvalidRegion',
    message: `"${text}" is not a region id; one looks like cn-shanghai`,
  });
}

/** The host of OSS in a region. */
function ossHost(region: string, internal = false): string {
  return `oss-${ossRegion(region)}${internal ? '-internal' : ''}.aliyuncs.com`;
}

/** Throws ApiError `invalid` for a region, endpoint or proxy that cannot be. Loads nothing and sends nothing yet. */
export function createOss(settings: OssSettings): OssAccess {
  const region = ossRegion(settings.region);
  const { credentials, allowHttp = false, env = process.env, probe = probeInternal, onWarning = () => {} } = settings;
  let endpoint: Endpoint = readEndpoint(settings.endpoint ?? ossHost(region, settings.internal), { allowHttp });
  let proxy = proxyFor(endpoint, env);
  let found: Promise<void> | undefined;

  /** Whoever goes out through a proxy is not inside the region, and what was asked for is not looked for. */
  async function findWay(): Promise<void> {
    if (settings.endpoint !== undefined || settings.internal !== undefined || proxy) return;
    if (!(await probe(region))) return;
    endpoint = readEndpoint(ossHost(region, true), { allowHttp });
    proxy = proxyFor(endpoint, env);
  }

  async function open(bucket: string | undefined): Promise<OssClient> {
    found ??= findWay();
    await found;
    const { openOssClient } = await import('./upload/client.ts');
    return openOssClient({
      endpoint,
      region,
      bucket,
      keys: (signal) => credentials.get(signal),
      proxy,
      signature: settings.signature ?? 'v4',
      connectTimeoutMs: settings.connectTimeoutMs ?? 10_000,
      stallMs: settings.stallMs ?? 60_000,
      onWarning,
    });
  }

  async function once<T>(bucket: string | undefined, run: (client: OssClient) => Promise<T>): Promise<T> {
    const client = await open(bucket);
    try {
      return await run(client);
    } finally {
      client.close();
    }
  }

  const gone = (error: unknown) => error instanceof ApiError && error.code === 'NoSuchUpload';

  return {
    region,
    get endpoint() {
      return endpoint.host;
    },
    open,
    listBuckets: (signal) =>
      once(undefined, async (client) => {
        const all = await client.listBuckets(signal);
        const far = (bucket: Bucket) => (bucket.region === region ? 0 : 1);
        return all.sort((a, b) => far(a) - far(b) || (a.name < b.name ? -1 : 1));
      }),
    listLeftovers: (bucket, { prefix = '', sized = 100, signal } = {}) =>
      once(bucket, async (client) => {
        const uploads = await client.listUploads(prefix, signal);
        const all: Leftover[] = uploads.map(({ key, uploadId, initiated }) => {
          const at = Date.parse(initiated);
          return { key, uploadId, initiated: Number.isNaN(at) ? undefined : at, size: undefined, parts: undefined };
        });
        all.sort((a, b) => (a.initiated ?? 0) - (b.initiated ?? 0));
        const wanted = all.slice(0, sized).values();
        const work = async (): Promise<void> => {
          for (const leftover of wanted) {
            // Finished meanwhile, or no right to list parts: it is shown without a size.
            const parts = await client.listParts(leftover.key, leftover.uploadId, signal).catch(() => undefined);
            leftover.parts = parts?.length;
            leftover.size = parts?.reduce((sum, { size }) => sum + size, 0);
          }
        };
        await Promise.all(Array.from({ length: 4 }, work));
        return all;
      }),
    abortLeftover: (bucket, { key, uploadId }, signal) =>
      once(bucket, async (client) => {
        // A part that was on its way may land after the abort and keep the upload alive; so it is looked after.
        for (let round = 0; round < 3; round++) {
          try {
            await client.abort(key, uploadId, signal);
            await client.listParts(key, uploadId, signal);
          } catch (error) {
            if (gone(error)) return;
            if (round > 0 || (error as ApiError).operation === 'ListParts') return;
            throw error;
          }
        }
      }),
  };
}

/**
 * Whether the internal host of a region can be reached from here (an ECS or DSW instance in that region), by trying to
 * speak to it: a network that takes in every connection is not it. False as soon as there is no such name, or after
 * `timeoutMs` (1 s unless given). Never throws.
 */
export async function probeInternal(
  region: string,
  {
    timeoutMs = 1_000,
    host = ossHost(region, true),
    port = 443,
    ca,
  }: { timeoutMs?: number; host?: string; port?: number; ca?: string } = {},
): Promise<boolean> {
  const { connect } = await import('node:tls');
  return new Promise((resolve) => {
    const socket = connect({ host, port, servername: host, ...(ca === undefined ? {} : { ca }) });
    const end = (reached: boolean) => () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reached);
    };
    const timer = setTimeout(end(false), timeoutMs);
    socket.once('secureConnect', end(true));
    socket.on('error', end(false));
  });
}
