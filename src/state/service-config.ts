import type { Service } from '../api/services.ts';
import { instancesIn, readConfigText, withInstances } from '../service-json/config.ts';
import { type Change, toLines } from '../service-json/diff.ts';
import { merge, toPatch } from '../service-json/merge.ts';
import { type UpdateKind, updateKind } from '../service-json/update-kind.ts';
import type { JsonObject } from '../service-json/value.ts';

/** The configuration a service was deployed with; undefined when the service gives none that can be read. */
export const configOf = ({ serviceConfig }: Service): JsonObject | undefined => readConfigText(serviceConfig);

/**
 * A service that was scaled may say another number in its configuration than it runs: whoever sends the configuration
 * back scales it again. The numbers, when they differ and the service runs.
 */
export function scaledApart(service: Service, config: JsonObject): { running: number; configured: number } | undefined {
  const { totalInstance: running, status } = service;
  const configured = instancesIn(config);
  if (running === undefined || running === 0 || configured === undefined || configured === running) return undefined;
  return /^stop/i.test(status ?? '') ? undefined : { running, configured };
}

/** The configuration with the number of workers that run: sent back as it says, it would scale the service. */
export function asRunning(service: Service, config: JsonObject): JsonObject {
  const apart = scaledApart(service, config);
  return apart ? withInstances(config, apart.running) : config;
}

/** The body that makes `after` of what a service has. The number of workers goes with it unless it runs already. */
export function bodyFor(
  service: Service,
  theirs: JsonObject,
  after: JsonObject,
): { readonly patch: JsonObject; readonly removed: readonly string[]; readonly kind: UpdateKind } {
  const now = asRunning(service, theirs);
  const { patch, removed } = toPatch(theirs, after);
  const wanted = instancesIn(after);
  const body = wanted !== undefined && wanted !== instancesIn(now) ? withInstances(patch, wanted) : patch;
  return { patch: body, removed, kind: updateKind(now, merge(now, body)) };
}

/** A change in a line for a dialog: `~ instances 5 → 2`. */
export const changeTexts = (changes: readonly Change[]): string[] =>
  toLines(changes).map(({ symbol, text }) => `${symbol} ${text}`);
