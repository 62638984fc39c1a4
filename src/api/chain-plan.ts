import { oneLine } from './errors.ts';
import type { Profile } from './profiles.ts';
import { flag, number, text } from './read.ts';
import type { Keys } from './sign.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where the keys of a role are asked for, and for how long. */
interface Session {
  roleArn: string;
  sessionName: string | undefined;
  /** Seconds; the service takes 900 up to what the role allows. */
  duration: number | undefined;
  stsRegion: string | undefined;
  /** A host; undefined for the one of the region. */
  stsEndpoint: string | undefined;
  vpc: boolean;
}

/** How keys come about, with all that is needed for it: holds secrets. */
export type Plan =
  | { kind: 'keys'; keys: Keys }
  | ({ kind: 'role'; source: Plan; externalId: string | undefined; policy: string | undefined } & Session)
  | ({ kind: 'oidc'; providerArn: string; tokenFile: string } & Session)
  | { kind: 'metadata'; role: string | undefined; disableV1: boolean }
  | { kind: 'sso'; signInUrl: string; accountId: string; accessConfig: string; token: string; tokenExpires: number }
  | {
      kind: 'oauth';
      profile: string;
      site: 'CN' | 'INTL';
      refreshToken: string | undefined;
      token: string | undefined;
      tokenExpires: number;
    }
  | { kind: 'command'; command: string }
  | { kind: 'uri'; uri: string };

const supported =
  'AK, StsToken, RamRoleArn, ChainableRamRoleArn, EcsRamRole, OIDC, CloudSSO, OAuth, External and CredentialsURI are';

/**
 * What a profile of the aliyun CLI asks for, or in words what it lacks. The words never hold a value of the file but
 * names and modes. `profiles` are all of the file, for a profile that builds on another.
 */
export function planOf(profile: Profile, profiles: readonly Profile[], env: Env): Plan | string {
  return planFrom(profile, profiles, env, []);
}

function planFrom(profile: Profile, profiles: readonly Profile[], env: Env, above: readonly string[]): Plan | string {
  const { mode, fields } = profile;
  const read = (name: string) => text(fields[name])?.trim();
  const missing = (...names: string[]) => `mode ${oneLine(mode, 40)} without ${names.join(', ')}`;
  const lacking = (...names: string[]) => names.filter((name) => !read(name));
  switch (mode) {
    case 'AK':
    case 'StsToken': {
      const keys = keysOf(fields, mode === 'StsToken' ? 'sts_token' : undefined);
      return 'missing' in keys ? missing(...keys.missing) : { kind: 'keys', keys };
    }
    case 'RamRoleArn': {
      const keys = keysOf(fields, undefined);
      if ('missing' in keys) return missing(...keys.missing);
      return roleOf(fields, { kind: 'keys', keys }, env, missing);
    }
    case 'ChainableRamRoleArn': {
      const name = read('source_profile');
      if (!name) return missing('source_profile');
      const path = [...above, profile.name];
      if (path.includes(name))
        return `its source_profile leads in a circle: ${oneLine([...path, name].join(' → '), 120)}`;
      const parent = profiles.find((one) => one.name === name);
      if (!parent) return `its source_profile "${oneLine(name, 60)}" is not in the file`;
      const source = planFrom(parent, profiles, env, path);
      if (typeof source === 'string') return `its source_profile "${oneLine(name, 60)}": ${source}`;
      return roleOf(fields, source, env, missing);
    }
    case 'EcsRamRole':
      return metadataPlan(read('ram_role_name'), env);
    case 'OIDC': {
      const lack = lacking('oidc_provider_arn', 'oidc_token_file', 'ram_role_arn');
      if (lack.length > 0) return missing(...lack);
      const session = sessionOf(fields, env);
      if (typeof session === 'string') return session;
      const providerArn = read('oidc_provider_arn') ?? '';
      return { kind: 'oidc', providerArn, tokenFile: read('oidc_token_file') ?? '', ...session };
    }
    case 'CloudSSO':
      return ssoOf(read, fields, missing);
    case 'OAuth': {
      const site = read('oauth_site_type')?.toUpperCase();
      if (site !== 'CN' && site !== 'INTL') return 'its oauth_site_type is neither CN nor INTL';
      const refreshToken = read('oauth_refresh_token');
      const token = read('oauth_access_token');
      if (!refreshToken && !token) return missing('oauth_refresh_token');
      const tokenExpires = number(fields.oauth_access_token_expire) ?? 0;
      return { kind: 'oauth', profile: profile.name, site, refreshToken, token, tokenExpires };
    }
    case 'External': {
      const command = read('process_command');
      return command ? { kind: 'command', command } : missing('process_command');
    }
    case 'CredentialsURI': {
      const uri = read('credentials_uri');
      return uri ? uriPlan(uri, 'its credentials_uri') : missing('credentials_uri');
    }
    default:
      return `mode ${oneLine(mode, 40)} is not supported; ${supported}`;
  }
}

/** The keys of the instance's role from the metadata server; without a name it is asked for that too. */
export function metadataPlan(role: string | undefined, env: Env): Plan | string {
  if (isTrue(env.ALIBABA_CLOUD_ECS_METADATA_DISABLED)) {
    return 'not asked: ALIBABA_CLOUD_ECS_METADATA_DISABLED is set';
  }
  return {
    kind: 'metadata',
    role: role ?? (env.ALIBABA_CLOUD_ECS_METADATA?.trim() || undefined),
    disableV1: isTrue(env.ALIBABA_CLOUD_IMDSV1_DISABLED),
  };
}

/** The URI itself may hold a secret, so the words name where it stands instead. */
export function uriPlan(uri: string, where: string): Plan | string {
  return URL.canParse(uri) && /^https?:/i.test(uri) ? { kind: 'uri', uri } : `${where} is not an http(s) URL`;
}

/** A role for a token of another identity provider, all from the environment; undefined unless all of it is there. */
export function oidcPlan(env: Env): Plan | undefined {
  const providerArn = env.ALIBABA_CLOUD_OIDC_PROVIDER_ARN?.trim();
  const tokenFile = env.ALIBABA_CLOUD_OIDC_TOKEN_FILE?.trim();
  const session = sessionOf({ ram_role_arn: env.ALIBABA_CLOUD_ROLE_ARN }, env);
  if (!providerArn || !tokenFile || typeof session === 'string' || !session.roleArn) return undefined;
  return { kind: 'oidc', providerArn, tokenFile, ...session };
}

function keysOf(fields: Profile['fields'], token: string | undefined): Keys | { missing: string[] } {
  const accessKeyId = text(fields.access_key_id)?.trim();
  const accessKeySecret = text(fields.access_key_secret)?.trim();
  const securityToken = token === undefined ? undefined : text(fields[token])?.trim();
  const missing = [
    accessKeyId ? '' : 'access_key_id',
    accessKeySecret ? '' : 'access_key_secret',
    token === undefined || securityToken ? '' : token,
  ].filter(Boolean);
  return accessKeyId && accessKeySecret && missing.length === 0
    ? { accessKeyId, accessKeySecret, securityToken }
    : { missing };
}

function roleOf(
  fields: Profile['fields'],
  source: Plan,
  env: Env,
  missing: (...names: string[]) => string,
): Plan | string {
  const session = sessionOf(fields, env);
  if (typeof session === 'string') return session;
  if (!session.roleArn) return missing('ram_role_arn');
  return {
    kind: 'role',
    source,
    externalId: text(fields.external_id)?.trim(),
    policy: text(fields.policy)?.trim(),
    ...session,
  };
}

function sessionOf(fields: Profile['fields'], env: Env): Session | string {
  const duration = number(fields.expired_seconds) ?? number(fields.duration_seconds);
  if (duration !== undefined && duration > 0 && duration < 900) {
    return `its expired_seconds is ${duration}; the service takes 900 or more`;
  }
  const stsRegion = text(fields.sts_region)?.trim() ?? (env.ALIBABA_CLOUD_STS_REGION?.trim() || undefined);
  if (stsRegion !== undefined && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stsRegion)) {
    return 'its sts_region is no region id; one looks like cn-shanghai';
  }
  const stsEndpoint = text(fields.sts_endpoint)?.trim();
  if (stsEndpoint !== undefined && !/^[\w.-]+(:\d+)?$/.test(stsEndpoint)) return 'its sts_endpoint is no host name';
  return {
    roleArn: text(fields.ram_role_arn)?.trim() ?? '',
    sessionName: text(fields.ram_session_name)?.trim() ?? (env.ALIBABA_CLOUD_ROLE_SESSION_NAME?.trim() || undefined),
    duration: duration || undefined,
    stsRegion,
    stsEndpoint,
    vpc: flag(fields.enable_vpc) ?? isTrue(env.ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED),
  };
}

function ssoOf(
  read: (name: string) => string | undefined,
  fields: Profile['fields'],
  missing: (...names: string[]) => string,
): Plan | string {
  const signInUrl = read('cloud_sso_sign_in_url');
  const accountId = read('cloud_sso_account_id');
  const accessConfig = read('cloud_sso_access_config');
  const token = read('access_token');
  const lack = [
    signInUrl ? '' : 'cloud_sso_sign_in_url',
    accountId ? '' : 'cloud_sso_account_id',
    accessConfig ? '' : 'cloud_sso_access_config',
  ].filter(Boolean);
  if (!signInUrl || !accountId || !accessConfig) return missing(...lack);
  if (!token) return 'mode CloudSSO without a login; log in with the aliyun CLI';
  // The access token goes there, so it must not travel in the open.
  if (
    !/^(https:\/\/|http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])([:/]|$))/i.test(signInUrl) ||
    !URL.canParse(signInUrl)
  ) {
    return 'its cloud_sso_sign_in_url is not an https URL';
  }
  const tokenExpires = number(fields.cloud_sso_access_token_expire) ?? 0;
  return { kind: 'sso', signInUrl, accountId, accessConfig, token, tokenExpires };
}

function isTrue(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === 'true';
}
