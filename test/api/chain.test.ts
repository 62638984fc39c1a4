import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSend, type KeyRequest, type Send } from '../../src/api/chain-send.ts';
import { type Identity, type ResolveOptions, resolveIdentity } from '../../src/api/credentials.ts';
import { reply, type Service, serve, until } from './serve.ts';

// Every value of a profile that must never be seen again.
const secrets = {
  access_key_id: 'LTAIchainkeyid00c1',
  access_key_secret: 'secret-of-the-access-key',
  sts_token: 'secret-of-the-sts-token',
  access_token: 'secret-of-the-sso-login',
  oauth_refresh_token: 'secret-of-the-oauth-refresh',
  oauth_access_token: 'secret-of-the-oauth-access',
};
const role = { ram_role_arn: 'acs:ram::100:role/ops', ram_session_name: 'me' };
const answered = {
  AccessKeyId: 'STS.answeredkeyid9f',
  AccessKeySecret: 'secret-that-was-answered',
  SecurityToken: 'token-that-was-answered',
};

const start = Date.parse('2030-01-01T00:00:00Z');
const later = (minutes: number, from = start) =>
  new Date(from + minutes * 60_000).toISOString().slice(0, 19).concat('Z');

let home = '';
let service: Service | undefined;
let asked: KeyRequest[] = [];
let clock = start;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'eas-tui-chain-'));
  await mkdir(join(home, '.aliyun'));
  asked = [];
  clock = start;
});
afterEach(async () => {
  await service?.close();
  service = undefined;
  await rm(home, { recursive: true });
});

const file = () => join(home, '.aliyun/config.json');
const writeProfiles = (...profiles: Record<string, unknown>[]) =>
  writeFile(file(), JSON.stringify({ current: profiles[0]?.name, profiles }), { mode: 0o600 });

/** The real way out, but every host is the test's own server: the hosts and https are built in. */
const toService: Send = (request) => {
  asked.push(request);
  const url = new URL(request.url);
  return createSend({})({ ...request, url: `http://127.0.0.1:${service?.port}${url.pathname}${url.search}` });
};

async function resolve(more: Partial<ResolveOptions> = {}): Promise<Identity> {
  const chain = { now: () => clock, send: toService, ...more.chain };
  const found = await resolveIdentity({ env: {}, home, ...more, chain });
  if (!found.found) throw new Error(`nothing found: ${JSON.stringify(found.searched)}`);
  return found;
}

async function failure(more: Partial<ResolveOptions> = {}): Promise<Error> {
  const { source } = await resolve(more);
  const error = await source.get().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('it did not fail');
  const said = `${JSON.stringify(error)} ${error.message} ${error.stack} ${String(error.cause)} ${source.describe()}`;
  for (const secret of [...Object.values(secrets), ...Object.values(answered)]) expect(said).not.toContain(secret);
  return error;
}

const sts = (expiration = later(60)) => ({ Credentials: { ...answered, Expiration: expiration } });
const keys = {
  accessKeyId: answered.AccessKeyId,
  accessKeySecret: answered.AccessKeySecret,
  securityToken: answered.SecurityToken,
};

describe('a role', () => {
  const profile = { name: 'ops', mode: 'RamRoleArn', ...secrets, ...role, external_id: 'x1', sts_region: 'cn-beijing' };

  it('is assumed with the keys of the profile, signed', async () => {
    service = await serve((_, response) => reply(response, sts()));
    await writeProfiles({ ...profile, expired_seconds: 1800 });
    const identity = await resolve();
    expect(identity.keyHint).toBeUndefined();
    expect(identity.source.describe()).toBe('profile ops (~/.aliyun/config.json) · RamRoleArn');
    expect(await identity.source.get()).toEqual(keys);
    expect(identity.source.describe()).toBe('profile ops (~/.aliyun/config.json) · RamRoleArn …id9f');
    expect(new URL(asked[0]?.url ?? '').host).toBe('sts.cn-beijing.aliyuncs.com');
    const [seen] = service.seen;
    const form = Object.fromEntries(new URLSearchParams(seen?.body));
    expect(form).toEqual({
      RoleArn: role.ram_role_arn,
      RoleSessionName: 'me',
      DurationSeconds: '1800',
      ExternalId: 'x1',
    });
    const { Signature, ...query } = seen?.query ?? {};
    expect(query).toMatchObject({ Action: 'AssumeRole', AccessKeyId: secrets.access_key_id });
    // RPC signature, documented for STS: HMAC-SHA1 over all parameters sorted and encoded twice.
    const encode = (text: string) =>
      encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
    const pairs = Object.entries({ ...query, ...form }).sort(([a], [b]) => (a < b ? -1 : 1));
    const text = `POST&%2F&${encode(pairs.map(([name, value]) => `${encode(name)}=${encode(String(value))}`).join('&'))}`;
    expect(Signature).toBe(createHmac('sha1', `${secrets.access_key_secret}&`).update(text).digest('base64'));
  });

  it('may be assumed by a role', async () => {
    service = await serve((seen, response) => {
      const first = seen.query.AccessKeyId === secrets.access_key_id;
      const hop = { ...answered, AccessKeyId: 'STS.hopkeyid000001', Expiration: later(60) };
      reply(response, first ? { Credentials: hop } : sts());
    });
    await writeProfiles(
      { name: 'far', mode: 'ChainableRamRoleArn', source_profile: 'ops', ram_role_arn: 'acs:ram::200:role/far' },
      profile,
    );
    expect(await (await resolve()).source.get()).toEqual(keys);
    expect(
      service.seen.map(({ query, body }) => [query.AccessKeyId, new URLSearchParams(body).get('RoleArn')]),
    ).toEqual([
      [secrets.access_key_id, role.ram_role_arn],
      ['STS.hopkeyid000001', 'acs:ram::200:role/far'],
    ]);
    expect(service.seen[1]?.query.SecurityToken).toBe(answered.SecurityToken);
  });

  it.each<[string, number, unknown, RegExp]>([
    ['not trusted', 403, { Code: 'NoPermission', Message: 'no' }, /NoPermission, the role does not trust/],
    [
      'wrong secret',
      400,
      { Code: 'SignatureDoesNotMatch', Message: 'x' },
      /the access key secret of the profile is wrong/,
    ],
    ['no message', 404, { Code: 'EntityNotExist.Role', RequestId: 'AB12-CD34' }, /no such role \(request AB12-CD34\)/],
    ['a code that is a secret', 400, { Code: secrets.access_token }, /gives no keys: HTTP 400$/],
    ['a code with a secret in it', 400, { Code: `x${secrets.access_key_id}` }, /gives no keys: HTTP 400$/],
    ['everything said back', 400, { Code: 'No', Message: JSON.stringify(secrets) }, /gives no keys: No$/],
    ['half an answer', 200, { Credentials: { ...answered, SecurityToken: '' } }, /holds no usable keys/],
  ])('refused: %s', async (_, status, body, said) => {
    service = await serve((_seen, response) => reply(response, body, status));
    await writeProfiles(profile);
    const error = await failure();
    expect(error).toMatchObject({ kind: 'auth', code: 'NoCredentials' });
    expect(error.message).toMatch(
      /^profile ops \(~\/\.aliyun\/config\.json\) · RamRoleArn: sts\.cn-beijing\.aliyuncs\.com /,
    );
    expect(error.message).toMatch(said);
  });

  it.each([
    [503, 'server'],
    [429, 'throttled'],
  ])('HTTP %i is told apart from a refusal', async (status, kind) => {
    service = await serve((_seen, response) => reply(response, 'no', status));
    await writeProfiles(profile);
    expect(await failure()).toMatchObject({ kind });
  });

  it('a connection that breaks is trouble of the network', async () => {
    service = await serve((_seen, _response, request) => request.socket.destroy());
    await writeProfiles(profile);
    expect(await failure()).toMatchObject({ kind: 'network' });
  });

  it('a profile that cannot work is refused before anything is sent', async () => {
    const chain = (name: string, source: string) => ({
      name,
      mode: 'ChainableRamRoleArn',
      source_profile: source,
      ...role,
    });
    const cases: [Record<string, unknown>, string][] = [
      [{ ...profile, ram_role_arn: '' }, 'mode RamRoleArn without ram_role_arn'],
      [{ ...profile, expired_seconds: 60 }, 'its expired_seconds is 60; the service takes 900 or more'],
      [{ ...profile, sts_region: 'x.evil.example/' }, 'its sts_region is no region id'],
      [{ ...profile, sts_endpoint: 'x/y' }, 'its sts_endpoint is no host name'],
      [{ ...profile, mode: 'RsaKeyPair' }, 'mode RsaKeyPair is not supported; AK, StsToken'],
      [{ ...profile, mode: 'OIDC' }, 'mode OIDC without oidc_provider_arn, oidc_token_file'],
      [{ ...profile, mode: 'External' }, 'mode External without process_command'],
      [
        { ...profile, mode: 'CredentialsURI', credentials_uri: secrets.sts_token },
        'its credentials_uri is not an http',
      ],
      [{ ...profile, mode: 'OAuth' }, 'its oauth_site_type is neither'],
      [
        {
          ...profile,
          mode: 'CloudSSO',
          cloud_sso_sign_in_url: 'http://a',
          cloud_sso_account_id: '1',
          cloud_sso_access_config: '2',
        },
        'its cloud_sso_sign_in_url is not an https URL',
      ],
      [chain('ops', 'ops'), 'in a circle: ops → ops'],
      [chain('ops', 'b'), 'its source_profile "b": its source_profile leads in a circle: ops → b → ops'],
      [chain('ops', 'c'), 'its source_profile "c" is not in the file'],
    ];
    for (const [one, said] of cases) {
      await writeProfiles({ ...one, name: 'ops' }, chain('b', 'ops'));
      await expect(resolve({ profile: 'ops' })).rejects.toThrow(said);
    }
    expect(asked).toEqual([]);
  });
});

describe('keeping keys', () => {
  const env = { ALIBABA_CLOUD_CREDENTIALS_URI: 'http://127.0.0.1:1/keys' };
  let answers = 0;
  const counting = async (expires: () => string) => {
    answers = 0;
    service = await serve((_, response) => {
      answers += 1;
      reply(response, { ...answered, AccessKeyId: `STS.keynumber0000${answers}`, Expiration: expires() });
    });
    const { source } = await resolve({ env });
    return { source, id: async () => (await source.get()).accessKeyId.slice(-1) };
  };

  it('one fetch for all who ask at once, and none while the keys last', async () => {
    const { source, id } = await counting(() => later(60));
    expect(
      new Set((await Promise.all([source.get(), source.get(), source.get()])).map((one) => one.accessKeyId)).size,
    ).toBe(1);
    clock = start + 54 * 60_000;
    expect(await id()).toBe('1');
    expect(answers).toBe(1);
  });

  it('renewed when less than five minutes are left', async () => {
    const { id } = await counting(() => later(60, clock));
    expect(await id()).toBe('1');
    clock = start + 55 * 60_000 + 1;
    expect(await id()).toBe('2');
    expect(await id()).toBe('2');
  });

  it('at most once a minute, also when a clock is so wrong that they seem over', async () => {
    const { id } = await counting(() => later(-120));
    expect(await id()).toBe('1');
    clock += 59_000;
    expect(await id()).toBe('1');
    clock += 1_000;
    expect(await id()).toBe('2');
  });

  it('kept after a failed renewal as long as they are good, then told', async () => {
    let broken = false;
    service = await serve((_, response) => {
      answers += 1;
      if (broken) reply(response, answered, 500);
      else reply(response, { ...answered, Expiration: later(60) });
    });
    const { source } = await resolve({ env });
    await source.get();
    broken = true;
    answers = 0;
    clock = start + 57 * 60_000;
    expect(await source.get()).toEqual(keys);
    expect(await source.get()).toEqual(keys);
    expect(answers).toBe(1);
    clock += 30_000;
    expect(await source.get()).toEqual(keys);
    expect(answers).toBe(2);
    clock = start + 60 * 60_000;
    await expect(source.get()).rejects.toMatchObject({ kind: 'server' });
    broken = false;
    expect(await source.get()).toEqual(keys);
  });

  it('a silent side is given up in time, and who gives up first waits no longer', async () => {
    service = await serve(() => undefined);
    const { source } = await resolve({ env, chain: { timeoutMs: 300 } });
    const giveUp = new AbortController();
    const waiting = source.get(giveUp.signal);
    const other = source.get();
    const both = Promise.allSettled([waiting, other]);
    await until(() => service?.seen.length === 1);
    giveUp.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'aborted' });
    await expect(other).rejects.toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('CredentialsURI: no keys within'),
    });
    await both;
    const { connections } = service;
    await until(() => connections.every((socket) => socket.destroyed));
  });
});

describe('keys from a URI', () => {
  it.each<[string, string | object]>([
    ['garbage', `<html>${answered.AccessKeySecret}`],
    ['without a token', { ...answered, SecurityToken: undefined, Expiration: later(60) }],
  ])('%s: nothing of it is repeated, nor the URI', async (_, body) => {
    service = await serve((_seen, response) => response.end(typeof body === 'string' ? body : JSON.stringify(body)));
    const env = { ALIBABA_CLOUD_CREDENTIALS_URI: `http://127.0.0.1:1/?key=${secrets.sts_token}` };
    expect((await failure({ env })).message).toMatch(/127\.0\.0\.1:1 answered something that holds no usable keys/);
  });

  it('also as a profile', async () => {
    service = await serve((_seen, response) => reply(response, { ...answered, Expiration: later(60) }));
    await writeProfiles({
      name: 'uri',
      mode: 'CredentialsURI',
      credentials_uri: `http://127.0.0.1:${service.port}/k?a=b`,
    });
    expect(await (await resolve()).source.get()).toEqual(keys);
    expect(service.seen[0]).toMatchObject({ path: '/k', query: { a: 'b' } });
  });
});

describe('OIDC', () => {
  it('the token file is read anew each time, and named when it cannot be', async () => {
    service = await serve((_, response) => reply(response, sts(later(60, clock))));
    const tokenFile = join(home, 'token');
    await writeFile(tokenFile, 'token-one');
    const env = {
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: 'acs:ram::1:oidc-provider/ack',
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: tokenFile,
      ALIBABA_CLOUD_ROLE_ARN: role.ram_role_arn,
    };
    const { source } = await resolve({ env });
    expect(await source.get()).toEqual(keys);
    await writeFile(tokenFile, 'token-two');
    clock += 60 * 60_000;
    await source.get();
    expect(service.seen.map(({ body }) => new URLSearchParams(body).get('OIDCToken'))).toEqual([
      'token-one',
      'token-two',
    ]);
    await rm(tokenFile);
    expect((await failure({ env })).message).toContain(`the OIDC token file ${tokenFile} cannot be read (ENOENT)`);
  });
});

describe('CloudSSO', () => {
  const profile = {
    name: 'sso',
    mode: 'CloudSSO',
    ...secrets,
    cloud_sso_sign_in_url: 'https://signin-x.alibabacloudsso.com/me/login',
    cloud_sso_account_id: '1234',
    cloud_sso_access_config: 'ac-1',
    // The library holds it against the clock on the wall.
    cloud_sso_access_token_expire: 4_000_000_000,
  };

  it('the login is exchanged for keys', async () => {
    service = await serve((_, response) =>
      reply(response, { CloudCredential: { ...answered, Expiration: later(60) } }),
    );
    await writeProfiles(profile);
    expect(await (await resolve()).source.get()).toEqual(keys);
    expect(asked[0]?.url).toBe('https://signin-x.alibabacloudsso.com/cloud-credentials');
    expect(service.seen[0]?.headers.authorization).toBe(`Bearer ${secrets.access_token}`);
    expect(JSON.parse(service.seen[0]?.body ?? '')).toEqual({ AccountId: '1234', AccessConfigurationId: 'ac-1' });
  });

  it('a login that is over, by its date or by the answer, says what to do', async () => {
    service = await serve((_, response) => reply(response, { ErrorCode: 'Expired' }, 401));
    await writeProfiles(profile);
    expect((await failure()).message).toContain('Expired, log in again with the aliyun CLI');
    await writeProfiles({ ...profile, cloud_sso_access_token_expire: 1 });
    expect((await failure()).message).toContain('the CloudSSO login has expired; log in again with the aliyun CLI');
    await writeProfiles({ ...profile, access_token: '' });
    await expect(resolve({ profile: 'sso' })).rejects.toThrow('mode CloudSSO without a login');
  });
});

describe('OAuth', () => {
  const profile = { name: 'oauth', mode: 'OAuth', oauth_site_type: 'CN', ...secrets, oauth_access_token_expire: 1 };
  const exchanged = {
    accessKeyId: answered.AccessKeyId,
    accessKeySecret: answered.AccessKeySecret,
    securityToken: answered.SecurityToken,
    expiration: later(60),
  };

  it('a renewed login goes back into the file, and nothing else in it changes', async () => {
    service = await serve((seen, response) => {
      const renewed = { access_token: 'new-access', refresh_token: 'new-refresh', expires_in: 3600 };
      reply(response, seen.path === '/v1/token' ? renewed : exchanged);
    });
    const other = { name: 'other', mode: 'AK', access_key_id: 'a', unknown: [1, { 键: '值' }] };
    await writeProfiles(profile, other);
    const { source } = await resolve();
    expect(await source.get()).toEqual(keys);
    expect(asked.map(({ url }) => url)).toEqual([
      'https://oauth.aliyun.com/v1/token',
      'https://oauth.aliyun.com/v1/exchange',
    ]);
    expect(new URLSearchParams(service.seen[0]?.body).get('refresh_token')).toBe(secrets.oauth_refresh_token);
    expect(service.seen[1]?.headers.authorization).toBe('Bearer new-access');
    const written = JSON.parse(await readFile(file(), 'utf8'));
    expect(written).toEqual({
      current: 'oauth',
      profiles: [
        {
          ...profile,
          oauth_refresh_token: 'new-refresh',
          oauth_access_token: 'new-access',
          oauth_access_token_expire: expect.any(Number),
        },
        other,
      ],
    });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await readdir(join(home, '.aliyun'))).toEqual(['config.json']);
    // The next fetch starts from what was written.
    clock += 60 * 60_000;
    await source.get();
    expect(service.seen.filter(({ path }) => path === '/v1/token').length).toBe(1);
  });

  it('a refused renewal says what to do', async () => {
    service = await serve((_, response) => reply(response, { error: 'invalid_grant' }, 400));
    await writeProfiles(profile);
    expect((await failure()).message).toContain('oauth.aliyun.com gives no keys: invalid_grant, log in again');
  });
});

describe('External', () => {
  const program = (code: string) => `${JSON.stringify(process.execPath)} -e ${JSON.stringify(code)}`;
  const print = async (value: unknown) => {
    await writeFile(join(home, 'printed'), JSON.stringify(value));
    return program(`process.stdout.write(require('fs').readFileSync('${join(home, 'printed')}'))`);
  };
  const external = (command: string) => ({ name: 'ext', mode: 'External', process_command: command });

  it('takes what the command prints and writes nothing back', async () => {
    const printed = { mode: 'StsToken', access_key_id: 'STS.printedkeyid01', access_key_secret: 's', sts_token: 't' };
    await writeProfiles(external(await print(printed)));
    const before = await readFile(file(), 'utf8');
    expect(await (await resolve()).source.get()).toEqual({
      accessKeyId: 'STS.printedkeyid01',
      accessKeySecret: 's',
      securityToken: 't',
    });
    expect(await readFile(file(), 'utf8')).toBe(before);
  });

  it.each([
    [
      'fails',
      program(`console.error('${secrets.sts_token}'); process.exit(3)`),
      /failed or took too long; run it by hand/,
    ],
    ['prints garbage', program(`console.log('${secrets.sts_token}')`), /printed something that is not JSON/],
    ['prints no keys', program('console.log(1)'), /printed no access_key_id/],
    ['is not there', `/nowhere/${secrets.sts_token}`, /the program of process_command is not there/],
    ['is cut off', `'${secrets.sts_token}`, /a quote or backslash without its end/],
  ])('a command that %s: neither it nor its words are repeated', async (_, command, said) => {
    await writeProfiles(external(command));
    expect((await failure()).message).toMatch(said);
  });

  it('a command that never ends is ended', async () => {
    const pid = join(home, 'pid');
    await writeProfiles(
      external(program(`require('fs').writeFileSync('${pid}', '' + process.pid); setInterval(() => {}, 999)`)),
    );
    await failure({ chain: { commandTimeoutMs: 800 } });
    const id = Number(await readFile(pid, 'utf8'));
    await until(() => {
      try {
        return !process.kill(id, 0);
      } catch {
        return true;
      }
    });
  });
});

describe('the metadata server', () => {
  const metadata = (status = 200) =>
    serve((seen, response) => {
      if (seen.path === '/latest/api/token') response.end('metadata-token');
      else if (seen.path.endsWith('security-credentials/')) response.end('the-role');
      else if (status !== 200) response.writeHead(status).end('<html>');
      else reply(response, { ...answered, Code: 'Success', Expiration: later(60) });
    });

  it('is asked for the role in the environment, past any proxy, each time in time', async () => {
    service = await metadata();
    const { source } = await resolve({ env: { ALIBABA_CLOUD_ECS_METADATA: 'my-role', HTTP_PROXY: 'http://proxy:1' } });
    expect(await source.get()).toEqual(keys);
    expect(service.seen.at(-1)).toMatchObject({ path: '/latest/meta-data/ram/security-credentials/my-role' });
    expect(asked.every(({ direct, connectMs, readMs }) => direct && connectMs <= 1_000 && readMs <= 1_000)).toBe(true);
    expect(new Set(asked.map(({ url }) => new URL(url).host))).toEqual(new Set(['100.100.100.200']));
  });

  it('tells the role of a profile that names none', async () => {
    service = await metadata();
    await writeProfiles({ name: 'ecs', mode: 'EcsRamRole' });
    expect(await (await resolve()).source.get()).toEqual(keys);
    expect(service.seen.at(-1)?.path).toBe('/latest/meta-data/ram/security-credentials/the-role');
    await service.close();
    service = await metadata(404);
    expect((await failure()).message).toContain(
      '100.100.100.200 gives no keys: HTTP 404, the instance has no such RAM role',
    );
  });

  it('is never asked unbidden, nor when that is forbidden', async () => {
    expect(await resolveIdentity({ env: {}, home, chain: { send: toService } })).toMatchObject({ found: false });
    const env = { ALIBABA_CLOUD_ECS_METADATA: 'r', ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' };
    const nobody = await resolveIdentity({ env, home, chain: { send: toService } });
    expect(JSON.stringify(nobody)).toContain('not asked: ALIBABA_CLOUD_ECS_METADATA_DISABLED is set');
    expect(asked).toEqual([]);
  });
});

describe('the ini file', () => {
  const ini = (content: string) =>
    mkdir(join(home, '.alibabacloud')).then(() => writeFile(join(home, '.alibabacloud/credentials'), content));

  it('keys of its default section, or of the one the environment names', async () => {
    await ini(
      `\ufeff; keys\n[default]\r\ntype = access_key # plain\naccess_key_id=LTAIinikeyid0001\naccess_key_secret = "a;b"\n[x]\ntype=access_key\naccess_key_id=LTAIinikeyid0002\naccess_key_secret=s\n`,
    );
    const identity = await resolve();
    expect(identity).toMatchObject({ from: 'profile default (~/.alibabacloud/credentials)', keyHint: '…0001' });
    expect(await identity.source.get()).toMatchObject({ accessKeySecret: 'a;b' });
    expect(await resolve({ env: { ALIBABA_CLOUD_PROFILE: 'x' } })).toMatchObject({ keyHint: '…0002' });
  });

  it('a role of it', async () => {
    service = await serve((_, response) => reply(response, sts()));
    const { access_key_id, access_key_secret } = secrets;
    const policy = '{"Version":"1"}';
    await ini(
      `[default]\ntype=ram_role_arn\naccess_key_id=${access_key_id}\naccess_key_secret=${access_key_secret}\nrole_arn=${role.ram_role_arn}\nrole_session_name=me\npolicy=${policy}\n`,
    );
    expect(await (await resolve()).source.get()).toEqual(keys);
    expect(Object.fromEntries(new URLSearchParams(service.seen[0]?.body))).toMatchObject({
      RoleArn: role.ram_role_arn,
      RoleSessionName: 'me',
      Policy: policy,
    });
  });

  it.each([
    ['[other]\ntype=access_key', 'no section [default]'],
    ['[default]\ntype=sts', 'section [default] has type sts; access_key, ram_role_arn and ecs_ram_role are supported'],
    [`[default]\naccess_key_secret=${secrets.access_key_secret}`, 'section [default] has no type'],
    [`[default]\ntype=access_key\naccess_key_secret=${secrets.access_key_secret}`, 'mode AK without access_key_id'],
  ])('%j gives nothing and says why', async (content, finding) => {
    await ini(content);
    const nobody = await resolveIdentity({ env: {}, home });
    expect(nobody).toMatchObject({ found: false });
    const said = JSON.stringify(nobody);
    expect(said).toContain(JSON.stringify(finding).slice(1, -1));
    expect(said).not.toContain(secrets.access_key_secret);
  });
});

it('a file that breaks while the program runs is told without a word of what is in it', async () => {
  await writeProfiles({ name: 'ops', mode: 'RamRoleArn', ...secrets, ...role });
  const { source } = await resolve();
  await writeFile(file(), `{"profiles":[${JSON.stringify(secrets)}`);
  const error = await source.get().catch((reason: unknown) => reason);
  const said = `${JSON.stringify(error)} ${(error as Error).stack}`;
  expect(said).toContain('is not valid JSON');
  for (const secret of Object.values(secrets)) expect(said).not.toContain(secret);
});

it('requests for keys go through the proxy of the environment', async () => {
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  try {
    await writeProfiles({ name: 'ops', mode: 'RamRoleArn', ...secrets, ...role });
    const env = { HTTPS_PROXY: `http://user:${secrets.sts_token}@${host}` };
    const error = await failure({ env, chain: { send: createSend(env) } });
    expect(tunnels).toEqual(['sts.aliyuncs.com:443']);
    expect(error).toMatchObject({ kind: 'network' });
    expect(error.message).toContain(`the proxy ${host} refused to connect to sts.aliyuncs.com: HTTP 502`);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});
