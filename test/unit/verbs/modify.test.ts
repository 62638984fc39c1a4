import { expect, test } from 'vitest';
import { ApiError } from '../../../src/api/errors.ts';
import { openConfig, service } from './config-program.ts';

test('several typed values go as one merge of the changed parameters only', async () => {
  const program = await openConfig();
  await program.command('modify mnist metadata.cpu=5 metadata.instance=10 metadata.rpc.batching=true');
  const lines = await program.yes();
  expect(lines).toContain('a rolling update: its workers are replaced one after the other');
  expect(lines).toContain('~ cpu 1 → 5');
  expect(lines).toContain('~ instances 2 → 10');
  await program.says('accepted');
  expect(program.service.of('UpdateService')[0]?.params).toMatchObject({ ServiceName: 'mnist', UpdateType: 'merge' });
  expect(program.bodies('UpdateService')).toEqual([{ metadata: { cpu: 5, instance: 10, rpc: { batching: true } } }]);
  expect(program.recorded[0]?.entry.cli).toBe(
    'eascmd modify mnist -Dmetadata.cpu=5 -Dmetadata.instance=10 -Dmetadata.rpc.batching=true',
  );
  await program.press('u');
  expect(program.said()).toContain('has no undo');
});

test('only the number of workers: no rolling update, and undo sets it back', async () => {
  const program = await openConfig();
  await program.press('m');
  await program.type('metadata.instance=5');
  await program.press('enter');
  const lines = await program.yes();
  expect(lines).toContain('only the number of workers changes: no rolling update');
  expect(lines).toContain('~ instances 2 → 5');
  await program.says('accepted');
  expect(program.bodies('UpdateService')).toEqual([{ metadata: { instance: 5 } }]);
  await program.press('u');
  await program.until('the undo', () => program.service.of('ScaleService').length === 1);
  expect(program.service.of('ScaleService')[0]?.params).toMatchObject({ ServiceName: 'mnist', Instance: 2 });
});

test('to no worker is said in so many words', async () => {
  const program = await openConfig();
  await program.command('modify mnist metadata.instance=0');
  expect(await program.yes()).toContain('no worker is left: the service stops answering');
});

test('a scaled service keeps the number it runs when something else is changed', async () => {
  const program = await openConfig({
    services: [service('mnist', { metadata: { instance: 2, cpu: 1 } }, { TotalInstance: 5, RunningInstance: 5 })],
  });
  await program.command('modify mnist metadata.cpu=2');
  expect(await program.yes()).toContain('its configuration says 2 instances, 5 run: 5 is sent along');
  await program.says('accepted');
  expect(program.bodies('UpdateService')).toEqual([{ metadata: { cpu: 2, instance: 5 } }]);
});

test('the number in the configuration can be asked for', async () => {
  const program = await openConfig({
    services: [service('mnist', { metadata: { instance: 2, cpu: 1 } }, { TotalInstance: 5, RunningInstance: 5 })],
  });
  await program.command('modify mnist metadata.instance=2');
  expect(await program.yes()).toContain('~ instances 5 → 2');
  await program.says('accepted');
  expect(program.bodies('UpdateService')).toEqual([{ metadata: { instance: 2 } }]);
});

test.each([
  ['modify mnist metadata.cpu=many', /metadata\.cpu: .* is not a number/],
  ['modify mnist metadata.cpu', /is no assignment/],
  ['modify mnist metadata.cpu=1', /has these values already/],
  ['modify mnist name=other', /cannot be renamed/],
  ['modify nobody metadata.cpu=2', /there is no service nobody/],
  ['modify metadata.cpu=2', /write :modify NAME KEY=VALUE/],
])('%s is mended in its line', async (line, said) => {
  const program = await openConfig();
  await program.command(line);
  await program.until(String(said), () => said.test(program.state().prompt?.error ?? ''));
  expect(program.service.of('UpdateService')).toEqual([]);
});

test('an unknown key is warned of, a secret is in no line and no record', async () => {
  const program = await openConfig();
  await program.command('modify mnist metadata.cpus=3 token=hush-hush');
  const lines = await program.yes();
  expect(lines.join('\n')).toContain('! metadata.cpus is not a documented key: did you mean metadata.cpu?');
  await program.says('accepted');
  expect(program.bodies('UpdateService')).toEqual([{ metadata: { cpus: 3 }, token: 'hush-hush' }]);
  expect(JSON.stringify([lines, program.recorded, program.messages()])).not.toContain('hush-hush');
});

test('deleted by somebody else while the question is open: nothing is sent', async () => {
  const program = await openConfig();
  await program.command('modify mnist metadata.cpu=3');
  await program.until('the question', () => program.state().dialog);
  program.service.services = [];
  await program.yes();
  await program.says('is gone, or another object bears its name now; nothing was sent');
  expect(program.service.of('UpdateService')).toEqual([]);
});

test('another service of that name while the question is open: nothing is sent', async () => {
  const program = await openConfig();
  await program.command('modify mnist metadata.cpu=3');
  await program.until('the question', () => program.state().dialog);
  program.service.services = program.service.services.map((one) => ({ ...one, ServiceId: 'eas-m-other' }));
  await program.yes();
  await program.says('nothing was sent');
  expect(program.service.of('UpdateService')).toEqual([]);
});

test.each([
  ['m', 'the line is open', []],
  ['e', 'the row is looked at', ['e']],
])('%s: made anew by somebody else while %s: it is told, and nothing is sent', async (key, _when, more) => {
  const program = await openConfig();
  const anew = (): void => {
    program.service.services = program.service.services.map((one) => ({ ...one, ServiceId: 'eas-m-other' }));
  };
  if (key === 'm') {
    await program.press('m');
    await program.type('metadata.cpu=3');
  }
  anew();
  await program.press(...(key === 'm' ? ['enter'] : more));
  const reason = 'mnist was deleted and made anew meanwhile: look at it and ask again';
  await program.until('the reason', () => program.state().prompt?.error === reason || program.said() === reason);
  expect([program.state().dialog, program.service.of('UpdateService'), program.drafts()]).toEqual([undefined, [], []]);
});

// The line and the menu come before the question; what they were opened on can be gone by then.
test('deleted by somebody else while the line is open: it is told there, and what was typed stays', async () => {
  const program = await openConfig();
  await program.press('m');
  await program.type('metadata.cpu=3');
  program.service.services = [];
  await program.press('enter');
  await program.until('the reason', () => program.state().prompt?.error ?? '');
  expect(program.state().prompt).toMatchObject({ error: 'there is no service mnist', text: 'metadata.cpu=3' });
  expect(program.service.of('UpdateService')).toEqual([]);
});

test('a refusal is told with its code', async () => {
  const program = await openConfig();
  program.service.answers['UpdateService'] = () => {
    throw new ApiError({ kind: 'denied', code: 'Forbidden.RAM', message: 'not authorized', requestId: 'R-9' });
  };
  await program.command('modify mnist metadata.cpu=3');
  await program.yes();
  await program.says(/failed · Forbidden\.RAM: not authorized · request R-9/);
});

test('tab completes a key with the value it has', async () => {
  const program = await openConfig();
  await program.press('m');
  await program.type('metadata.cp');
  await program.press('tab');
  await program.until('the key', () => program.state().prompt?.text === 'metadata.cpu=1');
});
