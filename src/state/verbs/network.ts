import { basename } from 'node:path';
import type { ResourceGroup } from '../../api/resource-groups.ts';
import type { Action } from '../../screens/define.ts';
import { advice, connectWith, disconnectWith, readConnection, readNetworkFile } from '../../screens/network.ts';
import { groupNow } from '../../screens/resources.ts';
import type { Desk, Verb } from '../desk.ts';
import { nearName } from '../names.ts';
import { completePath, expandPath, roots } from '../path-completion.ts';
import { readText } from '../text-file.ts';

/** A file of this format is a few hundred bytes. */
const limit = 1024 * 1024;

const perform = (desk: Desk, action: Action<ResourceGroup>, row: ResourceGroup): string | undefined =>
  desk.perform('resources', action as Action<unknown>, row, 0);

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function fromFile(desk: Desk, row: ResourceGroup, path: string): Promise<string | undefined> {
  const bytes = await readText(expandPath(path, roots()), limit + 1);
  if (bytes.length > limit) return `${path} is larger than 1 MB: not a network file`;
  const order = readNetworkFile(new TextDecoder().decode(bytes));
  // The path has just been typed: its name is enough, and leaves room for what is wrong.
  if (typeof order === 'string') return `${basename(path)}: ${order}`;
  return perform(
    desk,
    order.action === 'delete' ? disconnectWith(order.warnings) : connectWith(order.connection, order.warnings),
    row,
  );
}

/** Asks for one after the other; what is there now is the proposal. */
function byHand(desk: Desk, row: ResourceGroup): void {
  const { network } = row;
  const given = { vSwitchId: '', securityGroupId: '', vSwitchIdList: '', destinationCidrs: '' };
  const steps: readonly (readonly [key: keyof typeof given, sign: string, initial: string])[] = [
    ['vSwitchId', 'vSwitch to connect to (vsw-…): ', network.vSwitchId ?? ''],
    ['securityGroupId', 'security group of the callers (sg-…): ', network.securityGroupId ?? ''],
    [
      'vSwitchIdList',
      'further vSwitches of its VPC, with blanks between (may stay empty): ',
      network.auxVSwitches.join(' '),
    ],
    ['destinationCidrs', 'destination range, like 192.168.0.0/16 (may stay empty): ', network.destinationCidrs ?? ''],
  ];
  const ask = (place: number): void => {
    const step = steps[place];
    if (!step) return;
    const [key, sign, initial] = step;
    desk.ask({
      sign,
      initial,
      answer(text) {
        given[key] = text.trim();
        const whole = place === steps.length - 1;
        // What is wrong is said where it is asked for: what is not asked for yet is taken as right.
        const read = readConnection({
          vSwitchId: given.vSwitchId,
          securityGroupId: place < 1 ? 'sg-later' : given.securityGroupId,
          vSwitchIdList: given.vSwitchIdList.split(/[\s,]+/).filter(Boolean),
          destinationCidrs: given.destinationCidrs,
        });
        if (typeof read === 'string') return read;
        if (!whole) {
          ask(place + 1);
          return undefined;
        }
        return perform(desk, connectWith(read.connection, read.warnings), row);
      },
    });
  };
  ask(0);
}

function choose(desk: Desk, row: ResourceGroup): void {
  const there = row.network.vSwitchId !== undefined;
  const items = [
    {
      label: there ? 'change' : 'connect',
      note: there ? `now ${row.network.vSwitchId}` : 'to a vSwitch of your VPC',
      run: () => byHand(desk, row),
    },
    {
      label: 'from a file',
      note: 'as eascmd resource network -s takes it',
      run: () =>
        desk.ask({
          sign: 'network file: ',
          complete: (text) => completePath(text, roots()),
          answer: (text) => fromFile(desk, row, text.trim()).catch(said),
        }),
    },
    {
      label: 'disconnect',
      note: there ? 'take the connection away' : 'nothing is connected now',
      run: () => {
        const wrong = perform(desk, disconnectWith([]), row);
        if (wrong) desk.tell('warn', wrong);
      },
    },
    {
      label: 'what to know first',
      note: 'ENI, security group, ranges',
      run: () => {
        desk.page('network-advice', {
          title: `direct connection of ${row.resourceId}`,
          sections: [{ title: 'What to know first', lines: advice.map((text) => ({ text })) }],
        });
        desk.show('network-advice');
      },
    },
  ];
  desk.menu(`direct connection of ${row.resourceId}`, items, (index) => items[index]?.run());
}

/** The direct connection of a resource group: dialog, or `:network ID -s FILE` as eascmd has it. */
export const networkVerb: Verb = {
  id: 'network',
  title: 'direct connection',
  keys: ['N'],
  group: 'act',
  hint: 20,
  screen: 'resources',
  usage: 'GROUP [-s FILE]',
  writes: true,
  takesPath: (args) => args[1] === '-s' && args.length > 2,
  off: (desk) => (desk.row('resources') === undefined ? 'there is no resource group here' : undefined),
  async run(desk, [name, flag, ...path]) {
    const here = desk.row('resources') as ResourceGroup | undefined;
    const id = name ?? here?.resourceId;
    if (id === undefined) return 'say of which group: :network GROUP -s FILE';
    if (name === undefined && desk.rows('resources').length > 1) return 'one group at a time; \\ clears the marks';
    if (flag !== undefined && (flag !== '-s' || path.length === 0)) return 'write :network GROUP -s FILE';
    // Read now: what is connected at this moment is what the question compares with.
    const row = await groupNow(desk.client, id);
    if (row === undefined) return `there is no resource group ${id}${nearName(desk, 'resources', id)}`;
    if (flag !== undefined) return fromFile(desk, row, path.join(' '));
    choose(desk, row);
    return undefined;
  },
  complete: (desk, args) =>
    args.length > 1
      ? []
      : Object.entries(desk.store.getState().sources).flatMap(([key, { rows }]) =>
          key.startsWith('resources{') ? rows.map((row) => (row as ResourceGroup).resourceId) : [],
        ),
};
