import type { IncomingHttpHeaders } from 'node:http';
import type { OssOperation } from './faults.ts';
import { invalidArgument, OssRefusal } from './refusal.ts';
import { limits, type OssBucket, type OssObject, type OssStore, type Sum } from './store.ts';
import { readParts, xml } from './xml.ts';

export interface OssCall {
  readonly operation: OssOperation;
  readonly bucket: string;
  readonly object: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  /** What is known of the body. */
  readonly sum: Sum;
  /** The body itself, of operations whose body is XML. */
  readonly text: string;
}

export interface OssAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string;
}

/** What a request means, or undefined when nothing that is emulated. */
export function readOperation(
  method: string,
  bucket: string,
  object: string,
  query: ReadonlyMap<string, string>,
): OssOperation | undefined {
  if (bucket === '') return method === 'GET' && object === '' ? 'ListBuckets' : undefined;
  if (object === '') return method === 'GET' && query.has('uploads') ? 'ListMultipartUploads' : undefined;
  const upload = query.has('uploadId');
  if (method === 'PUT') return upload ? 'UploadPart' : 'PutObject';
  if (method === 'POST')
    return query.has('uploads') ? 'InitiateMultipartUpload' : upload ? 'CompleteMultipartUpload' : undefined;
  if (method === 'DELETE') return upload ? 'AbortMultipartUpload' : 'DeleteObject';
  if (method === 'HEAD') return 'HeadObject';
  return method === 'GET' && upload ? 'ListParts' : undefined;
}

const isoOf = (at: number) => new Date(at).toISOString();
const crcHeader = (crc: bigint) => ({ 'x-oss-hash-crc64ecma': crc.toString() });

function whole(query: ReadonlyMap<string, string>, name: string, from: number, to: number, fallback: number): number {
  const text = query.get(name);
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < from || value > to) {
    throw invalidArgument(name, text, `${name} should be a whole number from ${from} to ${to}.`);
  }
  return value;
}

function checkKey(key: string): void {
  if (Buffer.byteLength(key) > limits.keyBytes || /^[/\\]/.test(key)) {
    throw new OssRefusal(400, 'InvalidObjectName', 'The specified object is not valid.', {
      ObjectName: key.slice(0, 80),
    });
  }
}

/** How names are written in a list. */
function namer(query: ReadonlyMap<string, string>): (name: string) => string {
  return query.get('encoding-type') === 'url' ? encodeURIComponent : (name) => name;
}

function listBuckets(store: OssStore, query: ReadonlyMap<string, string>): OssAnswer {
  const most = whole(query, 'max-keys', 1, 1000, 100);
  const [prefix, marker] = [query.get('prefix') ?? '', query.get('marker') ?? ''];
  const all = [...store.buckets.values()]
    .filter(({ name }) => name.startsWith(prefix) && name > marker)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const shown = all.slice(0, most);
  const truncated = all.length > shown.length;
  return {
    status: 200,
    body: xml('ListAllMyBucketsResult', {
      Owner: { ID: '1828488879220001', DisplayName: '1828488879220001' },
      Buckets: {
        Bucket: shown.map(({ name, region, at }) => ({
          CreationDate: isoOf(at),
          ExtranetEndpoint: `oss-${region}.aliyuncs.com`,
          IntranetEndpoint: `oss-${region}-internal.aliyuncs.com`,
          Location: `oss-${region}`,
          Name: name,
          Region: region,
          StorageClass: 'Standard',
        })),
      },
      ...(truncated ? { IsTruncated: 'true', NextMarker: shown.at(-1)?.name ?? '' } : {}),
    }),
  };
}

function listUploads(bucket: OssBucket, query: ReadonlyMap<string, string>): OssAnswer {
  const most = whole(query, 'max-uploads', 1, 1000, 1000);
  const [prefix, keyMarker] = [query.get('prefix') ?? '', query.get('key-marker') ?? ''];
  const idMarker = query.get('upload-id-marker') ?? '';
  const all = [...bucket.uploads.values()]
    .filter(
      ({ key, id }) =>
        key.startsWith(prefix) && (key > keyMarker || (key === keyMarker && idMarker !== '' && id > idMarker)),
    )
    .sort((a, b) => (a.key === b.key ? (a.id < b.id ? -1 : 1) : a.key < b.key ? -1 : 1));
  const shown = all.slice(0, most);
  const named = namer(query);
  const last = shown.at(-1);
  return {
    status: 200,
    body: xml('ListMultipartUploadsResult', {
      Bucket: bucket.name,
      KeyMarker: named(keyMarker),
      UploadIdMarker: idMarker,
      NextKeyMarker: named(last?.key ?? ''),
      NextUploadIdMarker: last?.id ?? '',
      MaxUploads: most,
      IsTruncated: String(all.length > shown.length),
      Upload: shown.map(({ key, id, at }) => ({
        Key: named(key),
        UploadId: id,
        StorageClass: 'Standard',
        Initiated: isoOf(at),
      })),
    }),
  };
}

function listParts(store: OssStore, bucket: OssBucket, { object, query }: OssCall): OssAnswer {
  const upload = store.upload(bucket, object, query.get('uploadId') ?? '');
  const most = whole(query, 'max-parts', 1, 1000, 1000);
  const marker = whole(query, 'part-number-marker', 0, limits.parts, 0);
  const all = [...upload.parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b);
  const shown = all.slice(0, most);
  return {
    status: 200,
    body: xml('ListPartsResult', {
      Bucket: bucket.name,
      Key: namer(query)(object),
      UploadId: upload.id,
      StorageClass: 'Standard',
      PartNumberMarker: marker,
      NextPartNumberMarker: shown.at(-1)?.[0] ?? 0,
      MaxParts: most,
      IsTruncated: String(all.length > shown.length),
      Part: shown.map(([number, part]) => ({
        PartNumber: number,
        LastModified: isoOf(part.at),
        ETag: `"${part.md5}"`,
        HashCrc64ecma: part.crc.toString(),
        Size: part.size,
      })),
    }),
  };
}

function headers(object: OssObject): Record<string, string | number> {
  return {
    'content-length': object.size,
    'content-type': 'application/octet-stream',
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.at).toUTCString(),
    'x-oss-object-type': object.type,
    'x-oss-storage-class': 'Standard',
    ...crcHeader(object.crc),
  };
}

/** Does one operation. Throws an `OssRefusal`. */
export function performOss(store: OssStore, call: OssCall, now: number): OssAnswer {
  const { operation, object, query, sum } = call;
  if (operation === 'ListBuckets') return listBuckets(store, query);
  const bucket = store.bucket(call.bucket);
  checkKey(object);
  const id = query.get('uploadId') ?? '';
  switch (operation) {
    case 'ListMultipartUploads':
      return listUploads(bucket, query);
    case 'PutObject': {
      bucket.objects.set(object, { ...sum, etag: sum.md5, type: 'Normal', at: now, parts: 0 });
      return { status: 200, headers: { etag: `"${sum.md5}"`, ...crcHeader(sum.crc) } };
    }
    case 'HeadObject': {
      const found = bucket.objects.get(object);
      if (found) return { status: 200, headers: headers(found) };
      throw new OssRefusal(404, 'NoSuchKey', 'The specified key does not exist.', { Key: object });
    }
    case 'DeleteObject':
      bucket.objects.delete(object);
      return { status: 204 };
    case 'InitiateMultipartUpload': {
      const upload = store.initiate(bucket, object);
      const tree = { Bucket: bucket.name, Key: namer(query)(object), UploadId: upload.id };
      return { status: 200, body: xml('InitiateMultipartUploadResult', tree) };
    }
    case 'UploadPart': {
      const number = whole(query, 'partNumber', 1, limits.parts, Number.NaN);
      if (Number.isNaN(number)) throw invalidArgument('partNumber', '', 'partNumber is required.');
      if (sum.size > limits.largestPart) {
        throw new OssRefusal(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.');
      }
      store.upload(bucket, object, id).parts.set(number, { ...sum, at: now });
      return { status: 200, headers: { etag: `"${sum.md5}"`, ...crcHeader(sum.crc) } };
    }
    case 'CompleteMultipartUpload': {
      const made = store.complete(bucket, store.upload(bucket, object, id), readParts(call.text));
      const tree = {
        Location: `http://${bucket.name}.oss-${bucket.region}.aliyuncs.com/${encodeURIComponent(object)}`,
        Bucket: bucket.name,
        Key: namer(query)(object),
        ETag: `"${made.etag}"`,
      };
      const said = { etag: `"${made.etag}"`, ...crcHeader(made.crc) };
      return { status: 200, headers: said, body: xml('CompleteMultipartUploadResult', tree) };
    }
    case 'AbortMultipartUpload':
      store.upload(bucket, object, id);
      bucket.uploads.delete(id);
      return { status: 204 };
    case 'ListParts':
      return listParts(store, bucket, call);
  }
}
