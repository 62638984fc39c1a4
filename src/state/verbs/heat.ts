import { type Instance, listInstances, type NodeWorker, workersOnNode } from '../../api/instances.ts';
import type { ResourceGroup } from '../../api/resource-groups.ts';
import { heatSections } from '../../screens/fit.ts';
import type { Desk, Verb } from '../desk.ts';
import { topFrame } from '../nav.ts';

/** Up to so many nodes who uses them is read at once; for more it has to be asked for. */
const few = 12;
/** How many nodes are asked for their workers at a time. */
const atATime = 4;

/** The page of one group. What is read for it after it was left or read anew changes nothing. */
async function open(desk: Desk, group: string): Promise<void> {
  const nodes: Instance[] = [];
  for await (const page of listInstances(desk.client, group)) nodes.push(...page);
  const at = desk.clock.now();
  const workers = new Map<string, readonly NodeWorker[] | string>();
  let reading = false;

  const isShown = (): boolean => desk.store.getState().pages['heat']?.keys === keys;
  const draw = (): void =>
    desk.page('heat', { title: `heat(${group})[${nodes.length}]`, sections: heatSections(nodes, workers, at), keys });

  const readOne = async (node: Instance): Promise<void> => {
    try {
      const found: NodeWorker[] = [];
      for await (const page of workersOnNode(desk.client, group, node.instanceName ?? node.instanceId))
        found.push(...page);
      workers.set(node.instanceId, found);
    } catch (error) {
      workers.set(node.instanceId, `not read: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (isShown()) draw();
  };
  const readAll = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    const waiting = [...nodes];
    const lane = async (): Promise<void> => {
      for (let node = waiting.shift(); node && onTop(); node = waiting.shift()) await readOne(node);
    };
    await Promise.all(Array.from({ length: atATime }, lane));
    reading = false;
  };
  const onTop = (): boolean => {
    const frame = topFrame(desk.store.getState());
    return isShown() && frame.kind === 'view' && frame.row === 'heat';
  };
  const keys = [
    { id: 'heat-who', keys: ['w'], title: 'who uses them', group: 'view' as const, hint: 1, run: () => void readAll() },
    {
      id: 'heat-again',
      keys: ['r'],
      title: 'read anew',
      group: 'view' as const,
      hint: 2,
      run: () => void open(desk, group).catch((error: unknown) => desk.tell('bad', String(error))),
    },
  ];
  draw();
  desk.show('heat');
  if (nodes.length <= few) void readAll();
}

const verb = (about: Pick<Verb, 'id' | 'screen' | 'keys'>, groupHere: (desk: Desk) => string | undefined): Verb => ({
  ...about,
  title: 'heat map of the nodes',
  group: 'view',
  hint: 12,
  usage: 'GROUP',
  writes: false,
  async run(desk, [name]) {
    const group = name ?? groupHere(desk);
    if (group === undefined) return 'say of which resource group: :heat GROUP';
    await open(desk, group);
    return undefined;
  },
  complete: (desk) =>
    Object.entries(desk.store.getState().sources).flatMap(([key, { rows }]) =>
      key.startsWith('resources{') ? rows.map((row) => (row as ResourceGroup).resourceId) : [],
    ),
});

const groupUnderCursor = (desk: Desk): string | undefined =>
  (desk.row('resources') as ResourceGroup | undefined)?.resourceId;
const groupOfTable = (desk: Desk): string | undefined => topFrame(desk.store.getState()).scope['resource'];

/** How full the nodes of a group are: from its nodes, and from the list of groups. */
export const heatVerbs: readonly Verb[] = [
  verb({ id: 'heat', screen: 'instances', keys: ['H'] }, (desk) => groupOfTable(desk) ?? groupUnderCursor(desk)),
  verb({ id: 'group-heat', screen: 'resources', keys: ['H'] }, groupUnderCursor),
];
