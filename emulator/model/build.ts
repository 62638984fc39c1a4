import { createHash } from 'node:crypto';
import { machineOf, readConfig, type ServiceConfig } from './config.ts';
import { failureOf } from './failure.ts';
import { imageOf } from './lifecycle.ts';
import type { Node, Resource } from './resource.ts';
import type { Service } from './service.ts';
import type { Group, World } from './world.ts';

/** Time from scheduling to readiness of a worker unless a service says otherwise; emulator's choice. */
const usualStartupMs = 1_500;

/** A service as it is right after it was accepted, not yet in the world. */
export function buildService(world: World, name: string, config: ServiceConfig, createdAt: number): Service {
  const facts = { ...readConfig(config), name };
  const own = world.random.fork(`service ${name} ${createdAt}`);
  const service: Service = {
    id: `eas-m-${own.word(16)}`,
    name,
    createdAt,
    token: Buffer.from(own.hex(40)).toString('base64'),
    updatedAt: createdAt,
    status: 'Creating',
    reason: 'CREATING',
    message: '',
    config,
    facts,
    image: facts.image || imageOf(world, { name }, createdAt),
    desired: facts.instance,
    workers: [],
    generation: 1,
    epoch: 0,
    versions: [],
    currentVersion: 1,
    latestVersion: 1,
    weight: 0,
    trafficState: facts.trafficState || (facts.group ? 'grouping' : 'standalone'),
    group: facts.group,
    lock: 'none',
    labels: { ...facts.labels },
    autoscaler: undefined,
    cronscaler: undefined,
    mirror: undefined,
    rollout: undefined,
    pair: [],
    failure: failureOf(facts, config.processor_entry),
    startupMs: usualStartupMs,
    events: [],
    more: {},
    quotaId: '',
    gateway: '',
    callerUid: world.accountId,
    stale: undefined,
    row: undefined,
  };
  service.versions.push({
    id: 1,
    builtAt: createdAt,
    config,
    imageAvailable: 'true',
    runnable: 'unknown',
    message: 'Service is now creating',
  });
  return service;
}

export function admit(world: World, service: Service): void {
  world.services.set(service.name, service);
  world.membership += 1;
  if (service.group && !world.groups.has(service.group)) {
    // Documented: a group that is not there yet comes with its first service.
    world.groups.set(service.group, buildGroup(world, service.group, service.createdAt));
  }
}

export function buildGroup(world: World, name: string, at: number): Group {
  const token = Buffer.from(world.random.fork(`group ${name} ${at}`).hex(40)).toString('base64');
  return { name, createdAt: at, updatedAt: at, token, trafficMode: 'auto', labels: {}, network: {} };
}

export function buildResource(world: World, name: string, createdAt: number, id?: string): Resource {
  return {
    id: id ?? `eas-r-${world.random.fork(`resource ${name} ${createdAt}`).word(18)}`,
    name,
    type: 'Dedicated',
    createdAt,
    updatedAt: createdAt,
    status: 'ResourceReady',
    message: 'Resource is ready',
    usageMode: 'inference',
    nodes: [],
    network: undefined,
    log: undefined,
  };
}

export function buildNode(
  world: World,
  resource: Resource,
  instanceType: string,
  options: { createdAt: number; zone?: string; chargeType?: 'PrePaid' | 'PostPaid'; diskSize?: number },
): Node {
  const own = world.random.fork(`node ${resource.id} ${resource.nodes.length} ${options.createdAt}`);
  const digits = createHash('sha1').update(own.hex(8)).digest('hex').replace(/\D/g, '').padEnd(8, '7').slice(0, 8);
  return {
    id: `eas-i-${own.word(18)}`,
    name: `eas0112${digits}`,
    ip: `10.224.${own.integer(0, 63)}.${own.integer(2, 250)}`,
    tenantIp: `192.168.${own.integer(0, 63)}.${own.integer(2, 250)}`,
    instanceType,
    zone: options.zone ?? `${world.region}-b`,
    chargeType: options.chargeType ?? 'PostPaid',
    createdAt: options.createdAt,
    capacity: machineOf(instanceType),
    resourceId: resource.id,
    status: 'Ready',
    cordoned: false,
    cordonOperator: '',
    cordonReason: '',
    diskSize: options.diskSize ?? 200,
    labels: {},
    placed: new Map(),
  };
}
