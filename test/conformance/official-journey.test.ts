import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, createClock } from '../../emulator/clock.ts';
import { createEmulator, type Emulator } from '../../emulator/server.ts';
import { createOfficialClient } from './official-client.ts';

let emulator: Emulator | undefined;
afterEach(() => emulator?.close());

async function start(clock: Clock = createClock({ manual: true })) {
  emulator = await createEmulator({ clock, seed: 7, strict: true });
  return { emulator, clock, call: createOfficialClient(emulator.endpoint, emulator) };
}

const name = { ClusterId: 'cn-shanghai', ServiceName: 'mnist_saved_model_example' };

describe('the official client as a user of the emulator', () => {
  it('lists and describes services', async () => {
    const { call } = await start();
    const { body } = await call('ListServices', { PageNumber: 1, PageSize: 100 });
    const services = body.Services as Record<string, unknown>[];
    expect(body.TotalCount).toBe(services.length);
    expect(new Set(services.map(({ Status }) => Status))).toEqual(
      new Set(['Running', 'Waiting', 'Failed', 'Stopped', 'Scaling']),
    );
    const { body: service } = await call('DescribeService', name);
    expect(service).toMatchObject({ ServiceName: 'mnist_saved_model_example', Status: 'Running', TotalInstance: 2 });
    expect(JSON.parse(String(service.ServiceConfig))).toMatchObject({ metadata: { instance: 2 } });
  });

  it('scales, and sees the workers start one by one', async () => {
    const { call, clock } = await start();
    const { body } = await call('ScaleService', { ...name, Instance: 5 });
    expect(body.Message).toBe('Service [mnist_saved_model_example] in region [cn-shanghai] is scaling');
    const seen: unknown[] = [];
    for (let step = 0; step < 24; step++) {
      const { body: now } = await call('DescribeService', name);
      const state = `${now.Status} ${now.RunningInstance}/${now.TotalInstance}`;
      if (seen.at(-1) !== state) seen.push(state);
      clock.advance(500);
    }
    expect(seen).toEqual(['Scaling 2/5', 'Scaling 3/5', 'Scaling 4/5', 'Running 5/5']);
    const { body: workers } = await call('ListServiceInstances', { ...name });
    expect((workers.Instances as { Status: string }[]).map(({ Status }) => Status)).toEqual(Array(5).fill('Running'));
  });

  it('stops and starts', async () => {
    const { call, clock } = await start();
    await call('StopService', name);
    expect((await call('DescribeService', name)).body.Status).toBe('Stopping');
    clock.advance(5_000);
    expect((await call('DescribeService', name)).body).toMatchObject({ Status: 'Stopped', RunningInstance: 0 });
    const { body } = await call('StartService', name);
    expect(body.Message).toBe('Service [mnist_saved_model_example] in region [cn-shanghai] is starting');
    expect((await call('DescribeService', name)).body.Status).toBe('Starting');
    clock.advance(1_000);
    expect((await call('DescribeService', name)).body).toMatchObject({ Status: 'Waiting', PendingInstance: 2 });
    clock.advance(10_000);
    expect((await call('DescribeService', name)).body).toMatchObject({ Status: 'Running', RunningInstance: 2 });
  });

  it('reads refusals as the official exceptions', async () => {
    const { call } = await start();
    await expect(call('DescribeService', { ...name, ServiceName: 'nobody' })).rejects.toMatchObject({
      code: 'InvalidService.NotFound',
      statusCode: 404,
    });
    emulator?.faults.set(['throttle=1500']);
    await expect(call('DescribeService', name)).rejects.toMatchObject({ code: 'Throttling.User', retryAfter: 1500 });
  });

  it('is let in with an STS key and its token', async () => {
    const { emulator } = await start();
    const call = createOfficialClient(emulator.endpoint, emulator.sts);
    expect((await call('DescribeService', name)).status).toBe(200);
  });
});
