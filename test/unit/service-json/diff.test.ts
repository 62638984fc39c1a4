import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffConfigs, toLines } from '../../../src/service-json/diff.ts';

const before = {
  name: 'demo',
  metadata: { instance: 2, cpu: 1, gpu: 0, memory: 1000, region: 'cn-shanghai', 'rpc.batching': true },
  containers: [{ image: 'repo:v1', port: 8000, env: [{ name: 'API_KEY', value: 'old-secret' }] }],
  token: 'made-by-the-server',
  zeta: 1,
};

const lines = (a: unknown, b: unknown, all = false) =>
  toLines(diffConfigs(a, b), { all }).map(({ symbol, text, tone }) => `${symbol} ${text} (${tone})`);

describe('diffConfigs', () => {
  it('finds nothing between equals, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const turned = JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
          inner !== null && typeof inner === 'object' && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).reverse())
            : inner,
        ) as unknown;
        expect(diffConfigs(value, turned)).toEqual([]);
      }),
    );
  });

  it('finds something between any two that differ, and the same places from either side', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (left, right) => {
        const a = JSON.parse(JSON.stringify(left)) as unknown;
        const b = JSON.parse(JSON.stringify(right)) as unknown;
        const there = diffConfigs(a, b);
        const back = diffConfigs(b, a);
        expect(there.map(({ path }) => path).sort()).toEqual(back.map(({ path }) => path).sort());
        try {
          expect(a).toEqual(b);
        } catch {
          expect(there).not.toEqual([]);
        }
      }),
    );
  });

  it('puts image, cpu, gpu, memory and instances first, and folds what the server wrote', () => {
    const after = {
      name: 'demo',
      alpha: 1,
      metadata: { memory: 2000, instance: 5, gpu: 1, cpu: 2, rpc: { batching: true } },
      containers: [{ image: 'repo:v2', port: 8000, env: [{ name: 'API_KEY', value: 'new-secret' }] }],
    };
    expect(lines(before, after)).toEqual([
      '~ image repo:v1 → repo:v2 (plain)',
      '~ cpu 1 → 2 (plain)',
      '~ gpu 0 → 1 (plain)',
      '~ memory 1000 → 2000 (plain)',
      '~ instances 2 → 5 (plain)',
      '+ alpha 1 (ok)',
      '~ containers[0].env[0].value •••••••• → another (plain)',
      '- zeta 1 (bad)',
      '  2 keys of the server’s own: metadata.region, token (dim)',
    ]);
    expect(lines(before, after, true).at(-1)).toBe('- token •••••••• (made by the server) (dim)');
  });

  it('does not fold a token that a person changed', () => {
    const [line] = toLines(diffConfigs({ token: 'a' }, { token: 'b' }));
    expect(line).toEqual({ symbol: '~', text: 'token •••••••• → another', tone: 'plain' });
  });

  it('tells an added object key by key, an added list of words as one', () => {
    expect(lines({}, { storage: [{ mount_path: '/m', oss: { path: 'oss://b/' } }], args: ['a', 'b'] })).toEqual([
      '+ args ["a","b"] (ok)',
      '+ storage[0].mount_path /m (ok)',
      '+ storage[0].oss.path oss://b/ (ok)',
    ]);
  });

  it('keeps a text apart from the number it looks like', () => {
    expect(lines({ a: '1' }, { a: 1 })).toEqual(['~ a "1" → 1 (plain)']);
    expect(lines({ a: 'true' }, { a: true })).toEqual(['~ a "true" → true (plain)']);
    expect(lines({ a: '' }, { a: null })).toEqual(['~ a "" → null (plain)']);
  });

  it('takes flat and nested rpc keys for the same, but not where both stand', () => {
    const flat = { metadata: { 'rpc.keepalive': 1, 'rpc.batching': true } };
    expect(diffConfigs(flat, { metadata: { rpc: { batching: true, keepalive: 1 } } })).toEqual([]);
    expect(lines(flat, { metadata: { rpc: { batching: true, keepalive: 2 } } })).toEqual([
      '~ metadata.rpc.keepalive 1 → 2 (plain)',
    ]);
    const both = { metadata: { 'rpc.batching': true, rpc: { batching: false } } };
    expect(diffConfigs(both, { metadata: { rpc: { batching: false } } })).toHaveLength(1);
  });

  it('never shows a secret, however deep it is added', () => {
    const secret = 'hunter2';
    const after = {
      dockerAuth: secret,
      containers: [{ env: [{ name: 'DB_PASSWORD', value: secret }, 'odd'] }],
      storage: [{ git: { accessToken: [secret] } }],
      token: secret,
    };
    for (const all of [true, false]) {
      expect(
        JSON.stringify([lines({}, after, all), lines(after, {}, all), lines({ token: 'x' }, after, all)]),
      ).not.toContain(secret);
    }
    expect(lines({}, after).join('\n')).toContain('DB_PASSWORD');
  });
});
