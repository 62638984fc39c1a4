import type { CredentialsProvider } from '@alicloud/credentials';
import type { Plan } from './chain-plan.ts';
import type { KeyAnswer, Send } from './chain-send.ts';
import { record, text, time } from './read.ts';
import type { Keys } from './sign.ts';

/** Keys that were fetched, and until when they are good in epoch milliseconds; undefined when that was not said. */
export interface Fetched {
  keys: Keys;
  expires: number | undefined;
}

/** What a renewed login consists of; the old refresh token is worth nothing from then on. */
export interface OAuthTokens {
  /** The profile that logged in: the one in use may only build on it. */
  profile: string;
  refreshToken: string;
  accessToken: string;
  /** Epoch seconds. */
  accessTokenExpire: number;
}

interface Means {
  send: Send;
  signal: AbortSignal;
  /** Milliseconds a command may run. */
  commandMs: number;
  saveTokens: (tokens: OAuthTokens) => Promise<void>;
  /** Told of every answer, for saying what went wrong. */
  onAnswer: (plan: Plan, host: string, answer: KeyAnswer) => void;
}

/** The fields of the library's requests that are read here. */
interface LibraryRequest {
  method: string;
  headers: Record<string, string> | undefined;
  bodyForm: Record<string, string> | undefined;
  connectTimeout: number | undefined;
  readTimeout: number | undefined;
  toRequestURL(): string;
}

const oauthSites = {
  CN: { url: 'https://oauth.aliyun.com', client: '4038181954557748008' },
  INTL: { url: 'https://oauth.alibabacloud.com', client: '4103531455503354461' },
};

/**
 * Fetches keys with the official credentials library, which is loaded with the first need of it. Every fetch has a
 * provider of its own: one that failed once hides the failures after, and hands out keys that are no longer good.
 * What is thrown may hold secrets and must not be shown.
 */
export async function fetchKeys(plan: Plan, means: Means): Promise<Fetched> {
  const provider = await providerOf(plan, means);
  const { accessKeyId, accessKeySecret, securityToken } = await provider.getCredentials();
  // The library keeps to itself how long they last.
  const session = record(Reflect.get(provider, 'session'));
  const keys = { accessKeyId, accessKeySecret, securityToken: text(securityToken) };
  return { keys, expires: plan.kind === 'keys' ? undefined : time(session.expiration) };
}

async function providerOf(plan: Plan, means: Means): Promise<CredentialsProvider> {
  const library = await import('@alicloud/credentials');
  switch (plan.kind) {
    case 'keys': {
      const { accessKeyId, accessKeySecret, securityToken } = plan.keys;
      if (!securityToken) {
        const builder = library.StaticAKCredentialsProvider.builder();
        return builder.withAccessKeyId(accessKeyId).withAccessKeySecret(accessKeySecret).build();
      }
      const builder = library.StaticSTSCredentialsProvider.builder();
      builder.withAccessKeyId(accessKeyId).withAccessKeySecret(accessKeySecret);
      return builder.withSecurityToken(securityToken).build();
    }
    case 'role': {
      const builder = library.RAMRoleARNCredentialsProvider.builder();
      builder.withCredentialsProvider(await providerOf(plan.source, means));
      if (plan.externalId) builder.withExternalId(plan.externalId);
      return sending(addSession(builder, plan).build(), plan, means);
    }
    case 'oidc': {
      const builder = library.OIDCRoleArnCredentialsProvider.builder();
      builder.withOIDCProviderArn(plan.providerArn).withOIDCTokenFilePath(plan.tokenFile);
      return sending(addSession(builder, plan).build(), plan, means);
    }
    case 'metadata': {
      const builder = library.ECSRAMRoleCredentialsProvider.builder().withDisableIMDSv1(plan.disableV1);
      if (plan.role) builder.withRoleName(plan.role);
      return sending(builder.build(), plan, means, { direct: true });
    }
    case 'uri':
      return sending(library.URICredentialsProvider.builder().withCredentialsURI(plan.uri).build(), plan, means);
    case 'sso': {
      const sso = classOf(await import('@alicloud/credentials/dist/src/providers/cloud_sso.js'));
      const builder = sso.builder().withSignInUrl(plan.signInUrl).withAccountId(plan.accountId);
      builder.withAccessConfig(plan.accessConfig).withAccessToken(plan.token).withAccessTokenExpire(plan.tokenExpires);
      // The library makes this body and then forgets to send it.
      const body = JSON.stringify({ AccountId: plan.accountId, AccessConfigurationId: plan.accessConfig });
      return sending(builder.build(), plan, means, { body });
    }
    case 'oauth': {
      const oauth = classOf(await import('@alicloud/credentials/dist/src/providers/oauth.js'));
      const { url, client } = oauthSites[plan.site];
      const builder = oauth.builder().withSignInUrl(url).withClientId(client).withAccessTokenExpire(plan.tokenExpires);
      if (plan.refreshToken) builder.withRefreshToken(plan.refreshToken);
      if (plan.token) builder.withAccessToken(plan.token);
      builder.withTokenUpdateCallback(async (refreshToken, accessToken, _id, _secret, _sts, accessTokenExpire) => {
        if (accessToken !== plan.token)
          await means.saveTokens({ profile: plan.profile, refreshToken, accessToken, accessTokenExpire });
      });
      return sending(builder.build(), plan, means);
    }
    case 'command': {
      const external = classOf(await import('@alicloud/credentials/dist/src/providers/external.js'));
      // Nothing is written back: it would only put short-lived keys on the disk.
      return external.builder().withProcessCommand(plan.command).withTimeout(means.commandMs).build();
    }
  }
}

interface SessionBuilder {
  withRoleArn(value: string): this;
  withRoleSessionName(value: string): this;
  withDurationSeconds(value: number): this;
  withStsRegionId(value: string): this;
  withStsEndpoint(value: string): this;
  withEnableVpc(value: boolean): this;
  withPolicy(value: string): this;
}

function addSession<B extends SessionBuilder>(builder: B, plan: Extract<Plan, { roleArn: string }>): B {
  builder
    .withRoleArn(plan.roleArn)
    .withRoleSessionName(plan.sessionName ?? 'eas-tui')
    .withEnableVpc(plan.vpc);
  if (plan.duration !== undefined) builder.withDurationSeconds(plan.duration);
  if (plan.stsRegion) builder.withStsRegionId(plan.stsRegion);
  if (plan.stsEndpoint) builder.withStsEndpoint(plan.stsEndpoint);
  if (plan.kind === 'role' && plan.policy) builder.withPolicy(plan.policy);
  return builder;
}

/** The library's own HTTP knows no proxy, cannot be given up, and puts whole URLs with their tokens into its errors. */
function sending<P extends CredentialsProvider>(
  provider: P,
  plan: Plan,
  { send, signal, onAnswer }: Means,
  { direct = false, body }: { direct?: boolean; body?: string } = {},
): P {
  const doRequest = async (request: LibraryRequest) => {
    const form = Object.entries(request.bodyForm ?? {});
    const url = request.toRequestURL();
    const answer = await send({
      method: request.method,
      url,
      headers: request.headers ?? {},
      body:
        body ??
        (form.length > 0 ? form.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&') : undefined),
      connectMs: request.connectTimeout ?? 5_000,
      readMs: request.readTimeout ?? 10_000,
      direct,
      signal,
    });
    onAnswer(plan, new URL(url).host, answer);
    return { statusCode: answer.status, headers: answer.headers, body: answer.body };
  };
  Reflect.set(provider, 'doRequest', doRequest);
  return provider;
}

/** A default export, whether or not who loads it has already unwrapped the CommonJS module around it. */
function classOf<T>(module: { default: T }): T {
  const inner: unknown = Reflect.get(Object(module.default), 'default');
  return inner === undefined ? module.default : (inner as T);
}
