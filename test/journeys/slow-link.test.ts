import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { type Fleet, openServices, startFleet, underCursor } from './steps.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--services', '60', '--seed', '7');
});
afterAll(() => fleet.close());

/** A modem's speed, half round the world. */
const line = { bitsPerSecond: 9_600, roundTripMs: 300 };
/** More than a frame of 80x24 after which all has changed; of one after which the cursor has moved it is ten. */
const wholeFrame = 2_500;

/** The table's rows as they are shown, by name. */
const names = (terminal: Terminal): string[] =>
  terminal
    .screen()
    .filter((text) => /^│ \S/.test(text) && !text.includes('NAME'))
    .map((text) => text.slice(2).split(' ')[0] ?? '');

test('keys answer in order, none is lost, and what is behind is one frame', async () => {
  const terminal = await openServices({ on: fleet, line });
  const order = names(terminal);
  expect(underCursor(terminal)).toContain(order[0]);
  // All at once, faster than any of their frames can get there.
  terminal.key('down*9', 'up*2', 'd');
  await terminal.waitFor(new RegExp(`describe\\(${order[7]}\\)`), { timeout: 20_000 });
  terminal.key('esc');
  await terminal.waitFor(() => underCursor(terminal).includes(order[7] ?? '-'), { timeout: 20_000 });
  terminal.key(':');
  terminal.type('messages');
  terminal.key('enter');
  await terminal.waitFor(/─ messages/, { timeout: 20_000 });
  expect(terminal.slow?.most).toBeLessThan(2 * wholeFrame);
  terminal.key('ctrl-c');
  await terminal.waitExit();
  // An answer that the terminal gave to the last frame would now stand in the shell's line.
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

test('a held key stops when it is released, where it was released', async () => {
  const terminal = await openServices({ on: fleet, line });
  const order = names(terminal);
  await settled(terminal);
  const before = terminal.slow?.most ?? 0;
  if (terminal.slow) terminal.slow.most = 0;
  const presses = 14;
  // A key held for half a second repeats 30 times a second; each of its frames takes longer than that to get here.
  for (let press = 0; press < presses; press++) {
    terminal.key('down');
    await new Promise((resolve) => setTimeout(resolve, 33));
  }
  const mark = terminal.mark();
  await terminal.waitFor(() => underCursor(terminal).includes(order[presses] ?? '-'), { timeout: 20_000 });
  // Frames that nobody needed any more were dropped: what came after the release is one under way and the last one.
  expect(terminal.since(mark).length).toBeLessThan(1_200);
  expect(terminal.slow?.most).toBeLessThan(1_200);
  expect(before).toBeLessThan(2 * wholeFrame);
  await settled(terminal);
  expect(underCursor(terminal)).toContain(order[presses]);
});

/** Waits until nothing is on its way. */
async function settled(terminal: Terminal): Promise<void> {
  await terminal.waitFor(() => terminal.slow?.behind === 0, { timeout: 20_000 });
}
