import { oneLine } from './errors.ts';
import type { Profile } from './profiles.ts';

/** A section of `~/.alibabacloud/credentials` with its fields as they stand there: holds secrets. */
type Section = Readonly<Record<string, string>>;

/** The sections of an ini file by name. Lines that are neither section nor field count for nothing. */
export function readIni(content: string): Map<string, Section> {
  const sections = new Map<string, Record<string, string>>();
  let open: Record<string, string> | undefined;
  for (const raw of content.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith(';') || line.startsWith('#')) continue;
    const name = /^\[(.+)\]$/.exec(line)?.[1]?.trim();
    if (name !== undefined) {
      open = sections.get(name) ?? {};
      sections.set(name, open);
      continue;
    }
    const at = line.indexOf('=');
    if (open && at > 0) open[line.slice(0, at).trim()] = unquote(line.slice(at + 1).trim());
  }
  return sections;
}

/**
 * A section as the profile of the aliyun CLI that means the same, or in words why there is none. The types are the
 * ones documented for this file.
 */
export function profileOfSection(sections: Map<string, Section>, name: string): Profile | string {
  const section = sections.get(name);
  if (!section) return `no section [${oneLine(name, 60)}]`;
  const { type } = section;
  const mode = { access_key: 'AK', ram_role_arn: 'RamRoleArn', ecs_ram_role: 'EcsRamRole' }[type ?? ''];
  if (!mode) {
    const said = type ? `type ${oneLine(type, 40)}` : 'no type';
    return `section [${oneLine(name, 60)}] has ${said}; access_key, ram_role_arn and ecs_ram_role are supported`;
  }
  const fields = {
    access_key_id: section.access_key_id,
    access_key_secret: section.access_key_secret,
    ram_role_name: section.role_name,
    ram_role_arn: section.role_arn,
    ram_session_name: section.role_session_name,
    policy: section.policy,
  };
  return { name, mode, region: undefined, current: false, vpc: false, fields };
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(value)?.[2];
  return quoted ?? value.replace(/\s+[;#].*$/, '');
}
