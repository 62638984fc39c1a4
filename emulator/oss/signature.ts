import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { KnownKey } from '../signature.ts';
import { invalidArgument, OssRefusal } from './refusal.ts';

/** A key of the emulated OSS. An expired one is known and refused. */
export interface OssKey extends KnownKey {
  expired?: boolean;
}

export interface OssRequest {
  readonly method: string;
  /** '' for the service itself. */
  readonly bucket: string;
  /** Decoded; '' for the bucket itself. */
  readonly object: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
}

/** Source: the document on RequestTimeTooSkewed. */
const windowMs = 15 * 60_000;

/** Query parameters that are part of what version 1 signs. Source: the V1 signature document. */
const subresources = new Set(
  (
    'acl uploads location cors logging website referer lifecycle delete append tagging objectMeta uploadId partNumber ' +
    'security-token position img style styleName replication replicationProgress replicationLocation cname bucketInfo ' +
    'comp qos live status vod startTime endTime symlink x-oss-process response-content-type response-content-language ' +
    'response-expires response-cache-control response-content-disposition response-content-encoding restore policy ' +
    'stat encryption versions versioning versionId requestPayment worm wormId wormExtend inventory inventoryId'
  ).split(' '),
);

const one = (value: string | string[] | undefined) => String(value ?? '').trim();

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

const byCode = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]) => (a < b ? -1 : 1);

function stringToSignV1({ method, bucket, object, query, headers }: OssRequest): string {
  const own = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-oss-'))
    .sort(byCode)
    .map(([name, value]) => `${name}:${one(value)}\n`)
    .join('');
  const named = [...query]
    .filter(([name]) => subresources.has(name))
    .sort(byCode)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const resource = `/${bucket === '' ? '' : `${bucket}/`}${object}${named.length > 0 ? `?${named.join('&')}` : ''}`;
  const date = one(headers['x-oss-date']) || one(headers.date);
  return `${method}\n${one(headers['content-md5'])}\n${one(headers['content-type'])}\n${date}\n${own}${resource}`;
}

function canonicalRequestV4({ method, bucket, object, query, headers }: OssRequest, additional: string[]): string {
  const uri = encode(`/${bucket === '' ? '' : `${bucket}/`}${object}`).replaceAll('%2F', '/');
  const parameters = [...query]
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(byCode)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&');
  const signed = Object.entries(headers)
    .filter(
      ([name]) =>
        name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-') || additional.includes(name),
    )
    .sort(byCode)
    .map(([name, value]) => `${name}:${one(value)}\n`)
    .join('');
  const payload = one(headers['x-oss-content-sha256']) || 'UNSIGNED-PAYLOAD';
  return [method, uri, parameters, signed, additional.join(';'), payload].join('\n');
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

function signatureV4(secret: string, scope: string[], toSign: string): string {
  const key = scope.reduce<string | Buffer>((above, part) => hmac(above, part), `aliyun_v4${secret}`);
  return hmac(key, toSign).toString('hex');
}

function mismatch(toSign: string, key: string, given: string): OssRefusal {
  return new OssRefusal(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    { OSSAccessKeyId: key, SignatureProvided: given, StringToSign: toSign },
  );
}

/** Reads `20250101T000000Z`; NaN for anything else. */
function readCompactDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/**
 * Checks requests signed by version 1 (`OSS id:signature`) and 4 (`OSS4-HMAC-SHA256 …`) in the header, in OSS's words.
 * `region` is what version 4 must sign for.
 */
export function createOssVerifier(
  keys: () => readonly OssKey[],
  region: string,
  now: () => number,
): (request: OssRequest) => { key: OssKey; version: 1 | 4 } {
  function find(id: string): OssKey {
    const key = keys().find((known) => known.accessKeyId === id);
    if (key) return key;
    const message = 'The OSS Access Key Id you provided does not exist in our records.';
    throw new OssRefusal(403, 'InvalidAccessKeyId', message, { OSSAccessKeyId: id });
  }

  function checkToken(key: OssKey, headers: IncomingHttpHeaders): void {
    const token = headers['x-oss-security-token'];
    if (key.securityToken !== undefined && !same(one(token), key.securityToken)) {
      const message =
        token === undefined ? 'The security token is missing.' : 'The security token you provided is invalid.';
      throw new OssRefusal(403, token === undefined ? 'AccessDenied' : 'InvalidSecurityToken', message);
    }
    if (key.securityToken === undefined && token !== undefined) {
      throw new OssRefusal(403, 'InvalidSecurityToken', 'The security token you provided is invalid.');
    }
    if (key.expired) throw new OssRefusal(403, 'SecurityTokenExpired', 'The security token you provided has expired.');
  }

  function checkDate(at: number): void {
    if (Number.isNaN(at)) throw new OssRefusal(403, 'AccessDenied', 'OSS authentication requires a valid Date.');
    if (Math.abs(at - now()) <= windowMs) return;
    throw new OssRefusal(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      { MaxAllowedSkewMilliseconds: String(windowMs), ServerTime: new Date(now()).toISOString() },
    );
  }

  return (request) => {
    const { headers } = request;
    const text = one(headers.authorization);
    const first = /^OSS ([^:\s]+):(\S+)$/.exec(text);
    if (first?.[1] && first[2]) {
      const key = find(first[1]);
      checkToken(key, headers);
      checkDate(Date.parse(one(headers['x-oss-date']) || one(headers.date)));
      const toSign = stringToSignV1(request);
      const expected = createHmac('sha1', key.accessKeySecret).update(toSign).digest('base64');
      if (!same(expected, first[2])) throw mismatch(toSign, key.accessKeyId, first[2]);
      return { key, version: 1 };
    }
    const fourth =
      /^OSS4-HMAC-SHA256 Credential=([^,\s]+), ?(?:AdditionalHeaders=([^,\s]*), ?)?Signature=([0-9a-f]{64})$/.exec(
        text,
      );
    if (!fourth?.[1] || !fourth[3]) {
      if (text === '') throw new OssRefusal(403, 'AccessDenied', 'Anonymous access is forbidden for this operation.');
      throw invalidArgument('Authorization', text.slice(0, 20), 'Authorization header is invalid.');
    }
    const [id = '', day = '', signedRegion = '', product = '', end = '', ...rest] = fourth[1].split('/');
    if (product !== 'oss' || end !== 'aliyun_v4_request' || rest.length > 0) {
      throw invalidArgument('Authorization', fourth[1], 'Invalid credential scope in Authorization header.');
    }
    if (signedRegion !== region) {
      throw invalidArgument('Authorization', signedRegion, 'Invalid signing region in Authorization header.');
    }
    const key = find(id);
    checkToken(key, headers);
    const date = one(headers['x-oss-date']);
    checkDate(readCompactDate(date));
    if (day !== date.slice(0, 8)) {
      throw invalidArgument('Authorization', day, 'Invalid signing date in Authorization header.');
    }
    const additional = (fourth[2] ?? '').split(';').filter((name) => name !== '');
    const hashed = createHash('sha256').update(canonicalRequestV4(request, additional)).digest('hex');
    const scope = [day, signedRegion, product, end];
    const toSign = `OSS4-HMAC-SHA256\n${date}\n${scope.join('/')}\n${hashed}`;
    if (!same(signatureV4(key.accessKeySecret, scope, toSign), fourth[3])) throw mismatch(toSign, id, fourth[3]);
    return { key, version: 4 };
  };
}
