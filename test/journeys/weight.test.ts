import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { command, type Fleet, ledger, moveTo, open, openServices, startFleet } from './steps.ts';

const entry = 'savedmodel_example';
const fresh = 'savedmodel_example_9c16a222';

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet('--seed', '7', '--speed', '20');
});
afterEach(() => fleet.close());

const weights = async (): Promise<unknown[]> =>
  (await fleet.asked('ReleaseService')).map(({ params }) => params['Weight']);

test('moves traffic to the new one with the slider, sees what it means, and takes it back', async () => {
  const terminal = await openServices({ on: fleet, cols: 120 });
  await moveTo(terminal, fresh);
  terminal.key('w');
  await terminal.waitFor(`weight of ${fresh}`);
  expect(terminal.text()).toMatch(/new +20% █{8}░{32} +80% entry/);
  expect(terminal.text()).toContain(`closes: the own endpoint of ${fresh}`);
  expect(terminal.text()).toContain(`/api/predict/${entry}`);
  expect(terminal.text()).toContain('metadata.release is the legacy way');
  terminal.key('right*5', 'pgup');
  await terminal.waitFor('now 20% → 35%');
  expect(terminal.text()).not.toContain(`! ${fresh} runs`);
  terminal.type('60');
  await terminal.waitFor('now 20% → 60%');
  expect(terminal.text()).toContain(`! ${fresh} runs 1 of 3 workers (33%)`);
  // Cancel is in focus: enter sends nothing.
  terminal.key('enter');
  await terminal.waitFor(`weight of ${fresh}: not sent`);
  expect(await weights()).toEqual([]);

  terminal.key('w');
  await terminal.waitFor('set the weight');
  terminal.type('40');
  await terminal.waitFor('→ 40%');
  terminal.key('y');
  await terminal.waitFor(/✓ weighted savedmodel_example_9c16a222 20%→40%/);
  expect(await weights()).toEqual([40]);
  terminal.key('u');
  await terminal.waitFor(/✓ weighted savedmodel_example_9c16a222 40%→20%/);
  expect(await weights()).toEqual([40, 20]);
  expect(
    ledger(terminal)
      .filter(({ event }) => event === 'sent')
      .map(({ cli }) => cli),
  ).toEqual([`eascmd release ${fresh} -w 40`, `eascmd release ${fresh} -w 20`]);
});

test('a weight outside 0–100 is refused in its line, and one that is refused by the service is told', async () => {
  const terminal = await openServices({ on: fleet, cols: 160 });
  await command(terminal, `weight ${fresh} 101`);
  await terminal.waitFor('101 is outside 0–100');
  terminal.key('esc');
  await terminal.waitGone('101 is outside');
  await fleet.trouble('denied:ReleaseService');
  await command(terminal, `release ${entry} 50`);
  await terminal.waitFor('now 20% → 50%');
  terminal.key('y');
  await terminal.waitFor('Forbidden.RAM');
  await fleet.trouble();
  await command(terminal, 'weight speech_asr 5');
  await terminal.waitFor('speech_asr has no blue-green partner');
  terminal.key('esc');
  await terminal.waitGone('no blue-green partner');
  expect((await fleet.asked('ReleaseService')).map(({ status }) => status)).toEqual([403]);
});

test('services that clients reach past the gateway are refused, and the way around is told', async () => {
  const terminal = await openServices({ on: fleet, cols: 160 });
  await command(terminal, `modify ${fresh} cloud.networking.vswitch_id=vsw-1`);
  await terminal.waitFor('a rolling update');
  terminal.key('y');
  await terminal.waitFor(new RegExp(`✓ updated ${fresh}`), { timeout: 25_000 });
  await moveTo(terminal, entry);
  terminal.key('w');
  await terminal.waitFor('blue-green release does not work with direct connections');
  await command(terminal, 'messages');
  await terminal.waitFor(`:weight ${fresh} PERCENT anyway`);
  expect(terminal.text()).toContain(`cloud.networking.vswitch_id of ${fresh} is vsw-1`);
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
  await command(terminal, `weight ${fresh} 30 anyway`);
  await terminal.waitFor('! clients that connect directly are not divided');
  terminal.key('esc');
  await terminal.waitFor(`weight of ${fresh}: not sent`);
  expect(await weights()).toEqual([]);
});

test('a service deleted by somebody else while its dialog is open is left alone', async () => {
  const terminal = await openServices({ on: fleet, cols: 120 });
  const other = await openServices({ on: fleet, cols: 120 });
  await moveTo(terminal, entry);
  terminal.key('w');
  await terminal.waitFor(`weight of ${fresh}`);
  await command(other, `delete ${fresh}`);
  await other.waitFor(`type ${fresh} to go on`);
  other.type(fresh);
  other.key('tab', 'enter');
  await other.waitFor(/✓ deleted/, { timeout: 20_000 });
  terminal.type('50');
  await terminal.waitFor('→ 50%');
  terminal.key('y');
  await terminal.waitFor(`${fresh} is gone`);
  expect(await weights()).toEqual([]);
});

test('ramps up by itself, pauses, takes other steps, stops on trouble and says why, is rolled back with one key', async () => {
  const terminal = await openServices({ on: fleet, cols: 160, args: ['--refresh', '0.5'] });
  await moveTo(terminal, fresh);
  terminal.key('w');
  await terminal.waitFor(`weight of ${fresh}`);
  terminal.key('r');
  await terminal.waitFor('ramp steps: 5,25,50,100 hold 5m');
  terminal.key('ctrl-u');
  terminal.type('5,25,50,100 hold 4s');
  await terminal.waitFor('ramp steps: 5,25,50,100 hold 4s');
  terminal.key('enter');
  await terminal.waitFor(`ramp ${fresh} up to 100%`);
  expect(terminal.text()).toContain('25% for 4.0s · 50% for 4.0s · 100% for 4.0s');
  expect(terminal.text()).toContain('steps up to 20% are left out');
  terminal.key('y');
  await terminal.waitFor(/▶ +25%/);
  terminal.key('p');
  await terminal.waitFor('paused: nothing is sent, the weight stays');
  expect(terminal.text()).toContain('r goes on, b rolls back to 20%, e edits the steps left');
  terminal.key('e');
  await terminal.waitFor('steps left: 50:4s,100:4s');
  terminal.key('ctrl-u');
  terminal.type('20,100');
  await terminal.waitFor('steps left: 20,100');
  terminal.key('enter');
  await terminal.waitFor('step 20 does not rise above the present 25%');
  terminal.key('ctrl-u');
  terminal.type('60,100 hold 1m');
  await terminal.waitFor('steps left: 60,100 hold 1m');
  terminal.key('enter');
  await terminal.waitFor(/· +60% +hold 1m/);
  terminal.key('r');
  await terminal.waitFor(/✓ +25% +held 4.0s/, { timeout: 25_000 });
  await terminal.waitFor(/▶ +60% +well/, { timeout: 15_000 });

  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
  expect(terminal.text()).toContain(`ramp ${fresh} 60%`);
  await moveTo(terminal, fresh);
  terminal.key('enter');
  await terminal.waitFor(/savedmodel-example-9c16a222-\S+/);
  const [worker = ''] = /savedmodel-example-9c16a222-\S+/.exec(terminal.text()) ?? [];
  await fleet.control('POST', `services/${fresh}/instances/${worker}`, { crash: 'oom' });
  await terminal.waitFor(/ramp of \S+ stopped at 60%/, { timeout: 20_000 });
  await command(terminal, `ramp ${fresh}`);
  await terminal.waitFor(/stopped: .*(restarted|ready|warning)/);
  expect(await weights()).toEqual([25, 60]);
  terminal.key('b');
  await terminal.waitFor('rolled back');
  expect(await weights()).toEqual([25, 60, 20]);
}, 60_000);

test('a lost connection makes a ramp wait; a killed eas-tui leaves a plan that is asked about and goes on', async () => {
  const home = mkdtempSync(join(tmpdir(), 'ramp-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const options = { on: fleet, cols: 120, args: ['--refresh', '0.5'], home };
  const first = await openServices(options);
  await command(first, `ramp ${fresh} 25,50:1s hold 6s`);
  await first.waitFor(`ramp ${fresh} up to 50%`);
  first.key('y');
  await first.waitFor(/▶ +25% +well/, { timeout: 15_000 });
  await fleet.trouble('reset:ListServiceInstances');
  await first.waitFor('waits: cannot be seen');
  await first.waitFor(/looks again in/);
  // By itself it sees again, and goes on holding; then it is blind once more when it is killed.
  await fleet.trouble();
  await first.waitFor(/▶ +25% +well/, { timeout: 20_000 });
  await fleet.trouble('reset:ListServiceInstances');
  await first.waitFor('waits: cannot be seen');
  expect(await weights()).toEqual([25]);

  const folder = join(home, '.local/state/eas-tui/ramps');
  const [name = ''] = readdirSync(folder);
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toMatchObject({ state: 'running', at: 0 });
  first.signal('SIGKILL');
  await first.waitExit();
  await fleet.trouble();

  // The question comes before any key of the table is alive.
  const second = await open(options);
  await second.waitFor(`go on with the ramp of ${fresh}?`);
  expect(await weights()).toEqual([25]);
  second.key('y');
  await second.waitFor(new RegExp(`ramp of ${fresh} done: 50%`), { timeout: 30_000 });
  expect(await weights()).toEqual([25, 50]);
  // The end is told first.
  await second.waitFor(() => readdirSync(folder).length === 0);
}, 60_000);

test('takes a member out of the traffic of its group and back', async () => {
  const terminal = await openServices({ on: fleet, cols: 120 });
  await command(terminal, 'traffic rec_rank_exp standalone');
  await terminal.waitFor('sends it no more requests');
  terminal.key('y');
  await terminal.waitFor(/✓ set traffic of rec_rank_exp \S+→standalone/);
  terminal.key('u');
  await terminal.waitFor('sends it its share of requests again');
  terminal.key('y');
  await terminal.waitFor(/✓ set traffic of rec_rank_exp standalone→grouping/);
  const asked = await fleet.asked('ReleaseService');
  expect(asked.map(({ params }) => params['TrafficState'])).toEqual(['standalone', 'grouping']);
});
