import type { Field, Section, Tone } from './define.ts';

const secretName = /token|secret|password|signature|dockerauth|authorization|apikey|api_key/i;

/** Whether a field or JSON key of this name holds something that must not be seen over a shoulder. */
export function isSecret(name: string): boolean {
  return secretName.test(name);
}

/** A deep copy with every secret value replaced by a mask that tells only that there is one. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (isSecret(key) && inner !== null && inner !== '' && typeof inner !== 'boolean') return [key, '••••••••'];
      return [key, typeof inner === 'string' ? maskInside(inner) : maskSecrets(inner)];
    }),
  );
}

/** JSON carried inside a string, as ServiceConfig is, is masked too. */
function maskInside(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  const parsed = parseJson(text);
  return parsed === undefined ? text : JSON.stringify(maskSecrets(parsed));
}

export function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Every field the service sent: those named in `first` in that order, then the rest by name.
 * Fields that hold JSON in a string become sections of their own.
 */
export function sectionsOf(
  title: string,
  raw: Readonly<Record<string, unknown>>,
  first: readonly string[],
  tones: Readonly<Record<string, Tone>> = {},
): Section[] {
  const rest = Object.keys(raw)
    .filter((name) => !first.includes(name))
    .sort();
  const fields: Field[] = [];
  const sections: Section[] = [];
  for (const name of [...first, ...rest]) {
    const value = raw[name];
    if (value === undefined) {
      if (first.includes(name)) fields.push({ name, value: undefined });
      continue;
    }
    const inner = typeof value === 'string' && /^\s*[[{]/.test(value) ? parseJson(value) : value;
    if (inner !== null && typeof inner === 'object' && Object.keys(inner).length > 0) {
      sections.push({ title: name, json: inner });
      continue;
    }
    const tone = tones[name];
    fields.push({ name, value, secret: isSecret(name), ...(tone ? { tone } : {}) });
  }
  return [{ title, fields }, ...sections];
}
