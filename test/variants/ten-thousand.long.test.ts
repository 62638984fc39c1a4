import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fleet, open, startFleet, underCursor } from '../journeys/steps.ts';
import type { Terminal } from '../support/terminal.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7', '--speed', '20', '--services', '10000');
});
afterAll(() => fleet.close());

/** Presses a key and answers after how many milliseconds the line under the cursor was another. */
async function answered(terminal: Terminal, key: string): Promise<number> {
  const before = underCursor(terminal);
  const pressed = performance.now();
  terminal.key(key);
  await terminal.waitFor(() => underCursor(terminal) !== before && underCursor(terminal) !== '');
  return performance.now() - pressed;
}

test('with 10,000 services it lists all, answers keys while it reads, finds one and scales it', async () => {
  const terminal = await open({ on: fleet, cols: 120, rows: 40 });
  await terminal.waitFor(/services\(cn-shanghai\)\[10,000\]/, { timeout: 120_000 });
  await terminal.waitFor('<+>');

  const times: number[] = [];
  for (let left = 40; left > 0; left--) times.push(await answered(terminal, left % 2 ? 'down' : 'pgdn'));
  times.sort((a, b) => a - b);
  // A key waits for a frame or two, not for a list of 10,000; a busy machine may hold up a few.
  expect(times[20]).toBeLessThan(150);
  expect(times[38]).toBeLessThan(1_500);
  terminal.key('G');
  await terminal.waitFor(() => underCursor(terminal) !== '');
  const last = underCursor(terminal);
  terminal.key('g');
  await terminal.waitFor(() => underCursor(terminal) !== last && underCursor(terminal) !== '');

  terminal.key('/');
  terminal.type('mnist_saved');
  await terminal.waitFor(/<?mnist_saved/);
  await terminal.waitFor(/\[\d+\/10,000\]/);
  terminal.key('enter');
  await terminal.waitFor(() => underCursor(terminal).includes('mnist_saved_model_example'));
  await terminal.waitFor('<+>');
  terminal.write('+\r');
  await terminal.waitFor(/✓ scaled mnist_saved_model_example 2→3 in /, { timeout: 60_000 });
  expect(await fleet.asked('ScaleService')).toHaveLength(1);

  terminal.key('q');
  terminal.key('q');
  expect(await terminal.waitExit()).toEqual({ code: 0, signal: null });
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

test('with 10,000 services it stays within its budget of requests', async () => {
  const before = (await fleet.asked('ListServices')).length;
  const terminal = await open({ on: fleet });
  await terminal.waitFor(/\[10,000\]/, { timeout: 120_000 });
  // One list is 100 pages; another one must not follow at the usual pace.
  const first = performance.now();
  await terminal.waitFor(() => performance.now() - first > 30_000, { timeout: 40_000 });
  expect((await fleet.asked('ListServices')).length - before).toBeLessThan(160);
  expect(terminal.text()).toMatch(/services \d+s (✓|…)/);
});
