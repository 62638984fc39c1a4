import { describe, expect, it } from 'vitest';
import { type Answer, ApiError, classify, errorOf, networkError, oneLine, redact } from '../../src/api/errors.ts';

const keys = {
  accessKeyId: 'LTAIsomething3f2a',
  accessKeySecret: 'the-very-secret',
  securityToken: 'CAIS-token-of-sts',
};
const answer = (body: unknown, more: Partial<Answer> = {}): Answer => ({
  operation: 'DescribeService',
  status: 400,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  requestId: undefined,
  retryAfterMs: undefined,
  date: undefined,
  now: Date.UTC(2026, 0, 1),
  write: false,
  keys,
  ...more,
});

it.each<[number, string, string]>([
  [400, 'Throttling.User', 'throttled'],
  [503, 'Throttling', 'throttled'],
  [503, 'ServiceUnavailable', 'server'],
  [429, 'HTTP 429', 'throttled'],
  [404, 'InvalidService.NotFound', 'missing'],
  [400, 'InvalidService.NotFound', 'missing'],
  [404, 'InvalidAccessKeyId.NotFound', 'auth'],
  [400, 'SignatureDoesNotMatch', 'auth'],
  [400, 'InvalidTimeStamp.Expired', 'auth'],
  [400, 'InvalidSecurityToken.Expired', 'auth'],
  [401, 'HTTP 401', 'auth'],
  [403, 'Forbidden.RAM', 'denied'],
  [400, 'NoPermission', 'denied'],
  [403, 'Forbidden.PrivilegeCheckFailed', 'denied'],
  [409, 'HTTP 409', 'conflict'],
  [400, 'ServiceAlreadyExists', 'conflict'],
  [400, 'InvalidParameter', 'invalid'],
  [500, 'InternalError', 'server'],
  [502, 'HTTP 502', 'server'],
])('%i %s is %s', (status, code, kind) => {
  expect(classify(status, code)).toBe(kind);
});

describe('what an answer says', () => {
  it('a refusal for lack of rights keeps who lacks which', () => {
    const error = errorOf(
      answer(
        {
          Code: 'Forbidden.RAM',
          Message: 'User not authorized',
          RequestId: 'r-1',
          AccessDeniedDetail: {
            AuthAction: 'eas:ScaleService',
            AuthPrincipalType: 'SubUser',
            AuthPrincipalDisplayName: 'ops-bot',
            NoPermissionType: 'ImplicitDeny',
            PolicyType: 'AccountLevelIdentityBasedPolicy',
            EncodedDiagnosticMessage: 'AQEAAAAA',
          },
        },
        { status: 403, write: true },
      ),
    );
    expect(error).toMatchObject({
      kind: 'denied',
      requestId: 'r-1',
      sent: 'no',
      denial: { action: 'eas:ScaleService', principal: 'ops-bot', principalType: 'SubUser', reason: 'ImplicitDeny' },
    });
    expect(error.message).toBe('needs eas:ScaleService for SubUser ops-bot: User not authorized');
  });

  it('the echoed string to sign is dropped, and keys are taken out', () => {
    const echo = `Specified signature is not matched with our calculation. server string to sign is:GET\n/api/v2\nx-acs-security-token:${keys.securityToken}`;
    const mismatch = errorOf(answer({ Code: 'SignatureDoesNotMatch', Message: echo }));
    expect(mismatch.message).toBe('Specified signature is not matched with our calculation.');
    const key = errorOf(
      answer({ Code: 'InvalidAccessKeyId.NotFound', Message: `No key ${keys.accessKeyId} / ${keys.accessKeySecret}` }),
    );
    expect(key.message).toBe('No key …3f2a / ***');
  });

  it('a wrong clock is told with its error', () => {
    const body = { Code: 'InvalidTimeStamp.Expired', Message: 'Specified time stamp is expired.' };
    const at = (date: string | undefined) => errorOf(answer(body, { date })).message;
    expect(at('Wed, 31 Dec 2025 23:30:00 GMT')).toMatch(/clock is 30 min ahead of the service's$/);
    expect(at('Thu, 01 Jan 2026 00:20:00 GMT')).toMatch(/clock is 20 min behind the service's$/);
    expect(at(undefined)).toMatch(/check this machine's clock$/);
  });

  it.each([
    ['lower case', { code: 'InvalidParameter', message: 'bad', requestId: 'r' }, 'InvalidParameter', 'bad'],
    [
      'XML',
      '<?xml version="1.0"?><Error><Code>Throttling</Code><Message>slow down</Message></Error>',
      'Throttling',
      'slow down',
    ],
    [
      'HTML of a proxy',
      '<html><head><title>502 Bad\u001b[2J Gateway</title></head>',
      'HTTP 502',
      '502 Bad [2J Gateway',
    ],
    ['nothing', '', 'HTTP 502', 'the service answered HTTP 502'],
    ['wrong types', { Code: {}, Message: [] }, 'HTTP 502', 'the service answered HTTP 502'],
  ])('is read from %s', (_, body, code, message) => {
    expect(errorOf(answer(body, { status: 502 }))).toMatchObject({ code, message });
  });

  it('a write may have been carried out only where no refusal came', () => {
    const sent = (status: number, Code: string) => errorOf(answer({ Code }, { status, write: true })).sent;
    expect(sent(500, 'InternalError')).toBe('unknown');
    expect(sent(504, 'GatewayTimeout')).toBe('unknown');
    expect(sent(503, 'Throttling')).toBe('no');
    expect(sent(400, 'InvalidParameter')).toBe('no');
    expect(errorOf(answer({}, { status: 500 })).sent).toBe('no');
  });
});

describe('what a failed connection says', () => {
  const at = { operation: 'ListServices', host: 'pai-eas.cn-x.aliyuncs.com', sent: 'no' as const };
  const coded = (code: string, more: object = {}) =>
    Object.assign(new Error(`failed ${keys.accessKeySecret}`), { code, ...more });
  it.each([
    [coded('ENOTFOUND', { hostname: 'proxy.local' }), 'network', /cannot find the host proxy\.local/],
    [coded('ECONNREFUSED'), 'network', /refuses the connection/],
    [Object.assign(new AggregateError([coded('ECONNREFUSED')]), { code: 'ECONNREFUSED' }), 'network', /refuses/],
    [coded('UND_ERR_CONNECT_TIMEOUT'), 'timeout', /in time/],
    [coded('ETIMEDOUT'), 'timeout', /does not answer/],
    [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'network', /NODE_EXTRA_CA_CERTS/],
    [coded('UND_ERR_SOCKET'), 'network', /closed the connection/],
    [coded('EWEIRD'), 'network', /talking to .* \(EWEIRD\)$/],
    ['a string', 'network', /a string \(UNKNOWN\)/],
  ])('%s', (cause, kind, message) => {
    const error = networkError(cause, { ...at, keys });
    expect(error).toBeInstanceOf(ApiError);
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain(keys.accessKeySecret);
  });
});

it.each([
  ['pai-eas.cn-shangai.aliyuncs.com', /^no region cn-shangai is known, cn-shanghai is: cannot find the host /],
  ['pai-eas-manage-vpc.xx-nowhere-9.aliyuncs.com', /^no region xx-nowhere-9 is known: cannot find the host /],
  ['pai-eas.cn-shanghai.aliyuncs.com', /^cannot find the host /],
  ['eas.example.com', /^cannot find the host /],
])('of %s that has no address: %s', (host, message) => {
  const cause = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
  expect(networkError(cause, { operation: 'ListServices', host, sent: 'no' }).message).toMatch(message);
});

it('makes one clean line of anything', () => {
  expect(oneLine('a\u001b]52;c;AAAA\u0007b\nc\u202ed\u200be')).toBe('a ]52;c;AAAA b c d e');
  expect(oneLine('x'.repeat(500), 10)).toBe(`${'x'.repeat(9)}…`);
  expect(oneLine('🚀'.repeat(10), 6).isWellFormed()).toBe(true);
  expect(redact('no keys', undefined)).toBe('no keys');
});
