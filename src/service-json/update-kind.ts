import { diffConfigs } from './diff.ts';

/** What sending a change does to the running service. */
export interface UpdateKind {
  /** `scale`: only the number of instances, without a rolling update. `rolling`: every instance is replaced. */
  readonly kind: 'none' | 'scale' | 'rolling';
  /** Whether the model or the processor changes too, which adds a version (documented for modify -s). */
  readonly newVersion: boolean;
}

export function updateKind(before: unknown, after: unknown): UpdateKind {
  // Noise counts here: to say "no rolling update" wrongly is worse than to say the other.
  const changes = diffConfigs(before, after);
  if (changes.length === 0) return { kind: 'none', newVersion: false };
  const newVersion = changes.some(({ path }) => /^(model_|processor|containers\[\d+\]\.image$|containers$)/.test(path));
  const scale = changes.every(({ path, kind }) => path === 'metadata.instance' && kind !== 'removed');
  return { kind: scale ? 'scale' : 'rolling', newVersion };
}
