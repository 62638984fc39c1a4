import { join } from 'node:path';
import { type ChainOrigin, type ChainParts, createChainSource } from './chain.ts';
import { profileOfSection, readIni } from './chain-ini.ts';
import { metadataPlan, oidcPlan, type Plan, planOf, uriPlan } from './chain-plan.ts';
import { saveTokens } from './chain-tokens.ts';
import type { CredentialSource } from './client.ts';
import { ApiError, maskKeyId, oneLine } from './errors.ts';
import { findProfile, type Profile, type ReadText, readProfiles, readTextFile } from './profiles.ts';
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
  /** What the program's own configuration prefers: behind flags and environment, before the file's current profile. */
  preferred?: { profile?: string | undefined; region?: string | undefined; from: string } | undefined;
  /** What a test replaces in fetching keys. */
  chain?: ChainParts | undefined;
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

/** Where older SDKs keep keys, as an ini file. */
function iniFile({ env, home }: ResolveOptions): string {
  return env.ALIBABA_CLOUD_CREDENTIALS_FILE?.trim() || join(home, '.alibabacloud', 'credentials');
}

function shorten(file: string, home: string): string {
  return file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}

/**
 * Finds out who acts. A profile asked for by name beats keys in the environment; those beat only the default profile
 * (ALIBABA_CLOUD_PROFILE, else the preferred one, else the file's current one). Then come the ini file, the metadata
 * server if ALIBABA_CLOUD_ECS_METADATA asks for it, and ALIBABA_CLOUD_CREDENTIALS_URI: the order of the official SDKs,
 * but the metadata server is never asked unbidden, because elsewhere its address may be anybody's.
 * Throws ApiError `invalid` when a profile asked for is not there, has no keys, or its file cannot be read.
 */
export async function resolveIdentity(options: ResolveOptions): Promise<Identity | NoIdentity> {
  const { env, home, read } = options;
  const file = options.file ?? profileFile(home);
  const shown = shorten(file, home);
  const of = (profile: Profile, all: readonly Profile[]) => fromProfile(profile, all, shown, options);

  if (options.profile !== undefined) {
    const profiles = await readProfiles(file, read);
    const identity = of(findProfile(profiles, options.profile, shown), profiles ?? []);
    if (typeof identity !== 'string') return identity;
    const message = `profile ${oneLine(options.profile, 80)} in ${shown}: ${identity}`;
    throw new ApiError({ kind: 'invalid', code: 'ProfileWithoutKeys', message });
  }

  const searched: Searched[] = [];
  const fromEnv = envKeys(env);
  if (typeof fromEnv !== 'string') {
    const from = 'env ALIBABA_CLOUD_ACCESS_KEY_ID';
    const fallback = await defaultProfile(file, options).catch(() => undefined);
    const region = pickRegion(options, undefined, typeof fallback === 'object' ? fallback.profile : undefined, shown);
    return { ...identityOf(fixed(fromEnv, from), from, undefined, fromEnv), ...region, vpc: vpcOf(env, undefined) };
  }
  searched.push({ place: 'env ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET', finding: fromEnv });

  const oidc = oidcPlan(env);
  if (oidc) return fromChain('env ALIBABA_CLOUD_OIDC_TOKEN_FILE', 'OIDC', oidc, options);
  const names = 'ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE, ALIBABA_CLOUD_ROLE_ARN';
  searched.push({ place: `env ${names}`, finding: 'not all set' });

  let finding: string;
  try {
    const found = await defaultProfile(file, options);
    const identity = typeof found === 'string' ? found : of(found.profile, found.all);
    if (typeof identity !== 'string') return identity;
    finding = identity;
  } catch (error) {
    finding = error instanceof ApiError ? error.message : 'cannot be read';
  }
  searched.push({ place: shown, finding });

  const fromIni = await iniIdentity(options);
  if (typeof fromIni !== 'string') return fromIni;
  searched.push({ place: shorten(iniFile(options), home), finding: fromIni });

  const metadata = env.ALIBABA_CLOUD_ECS_METADATA?.trim()
    ? metadataPlan(undefined, env)
    : 'not set; on an ECS instance set it to the name of its RAM role';
  if (typeof metadata !== 'string') return fromChain('env ALIBABA_CLOUD_ECS_METADATA', 'EcsRamRole', metadata, options);
  searched.push({ place: 'env ALIBABA_CLOUD_ECS_METADATA', finding: metadata });

  const uri = env.ALIBABA_CLOUD_CREDENTIALS_URI?.trim();
  const fromUri = uri ? uriPlan(uri, 'its value') : 'not set';
  if (typeof fromUri !== 'string') {
    return fromChain('env ALIBABA_CLOUD_CREDENTIALS_URI', 'CredentialsURI', fromUri, options);
  }
  searched.push({ place: 'env ALIBABA_CLOUD_CREDENTIALS_URI', finding: fromUri });
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

/** The profile used when none is asked for with all of its file, or in words why there is none. */
async function defaultProfile(
  file: string,
  { env, read, preferred }: ResolveOptions,
): Promise<{ profile: Profile; all: readonly Profile[] } | string> {
  if (env.ALIBABA_CLOUD_CLI_PROFILE_DISABLED?.toLowerCase() === 'true') {
    return 'not read: ALIBABA_CLOUD_CLI_PROFILE_DISABLED is set';
  }
  const all = await readProfiles(file, read);
  const fromEnv = env.ALIBABA_CLOUD_PROFILE?.trim();
  const name = fromEnv || preferred?.profile;
  if (!all) {
    const who = fromEnv ? 'ALIBABA_CLOUD_PROFILE' : preferred?.from;
    return name ? `no such file, though ${who} asks for ${oneLine(name, 80)}` : 'no such file';
  }
  const profile = name
    ? findProfile(all, name, 'the file')
    : (all.find(({ current }) => current) ?? all.find((one) => one.name === 'default'));
  return profile ? { profile, all } : 'no current profile';
}

function fromProfile(
  profile: Profile,
  all: readonly Profile[],
  file: string,
  options: ResolveOptions,
): Identity | string {
  const { env, home, read } = options;
  const { name } = profile;
  const from = `profile ${oneLine(name, 80)} (${file})`;
  const plan = planOf(profile, all, env);
  if (typeof plan === 'string') return plan;
  const more = { ...pickRegion(options, profile, profile, file), vpc: vpcOf(env, profile) };
  const path = options.file ?? profileFile(home);
  const again = async (): Promise<Plan | string> => {
    const profiles = (await readProfiles(path, read)) ?? [];
    return planOf(findProfile(profiles, name, file), profiles, env);
  };
  if (plan.kind === 'keys') {
    return { ...identityOf(lying(plan.keys, from, again, options), from, name, plan.keys), ...more };
  }
  const source = chained(from, profile.mode, again, options, (tokens) => saveTokens(path, tokens));
  return { ...identityOf(source, from, name, undefined), ...more };
}

/** What the ini file gives, or in words why nothing. Its text is never repeated. */
async function iniIdentity(options: ResolveOptions): Promise<Identity | string> {
  const { env, home, read = readTextFile } = options;
  const file = iniFile(options);
  const section = env.ALIBABA_CLOUD_PROFILE?.trim() || 'default';
  const planAgain = async (): Promise<{ plan: Plan; mode: string } | string> => {
    const profile = profileOfSection(readIni(await read(file)), section);
    if (typeof profile === 'string') return profile;
    const plan = planOf(profile, [], env);
    return typeof plan === 'string' ? plan : { plan, mode: profile.mode };
  };
  let found: { plan: Plan; mode: string } | string;
  try {
    found = await planAgain();
  } catch (error) {
    const code = error instanceof Error ? String((error as NodeJS.ErrnoException).code) : 'unknown';
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'no such file' : `cannot be read (${code})`;
  }
  if (typeof found === 'string') return found;
  const { plan, mode } = found;
  const from = `profile ${oneLine(section, 80)} (${shorten(file, home)})`;
  const more = { ...pickRegion(options, undefined, undefined, ''), vpc: vpcOf(env, undefined) };
  if (plan.kind === 'keys') return { ...identityOf(fixed(plan.keys, from), from, undefined, plan.keys), ...more };
  const again = async () => {
    const latest = await planAgain();
    return typeof latest === 'string' ? latest : latest.plan;
  };
  return { ...identityOf(chained(from, mode, again, options), from, undefined, undefined), ...more };
}

function fromChain(from: string, mode: string, plan: Plan, options: ResolveOptions): Identity {
  const source = chained(from, mode, async () => plan, options);
  const region = pickRegion(options, undefined, undefined, '');
  return { ...identityOf(source, from, undefined, undefined), ...region, vpc: vpcOf(options.env, undefined) };
}

function chained(
  name: string,
  mode: string,
  planAgain: () => Promise<Plan | string>,
  { env, chain }: ResolveOptions,
  save?: ChainOrigin['saveTokens'],
): CredentialSource {
  const plan = async () => {
    let latest: Plan | string;
    try {
      latest = await planAgain();
    } catch (error) {
      latest = error instanceof ApiError ? error.message : 'its file cannot be read any more';
    }
    if (typeof latest !== 'string') return latest;
    throw new ApiError({ kind: 'auth', code: 'NoCredentials', message: `${name}: ${latest}` });
  };
  return createChainSource({ name, mode: oneLine(mode, 40), plan, env, saveTokens: save }, chain);
}

function identityOf(source: CredentialSource, from: string, profile: string | undefined, keys: Keys | undefined) {
  const keyHint = keys && maskKeyId(keys.accessKeyId);
  return { found: true as const, source, from, profile, keyHint };
}

function fixed(keys: Keys, from: string): CredentialSource {
  const kind = keys.securityToken ? 'STS' : 'AK';
  return { describe: () => `${from} · ${kind} ${maskKeyId(keys.accessKeyId)}`, get: async () => keys };
}

/** How often a file is looked at for a token that was renewed; milliseconds. */
const lookEvery = 1_000;

/**
 * Keys that lie in a file. A token ends within hours, and what renews it (a login, a scheduled job) writes it there: it is
 * read anew, so that what is under way goes on with it. Keys that do not end are not: they are who acts.
 */
function lying(
  first: Keys,
  from: string,
  again: () => Promise<Plan | string>,
  { chain: { now = Date.now } = {} }: ResolveOptions,
): CredentialSource {
  if (!first.securityToken) return fixed(first, from);
  let keys = first;
  let looked = now();
  return {
    describe: () => fixed(keys, from).describe(),
    async get() {
      if (now() - looked < lookEvery) return keys;
      looked = now();
      // Half a file, or another kind of profile: the token there was is as good as before.
      const plan = await again().catch(() => undefined);
      if (typeof plan === 'object' && plan.kind === 'keys' && plan.keys.securityToken) ({ keys } = plan);
      return keys;
    },
  };
}

/** As with keys: what was asked for, then the profile asked for, the environment, what is preferred, any profile. */
function pickRegion(
  { region, env, profile: asked, preferred }: ResolveOptions,
  profile: Profile | undefined,
  fallback: Profile | undefined,
  file: string,
): { region: string | undefined; regionFrom: string | undefined } {
  if (region) return { region, regionFrom: '--region' };
  const from = (one: Profile) => `profile ${oneLine(one.name, 80)} (${file})`;
  if (asked !== undefined && profile?.region) return { region: profile.region, regionFrom: from(profile) };
  const name = regionNames.find((variable) => env[variable]?.trim());
  if (name) return { region: env[name]?.trim(), regionFrom: `env ${name}` };
  if (preferred?.region) return { region: preferred.region, regionFrom: preferred.from };
  return fallback?.region
    ? { region: fallback.region, regionFrom: from(fallback) }
    : { region: undefined, regionFrom: undefined };
}

function vpcOf(env: Env, profile: Profile | undefined): boolean {
  return profile?.vpc === true || env.ALIBABA_CLOUD_ENDPOINT_TYPE?.trim().toLowerCase() === 'vpc';
}
