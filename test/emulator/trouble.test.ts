import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Control, createControl } from './control-client.ts';
import { signedFetch } from './signed-fetch.ts';
import { setUp } from './support.ts';

const list = '/api/v2/services';

describe('faults', () => {
  it('strike the named operation so many times', async () => {
    const { emulator, call, describe } = await setUp({ faults: ['throttle=700:ListServices:2'] });
    const throttled = { code: 'Throttling.User', statusCode: 429, retryAfter: 700 };
    await expect(call('ListServices', {})).rejects.toMatchObject(throttled);
    await describe('speech_asr');
    await expect(call('ListServices', {})).rejects.toMatchObject(throttled);
    await call('ListServices', {});
    expect(emulator.faults.list()).toEqual([{ spec: 'throttle=700:ListServices:2', left: 0, struck: 2 }]);
  });

  it('throttling without a time, server errors, denial, a conflict, an expired token', async () => {
    const { emulator, call } = await setUp();
    const cases = [
      ['throttle', 429, 'Throttling.User'],
      ['5xx', 503, 'ServiceUnavailable'],
      ['5xx=500', 500, 'InternalError'],
      ['denied', 403, 'Forbidden.RAM'],
      ['conflict', 409, 'Conflict'],
      ['expired', 400, 'InvalidSecurityToken.Expired'],
      ['skew', 400, 'InvalidTimeStamp.Expired'],
    ] as const;
    for (const [spec, statusCode, code] of cases) {
      emulator.faults.set([spec]);
      await expect(call('ListServices', {})).rejects.toMatchObject({ statusCode, code });
    }
    emulator.faults.set(['throttle']);
    const { headers } = await signedFetch(emulator, 'ListServices', list);
    expect(headers.has('x-acs-retry-after')).toBe(false);
    emulator.faults.set(['denied']);
    const denied = (await (await signedFetch(emulator, 'ListServices', list)).json()) as Record<string, object>;
    expect(denied.AccessDeniedDetail).toMatchObject({ AuthAction: 'eas:ListServices' });
  });

  it('garbage, half JSON and a proxy page come as they say', async () => {
    const { emulator } = await setUp();
    const text = async (spec: string) => {
      emulator.faults.set([spec]);
      const response = await signedFetch(emulator, 'ListServices', list);
      return [response.status, await response.text()] as const;
    };
    const [garbageStatus, garbage] = await text('garbage');
    expect(garbageStatus).toBe(200);
    expect(() => JSON.parse(garbage)).toThrow();
    const [, half] = await text('half-json');
    expect(half.startsWith('{')).toBe(true);
    expect(() => JSON.parse(half)).toThrow();
    expect(await text('html')).toEqual([502, expect.stringContaining('<h1>502')]);
  });

  it('reset breaks in the middle of the body, lost before it, but the work is done', async () => {
    const { emulator, describe } = await setUp({ faults: ['reset:ListServices'] });
    const response = await signedFetch(emulator, 'ListServices', list);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    emulator.faults.set(['lost:ScaleService']);
    const path = `${list}/cn-shanghai/speech_asr/scale`;
    await expect(
      signedFetch(emulator, 'ScaleService', path, { method: 'PUT', body: '{"Instance":3}' }),
    ).rejects.toThrow();
    emulator.faults.set([]);
    expect((await describe('speech_asr')).TotalInstance).toBe(3);
    expect(emulator.requests().find(({ operation }) => operation === 'ScaleService')?.status).toBe(0);
  });

  it('stall sends a part and then nothing, silent nothing at all', async () => {
    const { emulator } = await setUp({ faults: ['stall'] });
    const first = await signedFetch(emulator, 'ListServices', list, { signal: AbortSignal.timeout(400) });
    await expect(first.text()).rejects.toMatchObject({ name: 'TimeoutError' });
    emulator.faults.set(['silent']);
    const second = signedFetch(emulator, 'ListServices', list, { signal: AbortSignal.timeout(400) });
    await expect(second).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('latency waits, shrinking loses rows, huge is huge', async () => {
    const { emulator, call } = await setUp();
    emulator.faults.set(['latency=250']);
    const before = performance.now();
    await call('ListServices', {});
    expect(performance.now() - before).toBeGreaterThanOrEqual(245);
    emulator.faults.set(['shrinking:ListServices']);
    const counts: number[] = [];
    for (let i = 0; i < 3; i++) counts.push((await call('ListServices', {})).Services?.length ?? 0);
    expect(counts).toEqual([14, 13, 12]);
    emulator.faults.set(['huge=2:ListServices']);
    const size = (await (await signedFetch(emulator, 'ListServices', list)).text()).length;
    expect(size).toBeGreaterThan(2 * 1024 * 1024);
  });
});

describe('the wire', () => {
  it('zips only large answers and only when asked to', async () => {
    const { emulator } = await setUp();
    const encoding = async (path: string, action: 'ListServices' | 'DescribeServiceMirror', asked: string) => {
      const headers = { 'accept-encoding': asked };
      const response = await signedFetch(emulator, action, path, { headers });
      await response.arrayBuffer();
      return response.headers.get('content-encoding');
    };
    expect(await encoding(list, 'ListServices', 'gzip')).toBe('gzip');
    expect(await encoding(list, 'ListServices', 'identity')).toBeNull();
    expect(await encoding(`${list}/cn-shanghai/speech_asr/mirror`, 'DescribeServiceMirror', 'gzip')).toBeNull();
  });

  it('refuses unknown parameters when strict, drops them otherwise', async () => {
    const path = `${list}?Colour=blue`;
    const status = async (strict: boolean) => {
      const { emulator } = await setUp({ strict });
      return (await signedFetch(emulator, 'ListServices', path)).status;
    };
    expect([await status(true), await status(false)]).toEqual([400, 200]);
  });

  it('names of any kind come back as they went', async () => {
    const { emulator, describe } = await setUp({ variants: ['hostile-text'] });
    const names = [...emulator.model.services.keys()].filter((name) => name.startsWith('hostile'));
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect((await describe(name)).ServiceName).toBe(name);
  });

  it('10,000 services: up in a moment, a page in milliseconds', async () => {
    const before = performance.now();
    const { emulator, call } = await setUp({ services: 10_000 });
    expect(performance.now() - before).toBeLessThan(3_000);
    expect(await call('ListServices', { PageSize: 1 })).toMatchObject({ TotalCount: 10_000 });
    const seen = new Set<unknown>();
    for (let PageNumber = 1; PageNumber <= 100; PageNumber++) {
      const { Services = [] } = await call('ListServices', { PageNumber, PageSize: 100 });
      for (const row of Services) seen.add(row.ServiceId);
    }
    expect(seen.size).toBe(10_000);
    const times: number[] = [];
    for (let i = 0; i < 20; i++) {
      const start = performance.now();
      await (await signedFetch(emulator, 'ListServices', `${list}?PageNumber=50&PageSize=100`)).arrayBuffer();
      times.push(performance.now() - start);
    }
    expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(40);
    expect(
      (await call('ListServiceInstances', { ServiceName: String([...emulator.model.services.keys()].at(-1)) }))
        .PageNumber,
    ).toBe(1);
  });
});

describe('the control door', () => {
  const open = async () => {
    const setting = await setUp();
    return { ...setting, control: createControl(setting.emulator.control.url) };
  };

  it('is shut without the token', async () => {
    const { emulator } = await open();
    const response = await fetch(`${emulator.endpoint}/_emulator/wrong/requests`);
    expect(response.status).toBe(403);
  });

  it('moves the clock, sets faults and variants, forces statuses and crashes', async () => {
    const { control, call, describe, clock } = await open();
    const before = clock.now();
    await control('PUT', 'clock', { advanceMs: 60_000 });
    expect(clock.now() - before).toBe(60_000);
    await control('PUT', 'faults', { faults: ['5xx:ListServices:1'] });
    await expect(call('ListServices', {})).rejects.toMatchObject({ statusCode: 503 });
    await control('PUT', 'variants', { variants: ['weight-null'] });
    expect((await describe('speech_asr')).Weight).toBeNull();
    await control('POST', 'services/speech_asr', { status: 'Reticulating', message: 'splines' });
    expect(await describe('speech_asr')).toMatchObject({
      Status: 'Reticulating',
      Reason: 'RETICULATING',
      Message: 'splines',
    });
    const row = (await call('ListServiceInstances', { ServiceName: 'speech_asr' })).Instances?.[0];
    await control('POST', `services/speech_asr/instances/${row?.InstanceName}`, { crash: 'oom' });
    const after = (await call('ListServiceInstances', { ServiceName: 'speech_asr' })).Instances ?? [];
    expect(after.find(({ InstanceName }) => InstanceName === row?.InstanceName)).toMatchObject({ Reason: 'OOMKilled' });
    const { requests } = (await control('GET', 'requests')) as { requests: { operation: string; status: number }[] };
    expect(requests.map(({ operation, status }) => `${operation} ${status}`)).toContain('ListServices 503');
  });

  it('refuses what it does not understand, and keeps what was', async () => {
    const { control, emulator } = await open();
    emulator.faults.set(['latency=1']);
    const wrong: [Parameters<Control>[0], string, object][] = [
      ['PUT', 'faults', { faults: ['explode'] }],
      ['PUT', 'faults', { faults: 'throttle' }],
      ['PUT', 'variants', { variants: ['nonsense'] }],
      ['PUT', 'clock', { advanceMs: -1 }],
      ['POST', 'services/nobody', { status: 'Running' }],
      ['GET', 'unicorns', {}],
    ];
    for (const [method, path, body] of wrong) {
      await expect(control(method, path, body)).rejects.toThrow(/^(400|404)/);
    }
    expect(emulator.faults.list().map(({ spec }) => spec)).toEqual(['latency=1']);
  });

  it('closes idle connections after the time it is told', async () => {
    const { control, emulator } = await open();
    await control('PUT', 'connections', { keepAliveMs: 60 });
    const { hostname, port } = new URL(emulator.endpoint);
    const socket = connect(Number(port), hostname);
    socket.write('GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.resume();
    await once(socket, 'data');
    const answered = performance.now();
    await once(socket, 'close');
    // Node's usual 5 seconds would be far off.
    expect(performance.now() - answered).toBeLessThan(3_000);
  });
});
