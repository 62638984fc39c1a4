import { diffConfigs } from './diff.ts';
import { isObject, type JsonObject, own } from './value.ts';

/** What sending a change does to the running service. */
export interface UpdateKind {
  /** `scale`: only the number of instances, without a rolling update. `rolling`: every instance is replaced. */
  readonly kind: 'none' | 'scale' | 'rolling';
  /** Whether the model or the processor changes too, which adds a version (documented for modify -s). */
  readonly newVersion: boolean;
}

/** Whether nothing but `metadata.instance` differs, so that instances are started or stopped and none is replaced. */
export function onlyInstanceChanged(before: unknown, after: unknown): boolean {
  return updateKind(before, after).kind === 'scale';
}

export function updateKind(before: unknown, after: unknown): UpdateKind {
  // Noise counts here: to say "no rolling update" wrongly is worse than to say the other.
  const changes = diffConfigs(before, after);
  if (changes.length === 0) return { kind: 'none', newVersion: false };
  const newVersion = changes.some(({ path }) => /^(model_|processor|containers\[\d+\]\.image$|containers$)/.test(path));
  const scale = changes.every(({ path, kind }) => path === 'metadata.instance' && kind !== 'removed');
  return { kind: scale ? 'scale' : 'rolling', newVersion };
}

/**
 * The configuration with the number of instances that runs. A ServiceConfig keeps the old number after ScaleService, so
 * sending it as it was read would scale the service back unseen.
 */
export function withInstances(config: JsonObject, instance: number): JsonObject {
  const metadata = own(config, 'metadata');
  return { ...config, metadata: { ...(isObject(metadata) ? metadata : {}), instance } };
}
