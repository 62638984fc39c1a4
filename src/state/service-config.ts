import type { Service } from '../api/services.ts';
import { type Change, toLines } from '../service-json/diff.ts';
import { merge, toPatch } from '../service-json/merge.ts';
import { type UpdateKind, updateKind, withInstances } from '../service-json/update-kind.ts';
import { isObject, type JsonObject, own, same, valueAt } from '../service-json/value.ts';

/** The configuration a service was deployed with; undefined when the service gives none that can be read. */
export function configOf({ serviceConfig }: Service): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(serviceConfig ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The name a configuration gives its service. */
export function nameIn(config: JsonObject): string | undefined {
  const name = own(config, 'name') ?? valueAt(config, ['metadata', 'name']);
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Whether it asks for a service beside an existing one. Booleans as text occur. */
export function isRelease(config: JsonObject): boolean {
  return String(valueAt(config, ['metadata', 'release'])).toLowerCase() === 'true';
}

/** The number of workers a configuration asks for. */
export function instancesIn(config: JsonObject): number | undefined {
  const value = valueAt(config, ['metadata', 'instance']);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A copy with another value at `metadata.<key>`. */
export function withMetadata(config: JsonObject, key: string, value: unknown): JsonObject {
  const metadata = own(config, 'metadata');
  return { ...config, metadata: { ...(isObject(metadata) ? metadata : {}), [key]: value } };
}

/** A copy without `metadata.<key>`. */
export function withoutMetadata(config: JsonObject, key: string): JsonObject {
  const metadata = own(config, 'metadata');
  if (!isObject(metadata) || !Object.hasOwn(metadata, key)) return config;
  const { [key]: _, ...rest } = metadata;
  return { ...config, metadata: rest };
}

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

/** A configuration as it is written for an editor. */
export const written = (config: JsonObject): string => `${JSON.stringify(config, undefined, 2)}\n`;

/** The text of a configuration in one form: two texts that differ in nothing but blanks and order are equal in it. */
export function isSameConfig(one: string | undefined, other: string | undefined): boolean {
  if (one === other) return true;
  try {
    return same(JSON.parse(one ?? ''), JSON.parse(other ?? ''));
  } catch {
    return false;
  }
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
