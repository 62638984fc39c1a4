import { type Clock, createTimeline } from '../clock.ts';
import { createRandom } from '../random.ts';
import type { Variants } from '../variants.ts';
import { populateBulk } from './bulk.ts';
import { populate } from './fleet.ts';
import { populateHostile } from './hostile.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import type { World } from './world.ts';

/** The emulated account and what can be ordered of it. */
export interface Model extends World {
  readonly lifecycle: Lifecycle;
  /** Brings everything up to the clock. To be called before each look and each order. */
  settle(): void;
}

export interface ModelOptions {
  readonly region: string;
  readonly seed: number;
  readonly clock: Clock;
  readonly variants: Variants;
  /** Number of services: fewer than the curated ones keeps the first, more adds made-up ones. */
  readonly services?: number | undefined;
}

export function createModel(options: ModelOptions): Model {
  const random = createRandom(options.seed);
  const timeline = createTimeline(options.clock);
  const world: World = {
    region: options.region,
    accountId: '1828488879220001',
    clock: options.clock,
    timeline,
    random,
    variants: options.variants,
    services: new Map(),
    resources: new Map(),
    groups: new Map(),
    lingering: new Map(),
    membership: 0,
    byAge: new Map(),
    listReads: 0,
  };
  const lifecycle = createLifecycle(world);
  populate(world, lifecycle);
  if (options.services !== undefined) {
    trim(world, options.services);
    populateBulk(world, options.services);
  }
  if (options.variants.on('hostile-text')) populateHostile(world, lifecycle);
  // The first workers are placed at once, so that the first look shows them where they belong.
  timeline.settle();
  return Object.assign(world, { lifecycle, settle: timeline.settle });
}

function trim(world: World, count: number): void {
  for (const service of [...world.services.values()].slice(count)) {
    for (const worker of service.workers ?? []) worker.node?.placed.delete(worker);
    service.workers = [];
    service.status = 'Deleting';
    world.services.delete(service.name);
    const emptied = ![...world.services.values()].some(({ group }) => group === service.group);
    if (service.group && emptied) world.groups.delete(service.group);
  }
}
