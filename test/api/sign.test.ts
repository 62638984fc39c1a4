import OpenApiUtils from '@alicloud/openapi-core/dist/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorization, canonicalQuery, canonicalRequest, encode, type Signable, sha256 } from '../../src/api/sign.ts';

// CommonJS seen through ESM: the class is one or two `default`s away depending on who loads it.
type Peer = {
  getAuthorization(
    request: { method: string; pathname: string; query: Record<string, string>; headers: Record<string, string> },
    algorithm: string,
    payload: string,
    id: string,
    secret: string,
  ): string;
};
const loaded = OpenApiUtils as unknown as { default?: Peer } & Peer;
const peer: Peer = loaded.default ?? loaded;

const keys = { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' };

function request(
  action: string,
  more: Partial<Omit<Signable, 'query'>> & {
    query?: Record<string, string>;
    body?: string;
    host?: string;
    version?: string;
  },
): Signable {
  const body = more.body ?? '';
  return {
    method: more.method ?? 'GET',
    path: more.path ?? '/',
    query: canonicalQuery(more.query ?? {}),
    bodyHash: sha256(body),
    headers: {
      host: more.host ?? 'pai-eas.cn-shanghai.aliyuncs.com',
      'x-acs-action': action,
      'x-acs-version': more.version ?? '2021-07-01',
      'x-acs-date': '2023-10-26T10:22:32Z',
      'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      'x-acs-content-sha256': sha256(body),
      accept: 'application/json',
      ...(body ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    },
  };
}

describe('published and cross-checked vectors', () => {
  const vectors: [string, Signable, string, string][] = [
    [
      'RunInstances, from the V3 signature document',
      request('RunInstances', {
        method: 'POST',
        host: 'ecs.cn-shanghai.aliyuncs.com',
        version: '2014-05-26',
        query: { ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd', RegionId: 'cn-shanghai' },
      }),
      '7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259',
      '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    ],
    [
      'ListServices',
      request('ListServices', { path: '/api/v2/services', query: { PageSize: '100', PageNumber: '1' } }),
      '2f31bae62cfd5d8026df62408b20a628db10228f327a0f90d594e6eadb89113a',
      'd8aeaac6715227577477f3ee5bbed46cd1d2ba4f7e9511b897ee14b972d791e7',
    ],
    [
      'ReleaseService',
      request('ReleaseService', {
        method: 'PUT',
        path: '/api/v2/services/cn-shanghai/savedmodel_example_9c16a222/release',
        body: '{"Weight":20}',
      }),
      'b34a68e439f4a36a8e62958df3f6d1a3b1bda726cd60543d2e1b346b23f24d51',
      '1dc13160db4bb4ecc78186a5bfc07a536167c5c77a241fa0cb5e19fa5cafaf6d',
    ],
  ];
  it.each(vectors)('%s', (_, signable, canonical, signature) => {
    expect(sha256(canonicalRequest(signable).text)).toBe(canonical);
    expect(authorization(signable, keys)).toMatch(/^ACS3-HMAC-SHA256 Credential=YourAccessKeyId,/);
    expect(authorization(signable, keys).split('Signature=')[1]).toBe(signature);
  });
});

it('signs 500 random requests as @alicloud/openapi-core does', () => {
  const awkward = fc.constantFrom(
    '*',
    '~',
    "'",
    '(',
    ')',
    '!',
    '+',
    '%',
    ' ',
    '%2F',
    '/',
    '?',
    '#',
    '&',
    '=',
    '模型',
    '🚀',
    'é',
  );
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.array(awkward, { maxLength: 6 }).map((parts) => parts.join('')),
    fc.constant(''),
  );
  // Names come from the contract (letters only); the peer does not encode them at all.
  const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_.~'), minLength: 1, maxLength: 8 });
  const ascii = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_. '), minLength: 1, maxLength: 16 });
  fc.assert(
    fc.property(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
      fc.array(text, { maxLength: 4 }),
      fc.dictionary(name, text, { maxKeys: 6 }),
      fc.option(fc.oneof(text, fc.json()), { nil: undefined }),
      fc.option(ascii, { nil: undefined }),
      ascii,
      ascii,
      (method, segments, query, body, securityToken, id, secret) => {
        const base = request('AnyAction', {
          method,
          path: `/api/v2/${segments.map(encode).join('/')}`,
          query,
          body: body ?? '',
        });
        const headers = {
          ...base.headers,
          'User-Agent': 'not signed',
          ...(securityToken ? { 'x-acs-accesskey-id': id, 'X-Acs-Security-Token': securityToken } : {}),
        };
        const theirs = peer.getAuthorization(
          { method, pathname: base.path, query: { ...query }, headers },
          'ACS3-HMAC-SHA256',
          base.bodyHash,
          id,
          secret,
        );
        expect(authorization({ ...base, headers }, { accessKeyId: id, accessKeySecret: secret })).toBe(theirs);
      },
    ),
    { numRuns: 500 },
  );
});

it('encodes what encodeURIComponent leaves, and never throws on half a surrogate pair', () => {
  expect(encode("*~'()!+% /é")).toBe('%2A~%27%28%29%21%2B%25%20%2F%C3%A9');
  expect(encode('\ud83d')).toBe('%EF%BF%BD');
  expect(canonicalQuery({ b: '', a: 'x y' })).toBe('a=x%20y&b=');
});
