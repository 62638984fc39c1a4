import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Fleet, moveTo, openServices, pressWhenOn, rowOf, startFleet, underCursor } from '../journeys/steps.ts';
import { openGate } from './gate.ts';
import { linesOf } from './record.ts';

const mnist = 'mnist_saved_model_example';
let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7', '--speed', '20');
});
afterAll(() => fleet.close());

function freshHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

const ledgerOf = (home: string): string => join(home, '.local/state/eas-tui/ledger.jsonl');

test('killed between, the next start says that an outcome is unknown, and L leads to the object', async () => {
  const home = freshHome();
  const arrived = Promise.withResolvers<void>();
  const gate = await openGate(fleet.endpoint, (operation) => {
    if (operation !== 'ScaleService') return undefined;
    arrived.resolve();
    // Never let through: nobody can know whether it would have been done.
    return new Promise<never>(() => undefined);
  });
  onTestFinished(() => gate.close());
  const killed = await openServices({
    on: { ...fleet, args: ['--endpoint', gate.endpoint, '--region', 'cn-shanghai'] },
    home,
  });
  await moveTo(killed, 'mnist_saved_model_exa');
  killed.write('+++\r');
  await arrived.promise;
  killed.signal('SIGKILL');
  await killed.waitExit();
  expect(linesOf(ledgerOf(home)).map(({ event, words }) => [event, words])).toEqual([['sent', `scale ${mnist} 2→5`]]);
  await killed.close();

  const next = await openServices({ on: fleet, home, cols: 200 });
  await next.waitFor(`1 earlier action with unknown outcome, the latest: scale ${mnist} 2→5; L lists them`);
  next.key('L');
  await next.waitFor(/ledger\(.*\)\[1\]/);
  await next.waitFor(/scale mnist_saved_model_example 2→5 +unknown/);
  next.key('enter');
  await next.waitFor('services(cn-shanghai)');
  await next.waitFor(() => underCursor(next).includes(mnist));
  expect(rowOf(next, mnist)).toMatch(/Running +2\/2/);

  // Whoever has found out says it; it is written behind the entry, and no later start asks again.
  next.key('L');
  await next.waitFor(/scale mnist_saved_model_example 2→5 +unknown/);
  await pressWhenOn(next, 's');
  await next.waitFor(`how did it end? scale ${mnist} 2→5`);
  next.key('down', 'enter');
  await next.waitFor(/scale mnist_saved_model_example 2→5 +not done/);
  await next.waitFor(`scale ${mnist} 2→5: not done, written into the ledger`);
  const later = linesOf(ledgerOf(home)).slice(1);
  expect(later).toMatchObject([{ event: 'settled', outcome: 'not done', by: expect.stringContaining('AK …') }]);
  // The lines of an entry put together tell who sent it, and not who found out.
  expect(later[0]).not.toHaveProperty('who');
  next.key('d');
  await next.waitFor(/SettledAt +20[\s\S]*SettledBy +.*AK …/);
  next.key('esc');
  await next.waitFor(/ledger\(.*\)\[1\]/);
  next.key('s');
  await next.waitFor('it is known how it ended: not done');
  await next.close();
  const last = await openServices({ on: fleet, home, cols: 200 });
  // It reads the ledger at its start, before this key does.
  last.key('L');
  await last.waitFor(/scale mnist_saved_model_example 2→5 +not done/);
  expect(last.text()).not.toContain('unknown outcome');
});

test('while it runs, an open entry is under way and no other start takes it for lost', async () => {
  const home = freshHome();
  const arrived = Promise.withResolvers<void>();
  const letGo = Promise.withResolvers<void>();
  const gate = await openGate(fleet.endpoint, async (operation) => {
    if (operation === 'RestartService') {
      arrived.resolve();
      await letGo.promise;
    }
    return undefined;
  });
  onTestFinished(() => gate.close());
  const on = { ...fleet, args: ['--endpoint', gate.endpoint, '--region', 'cn-shanghai'] };
  const first = await openServices({ on, home });
  await moveTo(first, 'speech_asr');
  first.key('r');
  await first.waitFor('its workers are replaced');
  first.key('y');
  await arrived.promise;
  const second = await openServices({ on, home });
  expect(second.text()).not.toContain('unknown outcome');
  second.key('L');
  await second.waitFor(/restart speech_asr +under way/);
  letGo.resolve();
  await second.waitFor(/restart speech_asr +accepted/);
});

test('when nothing can be written, that is told, and work goes on', async () => {
  const home = freshHome();
  mkdirSync(ledgerOf(home), { recursive: true });
  const terminal = await openServices({ on: fleet, home });
  await terminal.waitFor('the ledger cannot be read');
  await moveTo(terminal, 'rec_rank_exp');
  terminal.write('+\r');
  await terminal.waitFor(/✓ scaled? rec_rank_exp 1→2/);
  await terminal.waitFor(() => /✓ Running +2\/2/.test(rowOf(terminal, 'rec_rank_exp')), { timeout: 20_000 });
  terminal.key('q');
  expect(await terminal.waitExit()).toEqual({ code: 0, signal: null });
});

for (const [cols, rows] of [
  [80, 24],
  [120, 30],
] as const) {
  // The words stand behind who acts, and are cut off where that is long.
  test(`the header says \`ledger off\` at ${cols}x${rows}`, async () => {
    const home = freshHome();
    mkdirSync(ledgerOf(home), { recursive: true });
    const terminal = await openServices({ on: fleet, home, cols, rows });
    await moveTo(terminal, 'ctr_deepfm');
    terminal.write('+\r');
    await terminal.waitFor(/✓ scaled? ctr_deepfm/);
    await terminal.waitFor('ledger off');
    rmSync(ledgerOf(home), { recursive: true });
    terminal.key('u');
    await terminal.waitGone('ledger off');
  });
}
