import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { command, type Fleet, focused, moveTo, openServices, rowOf, startFleet, underCursor } from './steps.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7', '--speed', '20');
});
afterAll(() => fleet.close());

const openOn = (): Promise<Terminal> => openServices({ on: fleet });

async function filterBy(terminal: Terminal, text: string): Promise<void> {
  terminal.key('/');
  await terminal.waitFor(/^\//m);
  terminal.key('ctrl-u');
  terminal.type(text);
  await terminal.waitFor((screen) => screen.split('\n').some((line) => line.startsWith(`/${text}`)));
}

describe('what reads happen to hold', () => {
  test('an arrow that arrives in two parts, 60 ms apart, is one arrow', async () => {
    const terminal = await openOn();
    expect(underCursor(terminal)).toContain('ctr_deepfm');
    terminal.write('\x1b');
    await wait(60);
    terminal.write('[B');
    await terminal.waitFor(() => underCursor(terminal).includes('fraud_detect'));
    // Neither esc nor `[` was pressed: a second arrow goes on from there, and nobody complains.
    terminal.key('down');
    await terminal.waitFor(() => underCursor(terminal).includes('heart_disease'));
    expect(terminal.line(-1)).toBe(' <services>');
  });

  test('what is staged is shown, is sent by nothing but enter, and esc drops it', async () => {
    const terminal = await openOn();
    const before = (await fleet.written()).length;
    terminal.write('+++');
    await terminal.waitFor('1 staged: ctr_deepfm 3→6');
    terminal.paste('\r');
    terminal.type('dq:');
    terminal.key('-');
    await terminal.waitFor('1 staged: ctr_deepfm 3→5');
    terminal.key('esc');
    await terminal.waitFor('nothing was sent');
    expect(terminal.text()).not.toContain('1 staged:');
    expect(terminal.text()).toContain('services(cn-shanghai)[15]');
    expect(await fleet.written()).toHaveLength(before);
  });

  test('`=` takes an exact number', async () => {
    const terminal = await openOn();
    await moveTo(terminal, 'rec_rank_exp');
    terminal.key('=');
    await terminal.waitFor('staged');
    terminal.type('2');
    await terminal.waitFor('rec_rank_exp 1→2');
    terminal.key('enter');
    await terminal.waitFor(() => /✓ Running +2\/2/.test(rowOf(terminal, 'rec_rank_exp')), { timeout: 20_000 });
    expect((await fleet.asked('ScaleService')).at(-1)?.params).toMatchObject({
      ServiceName: 'rec_rank_exp',
      Instance: 2,
    });
  });

  test('a paste whose end never comes does not swallow ctrl-c', async () => {
    const terminal = await openOn();
    terminal.write('\x1b[200~jq');
    await wait(60);
    terminal.key('ctrl-c');
    await terminal.waitExit({ timeout: 2_000 });
    expect(terminal.restored()).toEqual({ ok: true, problems: [] });
  });

  for (const [how, paste] of [
    ['with markers', (terminal: Terminal) => terminal.paste('y\r')],
    ['with markers, Enter alone', (terminal: Terminal) => terminal.paste('\r')],
    ['without markers', (terminal: Terminal) => terminal.write('yes\ryes\r')],
  ] as const) {
    test(`a pasted Enter confirms nothing: ${how}`, async () => {
      const terminal = await openOn();
      terminal.key('S');
      await terminal.waitFor('the service stops answering');
      terminal.key('tab');
      await terminal.waitFor(() => focused(terminal, 'stop'));
      paste(terminal);
      await wait(300);
      expect(terminal.text()).toContain('the service stops answering');
      expect(await fleet.asked('StopService')).toEqual([]);
      terminal.key('esc');
      await terminal.waitGone('the service stops answering');
    });
  }

  test('a paste on a table is no keys', async () => {
    const terminal = await openOn();
    terminal.paste('jjq:S\ry');
    terminal.key('down');
    await terminal.waitFor(() => underCursor(terminal).includes('fraud_detect'));
    expect(terminal.text()).toContain('services(cn-shanghai)[15]');
  });
});

test('signs of a full-width keyboard are the keys they look like, and themselves in text', async () => {
  const terminal = await openOn();
  terminal.type('：');
  await terminal.waitFor(/^:/m);
  terminal.type('：');
  await terminal.waitFor(/^:：/m);
  terminal.key('esc');
  await terminal.waitGone(/^:/m);
  terminal.type('／');
  await terminal.waitFor(/^\//m);
  terminal.key('esc');
  await terminal.waitGone(/^\//m);
  terminal.type('？');
  await terminal.waitFor(/─ help ─/);
  terminal.key('esc');
  await terminal.waitGone(/─ help ─/);
  terminal.type('！');
  await terminal.waitFor('<esc> back');
  await terminal.waitFor(/ServiceName +ctr_deepfm/);
  terminal.key('esc');
  await terminal.waitFor('<+>');
  terminal.type('＋');
  await terminal.waitFor('ctr_deepfm 3→4');
  terminal.key('esc');
  await terminal.waitGone('ctr_deepfm 3→4');
});

test('the filter: text, not, a column, a number, an expression that is none', async () => {
  const terminal = await openOn();
  await filterBy(terminal, 'rec_rank');
  await terminal.waitFor('[2/15]');
  expect(rowOf(terminal, 'rec_rank_base')).not.toBe('');
  expect(rowOf(terminal, 'ctr_deepfm')).toBe('');

  terminal.key('ctrl-u');
  terminal.type('!rec_rank');
  await terminal.waitFor('[13/15]');
  expect(rowOf(terminal, 'rec_rank_base')).toBe('');

  terminal.key('ctrl-u');
  terminal.type('status:failed');
  await terminal.waitFor('[2/15]');
  expect(rowOf(terminal, 'heart_disease_pmml')).toContain('✗ Failed');

  terminal.key('ctrl-u');
  terminal.type('gpu:>0');
  await terminal.waitFor('[3/15]');

  terminal.key('ctrl-u');
  terminal.type('rec_(');
  await terminal.waitFor('"rec_(" is not a valid expression');
  // It is not closed: a table of everything would look like the answer.
  terminal.key('enter');
  await wait(200);
  expect(terminal.text()).toMatch(/^\/rec_\(/m);
  expect(terminal.text()).toContain('is not a valid expression');

  terminal.key('ctrl-u');
  terminal.type('colour:red');
  await terminal.waitFor('no column colour');

  terminal.key('ctrl-u');
  terminal.type('ctr');
  await terminal.waitFor('[1/15]');
  terminal.key('enter');
  await terminal.waitGone(/^\/ctr/m);
  await terminal.waitFor('</ctr>');
  terminal.key('esc');
  await terminal.waitFor('[15]');
});

test('a filter that is dropped leaves the one before', async () => {
  const terminal = await openOn();
  await filterBy(terminal, 'rec');
  terminal.key('enter');
  await terminal.waitGone(/^\//m);
  expect(terminal.text()).toContain('</rec>');
  await filterBy(terminal, 'llm');
  await terminal.waitFor('[1/15]');
  terminal.key('esc');
  await terminal.waitFor('</rec>');
  expect(terminal.text()).toContain('[2/15]');
});

describe('the command line', () => {
  test('opens by name, completes, remembers, and says the nearest word', async () => {
    const terminal = await openOn();
    await command(terminal, 'workers speech_asr');
    await terminal.waitFor('workers(speech_asr)[2]');

    terminal.key(':');
    await terminal.waitFor(/^:/m);
    terminal.key('up');
    await terminal.waitFor(':workers speech_asr');
    terminal.key('ctrl-u');
    terminal.type('servces');
    terminal.key('enter');
    await terminal.waitFor('there is no command "servces"; did you mean :services?');
    // Nothing runs by being near.
    expect(terminal.text()).toContain('workers(speech_asr)');

    terminal.key('ctrl-u');
    terminal.type('wor');
    await terminal.waitFor(/^:wor/m);
    terminal.key('tab');
    await terminal.waitFor(/^:workers?( |$)/m);
    terminal.type('ner');
    await terminal.waitFor(/^:workers? ner( |$)/m);
    terminal.key('tab');
    await terminal.waitFor(/^:workers? ner_chinese_bert( |$)/m);
    terminal.key('enter');
    await terminal.waitFor('workers(ner_chinese_bert)[2]');
  });

  test('what is wrong is said in the line', async () => {
    const terminal = await openOn();
    terminal.key(':');
    await terminal.waitFor(/^:/m);
    for (const [line, words] of [
      ['scale speech_asr', 'write :scale NAME NUMBER'],
      ['scale speech_asr many', '"many" is not a whole number'],
      ['workers', ':workers needs SERVICE'],
      ['stop no_such_service', 'no_such_service'],
    ] as const) {
      terminal.key('ctrl-u');
      terminal.type(line);
      await terminal.waitFor(`:${line}`);
      terminal.key('enter');
      await terminal.waitFor((screen) =>
        screen.split('\n').some((each) => each.startsWith(`:${line} `) && each.includes(words)),
      );
    }
    expect(await fleet.asked('StopService')).toEqual([]);
  });

  test('scales and stops by name, with the dialogs the keys have', async () => {
    const terminal = await openOn();
    const scaled = (await fleet.asked('ScaleService')).length;
    await command(terminal, 'scale savedmodel_example 5');
    await terminal.waitFor(() => /✓ Running +5\/5/.test(rowOf(terminal, 'savedmodel_example')), { timeout: 20_000 });
    expect((await fleet.asked('ScaleService')).slice(scaled).map(({ params }) => params)).toEqual([
      expect.objectContaining({ ServiceName: 'savedmodel_example', Instance: 5 }),
    ]);

    // The inverse of the latest action, once.
    terminal.key('u');
    await terminal.waitFor(() => /✓ Running +2\/2/.test(rowOf(terminal, 'savedmodel_example')), { timeout: 20_000 });
    expect((await fleet.asked('ScaleService')).slice(scaled).map(({ params }) => params['Instance'])).toEqual([5, 2]);

    await command(terminal, 'stop fraud_detect');
    await terminal.waitFor('stop fraud_detect');
    await terminal.waitFor('the service stops answering');
    expect(await fleet.asked('StopService')).toEqual([]);
    terminal.key('n');
    await terminal.waitGone('the service stops answering');
    await command(terminal, 'stop fraud_detect');
    await terminal.waitFor('the service stops answering');
    terminal.key('y');
    await terminal.waitFor(() => /■ Stopped/.test(rowOf(terminal, 'fraud_detect')), { timeout: 20_000 });
    expect((await fleet.asked('StopService')).map(({ params }) => params['ServiceName'])).toEqual(['fraud_detect']);

    // A stop has no undo: it says so.
    await terminal.waitFor('✓ stopped fraud_detect in');
    terminal.key('u');
    await terminal.waitFor('stop fraud_detect has no undo');
  });

  test('what has no undo offers none', async () => {
    const terminal = await openOn();
    await command(terminal, 'stop rec_rank_base');
    await terminal.waitFor('the service stops answering');
    terminal.key('y');
    await terminal.waitFor('✓ stopped rec_rank_base in', { timeout: 20_000 });
    expect(terminal.line(-1)).not.toContain('undo');
  });
});
