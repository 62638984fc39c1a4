import type { Clock, Timeline } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Variants } from '../variants.ts';
import type { Resource } from './resource.ts';
import type { Service, ServiceEvent } from './service.ts';

export interface Group {
  readonly name: string;
  readonly createdAt: number;
  readonly token: string;
  updatedAt: number;
  trafficMode: string;
  labels: Record<string, string>;
  network: { GatewayId?: string; VpcId?: string; VSwitchId?: string; SecurityGroupId?: string };
}

/** All that the emulated account holds in its one region, and what moves it. */
export interface World {
  readonly region: string;
  /** Where services are called, once the emulator listens; as in the real world until then. */
  dataPlane?: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly variants: Variants;
  readonly services: Map<string, Service>;
  readonly resources: Map<string, Resource>;
  readonly groups: Map<string, Group>;
  /** Deleted services that lists still show for so many reads (variant delete-lingers). */
  readonly lingering: Map<Service, number>;
  /** Rises when a service comes or goes, so that sorted lists can be kept. */
  membership: number;
  /** The services as lists usually show them, made for the membership given. */
  readonly byAge: Map<'asc' | 'desc', { readonly membership: number; readonly services: readonly Service[] }>;
  /** Lists of services answered so far. */
  listReads: number;
}

const maxEvents = 500;

/** Forgets the ready-made list row of a service. To be called after every change that a reader can see. */
export function touch(service: Service): void {
  service.row = undefined;
}

export function setStatus(service: Service, status: string, message: string): void {
  service.status = status;
  service.reason = status.toUpperCase();
  service.message = message;
  touch(service);
}

export function addEvent(
  world: World,
  service: Service,
  event: Pick<ServiceEvent, 'type' | 'reason' | 'message'> & { worker?: string; at?: number },
): void {
  const running = (service.workers ?? []).filter((worker) => worker.phase === 'running').length;
  service.events.push({
    at: event.at ?? world.timeline.now(),
    type: event.type,
    reason: event.reason,
    resource: event.worker === undefined ? 'Service' : 'Pod',
    message: event.message,
    version: service.currentVersion,
    available: running,
    unavailable: Math.max(0, service.desired - running),
    worker: event.worker,
  });
  if (service.events.length > maxEvents) service.events.shift();
}

/** Times on the wire are RFC 3339 in UTC, to the second. */
export function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** `yyyy-MM-dd HH:mm:ss`, as events and log queries write it, in UTC. */
export function plainTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
