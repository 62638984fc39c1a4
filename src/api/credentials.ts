import { join } from 'node:path';
import { createChainSource } from './chain.ts';
import type { CredentialSource } from './client.ts';
import { ApiError, maskKeyId, oneLine } from './errors.ts';
import { findProfile, type Profile, type ReadText, readProfiles } from './profiles.ts';
import { text } from './read.ts';
import type { Keys } from './sign.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface ResolveOptions {
  /** A profile asked for by name, by flag or chosen in the app: it beats keys in the environment. */
  profile?: string | undefined;
  /** A region asked for by flag or chosen in the app. */
  region?: string | undefined;
  env: Env;
  home: string;
  /** The file of the aliyun CLI, if not `~/.aliyun/config.json`. */
  file?: string | undefined;
  read?: ReadText | undefined;
}

/** A place where keys were looked for, and what was (not) there. */
export interface Searched {
  place: string;
  finding: string;
}

/** Who acts and where. */
export interface Identity {
  found: true;
  source: CredentialSource;
  /** The profile's name; undefined when the keys are not from one. */
  profile: string | undefined;
  /** Where the keys came from, e.g. `env ALIBABA_CLOUD_ACCESS_KEY_ID` or `profile prod (~/.aliyun/config.json)`. */
  from: string;
  /** The last characters of the key id, e.g. `…3f2a`; undefined when it is not known yet. */
  keyHint: string | undefined;
  region: string | undefined;
  /** Where the region came from, e.g. `--region` or `env ALIBABA_CLOUD_REGION_ID`. */
  regionFrom: string | undefined;
  /** Whether the environment or the profile asks for the endpoint inside a VPC. */
  vpc: boolean;
}

export interface NoIdentity {
  found: false;
  searched: Searched[];
}

const regionNames = ['ALIBABA_CLOUD_REGION_ID', 'ALIBABACLOUD_REGION_ID', 'ALICLOUD_REGION_ID', 'REGION_ID', 'REGION'];

/** Where the aliyun CLI keeps its profiles. */
export function profileFile(home: string): string {
  return join(home, '.aliyun', 'config.json');
}

/**
 * Finds out who acts. A profile asked for by name beats keys in the environment; those beat only the default profile
 * (ALIBABA_CLOUD_PROFILE, else the file's current one). Throws ApiError `invalid` when a profile asked for is not
 * there, has no keys, or its file cannot be read.
 */
export async function resolveIdentity(options: ResolveOptions): Promise<Identity | NoIdentity> {
  const { env, home, read } = options;
  const file = options.file ?? profileFile(home);
  const shown = file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
  const of = (profile: Profile) => fromProfile(profile, shown, options);

  if (options.profile !== undefined) {
    const profiles = await readProfiles(file, read);
    const identity = of(findProfile(profiles, options.profile, shown));
    if (typeof identity !== 'string') return identity;
    const message = `profile ${oneLine(options.profile, 80)} in ${shown}: ${identity}`;
    throw new ApiError({ kind: 'invalid', code: 'ProfileWithoutKeys', message });
  }

  const searched: Searched[] = [];
  const fromEnv = envKeys(env);
  if (typeof fromEnv !== 'string') {
    const from = 'env ALIBABA_CLOUD_ACCESS_KEY_ID';
    const fallback = await defaultProfile(file, options).catch(() => undefined);
    const region = pickRegion(options, undefined, typeof fallback === 'object' ? fallback : undefined, shown);
    return { ...identityOf(fixed(fromEnv, from), from, undefined, fromEnv), ...region, vpc: vpcOf(env, undefined) };
  }
  searched.push({ place: 'env ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET', finding: fromEnv });

  const oidc = ['ALIBABA_CLOUD_OIDC_PROVIDER_ARN', 'ALIBABA_CLOUD_OIDC_TOKEN_FILE', 'ALIBABA_CLOUD_ROLE_ARN'];
  if (oidc.every((name) => env[name])) return fromChain('env ALIBABA_CLOUD_OIDC_TOKEN_FILE', 'OIDC', options);
  searched.push({ place: `env ${oidc.join(', ')}`, finding: 'not all set' });

  let finding: string;
  try {
    const profile = await defaultProfile(file, options);
    const identity = typeof profile === 'string' ? profile : of(profile);
    if (typeof identity !== 'string') return identity;
    finding = identity;
  } catch (error) {
    finding = error instanceof ApiError ? error.message : 'cannot be read';
  }
  searched.push({ place: shown, finding });

  for (const [name, mode] of [
    ['ALIBABA_CLOUD_CREDENTIALS_FILE', 'credentials file'],
    ['ALIBABA_CLOUD_ECS_METADATA', 'EcsRamRole'],
    ['ALIBABA_CLOUD_CREDENTIALS_URI', 'CredentialsURI'],
  ] as const) {
    if (env[name]) return fromChain(`env ${name}`, mode, options);
    searched.push({ place: `env ${name}`, finding: 'not set' });
  }
  return { found: false, searched };
}

/** The keys in the environment, or in words why there are none. */
function envKeys(env: Env): Keys | string {
  const accessKeyId = env.ALIBABA_CLOUD_ACCESS_KEY_ID?.trim();
  const accessKeySecret = env.ALIBABA_CLOUD_ACCESS_KEY_SECRET?.trim();
  if (!accessKeyId && !accessKeySecret) return 'not set';
  if (!accessKeyId) return 'ALIBABA_CLOUD_ACCESS_KEY_SECRET is set, ALIBABA_CLOUD_ACCESS_KEY_ID is not';
  if (!accessKeySecret) return 'ALIBABA_CLOUD_ACCESS_KEY_ID is set, ALIBABA_CLOUD_ACCESS_KEY_SECRET is not';
  return { accessKeyId, accessKeySecret, securityToken: env.ALIBABA_CLOUD_SECURITY_TOKEN?.trim() || undefined };
}

/** The profile used when none is asked for, or in words why there is none. */
async function defaultProfile(file: string, { env, read }: ResolveOptions): Promise<Profile | string> {
  if (env.ALIBABA_CLOUD_CLI_PROFILE_DISABLED?.toLowerCase() === 'true') {
    return 'not read: ALIBABA_CLOUD_CLI_PROFILE_DISABLED is set';
  }
  const profiles = await readProfiles(file, read);
  const name = env.ALIBABA_CLOUD_PROFILE?.trim();
  if (!profiles)
    return name ? `no such file, though ALIBABA_CLOUD_PROFILE asks for ${oneLine(name, 80)}` : 'no such file';
  if (name) return findProfile(profiles, name, 'the file');
  return (
    profiles.find(({ current }) => current) ?? profiles.find((one) => one.name === 'default') ?? 'no current profile'
  );
}

function fromProfile(profile: Profile, file: string, options: ResolveOptions): Identity | string {
  const { name, mode, fields } = profile;
  const from = `profile ${oneLine(name, 80)} (${file})`;
  const more = { ...pickRegion(options, profile, profile, file), vpc: vpcOf(options.env, profile) };
  if (mode !== 'AK' && mode !== 'StsToken') {
    const source = createChainSource({ name: from, mode: oneLine(mode, 40), profile: name });
    return { ...identityOf(source, from, name, undefined), ...more };
  }
  const accessKeyId = text(fields.access_key_id)?.trim();
  const accessKeySecret = text(fields.access_key_secret)?.trim();
  const securityToken = mode === 'StsToken' ? text(fields.sts_token)?.trim() : undefined;
  const missing = [
    accessKeyId ? '' : 'access_key_id',
    accessKeySecret ? '' : 'access_key_secret',
    mode === 'AK' || securityToken ? '' : 'sts_token',
  ].filter(Boolean);
  if (!accessKeyId || !accessKeySecret || missing.length > 0) return `mode ${mode} without ${missing.join(', ')}`;
  const keys = { accessKeyId, accessKeySecret, securityToken };
  return { ...identityOf(fixed(keys, from), from, name, keys), ...more };
}

function fromChain(from: string, mode: string, options: ResolveOptions): Identity {
  const source = createChainSource({ name: from, mode, profile: undefined });
  const region = pickRegion(options, undefined, undefined, '');
  return { ...identityOf(source, from, undefined, undefined), ...region, vpc: vpcOf(options.env, undefined) };
}

function identityOf(source: CredentialSource, from: string, profile: string | undefined, keys: Keys | undefined) {
  const keyHint = keys && maskKeyId(keys.accessKeyId);
  return { found: true as const, source, from, profile, keyHint };
}

function fixed(keys: Keys, from: string): CredentialSource {
  const kind = keys.securityToken ? 'STS' : 'AK';
  return { describe: () => `${from} · ${kind} ${maskKeyId(keys.accessKeyId)}`, get: async () => keys };
}

/** As with keys: what was asked for, then the profile asked for, the environment, and any other profile last. */
function pickRegion(
  { region, env, profile: asked }: ResolveOptions,
  profile: Profile | undefined,
  fallback: Profile | undefined,
  file: string,
): { region: string | undefined; regionFrom: string | undefined } {
  if (region) return { region, regionFrom: '--region' };
  const from = (one: Profile) => `profile ${oneLine(one.name, 80)} (${file})`;
  if (asked !== undefined && profile?.region) return { region: profile.region, regionFrom: from(profile) };
  const name = regionNames.find((variable) => env[variable]?.trim());
  if (name) return { region: env[name]?.trim(), regionFrom: `env ${name}` };
  return fallback?.region
    ? { region: fallback.region, regionFrom: from(fallback) }
    : { region: undefined, regionFrom: undefined };
}

function vpcOf(env: Env, profile: Profile | undefined): boolean {
  return profile?.vpc === true || env.ALIBABA_CLOUD_ENDPOINT_TYPE?.trim().toLowerCase() === 'vpc';
}
