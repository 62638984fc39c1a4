import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOfficialClient } from '../conformance/official-client.ts';

// The emulator as its own process, bundled the way the package bundles it.
const folder = mkdtempSync(join(tmpdir(), 'eas-emulator-'));
const bundle = join(folder, 'emulator.cjs');
beforeAll(async () => {
  await build({ entryPoints: ['emulator/main.ts'], outfile: bundle, bundle: true, platform: 'node', format: 'cjs' });
});
afterAll(() => rmSync(folder, { recursive: true }));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function run(...flags: string[]) {
  const child = spawn(process.execPath, [bundle, ...flags], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal, out, err }));
  const ready = async () => {
    while (!out.includes('\n'))
      await Promise.race([once(child.stdout, 'data'), ended.then((end) => Promise.reject(end))]);
    return JSON.parse(out) as Record<'endpoint' | 'region' | 'accessKeyId' | 'accessKeySecret' | 'control', string>;
  };
  return { child, ready, ended, out: () => out };
}

describe('the emulator as a process', () => {
  it('prints one line of JSON and serves who reads it', async () => {
    const { ready, out } = run('--services', '3', '--region', 'cn-beijing');
    const told = await ready();
    expect(Object.keys(told)).toEqual(['endpoint', 'region', 'accessKeyId', 'accessKeySecret', 'control', 'oss']);
    expect(told.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const call = createOfficialClient(told.endpoint, told);
    expect((await call('ListServices', {})).body.TotalCount).toBe(3);
    expect(out().trim().split('\n')).toHaveLength(1);
  });

  it('has other keys each time, and the same ones with a seed', async () => {
    const keys = async (...flags: string[]) => (await run(...flags).ready()).accessKeySecret;
    expect(await keys()).not.toBe(await keys());
    expect(await keys('--seed', '4')).toBe(await keys('--seed', '4'));
  });

  it('ends with its standard input within a second, when told so', async () => {
    const { child, ready, ended } = run('--exit-with-stdin');
    await ready();
    const before = performance.now();
    child.stdin.end();
    expect((await ended).code).toBe(0);
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends on %s', async (signal) => {
    const { child, ready, ended } = run();
    await ready();
    child.kill(signal);
    expect((await ended).code).toBe(0);
  });

  const wrong: [string[], string][] = [
    [['--port', '99999'], '--port "99999" is not a whole number from 0 to 65535'],
    [['--services', 'many'], '--services "many" is not a whole number'],
    [['--speed', '0'], '--speed "0" is not a number from 0.001'],
    [['--region', 'mars'], '--region "mars" is not one of cn-'],
    [['--fault', 'explode'], 'fault "explode" is not one of latency, throttle'],
    [
      ['--fault', 'throttle:ListUnicorns'],
      '"ListUnicorns" in fault "throttle:ListUnicorns" is neither an operation nor a count',
    ],
    [['--fault', '5xx=200'], 'value "200" of fault 5xx is not from 500 to 599'],
    [['--variant', 'nonsense'], 'variant "nonsense" is not known; --help lists them'],
    [['--variant', 'weight-null=3'], 'variant "weight-null" takes no value'],
    [['--unicorn'], '--help lists the flags'],
    [['stray'], '--help lists the flags'],
  ];
  it.each(wrong)('refuses %j in one line', async (flags, text) => {
    const { code, err, out } = await run(...flags).ended;
    expect([code, out]).toEqual([2, '']);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toContain(text);
  });

  it('says that a port is taken', async () => {
    const { endpoint } = await run().ready();
    const { code, err } = await run('--port', new URL(endpoint).port).ended;
    expect([code, err]).toEqual([
      2,
      'eas-tui emulator: the port is in use; give another --port, or 0 for a free one\n',
    ]);
  });

  it('lists flags, faults and variants in its help', async () => {
    const { code, out } = await run('--help').ended;
    expect(code).toBe(0);
    for (const word of ['--exit-with-stdin', 'half-json', 'page-size-clamped']) expect(out).toContain(word);
  });
});
