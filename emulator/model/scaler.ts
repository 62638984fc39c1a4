import type { Lifecycle } from './lifecycle.ts';
import type { AutoScaler, Service } from './service.ts';
import { addEvent, type World } from './world.ts';

/** How often the emulated autoscaler looks; emulator's choice. */
const lookMs = 15_000;

/** The load on each worker, as the first strategy's metric. */
export function currentMetric(service: Service, scaler: AutoScaler): number {
  const running = service.workers?.filter((worker) => worker.phase === 'running').length ?? service.desired;
  return Math.round((scaler.load / Math.max(1, running)) * 10) / 10;
}

/**
 * Switches an autoscaler on. The load stays what it was, so the number of workers only moves when somebody else
 * moved it or the bounds changed. Documented: desired = ceil(current x metric / threshold), a tolerance of 10 %,
 * a window of 300 s before scaling down and none before scaling up.
 */
export function watchLoad(world: World, lifecycle: Lifecycle, service: Service, scaler: AutoScaler): void {
  let lowSince: number | undefined;

  function look(): void {
    if (service.autoscaler !== scaler || world.services.get(service.name) !== service) return;
    world.timeline.after(lookMs, look);
    if (service.status !== 'Running') return;
    const [strategy] = scaler.strategies;
    if (!strategy) return;
    const current = service.desired;
    const ratio = current === 0 ? 1 : scaler.load / current / strategy.threshold;
    const wanted = Math.abs(ratio - 1) <= 0.1 ? current : Math.ceil(scaler.load / strategy.threshold);
    const desired = Math.max(scaler.min, Math.min(scaler.max, wanted));
    const now = world.timeline.now();
    if (desired >= current) lowSince = undefined;
    else lowSince ??= now;
    const windowMs = (scaler.behavior?.scaleDown?.stabilizationWindowSeconds ?? 300) * 1000;
    const early = lowSince !== undefined && (now - lowSince) * world.clock.speed < windowMs;
    if (desired === current || early) return;
    addEvent(world, service, {
      type: 'Normal',
      reason: 'AutoScaling',
      message: `Autoscaler changes the number of instances from ${current} to ${desired}`,
    });
    lifecycle.scale(service, desired);
  }

  world.timeline.after(lookMs, look);
}
