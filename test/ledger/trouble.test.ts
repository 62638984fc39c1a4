import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test, vi } from 'vitest';
import { accepted, freshFile, holdDatasync, linesOf, openLedger, replaceWrite, scaling } from './record.ts';

/** Disks that do not take a line: how they come about, and how they are mended. */
const troubles: Readonly<Record<string, { make(file: string): void; mend(file: string): void }>> = {
  'the file is a folder': {
    make: (file) => mkdirSync(file, { recursive: true }),
    mend: (file) => rmdirSync(file),
  },
  'the folder is a file': {
    make(file) {
      mkdirSync(dirname(dirname(file)), { recursive: true });
      writeFileSync(dirname(file), '');
    },
    mend: (file) => rmSync(dirname(file)),
  },
  'the disk is full': {
    make(file) {
      mkdirSync(dirname(file), { recursive: true });
      symlinkSync('/dev/full', file);
    },
    mend: (file) => rmSync(file),
  },
};

for (const [name, { make, mend }] of Object.entries(troubles)) {
  test(`${name}: work goes on at once, and what was sent meanwhile is told later`, async () => {
    const file = freshFile();
    make(file);
    const { ledger, said } = openLedger(file);
    const started = performance.now();
    const end = await ledger.record(scaling('first'));
    expect(performance.now() - started).toBeLessThan(500);
    expect(said.at(-1)).toBe(false);
    mend(file);
    end(accepted);
    expect((await ledger.entries()).map(({ target, outcome }) => [target, outcome])).toEqual([['first', 'accepted']]);
    expect(said.at(-1)).toBe(true);
    (await ledger.record(scaling('second')))(accepted);
    await ledger.close();
    expect(linesOf(file).map(({ id, event }) => `${id} ${event}`)).toEqual([
      'id-1 sent',
      'id-1 ended',
      'id-2 sent',
      'id-2 ended',
    ]);
  });
}

test('a device in the place of the file keeps its rights', async () => {
  const before = statSync('/dev/full').mode;
  const file = freshFile();
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync('/dev/full', file);
  await openLedger(file).ledger.record(scaling('first'));
  expect(statSync('/dev/full').mode).toBe(before);
});

test('a disk that hangs: every request waits half a second and no more, and leaving is not held up', async () => {
  const file = freshFile();
  const hung = Promise.withResolvers<void>();
  await holdDatasync(() => hung.promise);
  const { ledger, said } = openLedger(file);
  for (const target of ['first', 'second']) {
    const started = performance.now();
    await ledger.record(scaling(target));
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(450);
    expect(took).toBeLessThan(900);
    expect(said.at(-1)).toBe(false);
  }
  const started = performance.now();
  await expect(ledger.entries()).rejects.toThrow('the disk did not answer in 2000 ms');
  await ledger.close();
  expect(performance.now() - started).toBeLessThan(5_000);
  // It comes back: nothing that waited is lost, and all in order.
  hung.resolve();
  await vi.waitFor(() => expect(said.at(-1)).toBe(true));
  expect((await ledger.entries()).map(({ target }) => target)).toEqual(['second', 'first']);
});

test('a disk that takes half a line: what it took is passed over, and the whole is told later', async () => {
  const file = freshFile();
  const { ledger, said } = openLedger(file);
  await replaceWrite((write, bytes) => write(bytes.subarray(0, bytes.length >> 1)), 1);
  const end = await ledger.record(scaling('first'));
  expect(said.at(-1)).toBe(false);
  end(accepted);
  expect((await ledger.entries()).map(({ target, outcome }) => [target, outcome])).toEqual([['first', 'accepted']]);
  expect(said.at(-1)).toBe(true);
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(4);
});

test('a line that comes late never stands behind how its request ended', async () => {
  const file = freshFile();
  const { ledger } = openLedger(file);
  const late = Promise.withResolvers<void>();
  await replaceWrite((write, bytes) => late.promise.then(() => write(bytes)), 1);
  const end = await ledger.record(scaling('first'));
  end(accepted);
  // Whatever could overtake it has the time to.
  await new Promise((resolve) => setTimeout(resolve, 100));
  late.resolve();
  expect((await ledger.entries()).map(({ outcome }) => outcome)).toEqual(['accepted']);
  expect(linesOf(file).map(({ event }) => event)).toEqual(['sent', 'sent', 'ended']);
});
