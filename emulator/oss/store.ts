import { createHash } from 'node:crypto';
import type { Random } from '../random.ts';
import { combineCrc64 } from './crc64.ts';
import { invalidArgument, noSuchBucket, noSuchUpload, OssRefusal } from './refusal.ts';

/** What is known of bytes that came; the bytes themselves are not kept. */
export interface Sum {
  readonly size: number;
  /** Upper-case hex. */
  readonly md5: string;
  readonly crc: bigint;
}

export interface OssObject extends Sum {
  /** Without quotes. */
  readonly etag: string;
  readonly type: 'Normal' | 'Multipart';
  readonly at: number;
  /** How many parts it was put together from; 0 for a plain put. */
  readonly parts: number;
}

interface OssUpload {
  readonly id: string;
  readonly key: string;
  /** Clock's ms. */
  readonly at: number;
  readonly parts: Map<number, Sum & { readonly at: number }>;
}

export interface OssBucket {
  readonly name: string;
  /** Without `oss-`. */
  readonly region: string;
  readonly at: number;
  /** Everything in it is refused. */
  readonly locked: boolean;
  readonly objects: Map<string, OssObject>;
  readonly uploads: Map<string, OssUpload>;
}

/** Source: the limits of multipart upload. */
export const limits = { parts: 10_000, smallestPart: 100 * 1024, largestPart: 5 * 1024 ** 3, keyBytes: 1023 };

export interface OssStore {
  readonly buckets: Map<string, OssBucket>;
  bucket(name: string): OssBucket;
  upload(bucket: OssBucket, key: string, id: string): OssUpload;
  initiate(bucket: OssBucket, key: string): OssUpload;
  complete(bucket: OssBucket, upload: OssUpload, named: readonly { number: number; etag: string }[]): OssObject;
}

/** Buckets of one account: one to use, one that refuses, and one in another region. */
export function createOssStore(region: string, random: Random, now: () => number): OssStore {
  const buckets = new Map<string, OssBucket>();
  const add = (name: string, where: string, locked = false) =>
    buckets.set(name, {
      name,
      region: where,
      at: now() - 90 * 86_400_000,
      locked,
      objects: new Map(),
      uploads: new Map(),
    });
  const other = region === 'cn-beijing' ? 'cn-hangzhou' : 'cn-beijing';
  add(`eas-demo-${region}`, region);
  add(`eas-locked-${region}`, region, true);
  add(`eas-demo-${other}`, other);

  return {
    buckets,
    bucket(name) {
      const found = buckets.get(name);
      if (!found) throw noSuchBucket(name);
      if (found.region !== region) {
        throw new OssRefusal(
          403,
          'AccessDenied',
          'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
          { Bucket: name, Endpoint: `oss-${found.region}.aliyuncs.com` },
        );
      }
      if (found.locked) {
        throw new OssRefusal(403, 'AccessDenied', 'You have no right to access this object because of bucket acl.');
      }
      return found;
    },
    upload(bucket, key, id) {
      const upload = bucket.uploads.get(id);
      if (upload?.key !== key) throw noSuchUpload(id);
      return upload;
    },
    initiate(bucket, key) {
      const upload: OssUpload = { id: random.hex(32).toUpperCase(), key, at: now(), parts: new Map() };
      bucket.uploads.set(upload.id, upload);
      return upload;
    },
    complete(bucket, upload, named) {
      if (named.length === 0) throw new OssRefusal(400, 'MalformedXML', 'The XML you provided was not well-formed.');
      if (named.length > limits.parts) throw invalidArgument('Part', String(named.length), 'Too many parts.');
      const parts = named.map(({ number, etag }, at) => {
        if (at > 0 && number <= (named[at - 1]?.number ?? 0)) {
          throw new OssRefusal(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
        }
        const part = upload.parts.get(number);
        if (!part || part.md5 !== etag) {
          throw new OssRefusal(
            400,
            'InvalidPart',
            "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.",
            { UploadId: upload.id, PartNumber: String(number) },
          );
        }
        if (part.size < limits.smallestPart && at < named.length - 1) {
          throw new OssRefusal(400, 'EntityTooSmall', 'Your proposed upload smaller than the minimum allowed size.', {
            PartNumber: String(number),
          });
        }
        return part;
      });
      const md5 = createHash('md5');
      for (const part of parts) md5.update(part.md5, 'hex');
      const digest = md5.digest('hex').toUpperCase();
      const object: OssObject = {
        size: parts.reduce((sum, { size }) => sum + size, 0),
        md5: '',
        crc: combineCrc64(parts),
        etag: `${digest}-${parts.length}`,
        type: 'Multipart',
        at: now(),
        parts: parts.length,
      };
      bucket.objects.set(upload.key, object);
      bucket.uploads.delete(upload.id);
      return object;
    },
  };
}
