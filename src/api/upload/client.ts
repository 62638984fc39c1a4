import type AliOss from 'ali-oss';
import type { Endpoint } from '../endpoints.ts';
import { ApiError } from '../errors.ts';
import type { ProxyServer } from '../proxy.ts';
import type { Keys } from '../sign.ts';
import { ossFailure } from './failure.ts';
import type { Sums } from './source.ts';
import { type Body, createAliOssTransport, type RequestContext } from './transport.ts';

export interface OssClientOptions {
  endpoint: Endpoint;
  /** Without `oss-` and `-internal`: what version 4 signs for. */
  region: string;
  bucket: string | undefined;
  /** Asked before every request. */
  keys: (signal?: AbortSignal) => Promise<Keys>;
  proxy: ProxyServer | undefined;
  signature: 'v4' | 'v1';
  connectTimeoutMs: number;
  stallMs: number;
  /** Told what would have been printed on the console. */
  onWarning: (text: string) => void;
}

export interface UploadedPart {
  n: number;
  /** Upper-case hex, without quotes. */
  etag: string;
  size: number;
}

/** What OSS says of an object. */
export interface ObjectHead {
  size: number | undefined;
  crc: bigint | undefined;
  etag: string;
}

/** OSS of one bucket over one ali-oss client. Nothing but ApiError is thrown. */
export interface OssClient {
  listBuckets(
    signal?: AbortSignal,
  ): Promise<{ name: string; region: string | undefined; created: string | undefined }[]>;
  listUploads(prefix: string, signal?: AbortSignal): Promise<{ key: string; uploadId: string; initiated: string }[]>;
  initiate(key: string, signal?: AbortSignal): Promise<string>;
  /** Sends one part with its Content-MD5; the ETag that comes back. */
  part(
    key: string,
    uploadId: string,
    part: { n: number; size: number; sums: Sums; body: Body },
    context: RequestContext,
  ): Promise<string>;
  listParts(key: string, uploadId: string, signal?: AbortSignal): Promise<UploadedPart[]>;
  complete(
    key: string,
    uploadId: string,
    parts: readonly { n: number; etag: string }[],
    signal?: AbortSignal,
  ): Promise<void>;
  abort(key: string, uploadId: string, signal?: AbortSignal): Promise<void>;
  put(key: string, content: Buffer, context: RequestContext): Promise<ObjectHead>;
  /** Undefined when there is no such object. */
  head(key: string, signal?: AbortSignal): Promise<ObjectHead | undefined>;
  /** Breaks what is under way. */
  close(): void;
}

/** Runs something of the library's with the console and Node's own warnings (url.parse is deprecated) kept away. */
async function quietly<T>(run: () => Promise<T> | T, onWarning: (text: string) => void): Promise<T> {
  const { warn } = console;
  const { emitWarning } = process;
  // `debug` reads this when it is loaded, and would then print every signed header.
  const { DEBUG } = process.env;
  delete process.env.DEBUG;
  let active = true;
  // Two of these may overlap and be undone in the wrong order: what is left over then only passes on.
  const instead = (original: (...args: never[]) => void) =>
    function keepAway(this: unknown, ...args: never[]): void {
      const [warning] = args as unknown[];
      if (active) onWarning(warning instanceof Error ? warning.message : String(warning));
      else original.apply(this, args);
    };
  console.warn = instead(warn);
  process.emitWarning = instead(emitWarning) as typeof process.emitWarning;
  try {
    return await run();
  } finally {
    active = false;
    console.warn = warn;
    process.emitWarning = emitWarning;
    if (DEBUG !== undefined) process.env.DEBUG = DEBUG;
  }
}

const bare = (etag: string) => etag.replaceAll('"', '').toUpperCase();

function readHead(headers: Record<string, string>): ObjectHead {
  const crc = headers['x-oss-hash-crc64ecma'];
  const size = headers['content-length'];
  return {
    size: size !== undefined && /^\d+$/.test(size) ? Number(size) : undefined,
    crc: crc !== undefined && /^\d{1,20}$/.test(crc) ? BigInt(crc) : undefined,
    etag: bare(headers.etag ?? ''),
  };
}

function decodeName(name: unknown): string {
  try {
    return decodeURIComponent(String(name ?? '').replaceAll('+', '%20'));
  } catch {
    return String(name);
  }
}

/**
 * Loads ali-oss (0.1 s, so never before the first use) and makes a client. One upload has one client of its own, because
 * what aborts or cancels one upload stops every other of the same client.
 */
export async function openOssClient(options: OssClientOptions): Promise<OssClient> {
  const { endpoint, region, bucket, keys, proxy, connectTimeoutMs, stallMs, onWarning } = options;
  let latest = await keys();
  const transport = createAliOssTransport({ proxy, connectTimeoutMs, stallMs });
  const raw: AliOss = await quietly(async () => {
    const { default: Library } = await import('ali-oss');
    return new Library({
      accessKeyId: latest.accessKeyId,
      accessKeySecret: latest.accessKeySecret,
      region: `oss-${region}`,
      endpoint: endpoint.origin,
      secure: endpoint.secure,
      ...(bucket === undefined ? {} : { bucket }),
      authorizationV4: options.signature === 'v4',
      retryMax: 0,
      urllib: transport,
    });
  }, onWarning);

  async function call<T>(operation: string, context: RequestContext, run: () => Promise<T>): Promise<T> {
    try {
      latest = await keys(context.signal);
      const { accessKeyId, accessKeySecret, securityToken } = latest;
      Object.assign(raw.options, { accessKeyId, accessKeySecret, stsToken: securityToken });
      // Read by the library before it first waits, so that requests side by side do not get each other's.
      raw.ctx = context;
      return await run();
    } catch (error) {
      if (context.signal?.aborted) {
        throw new ApiError({ kind: 'aborted', code: 'Aborted', message: 'given up', operation });
      }
      throw ossFailure(error, { operation, bucket, region, keys: latest });
    }
  }

  return {
    listBuckets: (signal) =>
      call('ListBuckets', { signal }, async () => {
        const all: Awaited<ReturnType<OssClient['listBuckets']>> = [];
        for (let marker: string | null = null; ; ) {
          raw.ctx = { signal };
          const page = await raw.listBuckets({ 'max-keys': 1000, ...(marker ? { marker } : {}) });
          for (const { name, region: where, creationDate } of page.buckets ?? []) {
            if (name) all.push({ name, region: where?.replace(/^oss-/, ''), created: creationDate });
          }
          if (!page.isTruncated || !page.nextMarker || page.nextMarker === marker) return all;
          marker = page.nextMarker;
        }
      }),
    listUploads: (prefix, signal) =>
      call('ListMultipartUploads', { signal }, async () => {
        const all: Awaited<ReturnType<OssClient['listUploads']>> = [];
        for (let markers: Record<string, string> = {}; ; ) {
          raw.ctx = { signal };
          const query = { 'max-uploads': 1000, 'encoding-type': 'url', ...(prefix ? { prefix } : {}), ...markers };
          const page = await raw.listUploads(query);
          for (const { name, uploadId, initiated } of page.uploads) {
            all.push({ key: decodeName(name), uploadId, initiated });
          }
          const key = decodeName(page.nextKeyMarker ?? '');
          if (!page.isTruncated || key === '') return all;
          const id = page.nextUploadIdMarker;
          const next = { 'key-marker': key, ...(id ? { 'upload-id-marker': id } : {}) };
          if (next['key-marker'] === markers['key-marker'] && id === markers['upload-id-marker']) return all;
          markers = next;
        }
      }),
    initiate: (key, signal) =>
      call('InitiateMultipartUpload', { signal }, async () => {
        const { uploadId } = await raw.initMultipartUpload(key);
        if (uploadId) return uploadId;
        throw new ApiError({
          kind: 'server',
          code: 'NoUploadId',
          message: 'OSS began an upload without giving its id',
        });
      }),
    async part(key, uploadId, { n, size, sums, body }, context) {
      // The library makes a nameless error of whatever went wrong in the stream.
      let failed: unknown;
      async function* watched(): AsyncGenerator<Buffer> {
        try {
          yield* body;
        } catch (error) {
          failed = error;
          throw error;
        }
      }
      const headers = { 'Content-MD5': sums.md5Base64 };
      return call('UploadPart', context, async () => {
        try {
          const { etag } = await raw._uploadPart(key, uploadId, n, { stream: watched(), size }, { headers });
          return bare(etag);
        } catch (error) {
          throw failed ?? error;
        }
      });
    },
    listParts: (key, uploadId, signal) =>
      call('ListParts', { signal }, async () => {
        const all: UploadedPart[] = [];
        for (let marker = 0; ; ) {
          raw.ctx = { signal };
          const query = { 'max-parts': 1000, ...(marker > 0 ? { 'part-number-marker': marker } : {}) };
          const page = await raw.listParts(key, uploadId, query);
          for (const { PartNumber, ETag, Size } of [page.parts].flat()) {
            all.push({ n: Number(PartNumber), etag: bare(String(ETag)), size: Number(Size) });
          }
          const next = Number(page.nextPartNumberMarker);
          if (page.isTruncated !== 'true' || !(next > marker)) return all;
          marker = next;
        }
      }),
    complete: (key, uploadId, parts, signal) =>
      call('CompleteMultipartUpload', { signal }, async () => {
        const named = parts.map(({ n, etag }) => ({ number: n, etag: `"${etag}"` }));
        await raw.completeMultipartUpload(key, uploadId, named);
      }),
    abort: (key, uploadId, signal) =>
      call('AbortMultipartUpload', { signal }, async () => {
        await raw.abortMultipartUpload(key, uploadId);
      }),
    put: (key, content, context) =>
      call('PutObject', context, async () => ({
        ...readHead((await raw.put(key, content)).res.headers),
        size: undefined,
      })),
    head: (key, signal) =>
      call('HeadObject', { signal }, async () => {
        try {
          return readHead((await raw.head(key)).res.headers);
        } catch (error) {
          if ((error as { code?: unknown }).code === 'NoSuchKey') return undefined;
          throw error;
        }
      }),
    close: () => transport.close(),
  };
}
