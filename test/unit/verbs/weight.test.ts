import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Service } from '../../../src/api/services.ts';
import { readService } from '../../../src/api/services.ts';
import { overload, pairOf, shareBar } from '../../../src/screens/service-release.ts';
import { wireService } from '../state/program.ts';
import {
  answering,
  asked,
  command,
  createPairProgram,
  entry,
  fresh,
  on,
  refusing,
  rest,
  wirePair,
} from './pair-program.ts';

const service = (name: string, more: object = {}): Service => readService(wireService(name, { ...more }));
const paired = (name: string, ...names: string[]): Service =>
  service(name, { ExtraData: JSON.stringify({ blue_green_services: names }) });

test('without a word of the service, alike are the names of which one is the beginning of the other', () => {
  // Short ones and long ones, with much in common.
  const name = fc.string({ minLength: 1, maxLength: 9, unit: fc.constantFrom('a', 'b', '_') });
  fc.assert(
    fc.property(name, fc.uniqueArray(name, { maxLength: 60 }), (own, known) => {
      const pairing = pairOf(service(own), known);
      const longer = (one: string, other: string) => one !== other && one.startsWith(other);
      const like = known.filter((other) => longer(own, other) || longer(other, own));
      const found = pairing.kind === 'ask' ? pairing.choices : [];
      expect(found.map((pair) => (pair.entry === own ? pair.fresh : pair.entry)).sort()).toEqual(like.sort());
      for (const pair of found) expect(longer(pair.fresh, pair.entry)).toBe(true);
    }),
  );
});

test.each([
  [entry, [entry, fresh]],
  [fresh, [fresh, entry]],
  [fresh, [entry]],
])('the new one of %s in %j is the one with the suffix', (name, names) => {
  expect(pairOf(paired(name, ...names), [])).toEqual({ kind: 'pair', pair: { entry, fresh } });
});

test('asks which one is new when names do not tell, and when only names are alike', () => {
  const unlike = pairOf(paired('blue', 'blue', 'green'), []);
  expect(unlike).toMatchObject({ kind: 'ask', choices: [{ entry: 'blue' }, { entry: 'green' }] });
  expect(pairOf(service(entry), ['other', fresh])).toMatchObject({ kind: 'ask', choices: [{ entry, fresh }] });
  expect(pairOf(service(entry, { ServiceGroup: 'g' }), [fresh]).kind).toBe('none');
  expect(pairOf(service('alone'), ['alone', 'other'])).toEqual({ kind: 'none' });
});

test('draws shares so that whoever has any has a cell', () => {
  expect(shareBar(0, 10)).toBe('░░░░░░░░░░');
  expect(shareBar(1, 10)).toBe('█░░░░░░░░░');
  expect(shareBar(50, 10)).toBe('█████░░░░░');
  expect(shareBar(99, 10)).toBe('█████████░');
  expect(shareBar(100, 10)).toBe('██████████');
});

test('compares a share with the part the workers are of all that run', () => {
  const workers = (n: number) => service(`s${n}`, { RunningInstance: n });
  expect(overload(workers(2), workers(1), 40)).toEqual([]);
  expect(overload(workers(2), workers(1), 60)).toEqual(['s1 runs 1 of 3 workers (33%) and would get 60%']);
  expect(overload(workers(2), workers(0), 5)).toEqual(['s0 has no running worker: 5% of requests would fail']);
  expect(overload(workers(0), workers(2), 100)).toEqual([]);
  expect(overload(workers(0), workers(2), 90)).toEqual(['s0 has no running worker: 10% of requests would fail']);
});

test('w opens the slider from either of the two; what is chosen is sent to the new one', async () => {
  for (const name of [entry, fresh]) {
    const program = await createPairProgram();
    await on(program, name, 'w');
    expect(program.state().dialog?.slider).toMatchObject({ value: 20, min: 0, max: 100 });
    await program.press('right', 'right', 'pgup', 'left');
    expect(program.state().dialog?.slider?.value).toBe(31);
    expect(asked(program)).toContain('new  31% ████████████░░░░');
    expect(asked(program)).toContain('20% → 31%'.replace('20%', 'now 20%'));
    expect(asked(program)).toContain(`closes: the own endpoint of ${fresh}`);
    expect(asked(program)).toContain(`stays: the entry of the first service (/api/predict/${entry})`);
    expect(asked(program)).toContain('legacy');
    await program.press('y');
    await rest();
    expect(program.service.of('ReleaseService').map(({ params }) => params)).toEqual([
      { ClusterId: 'cn-test', ServiceName: fresh, Weight: 31, TrafficState: undefined },
    ]);
    expect(program.recorded[0]?.entry).toMatchObject({
      cli: `eascmd release ${fresh} -w 31`,
      before: { weight: 20 },
      after: { weight: 31 },
    });
  }
});

test('undo gives the weight back, and the message says what became of it', async () => {
  const program = await createPairProgram();
  await command(program, `weight ${entry} 60`);
  expect(asked(program)).toContain('! savedmodel_example_9c16a222 runs 1 of 3 workers (33%) and would get 60%');
  await program.press('y');
  await rest();
  await program.clock.advance(4_000);
  expect(program.messages().some((text) => text.startsWith(`weighted ${fresh} 20%→60% in`))).toBe(true);
  await program.press('u');
  await rest();
  expect(program.service.of('ReleaseService').map(({ params }) => params['Weight'])).toEqual([60, 20]);
});

test.each([
  ['101', '101 is outside 0–100'],
  ['-1', '"-1" is not a whole number from 0 to 100'],
  ['2.5', '"2.5" is not a whole number from 0 to 100'],
  ['many', '"many" is not a whole number from 0 to 100'],
  ['99999999999', '"99999999999" is not a whole number from 0 to 100'],
])('%s is no weight, and the line stays to be mended', async (text, said) => {
  const program = await createPairProgram();
  await command(program, `weight ${fresh} ${text}`);
  expect(program.state().prompt).toMatchObject({ text: `weight ${fresh} ${text}`, error: said });
  expect(program.state().dialog).toBeUndefined();
  expect(program.service.of('ReleaseService')).toEqual([]);
});

test('typed out of 0–100, the number is told and there is no yes until it is mended', async () => {
  const program = await createPairProgram();
  await command(program, `weight ${fresh}`);
  await program.press('2', '5', '0');
  expect(program.state().dialog?.slider).toMatchObject({ value: 25, wrong: '250 is outside 0–100' });
  await program.press('y', 'tab', 'enter');
  await rest();
  expect(program.state().dialog?.slider?.wrong).toBe('250 is outside 0–100');
  expect(program.service.of('ReleaseService')).toEqual([]);
  await program.press('backspace');
  expect(program.state().dialog?.slider).toMatchObject({ value: 25, typed: '25', wrong: undefined });
  await program.press('backspace', 'backspace');
  expect(program.state().dialog?.slider?.value).toBe(0);
  await program.press('4', '0', 'y');
  await rest();
  expect(program.service.of('ReleaseService').map(({ params }) => params['Weight'])).toEqual([40]);
});

test('a service without a partner has no weight, and the key says so', async () => {
  const program = await createPairProgram({
    services: [wireService('alone'), wireService('m', { ServiceGroup: 'g' })],
  });
  await on(program, 'alone', 'w');
  expect(program.said()).toContain('alone has no blue-green partner');
  await on(program, 'm', 'w');
  expect(program.said()).toContain(':traffic m standalone|grouping');
  expect(program.state().dialog).toBeUndefined();
});

test('a menu asks which is new, and the choice is the one that is weighted', async () => {
  const program = await createPairProgram({
    services: ['blue', 'green'].map((name) =>
      wireService(name, { ExtraData: '{"blue_green_services":["blue","green"]}', Weight: 50, ServiceConfig: '{}' }),
    ),
  });
  await on(program, 'blue', 'w');
  expect(program.state().menu?.items.map(({ label }) => label)).toEqual(['green is new', 'blue is new']);
  await program.press('enter');
  await rest();
  await program.press('right', 'y');
  await rest();
  expect(program.service.of('ReleaseService')[0]?.params).toMatchObject({ ServiceName: 'green', Weight: 51 });
});

test('refuses services with a direct connection and tells how that is known; unknown only warns', async () => {
  const direct = JSON.stringify({ cloud: { networking: { vswitch_id: 'vsw-1' } } });
  const program = await createPairProgram({ services: wirePair({ fresh: { ServiceConfig: direct } }) });
  await on(program, fresh, 'w');
  expect(program.state().dialog).toBeUndefined();
  expect(program.said()).toContain(`cloud.networking.vswitch_id of ${fresh} is vsw-1`);
  await command(program, `weight ${fresh} 25 anyway`);
  expect(asked(program)).toContain('! clients that connect directly are not divided');

  const inGroup = await createPairProgram({
    services: wirePair({ fresh: { Resource: 'eas-r-1' } }),
    answers: { DescribeResourceDLink: answering({ VSwitchId: 'vsw-2' }) },
  });
  await on(inGroup, fresh, 'w');
  expect(inGroup.said()).toContain('its resource group eas-r-1 is connected to vsw-2');

  const dark = await createPairProgram({
    services: wirePair({ fresh: { Resource: 'eas-r-1' } }),
    answers: {
      DescribeResourceDLink: refusing('denied', 'Forbidden.RAM', 'not allowed', 403),
    },
  });
  await on(dark, fresh, 'w');
  expect(asked(dark)).toContain('is not known: the connection of eas-r-1 cannot be read: not allowed');
});

test.each([
  [fresh, (name: unknown) => name !== fresh],
  [entry, (name: unknown) => name !== entry],
])('%s deleted while the dialog is open: nothing is sent', async (gone, keep) => {
  const program = await createPairProgram();
  await on(program, fresh, 'w');
  program.service.services = program.service.services.filter(({ ServiceName }) => keep(ServiceName));
  await program.press('right', 'y');
  await rest();
  expect(program.said()).toBe(`${gone} is gone, or another bears its name now; nothing was sent`);
  expect(program.service.of('ReleaseService')).toEqual([]);
});

test('a weight that somebody else set meanwhile is shown before anything is sent', async () => {
  const program = await createPairProgram();
  await on(program, fresh, 'w');
  program.service.services = wirePair({ fresh: { Weight: 70 }, entry: { Weight: 30 } });
  await program.press('right', 'y');
  await rest();
  expect(program.service.of('ReleaseService')).toEqual([]);
  expect(asked(program)).toContain('! somebody set 20% → 70% meanwhile');
  expect(program.state().dialog?.slider?.value).toBe(21);
  await program.press('y');
  await rest();
  expect(program.service.of('ReleaseService')[0]?.params).toMatchObject({ Weight: 21 });
});

test.each([
  ['denied', 'Forbidden.RAM', 403],
  ['conflict', 'Conflict', 409],
] as const)(
  'a refusal (%s) is told with its code and request, and the old weight stays',
  async (kind, code, status) => {
    const program = await createPairProgram({
      answers: {
        ReleaseService: refusing(kind, code, 'the service refuses', status),
      },
    });
    await on(program, fresh, 'w', 'right', 'y');
    expect(program.said()).toContain(`${code}: the service refuses · request R-refused`);
    expect(program.recorded[0]?.ended).toMatchObject({ outcome: 'refused', code });
    expect(program.state().hopes).toEqual({});
  },
);

test('the weight it has already is not sent; a locked or read-only service is not asked', async () => {
  const program = await createPairProgram();
  await on(program, fresh, 'w', 'y');
  expect(program.said()).toContain('is at 20% already; nothing was sent');

  const locked = await createPairProgram({ services: wirePair({ fresh: { SafetyLock: 'all' } }) });
  await on(locked, fresh, 'w', 'right', 'y');
  expect(locked.said()).toContain('is locked (all)');
  expect(locked.service.of('ReleaseService')).toEqual([]);

  const reading = await createPairProgram({ session: { readOnly: true } });
  await on(reading, fresh, 'w');
  expect(reading.said()).toContain('read-only');
  expect(reading.state().dialog).toBeUndefined();
});

test('in a protected context the name has to be typed after the number was chosen', async () => {
  const program = await createPairProgram({ session: { protected: true } });
  await on(program, fresh, 'w', 'pgup', 'y');
  expect(program.state().dialog).toMatchObject({ word: fresh, slider: undefined });
  expect(asked(program)).toContain('now 20% → 30%');
  expect(program.service.of('ReleaseService')).toEqual([]);
  await program.type(fresh);
  await program.press('tab', 'enter');
  await rest();
  expect(program.service.of('ReleaseService')[0]?.params).toMatchObject({ Weight: 30 });
});

test('a member is taken out of the traffic of its group and back in', async () => {
  const program = await createPairProgram({
    services: [wireService('m', { ServiceGroup: 'g', TrafficState: 'grouping', Weight: 10 })],
  });
  await command(program, 'traffic m standalone');
  expect(asked(program)).toContain('group g sends it no more requests');
  await program.press('y');
  await rest();
  await program.clock.advance(4_000);
  expect(program.messages().some((text) => text.startsWith('set traffic of m grouping→standalone in'))).toBe(true);
  await program.press('u');
  await rest();
  await program.press('y');
  await rest();
  expect(program.service.of('ReleaseService').map(({ params }) => params['TrafficState'])).toEqual([
    'standalone',
    'grouping',
  ]);
  await command(program, 'traffic m sideways');
  expect(program.state().prompt?.error).toBe('"sideways" is neither standalone nor grouping');
});

test.each([
  ['denied', 'Forbidden.RAM', 403],
  ['conflict', 'Conflict', 409],
] as const)('a refused change of the traffic (%s) is told with its code and request', async (kind, code, status) => {
  const program = await createPairProgram({
    services: [wireService('m', { ServiceGroup: 'g', TrafficState: 'grouping' })],
    answers: { ReleaseService: refusing(kind, code, 'the service refuses', status) },
  });
  await command(program, 'traffic m standalone');
  await program.press('y');
  await rest();
  expect(program.said()).toContain(`${code}: the service refuses · request R-refused`);
});

test('a member deleted while its traffic is asked about is left alone', async () => {
  const program = await createPairProgram({
    services: [wireService('m', { ServiceGroup: 'g', TrafficState: 'grouping' }), wireService('other')],
  });
  await command(program, 'traffic m standalone');
  expect(asked(program)).toContain('group g sends it no more requests');
  program.service.services = [wireService('other')];
  await program.press('y');
  await rest();
  expect(program.said()).toContain('m is gone, or another object bears its name now; nothing was sent');
  expect(program.service.of('ReleaseService')).toEqual([]);
});

test('X copies a secret and shows it nowhere', async () => {
  const program = await createPairProgram({
    services: [wireService('m', { AccessToken: 'T0KEN', ServiceConfig: '{"token":"T0KEN","dockerAuth":"AUTH"}' })],
  });
  await on(program, 'm', 'X');
  expect(program.state().menu?.items.map(({ label }) => label)).toEqual(['the token', 'dockerAuth']);
  await program.press('down', 'enter');
  expect(program.copied).toEqual(['AUTH']);
  await command(program, 'copy token m');
  expect(program.copied).toEqual(['AUTH', 'T0KEN']);
  expect(program.said()).toBe('sent the token of m to the clipboard');
  expect(program.messages().join()).not.toMatch(/T0KEN|AUTH/);
});
