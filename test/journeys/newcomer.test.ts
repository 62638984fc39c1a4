import { afterAll, beforeAll, test } from 'vitest';
import { type Fleet, focused, ledger, moveTo, openServices, rowOf, startFleet, underCursor } from './steps.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7', '--speed', '20');
});
afterAll(() => fleet.close());

test('finds the failed service in the demo, reads why, and leaves', async ({ expect }) => {
  const terminal = await openServices({ args: ['--demo'] });
  expect(terminal.text()).toMatch(/services\(\S+\)\[\d+\] 2 failed · /);
  expect(terminal.text()).toContain('· demo');

  terminal.key('f');
  await terminal.waitFor(/\[4\/15\]/);
  expect(terminal.text()).not.toContain('mnist_saved_model');
  await moveTo(terminal, 'heart_disease_pmml');
  expect(underCursor(terminal)).toContain('✗ Failed');

  terminal.key('d');
  await terminal.waitFor('Why it is not well');
  expect(terminal.text()).toContain('describe(heart_disease_pmml)');
  await terminal.waitFor(/not_exist\/lr\.pmml/);

  terminal.key('esc');
  await terminal.waitFor(/\[4\/15\]/);
  terminal.key('esc');
  await terminal.waitFor(/\[15\] 2 failed/);
  terminal.key('q');
  expect(await terminal.waitExit()).toEqual({ code: 0, signal: null });
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

test('after `f` the cursor is on a faulty service at once', async ({ expect }) => {
  const terminal = await openServices({ on: fleet });
  terminal.key('f');
  await terminal.waitFor(/\[4\/15\]/);
  expect(terminal.text()).not.toContain('no longer matches');
  expect(underCursor(terminal)).toContain('fraud_detect');
});

test('scales one from 2 to 5 with one request, stops it, starts it, and finds all of it recorded', async ({
  expect,
}) => {
  const name = 'mnist_saved_model_example';
  const terminal = await openServices({ on: fleet });
  await moveTo(terminal, 'mnist_saved_model_exa');
  expect(underCursor(terminal)).toContain('2/2');

  terminal.write('+++\r');
  await terminal.waitFor(new RegExp(`✓ scaled? ${name} 2→5`));
  await terminal.waitFor(() => /✓ Running +5\/5/.test(rowOf(terminal, 'mnist_saved_model_exa')), { timeout: 20_000 });
  const scaled = await fleet.asked('ScaleService');
  expect(scaled.map(({ params }) => params)).toEqual([expect.objectContaining({ ServiceName: name, Instance: 5 })]);

  // Cancel is in focus: enter leaves all as it was.
  await moveTo(terminal, 'speech_asr');
  terminal.key('S');
  await terminal.waitFor('stop speech_asr');
  expect(terminal.text()).toContain('in cn-shanghai');
  expect(terminal.text()).toContain('2 running workers now');
  expect(focused(terminal, 'Cancel')).toBe(true);
  terminal.key('enter');
  await terminal.waitGone('the service stops answering');
  expect(await fleet.asked('StopService')).toEqual([]);

  terminal.key('S');
  await terminal.waitFor('the service stops answering');
  terminal.key('tab');
  await terminal.waitFor(() => focused(terminal, 'stop'));
  terminal.key('enter');
  await terminal.waitFor(() => /■ Stopped/.test(rowOf(terminal, 'speech_asr')), { timeout: 20_000 });
  expect(await fleet.asked('StopService')).toHaveLength(1);

  terminal.key('s');
  await terminal.waitFor('start speech_asr');
  expect(terminal.text()).not.toContain('the service stops answering');
  terminal.key('y');
  await terminal.waitFor(() => /✓ Running +2\/2/.test(rowOf(terminal, 'speech_asr')), { timeout: 20_000 });
  expect(await fleet.asked('StartService')).toHaveLength(1);

  terminal.key('q');
  expect(await terminal.waitExit()).toEqual({ code: 0, signal: null });
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });

  const lines = ledger(terminal);
  const sent = lines.filter(({ event }) => event === 'sent');
  expect(sent.map(({ cli }) => cli)).toEqual([
    `eascmd modify ${name} -Dmetadata.instance=5`,
    'eascmd stop speech_asr',
    'eascmd start speech_asr',
  ]);
  for (const { id } of sent) {
    const [ended] = lines.filter((line) => line['event'] === 'ended' && line['id'] === id);
    expect(ended).toMatchObject({ requestId: expect.stringMatching(/^[0-9A-F-]{36}$/i) });
  }
});

test('finds in the help what every key does, and why one is off', async ({ expect }) => {
  const terminal = await openServices({ on: fleet });
  terminal.key('?');
  await terminal.waitFor(/─ help ─/);
  expect(terminal.text()).toMatch(/<s> +start +off: ctr_deepfm is Running; only a\s/);
  terminal.key('/');
  await terminal.waitFor(/^\//m);
  terminal.type('workers');
  await terminal.waitFor('/workers');
  terminal.key('enter');
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
});
