import { type AddressInfo, createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createOss, probeInternal } from '../../src/api/oss.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const settings = {
  region: 'cn-shanghai',
  credentials: { describe: () => 'test', get: async () => ({ accessKeyId: 'id', accessKeySecret: 'secret' }) },
  env: {},
};

describe('the host inside the region', () => {
  it.each([
    ['is taken where it can be reached', {}, true, 'oss-cn-shanghai-internal.aliyuncs.com', 1],
    ['is left where it cannot', {}, false, 'oss-cn-shanghai.aliyuncs.com', 1],
    ['is not looked for when it was asked for', { internal: true }, false, 'oss-cn-shanghai-internal.aliyuncs.com', 0],
    ['is not looked for beside another endpoint', { endpoint: 'http://127.0.0.1:9' }, true, '127.0.0.1:9', 0],
    [
      'is not looked for through a proxy',
      { env: { HTTPS_PROXY: 'http://127.0.0.1:9' } },
      true,
      'oss-cn-shanghai.aliyuncs.com',
      0,
    ],
  ])('%s', async (_, more, reached, host, times) => {
    let asked = 0;
    const probe = async () => {
      asked++;
      return reached;
    };
    const oss = createOss({ ...settings, ...more, probe });
    for (let round = 0; round < 2; round++) (await oss.open('bucket')).close();
    expect([oss.endpoint.replace(/:443$/, ''), asked]).toEqual([host, times]);
  });

  it('counts as reached by no port that is shut, mute or another host', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined));
    const other = createTlsServer({ key, cert }, (socket) => socket.on('error', () => undefined));
    for (const server of [mute, other]) {
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      ends.push(() => server.close());
    }
    const at = (server: typeof mute) => (server.address() as AddressInfo).port;
    const probe = (port: number, ca?: string) =>
      probeInternal('cn-shanghai', { host: 'localhost', port, timeoutMs: 1_000, ...(ca ? { ca } : {}) });
    expect(await probe(9)).toBe(false);
    expect(await probe(at(mute))).toBe(false);
    expect(await probe(at(other))).toBe(false);
    expect(await probe(at(other), cert)).toBe(true);
  });
});

// Of a self-signed "localhost", made for this test; until 2126.
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgTypVx7e0uYdvQab/
KmcHd9t2oGo4oYTSKMsfY447b8KhRANCAASgreYLcq8wAy8yOrhOszE6LeKLdjba
5E9r5P2617SRv3+1duuurx5aCXbizh1fG8z4EQcEELFZ3Dbbi/Eqwfjs
-----END PRIVATE KEY-----
`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUcLMnrthOPbL1lvFL02eB3PutCiUwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNTIzNDMzNVoYDzIxMjYxMTAx
MjM0MzM1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASgreYLcq8wAy8yOrhOszE6LeKLdjba5E9r5P2617SRv3+1duuurx5a
CXbizh1fG8z4EQcEELFZ3Dbbi/Eqwfjso2kwZzAdBgNVHQ4EFgQU9mE+c8OHxKhf
DBR7f8sEJUkamHgwHwYDVR0jBBgwFoAU9mE+c8OHxKhfDBR7f8sEJUkamHgwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SAAwRQIhANtHilVLCPDTPMCUjaOShQROmqlcROfsP7EPxJ8rIXXPAiB3AMYdfyE2
rj5H6pGh6UxCZB9NQJabiWpdRWBnOCKS6w==
-----END CERTIFICATE-----
`;
