/** What the service may leave out, change in the middle or call by names nobody knows: nothing is made up of it. */
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/api/errors.ts';
import { readInstance } from '../../../src/api/instances.ts';
import type { Service } from '../../../src/api/services.ts';
import { fitSections, heatSections } from '../../../src/screens/fit.ts';
import { instances } from '../../../src/screens/instances.ts';
import { resources } from '../../../src/screens/resources.ts';
import { callVerb } from '../../../src/state/verbs/call.ts';
import { heatVerbs } from '../../../src/state/verbs/heat.ts';
import { labelVerbs } from '../../../src/state/verbs/label.ts';
import { nodeVerbs } from '../../../src/state/verbs/nodes.ts';
import { answering, cellsOf, quiet, rowsOf, scope } from '../screens-data/contract-rows.ts';
import { createProgram, type Program } from '../state/program.ts';
import { textOf } from './live.ts';

const nothing = { ResourceId: 'eas-r-1', Status: 'Rejuvenating', CpuCount: 0, CpuUsed: 0, GpuCount: 0, GpuUsed: 0 };
const none = { ...nothing, Memory: 0, MemoryUsed: 0 };

describe('a resource group', () => {
  it('of which all totals are zero has no bars and no share of nothing', async () => {
    const [row] = await rowsOf(resources, [none]);
    expect(cellsOf(resources, row)).toMatchObject({
      cpu: '     0/0',
      gpu: '     0/0',
      memory: '     0M/0M',
      free: '0/0/0M',
    });
    expect(resources.summary?.([row] as never[])).toBe('cpu 0/0 · mem 0M/0M');
  });

  it('with a status nobody knows is shown as it came, without a verdict', async () => {
    const [row] = await rowsOf(resources, [none]);
    expect(cellsOf(resources, row)['status']).toBe('· Rejuvenating');
    expect(resources.fault?.(row as never)).toBeUndefined();
  });

  it.each([[undefined], [null], [''], ['{'], ['null'], ['[]'], ['"text"'], [5], [{ vpc_id: {} }]])(
    'with ExtraData %j is described without a connection',
    async (ExtraData) => {
      const [row] = await rowsOf(resources, [{ ResourceId: 'eas-r-1' }]);
      const refused = (): never => {
        throw new ApiError({ kind: 'denied', code: 'Forbidden.RAM', message: 'not yours' });
      };
      const api = answering(
        ['DescribeResource', () => ({ ResourceId: 'eas-r-1', Status: 'ResourceReady', ExtraData })],
        ['DescribeResourceDLink', refused],
      );
      const [basic, network] = (await resources.describe?.(api, row as never, scope, quiet())) ?? [];
      expect(basic?.fields?.find(({ name }) => name === 'LastStatus')?.value).toBe('ResourceReady');
      expect(network?.fields?.map(({ name, value }) => [name, value])).toEqual([
        ['VpcId', undefined],
        ['VSwitchId', undefined],
        ['SecurityGroupId', undefined],
        ['DestinationCIDR', undefined],
        ['AuxVSwitchList', '[]'],
      ]);
      expect(network?.lines?.[0]?.text).toMatch(/connection not available: .*not yours/);
    },
  );
});

describe('nodes', () => {
  const service = { serviceName: 'mnist', cpu: 2, gpu: 1, memory: 1024, resource: 'eas-r-1' } as Service;
  const wire = { InstanceId: 'i-1', InstanceName: 'n1' };

  it.each([
    [
      'zero totals',
      {
        InstanceCpuCount: 0,
        InstanceUsedCpu: 0,
        InstanceGpuCount: 0,
        InstanceUsedGpu: 0,
        InstanceMemory: '0M',
        InstanceUsedMemory: '0M',
      },
    ],
    ['nothing told', {}],
    [
      'numbers that are none',
      { InstanceCpuCount: 'many', InstanceGpuCount: -1, InstanceMemory: 'a lot', InstanceUsedMemory: null },
    ],
    [
      'more used than there is',
      {
        InstanceCpuCount: 4,
        InstanceUsedCpu: 9,
        InstanceGpuCount: 1,
        InstanceUsedGpu: 3,
        InstanceMemory: '1G',
        InstanceUsedMemory: '9G',
      },
    ],
  ])('with %s take no worker, and no number is made up', (_, more) => {
    const node = readInstance({ ...wire, ...more });
    const said = [...fitSections(service, [node], 1, 0), ...heatSections([node], new Map(), 0)]
      .flatMap(({ fields = [], lines = [] }) => [
        ...fields.map(({ value }) => String(value)),
        ...lines.map(({ text }) => text),
      ])
      .join('\n');
    expect(said).toContain('no: not one fits');
    expect(said).not.toMatch(/NaN|Infinity|undefined| -\d/);
  });

  it('with a status nobody knows are shown as they came, take workers, and are no fault', async () => {
    const [row] = await rowsOf(instances, [
      {
        ...wire,
        InstanceStatus: 'Rejuvenating',
        InstanceCpuCount: 8,
        InstanceUsedCpu: 1,
        InstanceGpuCount: 2,
        InstanceUsedGpu: 0,
        InstanceMemory: '8G',
        InstanceUsedMemory: '0G',
      },
    ]);
    expect(cellsOf(instances, row)['status']).toBe('· Rejuvenating');
    expect(instances.fault?.(row as never)).toBeUndefined();
    expect(JSON.stringify(fitSections(service, [row as never], 1, 0))).toContain('yes: it fits');
  });
});

interface Told {
  nodes: object[];
  workers: object[];
}

/** The nodes of a group, as the service tells them at each moment. */
async function openNodes(told: Told): Promise<Program> {
  const program = await createProgram({ verbs: [...nodeVerbs, ...labelVerbs, ...heatVerbs] });
  const { answers } = program.service;
  const page = (rows: object[]) => ({ PageNumber: 1, PageSize: 100, TotalCount: rows.length });
  answers['ListResourceInstances'] = () => ({ ...page(told.nodes), Instances: told.nodes });
  answers['ListResourceInstanceWorker'] = () => ({ ...page(told.workers), Pods: told.workers });
  answers['UpdateResourceInstance'] = () => ({ RequestId: 'R-1' });
  await program.press(':');
  await program.type('nodes eas-r-1');
  await program.press('enter');
  await program.clock.advance(400);
  return program;
}

const ready = { InstanceId: 'eas-i-1', InstanceName: 'n1', InstanceStatus: 'Ready', ResourceId: 'eas-r-1' };
const pod = (Name: string) => ({ Name, ServiceName: 'mnist', CpuRequest: 1 });

async function drain(program: Program): Promise<void> {
  await program.press('D');
  await program.type('n1');
  await program.press('tab', 'enter');
}

describe('a group without nodes', () => {
  it('has no row to act on: every key says so and sends nothing', async () => {
    const program = await openNodes({ nodes: [], workers: [] });
    expect(program.names()).toEqual([]);
    for (const key of ['C', 'I', 't']) {
      await program.press(key);
      expect(program.said()).toBe('there is no row here');
    }
    for (const key of ['D', 'm']) {
      await program.press(key);
      expect(program.said()).toMatch(/say of which node/);
    }
    await program.press('H');
    expect(textOf(program.state().pages['heat'])).toContain('the group has no nodes: nothing can run in it');
    expect(program.recorded).toEqual([]);
  });
});

describe('a node that vanishes', () => {
  it('while its workers are read for the heat map is told in its line; the others are shown', async () => {
    const told = { nodes: [ready, { ...ready, InstanceId: 'eas-i-2', InstanceName: 'n2' }], workers: [pod('a')] };
    const program = await openNodes(told);
    const usual = program.service.answers['ListResourceInstanceWorker'];
    program.service.answers['ListResourceInstanceWorker'] = (params) => {
      if (params['InstanceName'] === 'n2')
        throw new ApiError({ kind: 'missing', code: 'InvalidInstance.NotFound', message: 'There is no node "n2".' });
      return usual?.(params);
    };
    await program.press('H');
    await program.clock.advance(100);
    const said = textOf(program.state().pages['heat']);
    expect(said).toMatch(/n1 .*\n {2}mnist ×1/);
    expect(said).toMatch(/n2 .*\n {2}not read: .*There is no node "n2"/);
  });

  it('while it is drained ends the following, and is not called drained', async () => {
    const told = { nodes: [ready], workers: [pod('a')] };
    const program = await openNodes(told);
    await drain(program);
    expect(program.recorded).toHaveLength(1);
    told.nodes = [];
    await program.clock.advance(30_000);
    expect(program.messages().filter((text) => /drain n1.*the node is gone/.test(text))).toHaveLength(1);
    expect(program.messages().join()).not.toContain('drained');
    expect(program.state().watches).toEqual([]);
  });
});

describe('a drain that fails half way', () => {
  it('names the workers that are still there, and is not called done', async () => {
    const told = { nodes: [ready], workers: [pod('a'), pod('b')] };
    const program = await openNodes(told);
    await drain(program);
    told.workers = [pod('b')];
    await program.clock.advance(60_000);
    expect(program.state().watches).toHaveLength(1);
    await program.clock.advance(15 * 60_000);
    expect(program.messages().filter((text) => /drain n1.*1 worker still on it: b \(mnist\)/.test(text))).toHaveLength(
      1,
    );
    expect(program.messages().join()).not.toContain('drained');
    expect(program.recorded[0]?.ended?.outcome).toBe('accepted');
  });

  it('does not take workers that cannot be read for none', async () => {
    const told = { nodes: [ready], workers: [pod('a')] };
    const program = await openNodes(told);
    await drain(program);
    program.service.answers['ListResourceInstanceWorker'] = () => {
      throw new ApiError({ kind: 'denied', code: 'Forbidden.RAM', message: 'not yours' });
    };
    await program.clock.advance(20 * 60_000);
    expect(program.messages().join()).not.toContain('drained');
    expect(program.state().watches).toHaveLength(1);
  });
});

describe('a service without a way in', () => {
  it('is not called, and what it does not tell is said', async () => {
    const program = await createProgram({ verbs: [callVerb] });
    program.service.answers['DescribeServiceEndpoints'] = () => ({ Endpoints: [] });
    await program.press(':');
    await program.type('call a -g');
    await program.press('enter');
    expect(program.state().prompt?.error).toBe('a tells no address to call it at; is it still being created?');
    expect(program.state().pages['call']).toBeUndefined();
  });
});
