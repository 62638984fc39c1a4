import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { expect, onTestFinished, test, vi } from 'vitest';
import { accepted, freshFile, holdDatasync, linesOf, openLedger, scaling } from './record.ts';

const rights = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('an entry is a line before and a line after, with nothing but the documented fields', async () => {
  const file = freshFile();
  const { ledger, said } = openLedger(file, { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) });
  const end = await ledger.record(scaling('mnist'));
  const sent = {
    v: 1,
    id: 'id-1',
    at: '2026-01-02T03:04:05.678Z',
    event: 'sent',
    who: 'test · AK …3f2a',
    region: 'cn-shanghai',
    host: 'here',
    pid: 1234,
    ...scaling('mnist'),
  };
  // It is there when the request may leave.
  expect(linesOf(file)).toEqual([sent]);
  end({ outcome: 'refused', requestId: 'R-1', code: 'Forbidden.RAM', message: 'no' });
  await ledger.close();
  const ended = { v: 1, id: 'id-1', at: '2026-01-02T03:04:05.678Z', event: 'ended', outcome: 'refused' };
  expect(linesOf(file)).toEqual([sent, { ...ended, requestId: 'R-1', code: 'Forbidden.RAM', message: 'no' }]);
  expect(said).toEqual([true, true]);
  const documented = readFileSync(new URL('../../docs/ledger.md', import.meta.url), 'utf8');
  for (const field of new Set(linesOf(file).flatMap(Object.keys))) expect(documented).toContain(`| \`${field}\` |`);
});

test('nobody else can read it, whatever the umask and the rights it had before', async () => {
  const old = process.umask(0);
  onTestFinished(() => void process.umask(old));
  const made = freshFile();
  await openLedger(made).ledger.record(scaling('mnist'));
  expect([rights(made), rights(dirname(made)), rights(dirname(dirname(made)))]).toEqual(['600', '700', '700']);

  const found = freshFile();
  mkdirSync(dirname(found), { recursive: true });
  writeFileSync(found, '');
  chmodSync(found, 0o644);
  chmodSync(dirname(found), 0o755);
  chmodSync(dirname(dirname(found)), 0o755);
  await openLedger(found).ledger.record(scaling('mnist'));
  expect([rights(found), rights(dirname(found))]).toEqual(['600', '700']);
  // What is not ours alone stays as it was.
  expect(rights(dirname(dirname(found)))).toBe('755');
});

test('two programs write one file at once and lose nothing', async () => {
  const file = freshFile();
  const script = join(dirname(dirname(dirname(file))), 'writer.mjs');
  const entry = fileURLToPath(new URL('writer.ts', import.meta.url));
  buildSync({ entryPoints: [entry], outfile: script, bundle: true, platform: 'node', format: 'esm' });
  const write = (name: string): Promise<number | null> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [script, file, name, '500'], { stdio: ['ignore', 'ignore', 'inherit'] });
      child.once('close', resolve);
    });
  expect(await Promise.all([write('one'), write('two')])).toEqual([0, 0]);
  const lines = linesOf(file);
  for (const name of ['one', 'two']) {
    for (const event of ['sent', 'ended']) {
      const ids = lines.filter((line) => line['event'] === event && String(line['id']).startsWith(name));
      expect(ids.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, i) => `${name}-${i + 1}`));
    }
  }
});

test('a line that was cut off takes no other with it', async () => {
  const file = freshFile();
  const first = openLedger(file).ledger;
  (await first.record(scaling('first')))(accepted);
  await first.close();
  appendFileSync(file, '{"v":1,"id":"torn","at":"2026-01-0');
  const { ledger } = openLedger(file, { newId: () => 'next' });
  (await ledger.record(scaling('second')))(accepted);
  const entries = await ledger.entries();
  expect(entries.map(({ target, outcome }) => [target, outcome])).toEqual([
    ['second', 'accepted'],
    ['first', 'accepted'],
  ]);
});

test('lines of other versions and of other things are passed over', async () => {
  const file = freshFile();
  const { ledger } = openLedger(file);
  await ledger.record(scaling('mnist'));
  const at = '2026-01-02T03:04:05Z';
  const others = [
    { v: 2, id: 'new', at, event: 'sent', target: 'new' },
    { v: 1, id: 'x', at, event: 'paused' },
    { v: 1, at, event: 'sent' },
    { v: 1, id: 7, at, event: 'sent' },
    { v: 1, id: 'orphan', at, event: 'ended', outcome: 'accepted' },
    null,
    [],
    'text',
    7,
  ];
  appendFileSync(file, `${others.map((line) => JSON.stringify(line)).join('\n')}\nnot json\n\u0000\u0000\n\n`);
  expect((await ledger.entries()).map(({ target }) => target)).toEqual(['mnist']);
});

test('fields of wrong types are read as absent', async () => {
  const file = freshFile();
  const { ledger } = openLedger(file);
  await ledger.record(scaling('mnist'));
  const wrong = { v: 1, id: 'w', at: 'yesterday', event: 'sent', target: 7, words: null, cli: {}, who: [], pid: 'x' };
  appendFileSync(file, `${JSON.stringify(wrong)}\n`);
  const [row] = await ledger.entries();
  expect(row).toMatchObject({ target: '-', words: '-', cli: undefined, who: undefined, at: undefined });
  expect(row?.outcome).toBe('unknown');
});

test('of a long file the last megabyte is read, from the first whole line on', async () => {
  const file = freshFile();
  const { ledger } = openLedger(file);
  await ledger.record(scaling('first'));
  const filler = Array.from({ length: 20_000 }, (_, i) =>
    JSON.stringify({ v: 1, id: `f-${i}`, at: '2026-01-02T03:04:05Z', event: 'sent', target: `服务-${i}`, words: 'w' }),
  );
  appendFileSync(file, `${filler.join('\n')}\n`);
  const size = statSync(file).size;
  expect(size).toBeGreaterThan(1.3 * 2 ** 20);
  await ledger.record(scaling('last'));
  const entries = await ledger.entries();
  const perEntry = size / 20_000;
  expect(entries[0]?.target).toBe('last');
  expect(entries.map(({ target }) => target)).not.toContain('first');
  expect(entries.length).toBeGreaterThan(2 ** 20 / perEntry - 300);
  expect(entries.length).toBeLessThan(2 ** 20 / perEntry + 300);
  expect(entries.at(-1)?.target).toMatch(/^服务-\d+$/);
});

test('no file is an empty ledger; a file that cannot be read is an error', async () => {
  const file = freshFile();
  expect(await openLedger(file).ledger.entries()).toEqual([]);
  mkdirSync(file, { recursive: true });
  await expect(openLedger(file).ledger.entries()).rejects.toMatchObject({ code: 'EISDIR' });
});

test('an open entry is under way while its program lives, else its outcome is unknown', async () => {
  const file = freshFile();
  const living = new Set([1]);
  const alive = (pid: number): boolean => living.has(pid);
  await openLedger(file, { pid: 1, newId: () => 'a' }).ledger.record(scaling('ours'));
  await openLedger(file, { pid: 2, newId: () => 'b' }).ledger.record(scaling('dead'));
  // The number of a process means nothing on another machine.
  await openLedger(file, { pid: 1, host: 'there', newId: () => 'c' }).ledger.record(scaling('far'));
  const outcomes = async (): Promise<object> =>
    Object.fromEntries((await openLedger(file, { alive }).ledger.entries()).map((row) => [row.target, row.outcome]));
  expect(await outcomes()).toEqual({ ours: 'under way', dead: 'unknown', far: 'unknown' });
  living.clear();
  expect(await outcomes()).toEqual({ ours: 'unknown', dead: 'unknown', far: 'unknown' });
});

test('a file that is moved away is begun anew', async () => {
  const file = freshFile();
  const { ledger, said } = openLedger(file);
  (await ledger.record(scaling('first')))(accepted);
  await ledger.entries();
  renameSync(file, `${file}.1`);
  (await ledger.record(scaling('second')))(accepted);
  await ledger.close();
  expect(linesOf(`${file}.1`).map(({ event }) => event)).toEqual(['sent', 'ended']);
  expect(linesOf(file).map(({ id }) => id)).toEqual(['id-2', 'id-2']);
  expect(said).not.toContain(false);
});

test('a disk that is slow to promise is waited for half a second', async () => {
  const file = freshFile();
  const { ledger, said } = openLedger(file);
  await ledger.record(scaling('first'));
  const gate = Promise.withResolvers<void>();
  await holdDatasync(() => gate.promise);
  const started = performance.now();
  const end = await ledger.record(scaling('second'));
  const took = performance.now() - started;
  expect(took).toBeGreaterThan(450);
  expect(took).toBeLessThan(900);
  expect(said.at(-1)).toBe(false);
  gate.resolve();
  await vi.waitFor(() => expect(said.at(-1)).toBe(true));
  end(accepted);
  const [row] = await ledger.entries();
  expect(row).toMatchObject({ target: 'second', outcome: 'accepted' });
});
