import { describe, expect, it } from 'vitest';
import { setUp } from './support.ts';

describe('blue-green', () => {
  const blue = 'savedmodel_example';
  const green = 'savedmodel_example_9c16a222';

  it('a pair names both on both, and a release shares the traffic', async () => {
    const { call, describe } = await setUp();
    for (const name of [blue, green]) {
      expect(JSON.parse(String((await describe(name)).ExtraData))).toEqual({ blue_green_services: [blue, green] });
    }
    const { Message } = await call('ReleaseService', { ServiceName: green, Weight: 35 });
    expect(Message).toBe(
      `Releasing service [${green}] in region [cn-shanghai] with weight [35], service status: [Running]`,
    );
    expect([(await describe(blue)).Weight, (await describe(green)).Weight]).toEqual([65, 35]);
    // Released: the entry of the older one serves both.
    expect((await describe(green)).IntranetEndpoint).toBe((await describe(blue)).IntranetEndpoint);
    await expect(call('ReleaseService', { ServiceName: green, Weight: 101 })).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it('metadata.release makes the second of a pair under a name with a suffix', async () => {
    const { call, describe, watch } = await setUp();
    const name = 'mnist_saved_model_example';
    const body = JSON.stringify({ name, metadata: { release: true, instance: 1, cpu: 1, memory: 1000 } });
    const { ServiceName = '' } = await call('CreateService', { body });
    expect(ServiceName).toMatch(/^mnist_saved_model_example_[0-9a-f]{8}$/);
    expect((await watch(ServiceName, 12)).at(-1)).toBe('Running 1/1');
    expect([(await describe(name)).Weight, (await describe(ServiceName)).Weight]).toEqual([100, 0]);
    await expect(call('CreateService', { body })).rejects.toMatchObject({ statusCode: 409 });
    const alone = JSON.stringify({ name: 'nobody_here', metadata: { release: true } });
    await expect(call('CreateService', { body: alone })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('deleting one gives all traffic to the other', async () => {
    const { call, describe, clock, emulator } = await setUp();
    await call('DeleteService', { ServiceName: green });
    clock.advance(5_000);
    const left = await describe(blue);
    expect([left.ExtraData, emulator.model.services.get(blue)?.weight]).toEqual(['{}', 100]);
  });
});

describe('groups', () => {
  it('come with their first service and go with their last', async () => {
    const { call, clock } = await setUp();
    const body = (name: string) =>
      JSON.stringify({ name, metadata: { instance: 1, cpu: 1, memory: 1000, group: 'new_group' } });
    await call('CreateService', { body: body('group_one') });
    await call('CreateService', { body: body('group_two') });
    expect((await call('DescribeGroup', { GroupName: 'new_group' })).TrafficMode).toBe('auto');
    expect((await call('ListServices', { GroupName: 'new_group' })).TotalCount).toBe(2);
    await call('DeleteService', { ServiceName: 'group_one' });
    clock.advance(5_000);
    expect((await call('ListGroups', { Filter: 'new' })).TotalCount).toBe(1);
    await call('DeleteService', { ServiceName: 'group_two' });
    clock.advance(5_000);
    await expect(call('DescribeGroup', { GroupName: 'new_group' })).rejects.toMatchObject({ statusCode: 404 });
  });

  it('are deleted with members only when asked to', async () => {
    const { call, clock } = await setUp();
    await expect(call('DeleteGroup', { GroupName: 'rec_rank' })).rejects.toMatchObject({ statusCode: 400 });
    await call('DeleteGroup', { GroupName: 'rec_rank', CascadeDelete: 'true' });
    clock.advance(5_000);
    expect((await call('ListServices', { Filter: 'rec_rank' })).TotalCount).toBe(0);
    expect((await call('ListGroups', {})).TotalCount).toBe(0);
  });

  it('take traffic mode and TrafficState', async () => {
    const { call, describe } = await setUp();
    await call('UpdateGroup', { GroupName: 'rec_rank', TrafficMode: 'auto' });
    expect((await call('ListGroups', { TrafficMode: 'auto' })).Groups?.[0]?.Name).toBe('rec_rank');
    await call('ReleaseService', { ServiceName: 'rec_rank_exp', TrafficState: 'Standalone' });
    expect((await describe('rec_rank_exp')).TrafficState).toBe('standalone');
    const { Endpoints = [] } = await call('DescribeServiceEndpoints', { ServiceName: 'rec_rank_exp' });
    expect(Endpoints.map(({ PathType }) => PathType)).toEqual(['Service', 'Group']);
  });
});

describe('the safety lock', () => {
  const llm = { ServiceName: 'llm_qwen_chat' };

  it('dangerous blocks stop and delete; all blocks the rest; none nothing', async () => {
    const { call } = await setUp();
    const locked = { code: 'Forbidden.SafetyLock', statusCode: 403 };
    await expect(call('StopService', llm)).rejects.toMatchObject(locked);
    await expect(call('DeleteService', llm)).rejects.toMatchObject(locked);
    await call('RestartService', llm);
    expect((await call('UpdateServiceSafetyLock', { ...llm, Lock: 'all' })).Message).toBe(
      'service safety lock updated to all',
    );
    await expect(call('ScaleService', { ...llm, Instance: 1 })).rejects.toMatchObject(locked);
    await expect(call('UpdateService', { ...llm, body: '{"metadata":{"cpu":1}}' })).rejects.toMatchObject(locked);
    await call('UpdateServiceSafetyLock', { ...llm, Lock: 'none' });
    await call('DeleteService', llm);
    await expect(call('UpdateServiceSafetyLock', { ...llm, Lock: 'some' })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('labels are set and deleted, and lists are filtered by them', async () => {
    const { call } = await setUp();
    await call('UpdateServiceLabel', { ...llm, Labels: { owner: 'li', stage: 'test' } });
    expect((await call('ListServices', { Label: { owner: 'li', stage: 'test' } })).TotalCount).toBe(1);
    await call('DeleteServiceLabel', { ...llm, LabelKeys: ['owner'] });
    expect((await call('ListServices', { Label: { owner: 'li' } })).TotalCount).toBe(0);
  });
});

describe('update plans', () => {
  const base = { ServiceName: 'rec_rank_base' };
  const phase = async (call: Awaited<ReturnType<typeof setUp>>['call']) => {
    const { Rollout } = await call('DescribeServiceRollout', base);
    return `${Rollout?.Status?.Phase} ${Rollout?.Status?.UpdatedReplicas}/${Rollout?.Status?.TotalReplicas}`;
  };

  it('keeps as many old workers as the partition says, until it is 0', async () => {
    const { call, clock } = await setUp();
    await expect(call('DescribeServiceRollout', base)).rejects.toMatchObject({ statusCode: 404 });
    await call('CreateServiceRollout', { ...base, Partition: { Partition: '2' } });
    expect(await phase(call)).toBe('Pending 0/3');
    await call('UpdateService', { ...base, body: '{"metadata":{"cpu":1}}' });
    clock.advance(30_000);
    expect(await phase(call)).toBe('Running 1/3');
    const rows = (await call('ListServiceInstances', base)).Instances ?? [];
    expect(rows.filter(({ IsLatest }) => IsLatest)).toHaveLength(1);
    expect((await call('UpdateServiceRollout', { ...base, Partition: { Partition: '0%' } })).Message).toBe(
      'Rollout updated successfully',
    );
    for (let i = 0; i < 60; i++) {
      clock.advance(1_000);
      await call('DescribeService', base);
    }
    expect(await phase(call)).toBe('Completed 3/3');
  });

  it('goes on batch by batch and stands still while paused', async () => {
    const { call, clock } = await setUp();
    await call('CreateServiceRollout', { ...base, Batch: { BatchSize: '1', Interval: '60s' } });
    await call('UpdateService', { ...base, body: '{"metadata":{"cpu":1}}' });
    const wait = async (seconds: number) => {
      for (let i = 0; i < seconds; i++) {
        clock.advance(1_000);
        await call('DescribeService', base);
      }
    };
    await wait(40);
    expect(await phase(call)).toBe('Running 1/3');
    expect((await call('UpdateServiceRollout', { ...base, Paused: true })).Message).toBe('Rollout paused successfully');
    await wait(180);
    expect(await phase(call)).toBe('Paused 1/3');
    expect((await call('UpdateServiceRollout', { ...base, Paused: false })).Message).toBe(
      'Rollout resumed successfully',
    );
    await wait(180);
    expect(await phase(call)).toBe('Completed 3/3');
  });

  it('only services created for it have one, and one kind at a time', async () => {
    const { call } = await setUp();
    const both = { Partition: { Partition: '1' }, Batch: { BatchSize: '1' } };
    await expect(call('CreateServiceRollout', { ...base, ...both })).rejects.toMatchObject({ statusCode: 400 });
    const other = { ServiceName: 'speech_asr', Partition: { Partition: '1' } };
    await expect(call('CreateServiceRollout', other)).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('the autoscaler', () => {
  const ctr = { ServiceName: 'ctr_deepfm' };

  it('leaves a fitting number alone and takes back what somebody else scaled', async () => {
    const { call, watch, describe, clock } = await setUp();
    expect(await watch('ctr_deepfm', 120)).toEqual(['Running 3/3']);
    await call('ScaleService', { ...ctr, Instance: 5 });
    expect((await watch('ctr_deepfm', 20)).at(-1)).toBe('Running 5/5');
    for (let i = 0; i < 120; i++) {
      clock.advance(1_000);
      await describe('ctr_deepfm');
    }
    expect(await describe('ctr_deepfm')).toMatchObject({ Status: 'Running', TotalInstance: 3 });
    const { Events = [] } = await call('DescribeServiceEvent', ctr);
    expect(Events.some(({ Reason }) => Reason === 'AutoScaling')).toBe(true);
  });

  it('is described in upper case, updated, deleted and then not there', async () => {
    const { call, describe, watch } = await setUp();
    const { ScaleStrategies, MinReplica, CurrentMetrics } = await call('DescribeServiceAutoScaler', ctr);
    expect([ScaleStrategies?.[0]?.metricName, MinReplica]).toEqual(['QPS', 2]);
    expect(CurrentMetrics?.[0]?.value).toBeCloseTo(96.7, 1);
    const scaleStrategies = [{ metricName: 'qps', threshold: 50 }];
    await call('UpdateServiceAutoScaler', { ...ctr, min: 2, max: 8, scaleStrategies });
    expect((await watch('ctr_deepfm', 40)).at(-1)).toBe('Running 6/6');
    await expect(call('UpdateServiceAutoScaler', { ...ctr, min: 5, max: 5, scaleStrategies })).rejects.toMatchObject({
      statusCode: 400,
    });
    await call('DeleteServiceAutoScaler', ctr);
    expect((await describe('ctr_deepfm')).AutoscalerEnabled).toBe(false);
    await expect(call('DescribeServiceAutoScaler', ctr)).rejects.toMatchObject({ statusCode: 404 });
  });
});
