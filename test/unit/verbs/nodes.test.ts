import { describe, expect, it } from 'vitest';
import type { Node, Resource } from '../../../emulator/model/resource.ts';
import { type Live, openOn } from './live.ts';

/** The group with most workers, its busiest node, and another one. */
function fleet({ emulator }: Live): { group: Resource; busy: Node; idle: Node; other: Resource } {
  const groups = [...emulator.model.resources.values()];
  const load = (group: Resource): number => group.nodes.reduce((sum, { placed }) => sum + placed.size, 0);
  const [group] = groups.toSorted((a, b) => load(b) - load(a));
  const [busy, ...rest] = (group?.nodes ?? []).toSorted((a, b) => b.placed.size - a.placed.size);
  const idle = rest.at(-1);
  const other = groups.find((one) => one !== group);
  if (!group || !busy || !idle || !other) throw new Error('the fleet is too small');
  return { group, busy, idle, other };
}

describe('a node', () => {
  it('is closed and opened by a key, and by undo', async () => {
    const live = await openOn();
    const { group, busy } = fleet(live);
    await live.goTo(`nodes ${group.id}`, 'instances', busy.name);
    await live.pressWhenOn('C');
    await live.told(/cordoned .* in /);
    expect(busy.cordoned).toBe(true);
    expect(live.asked()).toMatchObject([{ params: { Action: 'Cordon', InstanceId: busy.id } }]);
    await live.until('the list to say so', () =>
      live
        .state()
        .sources[`instances{"resource":"${group.id}"}`]?.rows.some((row) =>
          /SchedulingDisabled/.test(String((row as { instanceStatus?: string }).instanceStatus)),
        ),
    );
    await live.pressWhenOn('u');
    await live.told(/uncordoned/);
    expect(busy.cordoned).toBe(false);
  });

  it('keeps the reason it was closed for', async () => {
    const live = await openOn();
    const { group, busy } = fleet(live);
    await live.goTo(`nodes ${group.id}`, 'instances', busy.name);
    live.command(`cordon ${busy.name} fan is broken`);
    await live.told(/cordoned .* in /);
    expect(busy.cordonReason).toBe('fan is broken');
  });

  it('is drained after its name was typed, with the workers that move listed, and followed until it is empty', async () => {
    const live = await openOn();
    const { group, busy } = fleet(live);
    const [worker] = [...busy.placed.keys()];
    await live.goTo(`nodes ${group.id}`, 'instances', busy.name);
    await live.pressWhenOn('D');
    const lines = await live.yes();
    expect(lines.join('\n')).toContain(`${busy.placed.size} worker`);
    expect(lines.join('\n')).toContain(worker?.name);
    expect(lines.join('\n')).toContain('estimate');
    await live.told(/drained .*no worker is left on it/);
    expect(busy.placed.size).toBe(0);
  });

  it('is not drained when the name was not typed', async () => {
    const live = await openOn();
    const { group, busy } = fleet(live);
    await live.goTo(`nodes ${group.id}`, 'instances', busy.name);
    live.command(`drain ${busy.name}`);
    await live.until('the question', ({ dialog }) => dialog !== undefined);
    live.press('tab', 'enter');
    expect(live.state().dialog).toBeDefined();
    live.press('esc');
    expect(live.asked()).toEqual([]);
  });

  it('that vanished before the question is not drained', async () => {
    const live = await openOn();
    const { group, busy } = fleet(live);
    await live.goTo(`nodes ${group.id}`, 'instances', busy.name);
    group.nodes.splice(group.nodes.indexOf(busy), 1);
    live.command(`drain ${busy.name}`);
    await live.until('a word on it', ({ prompt, messages }) =>
      /no longer|does not exist/.test(`${prompt?.error} ${messages.at(-1)?.text}`),
    );
    expect(live.asked()).toEqual([]);
  });

  it('that vanished while the question stood is not drained either', async () => {
    const live = await openOn();
    const { group, busy } = fleet(live);
    await live.goTo(`nodes ${group.id}`, 'instances', busy.name);
    live.command(`drain ${busy.name}`);
    await live.until('the question', ({ dialog }) => dialog !== undefined);
    group.nodes.splice(group.nodes.indexOf(busy), 1);
    await live.yes();
    await live.told(/nothing was sent/);
    expect(live.asked()).toEqual([]);
  });

  it('moves to another group once it is empty', async () => {
    const live = await openOn();
    const { group, busy, other } = fleet(live);
    busy.placed.clear();
    await live.goTo(`nodes ${group.id}`, 'instances', busy.name);
    live.command(`migrate ${busy.name} ${other.id}`);
    expect((await live.yes()).join('\n')).toContain(other.id);
    await live.told(/migrated/);
    expect(other.nodes).toContain(busy);
  });

  it('with workers is refused by the service, and says so', async () => {
    const live = await openOn();
    const { group, busy, other } = fleet(live);
    await live.goTo(`nodes ${group.id}`, 'instances', busy.name);
    live.command(`migrate ${busy.name} ${other.id}`);
    expect((await live.yes()).join('\n')).toMatch(/drain it first/);
    await live.told(/still runs/);
    expect(group.nodes).toContain(busy);
  });

  it('gets and loses labels, and undo puts back what was there', async () => {
    const live = await openOn();
    const { group, busy } = fleet(live);
    busy.labels = { rack: '7', old: 'yes' };
    await live.goTo(`nodes ${group.id}`, 'instances', busy.name);
    live.command(`node-label ${busy.name} rack=8 team=nlp old-`);
    await live.told(/labelled/);
    expect(busy.labels).toEqual({ rack: '8', team: 'nlp' });
    const labelled = (row: unknown): boolean => JSON.stringify((row as { labels: unknown }).labels).includes('nlp');
    await live.until('the list to say so', ({ sources }) =>
      sources[`instances{"resource":"${group.id}"}`]?.rows.some(labelled),
    );
    await live.pressWhenOn('u');
    // Setting and taking away are two requests.
    await live.until('the labels of before', () => JSON.stringify(busy.labels) === '{"rack":"7","old":"yes"}');
  });
});
