import { createHmac, hash } from 'node:crypto';

const algorithm = 'ACS3-HMAC-SHA256';

/** A key to sign with. `securityToken` is there when the key came from STS. */
export interface Keys {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string | undefined;
}

/** A request as it is about to be sent. */
export interface Signable {
  method: string;
  /** Path with each segment already percent-encoded. */
  path: string;
  /** As `canonicalQuery` has it. */
  query: string;
  /** All headers; host, content-type and x-acs-* are signed. */
  headers: Readonly<Record<string, string>>;
  /** Lower-case hex SHA-256 of the body (of nothing when there is none). */
  bodyHash: string;
}

/** Lower-case hex SHA-256. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data);
}

/**
 * RFC 3986 percent-encoding of one path segment or query part. Half surrogates become U+FFFD, as they do
 * in the bytes of any body, rather than throwing.
 */
export function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The query in the one form that is both signed and sent: sorted by name, an empty value kept as `name=`. */
export function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.keys(query)
    .sort()
    .map((name) => `${encode(name)}=${encode(query[name] ?? '')}`)
    .join('&');
}

/** What the signature covers, and the names of the headers in it. Source: the V3 signature document. */
export function canonicalRequest(request: Signable): { text: string; signedHeaders: string } {
  const values = new Map<string, string>();
  for (const name of Object.keys(request.headers)) {
    const lower = name.toLowerCase();
    if (lower === 'host' || lower === 'content-type' || lower.startsWith('x-acs-'))
      values.set(lower, (request.headers[name] ?? '').trim());
  }
  const names = [...values.keys()].sort();
  const path = request.path.replace(/\+/g, '%20').replace(/\*/g, '%2A').replace(/%7E/g, '~');
  const headers = names.map((name) => `${name}:${values.get(name)}\n`).join('');
  const signedHeaders = names.join(';');
  const text = `${request.method}\n${path}\n${request.query}\n${headers}\n${signedHeaders}\n${request.bodyHash}`;
  return { text, signedHeaders };
}

/** The value of the Authorization header for a request under a key (ACS3-HMAC-SHA256). Pure. */
export function authorization(request: Signable, keys: Pick<Keys, 'accessKeyId' | 'accessKeySecret'>): string {
  const { text, signedHeaders } = canonicalRequest(request);
  const signature = createHmac('sha256', keys.accessKeySecret)
    .update(`${algorithm}\n${sha256(text)}`)
    .digest('hex');
  return `${algorithm} Credential=${keys.accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`;
}
