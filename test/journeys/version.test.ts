import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
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

test('what a version adds, takes away and changes is told by colour, and by signs where there is none', async () => {
  const terminal = await openServices({ on: fleet, cols: 120 });
  await command(terminal, `modify ${mnist} metadata.rpc.keepalive=7000`);
  await terminal.waitFor('rolling update');
  terminal.key('y');
  await terminal.waitFor(new RegExp(`✓ updated ${mnist}: `), { timeout: 20_000 });
  /** The diff against a version: each sign with its text and colour. */
  const changes = async (on: Terminal, version: number): Promise<[string, string | undefined][]> => {
    await command(on, `versions ${mnist}`);
    await on.waitFor(/versions\(.*\)\[4\]/);
    on.key('home', ...Array.from({ length: 4 - version }, () => 'down' as const));
    await on.waitFor(() => underCursor(on).includes(`${version}?`));
    on.key('enter');
    await on.waitFor('Changes from the current configuration');
    const found = on.screen().flatMap((line, y): [string, string | undefined][] => {
      const [, sign, what] = /^│ +([-+~]) (\S+)/.exec(line) ?? [];
      return sign === undefined ? [] : [[`${sign} ${what}`, on.cell(on.line(y).indexOf(` ${sign} `) + 1, y).fg]];
    });
    on.key('esc');
    await on.waitGone('Changes from the current configuration');
    return found;
  };
  const red = ['- metadata.rpc.keepalive', 'ansi-1'];
  expect(await changes(terminal, 3)).toEqual([red]);
  expect(await changes(terminal, 2)).toEqual([['~ memory', 'ansi-3'], ['~ model_path', 'ansi-3'], red]);
  await command(terminal, `version ${mnist} 3`);
  await terminal.waitFor('version 3 will be sent');
  terminal.key('y');
  await terminal.waitFor(new RegExp(`✓ switched ${mnist} from version 4 to 3`), { timeout: 20_000 });
  expect(await changes(terminal, 4)).toEqual([['+ metadata.rpc.keepalive', 'ansi-2']]);
  const plain = await openServices({ on: fleet, cols: 120, env: { NO_COLOR: '1' } });
  expect(await changes(plain, 4)).toEqual([['+ metadata.rpc.keepalive', 'default']]);
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

test('the description of a service has every field, its configuration and ways in; secrets are shown and copied on demand', async () => {
  const terminal = await openServices({ on: fleet, cols: 160, rows: 100 });
  await command(terminal, `desc ${mnist}`);
  await terminal.waitFor(/^.*Endpoints/m);
  await terminal.waitFor(/Intranet +http:\/\/\S+\/api\/predict\/mnist_saved_model_example/);
  // In eascmd's order, then whatever else the service gives.
  const text = terminal.text();
  const places = [
    'Status',
    'ServiceName',
    'CreateTime',
    'TotalInstance',
    'Image',
    'CurrentVersion',
    'Message',
    'Namespace',
  ];
  const found = places.map((name) => text.search(new RegExp(`^│ +${name} +\\S`, 'm')));
  expect(found.every((place, at) => place > (found[at - 1] ?? 0))).toBe(true);
  expect(text).toMatch(/^│ ServiceConfig +│\n│ +\{ +│\n│ +"/m);
  expect(text).toMatch(/AccessToken +•••••••• \(x shows it\)/);
  expect(text).toMatch(/Token +•••••••• \(x shows it\)/);
  terminal.key('x');
  await terminal.waitFor(/AccessToken +[A-Za-z0-9+/=]{20,}/);
  terminal.key('x');
  await terminal.waitFor(/AccessToken +••••/);
  terminal.key('X');
  await terminal.waitFor(/copy a secret of|sent the token of/);
  if (terminal.text().includes('copy a secret of')) terminal.key('enter');
  await terminal.waitFor(`sent the token of ${mnist} to the clipboard`);

  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
  terminal.resize(200, 40);
  terminal.key('W');
  await terminal.waitFor(/NAME.* STATUS .* WEIGHT .* REGION .* CREATETIME .* UPDATETIME .* SERVICEPATH/);
  await moveTo(terminal, mnist);
  expect(underCursor(terminal)).toMatch(
    /cn-shanghai +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\d{4}-.* \/api\/predict\/mnist_sav/,
  );
  terminal.key('enter');
  await terminal.waitFor('workers(mnist_saved_model_example)');
  terminal.key('W');
  await terminal.waitFor(/STATUS .* READY .* RESTARTS .* REASON .* INNER IP .* HOST IP .* STARTAT/);
  await terminal.waitFor(/\[1\/1\] .* \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
});
