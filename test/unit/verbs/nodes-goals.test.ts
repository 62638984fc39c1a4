import { describe, expect, it } from 'vitest';
import { readInstance, readNodeWorker } from '../../../src/api/instances.ts';
import { cordonWith, drainWith, migrateTo, type NodeRow, nodeActions } from '../../../src/screens/node-actions.ts';

const node = (more: object = {}, workers?: readonly string[]): NodeRow => ({
  ...readInstance({ InstanceId: 'eas-i-1', InstanceName: 'n1', InstanceStatus: 'Ready', ...more }),
  ...(workers ? { workers: workers.map((Name) => readNodeWorker({ Name, ServiceName: 'mnist' })) } : {}),
});
const closed = { InstanceStatus: 'Ready,SchedulingDisabled' };
const minute = 60_000;

describe('the end of a drain', () => {
  const drain = drainWith({ workers: [], others: [] });

  it.each([
    ['workers on it', node(closed, ['a', 'b']), minute, 'pending'],
    ['none left', node(closed, []), minute, 'done'],
    ['nothing known of its workers', node(closed), minute, 'pending'],
    [
      'half of them still there after long',
      node(closed, ['b']),
      16 * minute,
      { failed: '1 worker still on it: b (mnist)' },
    ],
    ['the node gone', undefined, minute, { failed: 'the node is gone' }],
  ])('with %s', (_what, row, elapsed, end) => {
    expect(drain.goal(row, 0, node({}, ['a', 'b']), elapsed, true)).toEqual(end);
  });

  it('tells of workers that find no room elsewhere, and of what is not told', () => {
    const worker = readNodeWorker({ Name: 'big', CpuRequest: 8, GpuRequest: 1 });
    const full = readInstance({ InstanceId: 'x', InstanceCpuCount: 4, InstanceUsedCpu: 4, InstanceGpuCount: 0 });
    const said = (others: Parameters<typeof drainWith>[0]['others']): string =>
      drainWith({ workers: [worker], others })
        .confirm?.(node(), 0)
        ?.effects.join('\n') ?? '';
    expect(said([full])).toMatch(/no room .* for 1 of them: big/);
    expect(said([])).toMatch(/no room/);
    const roomy = readInstance({
      InstanceId: 'y',
      InstanceCpuCount: 16,
      InstanceUsedCpu: 1,
      InstanceGpuCount: 2,
      InstanceUsedGpu: 0,
    });
    expect(said([full, roomy])).toMatch(/all of them fit/);
    // A status nobody knows is no reason to leave a node out; a closed one takes nothing.
    expect(said([{ ...roomy, instanceStatus: 'Rejuvenating' }])).toMatch(/all of them fit/);
    expect(said([{ ...roomy, instanceStatus: 'Ready,SchedulingDisabled' }])).toMatch(/no room/);
  });
});

describe('the end of a cordon', () => {
  const cordon = cordonWith('fan');

  it.each([
    ['closed', node(closed), 1_000, 'done'],
    ['open still', node(), 1_000, 'pending'],
    ['open for long', node(), 3 * minute, { failed: 'accepted, but its status still is Ready' }],
    [
      'a status nobody knows, and the reason sent',
      node({ InstanceStatus: 'Fenced', LastCordonReason: 'fan' }),
      1_000,
      'done',
    ],
    [
      'no status at all',
      node({ InstanceStatus: undefined }),
      3 * minute,
      { failed: 'accepted, but its status still is -' },
    ],
    ['the node gone', undefined, 1_000, { failed: 'the node is gone' }],
  ])('with it %s', (_what, row, elapsed, end) => {
    expect(cordon.goal(row, 0, node(), elapsed, true)).toEqual(end);
  });

  it('is refused where it changes nothing', () => {
    const uncordon = nodeActions.find(({ id }) => id === 'uncordon');
    expect(cordon.guard?.(node(closed))).toMatch(/closed .* already/);
    expect(uncordon?.guard?.(node())).toMatch(/takes new workers already/);
    expect(cordon.guard?.(node({ InstanceStatus: 'Deleting' }))).toMatch(/being deleted/);
  });
});

it('a migration is over when the node has left its group', () => {
  const migrate = migrateTo('eas-r-2', []);
  expect(migrate.goal(node(), 0, node(), minute, true)).toBe('pending');
  expect(migrate.goal(undefined, 0, node(), minute, true)).toBe('done');
});
