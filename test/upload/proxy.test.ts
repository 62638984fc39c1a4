import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { bucketName, finish, MiB, type Setting, setUp } from './setting.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A proxy that takes every host to the emulator. */
async function startProxy(s: Setting, answer = 200) {
  const [asked, logins]: [string[], string[]] = [[], []];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    logins.push(Buffer.from((request.headers['proxy-authorization'] ?? '').slice(6), 'base64').toString());
    if (answer !== 200) return void socket.end(`HTTP/1.1 ${answer} No\r\n\r\n`);
    const upstream = connect(Number(new URL(s.emulator.oss.endpoint).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on('error', () => [upstream, socket].map((one) => one.destroy()));
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  ends.push(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const uri = `http://user:pa%20ss@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return { asked, logins, env: { HTTP_PROXY: uri, HTTPS_PROXY: uri } };
}

const host = 'http://oss-cn-shanghai.aliyuncs.com';

it('an upload goes through the proxy of the environment, to the host of its bucket', async () => {
  const s = await setUp();
  const { asked, logins, env } = await startProxy(s);
  const oss = s.access({ endpoint: host, allowHttp: true, env });
  expect((await finish(s.upload(s.file('m.bin', 3 * MiB), { oss }))).error).toBeUndefined();
  expect(s.object('models/m.bin')?.size).toBe(3 * MiB);
  expect(new Set(asked)).toEqual(new Set([`${bucketName}.oss-cn-shanghai.aliyuncs.com:80`]));
  expect(new Set(logins)).toEqual(new Set(['user:pa ss']));
});

it('what a proxy refuses is told with its name and without its password', async () => {
  const s = await setUp();
  const { env } = await startProxy(s, 407);
  for (const endpoint of [host, host.replace('http', 'https')]) {
    const oss = s.access({ endpoint, allowHttp: true, env });
    const { error } = await finish(s.upload(s.file('m.bin', 10), { oss, attempts: 2 }));
    expect(error?.message).toMatch(/the proxy 127\.0\.0\.1:\d+ answered HTTP 407 for eas-demo/);
    expect(error?.message).not.toContain('pa');
  }
});

it('a host inside the region that nobody knows here is told from a wrong region', async () => {
  const s = await setUp();
  // A name that is reserved for never being found.
  const at = (host: string) => s.access({ endpoint: `https://${host}`, env: {} });
  const said = async (host: string) =>
    (await finish(s.upload(s.file('m.bin', 10), { oss: at(host), attempts: 1 }))).error?.message;
  expect(await said('oss-cn-shanghai-internal.invalid')).toMatch(/known inside its region alone \(--inner\)/);
  expect(await said('oss-cn-shanghai.invalid')).toMatch(/is the region "cn-shanghai" right\?/);
});

it.each([
  [{}, 'oss-cn-shanghai.aliyuncs.com'],
  [{ internal: true }, 'oss-cn-shanghai-internal.aliyuncs.com'],
])('goes by https to the host of the region where none is named: %j', async (more, name) => {
  const s = await setUp();
  const { asked, env } = await startProxy(s, 407);
  const oss = s.access({ endpoint: undefined, env, ...more });
  expect((await finish(s.upload(s.file('m.bin', 10), { oss, attempts: 1 }))).error?.message).toMatch(/HTTP 407/);
  expect(new Set(asked)).toEqual(new Set([`${bucketName}.${name}:443`]));
});
