import { describe, expect, it } from 'vitest';
import { openPoints, variantHelp } from '../../emulator/variants.ts';
import { type Setting, setUp } from './support.ts';

const mnist = { ServiceName: 'mnist_saved_model_example' };
const names = Object.keys(variantHelp);

async function reaches({ describe, clock }: Setting, name: string, goal: string): Promise<void> {
  let state = '';
  for (let i = 0; i < 120 && state !== goal; i++) {
    // Zeros may be left out.
    const { Status, RunningInstance = 0, TotalInstance = 0 } = await describe(name);
    state = `${Status} ${RunningInstance}/${TotalInstance}`;
    clock.advance(250);
  }
  expect(state).toBe(goal);
}

// What only a real account can settle. A point that is settled leaves this list together with its readings.
it('every open point has another reading', () => {
  expect(Object.keys(openPoints)).toEqual([
    'codes and HTTP statuses of refusals',
    'how much may be asked',
    'statuses of a service',
    'blue-green release',
    'weights and traffic states',
    'what an update does to a configuration',
    'scaling',
    'sizes of pages and what lists hold',
    'order and retention of logs and events',
    'version numbers',
    'sense of the Partition of a rollout',
    'what the safety lock blocks',
    'tokens and other texts of answers',
    'cores of a node',
  ]);
  for (const readings of Object.values(openPoints)) expect(Object.keys(readings).length).toBeGreaterThan(0);
});

describe('the usual orders reach their goal under every reading of the documentation', () => {
  it.each(names)('%s', async (variant) => {
    const setting = await setUp({ variants: [variant] });
    const { call, clock } = setting;
    await call('ScaleService', { ...mnist, Instance: 3 });
    clock.advance(6_000);
    await reaches(setting, mnist.ServiceName, 'Running 3/3');
    await call('StopService', mnist);
    clock.advance(6_000);
    await reaches(setting, mnist.ServiceName, 'Stopped 0/3');
    await call('StartService', mnist);
    clock.advance(8_000);
    await reaches(setting, mnist.ServiceName, 'Running 3/3');
    await call('RestartService', mnist);
    clock.advance(30_000);
    await reaches(setting, mnist.ServiceName, 'Running 3/3');
    await call('UpdateServiceVersion', { ...mnist, Version: 1 });
    clock.advance(30_000);
    await reaches(setting, mnist.ServiceName, 'Running 3/3');
    const seen = new Set<unknown>();
    for (let PageNumber = 1, last = false; !last; PageNumber++) {
      const { Services = [], PageSize = 0 } = await call('ListServices', { PageNumber, PageSize: 100 });
      for (const { ServiceName } of Services) seen.add(ServiceName);
      last = Services.length < PageSize;
    }
    expect(seen).toContain(mnist.ServiceName);
  });
});

describe('each reading shows', () => {
  const cases: Record<string, (setting: Setting) => Promise<void>> = {
    'page-size-clamped=4': async ({ call }) => {
      const answer = await call('ListServices', { PageSize: 100 });
      expect([answer.PageSize, answer.Services?.length, Number(answer.TotalCount) > 10]).toEqual([4, 4, true]);
    },
    'page-size-refused': async ({ call }) => {
      await call('ListServices', { PageSize: 100 });
      await expect(call('ListServices', { PageSize: 101 })).rejects.toMatchObject({ code: 'InvalidParameter' });
    },
    'status-lag=2': async ({ call, describe }) => {
      await call('StopService', mnist);
      const seen = [];
      for (let i = 0; i < 3; i++) seen.push((await describe(mnist.ServiceName)).Status);
      expect(seen).toEqual(['Running', 'Running', 'Stopping']);
    },
    'lock-error-code=OperationDenied.Lock': async ({ call }) => {
      const stop = call('StopService', { ServiceName: 'llm_qwen_chat' });
      await expect(stop).rejects.toMatchObject({ code: 'OperationDenied.Lock', statusCode: 403 });
    },
    'lock-error-status=409': async ({ call }) => {
      const stop = call('StopService', { ServiceName: 'llm_qwen_chat' });
      await expect(stop).rejects.toMatchObject({ statusCode: 409 });
    },
    'lock-dangerous-all': async ({ call }) => {
      const scale = call('ScaleService', { ServiceName: 'llm_qwen_chat', Instance: 1 });
      await expect(scale).rejects.toMatchObject({ statusCode: 403 });
    },
    'version-order-asc': async ({ call }) => {
      const { Versions = [] } = await call('ListServiceVersions', mnist);
      expect(Versions.map(({ ImageId }) => ImageId)).toEqual([1, 2, 3]);
    },
    'version-image-id': async ({ call }) => {
      const { Versions = [] } = await call('ListServiceVersions', mnist);
      expect(Versions.some(({ ImageId }) => Number(ImageId) <= 3)).toBe(false);
    },
    'version-bound-current': async ({ call, clock }) => {
      await call('UpdateServiceVersion', { ...mnist, Version: 1 });
      clock.advance(60_000);
      await expect(call('UpdateServiceVersion', { ...mnist, Version: 2 })).rejects.toMatchObject({ statusCode: 400 });
    },
    'no-blue-green-extra-data': async ({ describe }) => {
      expect((await describe('savedmodel_example')).ExtraData).toBe('{}');
    },
    'blue-green-refused': async ({ call }) => {
      const body = JSON.stringify({ name: mnist.ServiceName, metadata: { release: true } });
      await expect(call('CreateService', { body })).rejects.toMatchObject({ statusCode: 400 });
    },
    'blue-green-suffix=green': async ({ call }) => {
      const body = JSON.stringify({ name: mnist.ServiceName, metadata: { release: true } });
      expect((await call('CreateService', { body })).ServiceName).toBe(`${mnist.ServiceName}green`);
    },
    'blue-green-any-name': async ({ call }) => {
      const body = JSON.stringify({ name: 'not_there_yet', metadata: { release: true } });
      expect((await call('CreateService', { body })).ServiceName).toBe('not_there_yet');
    },
    'weight-null': async ({ describe }) => {
      expect((await describe(mnist.ServiceName)).Weight).toBeNull();
      expect((await describe('savedmodel_example')).Weight).toBe(80);
    },
    'weight-100': async ({ describe }) => expect((await describe(mnist.ServiceName)).Weight).toBe(100),
    'weight-minus-one': async ({ describe }) => expect((await describe(mnist.ServiceName)).Weight).toBe(-1),
    'weight-1000': async ({ describe }) => expect((await describe(mnist.ServiceName)).Weight).toBe(1000),
    'traffic-state-capital': async ({ describe }) => {
      expect((await describe(mnist.ServiceName)).TrafficState).toBe('Standalone');
    },
    'token-missing': async ({ describe }) => expect((await describe(mnist.ServiceName)).AccessToken).toBeUndefined(),
    'log-order-desc': async ({ call }) => {
      const { Logs = [] } = await call('DescribeServiceLog', { ServiceName: 'speech_asr' });
      const times = Logs.map((line) => /\[(\d{4}-[^\]]+)\]/.exec(line)?.[1] ?? '');
      expect(times).toEqual(times.toSorted().reverse());
    },
    'log-keyword-range': async ({ call }) => {
      const range = { StartTime: '2020-01-01 00:00:00' };
      expect((await call('DescribeServiceLog', { ...mnist, ...range, Keyword: 'POST' })).TotalCount).toBe(0);
      expect(Number((await call('DescribeServiceLog', { ...mnist, Keyword: 'POST' })).TotalCount)).toBeGreaterThan(0);
    },
    'event-time-rfc3339': async ({ call }) => {
      const { Events = [] } = await call('DescribeServiceEvent', { ServiceName: 'fraud_detect' });
      expect(Events[0]?.Time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    },
    'event-version-text': async ({ call }) => {
      const { Events = [] } = await call('DescribeServiceEvent', { ServiceName: 'fraud_detect' });
      expect(JSON.parse(String(Events[0]?.Message)).versionId).toBe('1');
    },
    'event-message-cut': async ({ call }) => {
      const { Events = [] } = await call('DescribeServiceEvent', { ServiceName: 'fraud_detect' });
      expect(() => JSON.parse(String(Events[0]?.Message))).toThrow();
    },
    'update-merge-shallow': async ({ call, describe }) => {
      await call('UpdateService', { ...mnist, body: '{"metadata":{"cpu":2,"instance":1}}' });
      const { ServiceConfig } = await describe(mnist.ServiceName);
      expect(JSON.parse(String(ServiceConfig)).metadata).toEqual({ cpu: 2, instance: 1 });
    },
    'update-null-deletes': async ({ call, describe }) => {
      await call('UpdateService', { ...mnist, body: '{"processor":null}' });
      const { ServiceConfig } = await describe(mnist.ServiceName);
      expect(JSON.parse(String(ServiceConfig))).not.toHaveProperty('processor');
    },
    'scale-leaves-config': async ({ call, describe }) => {
      await call('ScaleService', { ...mnist, Instance: 5 });
      const { ServiceConfig, TotalInstance } = await describe(mnist.ServiceName);
      expect([JSON.parse(String(ServiceConfig)).metadata.instance, TotalInstance]).toEqual([2, 5]);
    },
    'scale-stopped-allowed': async ({ call, describe }) => {
      await call('ScaleService', { ServiceName: 'nightly_report_scorer', Instance: 1 });
      expect(await describe('nightly_report_scorer')).toMatchObject({ Status: 'Stopped', TotalInstance: 1 });
    },
    'rollout-partition-updates': async ({ call, clock, describe }) => {
      const base = { ServiceName: 'rec_rank_base' };
      await call('CreateServiceRollout', { ...base, Partition: { Partition: '2' } });
      await call('UpdateService', { ...base, body: '{"metadata":{"cpu":1}}' });
      for (let i = 0; i < 60; i++) {
        clock.advance(1_000);
        await describe('rec_rank_base');
      }
      expect((await call('DescribeServiceRollout', base)).Rollout?.Status?.UpdatedReplicas).toBe(2);
    },
    'not-found-400': async ({ describe }) => {
      await expect(describe('nobody')).rejects.toMatchObject({ code: 'InvalidService.NotFound', statusCode: 400 });
    },
    'throttle-code=Throttling': async ({ call, emulator }) => {
      emulator.faults.set(['throttle']);
      await expect(call('ListServices', {})).rejects.toMatchObject({ code: 'Throttling', statusCode: 429 });
    },
    'throttle-status=503': async ({ call, emulator }) => {
      emulator.faults.set(['throttle']);
      await expect(call('ListServices', {})).rejects.toMatchObject({ code: 'Throttling.User', statusCode: 503 });
    },
    'denied-code=NoPermission': async ({ call, emulator }) => {
      emulator.faults.set(['denied']);
      await expect(call('ListServices', {})).rejects.toMatchObject({ code: 'NoPermission', statusCode: 403 });
    },
    'denied-status=400': async ({ call, emulator }) => {
      emulator.faults.set(['denied']);
      await expect(call('ListServices', {})).rejects.toMatchObject({ code: 'Forbidden.RAM', statusCode: 400 });
    },
    'throttle-reads=3': async ({ call }) => {
      for (let read = 0; read < 3; read++) await call('ListServices', {});
      await expect(call('ListServices', {})).rejects.toMatchObject({ code: 'Throttling.User', statusCode: 429 });
      // Writes are not counted.
      await call('StopService', mnist);
    },
    'exists-error-code=ServiceNameDuplicated': async ({ call }) => {
      const create = call('CreateService', { body: JSON.stringify({ name: mnist.ServiceName, metadata: {} }) });
      await expect(create).rejects.toMatchObject({ code: 'ServiceNameDuplicated', statusCode: 409 });
    },
    'exists-error-status=400': async ({ call }) => {
      const create = call('CreateService', { body: JSON.stringify({ name: mnist.ServiceName, metadata: {} }) });
      await expect(create).rejects.toMatchObject({ code: 'ServiceAlreadyExists', statusCode: 400 });
    },
    'state-error-code=IncorrectStatus': async ({ call }) => {
      await expect(call('StartService', mnist)).rejects.toMatchObject({ code: 'IncorrectStatus', statusCode: 400 });
    },
    'state-error-status=409': async ({ call }) => {
      await expect(call('StartService', mnist)).rejects.toMatchObject({ statusCode: 409 });
    },
    'log-retention=2': async ({ call }) => {
      const all = Number((await call('DescribeServiceLog', mnist)).TotalCount);
      // Two workers, a line every three seconds.
      expect(all).toBeLessThanOrEqual(2 * 41);
      expect(all).toBeGreaterThan(2 * 30);
    },
    'autoscaler-empty': async ({ call }) => {
      expect(await call('DescribeServiceAutoScaler', mnist)).toMatchObject({ MinReplica: 0, MaxReplica: 0 });
    },
    'stop-message-sdk': async ({ call }) => {
      expect((await call('StopService', mnist)).Message).toBe(`Succeed to auto scale service [${mnist.ServiceName}]`);
    },
    'restart-running': async ({ call, watch }) => {
      await call('RestartService', mnist);
      expect(await watch(mnist.ServiceName, 20)).toEqual(['Running 2/2']);
    },
    'delete-lingers': async ({ call, clock, describe }) => {
      await call('DeleteService', mnist);
      clock.advance(10_000);
      const seen = [];
      for (let i = 0; i < 4; i++) seen.push((await call('ListServices', { Filter: 'mnist' })).TotalCount);
      expect(seen).toEqual([1, 1, 1, 0]);
      await expect(describe(mnist.ServiceName)).rejects.toMatchObject({ code: 'InvalidService.NotFound' });
    },
    'list-misses': async ({ call }) => {
      const seen = [];
      for (let i = 0; i < 4; i++) seen.push((await call('ListServices', {})).Services?.length);
      expect(seen).toEqual([15, 15, 14, 15]);
    },
    'status-unknown': async ({ describe }) => {
      expect(await describe('image_search_faiss')).toMatchObject({ Status: 'Rescheduling', Reason: 'RESCHEDULING' });
      expect(await describe(mnist.ServiceName)).toMatchObject({ Status: 'Running' });
    },
    'empty-omitted': async ({ describe }) => {
      const service = await describe(mnist.ServiceName);
      expect(Object.values(service).filter((value) => value === '')).toEqual([]);
      expect(service).not.toHaveProperty('Resource');
    },
    'reserved-core-used': async ({ call, emulator }) => {
      const [group] = [...emulator.model.resources.values()].filter(({ nodes }) => nodes.length > 0);
      const { Instances = [] } = await call('ListResourceInstances', { ResourceId: group?.id ?? '' });
      for (const node of group?.nodes ?? []) {
        const asked = [...node.placed.values()].reduce((sum, { cpu }) => sum + cpu, 0);
        const row = Instances.find(({ InstanceId }) => InstanceId === node.id);
        expect(row?.InstanceUsedCpu).toBe(asked + 1);
      }
    },
    'hostile-text': async ({ call }) => {
      const { Services = [] } = await call('ListServices', { Filter: 'hostile' });
      expect(Services.some(({ Message }) => Message?.includes('\u001b'))).toBe(true);
    },
  };

  it('all of them', () => {
    expect(
      Object.keys(cases)
        .map((spec) => spec.split('=')[0])
        .sort(),
    ).toEqual(names.toSorted());
  });
  it.each(Object.keys(cases))('%s', async (spec) => {
    await cases[spec]?.(await setUp({ variants: [spec] }));
  });
});
