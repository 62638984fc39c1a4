import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Identity, profileFile, type ResolveOptions, resolveIdentity } from '../../src/api/credentials.ts';
import { listProfiles } from '../../src/api/profiles.ts';

const secret = 'this-is-a-secret-of-the-test';
const envKeys = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIfromenv00e001', ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret };
const config = {
  current: 'default',
  profiles: [
    {
      name: 'default',
      mode: 'AK',
      access_key_id: 'LTAIdefault00d001',
      access_key_secret: secret,
      region_id: 'cn-beijing',
    },
    {
      name: 'prod',
      mode: 'StsToken',
      access_key_id: 'STS.prodkey00p001',
      access_key_secret: secret,
      sts_token: `${secret}-token`,
      region_id: 'cn-shanghai',
      endpoint_type: 'vpc',
    },
    {
      name: 'role',
      mode: 'RamRoleArn',
      access_key_id: 'LTAIrolekey00r001',
      access_key_secret: secret,
      ram_role_arn: 'acs:ram::1:role/x',
    },
    { name: 'empty', mode: 'AK', access_key_id: '', access_key_secret: '' },
    { name: 'bearer', mode: 'BearerToken', bearer_token: secret },
    { mode: 'AK' },
    'not a profile',
  ],
};

let home = '';
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'eas-tui-home-'));
  await mkdir(join(home, '.aliyun'));
  await writeFile(join(home, '.aliyun/config.json'), `\ufeff${JSON.stringify(config)}`);
  await writeFile(join(home, 'broken.json'), `{"profiles":[{"access_key_secret":"${secret}"`);
  await writeFile(join(home, 'odd.json'), JSON.stringify({ profiles: { secret } }));
});
afterAll(() => rm(home, { recursive: true }));

async function resolve(more: Partial<ResolveOptions> = {}): Promise<Identity> {
  const found = await resolveIdentity({ env: {}, home, ...more });
  if (!found.found) throw new Error(`nothing found: ${JSON.stringify(found.searched)}`);
  return found;
}

describe('a token that lies in a file', () => {
  it('is read anew when it was renewed there; keys that do not end are not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'eas-tui-renewed-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'config.json');
    let now = 1_000_000;
    const write = async (mode: string, id: string) => {
      const profile = { name: 'p', mode, access_key_id: id, access_key_secret: secret, sts_token: `${secret}-${id}` };
      await writeFile(file, JSON.stringify({ current: 'p', profiles: [profile] }));
      now += 1_000;
    };
    const open = async () => (await resolve({ file, chain: { now: () => now } })).source;
    await write('StsToken', 'STS.first0000001');
    const source = await open();
    const id = async () => (await source.get()).accessKeyId;
    expect(await id()).toBe('STS.first0000001');
    await write('StsToken', 'STS.second000002');
    expect([await id(), source.describe()]).toEqual(['STS.second000002', expect.stringMatching(/STS …0002$/)]);
    // Half written, gone, or another kind of profile: what there was is kept.
    await writeFile(file, '{');
    now += 1_000;
    expect(await id()).toBe('STS.second000002');
    await rm(file);
    now += 1_000;
    expect(await id()).toBe('STS.second000002');
    await write('AK', 'LTAIother0000003');
    expect(await id()).toBe('STS.second000002');
    const fixed = await open();
    await write('AK', 'LTAIother0000004');
    expect((await fixed.get()).accessKeyId).toBe('LTAIother0000003');
  });
});

describe('who acts', () => {
  it('the default profile, when nothing else is said', async () => {
    const identity = await resolve();
    expect(identity).toMatchObject({
      profile: 'default',
      from: 'profile default (~/.aliyun/config.json)',
      keyHint: '…d001',
      region: 'cn-beijing',
      regionFrom: 'profile default (~/.aliyun/config.json)',
      vpc: false,
    });
    expect(identity.source.describe()).toBe('profile default (~/.aliyun/config.json) · AK …d001');
    expect(await identity.source.get()).toMatchObject({ accessKeyId: 'LTAIdefault00d001', accessKeySecret: secret });
  });

  it('keys in the environment beat the default profile, also one named by ALIBABA_CLOUD_PROFILE', async () => {
    for (const env of [envKeys, { ...envKeys, ALIBABA_CLOUD_PROFILE: 'prod' }]) {
      const identity = await resolve({ env });
      expect(identity).toMatchObject({ from: 'env ALIBABA_CLOUD_ACCESS_KEY_ID', keyHint: '…e001', profile: undefined });
      expect((await identity.source.get()).accessKeyId).toBe('LTAIfromenv00e001');
    }
  });

  it('a profile asked for beats keys and region in the environment', async () => {
    const env = { ...envKeys, ALIBABA_CLOUD_REGION_ID: 'us-west-1' };
    const identity = await resolve({ env, profile: 'prod' });
    expect(identity).toMatchObject({ profile: 'prod', keyHint: '…p001', region: 'cn-shanghai', vpc: true });
    expect(await identity.source.get()).toMatchObject({ securityToken: `${secret}-token` });
    expect(identity.source.describe()).toBe('profile prod (~/.aliyun/config.json) · STS …p001');
  });

  it('ALIBABA_CLOUD_PROFILE chooses the default profile', async () => {
    expect((await resolve({ env: { ALIBABA_CLOUD_PROFILE: 'prod' } })).profile).toBe('prod');
  });

  it('a security token in the environment is used', async () => {
    const identity = await resolve({ env: { ...envKeys, ALIBABA_CLOUD_SECURITY_TOKEN: 'sts-token' } });
    expect((await identity.source.get()).securityToken).toBe('sts-token');
  });

  it('another mode has its keys fetched; one that is not known is refused at once', async () => {
    const { source, keyHint } = await resolve({ profile: 'role' });
    expect(source.describe()).toBe('profile role (~/.aliyun/config.json) · RamRoleArn');
    expect(keyHint).toBeUndefined();
    await expect(resolve({ profile: 'bearer' })).rejects.toThrow(
      'profile bearer in ~/.aliyun/config.json: mode BearerToken is not supported; AK, StsToken, ',
    );
  });

  it('what the configuration prefers is behind flags, keys and ALIBABA_CLOUD_PROFILE', async () => {
    const preferred = { profile: 'prod', region: 'us-west-1', from: 'config.json' };
    expect(await resolve({ preferred })).toMatchObject({
      profile: 'prod',
      region: 'us-west-1',
      regionFrom: 'config.json',
    });
    expect(await resolve({ preferred, profile: 'role' })).toMatchObject({ profile: 'role', region: 'us-west-1' });
    expect(await resolve({ preferred, profile: 'default' })).toMatchObject({ region: 'cn-beijing' });
    expect(
      await resolve({ preferred, env: { ALIBABA_CLOUD_PROFILE: 'default', REGION: 'eu-central-1' } }),
    ).toMatchObject({
      profile: 'default',
      region: 'eu-central-1',
    });
    expect(await resolve({ preferred, env: envKeys })).toMatchObject({ profile: undefined, region: 'us-west-1' });
    expect(await resolveIdentity({ env: {}, home, preferred: { ...preferred, profile: 'x' } })).toMatchObject({
      found: false,
      searched: [{}, {}, { finding: expect.stringContaining('no profile "x"') }, {}, {}, {}],
    });
  });

  it('OIDC in the environment goes before the default profile', async () => {
    const env = {
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: 'a',
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: 'b',
      ALIBABA_CLOUD_ROLE_ARN: 'c',
    };
    expect((await resolve({ env })).source.describe()).toContain('OIDC');
  });
});

describe('which region', () => {
  it.each<[string, Partial<ResolveOptions>, string, string]>([
    ['asked for', { region: 'eu-central-1', env: { REGION: 'us-west-1' } }, 'eu-central-1', '--region'],
    ['the environment before the default profile', { env: { REGION_ID: 'us-west-1' } }, 'us-west-1', 'env REGION_ID'],
    [
      'the default profile for keys from the environment',
      { env: envKeys },
      'cn-beijing',
      'profile default (~/.aliyun/config.json)',
    ],
    [
      'the environment for a profile without one',
      { profile: 'role', env: { REGION: 'ap-south-1' } },
      'ap-south-1',
      'env REGION',
    ],
  ])('%s', async (_, options, region, regionFrom) => {
    expect(await resolve(options)).toMatchObject({ region, regionFrom });
  });
});

describe('nothing found', () => {
  it('lists every place searched', async () => {
    const nobody = await resolveIdentity({ env: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'x' }, home: '/nowhere' });
    expect(nobody).toMatchObject({
      found: false,
      searched: [
        { finding: 'ALIBABA_CLOUD_ACCESS_KEY_ID is set, ALIBABA_CLOUD_ACCESS_KEY_SECRET is not' },
        {},
        { place: '~/.aliyun/config.json', finding: 'no such file' },
        { place: '~/.alibabacloud/credentials', finding: 'no such file' },
        { place: 'env ALIBABA_CLOUD_ECS_METADATA', finding: expect.stringContaining('not set; on an ECS instance') },
        { place: 'env ALIBABA_CLOUD_CREDENTIALS_URI', finding: 'not set' },
      ],
    });
  });

  it.each([
    ['broken.json', /broken\.json is not valid JSON/],
    ['odd.json', /odd\.json has no list/],
  ])('%s: the file is named and nothing of it repeated', async (name, said) => {
    const file = join(home, name);
    const nobody = await resolveIdentity({ env: {}, home, file });
    const words = JSON.stringify(nobody);
    expect(words).toMatch(said);
    expect(words).not.toContain(secret);
    const error = await resolveIdentity({ env: {}, home, file, profile: 'x' }).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(said);
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(secret);
  });

  it('a profile asked for that is not there is an error with the names there are', async () => {
    await expect(resolve({ profile: 'prd', env: envKeys })).rejects.toThrow(
      'no profile "prd" in ~/.aliyun/config.json; there are: default, prod, role, empty, bearer',
    );
    await expect(resolve({ profile: 'empty' })).rejects.toThrow('mode AK without access_key_id, access_key_secret');
    await expect(resolve({ profile: 'x', home: '/nowhere' })).rejects.toThrow('the file does not exist');
  });
});

it('lists profiles without anything secret', async () => {
  const profiles = await listProfiles(profileFile(home));
  expect(profiles).toEqual([
    { name: 'default', mode: 'AK', region: 'cn-beijing', current: true, vpc: false },
    { name: 'prod', mode: 'StsToken', region: 'cn-shanghai', current: false, vpc: true },
    { name: 'role', mode: 'RamRoleArn', region: undefined, current: false, vpc: false },
    { name: 'empty', mode: 'AK', region: undefined, current: false, vpc: false },
    { name: 'bearer', mode: 'BearerToken', region: undefined, current: false, vpc: false },
  ]);
  expect(await listProfiles('/nowhere/config.json')).toEqual([]);
});
