import { isSecretKey } from '../service-json/schema-tree.ts';
import type { Field, Section, Tone } from './define.ts';

const mask = '••••••••';

/** A deep copy with every secret value replaced by a mask that tells only that there is one. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value === 'string') return maskInside(value);
  if (value === null || typeof value !== 'object') return value;
  // An environment variable carries its name beside its value.
  const named = 'name' in value && typeof value.name === 'string' && isSecretKey(value.name);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isSecretKey(key) || (named && key === 'value') ? hide(inner) : maskSecrets(inner),
    ]),
  );
}

/** Everything inside a secret is secret; that there is nothing, or a yes or no, is not. */
function hide(value: unknown): unknown {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(hide);
  return mask;
}

/** JSON carried inside a string, as ServiceConfig is, is masked too; also when it is cut off and cannot be read. */
function maskInside(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  const parsed = parseJson(text);
  if (parsed !== undefined) return JSON.stringify(maskSecrets(parsed));
  return text.replace(
    /("((?:[^"\\]|\\.)*)"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^,}\]\s]+)/g,
    (whole, head: string, key: string) => (isSecretKey(key) ? `${head}"${mask}"` : whole),
  );
}

function parseJson(text: unknown): unknown {
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
    const secret = isSecretKey(name);
    const inner = typeof value === 'string' && /^\s*[[{]/.test(value) ? parseJson(value) : value;
    if (!secret && inner !== null && typeof inner === 'object' && Object.keys(inner).length > 0) {
      sections.push({ title: name, json: inner });
      continue;
    }
    const tone = tones[name];
    fields.push({ name, value, secret, ...(tone ? { tone } : {}) });
  }
  return [{ title, fields }, ...sections];
}
