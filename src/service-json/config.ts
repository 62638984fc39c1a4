import { isObject, type JsonObject, own, same, valueAt } from './value.ts';

/** The configuration in a text; undefined when there is none that can be read. */
export function readConfigText(text: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A configuration as it is written for an editor. */
export const written = (config: JsonObject): string => `${JSON.stringify(config, undefined, 2)}\n`;

/** Whether two texts hold one configuration: they may differ in blanks and order. */
export function isSameConfig(one: string | undefined, other: string | undefined): boolean {
  if (one === other) return true;
  const config = readConfigText(one);
  return config !== undefined && same(config, readConfigText(other));
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
 * The configuration with the number of instances that runs. A ServiceConfig keeps the old number after ScaleService, so
 * sending it as it was read would scale the service back unseen.
 */
export const withInstances = (config: JsonObject, instance: number): JsonObject =>
  withMetadata(config, 'instance', instance);
