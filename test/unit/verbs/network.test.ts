import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCidrs, readCidr, readNetworkFile } from '../../../src/screens/network.ts';
import { type Live, openOn } from './live.ts';

/** The file of the eascmd reference, with ids in the place of its stars. */
const file = {
  Action: 'create',
  VSwitchId: 'vsw-8vbsunr5bkcbyxh94',
  SecurityGroupId: 'sg-8vbhwowdxzx5fjcx',
  VSwitchIdList: ['vsw-8xbsunr5abcbyqh93', 'vsw-8xbs1y7gu6cxbvqzw'],
  DestinationCIDR: '192.168.0.0/16',
};
const read = (change: object) => readNetworkFile(JSON.stringify({ ...file, ...change }));

describe('a network file', () => {
  it('of the reference is read, with its range under its new name', () => {
    expect(read({})).toEqual({
      action: 'create',
      warnings: [],
      connection: {
        vSwitchId: file.VSwitchId,
        securityGroupId: file.SecurityGroupId,
        vSwitchIdList: file.VSwitchIdList,
        destinationCidrs: '192.168.0.0/16',
      },
    });
  });

  it('that deletes needs nothing else', () => {
    expect(readNetworkFile('{"Action":"delete"}')).toEqual({ action: 'delete', warnings: [] });
  });

  it('may leave out what is not required', () => {
    const order = read({ VSwitchIdList: undefined, DestinationCIDR: undefined });
    expect(order).toMatchObject({ connection: { vSwitchIdList: [], destinationCidrs: '' } });
  });

  it.each([
    ['{', /not JSON/],
    ['[]', /not a JSON object/],
    ['{}', /Action is missing/],
    ['{"Action":"remove"}', /neither "create" nor "delete"/],
    [JSON.stringify({ ...file, VSwitchId: '' }), /VSwitchId is missing/],
    [JSON.stringify({ ...file, SecurityGroupId: 4 }), /SecurityGroupId is missing/],
    [JSON.stringify({ ...file, VSwitchIdList: 'vsw-1' }), /not a list/],
    [JSON.stringify({ ...file, DestinationCIDR: ['1.2.3.0/24'] }), /not a text/],
    [JSON.stringify({ ...file, DestinationCIDR: '192.XX.XX.XX/16' }), /192\.XX\.XX\.XX\/16.*not a range/],
    [JSON.stringify({ ...file, DestinationCIDRs: '172.16.0.0/16' }), /both given and differ/],
  ])('%s is refused with a word on it', (text, words) => {
    expect(readNetworkFile(text)).toMatch(words);
  });

  it('with a key nobody knows is read with a warning that names the key meant', () => {
    const order = read({ VSwitchIdLst: [], Comment: 'x' });
    expect(typeof order === 'string' ? order : order.warnings).toEqual([
      expect.stringMatching(/"VSwitchIdLst".*VSwitchIdList/),
      expect.stringMatching(/"Comment"/),
    ]);
  });

  it.each([
    ['10.0.0.0/8', 3],
    ['10.224.3.0/24', 2],
    ['0.0.0.0/0', 3],
    ['11.0.0.0/8', 0],
    ['9.255.255.255/32', 0],
    ['10.241.0.0/16', 1],
  ])('range %s clashes with %i of those to avoid', (range, clashes) => {
    const { error, warnings } = checkCidrs(range);
    expect(error).toBeUndefined();
    expect(warnings.join().match(/10\.\d+\.0\.0\/(8|16)(?=, |, which)/g)?.length ?? 0).toBe(clashes);
  });

  it.each(['192.168.0.0', '192.168.0.0/33', '192.168.0.256/24', '::1/64', '1.2.3.4/24,'])('%s is no range', (text) => {
    expect(checkCidrs(text).error).toBeDefined();
  });

  it('sees a range that does not begin at its first address', () => {
    expect(readCidr('192.168.1.1/16')).toMatchObject({ loose: true });
    expect(checkCidrs('192.168.1.1/16').warnings).toHaveLength(1);
    expect(checkCidrs('192.168.0.0/16,172.16.0.0/12')).toEqual({ warnings: [] });
  });
});

function group(live: Live) {
  const [first] = [...live.emulator.model.resources.values()].filter(({ network }) => network === undefined);
  const any = first ?? [...live.emulator.model.resources.values()][0];
  if (!any) throw new Error('there is no group');
  any.network = undefined;
  return any;
}

const saved = (content: object): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'network-')), 'network.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
};

describe(':network', () => {
  it('connects a group as the file says, warns of a clash, and follows until it is so', async () => {
    const live = await openOn();
    const target = group(live);
    live.command(`network ${target.id} -s ${saved({ ...file, DestinationCIDR: '10.224.1.0/24' })}`);
    const lines = (await live.yes()).join('\n');
    expect(lines).toMatch(/overlaps with 10\.0\.0\.0\/8, 10\.224\.0\.0\/16/);
    expect(lines).toMatch(/never delete it/);
    expect(lines).toMatch(/security group/);
    await live.told(/connected .* in /);
    expect(live.asked('UpdateResourceDLink')[0]?.params).toMatchObject({
      VSwitchId: file.VSwitchId,
      VSwitchIdList: file.VSwitchIdList,
      DestinationCIDRs: '10.224.1.0/24',
    });
    expect(live.asked('UpdateResourceDLink')[0]?.params).not.toHaveProperty('Action');
  });

  it('takes a connection away after the id was typed', async () => {
    const live = await openOn();
    const target = group(live);
    target.network = { vpcId: 'vpc-1', vswitchId: 'vsw-1', securityGroupId: 'sg-1', cidrs: '', aux: [] };
    live.command(`network ${target.id} -s ${saved({ Action: 'delete' })}`);
    expect((await live.yes()).join('\n')).toContain('vsw-1');
    await live.told(/disconnected .* in /);
    expect(target.network).toBeUndefined();
  });

  it('says what is wrong with a file that is not there', async () => {
    const live = await openOn();
    live.command(`network ${group(live).id} -s /nowhere/network.json`);
    await live.until('the reason', ({ prompt }) => /network\.json/.test(prompt?.error ?? ''));
    expect(live.asked()).toEqual([]);
  });

  it('asks for one after the other from the table, with what is there as the proposal', async () => {
    const live = await openOn();
    const target = group(live);
    target.network = { vpcId: 'vpc-1', vswitchId: 'vsw-1', securityGroupId: 'sg-1', cidrs: '', aux: [] };
    await live.goTo('resources', 'resources', target.id);
    await live.pressWhenOn('N');
    await live.until('the menu', ({ menu }) => menu !== undefined);
    live.press('enter');
    await live.until('the vSwitch', ({ prompt }) => prompt?.text === 'vsw-1');
    live.press('enter');
    await live.until('the security group', ({ prompt }) => prompt?.text === 'sg-1');
    live.press('enter');
    await live.answer('vsw-2 vsw-3');
    await live.answer('nonsense');
    await live.until('the reason', ({ prompt }) => /not a range/.test(prompt?.error ?? ''));
    await live.answer('172.16.0.0/12');
    await live.yes();
    await live.told(/connected .* in /);
    expect(target.network).toMatchObject({ vswitchId: 'vsw-1', aux: ['vsw-2', 'vsw-3'], cidrs: '172.16.0.0/12' });
  });
});
