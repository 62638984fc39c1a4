import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEmulator } from '../../emulator/server.ts';
import { selfSigned } from '../support/self-signed.ts';
import { ledger, openServices, pressWhenOn, rowOf } from './steps.ts';

/** The built program's ways to the service and to keys: what is left out of the bundle is missed only there. */

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function freshHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

test('through a proxy, over TLS with a certificate of the company: lists, and writes once', async () => {
  const emulator = await createEmulator({ seed: 7, speed: 20, strict: true });
  onTestFinished(() => emulator.close());
  const front = await listen(
    createSecureServer(selfSigned, (incoming, outgoing) => {
      const { method, headers, url = '/' } = incoming;
      const onward = request(new URL(url, emulator.endpoint), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    }),
  );
  const tunnels: string[] = [];
  const proxy = createServer().on('connect', ({ url = '' }, socket) => {
    tunnels.push(url);
    const upstream = connect(front, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on('error', () => [upstream, socket].map((one) => one.destroy()));
  });
  const port = await listen(proxy);
  const home = freshHome();
  writeFileSync(join(home, 'company.pem'), selfSigned.cert);

  const terminal = await openServices({
    args: ['--endpoint', 'https://eas.test', '--region', emulator.region],
    env: {
      ALIBABA_CLOUD_ACCESS_KEY_ID: emulator.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: emulator.accessKeySecret,
      NODE_EXTRA_CA_CERTS: join(home, 'company.pem'),
      https_proxy: `http://ops:pa%20ss@127.0.0.1:${port}`,
      NO_PROXY: 'example.com',
    },
    home,
  });
  expect(rowOf(terminal, 'ctr_deepfm')).toContain('3/3');
  terminal.write('+\r');
  await terminal.waitFor(/✓ scaled ctr_deepfm 3→4 in /, { timeout: 20_000 });
  expect(emulator.requests().filter(({ operation }) => operation === 'ScaleService')).toHaveLength(1);
  expect(new Set(tunnels)).toEqual(new Set(['eas.test:443']));
  expect(terminal.bytes().toString()).not.toMatch(/pa(%20| )ss/);
  expect(JSON.stringify(ledger(terminal))).not.toMatch(/pa(%20| )ss/);
});

test('keys that a command prints, and keys that a URI gives: they are fetched, used and never shown', async () => {
  const emulator = await createEmulator({ seed: 7, strict: true });
  onTestFinished(() => emulator.close());
  const { accessKeyId, accessKeySecret, securityToken } = emulator.sts;
  const Expiration = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, '');
  let fetched = 0;
  const uri = await listen(
    createServer((_, response) => {
      fetched++;
      const keys = { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken: securityToken };
      response.end(JSON.stringify({ Code: 'Success', ...keys, Expiration }));
    }),
  );
  const home = freshHome();
  mkdirSync(join(home, '.aliyun'));
  const printed = { mode: 'StsToken', access_key_id: accessKeyId, access_key_secret: accessKeySecret };
  writeFileSync(join(home, 'keys.json'), JSON.stringify({ ...printed, sts_token: securityToken }));
  const profiles = [
    { name: 'printed', mode: 'External', process_command: `cat ${join(home, 'keys.json')}`, region_id: 'cn-shanghai' },
    {
      name: 'given',
      mode: 'CredentialsURI',
      credentials_uri: `http://127.0.0.1:${uri}/keys`,
      region_id: 'cn-shanghai',
    },
  ];
  writeFileSync(join(home, '.aliyun', 'config.json'), JSON.stringify({ current: 'printed', profiles }));
  for (const { name, mode } of profiles) {
    const terminal = await openServices({
      args: ['--endpoint', emulator.endpoint, '--profile', name],
      home,
      cols: 160,
    });
    expect(terminal.text()).toMatch(new RegExp(`profile ${name} .*${mode} .*…${accessKeyId.slice(-4)}`));
    const said = terminal.bytes().toString();
    for (const secret of [accessKeySecret, securityToken]) expect(said).not.toContain(secret.slice(0, 14));
    terminal.key('q');
    await terminal.waitExit();
    await terminal.close();
  }
  // Asked for once, however often the service was asked.
  expect(fetched).toBe(1);
});

test('keys that end are renewed before they do: no request is refused, and the header tells whose are used now', async () => {
  const emulator = await createEmulator({ seed: 7, strict: true });
  onTestFinished(() => emulator.close());
  const next = { accessKeyId: 'STS.NUnextkey7f2c', accessKeySecret: 'next-secret', securityToken: 'next-token' };
  emulator.keys.push(next);
  const given = [emulator.sts, next];
  let fetched = 0;
  const uri = await listen(
    createServer((_, response) => {
      const keys = given[fetched++] ?? next;
      // Ten minutes from the first answer on, and an hour of the second one's own.
      const Expiration = new Date(Date.now() + (fetched === 1 ? 10 : 60) * 60_000).toISOString().replace(/\.\d+/, '');
      const { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken } = keys;
      response.end(JSON.stringify({ Code: 'Success', AccessKeyId, AccessKeySecret, SecurityToken, Expiration }));
    }),
  );
  const home = freshHome();
  // The clock of the program goes forward by six minutes when a file appears: the keys are good for four more.
  const later = join(home, 'later');
  writeFileSync(
    join(home, 'clock.cjs'),
    `const now = Date.now;
     let by = 0;
     setInterval(() => { by = require('fs').existsSync(${JSON.stringify(later)}) ? 360000 : 0; }, 20).unref();
     Date.now = () => now() + by;`,
  );
  const terminal = await openServices({
    args: ['--endpoint', emulator.endpoint, '--region', emulator.region],
    env: {
      ALIBABA_CLOUD_CREDENTIALS_URI: `http://127.0.0.1:${uri}/keys`,
      NODE_OPTIONS: `--require ${join(home, 'clock.cjs')}`,
    },
    home,
    cols: 160,
  });
  await terminal.waitFor(`…${emulator.sts.accessKeyId.slice(-4)}`);
  expect(fetched).toBe(1);

  writeFileSync(later, '');
  await terminal.waitFor('…7f2c', { timeout: 20_000 });
  expect(fetched).toBe(2);
  // From here on the first keys are worth nothing.
  emulator.keys.splice(0, emulator.keys.length, next);
  const before = emulator.requests().length;
  await pressWhenOn(terminal, '+');
  terminal.write('\r');
  await terminal.waitFor(/✓ scaled ctr_deepfm 3→4 in /, { timeout: 20_000 });
  expect(emulator.requests().length).toBeGreaterThan(before + 1);
  expect(emulator.requests().filter(({ status }) => status !== 200)).toEqual([]);
  expect(fetched).toBe(2);
  for (const secret of [next.accessKeySecret, next.securityToken]) {
    expect(terminal.bytes().toString()).not.toContain(secret);
    expect(JSON.stringify(ledger(terminal))).not.toContain(secret);
  }
  expect(ledger(terminal)[0]).toMatchObject({ who: expect.stringContaining('…7f2c') });
});
