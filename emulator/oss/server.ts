import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { Refusal } from '../errors.ts';
import type { Random } from '../random.ts';
import { readQuery } from '../signature.ts';
import { readAddress } from './address.ts';
import { createCrc64Maker } from './crc64.ts';
import { createOssFaults, type OssFaults, type OssOperation } from './faults.ts';
import { performOss, readOperation } from './operations.ts';
import { invalidArgument, noSuchUpload, OssRefusal } from './refusal.ts';
import { createOssVerifier, type OssKey } from './signature.ts';
import { createOssStore, type OssStore, type Sum } from './store.ts';
import { xml } from './xml.ts';

export interface OssOptions {
  readonly region: string;
  readonly keys: readonly OssKey[];
  readonly random: Random;
  readonly clock: Clock;
  /** Opens the emulator's own door. */
  readonly token: string;
  readonly faults?: readonly string[] | undefined;
  /** 0, the default, takes any free port. Only 127.0.0.1 is ever listened on. */
  readonly port?: number | undefined;
}

interface LoggedOssRequest {
  readonly operation: OssOperation | '';
  readonly method: string;
  readonly bucket: string;
  readonly object: string;
  readonly query: Readonly<Record<string, string>>;
  /** HTTP status; 0 when the connection was broken instead. */
  readonly status: number;
  readonly code?: string;
  /** Bytes of body that came. */
  readonly bytes: number;
  /** Of the signature; undefined when it was not good. */
  readonly version: 1 | 4 | undefined;
  readonly accessKeyId: string;
  /** Whether the request carried a Content-MD5. */
  readonly md5: boolean;
}

export interface Oss {
  readonly endpoint: string;
  /** Where it is steered: GET requests · GET, PUT faults {faults: [spec]} · PUT keys {expire: id} · GET objects. */
  readonly control: string;
  readonly region: string;
  readonly store: OssStore;
  readonly faults: OssFaults;
  /** Every key it knows; more may be added. */
  readonly keys: OssKey[];
  /** The latest requests, oldest first (at most 50,000). */
  requests(): readonly LoggedOssRequest[];
  close(): Promise<void>;
}

const maxLog = 50_000;
/** Bodies that are read as text: the list of parts; 10,000 take about 1.3 MB. */
const maxText = 4 * 1024 * 1024;

/** A connection that was broken on purpose; there is nobody to answer. */
class Broken extends Error {}

/** Starts OSS on 127.0.0.1. Throws an Error with a plain message for a fault that is not known. */
export async function createOss(options: OssOptions): Promise<Oss> {
  const { region, clock, random } = options;
  const keys = options.keys.map((key) => ({ ...key }));
  const faults = createOssFaults(options.faults ?? []);
  const store = createOssStore(region, random.fork('uploads'), () => clock.now());
  const ids = random.fork('oss-requests');
  const newCrc = createCrc64Maker();
  const log: LoggedOssRequest[] = [];
  let skewMs = 0;
  // The dates of signatures are held against real time, because the client signs by it.
  const verify = createOssVerifier(
    () => keys,
    region,
    () => Date.now() + skewMs,
  );

  /** Takes the body in, for its sums alone; `text` keeps it. */
  async function readBody(
    request: IncomingMessage,
    operation: OssOperation | undefined,
    counted: { bytes: number },
  ): Promise<{ sum: Sum; text: string }> {
    const md5 = createHash('md5');
    const stored = createHash('md5');
    const crc = newCrc();
    const kept: Buffer[] = [];
    const slow = operation && faults.take('slow', operation);
    const cut = operation && faults.take('cut', operation);
    let flip = operation !== undefined && faults.take('flip', operation) !== undefined;
    let rot =
      operation !== undefined && operation !== 'CompleteMultipartUpload' && faults.take('rot', operation) !== undefined;
    const rots = rot;
    for await (let chunk of request as AsyncIterable<Buffer>) {
      counted.bytes += chunk.length;
      if (flip && chunk.length > 0) {
        flip = false;
        chunk = flipped(chunk);
      }
      md5.update(chunk);
      if (rots) {
        if (rot && chunk.length > 0) chunk = flipped(chunk);
        rot = false;
        stored.update(chunk);
      }
      crc.update(chunk);
      if (operation === 'CompleteMultipartUpload' && counted.bytes <= maxText) kept.push(chunk);
      if (cut && counted.bytes >= (cut.value ?? 1000)) {
        request.socket.resetAndDestroy();
        throw new Broken();
      }
      if (slow) await wait(slow.value ?? 50);
    }
    if (cut) {
      request.socket.resetAndDestroy();
      throw new Broken();
    }
    const came = md5.digest();
    const given = request.headers['content-md5'];
    if (given !== undefined && given !== came.toString('base64')) {
      throw new OssRefusal(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.', {
        'Content-MD5': String(given),
      });
    }
    const digest = (rots ? stored.digest() : came).toString('hex').toUpperCase();
    return {
      sum: { size: counted.bytes, md5: digest, crc: crc.digest() },
      text: Buffer.concat(kept).toString('utf8'),
    };
  }

  const flipped = (chunk: Buffer) => {
    const copy = Buffer.from(chunk);
    const at = copy.length >> 1;
    copy[at] = (copy[at] ?? 0) ^ 0x10;
    return copy;
  };

  /** The whole is not what its parts were. */
  function rotten(bucket: string, object: string): void {
    const whole = store.buckets.get(bucket)?.objects.get(object);
    if (whole) store.buckets.get(bucket)?.objects.set(object, { ...whole, crc: whole.crc ^ 1n });
  }

  function refuse(operation: OssOperation, bucket: string, id: string): void {
    const broken = faults.take('5xx', operation);
    if (broken) throw new OssRefusal(broken.value ?? 503, 'InternalError', 'Please contact the server administrator.');
    if (faults.take('throttle', operation)) {
      throw new OssRefusal(503, 'QpsLimitExceeded', 'Please reduce your request rate.');
    }
    if (faults.take('denied', operation)) {
      throw new OssRefusal(403, 'AccessDenied', `You have no right to access this object: oss:${operation}.`);
    }
    if (faults.take('expired', operation)) {
      throw new OssRefusal(403, 'SecurityTokenExpired', 'The security token you provided has expired.');
    }
    if (id !== '' && faults.take('no-upload', operation)) {
      store.buckets.get(bucket)?.uploads.delete(id);
      throw noSuchUpload(id);
    }
  }

  function steer(request: IncomingMessage, path: string, body: Buffer, response: ServerResponse): void {
    const [, , token = '', what = ''] = path.split('/');
    const answer = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' });
      response.end(JSON.stringify(value));
    };
    if (token !== options.token) return answer(403, { Code: 'Forbidden', Message: 'The control token is wrong.' });
    try {
      const given = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
      if (request.method === 'PUT' && what === 'faults') faults.set(given.faults ?? []);
      if (what === 'faults') return answer(200, { faults: faults.list() });
      if (what === 'requests') return answer(200, { requests: log });
      if (request.method === 'PUT' && what === 'keys') {
        const key = keys.find(({ accessKeyId }) => accessKeyId === given.expire);
        if (key) key.expired = true;
        return answer(200, { expired: key?.accessKeyId ?? null });
      }
      if (what === 'objects') return answer(200, { buckets: describe() });
      return answer(404, { Code: 'NotFound', Message: `The control path ${request.method} ${what} does not exist.` });
    } catch (error) {
      return answer(400, { Code: 'InvalidParameter', Message: (error as Error).message });
    }
  }

  const describe = () =>
    [...store.buckets.values()].map((bucket) => ({
      name: bucket.name,
      objects: [...bucket.objects].map(([key, { size, etag, crc, parts }]) => ({
        key,
        size,
        etag,
        crc: crc.toString(),
        parts,
      })),
      uploads: [...bucket.uploads.values()].map(({ id, key, parts }) => ({ id, key, parts: parts.size })),
    }));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = ids.hex(24).toUpperCase();
    const method = request.method ?? '';
    const [path = '', rawQuery = ''] = (request.url ?? '').split(/\?(.*)/s);
    if (path.startsWith('/_emulator/')) {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      return steer(request, path, Buffer.concat(chunks), response);
    }
    const counted = { bytes: 0 };
    let entry = { operation: '' as OssOperation | '', bucket: '', object: '', query: {} as Record<string, string> };
    let signed: { version: 1 | 4 | undefined; accessKeyId: string } = { version: undefined, accessKeyId: '' };
    const note = (status: number, code?: string) => {
      const md5 = request.headers['content-md5'] !== undefined;
      log.push({
        ...entry,
        ...signed,
        method,
        status,
        ...(code === undefined ? {} : { code }),
        bytes: counted.bytes,
        md5,
      });
      if (log.length > maxLog) log.shift();
    };
    const head = { server: 'AliyunOSS', 'x-oss-request-id': requestId, date: new Date().toUTCString() };
    try {
      let query: Map<string, string>;
      let address: ReturnType<typeof readAddress>;
      try {
        query = readQuery(rawQuery);
        address = readAddress(request.headers.host ?? '', path);
      } catch {
        throw new OssRefusal(400, 'InvalidURI', "Couldn't parse the specified URI.");
      }
      const { bucket, object } = address;
      const operation = readOperation(method, bucket, object, query);
      entry = { operation: operation ?? '', bucket, object, query: Object.fromEntries(query) };
      const skew = operation && faults.take('skew', operation);
      skewMs = skew ? (skew.value ?? 1_200_000) : 0;
      let refusal: unknown;
      try {
        const { key, version } = verify({ method, bucket, object, query, headers: request.headers });
        signed = { version, accessKeyId: key.accessKeyId };
        if (operation) refuse(operation, bucket, query.get('uploadId') ?? '');
      } catch (error) {
        refusal = error;
      }
      // The body is taken in even of what is refused, so that the client reads the answer instead of a broken pipe.
      const body = await readBody(request, operation, counted);
      if (refusal) throw refusal;
      if (!operation) throw new OssRefusal(501, 'NotImplemented', `${method} ${path} is not emulated.`);
      const late = faults.take('latency', operation);
      if (late) await wait(late.value ?? 300);
      if ((method === 'PUT' || method === 'POST') && request.headers['transfer-encoding'] === undefined) {
        if (request.headers['content-length'] === undefined) {
          throw new OssRefusal(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
        }
      }
      const call = { operation, bucket, object, query, headers: request.headers, ...body };
      const { status, headers = {}, body: text = '' } = performOss(store, call, clock.now());
      if (operation === 'CompleteMultipartUpload' && faults.take('rot', operation)) rotten(bucket, object);
      if (faults.take('lost', operation)) {
        note(0);
        request.socket.destroy();
        return;
      }
      if (faults.take('silent', operation)) return note(0);
      note(status);
      const type = text === '' ? {} : { 'content-type': 'application/xml' };
      response.writeHead(status, { ...head, ...type, 'content-length': Buffer.byteLength(text), ...headers });
      response.end(text);
    } catch (error) {
      if (error instanceof Broken || response.destroyed || request.socket.destroyed) return note(0);
      const refusal = toRefusal(error);
      note(refusal.status, refusal.code);
      const host = request.headers.host ?? '';
      const text = xml('Error', {
        Code: refusal.code,
        Message: refusal.message,
        RequestId: requestId,
        HostId: host,
        ...refusal.more,
      });
      const body = method === 'HEAD' ? '' : text;
      // HEAD has no body; OSS puts the error into this header.
      const told = method === 'HEAD' ? { 'x-oss-err': Buffer.from(text).toString('base64') } : {};
      response.writeHead(refusal.status, {
        ...head,
        ...told,
        'content-type': 'application/xml',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    }
  }

  function toRefusal(error: unknown): OssRefusal {
    if (error instanceof OssRefusal) return error;
    if (error instanceof Refusal) return invalidArgument('query', '', error.message);
    return new OssRefusal(500, 'InternalError', `The emulator failed: ${error instanceof Error ? error.stack : error}`);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // A part over a slow line takes longer than Node's five minutes.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    control: `${endpoint}/_emulator/${options.token}`,
    region,
    store,
    faults,
    keys,
    requests: () => log,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
