import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import {
  command,
  type Fleet,
  focused,
  ledger,
  moveTo,
  openServices,
  pressWhenOn,
  rowOf,
  startFleet,
  underCursor,
} from './steps.ts';

const mnist = 'mnist_saved_model_example';
const long = { timeout: 30_000 };
let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7', '--speed', '20');
});
afterAll(() => fleet.close());

/** How often the terminal was rung. */
const rung = (terminal: Terminal): number =>
  Buffer.concat(terminal.chunks.map(({ data }) => data))
    .toString('latin1')
    // What is sent to the clipboard or to the title ends with the same sign.
    .replaceAll(/\x1b\][^\x07\x1b]*\x07/g, '')
    .split('\x07').length - 1;

test('an action lives from its guard to the bell: overlay, record, message, strip, undo, and the next one is as good', {
  timeout: 120_000,
}, async () => {
  const terminal = await openServices({ on: fleet, cols: 160, rows: 40 });
  // So slow that each state can be seen.
  await fleet.control('PUT', 'clock', { speed: 1 });
  await moveTo(terminal, mnist);
  terminal.write('+++');
  await terminal.waitFor(/1 staged: .*2→5/);
  expect(await fleet.asked('ScaleService')).toEqual([]);
  terminal.key('enter');
  await terminal.waitFor(/✓ scale mnist_saved_model_example 2→5: accepted · u undo \d+s/);
  await terminal.waitFor(`↻ scale ${mnist} 2→5 · Scaling`);
  expect(rowOf(terminal, mnist)).toMatch(/Scaling +2\/5/);
  // The answer is written down when it has been shown.
  await terminal.waitFor(() => ledger(terminal).length === 2);
  expect(ledger(terminal)).toMatchObject([
    { event: 'sent', screen: 'services', target: mnist, before: { totalInstance: 2 }, after: { totalInstance: 5 } },
    { event: 'ended', outcome: 'accepted' },
  ]);
  expect(rung(terminal)).toBe(0);
  await fleet.control('PUT', 'clock', { advanceMs: 300_000, speed: 20 });
  await terminal.waitFor(/✓ scaled mnist_saved_model_example 2→5 in \d/, long);
  await terminal.waitFor(() => rung(terminal) === 1);
  expect(terminal.text()).not.toContain('↻ scale ');
  await terminal.waitFor(() => /✓ Running +5\/5/.test(rowOf(terminal, mnist)));

  // The undo is an action like any other, and is not offered twice.
  terminal.key('u');
  await terminal.waitFor(/✓ scaled mnist_saved_model_example 5→2 in \d/, long);
  terminal.key('u');
  await terminal.waitFor('the latest action has been undone');
  expect((await fleet.asked('ScaleService')).map(({ params }) => params['Instance'])).toEqual([5, 2]);

  // To none is asked for; enter at once is Cancel.
  terminal.key('=');
  terminal.write('0\r');
  await terminal.waitFor('no worker is left: the service stops answering');
  expect(focused(terminal, 'Cancel')).toBe(true);
  terminal.key('enter');
  await terminal.waitFor(`scale ${mnist} 2→0: not sent`);

  // A lock keeps a stop from leaving, and is taken back as it was set.
  terminal.key('K');
  await terminal.waitFor(`safety lock ${mnist}`);
  terminal.key('down', 'enter');
  await terminal.waitFor(/✓ set lock of mnist_saved_model_example none→dangerous in/, long);
  terminal.key('S');
  await terminal.waitFor(`${mnist} is locked (dangerous); unlock it first`);
  terminal.key('u');
  await terminal.waitFor(/✓ set lock of mnist_saved_model_example dangerous→none in/, long);

  await pressWhenOn(terminal, 'r');
  await terminal.waitFor('its workers are replaced');
  await fleet.control('PUT', 'clock', { speed: 1 });
  terminal.key('y');
  await terminal.waitFor(`↻ restart ${mnist} · Waiting`);
  await fleet.control('PUT', 'clock', { advanceMs: 300_000, speed: 20 });
  await terminal.waitFor(/✓ restarted mnist_saved_model_example in/, long);
  expect(await fleet.asked('RestartService')).toHaveLength(1);

  // Deleted is only what was named, letter by letter.
  terminal.key('ctrl-d');
  await terminal.waitFor(`type ${mnist} to go on`);
  terminal.type('mnist');
  await terminal.waitFor(/mnist +│/);
  terminal.key('tab');
  await terminal.waitFor(() => focused(terminal, 'delete'));
  // The second key shows that the first has been answered.
  terminal.key('enter', 'tab');
  await terminal.waitFor(() => focused(terminal, 'Cancel'));
  terminal.type(mnist.slice('mnist'.length));
  await terminal.waitFor(`> ${mnist}`);
  expect(await fleet.asked('DeleteService')).toEqual([]);
  terminal.key('tab');
  await terminal.waitFor(() => focused(terminal, 'delete'));
  terminal.key('enter');
  await terminal.waitFor(new RegExp(`✓ deleted ${mnist} in`), long);
  expect(await fleet.asked('DeleteService')).toHaveLength(1);

  const sent = ledger(terminal).filter(({ event }) => event === 'sent');
  expect(sent.map(({ action }) => action)).toEqual(['scale', 'scale', 'lock', 'lock', 'restart', 'delete']);
  await terminal.waitFor(() => rung(terminal) >= sent.length);
  expect(rung(terminal)).toBe(sent.length);
});

test('what else sets the number, and what is free, is said before more is asked for', async () => {
  const terminal = await openServices({ on: fleet, cols: 160, rows: 40 });
  await command(terminal, 'scale speech_asr 5');
  // In the last line each says its word only until the next one does.
  await terminal.waitGone(':scale');
  await command(terminal, 'messages');
  await terminal.waitFor('scale speech_asr 2→5: accepted');
  await terminal.waitFor(/speech_asr: (free in .* cpu|public resource group)/);
  terminal.key('esc');
  await terminal.waitGone('─ messages ─');
  await moveTo(terminal, 'ner_chinese_bert');
  terminal.write('+++');
  await terminal.waitFor(/ner_chinese_bert.*2→5/);
  expect(underCursor(terminal)).toContain('ner_chinese_bert');
  terminal.key('esc');
  await terminal.waitFor('dropped 1 staged change; nothing was sent');
});

test('what was said is kept with its time, newest first, wherever it was said, and is copied as a whole', async () => {
  const terminal = await openServices({ on: fleet, cols: 160, rows: 40 });
  await command(terminal, 'messages');
  await terminal.waitFor('nothing has been said yet');
  terminal.key('esc');
  await terminal.waitGone('─ messages ─');
  await moveTo(terminal, 'nightly_report_scorer');
  // What it offers is alive by then.
  await terminal.waitFor('<s> ');
  terminal.key('S');
  await terminal.waitFor('! nightly_report_scorer is Stopped already');
  await command(terminal, 'scale image_search_faiss 5');
  await terminal.waitFor(/✓ scaled image_search_faiss 4→5 in/, long);
  await command(terminal, 'resources');
  await terminal.waitFor('resources(');
  terminal.key('R');
  await terminal.waitFor('! nothing of the latest batch was refused');
  await command(terminal, 'messages');
  await terminal.waitFor('─ messages ─');
  const said = () =>
    terminal
      .screen()
      .flatMap((line) => /^│ (\d\d:\d\d:\d\d) {2}(.*?) *│$/.exec(line)?.slice(1, 3) ?? [])
      .filter((_, place) => place % 2 === 1);
  await terminal.waitFor(() => said().length >= 4);
  expect(said()).toEqual([
    'nothing of the latest batch was refused',
    expect.stringMatching(/^scaled image_search_faiss 4→5 in \d/),
    'scale image_search_faiss 4→5: accepted',
    'nightly_report_scorer is Stopped already',
  ]);
  const colours = ['nightly_report_scorer is', 'scaled image_search'].map((text) => {
    const y = terminal.screen().findIndex((line) => line.includes(text));
    return terminal.cell(terminal.line(y).indexOf(text), y).fg;
  });
  expect(new Set(colours).size).toBe(2);
  const before = terminal.mark();
  terminal.key('c');
  await terminal.waitFor(() => terminal.since(before).includes('\x1b]52;c;'));
  const [, copied = ''] = /\x1b\]52;c;([^\x07]*)\x07/.exec(terminal.since(before).toString()) ?? [];
  expect(Buffer.from(copied, 'base64').toString()).toMatch(
    /scaled image_search_faiss[\s\S]*: accepted[\s\S]*is Stopped already/,
  );
});
