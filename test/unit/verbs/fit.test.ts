import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../src/api/instances.ts';
import { widthOf } from '../../../src/lib/width.ts';
import { heatSections } from '../../../src/screens/fit.ts';
import { openOn } from './live.ts';

describe(':fit', () => {
  it('says where more workers go, what remains and what is in the way, and scaling then proves it', async () => {
    const live = await openOn();
    live.command('fit ner_chinese_bert +1');
    const said = await live.page('fit', /Will 1 more of ner_chinese_bert fit\?/);
    expect(said).toMatch(/estimate/i);
    const room = Number(/(\d+) more fits?/.exec(said)?.[1] ?? 0);
    const service = live.emulator.model.services.get('ner_chinese_bert');
    if (!service) throw new Error('no such service');
    const now = service.desired;
    live.command(`scale ner_chinese_bert ${now + room + 2}`);
    await live.until('two to find no place', () => {
      live.emulator.model.settle();
      return (service.workers ?? []).filter(({ phase, note }) => phase === 'pending' && note !== '').length === 2;
    });
    expect((service.workers ?? []).filter(({ node }) => node !== undefined)).toHaveLength(now + room);
  });

  it('names what blocks when not all fit, and counts up and down by key', async () => {
    const live = await openOn();
    live.command('fit ner_chinese_bert +999');
    expect(await live.page('fit', /Will 999 more/)).toMatch(/(not all|no): /);
    expect(await live.page('fit', /What is in the way/)).toMatch(/free of|full after|closed/);
    live.press('-');
    await live.page('fit', /Will 998 more/);
    live.press('+');
    await live.page('fit', /Will 999 more/);
    expect(live.asked()).toEqual([]);
  });

  it('of a group without nodes says so', async () => {
    const live = await openOn();
    const service = live.emulator.model.services.get('ner_chinese_bert');
    live.emulator.model.resources.get(service?.facts.resource ?? '')?.nodes.splice(0);
    live.command('fit ner_chinese_bert');
    await live.page('fit', /no: the group has no nodes/);
  });

  it.each([
    ['fit mnist_saved_model_example +2', /public resource group/],
    ['fit nobody +2', /nobody/],
    ['fit ner_chinese_bert +0', /\+1 to/],
    ['fit ner_chinese_bert many', /"many"/],
  ])(':%s is refused with a word on it', async (line, words) => {
    const live = await openOn();
    live.command(line);
    await live.until('the reason', ({ prompt }) => words.test(prompt?.error ?? ''));
  });

  it('is part of the scale stage: the line says it, and a key shows where, with nothing else alive', async () => {
    const live = await openOn();
    await live.moveTo('ner_chinese_bert');
    await live.pressWhenOn('+');
    const room = () => Object.values(live.state().staged)[0]?.advice.room;
    await live.until('what fits', () => room() !== undefined);
    live.press('+', 'F');
    expect(await live.page('fit', /Will 2 more of ner_chinese_bert fit\?/)).toMatch(/then .* free/);
    live.press('S', ':', 's', 'enter');
    expect(live.state()).toMatchObject({ prompt: undefined, dialog: undefined });
    live.press('esc');
    expect(live.state().frames.at(-1)).toMatchObject({ kind: 'table', screen: 'services' });
    expect(Object.values(live.state().staged)[0]).toMatchObject({ from: 2, to: 4 });
    live.press('-', '-', 'F');
    expect(live.messages().at(-1)).toMatch(/no more is asked for/);
    live.press('esc');
    expect(live.asked()).toEqual([]);
    await live.moveTo('mnist_saved_model_example');
    await live.pressWhenOn('+');
    await live.until('the word on it', ({ staged }) => Object.values(staged)[0]?.advice.free !== undefined);
    live.press('F');
    expect(live.messages().at(-1)).toMatch(/public resource group/);
  });

  it('warns while scaling when there is no room for what is staged', async () => {
    const live = await openOn();
    live.emulator.model.resources
      .get(live.emulator.model.services.get('ner_chinese_bert')?.facts.resource ?? '')
      ?.nodes.forEach((node) => {
        node.cordoned = true;
      });
    await live.moveTo('ner_chinese_bert');
    await live.pressWhenOn('+');
    await live.told(/no more fits on any node \(estimate\)/);
  });
});

describe('the heat map', () => {
  it('shows every node with GPU and memory in signs and numbers, and who uses it', async () => {
    const live = await openOn();
    const resource = live.emulator.model.services.get('ner_chinese_bert')?.facts.resource ?? '';
    const nodes = live.emulator.model.resources.get(resource)?.nodes ?? [];
    await live.goTo('resources', 'resources', resource);
    await live.pressWhenOn('H');
    const said = await live.page('heat', /ner_chinese_bert ×/);
    for (const { name, capacity } of nodes) {
      const line = said.split('\n').find((one) => one.startsWith(name)) ?? '';
      expect(line).toMatch(/[█░+]/);
      expect(line).toContain(`/${capacity.gpu}`);
    }
  });

  it('fits into 80 columns, also with 16 GPUs and with the long names of the service', () => {
    const wire = { InstanceStatus: 'Ready', InstanceCpuCount: 128, InstanceUsedCpu: 127.5, InstanceMemory: '1040384M' };
    const more = { InstanceUsedMemory: '990384M', InstanceGpuCount: 16, InstanceUsedGpu: 15.5 };
    const names = ['cn-shanghai.i-uf6dj71ir6mh3gjmaz3a', 'eas011276215493'];
    const nodes = names.map((name) => readInstance({ ...wire, ...more, InstanceId: name, InstanceName: name }));
    const lines = heatSections(nodes, new Map(), 0).flatMap(({ lines: own = [] }) => own.map(({ text }) => text));
    for (const name of names) expect(lines.some((line) => line.startsWith(name))).toBe(true);
    expect(lines.filter((line) => line.includes('15.5/16'))).toHaveLength(2);
    expect(Math.max(...lines.map((line) => widthOf(line)))).toBeLessThanOrEqual(74);
  });

  it('shows a closed node as such, and an empty group', async () => {
    const live = await openOn();
    const resource = live.emulator.model.services.get('ner_chinese_bert')?.facts.resource ?? '';
    const group = live.emulator.model.resources.get(resource);
    const [node] = group?.nodes ?? [];
    if (!group || !node) throw new Error('the fleet is too small');
    node.cordoned = true;
    live.command(`heat ${resource}`);
    await live.page('heat', new RegExp(`${node.name}.*\\n +✕ closed to new workers`));
    group.nodes.splice(0);
    live.press('r');
    await live.page('heat', /has no nodes/);
  });
});
