import { createServer } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type CallEvent, type Client, type ClientOptions, createClient } from '../../src/api/client.ts';
import { operations } from '../../src/api/contract/operations.gen.ts';
import type { OperationName } from '../../src/api/contract/wire.gen.ts';
import { ApiError } from '../../src/api/errors.ts';
import { authorization, sha256 } from '../../src/api/sign.ts';
import { clientOf, keys, reply, serve, until } from './serve.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(handler: Parameters<typeof serve>[0], more: Partial<ClientOptions> = {}) {
  const server = await serve(handler);
  const { client, slept } = clientOf(server.port, more);
  ends.push(
    () => server.close(),
    () => client.close(),
  );
  return { server, client, slept };
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

const scale = { ClusterId: 'cn-shanghai', ServiceName: 'foo', Instance: 3 };
const list = (client: Client, signal?: AbortSignal) => client.call('ListServices', {}, { signal });

describe('a request', () => {
  it('carries path, query, body and a signature over what is really sent', async () => {
    const { server, client } = await start((_, response) => reply(response, { RequestId: 'r-1', Message: 'ok' }));
    const answer = await client.call('ScaleService', { ...scale, ServiceName: 'a b/ü(*)' });
    expect(answer).toEqual({ RequestId: 'r-1', Message: 'ok' });
    const [seen] = server.seen;
    expect(seen).toMatchObject({
      method: 'PUT',
      path: '/api/v2/services/cn-shanghai/a%20b%2F%C3%BC%28%2A%29/scale',
      body: '{"Instance":3}',
      headers: { 'x-acs-action': 'ScaleService', 'x-acs-version': '2021-07-01', host: `127.0.0.1:${server.port}` },
    });
    const { path, headers = {}, body = '' } = seen ?? {};
    expect(headers['x-acs-content-sha256']).toBe(sha256(body));
    expect(headers['x-acs-date']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const bodyHash = sha256(body);
    expect(headers.authorization).toBe(
      authorization({ method: 'PUT', path: path ?? '', query: '', headers, bodyHash }, keys),
    );
  });

  it('sends lists and maps as documented and leaves out what is undefined', async () => {
    const { server, client } = await start((_, response) => reply(response, {}));
    await client.call('ListServices', {
      Label: { team: 'a&b' },
      AutoscalerEnabled: false,
      PageSize: 20,
      Filter: '',
      Order: undefined,
    });
    await client.call('DescribeMachineSpec', { InstanceTypes: ['a', 'b'] });
    expect(server.seen[0]?.query).toEqual({
      Label: '{"team":"a&b"}',
      AutoscalerEnabled: 'false',
      PageSize: '20',
      Filter: '',
    });
    expect(server.seen[1]?.query).toEqual({ InstanceTypes: 'a,b' });
  });

  it('under an STS key signs the token too', async () => {
    const sts = { ...keys, securityToken: 'sts-token-of-the-test' };
    const { server, client } = await start((_, response) => reply(response, {}), {
      credentials: { describe: () => 'sts', get: async () => sts },
    });
    await list(client);
    const headers = server.seen[0]?.headers ?? {};
    expect(headers['x-acs-security-token']).toBe(sts.securityToken);
    expect(headers.authorization).toContain('x-acs-security-token');
  });

  it.each([
    ['a missing path parameter', { ClusterId: 'cn-shanghai', ServiceName: '', Instance: 1 }, 'ServiceName is missing'],
    ['dots for a path parameter', { ...scale, ServiceName: '..' }, 'cannot be ".."'],
    ['an unknown parameter', { ...scale, Instances: 3 }, 'no parameter "Instances"'],
  ])('is not sent with %s', async (_, params, said) => {
    const { server, client } = await start((_, response) => reply(response, {}));
    const error = await failure(client.call('ScaleService', params));
    expect(error).toMatchObject({ kind: 'invalid', sent: 'no' });
    expect(error.message).toContain(said);
    expect(server.connections).toHaveLength(0);
  });
});

it('read-only: of all operations only reads leave, and no token or signed URL is asked for', async () => {
  const { server, client } = await start((_, response) => reply(response, {}), { readOnly: true });
  const names = Object.keys(operations) as OperationName[];
  expect(names).toHaveLength(119);
  const left: string[] = [];
  for (const name of names) {
    const params: Record<string, string> = {};
    for (const [, param] of operations[name].path.matchAll(/\{(\w+)\}/g)) if (param) params[param] = 'x';
    if (operations[name].body === 'raw') params.body = '{}';
    // Parameters by name are what the table is about; their types do not matter to it.
    const done = client.call(name, params as never).then(
      () => left.push(name),
      (error: unknown) => expect(error).toMatchObject({ kind: 'readonly', sent: 'no', operation: name }),
    );
    await done;
  }
  expect(left.toSorted()).toEqual(server.seen.map(({ headers }) => headers['x-acs-action']).toSorted());
  expect(left.every((name) => /^(List|Describe)/.test(name))).toBe(true);
  expect(left).toHaveLength(43);
  expect(left).not.toContain('CreateServiceInstanceToken');
  expect(left).not.toContain('DescribeServiceSignedUrl');
});

describe('an answer', () => {
  it('may be gzip or brotli, and 20 MB', async () => {
    const Services = Array.from({ length: 20_000 }, (_, n) => ({ ServiceName: `s${n}`, Message: 'x'.repeat(1_000) }));
    const big = Buffer.from(JSON.stringify({ Services }));
    const encodings = ['gzip', 'br', undefined];
    const { server, client } = await start((_, response) => {
      const encoding = encodings[server.seen.length - 1];
      const body = encoding === 'gzip' ? gzipSync(big) : encoding === 'br' ? brotliCompressSync(gzipLess) : big;
      response.writeHead(200, encoding ? { 'content-encoding': encoding } : {});
      response.end(body);
    });
    const gzipLess = Buffer.from('{"TotalCount":7}');
    expect((await list(client)).Services).toHaveLength(20_000);
    expect((await list(client)).TotalCount).toBe(7);
    expect((await list(client)).Services).toHaveLength(20_000);
  });

  it.each([
    ['in several members', (text: string) => [text.slice(0, 9), text.slice(9)].map((part) => gzipSync(part))],
    ['that says it is smaller than it is', (text: string) => [lying(gzipSync(text), 3)]],
    ['that says it is larger than it can be', (text: string) => [lying(gzipSync(text), 0xffff_ffff)]],
    ['that ends before it says how long it is', (text: string) => [gzipSync(text).subarray(0, 9)]],
  ])('may be gzip %s', async (name, pack) => {
    const said = { Services: [{ ServiceName: 's'.repeat(500) }] };
    const { client } = await start((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(Buffer.concat(pack(JSON.stringify(said))));
    });
    // What zlib itself refuses is told as such; what only misjudges its own length is read.
    if (name.startsWith('in several')) expect(await list(client)).toMatchObject(said);
    else expect(await failure(list(client))).toMatchObject({ kind: 'server', code: 'GarbageAnswer' });
  });

  it('takes its request id from the header if the body has none', async () => {
    const { client } = await start((_, response) => reply(response, {}, 200, { 'x-acs-request-id': 'from-header' }));
    expect(await list(client)).toEqual({ RequestId: 'from-header' });
  });

  it.each([
    ['HTML', '<html><title>Sign in</title>\u001b[31m</html>'],
    ['half JSON', '{"Services":[{"ServiceName":"a"'],
    ['a list', '[1,2]'],
    ['a wrong encoding', undefined],
  ])('of %s is told as such, in one clean line, and is not asked for again', async (_, body) => {
    const { server, client } = await start((_, response) => {
      if (body === undefined) response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(body ?? 'not gzip');
    });
    const error = await failure(list(client));
    expect(error).toMatchObject({ kind: 'server', code: 'GarbageAnswer' });
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ answered something that is not its JSON/);
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(server.seen).toHaveLength(1);
  });

  it('with an error gives kind, code, request id and status', async () => {
    const { client } = await start((_, response) =>
      reply(
        response,
        { Code: 'InvalidService.NotFound', Message: 'The specified service does not exist', RequestId: 'r-9' },
        404,
      ),
    );
    expect(await failure(client.call('DescribeService', { ClusterId: 'cn-shanghai', ServiceName: 'x' }))).toMatchObject(
      {
        kind: 'missing',
        code: 'InvalidService.NotFound',
        requestId: 'r-9',
        status: 404,
        operation: 'DescribeService',
        message: 'The specified service does not exist',
      },
    );
  });
});

describe('tries again', () => {
  it('a throttled read, waiting as long as asked', async () => {
    const { server, client, slept } = await start((_, response) => {
      if (server.seen.length < 3) reply(response, { Code: 'Throttling.User' }, 429, { 'x-acs-retry-after': '700' });
      else reply(response, { TotalCount: 1 });
    });
    expect((await list(client)).TotalCount).toBe(1);
    expect(slept).toEqual([700, 700]);
  });

  it('but leaves a long wait to the caller', async () => {
    const { server, client } = await start((_, response) =>
      reply(response, { Code: 'Throttling' }, 400, { 'x-acs-retry-after': '60000' }),
    );
    expect(await failure(list(client))).toMatchObject({ kind: 'throttled', retryAfterMs: 60_000 });
    expect(server.seen).toHaveLength(1);
  });

  it('a read that failed in passing, with growing waits, then tells', async () => {
    const { server, client, slept } = await start((_, response) => reply(response, {}, 503), { retries: 4 });
    expect(await failure(list(client))).toMatchObject({ kind: 'server', code: 'HTTP 503' });
    expect(server.seen).toHaveLength(5);
    expect(slept).toEqual([300, 525, 862.5, 1368.75]);
  });

  it('a read whose connection broke in the middle', async () => {
    const { server, client } = await start((_, response, request) => {
      if (server.seen.length > 1) return reply(response, { TotalCount: 2 });
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"TotalCount":');
      setImmediate(() => request.socket.resetAndDestroy());
    });
    expect((await list(client)).TotalCount).toBe(2);
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    ['a reset', 'reset'],
    ['a 503', '503'],
    ['throttling', '429'],
  ])('never a write: %s', async (_, how) => {
    const { server, client } = await start((_, response, request) => {
      if (how === 'reset') request.socket.resetAndDestroy();
      else reply(response, { Code: how === '429' ? 'Throttling' : 'ServiceUnavailable' }, Number(how));
    });
    const error = await failure(client.call('ScaleService', scale));
    expect(error.sent).toBe(how === '429' ? 'no' : 'unknown');
    expect(server.seen).toHaveLength(1);
  });
});

it('each write has a connection of its own, so that an idle close is never an unknown outcome', async () => {
  const { server, client } = await start((_, response) => reply(response, {}));
  await list(client);
  for (let n = 0; n < 5; n += 1) {
    await client.call('ScaleService', scale);
  }
  const writes = server.seen.filter(({ method }) => method === 'PUT').map(({ connection }) => connection);
  expect(new Set(writes).size).toBe(5);
  expect(writes).not.toContain(server.seen[0]?.connection);
});

it('a server that closes idle connections leaves no outcome unknown, and nothing is sent twice', async () => {
  // Closes each connection in the very moment its answer has left: the next request would run into the close.
  const { server, client } = await start((_, response, request) => {
    response.on('finish', () => setImmediate(() => request.socket.destroy()));
    reply(response, {});
  });
  for (let n = 0; n < 40; n += 1) {
    await list(client);
    await client.call('ScaleService', scale);
  }
  expect(server.seen.filter(({ method }) => method === 'PUT')).toHaveLength(40);
});

it('reads keep their connections', async () => {
  const { server, client } = await start((_, response) => reply(response, {}));
  for (let n = 0; n < 9; n += 1) await list(client);
  // The second read may start while the first connection is still being put back.
  expect(server.connections.length).toBeLessThanOrEqual(2);
});

describe('time', () => {
  it('ends a wait for an answer that does not come, and says whether a write may have arrived', async () => {
    const { server, client } = await start(() => {}, { readTimeoutMs: 80 });
    expect(await failure(list(client))).toMatchObject({ kind: 'timeout', sent: 'no' });
    expect(await failure(client.call('ScaleService', scale))).toMatchObject({ kind: 'timeout', sent: 'unknown' });
    expect(server.seen).toHaveLength(2);
  });

  it('ends a body that stops coming, but not one that keeps coming', async () => {
    const { server, client } = await start(
      (_, response) => {
        response.writeHead(200);
        response.write('{"TotalCount"');
        if (server.seen.length === 1) return;
        const parts = [':', '1', '2', '3', '}'];
        const timer = setInterval(() => {
          const part = parts.shift();
          if (part) return void response.write(part);
          clearInterval(timer);
          response.end();
        }, 60);
      },
      { readTimeoutMs: 200 },
    );
    expect(await failure(list(client))).toMatchObject({ kind: 'timeout' });
    expect((await list(client)).TotalCount).toBe(123);
  });

  it('a call can have its own', async () => {
    const { client } = await start(() => {});
    expect(await failure(client.call('ListServices', {}, { timeoutMs: 50 }))).toMatchObject({ kind: 'timeout' });
  });
});

describe('giving up', () => {
  it('before sending sends nothing', async () => {
    const { server, client } = await start((_, response) => reply(response, {}));
    expect(await failure(list(client, AbortSignal.abort()))).toMatchObject({ kind: 'aborted', sent: 'no' });
    expect(server.connections).toHaveLength(0);
  });

  it.each(['headers', 'body'])('while waiting for the %s closes the connection', async (stage) => {
    const { server, client } = await start((_, response) => {
      if (stage === 'headers') return;
      response.writeHead(200);
      response.write('{"a":');
    });
    const abort = new AbortController();
    const call = failure(client.call('ScaleService', scale, { signal: abort.signal }));
    await until(() => server.seen.length === 1);
    abort.abort();
    expect(await call).toMatchObject({ kind: 'aborted', sent: 'unknown' });
    await until(() => server.connections[0]?.destroyed === true);
  });

  it('while waiting for a free connection lets nothing out', async () => {
    let answering = false;
    const { server, client } = await start((_, response) => {
      if (answering) reply(response, {});
    });
    const others = new AbortController();
    const busy = Array.from({ length: 8 }, () =>
      failure(client.call('ScaleService', scale, { signal: others.signal })),
    );
    await until(() => server.seen.length === 8);
    const abort = new AbortController();
    const late = failure(client.call('StopService', { ClusterId: 'c', ServiceName: 's' }, { signal: abort.signal }));
    setImmediate(() => abort.abort());
    expect(await late).toMatchObject({ kind: 'aborted', sent: 'no' });
    answering = true;
    others.abort();
    await Promise.all(busy);
    await client.call('ScaleService', scale);
    expect(server.seen.map(({ headers }) => headers['x-acs-action'])).toEqual(Array(9).fill('ScaleService'));
  });

  it('by closing the client', async () => {
    const { server, client } = await start(() => {});
    const call = failure(client.call('ScaleService', scale));
    await until(() => server.seen.length === 1);
    await client.close();
    expect(await call).toMatchObject({ kind: 'aborted', sent: 'unknown' });
    expect(await failure(list(client))).toMatchObject({ kind: 'aborted' });
  });

  it('while waiting to try again', async () => {
    const abort = new AbortController();
    const { server, client } = await start((_, response) => reply(response, {}, 503), {
      clock: {
        now: () => Date.now(),
        sleep: (_, signal) =>
          new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      },
    });
    const call = failure(list(client, abort.signal));
    await until(() => server.seen.length === 1);
    setImmediate(() => abort.abort());
    expect(await call).toMatchObject({ kind: 'aborted' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('cannot connect', () => {
  it('refused', async () => {
    const server = await serve(() => {});
    const { client, slept } = clientOf(server.port);
    await server.close();
    const error = await failure(client.call('ScaleService', scale));
    expect(error).toMatchObject({ kind: 'network', code: 'ECONNREFUSED', sent: 'no' });
    expect(error.message).toBe(`127.0.0.1:${server.port} refuses the connection`);
    expect(await failure(list(client))).toMatchObject({ kind: 'network' });
    expect(slept).toEqual([]);
    await client.close();
  });

  it('not TLS on the other side', async () => {
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const address = plain.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { client } = clientOf(0, { endpoint: `https://127.0.0.1:${port}` });
    const error = await failure(list(client));
    expect(error.kind).toBe('network');
    expect(error.message).toContain(`TLS of 127.0.0.1:${port}`);
    await client.close();
    plain.close();
  });

  it('with a key nobody could send', async () => {
    const { server, client } = await start((_, response) => reply(response, {}), {
      credentials: { describe: () => 'env', get: async () => ({ accessKeyId: 'id\n', accessKeySecret: 'sss-secret' }) },
    });
    expect(await failure(list(client))).toMatchObject({ kind: 'auth', code: 'MalformedKey' });
    expect(server.seen).toHaveLength(0);
  });
});

it('refuses endpoints that cannot be meant', () => {
  const make = (endpoint: string, allowHttp = false) =>
    createClient({
      endpoint,
      region: 'r',
      allowHttp,
      env: {},
      credentials: { describe: () => '', get: async () => keys },
    });
  expect(() => make('http://pai-eas.cn-shanghai.aliyuncs.com')).toThrow(/--allow-http/);
  expect(() => make('https://a:b@host')).toThrow(/no user or password/);
  expect(() => make('https://host/path')).toThrow(/leave out "\/path"/);
  expect(() => make('ftp://host')).toThrow(/only http and https/);
  expect(make('http://host', true).endpoint).toBe('host');
  expect(make('http://[::1]:8080').endpoint).toBe('[::1]:8080');
  expect(make('pai-eas.cn-shanghai.aliyuncs.com').endpoint).toBe('pai-eas.cn-shanghai.aliyuncs.com');
});

it('counts and reports each request', async () => {
  const events: CallEvent[] = [];
  let now = 1_000_000;
  const { server, client } = await start(
    (_, response) => (server.seen.length === 1 ? reply(response, {}, 500) : reply(response, { TotalCount: 0 })),
    { onCall: (event) => events.push(event), clock: { now: () => now, sleep: async () => {} } },
  );
  await list(client);
  expect(events).toMatchObject([
    { operation: 'ListServices', attempt: 0, status: 500, kind: 'server', bytes: 2 },
    { operation: 'ListServices', attempt: 1, status: 200, kind: undefined, bytes: 16 },
  ]);
  expect(client.calls.perMinute()).toBe(2);
  expect(client.calls.lastMs).toBeGreaterThan(0);
  now += 60_000;
  expect(client.calls.perMinute()).toBe(0);
});

/** Gzip whose last four bytes say another length than what it holds has. */
function lying(packed: Buffer, length: number): Buffer {
  packed.writeUInt32LE(length, packed.length - 4);
  return packed;
}
