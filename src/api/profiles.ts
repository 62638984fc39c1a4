import { readFile } from 'node:fs';
import { promisify } from 'node:util';
import { ApiError, oneLine } from './errors.ts';
import { isRecord, list, text } from './read.ts';

/** A profile of the aliyun CLI without anything secret in it. */
export interface ProfileSummary {
  name: string;
  /** How it signs: `AK`, `StsToken`, `RamRoleArn`, … */
  mode: string;
  region: string | undefined;
  /** Whether the file says it is the one in use. */
  current: boolean;
  /** Whether it asks for the endpoint inside a VPC. */
  vpc: boolean;
}

/** A profile with its fields as they stand in the file: holds secrets. */
export interface Profile extends ProfileSummary {
  fields: Readonly<Record<string, unknown>>;
}

/** Reads a file as text. Taken as a parameter so that tests need no home directory. */
export type ReadText = (path: string) => Promise<string>;

const read = promisify(readFile);

/** From the disk. By the functions with callbacks: those with promises take Node.js 4 ms to load, before the first rows. */
export const readTextFile: ReadText = (path) => read(path, 'utf8');

/** The profiles of a file for people to choose from: none when there is no such file. */
export async function listProfiles(file: string, read: ReadText = readTextFile): Promise<ProfileSummary[]> {
  const profiles = await readProfiles(file, read);
  return (profiles ?? []).map(({ fields: _, ...summary }) => summary);
}

/**
 * All profiles of a file of the aliyun CLI; undefined when there is no file. Throws ApiError `invalid` that names the
 * file, and never repeats what is in it: parse errors quote the text around them, and here that is where keys are.
 */
export async function readProfiles(file: string, read: ReadText = readTextFile): Promise<Profile[] | undefined> {
  let content: string;
  try {
    content = await read(file);
  } catch (error) {
    const code = isRecord(error) || error instanceof Error ? String((error as NodeJS.ErrnoException).code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw badFile(`${file} cannot be read (${code})`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.replace(/^\ufeff/, ''));
  } catch {
    throw badFile(`${file} is not valid JSON; \`aliyun configure\` writes it anew`);
  }
  if (!isRecord(parsed) || !Array.isArray(parsed.profiles)) throw badFile(`${file} has no list "profiles"`);
  const current = text(parsed.current);
  return list(parsed.profiles).flatMap((entry) => {
    const name = isRecord(entry) ? text(entry.name) : undefined;
    return isRecord(entry) && name ? [readProfile(entry, name, current)] : [];
  });
}

function readProfile(fields: Record<string, unknown>, name: string, current: string | undefined): Profile {
  return {
    name,
    // Files from before there were modes have keys only.
    mode: text(fields.mode) ?? (text(fields.sts_token) ? 'StsToken' : 'AK'),
    region: text(fields.region_id)?.trim(),
    current: name === current,
    vpc: text(fields.endpoint_type)?.toLowerCase() === 'vpc',
    fields,
  };
}

/** The profile of a name. Throws ApiError `invalid` that lists the names there are. */
export function findProfile(profiles: readonly Profile[] | undefined, name: string, file: string): Profile {
  const found = profiles?.find((profile) => profile.name === name);
  if (found) return found;
  const names = (profiles ?? []).map((profile) => profile.name);
  const there = profiles === undefined ? 'the file does not exist' : `there are: ${names.join(', ') || 'none'}`;
  throw new ApiError({
    kind: 'invalid',
    code: 'NoSuchProfile',
    message: oneLine(`no profile "${name}" in ${file}; ${there}`),
  });
}

function badFile(message: string): ApiError {
  return new ApiError({ kind: 'invalid', code: 'BadProfileFile', message });
}
