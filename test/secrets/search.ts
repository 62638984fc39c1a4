/** Looks for secrets wherever a run could have left them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The secrets of a run by what they are. */
export type Secrets = Readonly<Record<string, string>>;

/** A part is enough to tell that a secret got out: it may be cut off or broken across lines. */
const telling = 14;

/** The names of the secrets that a text holds, whole, in base64 or their first part. */
export function secretsIn(text: string, secrets: Secrets): string[] {
  const plain = text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '');
  return Object.entries(secrets)
    .filter(([, secret]) =>
      [secret.slice(0, telling), Buffer.from(secret).toString('base64').slice(0, telling)].some((part) =>
        plain.includes(part),
      ),
    )
    .map(([name]) => name);
}

/** All files below a folder with their texts. */
export function filesBelow(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: readFileSync(path, 'latin1') }));
}

/** What the system tells of a process to everybody with the same user, or '' when it is gone. */
export function procFile(pid: number, name: 'cmdline' | 'environ' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1').replaceAll('\0', '\n');
  } catch {
    return '';
  }
}

/** A process and all that came of it and still lives, whatever environment they were given. */
export function familyOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(/\) \S (\d+)/.exec(procFile(Number(name), 'stat'))?.[1])] as const);
  const family = [pid];
  for (const member of family)
    family.push(...parents.filter(([, parent]) => parent === member).map(([child]) => child));
  return family;
}
