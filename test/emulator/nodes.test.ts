import { describe, expect, it } from 'vitest';
import { type Setting, setUp } from './support.ts';

async function group({ call }: Setting, ResourceName: string) {
  const { Resources = [] } = await call('ListResources', { ResourceName });
  const ResourceId = String(Resources[0]?.ResourceId);
  const nodes = async () => (await call('ListResourceInstances', { ResourceId, Order: 'asc' })).Instances ?? [];
  const workers = async (InstanceName: string) =>
    (await call('ListResourceInstanceWorker', { ResourceId, InstanceName })).Pods ?? [];
  return { ResourceId, row: Resources[0], nodes, workers };
}

describe('resource groups and nodes', () => {
  it('what is used is what the workers on the nodes ask for', async () => {
    const setting = await setUp();
    for (const name of ['gpu_a10_prod', 'online_cpu', 'spare_pool']) {
      const { nodes, workers, row } = await group(setting, name);
      let [cpu, gpu, memory] = [0, 0, 0];
      for (const node of await nodes()) {
        const pods = await workers(String(node.InstanceName));
        const sum = (field: 'CpuRequest' | 'GpuRequest' | 'MemoryRquest') =>
          pods.reduce((total, pod) => total + Number(pod[field]), 0);
        expect(node.InstanceUsedCpu).toBe(sum('CpuRequest'));
        expect(node.InstanceUsedGpu).toBe(sum('GpuRequest'));
        expect(node.InstanceUsedMemory).toBe(`${sum('MemoryRquest')}M`);
        expect(node.InstanceUsedCpu).toBeLessThanOrEqual(Number(node.InstanceCpuCount) - 1);
        cpu += Number(node.InstanceUsedCpu);
        gpu += Number(node.InstanceUsedGpu);
        memory += sum('MemoryRquest');
      }
      expect(row).toMatchObject({ CpuUsed: cpu, GpuUsed: gpu, MemoryUsed: memory });
    }
  });

  it('ExtraData and ServiceCount are an object and a number in lists, texts in Describe', async () => {
    const setting = await setUp();
    const { row, ResourceId } = await group(setting, 'gpu_a10_prod');
    expect(row).toMatchObject({ ServiceCount: 3, ExtraData: { destination_cidr: '172.16.0.0/16' } });
    const told = await setting.call('DescribeResource', { ResourceId });
    expect(told.ServiceCount).toBe('3');
    expect(JSON.parse(String(told.ExtraData))).toMatchObject({ destination_cidr: '172.16.0.0/16' });
  });

  it('cordon keeps new workers away, drain moves the old ones, uncordon lets them back', async () => {
    const setting = await setUp();
    const { call, watch } = setting;
    const { ResourceId, nodes, workers } = await group(setting, 'online_cpu');
    const busy = (await nodes())[0];
    const node = { ResourceId, InstanceId: String(busy?.InstanceId) };
    await call('UpdateResourceInstance', { ...node, Action: 'Drain', Reason: 'disk' });
    const drained = (await nodes())[0];
    expect(drained).toMatchObject({ InstanceStatus: 'Ready,SchedulingDisabled', LastCordonReason: 'disk' });
    await watch('speech_asr', 10);
    await watch('rec_rank_base', 10);
    expect(await workers(String(busy?.InstanceName))).toEqual([]);
    expect((await watch('rec_rank_base', 1)).at(-1)).toBe('Running 3/3');
    await call('UpdateResourceInstance', { ...node, Action: 'Uncordon' });
    expect((await nodes())[0]?.InstanceStatus).toBe('Ready');
    await expect(call('UpdateResourceInstance', { ...node, Action: 'Explode' })).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it('a new node takes the worker that found no room', async () => {
    const setting = await setUp();
    const { ResourceId, nodes } = await group(setting, 'gpu_a10_prod');
    const { InstanceIds, Message } = await setting.call('CreateResourceInstances', {
      ResourceId,
      ChargeType: 'PostPaid',
      EcsInstanceCount: 1,
      EcsInstanceType: 'ecs.gn7i-4x.16xlarge',
    });
    expect(Message).toBe(`Create 1 new ecs instance(s) in resource [${ResourceId}] successfully`);
    expect((await nodes()).at(-1)).toMatchObject({ InstanceId: InstanceIds?.[0], InstanceStatus: 'Creating' });
    expect((await setting.watch('sd_webui_batch', 15)).at(-1)).toBe('Running 1/1');
    await setting.call('DeleteResourceInstances', { ResourceId, InstanceList: String(InstanceIds?.[0]) });
    expect((await setting.watch('sd_webui_batch', 10)).at(-1)).not.toBe('Running 1/1');
    expect(await nodes()).toHaveLength(2);
  });

  it('a group is created, refused deletion while it holds something, and deleted', async () => {
    const { call, clock } = await setUp();
    const { ResourceId = '', InstanceIds = [] } = await call('CreateResource', {
      ResourceName: 'fresh_pool',
      ChargeType: 'PostPaid',
      EcsInstanceCount: 2,
      EcsInstanceType: 'ecs.c6.2xlarge',
    });
    clock.advance(10_000);
    expect(await call('DescribeResource', { ResourceId })).toMatchObject({ Status: 'ResourceReady', CpuCount: 16 });
    await expect(call('DeleteResource', { ResourceId })).rejects.toMatchObject({ statusCode: 400 });
    await call('DeleteResourceInstances', { ResourceId, InstanceList: InstanceIds.join(',') });
    clock.advance(5_000);
    expect((await call('DeleteResource', { ResourceId })).Message).toBe(`Resource [${ResourceId}] is deleted.`);
    await expect(call('DescribeResource', { ResourceId })).rejects.toMatchObject({ statusCode: 404 });
  });

  it('network, node labels and migration', async () => {
    const setting = await setUp();
    const { call } = setting;
    const { ResourceId, nodes } = await group(setting, 'spare_pool');
    await call('UpdateResourceDLink', {
      ResourceId,
      VSwitchId: 'vsw-1',
      SecurityGroupId: 'sg-1',
      DestinationCIDRs: '192.168.0.0/16',
    });
    expect(await call('DescribeResourceDLink', { ResourceId })).toMatchObject({
      VSwitchId: 'vsw-1',
      DestinationCIDRs: '192.168.0.0/16',
    });
    await call('DeleteResourceDLink', { ResourceId });
    expect((await call('DescribeResourceDLink', { ResourceId })).VSwitchId).toBe('');
    const id = String((await nodes())[0]?.InstanceId);
    await call('UpdateResourceInstanceLabel', { ResourceId, InstanceIds: [id], Labels: { rack: '7' } });
    expect((await nodes())[0]?.Labels).toEqual([{ LabelKey: 'rack', LabelValue: '7' }]);
    const target = await group(setting, 'online_cpu');
    await call('MigrateResourceInstance', { ResourceId, InstanceIds: [id], DestResourceId: target.ResourceId });
    expect((await nodes()).length).toBe(1);
    expect((await target.nodes()).map(({ InstanceId }) => InstanceId)).toContain(id);
  });
});

describe('single workers', () => {
  const asr = { ServiceName: 'speech_asr' };

  it('a deleted worker is replaced, a softly restarted one counts a restart', async () => {
    const { call, watch } = await setUp();
    const rows = async () =>
      (await call('ListServiceInstances', { ...asr, Sort: 'InstanceName', Order: 'asc' })).Instances ?? [];
    const [first, second] = (await rows()).map((row) => String(row.InstanceName));
    const { Message } = await call('DeleteServiceInstances', { ...asr, InstanceList: `${first},${second}` });
    expect(Message).toContain(`Instance(s) [${first},${second}]`);
    // Documented: a service with too few instances still says Running.
    expect(await watch('speech_asr', 12)).toEqual(['Running 0/2', 'Running 1/2', 'Running 2/2']);
    const replaced = await rows();
    expect(replaced.map(({ InstanceName }) => InstanceName)).not.toContain(first);
    const one = String(replaced[0]?.InstanceName);
    await call('DeleteServiceInstances', { ...asr, InstanceList: one, SoftRestart: true });
    await watch('speech_asr', 5);
    expect((await rows()).find(({ InstanceName }) => InstanceName === one)).toMatchObject({
      RestartCount: 1,
      Status: 'Running',
    });
  });

  it('isolation goes back and forth, detaching does not and brings another worker', async () => {
    const { call, watch } = await setUp();
    const rows = async () => (await call('ListServiceInstances', asr)).Instances ?? [];
    const InstanceName = String((await rows())[0]?.InstanceName);
    const find = async () => (await rows()).find((row) => row.InstanceName === InstanceName);
    expect((await call('UpdateServiceInstance', { ...asr, InstanceName, Isolate: true })).Message).toBe(
      `instance ${InstanceName} isolation updated to true。`,
    );
    expect((await find())?.Isolated).toBe(true);
    await call('UpdateServiceInstance', { ...asr, InstanceName, Isolate: false });
    expect((await find())?.Isolated).toBe(false);
    await call('UpdateServiceInstance', { ...asr, InstanceName, Detach: true });
    await watch('speech_asr', 10);
    expect(await rows()).toHaveLength(3);
    expect((await find())?.Detached).toBe(true);
    await expect(call('UpdateServiceInstance', { ...asr, InstanceName, Detach: false })).rejects.toMatchObject({
      statusCode: 400,
    });
  });
});

describe('logs and events', () => {
  const mnist = { ServiceName: 'mnist_saved_model_example' };

  it('logs grow with the clock, never change, and are paged', async () => {
    const { call, clock } = await setUp();
    const first = await call('DescribeServiceLog', { ...mnist, PageSize: 10_000 });
    clock.advance(30_000);
    const second = await call('DescribeServiceLog', { ...mnist, PageSize: 10_000 });
    const added = (second.Logs ?? []).filter((line) => !first.Logs?.includes(line));
    expect(added).toHaveLength(20);
    expect(added.join('\n')).toContain('POST /api/predict/mnist_saved_model_example 200');
    const page = await call('DescribeServiceLog', { ...mnist, PageSize: 7, PageNum: 2 });
    expect(page.Logs).toEqual(second.Logs?.slice(7, 14));
    expect(page.TotalPageNum).toBe(Math.ceil(Number(page.TotalCount) / 7));
  });

  it('log times are plain UTC, and the ISO form is refused', async () => {
    const { call, clock } = await setUp();
    const plain = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
    const range = { StartTime: plain(clock.now() - 60_000), EndTime: plain(clock.now()) };
    expect(Number((await call('DescribeServiceLog', { ...mnist, ...range })).TotalCount)).toBeGreaterThan(30);
    const iso = new Date(clock.now()).toISOString();
    await expect(call('DescribeServiceLog', { ...mnist, StartTime: iso })).rejects.toMatchObject({
      code: 'InvalidParameter',
    });
    // Lines themselves are stamped in Beijing time.
    const { Logs = [] } = await call('DescribeServiceLog', { ...mnist, ...range });
    expect(Logs.at(-1)).toContain(plain(clock.now() + 8 * 3_600_000).slice(0, 13));
  });

  it('one keyword, one worker, previous only after a restart', async () => {
    const { call } = await setUp();
    const { Logs = [] } = await call('DescribeServiceLog', { ...mnist, Keyword: 'WARN' });
    expect(Logs.length).toBeGreaterThan(0);
    expect(Logs.every((line) => line.includes('WARN'))).toBe(true);
    const name = String((await call('ListServiceInstances', mnist)).Instances?.[0]?.InstanceName);
    const own = (await call('DescribeServiceLog', { ...mnist, InstanceName: name })).Logs ?? [];
    expect(own.every((line) => line.includes(name))).toBe(true);
    expect((await call('DescribeServiceLog', { ...mnist, Previous: true })).Logs).toEqual([]);
  });

  it('events hold JSON in a text and keep to time, type and worker', async () => {
    const { call } = await setUp();
    const { Events = [] } = await call('DescribeServiceEvent', { ServiceName: 'fraud_detect', EventType: 'Warning' });
    expect(Events[0]).toMatchObject({ Resource: 'Pod', Reason: 'Unhealthy' });
    expect(Events[0]?.Time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(JSON.parse(String(Events[0]?.Message))).toMatchObject({ versionId: 1, unavailableInstance: 1 });
    // Older than the documented default of 7 days.
    expect((await call('DescribeServiceEvent', mnist)).TotalCount).toBe(0);
    const all = await call('DescribeServiceEvent', { ...mnist, StartTime: '2020-01-01 00:00:00' });
    expect(Number(all.TotalCount)).toBeGreaterThan(0);
  });
});
