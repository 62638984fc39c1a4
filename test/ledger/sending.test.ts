import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createEmulator, type Emulator } from '../../emulator/server.ts';
import { type LiveCockpit, openLive } from '../variants/live-cockpit.ts';
import { mainJourney, mnist, scaleToFive } from '../variants/main-journey.ts';
import { openGate } from './gate.ts';
import { holdDatasync, type Line, linesOf } from './record.ts';

interface Watched {
  readonly cockpit: LiveCockpit;
  readonly emulator: Emulator;
}

/** A cockpit whose writes are looked at when they arrive, before the service sees them. */
async function watchWrites(look: (operation: string, cockpit: LiveCockpit) => void): Promise<Watched> {
  const emulator = await createEmulator({ seed: 7, speed: 30, strict: true });
  onTestFinished(() => emulator.close());
  let cockpit: LiveCockpit | undefined;
  const gate = await openGate(emulator.endpoint, (operation) => {
    if (cockpit && !/^(List|Describe)/.test(operation)) look(operation, cockpit);
    return undefined;
  });
  onTestFinished(() => gate.close());
  cockpit = await openLive(emulator, { endpoint: gate.endpoint });
  const opened = cockpit;
  onTestFinished(() => opened.close());
  return { cockpit, emulator };
}

test('a line is on the disk before its request leaves, and another when its outcome is known', async () => {
  const promised: number[] = [];
  // A disk that takes its time shows whether it is waited for.
  await holdDatasync(
    () => new Promise((resolve) => setTimeout(resolve, 100)),
    () => promised.push(performance.now()),
  );
  const arrivals: { operation: string; at: number; promisedThen: number; last: Line | undefined; lines: number }[] = [];
  const { cockpit } = await watchWrites((operation, { ledger }) => {
    const lines = existsSync(ledger) ? linesOf(ledger) : [];
    const last = lines.at(-1);
    arrivals.push({ operation, at: performance.now(), promisedThen: promised.length, last, lines: lines.length });
  });
  await mainJourney(cockpit);
  await vi.waitFor(() => expect(linesOf(cockpit.ledger)).toHaveLength(10));
  expect(arrivals.map(({ operation }) => operation)).toEqual([
    'ScaleService',
    'ScaleService',
    'StopService',
    'StartService',
    'DeleteService',
  ]);
  arrivals.forEach(({ operation, at, promisedThen, last, lines }, number) => {
    expect(last).toMatchObject({ event: 'sent', operation, target: mnist });
    expect(lines).toBe(2 * number + 1);
    expect(promisedThen).toBe(lines);
    expect(at).toBeGreaterThan(promised[lines - 1] ?? Number.POSITIVE_INFINITY);
  });
  const lines = linesOf(cockpit.ledger);
  const ends = lines.filter(({ event }) => event === 'ended');
  expect(new Set(ends.map(({ id }) => id)).size).toBe(5);
  for (const end of ends) {
    expect(end).toMatchObject({ outcome: 'accepted', requestId: expect.stringMatching(/^[0-9A-F-]{36}$/i) });
  }
});

test('each entry has the eascmd line that does the same, and none has a secret', async () => {
  const { cockpit, emulator } = await watchWrites(() => undefined);
  const tokens = [...emulator.model.services.values()].map(({ token }) => token);
  expect(tokens.filter((token) => token.length > 20).length).toBeGreaterThan(10);
  await mainJourney(cockpit);
  await cockpit.moveTo('speech_asr');
  await cockpit.pressWhenOn('r');
  cockpit.press('y');
  await cockpit.told(/^restart speech_asr: accepted/);
  await cockpit.pressWhenOn('K');
  cockpit.press('down', 'enter');
  await cockpit.told(/^set lock of speech_asr none→dangerous: accepted/);
  await vi.waitFor(() => expect(linesOf(cockpit.ledger)).toHaveLength(14));
  const sent = linesOf(cockpit.ledger).filter(({ event }) => event === 'sent');
  expect(sent.map(({ cli }) => cli)).toEqual([
    `eascmd modify ${mnist} -Dmetadata.instance=5`,
    `eascmd modify ${mnist} -Dmetadata.instance=2`,
    `eascmd stop ${mnist}`,
    `eascmd start ${mnist}`,
    `eascmd delete ${mnist}`,
    '# eascmd has no restart: eascmd stop speech_asr && eascmd start speech_asr',
    '# eascmd has no safety lock: UpdateServiceSafetyLock speech_asr Lock=dangerous',
  ]);
  expect(sent[0]).toMatchObject({ before: { totalInstance: 2 }, after: { totalInstance: 5 } });
  const text = readFileSync(cockpit.ledger, 'utf8');
  for (const secret of [emulator.accessKeyId, emulator.accessKeySecret, ...tokens]) expect(text).not.toContain(secret);
});

test('without a disk the request leaves within half a second, and the header says so until there is one', async () => {
  const came: number[] = [];
  const { cockpit } = await watchWrites(() => void came.push(performance.now()));
  mkdirSync(cockpit.ledger, { recursive: true });
  await cockpit.moveTo(mnist);
  await cockpit.pressWhenOn('+');
  const pressed = performance.now();
  cockpit.press('+', '+', 'enter');
  await cockpit.told(/^scaled /);
  expect((came[0] ?? Number.POSITIVE_INFINITY) - pressed).toBeLessThan(600);
  expect(cockpit.state().session.ledger).toBe('off');
  rmSync(cockpit.ledger, { recursive: true });
  await cockpit.pressWhenOn('u');
  await cockpit.told(/^scaled \S+ 5→2/);
  await cockpit.until('the record to be kept again', ({ session }) => session.ledger === 'on');
  expect(linesOf(cockpit.ledger).map(({ words }) => words)).toContain(`scale ${mnist} 5→2`);
});

test('what another program sends is in the same record', async () => {
  const { cockpit, emulator } = await watchWrites(() => undefined);
  const other = await openLive(emulator, { state: dirname(dirname(cockpit.ledger)) });
  onTestFinished(() => other.close());
  expect(other.ledger).toBe(cockpit.ledger);
  await scaleToFive(other);
  cockpit.press('L');
  await cockpit.until('the entry', ({ sources }) => {
    const [row] = (sources['ledger{}']?.rows ?? []) as readonly { words: string; outcome: string }[];
    return row?.words === `scale ${mnist} 2→5` && row.outcome === 'accepted';
  });
});
