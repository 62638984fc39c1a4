import { describe, expect, it } from 'vitest';
import { setUp } from './support.ts';

const mnist = { ServiceName: 'mnist_saved_model_example' };
const name = mnist.ServiceName;

describe('orders', () => {
  it('scale up: workers start one by one', async () => {
    const { call, watch } = await setUp();
    await call('ScaleService', { ...mnist, Instance: 4 });
    expect(await watch(name, 10)).toEqual(['Scaling 2/4', 'Scaling 3/4', 'Running 4/4']);
  });

  it('scale down ends surplus workers, the named ones first', async () => {
    const { call, watch } = await setUp();
    const before = (await call('ListServiceInstances', mnist)).Instances ?? [];
    const victim = String(before.at(-1)?.InstanceName);
    await call('ScaleService', { ...mnist, Instance: 1, InstancesToDelete: [victim] });
    expect(await watch(name, 6)).toEqual(['Scaling 1/1', 'Running 1/1']);
    const left = (await call('ListServiceInstances', mnist)).Instances ?? [];
    expect(left.map(({ InstanceName }) => InstanceName)).toEqual([before[0]?.InstanceName]);
  });

  it('scale to 0 and back', async () => {
    const { call, watch } = await setUp();
    await call('ScaleService', { ...mnist, Instance: 0 });
    expect((await watch(name, 5)).at(-1)).toBe('Running 0/0');
    await call('ScaleService', { ...mnist, Instance: 1 });
    expect((await watch(name, 5)).at(-1)).toBe('Running 1/1');
  });

  it('stop, start and the texts on the way', async () => {
    const { call, watch } = await setUp();
    expect((await call('StopService', mnist)).Message).toBe(`Service [${name}] in region [cn-shanghai] is stopping`);
    expect(await watch(name, 4)).toEqual(['Stopping 0/2', 'Stopped 0/2']);
    expect((await call('ListServiceInstances', mnist)).Instances).toEqual([]);
    expect((await call('StartService', mnist)).Message).toBe(`Service [${name}] in region [cn-shanghai] is starting`);
    expect(await watch(name, 8)).toEqual(['Starting 0/2', 'Waiting 0/2', 'Waiting 1/2', 'Running 2/2']);
  });

  it('restart replaces every worker and never serves with fewer', async () => {
    const { call, watch } = await setUp();
    const names = async () =>
      (await call('ListServiceInstances', mnist)).Instances?.map((row) => row.InstanceName) ?? [];
    const before = await names();
    expect((await call('RestartService', mnist)).Message).toBe('Service is restarting');
    expect(await watch(name, 20)).toEqual(['Waiting 2/2', 'Running 2/2']);
    const after = await names();
    expect(after).toHaveLength(2);
    expect(after.filter((each) => before.includes(each))).toEqual([]);
  });

  it('delete: Deleting, then not found, then nobody by that name', async () => {
    const { call, describe, clock } = await setUp();
    expect((await call('DeleteService', mnist)).Message).toBe(
      `Service [${name}] in region [cn-shanghai] is terminating`,
    );
    expect((await describe(name)).Status).toBe('Deleting');
    clock.advance(4_000);
    await expect(describe(name)).rejects.toMatchObject({ code: 'InvalidService.NotFound', statusCode: 404 });
    expect((await call('ListServices', { Filter: name })).TotalCount).toBe(0);
  });

  it('what a status does not allow is refused and changes nothing', async () => {
    const { call, describe } = await setUp();
    const stopped = { ServiceName: 'nightly_report_scorer' };
    await expect(call('StopService', stopped)).rejects.toMatchObject({ statusCode: 400 });
    await expect(call('ScaleService', { ...stopped, Instance: 2 })).rejects.toMatchObject({ statusCode: 400 });
    await expect(call('StartService', mnist)).rejects.toMatchObject({ statusCode: 400 });
    for (const Instance of [-1, 1.5, 1001]) {
      await expect(call('ScaleService', { ...mnist, Instance })).rejects.toMatchObject({ code: 'InvalidParameter' });
    }
    expect(await describe(stopped.ServiceName)).toMatchObject({ Status: 'Stopped', TotalInstance: 4 });
    expect(await describe(name)).toMatchObject({ Status: 'Running', TotalInstance: 2 });
  });

  it('a later order overtakes an earlier one', async () => {
    const { call, watch, clock } = await setUp();
    await call('ScaleService', { ...mnist, Instance: 6 });
    clock.advance(1_500);
    await call('StopService', mnist);
    expect((await watch(name, 10)).at(-1)).toBe('Stopped 0/6');
    await call('StartService', mnist);
    clock.advance(1_000);
    await call('ScaleService', { ...mnist, Instance: 1 });
    expect((await watch(name, 12)).at(-1)).toBe('Running 1/1');
  });

  it('the clock alone moves things: the same orders give the same answers', async () => {
    const story = async () => {
      const { call, watch } = await setUp();
      await call('ScaleService', { ...mnist, Instance: 5 });
      const seen = await watch(name, 8);
      return [seen, (await call('ListServiceInstances', mnist)).Instances?.map((row) => row.InstanceName)];
    };
    const [first, second] = [await story(), await story()];
    expect(first[0]).toEqual(second[0]);
    expect(first[1]).toHaveLength(5);
  });
});

describe('create, update and versions', () => {
  const body = (more: object = {}) =>
    JSON.stringify({
      name: 'fresh_service',
      metadata: { instance: 2, cpu: 1, memory: 1000 },
      processor: 'pmml',
      model_path: 'oss://bucket/lr.pmml',
      ...more,
    });

  it('create tells the documented steps until it runs', async () => {
    const { call, describe, clock } = await setUp();
    expect(await call('CreateService', { body: body() })).toMatchObject({
      Status: 'Creating',
      ServiceName: 'fresh_service',
    });
    const seen: string[] = [];
    for (let step = 0; step < 60; step++) {
      const { Status, Message } = await describe('fresh_service');
      const line = `${Status} ${Message?.replace(/\[[^\]]*aliyuncs[^\]]*\]/, '[image]')}`;
      if (seen.at(-1) !== line) seen.push(line);
      clock.advance(200);
    }
    expect(seen).toEqual([
      'Creating Service is now creating',
      'Deploying Service is now deploying',
      'Deploying Downloading http file: oss://bucket/lr.pmml',
      'Deploying Successfully downloaded all artifacts',
      'Deploying Building image [image]',
      'Deploying Pushing image [image]',
      'Deploying Successfully synchronized resources',
      'Waiting Waiting [Total: 2, Pending: 2, Running: 0]',
      'Waiting Waiting [Total: 2, Pending: 1, Running: 1]',
      'Running Service is running',
    ]);
  });

  it('a name that exists is a conflict, a bad one is refused', async () => {
    const { call } = await setUp();
    await expect(call('CreateService', { body: body({ name }) })).rejects.toMatchObject({ statusCode: 409 });
    await expect(call('CreateService', { body: body({ name: 'With-Dash' }) })).rejects.toMatchObject({
      statusCode: 400,
    });
    await expect(call('CreateService', { body: '{' })).rejects.toMatchObject({ code: 'InvalidParameter' });
  });

  it('an update of the number alone scales; of more it makes a version and rolls', async () => {
    const { call, describe, watch } = await setUp();
    await call('UpdateService', { ...mnist, body: '{"metadata":{"instance":3}}' });
    expect(await describe(name)).toMatchObject({ Status: 'Scaling', LatestVersion: 3 });
    expect((await watch(name, 6)).at(-1)).toBe('Running 3/3');
    const { Message } = await call('UpdateService', { ...mnist, body: '{"metadata":{"cpu":2}}' });
    expect(Message).toBe(`Succeed to update service [${name}] in region [cn-shanghai]`);
    const states = await watch(name, 40);
    expect(states[0]).toBe('Updating 3/3');
    expect(states.at(-1)).toBe('Running 3/3');
    // Documented for the public pool: none may be missing meanwhile.
    expect(states.every((state) => state.endsWith('3/3'))).toBe(true);
    const service = await describe(name);
    expect(service).toMatchObject({ Cpu: 2, CurrentVersion: 4, LatestVersion: 4 });
    // Merged, not replaced.
    expect(JSON.parse(String(service.ServiceConfig))).toMatchObject({
      processor: 'tensorflow_cpu_1.15',
      metadata: { memory: 2000 },
    });
  });

  it('replace keeps nothing of the old', async () => {
    const { call, describe } = await setUp();
    const config = { name, metadata: { instance: 1, cpu: 4, memory: 4000 }, processor: 'pmml' };
    await call('UpdateService', { ...mnist, UpdateType: 'replace', body: JSON.stringify(config) });
    expect(JSON.parse(String((await describe(name)).ServiceConfig))).toEqual(config);
  });

  it('switches to an older version and back, within the bound', async () => {
    const { call, describe, watch } = await setUp();
    const versions = (await call('ListServiceVersions', mnist)).Versions ?? [];
    expect(versions.map(({ ImageId }) => ImageId)).toEqual([3, 2, 1]);
    await call('UpdateServiceVersion', { ...mnist, Version: 1 });
    expect((await watch(name, 30)).at(-1)).toBe('Running 2/2');
    expect(await describe(name)).toMatchObject({ CurrentVersion: 1, LatestVersion: 3, Memory: 1600 });
    await call('UpdateServiceVersion', { ...mnist, Version: 3 });
    for (const Version of [0, 3, 4, 99]) {
      await expect(call('UpdateServiceVersion', { ...mnist, Version })).rejects.toMatchObject({ statusCode: 400 });
    }
  });

  it('clones under another name', async () => {
    const { call, watch } = await setUp();
    await call('CloneService', { ...mnist, body: '{"name":"mnist_copy"}' });
    expect((await watch('mnist_copy', 12)).at(-1)).toBe('Running 2/2');
  });
});

describe('failures', () => {
  it('a missing model: message, events, diagnosis, logs and version tell the same', async () => {
    const { call, describe } = await setUp();
    const heart = { ServiceName: 'heart_disease_pmml' };
    const service = await describe(heart.ServiceName);
    expect(service).toMatchObject({ Status: 'Failed', RunningInstance: 0 });
    expect(service.Message).toContain('NoSuchKey');
    const events = (await call('DescribeServiceEvent', { ...heart, EventType: 'Warning' })).Events ?? [];
    expect(JSON.parse(String(events[0]?.Message)).message).toBe(service.Message);
    const path = JSON.parse(String(service.ServiceConfig)).model_path;
    expect((await call('DescribeServiceDiagnosis', heart)).DiagnosisList?.[0]?.Error).toContain(path);
    expect((await call('DescribeServiceLog', heart)).Logs?.join('\n')).toContain('NoSuchKey');
    expect((await call('ListServiceVersions', heart)).Versions?.[0]).toMatchObject({ ServiceRunnable: 'false' });
  });

  it('is mended by an update with the right path, and fails again with a wrong one', async () => {
    const { call, watch } = await setUp();
    const heart = { ServiceName: 'heart_disease_pmml' };
    await call('UpdateService', { ...heart, body: '{"model_path":"oss://bucket/heart/lr.pmml"}' });
    expect((await watch(heart.ServiceName, 12)).at(-1)).toBe('Running 1/1');
    await call('UpdateService', { ...heart, body: '{"model_path":"oss://bucket/missing.pmml"}' });
    // The workers of the version before go on serving.
    expect((await watch(heart.ServiceName, 12)).at(-1)).toBe('Failed 1/1');
  });

  it('out of memory: crash loop with growing restarts, previous log, mended by more memory', async () => {
    const { call, clock, watch } = await setUp();
    const video = { ServiceName: 'video_tagging' };
    const worker = async () => (await call('ListServiceInstances', { ...video, Sort: 'InstanceName' })).Instances?.[0];
    const before = await worker();
    expect(before?.LastState).toEqual([expect.objectContaining({ reason: 'OOMKilled', exitCode: 137 })]);
    clock.advance(20 * 60_000);
    const after = await worker();
    expect(Number(after?.RestartCount)).toBeGreaterThan(Number(before?.RestartCount));
    const log = { ...video, InstanceName: String(after?.InstanceName) };
    expect((await call('DescribeServiceLog', { ...log, Previous: true, Keyword: 'OOMKilled' })).Logs).toHaveLength(1);
    const { Containers } = await call('ListServiceContainers', log);
    expect(Containers?.[0]).toMatchObject({ Name: 'worker0', LastReason: 'OOMKilled', LastStatus: 'Terminated' });
    await call('UpdateService', { ...video, body: '{"metadata":{"memory":8000}}' });
    expect((await watch(video.ServiceName, 60)).at(-1)).toBe('Running 2/2');
  });

  it('no room on any node although the group has enough in sum; runs once another service gives way', async () => {
    const { call, describe, watch } = await setUp();
    const sd = { ServiceName: 'sd_webui_batch' };
    const waiting = await describe(sd.ServiceName);
    expect(waiting).toMatchObject({ Status: 'Waiting', PendingInstance: 1 });
    expect(waiting.Message).toContain('0/2 nodes are available: 2 Insufficient nvidia.com/gpu.');
    const { Resources = [] } = await call('ListResources', { ResourceName: 'gpu_a10_prod' });
    expect(Resources[0]).toMatchObject({ GpuCount: 8, GpuUsed: 6, InstanceMaxAllocatableGPU: 1 });
    expect((await call('DescribeServiceDiagnosis', sd)).DiagnosisList?.[0]?.Error).toContain(
      'Insufficient nvidia.com/gpu',
    );
    expect(await watch(sd.ServiceName, 300)).toEqual(['Waiting 0/1']);
    await call('ScaleService', { ServiceName: 'ner_chinese_bert', Instance: 1 });
    expect((await watch(sd.ServiceName, 10)).at(-1)).toBe('Running 1/1');
  });
});
