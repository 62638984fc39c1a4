import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, test } from 'vitest';
import { startEmulatorProcess } from './emulator.ts';
import { kill } from './process-tree.ts';

function bundle(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'emulator-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'emulator.cjs');
  writeFileSync(path, script);
  return path;
}

const said = {
  endpoint: 'http://127.0.0.1:1',
  region: 'cn-test',
  accessKeyId: 'id',
  accessKeySecret: 'secret',
  control: { url: 'http://127.0.0.1:1/control', token: 't' },
};

test('reads where the emulator listens and ends it', async ({ expect }) => {
  const script = `
    process.on('SIGTERM', () => {}); // It has to insist.
    console.error(process.argv.slice(2).join(' '));
    console.log(${JSON.stringify(JSON.stringify(said))});
    setInterval(() => {}, 2 ** 30);`;
  const emulator = await startEmulatorProcess(['--services', '3'], { bundle: bundle(script) });
  onTestFinished(() => emulator.close());
  expect(emulator).toMatchObject({ ...said, control: said.control.url });
  expect(emulator.env).toEqual({ ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' });
  expect(emulator.args).toEqual(['--endpoint', said.endpoint, '--region', 'cn-test']);
  await expect.poll(() => emulator.log()).toBe('--services 3\n');
  await emulator.close();
  expect(kill(emulator.pid)).toBe(false);
});

test('says why the emulator did not start', async ({ expect }) => {
  const start = (script: string) => startEmulatorProcess([], { bundle: bundle(script), timeout: 2_000 });
  await expect(start(`console.error('port taken'); process.exit(2)`)).rejects.toThrow(
    'emulator: ended with 2 before it was ready\nport taken',
  );
  await expect(start(`console.log('hello'); setInterval(() => {}, 2 ** 30)`)).rejects.toThrow('not JSON: hello');
  await expect(start(`console.log('{"endpoint":"x"}')`)).rejects.toThrow('no region');
  await expect(start('setInterval(() => {}, 2 ** 30)')).rejects.toThrow('said nothing within 2000 ms');
});
