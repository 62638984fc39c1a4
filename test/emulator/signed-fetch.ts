import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { Emulator } from '../../emulator/server.ts';
import type { OperationName } from '../../src/api/contract/wire.gen.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

interface Extra {
  method?: string;
  body?: string;
  /** Sent, not signed: none of host, content-type, x-acs-*. */
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** A signed request whose answer is handed over as it came, with nothing read or retried. */
export async function signedFetch(emulator: Emulator, action: OperationName, path: string, extra: Extra = {}) {
  const { method = 'GET', body = '' } = extra;
  const signed: Record<string, string> = {
    ...(body ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    host: new URL(emulator.endpoint).host,
    'x-acs-action': action,
    'x-acs-content-sha256': sha256(body),
    'x-acs-date': `${new Date().toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-version': '2021-07-01',
  };
  const names = Object.keys(signed).sort();
  const lines = names.map((name) => `${name}:${signed[name]}\n`).join('');
  const [pathname = '', query = ''] = path.split('?');
  const canonical = [method, pathname, query, lines, names.join(';'), sha256(body)].join('\n');
  const signature = createHmac('sha256', emulator.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  const { host: _, ...headers } = signed;
  return fetch(emulator.endpoint + path, {
    method,
    ...(body ? { body } : {}),
    ...(extra.signal ? { signal: extra.signal } : {}),
    headers: {
      ...headers,
      ...extra.headers,
      authorization: `ACS3-HMAC-SHA256 Credential=${emulator.accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`,
    },
  });
}
