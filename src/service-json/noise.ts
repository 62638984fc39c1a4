import { type JsonObject, type Path, setOwn } from './value.ts';

/** A key of a configuration that the service writes and no person meant. */
interface Noise {
  readonly path: readonly string[];
  /** `one-sided`: only where one side lacks it, since a person may set the key too. */
  readonly when: 'one-sided' | 'always';
  readonly why: string;
}

/** Seen in answers of DescribeService and in the reference's examples; uids by their names. */
const noise: readonly Noise[] = [
  { path: ['metadata', 'region'], when: 'one-sided', why: 'added by the server' },
  { path: ['region'], when: 'one-sided', why: 'added by the server' },
  { path: ['token'], when: 'one-sided', why: 'made by the server' },
  { path: ['generate_token'], when: 'one-sided', why: 'added by the server' },
  { path: ['metadata', 'workspace_id'], when: 'one-sided', why: 'added by the server' },
  { path: ['uid'], when: 'always', why: 'given by the server' },
  { path: ['service_id'], when: 'always', why: 'given by the server' },
  { path: ['service_uid'], when: 'always', why: 'given by the server' },
  { path: ['metadata', 'uid'], when: 'always', why: 'given by the server' },
  { path: ['metadata', 'service_uid'], when: 'always', why: 'given by the server' },
  { path: ['metadata', 'parent_uid'], when: 'always', why: 'given by the server' },
  { path: ['metadata', 'caller_uid'], when: 'always', why: 'given by the server' },
];

/** Why a difference at a path is noise, or `undefined`. */
export function noiseReason(path: Path, changed: boolean): string | undefined {
  const hit = noise.find(
    (entry) => entry.path.length === path.length && entry.path.every((key, index) => key === path[index]),
  );
  return hit && (hit.when === 'always' || !changed) ? hit.why : undefined;
}

/** The configuration without any of the keys that the service writes, for use as the start of another service. */
export function withoutNoise(config: JsonObject): JsonObject {
  const keep = (value: JsonObject, above: readonly string[]): JsonObject => {
    const kept: JsonObject = {};
    for (const [key, inner] of Object.entries(value)) {
      const path = [...above, key];
      // The switch and the workspace are a person's choice as often as not, and harmless to repeat.
      if (key === 'generate_token' || key === 'workspace_id' || noiseReason(path, false) === undefined) {
        const nested = path.length === 1 && key === 'metadata' && typeof inner === 'object' && inner !== null;
        setOwn(kept, key, nested && !Array.isArray(inner) ? keep(inner as JsonObject, path) : inner);
      }
    }
    return kept;
  };
  return keep(config, []);
}
