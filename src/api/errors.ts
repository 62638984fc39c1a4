import { nearest } from '../lib/words.ts';
import { endpoints } from './contract/operations.gen.ts';
import { isRecord, record, text } from './read.ts';
import type { Keys } from './sign.ts';

/**
 * What went wrong, by what a person can do about it: check the key (`auth`), ask for a right (`denied`), look whether
 * it still exists (`missing`), wait (`throttled`, `server`, `network`, `timeout`), look again (`conflict`), correct
 * what was asked (`invalid`, `readonly`); `aborted` was given up here.
 */
export type ErrorKind =
  | 'auth'
  | 'denied'
  | 'missing'
  | 'throttled'
  | 'conflict'
  | 'invalid'
  | 'server'
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'readonly';

/** What a refusal for lack of rights says about who lacks which. */
export interface Denial {
  action: string | undefined;
  principal: string | undefined;
  principalType: string | undefined;
  policyType: string | undefined;
  reason: string | undefined;
}

export interface ApiErrorInit {
  kind: ErrorKind;
  /** The service's own code, or one of ours for what never got an answer. */
  code: string;
  message: string;
  operation?: string | undefined;
  requestId?: string | undefined;
  /** HTTP status, when there was an answer. */
  status?: number | undefined;
  /** Milliseconds the service asked to wait (x-acs-retry-after). */
  retryAfterMs?: number | undefined;
  /** `no`: it certainly had no effect. `unknown`: a write that may have been carried out all the same. */
  sent?: 'no' | 'unknown' | undefined;
  denial?: Denial | undefined;
}

/** Every failure of a call. The message is one line, plain words, without secrets. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly operation: string | undefined;
  readonly requestId: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly sent: 'no' | 'unknown';
  readonly denial: Denial | undefined;

  constructor(init: ApiErrorInit) {
    super(init.message);
    this.kind = init.kind;
    this.code = init.code;
    this.operation = init.operation;
    this.requestId = init.requestId;
    this.status = init.status;
    this.retryAfterMs = init.retryAfterMs;
    this.sent = init.sent ?? 'no';
    this.denial = init.denial;
  }
}

/** One line of what somebody else wrote: control characters out, blanks together, cut with an ellipsis. */
export function oneLine(value: string, limit = 300): string {
  const line = value
    .slice(0, limit * 4)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1).toWellFormed()}…` : line;
}

/** The end of a key id, enough to tell keys apart and too little to use. */
export function maskKeyId(id: string): string {
  return id.length > 8 ? `…${id.slice(-4)}` : '…';
}

/** Takes the keys out of a text. Very short values are no secrets and would only maim the text. */
export function redact(message: string, keys: Keys | undefined): string {
  let clean = message;
  for (const secret of [keys?.accessKeySecret, keys?.securityToken]) {
    if (secret && secret.length >= 6) clean = clean.replaceAll(secret, '***');
  }
  const id = keys?.accessKeyId;
  return id && id.length >= 6 ? clean.replaceAll(id, maskKeyId(id)) : clean;
}

const authCodes =
  /^(InvalidTimeStamp|InvalidAccessKeyId|InvalidAccessKeySecret|SignatureDoesNotMatch|SignatureNonceUsed|IncompleteSignature|InvalidSecurityToken|MissingSecurityToken|SecurityTokenExpired|InvalidCredential|MissingAccessKeyId|Unauthorized)/i;
const deniedCodes = /^(Forbidden|NoPermission|AccessDenied|Unauthorized\.RAM|ImplicitDeny|ExplicitDeny)/i;

/** The kind of an answer that is an error, from its code first and its HTTP status where the code says nothing. */
export function classify(status: number, code: string): ErrorKind {
  if (/throttl/i.test(code) || status === 429) return 'throttled';
  if (deniedCodes.test(code)) return 'denied';
  if (authCodes.test(code)) return 'auth';
  if (/NotFound|NotExist/i.test(code)) return 'missing';
  if (/Conflict|AlreadyExist|Duplicate/i.test(code)) return 'conflict';
  if (status >= 500 || /^(InternalError|ServiceUnavailable)/i.test(code)) return 'server';
  if (status === 401) return 'auth';
  if (status === 403) return 'denied';
  if (status === 404) return 'missing';
  if (status === 408) return 'timeout';
  if (status === 409) return 'conflict';
  return status >= 400 ? 'invalid' : 'server';
}

interface ErrorBody {
  code: string | undefined;
  message: string | undefined;
  requestId: string | undefined;
  denial: Denial | undefined;
}

/** Reads an error body: the gateway's JSON in either spelling, its XML, or anything a proxy put there. */
function readErrorBody(body: string): ErrorBody {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    const tag = (name: string) => text(new RegExp(`<${name}>([^<]*)</${name}>`, 'i').exec(body)?.[1]);
    if (/<Error>/i.test(body.slice(0, 500))) {
      return { code: tag('Code'), message: tag('Message'), requestId: tag('RequestId'), denial: undefined };
    }
    return { code: undefined, message: tag('title'), requestId: undefined, denial: undefined };
  }
  const fields = record(parsed);
  const pick = (name: string) => text(fields[name]) ?? text(fields[name.charAt(0).toLowerCase() + name.slice(1)]);
  const detail = fields.AccessDeniedDetail ?? fields.accessDeniedDetail;
  return {
    code: pick('Code'),
    message: pick('Message') ?? pick('Description'),
    requestId: pick('RequestId'),
    denial: isRecord(detail) ? readDenial(detail) : undefined,
  };
}

function readDenial(detail: Record<string, unknown>): Denial {
  return {
    action: text(detail.AuthAction),
    principal: text(detail.AuthPrincipalDisplayName) ?? text(detail.AuthPrincipalOwnerId),
    principalType: text(detail.AuthPrincipalType),
    policyType: text(detail.PolicyType),
    reason: text(detail.NoPermissionType),
  };
}

export interface Answer {
  operation: string;
  status: number;
  body: string;
  requestId: string | undefined;
  retryAfterMs: number | undefined;
  /** The Date header, for telling whose clock is wrong. */
  date: string | undefined;
  /** Epoch milliseconds on this machine when the answer came. */
  now: number;
  write: boolean;
  keys: Keys | undefined;
}

/** The error an answer with an error status stands for. */
export function errorOf(answer: Answer): ApiError {
  const { status, operation, keys } = answer;
  const body = readErrorBody(answer.body);
  const code = oneLine(body.code ?? `HTTP ${status}`, 80);
  const kind = classify(status, code);
  const denial = kind === 'denied' ? body.denial : undefined;
  let message = oneLine(redact(withoutStringToSign(body.message ?? `the service answered HTTP ${status}`), keys));
  if (/^InvalidTimeStamp/i.test(code)) message = `${message} ${skew(answer)}`;
  if (denial?.action && !message.includes(denial.action)) {
    const who = [denial.principalType, denial.principal].filter(Boolean).join(' ');
    // First: on a narrow screen the end is cut off.
    message = `needs ${denial.action}${who ? ` for ${who}` : ''}: ${message}`;
  }
  return new ApiError({
    kind,
    code,
    message,
    operation,
    status,
    requestId: answer.requestId ?? (body.requestId ? oneLine(body.requestId, 80) : undefined),
    retryAfterMs: answer.retryAfterMs,
    // A 5xx can come from a gateway that had already passed the request on; a refusal cannot.
    sent: answer.write && (kind === 'server' || kind === 'timeout') ? 'unknown' : 'no',
    denial,
  });
}

/** The service may echo the string it signed, which holds the whole request: only what stands before it is kept. */
function withoutStringToSign(message: string): string {
  const at = message.search(/(server |client )?(string ?to ?sign|canonical ?request)/i);
  return at < 0 ? message : message.slice(0, at).trim() || 'the signature does not match';
}

function skew({ date, now }: Answer): string {
  const server = date === undefined ? Number.NaN : Date.parse(date);
  const seconds = Math.round((now - server) / 1000);
  if (Number.isNaN(seconds) || Math.abs(seconds) < 60) return "— check this machine's clock";
  const minutes = Math.round(Math.abs(seconds) / 60);
  return `— this machine's clock is ${minutes} min ${seconds > 0 ? 'ahead of' : 'behind'} the service's`;
}

const tlsCodes = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH)/;

/** The error a failed connection stands for. `host` is who was to be reached, `via` the proxy between, if any. */
export function networkError(
  cause: unknown,
  at: { operation: string; host: string; via?: string | undefined; sent: 'no' | 'unknown'; keys?: Keys | undefined },
): ApiError {
  const chain = causes(cause);
  const code =
    chain.map((error) => text(error.code)).find((found) => found && !found.startsWith('UND_ERR_PR')) ?? 'UNKNOWN';
  const said = chain.map((error) => text(error.message)).find(Boolean) ?? String(cause);
  const where = at.via ? `${at.host} (through the proxy ${at.via})` : at.host;
  const fail = (kind: ErrorKind, message: string) =>
    new ApiError({ kind, code, message: redact(message, at.keys), operation: at.operation, sent: at.sent });
  const doubt = strangeRegion(at.host);
  const tunnel = /Proxy response \((\d+)\)/.exec(said);
  if (tunnel) return fail('network', `${doubt}the proxy ${at.via} refused to connect to ${at.host}: HTTP ${tunnel[1]}`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA') {
    const name = chain.map((error) => text(error.hostname)).find(Boolean) ?? at.host;
    return fail(
      'network',
      `${doubt}cannot find the host ${name} (DNS: ${code}); is the region right and the network up?`,
    );
  }
  if (code === 'ECONNREFUSED') return fail('network', `${where} refuses the connection`);
  if (code === 'ENETUNREACH' || code === 'EHOSTUNREACH') return fail('network', `no route to ${where}`);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return fail('timeout', `${where} does not take the connection in time`);
  if (code === 'ETIMEDOUT') return fail('timeout', `${where} does not answer`);
  if (tlsCodes.test(code)) {
    return fail(
      'network',
      `the certificate or TLS of ${where} is not accepted (${code}); a company proxy needs NODE_EXTRA_CA_CERTS`,
    );
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET') {
    return fail('network', `${where} closed the connection`);
  }
  return fail('network', `talking to ${where} failed: ${oneLine(said, 160)} (${code})`);
}

/** Said first where the host is that of a region that no document names: most often it is a slip. */
function strangeRegion(host: string): string {
  const region = /^pai-eas(?:-manage-vpc)?\.([a-z0-9-]+)\.aliyuncs\.com$/.exec(host)?.[1];
  if (region === undefined || Object.hasOwn(endpoints, region)) return '';
  const meant = nearest(region, Object.keys(endpoints));
  return `no region ${region} is known${meant ? `, ${meant} is` : ''}: `;
}

/** An error with what it wraps, outermost first; a loop in it ends the walk. */
function causes(error: unknown): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  let next = error;
  while (typeof next === 'object' && next !== null && found.length < 8) {
    // Error properties are not enumerable, so an Error is read as the bag of properties it is.
    const bag = next as Record<string, unknown>;
    found.push(bag);
    next = bag.cause ?? (Array.isArray(bag.errors) ? bag.errors[0] : undefined);
  }
  return found;
}
