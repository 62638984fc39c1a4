import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from './errors.ts';

/** A key that the emulator knows; with a token it is an STS key and useless without that token. */
export interface KnownKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

export interface SignedRequest {
  readonly method: string;
  /** As on the wire. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const algorithm = 'ACS3-HMAC-SHA256';
/** Source: the V3 signature document. */
const windowMs = 15 * 60_000;

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Splits a query as it came; `+` is a space, as servers read it. */
export function readQuery(raw: string): Map<string, string> {
  const decode = (text: string) => {
    try {
      return decodeURIComponent(text.replace(/\+/g, ' '));
    } catch {
      throw new Refusal(400, 'InvalidParameter', `The query part "${text}" is not valid percent-encoding.`);
    }
  };
  const query = new Map<string, string>();
  for (const part of raw.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    query.set(decode(at < 0 ? part : part.slice(0, at)), at < 0 ? '' : decode(part.slice(at + 1)));
  }
  return query;
}

function canonicalRequest(request: SignedRequest, signed: readonly string[], bodyHash: string): string {
  const query = [...request.query.keys()]
    .sort()
    .map((name) => `${encode(name)}=${encode(request.query.get(name) ?? '')}`)
    .join('&');
  const path = request.path.replace(/\+/g, '%20').replace(/\*/g, '%2A').replace(/%7E/g, '~');
  const headers = signed.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`).join('');
  return [request.method, path, query, headers, signed.join(';'), bodyHash].join('\n');
}

function readAuthorization(text: string | undefined): { id: string; signed: string[]; signature: string } {
  const match = /^(\S+) Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-fA-F]+)$/.exec(text ?? '');
  if (!match?.[2] || !match[3] || !match[4]) {
    // Emulator's choice: the document does not say what an unreadable header is answered with.
    throw new Refusal(400, 'IncompleteSignature', 'The Authorization header is missing or cannot be read.');
  }
  if (match[1] !== algorithm) {
    throw new Refusal(
      400,
      'IncompleteSignature',
      `The signature algorithm ${match[1]} is not served; use ${algorithm}.`,
    );
  }
  return { id: match[2], signed: match[3].split(';'), signature: match[4].toLowerCase() };
}

const mismatch = (why: string) =>
  new Refusal(400, 'SignatureDoesNotMatch', `Specified signature is not matched with our calculation. ${why}`);

/** Checks requests against the known keys; throws a refusal in the gateway's words. Remembers nonces for 15 minutes. */
export function createVerifier(
  keys: readonly KnownKey[],
  now: () => number,
): (request: SignedRequest) => { key: KnownKey } {
  const nonces = new Map<string, number>();

  function checkDate(text: unknown): void {
    if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) || Number.isNaN(Date.parse(text))) {
      throw new Refusal(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.');
    }
    if (Math.abs(Date.parse(text) - now()) > windowMs) {
      throw new Refusal(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
    }
  }

  function checkToken(key: KnownKey, headers: IncomingHttpHeaders): void {
    const token = headers['x-acs-security-token'];
    if (key.securityToken === undefined) {
      if (token === undefined) return;
    } else if (token === undefined) {
      throw new Refusal(400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.');
    } else if (same(String(token), key.securityToken)) {
      return;
    }
    const message = 'Specified SecurityToken is not matched with the AccessKeyId.';
    throw new Refusal(400, 'InvalidSecurityToken.MismatchWithAccessKey', message);
  }

  function checkNonce(nonce: unknown): void {
    if (typeof nonce !== 'string' || nonce === '') {
      throw new Refusal(400, 'MissingParameter', 'The header x-acs-signature-nonce is required.');
    }
    const moment = now();
    for (const [old, at] of nonces) {
      if (moment - at <= windowMs) break;
      nonces.delete(old);
    }
    if (nonces.has(nonce)) throw new Refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
    nonces.set(nonce, moment);
  }

  return (request) => {
    const { headers } = request;
    const { id, signed, signature } = readAuthorization(headers.authorization);
    const key = keys.find((known) => known.accessKeyId === id);
    if (!key) throw new Refusal(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
    if (headers['x-acs-version'] !== '2021-07-01') {
      throw new Refusal(
        400,
        'InvalidVersion',
        `Specified version ${headers['x-acs-version'] ?? '(none)'} is not valid.`,
      );
    }
    checkDate(headers['x-acs-date']);
    checkToken(key, headers);
    const due = Object.keys(headers)
      .filter((name) => name === 'host' || name === 'content-type' || name.startsWith('x-acs-'))
      .sort();
    if (due.join(';') !== signed.join(';')) {
      throw mismatch(`The signed headers should be "${due.join(';')}" but are "${signed.join(';')}".`);
    }
    const bodyHash = sha256(request.body);
    if (headers['x-acs-content-sha256'] !== bodyHash) {
      throw mismatch(`The header x-acs-content-sha256 should be "${bodyHash}".`);
    }
    const toSign = `${algorithm}\n${sha256(canonicalRequest(request, signed, bodyHash))}`;
    const expected = createHmac('sha256', key.accessKeySecret).update(toSign).digest('hex');
    if (!same(expected, signature)) throw mismatch(`server string to sign is:${toSign}`);
    checkNonce(headers['x-acs-signature-nonce']);
    return { key };
  };
}
