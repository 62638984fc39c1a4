import { afterEach, beforeEach, expect, test } from 'vitest';
import { command, type Fleet, ledger, moveTo, openServices, startFleet, underCursor } from './steps.ts';

const mnist = 'mnist_saved_model_example';

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet('--seed', '7', '--speed', '20');
});
afterEach(() => fleet.close());

const versions = async (): Promise<unknown[]> =>
  (await fleet.asked('UpdateServiceVersion')).map(({ params }) => params['Version']);

test('looks at what a version changes, switches to it, and switches back', async () => {
  const terminal = await openServices({ on: fleet, cols: 120 });
  await moveTo(terminal, mnist);
  terminal.key('v');
  await terminal.waitFor(/versions\(.*\)\[3\]/);
  await terminal.waitFor(() => underCursor(terminal).includes('current'));
  terminal.key('down');
  await terminal.waitFor(() => underCursor(terminal).includes('2?'));
  terminal.key('enter');
  await terminal.waitFor('Changes from the current configuration (version 3)');
  terminal.key('y');
  await terminal.waitFor(`switch the version of ${mnist}`);
  expect(terminal.text()).toContain('version 2 will be sent');
  expect(terminal.text()).toContain('not documented');
  terminal.key('y');
  await terminal.waitFor(new RegExp(`✓ switched ${mnist} from version 3 to 2`), { timeout: 20_000 });
  terminal.key('u');
  await terminal.waitFor(new RegExp(`✓ switched ${mnist} from version 2 to 3`), { timeout: 20_000 });
  expect(await versions()).toEqual([2, 3]);
  expect(
    ledger(terminal)
      .filter(({ event }) => event === 'sent')
      .map(({ cli }) => cli),
  ).toEqual([`eascmd version ${mnist} 2`, `eascmd version ${mnist} 3`]);
});

test(':version blocks what has no image, tells what is no number, and edits the one to be sent', async () => {
  const terminal = await openServices({ on: fleet, cols: 140 });
  await command(terminal, 'version rec_rank_exp 1');
  await terminal.waitFor(/the image of version 1\? is not available/);
  terminal.key('esc');
  await terminal.waitGone('is not available');
  await command(terminal, `version ${mnist} 0`);
  await terminal.waitFor('"0" is not a whole number above 0');
  terminal.key('esc');
  await terminal.waitGone('is not a whole number');
  await command(terminal, `version ${mnist} 2`);
  await terminal.waitFor('version 2 will be sent');
  terminal.key('left');
  await terminal.waitFor('version 1 will be sent');
  terminal.key('y');
  await terminal.waitFor(new RegExp(`✓ switched ${mnist} from version 3 to 1`), { timeout: 20_000 });
  expect(await versions()).toEqual([1]);
});

test('a refusal is told with its code, also where the bound is another than thought', async () => {
  await fleet.control('PUT', 'variants', { variants: ['version-image-id'] });
  const terminal = await openServices({ on: fleet, cols: 160 });
  await moveTo(terminal, mnist);
  terminal.key('v');
  await terminal.waitFor(/4014\?/);
  terminal.key('down', 'enter');
  await terminal.waitFor('Changes from the current');
  terminal.key('y');
  await terminal.waitFor('is above LatestVersion 3: the numbers may not mean the same');
  terminal.key('y');
  await terminal.waitFor('InvalidParameter');
  terminal.key('y');
  await terminal.waitFor('will be sent');
  terminal.type('2');
  await terminal.waitFor('version 2 will be sent');
  terminal.key('y');
  await terminal.waitFor(new RegExp(`✓ switched ${mnist} from version 3 to 2`), { timeout: 20_000 });
});

test('the description of a service names its ways in and keeps the token to itself', async () => {
  const terminal = await openServices({ on: fleet, cols: 120, rows: 75 });
  await moveTo(terminal, mnist);
  terminal.key('d');
  await terminal.waitFor(/^.*Endpoints/m);
  await terminal.waitFor(/Intranet +http:\/\/\S+\/api\/predict\/mnist_saved_model_example/);
  expect(terminal.text()).toMatch(/Token +•••••••• \(x shows it\)/);
  terminal.key('X');
  await terminal.waitFor(/copy a secret of|sent the token of/);
  if (terminal.text().includes('copy a secret of')) terminal.key('enter');
  await terminal.waitFor(`sent the token of ${mnist} to the clipboard`);
});
