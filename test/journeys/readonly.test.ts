import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, type Fleet, ledger, moveTo, openServices, rowOf, startFleet } from './steps.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7');
});
afterAll(() => fleet.close());

test('with --readonly every write is refused with the reason, and nothing but reads leaves', async () => {
  const terminal = await openServices({ on: fleet, args: ['--readonly'] });
  await moveTo(terminal, 'speech_asr');
  // The keys that write are not offered.
  expect(terminal.line(1)).not.toMatch(/<S>|<\+>|<r>/);

  const refused = async (key: string, operation: string): Promise<void> => {
    terminal.write(key);
    await terminal.waitFor((screen) => new RegExp(`read-only: .* ${operation}`).test(screen));
  };
  await refused('S', 'StopService');
  await refused('+', 'ScaleService');
  await refused('r', 'RestartService');
  await refused('\x04', 'DeleteService');
  await refused('K', 'UpdateServiceSafetyLock');
  expect(terminal.text()).not.toContain('staged');
  expect(terminal.text()).not.toContain(' Cancel ');

  await command(terminal, 'scale speech_asr 5');
  await terminal.waitFor(/:scale speech_asr 5 .*read-only/);
  terminal.key('esc');
  await terminal.waitGone(/^:/m);
  await command(terminal, 'stop speech_asr');
  await terminal.waitFor(/:stop speech_asr .*read-only/);
  terminal.key('esc');
  await terminal.waitGone(/^:/m);

  // Reading goes on.
  terminal.key('d');
  await terminal.waitFor('TotalInstance');
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
  terminal.key('enter');
  await terminal.waitFor('workers(speech_asr)[2]');
  terminal.key('q');
  await terminal.waitFor(() => rowOf(terminal, 'speech_asr').includes('2/2'));
  terminal.key('q');
  expect(await terminal.waitExit()).toEqual({ code: 0, signal: null });

  const asked = await fleet.asked();
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(ledger(terminal)).toEqual([]);
});

for (const [columns, rows] of [
  [80, 24],
  [120, 30],
] as const) {
  test(`the header says so at ${columns}x${rows}`, async () => {
    const terminal = await openServices({ on: fleet, args: ['--readonly'], cols: columns, rows });
    expect(terminal.screen().slice(0, 4).join('\n')).toContain('READ-ONLY');
  });
}
