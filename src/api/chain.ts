import type { Plan } from './chain-plan.ts';
import { type Fetched, fetchKeys, type OAuthTokens } from './chain-provider.ts';
import { createSend, type KeyAnswer, type Send } from './chain-send.ts';
import type { CredentialSource } from './client.ts';
import { ApiError, type ErrorKind, maskKeyId, oneLine } from './errors.ts';
import { isRecord, text } from './read.ts';
import type { Keys } from './sign.ts';

/** Keys that are not lying in a place to be read but have to be fetched: roles, OIDC, metadata, a process, a URI. */
export interface ChainOrigin {
  /** For people, e.g. `profile prod (~/.aliyun/config.json)`. */
  name: string;
  /** How the keys come about, e.g. `RamRoleArn` or `OIDC`. */
  mode: string;
  /** What to do for them, read anew for each fetch: logins are renewed by other programs. Throws ApiError. */
  plan(): Promise<Plan>;
  /** Where renewed OAuth tokens go. */
  saveTokens?: ((tokens: OAuthTokens) => Promise<void>) | undefined;
  /** Read for HTTPS_PROXY and NO_PROXY. */
  env: Readonly<Record<string, string | undefined>>;
}

/** What a test replaces. */
export interface ChainParts {
  /** Epoch milliseconds. */
  now?: (() => number) | undefined;
  send?: Send | undefined;
  /** How long keys may take, all requests for them together. */
  timeoutMs?: number | undefined;
  /** How long a command may take: it may have to ask a person. */
  commandTimeoutMs?: number | undefined;
}

/** Keys are renewed when they have less than this left. */
const margin = 5 * 60_000;
/** Keys that do not tell how long they last are asked for again after this. */
const unknownLife = 15 * 60_000;
/** Nothing is renewed more often than this, whatever the clocks say. */
const atMostEvery = 60_000;
/** After a failed renewal, keys that are still good are used for this long before the next try. */
const pauseAfterFailure = 30_000;

interface Held extends Fetched {
  renewAt: number;
}

/** The latest answer, and for which step of a plan it was. */
interface Answered {
  asked: Plan;
  host: string;
  answer: KeyAnswer;
}

/**
 * Keys from the official credentials library. They are kept until shortly before they end; requests at the same time
 * share one fetch. Failures are ApiErrors in words of our own: what the library throws may hold the secrets it read.
 */
export function createChainSource(origin: ChainOrigin, parts: ChainParts = {}): CredentialSource {
  const { now = Date.now, send = createSend(origin.env), timeoutMs = 5_000, commandTimeoutMs = 30_000 } = parts;
  let held: Held | undefined;
  let pauseUntil = 0;
  let underWay: Promise<Keys> | undefined;

  async function fetchWithin(plan: Plan): Promise<Fetched> {
    const giveUp = new AbortController();
    const limit = usesCommand(plan) ? commandTimeoutMs : timeoutMs;
    const seen: { last?: Answered } = {};
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(problem('timeout', origin, `no keys within ${Math.round(limit / 1000)} s`));
      giveUp.abort();
    }, limit);
    const means = {
      send,
      signal: giveUp.signal,
      commandMs: commandTimeoutMs,
      saveTokens: origin.saveTokens ?? (async () => undefined),
      onAnswer: (asked: Plan, host: string, answer: KeyAnswer) => {
        seen.last = { asked, host, answer };
      },
    };
    try {
      return await Promise.race([fetchKeys(plan, means), late.promise]);
    } catch (error) {
      if (error instanceof ApiError && error.message.startsWith(origin.name)) throw error;
      throw explain(error, plan, origin, seen.last, now());
    } finally {
      clearTimeout(timer);
    }
  }

  async function renew(): Promise<Keys> {
    try {
      const fetched = await fetchWithin(await origin.plan());
      const at = now();
      const ends = fetched.expires === undefined ? at + unknownLife : fetched.expires - margin;
      held = { ...fetched, renewAt: Math.max(ends, at + atMostEvery) };
      return fetched.keys;
    } catch (error) {
      if (!held || (held.expires !== undefined && now() >= held.expires)) throw error;
      pauseUntil = now() + pauseAfterFailure;
      return held.keys;
    }
  }

  return {
    describe: () => `${origin.name} · ${origin.mode}${held ? ` ${maskKeyId(held.keys.accessKeyId)}` : ''}`,
    async get(signal) {
      const at = now();
      if (held && (at < held.renewAt || (at < pauseUntil && at < (held.expires ?? Number.POSITIVE_INFINITY)))) {
        return held.keys;
      }
      underWay ??= renew().finally(() => {
        underWay = undefined;
      });
      return signal ? abortable(underWay, signal) : underWay;
    },
  };
}

/** Who gives up does not take the fetch from the others that wait for it. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = () =>
    reject(new ApiError({ kind: 'aborted', code: 'Aborted', message: 'the wait for keys was given up' }));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  return promise;
}

function usesCommand(plan: Plan): boolean {
  return plan.kind === 'command' || (plan.kind === 'role' && usesCommand(plan.source));
}

function problem(kind: ErrorKind, { name, mode }: ChainOrigin, what: string): ApiError {
  return new ApiError({ kind, code: 'NoCredentials', message: `${name} · ${mode}: ${what}` });
}

/**
 * What went wrong, in our own words: of what the library says and the other side answered, only an error code and a
 * request id get through, and only in the form that such have.
 */
function explain(error: unknown, plan: Plan, origin: ChainOrigin, last: Answered | undefined, now: number): ApiError {
  if (error instanceof ApiError) return problem(error.kind, origin, error.message);
  if (last && last.answer.status !== 200) return refused(last, plan, origin);
  if (last) return problem('auth', origin, `${last.host} answered something that holds no usable keys`);
  const base = rootOf(plan);
  const said = error instanceof Error ? error.message : '';
  if (base.kind === 'command') return problem('auth', origin, commandTrouble(said));
  if (base.kind === 'sso' && base.tokenExpires * 1000 <= now) {
    return problem('auth', origin, 'the CloudSSO login has expired; log in again with the aliyun CLI');
  }
  const code = error instanceof Error ? text((error as NodeJS.ErrnoException).code) : undefined;
  if (base.kind === 'oidc' && code) {
    return problem(
      'auth',
      origin,
      `the OIDC token file ${oneLine(base.tokenFile, 100)} cannot be read (${oneLine(code, 20)})`,
    );
  }
  return problem('auth', origin, 'no keys can be made of what is configured');
}

function rootOf(plan: Plan): Plan {
  return plan.kind === 'role' ? rootOf(plan.source) : plan;
}

function refused({ asked, host, answer }: Answered, plan: Plan, origin: ChainOrigin): ApiError {
  const { status, body } = answer;
  const { code, requestId } = readRefusal(body, textsOf(plan));
  const hint = hintFor(code, status, asked);
  const id = requestId ? ` (request ${requestId})` : '';
  const kind = status === 429 || /throttl/i.test(code ?? '') ? 'throttled' : status >= 500 ? 'server' : 'auth';
  return problem(kind, origin, `${host} gives no keys: ${code ?? `HTTP ${status}`}${hint ? `, ${hint}` : ''}${id}`);
}

/** `given`: what was sent and must not come back in a message. */
function readRefusal(
  body: Buffer,
  given: readonly string[],
): { code: string | undefined; requestId: string | undefined } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    parsed = undefined;
  }
  if (!isRecord(parsed)) return { code: undefined, requestId: undefined };
  const code = text(parsed.Code) ?? text(parsed.ErrorCode) ?? text(parsed.error) ?? text(parsed.code);
  const requestId = text(parsed.RequestId) ?? text(parsed.requestId);
  const harmless = (value: string) => !given.some((one) => one.includes(value) || value.includes(one));
  return {
    code: code && /^[A-Za-z][\w.]{1,60}$/.test(code) && harmless(code) ? code : undefined,
    requestId: requestId && /^[0-9A-Fa-f-]{8,40}$/.test(requestId) && harmless(requestId) ? requestId : undefined,
  };
}

/** Every text in a plan that is long enough to be a secret. */
function textsOf(plan: Plan): string[] {
  return Object.entries(plan).flatMap(([name, value]) => {
    if (name === 'kind') return [];
    if (typeof value === 'object' && value !== null) return textsOf(value as Plan);
    return typeof value === 'string' && value.length >= 6 ? [value] : [];
  });
}

function hintFor(code: string | undefined, status: number, plan: Plan): string | undefined {
  if (plan.kind === 'metadata') return status === 404 ? 'the instance has no such RAM role' : undefined;
  if (plan.kind === 'sso' || plan.kind === 'oauth')
    return status < 500 ? 'log in again with the aliyun CLI' : undefined;
  if (!code) return undefined;
  if (/^NoPermission|^Forbidden|AccessDenied/i.test(code))
    return 'the role does not trust this identity or it lacks sts:AssumeRole';
  if (/^EntityNotExist/i.test(code)) return 'there is no such role';
  if (/^InvalidAccessKeyId/i.test(code)) return 'the access key of the profile does not exist or is disabled';
  if (/^SignatureDoesNotMatch/i.test(code)) return 'the access key secret of the profile is wrong';
  if (/OIDCToken|IdToken/i.test(code)) return 'the OIDC token is expired or not for this provider';
  if (/^InvalidTimeStamp/i.test(code)) return "check this machine's clock";
  return undefined;
}

/** The library's words begin the same whatever the command printed; only the beginning is looked at. */
function commandTrouble(said: string): string {
  if (said.startsWith('failed to execute')) {
    if (/ENOENT$/.test(said)) return 'the program of process_command is not there';
    return 'process_command failed or took too long; run it by hand to see why';
  }
  if (said.startsWith('failed to parse')) return 'process_command printed something that is not JSON';
  if (said.startsWith('invalid process_command')) return 'process_command has a quote or backslash without its end';
  return 'process_command printed no access_key_id, access_key_secret or, for StsToken, no sts_token';
}
