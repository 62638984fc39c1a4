import { type Instance, listInstances, type NodeWorker, workersOnNode } from '../../api/instances.ts';
import { listResourceGroups } from '../../api/resource-groups.ts';
import { didYouMean, plural } from '../../lib/words.ts';
import type { Action, Scope } from '../../screens/define.ts';
import { cordonWith, drainWith, groupOf, migrateTo, type NodeRow, nodeName } from '../../screens/node-actions.ts';
import type { Desk, Verb } from '../desk.ts';
import { nearName } from '../names.ts';
import { topFrame } from '../nav.ts';

interface Chosen {
  readonly row: NodeRow;
  readonly scope: Scope;
}

/** The node a verb is about: named, or under the cursor. A text says why there is none. */
function chosen(desk: Desk, verb: string, name: string | undefined): Chosen | string {
  if (name === undefined) {
    const rows = desk.rows('instances');
    if (rows.length > 1)
      return `${verb} goes to one node at a time, ${plural(rows.length, 'row')} are marked; \\ clears the marks`;
  }
  const row = (name === undefined ? desk.rows('instances')[0] : desk.find('instances', name)) as NodeRow | undefined;
  if (row === undefined)
    return name === undefined
      ? `say of which node: :${verb} NAME`
      : `there is no node ${name} among those read${nearName(desk, 'instances', name)}; open the nodes of its group first: :nodes GROUP`;
  const frame = topFrame(desk.store.getState());
  const scope = frame.screen === 'instances' ? frame.scope : {};
  return { row, scope: { ...scope, resource: groupOf(row, scope) } };
}

async function all<Row>(pages: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

/** The workers on a node, read now: what a question lists must not be an old list. */
const workersOf = (desk: Desk, { row, scope }: Chosen): Promise<NodeWorker[]> =>
  all(workersOnNode(desk.client, scope['resource'] ?? '', nodeName(row)));

const one = (action: Action<NodeRow>): Action<unknown> => action as Action<unknown>;

const complete = (desk: Desk): readonly string[] =>
  Object.entries(desk.store.getState().sources).flatMap(([key, { rows }]) =>
    key.startsWith('instances{') ? rows.map((row) => nodeName(row as Instance)) : [],
  );

/** Closing with a reason; without one the key `C` does the same at once. */
const cordon: Verb = {
  id: 'cordon',
  title: 'cordon with a reason',
  keys: [],
  group: 'act',
  usage: 'NODE [REASON …]',
  writes: true,
  run(desk, [name, ...words]) {
    const about = chosen(desk, 'cordon', name);
    if (typeof about === 'string') return about;
    const reason = words.join(' ') || 'cordoned with eas-tui';
    return desk.perform('instances', one(cordonWith(reason)), about.row, 0, about.scope);
  },
  complete,
};

const drain: Verb = {
  id: 'drain',
  title: 'drain: move its workers off',
  keys: ['D'],
  group: 'act',
  hint: 22,
  screen: 'instances',
  usage: 'NODE',
  writes: true,
  async run(desk, [name]) {
    const about = chosen(desk, 'drain', name);
    if (typeof about === 'string') return about;
    desk.tell('dim', `reading what runs on ${nodeName(about.row)} …`);
    const [workers, nodes] = await Promise.all([
      workersOf(desk, about),
      all(listInstances(desk.client, about.scope['resource'] ?? '')),
    ]);
    if (!nodes.some(({ instanceId }) => instanceId === about.row.instanceId))
      return `${nodeName(about.row)} is no longer in its group; nothing was sent`;
    const others = nodes.filter(({ instanceId }) => instanceId !== about.row.instanceId);
    return desk.perform('instances', one(drainWith({ workers, others })), about.row, 0, about.scope);
  },
  complete,
};

const migrate: Verb = {
  id: 'migrate',
  title: 'migrate to another group',
  keys: ['m'],
  group: 'act',
  hint: 24,
  screen: 'instances',
  usage: 'NODE [GROUP]',
  writes: true,
  async run(desk, [name, destination]) {
    const about = chosen(desk, 'migrate', name);
    if (typeof about === 'string') return about;
    const groups = await all(listResourceGroups(desk.client));
    const others = groups.filter(({ resourceId }) => resourceId !== about.scope['resource']);
    const go = async (to: string): Promise<string | undefined> => {
      const workers = await workersOf(desk, about).catch(() => undefined);
      return desk.perform('instances', one(migrateTo(to, workers)), about.row, 0, about.scope);
    };
    if (destination !== undefined) {
      if (destination === about.scope['resource']) return `${nodeName(about.row)} is in ${destination} already`;
      return others.some(({ resourceId }) => resourceId === destination)
        ? go(destination)
        : `there is no resource group ${destination}${didYouMean(
            destination,
            others.map(({ resourceId }) => resourceId),
          )}`;
    }
    if (others.length === 0) return 'there is no other resource group to migrate to';
    desk.menu(
      `migrate ${nodeName(about.row)} to`,
      others.map(({ resourceId, resourceName, instanceCount }) => ({
        label: resourceId,
        note: `${resourceName ?? '-'} · ${instanceCount === undefined ? 'nodes not told' : plural(instanceCount, 'node')}`,
      })),
      (index) => {
        const to = others[index]?.resourceId;
        if (to !== undefined) void go(to).then((wrong) => wrong && desk.tell('warn', wrong));
      },
    );
    return undefined;
  },
  complete,
};

export const nodeVerbs: readonly Verb[] = [cordon, drain, migrate];
