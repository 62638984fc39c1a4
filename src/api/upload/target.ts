import { basename } from 'node:path';
import { ApiError, oneLine } from '../errors.ts';

/** Where to: `key` ends with `/` (or is empty) when the name of what is uploaded is to be put behind it. */
export interface OssTarget {
  bucket: string;
  key: string;
}

const invalid = (message: string) => new ApiError({ kind: 'invalid', code: 'InvalidTarget', message });

/** Why OSS, or what comes after it, would not take this key; undefined when it would. */
export function keyTrouble(key: string): string | undefined {
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(key)) return 'its name holds control characters';
  if (key.includes('\ufffd') || !key.isWellFormed()) return 'its name is not UTF-8';
  if (/^[/\\]/.test(key)) return 'the name of an object cannot begin with a slash';
  if (key.split('/').some((segment) => segment === '..' || segment === '.')) return 'its name holds a "." or ".." step';
  const size = Buffer.byteLength(key);
  if (size > 1023) return `its name takes ${size} bytes; the name of an object has at most 1023`;
  return undefined;
}

/** Reads `oss://bucket`, `oss://bucket/prefix/` or `oss://bucket/name`. Throws ApiError `invalid`. */
export function readTarget(text: string): OssTarget {
  const match = /^oss:\/\/([^/]*)(?:\/(.*))?$/s.exec(text.trim());
  const shown = oneLine(text, 120);
  if (!match) throw invalid(`"${shown}" is not a target; one looks like oss://bucket/prefix/`);
  const [, bucket = '', key = ''] = match;
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw invalid(`"${oneLine(bucket, 70)}" in "${shown}" is not the name of a bucket: 3-63 of a-z, 0-9 and -`);
  }
  const trouble = keyTrouble(key);
  if (trouble) throw invalid(`"${shown}": ${trouble}`);
  return { bucket, key };
}

/** The key of one file sent to a target: behind a `/` its own name is put, else the target names it. */
export function keyOfFile(target: OssTarget, path: string): string {
  return target.key === '' || target.key.endsWith('/') ? `${target.key}${basename(path)}` : target.key;
}

/** What every key of a folder begins with: behind a `/` the folder's own name is put, else the target names it. */
export function prefixOfFolder(target: OssTarget, path: string): string {
  return `${keyOfFile(target, path)}/`;
}

export function printTarget(bucket: string, key: string): string {
  return `oss://${bucket}/${key}`;
}
