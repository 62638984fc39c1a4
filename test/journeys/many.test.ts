import { afterEach, beforeEach, expect, test } from 'vitest';
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

/** Three services that run, have room to grow, and which no autoscaler counts. */
const names = ['mnist_saved_model_example', 'rec_rank_exp', 'savedmodel_example_9c16a222'] as const;
const size = { cols: 160, rows: 40 } as const;
const long = { timeout: 30_000 };

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet('--seed', '7', '--speed', '20');
});
afterEach(() => fleet.close());

async function mark(terminal: Terminal, ...rows: readonly string[]): Promise<void> {
  // The answers to what was sent before take their marks away.
  await terminal.waitGone(/\d marked/, long);
  for (const name of rows) {
    await moveTo(terminal, name);
    terminal.key('space');
    await terminal.waitFor(() => !underCursor(terminal).includes(name));
  }
}

/** Waits until each of the rows looks like this. */
const all = (terminal: Terminal, look: RegExp): Promise<unknown> =>
  terminal.waitFor(() => names.every((name) => look.test(rowOf(terminal, name))), long);

const asked = async (operation: string): Promise<string[]> =>
  (await fleet.asked(operation)).map(({ params }) => String(params['ServiceName'])).sort();

test('marked services are scaled, restarted, locked, labelled, stopped, started and deleted together', {
  timeout: 120_000,
}, async () => {
  const terminal = await openServices({ on: fleet, ...size });
  terminal.key('W');
  await terminal.waitFor(/ LOCK /);

  await mark(terminal, ...names);
  terminal.key('+');
  await terminal.waitFor(/3 staged: /);
  terminal.key('enter');
  await terminal.waitFor('scale: 3 of 3 accepted', long);
  await terminal.waitFor(() => /3\/3/.test(rowOf(terminal, names[0])) && /2\/2/.test(rowOf(terminal, names[2])), long);

  await mark(terminal, ...names);
  await pressWhenOn(terminal, 'r');
  await terminal.waitFor('restart 3 services');
  for (const name of names) expect(terminal.text()).toContain(`restart ${name}`);
  expect(focused(terminal, 'Cancel')).toBe(true);
  terminal.key('y');
  await terminal.waitFor('restart: 3 of 3 accepted', long);
  await all(terminal, /✓ Running/);

  await mark(terminal, ...names);
  terminal.key('K');
  await terminal.waitFor('safety lock 3 services');
  terminal.key('down', 'enter');
  await terminal.waitFor(/set lock of rec_rank_exp none→dangerous/);
  terminal.key('y');
  // That all were accepted may be overtaken within the frame by the last lock that is seen to hold.
  await terminal.waitFor(/safety lock: 3 of 3 accepted|✓ set lock of \w+ none→dangerous in /, long);
  await all(terminal, / dangerous /);
  expect(await asked('UpdateServiceSafetyLock')).toEqual([...names].sort());
  // Locked, they are not stopped: the reason is told, and nothing is asked.
  await mark(terminal, ...names);
  terminal.key('S');
  await terminal.waitFor(/is locked \(dangerous\); unlock it first/);
  expect(terminal.text()).not.toContain(' Cancel ');
  terminal.key('K');
  await terminal.waitFor('safety lock 3 services');
  terminal.key('enter');
  await terminal.waitFor(/set lock of rec_rank_exp dangerous→none/);
  terminal.key('y');
  await all(terminal, / none /);

  await mark(terminal, ...names);
  terminal.key('t');
  await terminal.waitFor(/labels of 3 rows/);
  terminal.type('team=search');
  await terminal.waitFor('team=search');
  terminal.key('enter');
  await terminal.waitFor('label 3 services');
  terminal.key('y');
  await terminal.waitFor('label: 3 of 3 accepted', long);

  await mark(terminal, ...names);
  terminal.key('S');
  await terminal.waitFor('stop 3 services');
  terminal.key('y');
  await terminal.waitFor('stop: 3 of 3 accepted', long);
  await all(terminal, /■ Stopped/);

  await mark(terminal, ...names);
  await pressWhenOn(terminal, 's');
  await terminal.waitFor('start 3 services');
  terminal.key('y');
  await terminal.waitFor('start: 3 of 3 accepted', long);
  await all(terminal, /✓ Running/);

  await mark(terminal, ...names);
  await pressWhenOn(terminal, 'ctrl-d');
  await terminal.waitFor('type 3 to go on');
  terminal.type('3');
  await terminal.waitFor('> 3');
  terminal.key('tab', 'enter');
  await terminal.waitFor('delete: 3 of 3 accepted', long);
  await terminal.waitFor('services(cn-shanghai)[12]', long);

  for (const operation of [
    'ScaleService',
    'RestartService',
    'UpdateServiceLabel',
    'StopService',
    'StartService',
    'DeleteService',
  ])
    expect(await asked(operation)).toEqual([...names]);
  expect(await asked('UpdateServiceSafetyLock')).toHaveLength(6);
  const lines = ledger(terminal);
  const sent = lines.filter(({ event }) => event === 'sent');
  expect(sent).toHaveLength(24);
  for (const { id } of sent)
    expect(lines.filter((line) => line['event'] === 'ended' && line['id'] === id)).toHaveLength(1);
});

test('each of several rows has its own outcome, and one key tries the refused again', async () => {
  const terminal = await openServices({ on: fleet, ...size });
  await mark(terminal, ...names);
  await fleet.trouble('denied:StopService:1');
  await pressWhenOn(terminal, 'S');
  await terminal.waitFor('stop 3 services');
  terminal.key('y');
  await terminal.waitFor(/stop: 2 of 3 accepted; refused: \w+ \(R tries/, long);
  const refused = names.find((name) => terminal.text().includes(`refused: ${name} (`)) ?? '';
  expect(names).toContain(refused);
  await terminal.waitFor(
    () => names.filter((name) => name !== refused).every((name) => /■ Stopped/.test(rowOf(terminal, name))),
    long,
  );
  expect(rowOf(terminal, refused)).toMatch(/✓ Running/);
  terminal.key('R');
  await terminal.waitFor(`stop ${refused}`);
  await terminal.waitFor(() => focused(terminal, 'Cancel'));
  terminal.key('y');
  await terminal.waitFor(() => /■ Stopped/.test(rowOf(terminal, refused)), long);
  expect((await asked('StopService')).filter((name) => name === refused)).toHaveLength(1);
  expect((await fleet.asked('StopService')).map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 403]);

  // Nothing is left of the batch: neither a mark nor anything to try.
  await terminal.waitGone(/ marked /);
  terminal.key('R');
  await terminal.waitFor('nothing of the latest batch was refused');

  await command(terminal, 'messages');
  await terminal.waitFor(new RegExp(`stop ${refused} failed · Forbidden\\.RAM`));
});

test('what has not started when a batch is stopped never leaves, and stays marked', async () => {
  const terminal = await openServices({ on: fleet, ...size });
  await terminal.waitFor('services(cn-shanghai)[15]');
  await fleet.trouble('latency=3000:RestartService');
  terminal.key('*');
  await pressWhenOn(terminal, 'r');
  await terminal.waitFor(/restart \d+ services/);
  const count = Number(/restart (\d+) services/.exec(terminal.text())?.[1]);
  await terminal.waitFor(`type ${count} to go on`);
  terminal.type(String(count));
  await terminal.waitFor(`> ${count}`);
  terminal.key('tab', 'enter');
  await terminal.waitFor(`restart ${count} services · 0 of ${count} sent`);
  await pressWhenOn(terminal, 'B');
  await terminal.waitFor(`${count - 4} rows will not be sent`);
  await terminal.waitFor(new RegExp(`restart: 4 of ${count} accepted; not sent: \\w+`), long);
  expect(await asked('RestartService')).toHaveLength(4);
  // The marks are where the batch stopped: the key asks for just those.
  await fleet.trouble();
  terminal.key('r');
  await terminal.waitFor(`restart ${count - 4} services`);
  terminal.key('esc');
  await terminal.waitGone(' Cancel ');
  expect(await asked('RestartService')).toHaveLength(4);
});
