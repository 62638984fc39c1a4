import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
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

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7', '--speed', '20');
});
afterAll(() => fleet.close());

const long = { timeout: 25_000 };

/** Opens the resource groups and gives their ids by name. */
async function groups(terminal: Terminal): Promise<(name: string) => string> {
  await command(terminal, 'resources');
  await terminal.waitFor(/resources\(cn-shanghai\)\[3\]/);
  await terminal.waitFor(/eas-r-\w+ .*eas-r-\w+ .*eas-r-\w+ /s);
  // As they stand there now: other columns may cut them short later.
  const text = terminal.text();
  return (name) => new RegExp(`(eas-r-\\w+) +${name}`).exec(text)?.[1] ?? `no group ${name}`;
}

/** Opens the nodes of a group and gives their names as shown. */
async function nodes(terminal: Terminal, group: string): Promise<string[]> {
  await command(terminal, `nodes ${group}`);
  await terminal.waitFor(new RegExp(`instances\\(${group}\\)`));
  await terminal.waitFor(/│ eas\d+ /);
  return [...terminal.text().matchAll(/│ (eas\d+) /g)].map(([, name]) => name ?? '');
}

function networkFile(content: object): string {
  const inside = mkdtempSync(join(tmpdir(), 'network-'));
  onTestFinished(() => rmSync(inside, { recursive: true, force: true }));
  const path = join(inside, 'network.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

test('groups, their nodes and a description say without colour what eascmd says, and what is free', async () => {
  const terminal = await openServices({ on: fleet, cols: 240, rows: 60, env: { NO_COLOR: '1' } });
  const id = await groups(terminal);
  // The sums stand in the title, each amount beside its bar, each status with its sign.
  expect(terminal.text()).toMatch(/resources\(cn-shanghai\)\[3\] · gpu \d+\/\d+ · cpu \d+\/\d+ · mem \d+G\/\d+G/);
  expect(rowOf(terminal, id('gpu_a10_p'))).toMatch(/✓ ResourceReady +2 +[█░]{4} \d+\/128 +[█░]{4} \d+\/8 +/);
  // A group without GPUs has no bar, and no fraction of nothing.
  expect(rowOf(terminal, id('spare_pool'))).toMatch(/ 0\/0 +░{4} 0M\/128G/);
  // By what is free of the GPUs: the columns are ID, NAME, STATUS, NODES, CPU, GPU, MEM, FREE.
  terminal.key('>*7', 'O', 'O');
  await terminal.waitFor(() => terminal.screen().findIndex((line) => line.includes(id('gpu_a10_p'))) === 6);
  terminal.key('W');
  await terminal.waitFor(/ID.* STATUS .* NODES .* FREE CPU\/GPU\/MEM.* REGION .* OWNER .* CREATED/);
  expect(terminal.text()).toMatch(/ cn-shanghai .* \d{4}-\d\d-\d\d \d\d:\d\d:\d\d /);
  terminal.key('W');
  await terminal.waitGone(/ OWNER /);

  await moveTo(terminal, id('gpu_a10_p'));
  const group = id('gpu_a10_p');
  terminal.key('d');
  await terminal.waitFor(/VSwitchId +vsw-\w+/);
  const names = [
    'Basic',
    'ResourceName',
    'Region',
    'CpuCount',
    'GpuCount',
    'instanceCount',
    'CreateTime',
    'LastStatus',
  ];
  const more = ['Message', 'RoleArn', 'Network', 'VpcId', 'VSwitchId', 'SecurityGroupId', 'DestinationCIDR'];
  const places = [...names, ...more, 'AuxVSwitchList'].map((name) =>
    terminal.text().search(new RegExp(`^│ +${name}(?= )`, 'm')),
  );
  expect(places.every((place, at) => place > (places[at - 1] ?? 0))).toBe(true);
  expect(terminal.text()).toMatch(/AuxVSwitchList +\[.*\]/);
  terminal.key('esc');
  await terminal.waitFor(/resources\(cn-shanghai\)/);

  const [node = ''] = await nodes(terminal, group);
  expect(terminal.text()).toMatch(/instances\(eas-r-\w+\)\[2\] · gpu \d+\/8 · cpu \d+\/128 · mem \d+G\/512G/);
  terminal.key('W');
  await terminal.waitFor(/NAME.* IP .* STATUS .* CPU USED .* GPU USED .* MEM USED .* TYPE .* CHARGE/);
  expect(rowOf(terminal, node)).toMatch(
    /\d+\.\d+\.\d+\.\d+ +✓ Ready +[█░]{4} \d+\/64 +[█░]{4} \d\/4 +[█░]{4} \d+G\/256G/,
  );
  expect(rowOf(terminal, node)).toMatch(/ecs\.\S+ +P(re|ost)Paid/);
});

test('a node is closed by key and with a reason, opened again, labelled, and emptied only after its name was typed', async () => {
  const terminal = await openServices({ on: fleet, cols: 200, rows: 40 });
  const id = await groups(terminal);
  const group = id('online_cpu');
  const [node = ''] = await nodes(terminal, group);
  await moveTo(terminal, node);
  await pressWhenOn(terminal, 'C');
  await terminal.waitFor(new RegExp(`✓ cordoned ${node}: it takes no new workers`), long);
  await terminal.waitFor(() => /closed/.test(rowOf(terminal, node)));
  terminal.key('u');
  await terminal.waitFor(new RegExp(`✓ uncordoned ${node}`), long);
  await command(terminal, `cordon ${node} fan is broken`);
  await terminal.waitFor(new RegExp(`✓ cordoned ${node}`), long);
  terminal.key('d');
  await terminal.waitFor(/Last cordon +fan is broken by /);
  terminal.key('esc');
  await terminal.waitFor(/instances\(/);
  await pressWhenOn(terminal, 'I');
  await terminal.waitFor(new RegExp(`✓ uncordoned ${node}`), long);

  await command(terminal, `node-label ${node} rack=r7`);
  await terminal.waitFor(new RegExp(`✓ labelled ${node} rack=r7`), long);

  // What is refused is told, and the node stays as it was.
  await fleet.trouble('denied:UpdateResourceInstance');
  onTestFinished(() => fleet.trouble());
  terminal.key('C');
  await terminal.waitFor(/cordon .* failed · Forbidden\.RAM/);
  await fleet.trouble();
  expect(rowOf(terminal, node)).toMatch(/✓ Ready/);

  await pressWhenOn(terminal, 'D');
  await terminal.waitFor(`type ${node} to go on`);
  expect(terminal.text()).toMatch(/\d workers? will move: \S+ \(\w+\)/);
  expect(terminal.text()).toMatch(/of the group\s+│?[\s│]*\(estimate\)|no room by cpu and gpu/);
  // A yes is a letter here, and Enter is on Cancel.
  terminal.type('y');
  await terminal.waitFor(/> y/);
  terminal.key('enter');
  await terminal.waitGone(`type ${node} to go on`);
  await pressWhenOn(terminal, 'D');
  await terminal.waitFor(`type ${node} to go on`);
  terminal.type(node);
  await terminal.waitFor(`> ${node}`);
  terminal.key('tab');
  await terminal.waitFor(() => focused(terminal, 'drain'));
  terminal.key('enter');
  await terminal.waitFor(new RegExp(`✓ drained ${node}: no worker is left on it`), { timeout: 40_000 });

  // Empty now, it can go to another group: chosen from those there are.
  terminal.key('m');
  await terminal.waitFor(`migrate ${node} to`);
  expect(terminal.text()).not.toContain(`  ${group} `);
  await terminal.waitFor(/spare_pool · \d nodes/);
  const chosen = (): boolean =>
    terminal.screen().some((line, y) => line.includes('spare_pool ·') && /[❯>]/.test(terminal.line(y)));
  if (!chosen()) terminal.key('down');
  await terminal.waitFor(chosen);
  terminal.key('enter');
  await terminal.waitFor(`type ${node} to go on`);
  expect(terminal.text()).toMatch(/the node leaves \S+ and joins/);
  expect(terminal.text()).toContain('no worker is on it now');
  terminal.type(node);
  await terminal.waitFor(`> ${node}`);
  terminal.key('tab', 'enter');
  await terminal.waitFor(new RegExp(`✓ migrated ${node} to eas-r-`), long);
  await terminal.waitFor(() => rowOf(terminal, node) === '' || rowOf(terminal, node).includes('gone'));

  const asked = (await fleet.asked('UpdateResourceInstance')).map(({ params, status }) =>
    status === 200 ? params['Action'] : status,
  );
  expect(asked).toEqual(['Cordon', 'Uncordon', 'Cordon', 'Uncordon', 403, 'Drain']);
  const sent = ledger(terminal).filter(({ event }) => event === 'sent');
  expect(sent).toHaveLength(8);
  expect(sent.map(({ cli }) => String(cli)).every((cli) => cli.startsWith('# eascmd has no '))).toBe(true);
});

test('a group is connected by a file of eascmd, changed in the dialog and disconnected, each followed to its end', async () => {
  const terminal = await openServices({ on: fleet, cols: 160, rows: 45 });
  const id = await groups(terminal);
  const group = id('spare_pool');
  const seed = {
    VSwitchId: 'vsw-8vbsunr5bkcbyxh94aaaa',
    SecurityGroupId: 'sg-8vbhwowdxzx5fjcxaaaa',
    VSwitchIdList: ['vsw-8xbsunr5abcbyqh93aaaa', 'vsw-8xbs1y7gu6cxbvqzwaaaa'],
  };
  await command(
    terminal,
    `network ${group} -s ${networkFile({ Action: 'create', ...seed, DestinationCIDR: '192.168.0.0/33' })}`,
  );
  await terminal.waitFor(/DestinationCIDR: "192\.168\.0\.0\/33" has /);
  terminal.key('esc');
  await terminal.waitGone('DestinationCIDR: ');

  const file = networkFile({ Action: 'create', ...seed, DestinationCIDR: '10.224.0.0/16', VSwitchld: 'vsw-1' });
  await command(terminal, `network ${group} -s ${file}`);
  await terminal.waitFor(/overlaps with .*10\.224\.0\.0\/16/);
  const question = terminal.text();
  expect(question).toContain('VSwitchld');
  expect(question).toMatch(/never\s+[│\s]*delete/);
  expect(question).toMatch(/security\s+[│\s]*group/);
  terminal.key('y');
  await terminal.waitFor(new RegExp(`✓ connected ${group} to ${seed.VSwitchId}`), long);

  await moveTo(terminal, group);
  await pressWhenOn(terminal, 'N');
  await terminal.waitFor(`> change`);
  terminal.key('enter');
  await terminal.waitFor(/vSwitch to connect to .*vsw-8vbsunr5bkcbyxh94aaaa/);
  terminal.key('enter');
  await terminal.waitFor(/security group of the callers .*sg-8vbhwowdxzx5fjcxaaaa/);
  terminal.key('enter');
  await terminal.waitFor(/further vSwitches/);
  terminal.key('enter');
  await terminal.waitFor(/destination range.*10\.224\.0\.0\/16/);
  terminal.key('ctrl-u');
  terminal.type('172.16.5.0');
  terminal.key('enter');
  await terminal.waitFor(/"?172\.16\.5\.0"? /);
  expect(terminal.text()).not.toContain(' Cancel ');
  terminal.type('/24');
  await terminal.waitFor('172.16.5.0/24');
  terminal.key('enter');
  await terminal.waitFor(' Cancel ');
  expect(terminal.text()).not.toContain('overlaps');
  terminal.key('y');
  await terminal.waitFor(new RegExp(`✓ connected ${group}`), long);
  terminal.key('d');
  await terminal.waitFor(/DestinationCIDR +172\.16\.5\.0\/24/);
  expect(terminal.text()).toMatch(/AuxVSwitchList +\[vsw-8xbsunr5abcbyqh93aaaa vsw-8xbs1y7gu6cxbvqzwaaaa\]/);
  terminal.key('esc');
  await terminal.waitFor(/resources\(cn-shanghai\)/);

  await command(terminal, `network ${group} -s ${networkFile({ Action: 'delete' })}`);
  await terminal.waitFor(`type ${group} to go on`);
  terminal.type(group);
  await terminal.waitFor(`> ${group}`);
  terminal.key('tab');
  await terminal.waitFor(() => focused(terminal, 'disconnect'));
  terminal.key('enter');
  await terminal.waitFor(new RegExp(`✓ disconnected ${group} from its VPC`), long);
  expect((await fleet.written()).map(({ operation }) => operation).filter((name) => /DLink/.test(name))).toEqual([
    'UpdateResourceDLink',
    'UpdateResourceDLink',
    'DeleteResourceDLink',
  ]);
  expect(
    ledger(terminal)
      .filter(({ event }) => event === 'sent')
      .at(-1)?.['cli'],
  ).toBe(`echo '{"Action":"delete"}' > network.json && eascmd resource network ${group} -s network.json`);
});

test('at 80 columns: whether more workers fit, while staging too, and what each node has left and who uses it', async () => {
  const terminal = await openServices({ on: fleet, env: { NO_COLOR: '1' } });
  const before = (await fleet.written()).length;
  await command(terminal, 'fit ner_chinese_bert +9');
  await terminal.waitFor('Will 9 more of ner_chinese_bert fit?');
  expect(terminal.text()).toMatch(/Estimate +(no|yes|only|\d)/);
  expect(terminal.text()).toMatch(/A worker takes +6 cpu, 1 gpu, /);
  terminal.key('-');
  await terminal.waitFor('Will 8 more of ner_chinese_bert fit?');
  terminal.key('G');
  await terminal.waitFor(/core/);
  terminal.key('esc');
  await terminal.waitFor(/services\(cn-shanghai\)/);

  await moveTo(terminal, 'ner_chinese_bert');
  terminal.key('+');
  await terminal.waitFor(/1 staged: .* · 1 more fits \(estimate\)/);
  terminal.key('F');
  await terminal.waitFor(/Will 1 more of ner_chinese_bert fit\?/);
  terminal.key('esc');
  await terminal.waitFor('1 staged:');
  terminal.key('esc');
  await terminal.waitGone('1 staged:');

  await command(terminal, 'resources');
  await terminal.waitFor(/resources\(cn-shanghai\)/);
  // The group with GPUs: the one that has a bar for them.
  const gpu = (): string => terminal.screen().find((line) => /[█░]{4} \d\/8 /.test(line)) ?? '';
  await terminal.waitFor(() => gpu() !== '' && underCursor(terminal) !== '');
  const from = terminal.screen().indexOf(underCursor(terminal));
  const to = terminal.screen().indexOf(gpu());
  if (to !== from) terminal.key(`${to > from ? 'down' : 'up'}*${Math.abs(to - from)}`);
  await terminal.waitFor(() => underCursor(terminal) === gpu());
  terminal.key('H');
  await terminal.waitFor(/NODE +GPU +MEMORY +CPU/);
  expect(terminal.text()).toMatch(/eas\d+ +[█+░]{4} +\d\/4 +[█+░]{8} \d+G\/256G +\d+% \d+\/64/);
  await terminal.waitFor(/llm_qwen_chat ×1 \(24 cpu, 2 gpu\)/);
  expect(terminal.text()).toContain('█ taken');
  terminal.key('esc');
  await terminal.waitFor(/resources\(cn-shanghai\)/);
  terminal.key('enter');
  // A title that is too long says so: 234G/51 would be another number.
  await terminal.waitFor(/┌─ instances\(eas-r-\w+\)\[2\] · gpu \d\/8 · cpu .*… ─┐/);
  expect((await fleet.written()).length).toBe(before);
});

test('one worker is taken out of the traffic and put back, restarted, ended, and detached only after its name was typed', async () => {
  const name = 'ctr_deepfm';
  const terminal = await openServices({ on: fleet, cols: 200, rows: 30 });
  await command(terminal, `workers ${name}`);
  await terminal.waitFor(`workers(${name})[3]`);
  const workers = (): string[] =>
    [...terminal.text().matchAll(/│ +(ctr-deepfm-\S+|ctr_deepfm-\S+)/g)].map(([, one]) => one ?? '');
  await terminal.waitFor(() => workers().length === 3);
  const [first = '', second = '', third = ''] = workers();

  await moveTo(terminal, first);
  await pressWhenOn(terminal, 'i');
  await terminal.waitFor(new RegExp(`✓ isolated ${first}: it runs on and gets no traffic`), long);
  await terminal.waitFor(() => /isolated/i.test(rowOf(terminal, first)));
  terminal.key('u');
  await terminal.waitFor(new RegExp(`✓ put ${first} back`), long);
  await terminal.waitFor(() => !/isolated/i.test(rowOf(terminal, first)));

  await moveTo(terminal, second);
  await pressWhenOn(terminal, 'r');
  await terminal.waitFor('it keeps its name and');
  expect(terminal.text()).toContain('its share of the traffic goes to 2 other ready workers');
  expect(focused(terminal, 'Cancel')).toBe(true);
  terminal.key('y');
  await terminal.waitFor(new RegExp(`✓ restarted worker ${second}`), long);

  await moveTo(terminal, second);
  await pressWhenOn(terminal, 'ctrl-d');
  await terminal.waitFor('the service starts another in its place');
  terminal.key('y');
  await terminal.waitFor(new RegExp(`✓ deleted worker ${second}`), long);
  await terminal.waitFor(() => workers().length === 3 && !workers().includes(second), long);

  await moveTo(terminal, third);
  await pressWhenOn(terminal, 'D');
  await terminal.waitFor(/CANNOT BE UNDONE/);
  await terminal.waitFor(`type ${third} to go on`);
  terminal.type(third);
  await terminal.waitFor(`> ${third}`);
  terminal.key('tab', 'enter');
  await terminal.waitFor(new RegExp(`✓ detached ${third}`), long);
  terminal.key('u');
  await terminal.waitFor(/no undo/);

  const sent = ledger(terminal).filter(({ event }) => event === 'sent');
  expect(sent.map(({ cli }) => String(cli).replace(/# eascmd cannot do this: /, ''))).toEqual([
    `UpdateServiceInstance ${name} ${first} Isolate=true`,
    `UpdateServiceInstance ${name} ${first} Isolate=false`,
    `DeleteServiceInstances ${name} ${second} SoftRestart=true`,
    `eascmd dw ${name} ${second}`,
    `UpdateServiceInstance ${name} ${third} Detach=true`,
  ]);
});
