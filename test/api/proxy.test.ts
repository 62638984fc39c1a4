import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readEndpoint } from '../../src/api/endpoints.ts';
import { proxyFor } from '../../src/api/proxy.ts';
import { clientOf, reply, serve } from './serve.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A proxy that takes every host to one port of this machine. */
async function startProxy(port: number, answer = 200): Promise<{ url: string; tunnels: string[]; auth: string[] }> {
  const tunnels: string[] = [];
  const auth: string[] = [];
  const proxy: Server = createServer();
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    auth.push(request.headers['proxy-authorization'] ?? '');
    if (answer !== 200) return void socket.end(`HTTP/1.1 ${answer} No\r\n\r\n`);
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on('error', () => [upstream, socket].map((one) => one.destroy()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { url: `http://user:pa%20ss@127.0.0.1:${(proxy.address() as AddressInfo).port}`, tunnels, auth };
}

describe('through a proxy', () => {
  async function start(answer = 200) {
    const server = await serve((_, response) => reply(response, { RequestId: 'r' }));
    const proxy = await startProxy(server.port, answer);
    const env = { HTTP_PROXY: proxy.url };
    const { client } = clientOf(0, { endpoint: 'http://eas.test', allowHttp: true, env });
    ends.push(
      () => server.close(),
      () => client.close(),
    );
    return { server, proxy, client };
  }

  it('goes every request, each write in a tunnel of its own', async () => {
    const { server, proxy, client } = await start();
    await client.call('ListServices', {});
    for (let n = 0; n < 4; n += 1) {
      await client.call('StopService', { ClusterId: 'cn-shanghai', ServiceName: 'foo' });
    }
    expect(proxy.tunnels).toEqual(Array(5).fill('eas.test:80'));
    expect(Buffer.from(proxy.auth[0]?.slice('Basic '.length) ?? '', 'base64').toString()).toBe('user:pa ss');
    expect(server.seen.map(({ headers }) => headers.host)).toEqual(Array(5).fill('eas.test'));
    expect(server.seen[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  it('its refusal names it without its password', async () => {
    const { client, proxy } = await start(407);
    const error = await client.call('ListServices', {}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'network', sent: 'no' });
    expect(String(error)).toMatch(/the proxy 127\.0\.0\.1:\d+ refused to connect to eas\.test: HTTP 407/);
    expect(String(error)).not.toContain('pa');
    expect(proxy.tunnels).toHaveLength(1);
  });

  it('its absence names it', async () => {
    const { client } = clientOf(0, { endpoint: 'https://eas.test', env: { https_proxy: 'http://127.0.0.1:1' } });
    const error = await client
      .call('StopService', { ClusterId: 'c', ServiceName: 's' })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'network', code: 'ECONNREFUSED', sent: 'no' });
    expect(String(error)).toContain('eas.test (through the proxy 127.0.0.1:1) refuses the connection');
    await client.close();
  });
});

it.each<[string, Record<string, string>, string | undefined]>([
  ['https://eas.example.com', { HTTPS_PROXY: 'http://p:3128' }, 'p:3128'],
  ['https://eas.example.com', { https_proxy: 'http://low:1', HTTPS_PROXY: 'http://up:1' }, 'low:1'],
  ['https://eas.example.com', { HTTP_PROXY: 'http://p:3128' }, undefined],
  ['https://eas.example.com', { ALL_PROXY: 'p:3128' }, 'p:3128'],
  ['https://eas.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'other.com,example.com' }, undefined],
  ['https://eas.example.com', { HTTPS_PROXY: 'http://p:1', no_proxy: '.example.com' }, undefined],
  ['https://eas.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'example.com:8443' }, 'p:1'],
  ['https://eas.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'eas.example.com:443' }, undefined],
  ['https://eas.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'ample.com' }, 'p:1'],
  ['https://eas.example.com', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, undefined],
  ['http://127.0.0.1:8080', { HTTP_PROXY: 'http://p:1', ALL_PROXY: 'http://p:1' }, undefined],
])('%s under %o goes through %s', (endpoint, env, host) => {
  expect(proxyFor(readEndpoint(endpoint), env)?.host).toBe(host);
});

it('refuses a proxy that cannot be, without repeating its password', () => {
  const endpoint = readEndpoint('https://eas.example.com');
  expect(() => proxyFor(endpoint, { HTTPS_PROXY: 'socks5://u:secret@p:1' })).toThrow(
    /^HTTPS_PROXY names a socks5 proxy/,
  );
  expect(() => proxyFor(endpoint, { HTTPS_PROXY: 'http://u:secret@p:notaport' })).toThrow(/^HTTPS_PROXY is not a URL/);
});
