import { describe, expect, it } from 'vitest';
import type { Worker } from '../../../emulator/model/worker.ts';
import { type Live, openOn } from './live.ts';

/** A service of two running workers. */
const name = 'mnist_saved_model_example';

function workersOf({ emulator }: Live, service = name): Worker[] {
  const found = emulator.model.services.get(service);
  return found ? emulator.model.lifecycle.workers.of(found) : [];
}

async function onWorkers(live: Live, service = name): Promise<Worker> {
  const [worker] = workersOf(live, service).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (!worker) throw new Error('the service has no worker');
  await live.goTo(`workers ${service}`, 'workers', worker.name);
  return worker;
}

describe('a worker', () => {
  it('is isolated by a key and put back by undo', async () => {
    const live = await openOn();
    const worker = await onWorkers(live);
    await live.pressWhenOn('i');
    await live.told(/isolated .*gets no traffic/);
    expect(worker.isolated).toBe(true);
    await live.pressWhenOn('u');
    await live.told(/put .* back/);
    await live.until('it to be back', () => !worker.isolated);
    expect(live.asked('UpdateServiceInstance').map(({ params }) => params['Isolate'])).toEqual([true, false]);
  });

  it('that is the only one is not isolated without a yes, which says what becomes of the traffic', async () => {
    const live = await openOn();
    const [, second] = workersOf(live);
    if (second) second.isolated = true;
    const [first] = workersOf(live);
    await live.goTo(`workers ${name}`, 'workers', first?.name ?? '');
    await live.pressWhenOn('i');
    const lines = await live.yes();
    expect(lines.join('\n')).toContain('503');
    await live.told(/isolated/);
  });

  it('is deleted after a yes, and the service starts another', async () => {
    const live = await openOn();
    const worker = await onWorkers(live);
    await live.pressWhenOn('ctrl-d');
    expect((await live.yes()).join('\n')).toMatch(/share of the traffic goes to 1 other ready worker/);
    await live.told(/deleted worker/);
    const left = workersOf(live).filter(({ leaving }) => !leaving);
    expect(left.map((one) => one.name)).not.toContain(worker.name);
    expect(left).toHaveLength(2);
    expect(live.asked('DeleteServiceInstances')[0]?.params).toMatchObject({ InstanceList: worker.name });
  });

  it('is restarted where it is', async () => {
    const live = await openOn();
    const worker = await onWorkers(live);
    live.command(`restart-worker ${worker.name}`);
    await live.yes();
    await live.told(/restarted worker/);
    expect(worker.restarts).toBe(1);
    expect(workersOf(live).map((one) => one.name)).toContain(worker.name);
  });

  it('is detached for good only after its name was typed', async () => {
    const live = await openOn();
    const worker = await onWorkers(live);
    await live.pressWhenOn('D');
    await live.until('the question', ({ dialog }) => dialog?.word === worker.name);
    live.press('tab', 'enter');
    expect(live.asked()).toEqual([]);
    live.press('esc');
    await live.pressWhenOn('D');
    expect((await live.yes()).join('\n')).toMatch(/CANNOT BE UNDONE/);
    await live.told(/detached/);
    expect(worker.detached).toBe(true);
    // There is no way back.
    const from = live.messages().length;
    live.press('u');
    expect(live.messages(from).join()).toMatch(/no undo/);
  });

  it('that went meanwhile is left alone', async () => {
    const live = await openOn();
    const worker = await onWorkers(live);
    await live.pressWhenOn('ctrl-d');
    await live.until('the question', ({ dialog }) => dialog !== undefined);
    const service = live.emulator.model.services.get(name);
    if (service) service.workers = workersOf(live).filter((one) => one !== worker);
    await live.yes();
    await live.told(/nothing was sent/);
    expect(live.asked()).toEqual([]);
  });
});
