import { type Instance, labelInstances, unlabelInstances } from '../../api/instances.ts';
import type { Label } from '../../api/read.ts';
import { labelService, type Service, unlabelService } from '../../api/services.ts';
import { shellWord } from '../../lib/shell.ts';
import { plural } from '../../lib/words.ts';
import type { Action, Api, Receipt, Scope } from '../../screens/define.ts';
import { groupOf, nodeName } from '../../screens/node-actions.ts';
import type { Desk, Verb } from '../desk.ts';
import { nearName } from '../names.ts';
import { topFrame } from '../nav.ts';

/** What is to become of labels. */
interface Change {
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

/** What labels are asked of: services and nodes differ only in this. */
interface Kind<Row> {
  readonly screen: 'services' | 'instances';
  readonly setWith: 'UpdateServiceLabel' | 'UpdateResourceInstanceLabel';
  readonly removeWith: 'DeleteServiceLabel' | 'DeleteResourceInstanceLabel';
  name(row: Row): string;
  id(row: Row): string;
  labels(row: Row): readonly Label[];
  set(api: Api, row: Row, scope: Scope, values: Change['set'], signal: AbortSignal): Promise<Receipt>;
  remove(api: Api, row: Row, scope: Scope, keys: readonly string[], signal: AbortSignal): Promise<Receipt>;
}

const ofServices: Kind<Service> = {
  screen: 'services',
  setWith: 'UpdateServiceLabel',
  removeWith: 'DeleteServiceLabel',
  name: (row) => row.serviceName,
  id: (row) => row.serviceId ?? row.serviceName,
  labels: (row) => row.labels,
  set: (api, row, _scope, values, signal) => labelService(api, row.serviceName, values, signal),
  remove: (api, row, _scope, keys, signal) => unlabelService(api, row.serviceName, keys, signal),
};

const ofNodes: Kind<Instance> = {
  screen: 'instances',
  setWith: 'UpdateResourceInstanceLabel',
  removeWith: 'DeleteResourceInstanceLabel',
  name: nodeName,
  id: (row) => row.instanceId,
  labels: (row) => row.labels,
  set: (api, row, scope, values, signal) => labelInstances(api, groupOf(row, scope), [row.instanceId], values, signal),
  remove: (api, row, scope, keys, signal) => unlabelInstances(api, groupOf(row, scope), [row.instanceId], keys, signal),
};

/** `team=vision stage-`: sets the one, removes the other. A text says what is wrong. */
export function readChange(words: readonly string[]): Change | string {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const word of words) {
    const at = word.indexOf('=');
    if (at > 0) set[word.slice(0, at)] = word.slice(at + 1);
    else if (at < 0 && word.length > 1 && word.endsWith('-')) remove.push(word.slice(0, -1));
    else return `"${word}" is neither KEY=VALUE nor KEY- (which removes it)`;
  }
  const both = remove.find((key) => Object.hasOwn(set, key));
  if (both !== undefined) return `${both} is both set and removed`;
  return words.length === 0 ? 'nothing to change: KEY=VALUE sets a label, KEY- removes it' : { set, remove };
}

const labelValue = (labels: readonly Label[], key: string): string | undefined => {
  const label = labels.find((one) => one.key === key);
  return label && (label.value ?? '');
};

const done = (labels: readonly Label[], { set, remove }: Change): boolean =>
  Object.entries(set).every(([key, value]) => labelValue(labels, key) === value) &&
  remove.every((key) => labelValue(labels, key) === undefined);

/** What puts back the labels a row had before a change. */
function inverse(labels: readonly Label[], { set, remove }: Change): Change {
  const back: Record<string, string> = {};
  const away: string[] = [];
  for (const key of [...Object.keys(set), ...remove]) {
    const before = labelValue(labels, key);
    if (before === undefined) away.push(key);
    else back[key] = before;
  }
  return { set: back, remove: away };
}

const inWords = ({ set, remove }: Change): string =>
  [...Object.entries(set).map(([key, value]) => `${key}=${value}`), ...remove.map((key) => `${key}-`)].join(' ');

/** The action that changes labels; `of` says for each row what is changed, `back` takes all of it back. */
function change<Row>(kind: Kind<Row>, of: (row: Row) => Change, removing: boolean, back?: Action<Row>): Action<Row> {
  return {
    id: 'label',
    title: 'label',
    keys: [],
    operation: removing ? kind.removeWith : kind.setWith,
    asked: true,
    async call(api, row, scope, _input, signal) {
      const { set, remove } = of(row);
      let receipt: Receipt = {};
      // There is an operation for each. What is set comes first: nothing is lost when the second is refused.
      if (Object.keys(set).length > 0) receipt = await kind.set(api, row, scope, set, signal);
      if (remove.length > 0) receipt = await kind.remove(api, row, scope, remove, signal);
      return receipt;
    },
    agrees: (row) => done(kind.labels(row), of(row)),
    goal: (row) => (row ? (done(kind.labels(row), of(row)) ? 'done' : 'pending') : { failed: 'it is gone' }),
    words: (row, _input, tense) => `${tense === 'did' ? 'labelled' : 'label'} ${kind.name(row)} ${inWords(of(row))}`,
    ...(back ? { undo: () => ({ action: back, input: 0 }) } : {}),
    cli: (row) => `# eascmd has no labels: ${kind.setWith} ${shellWord(kind.name(row))} ${shellWord(inWords(of(row)))}`,
  };
}

/** Labels as they can be typed; one with a blank in it cannot. */
const plainLabels = (labels: readonly Label[]): string =>
  labels
    .map(({ key, value }) => `${key}=${value ?? ''}`)
    .filter((text) => !/\s/.test(text))
    .join(' ');

const nothing: Change = { set: {}, remove: [] };

function apply<Row>(desk: Desk, kind: Kind<Row>, rows: readonly Row[], wanted: Change): string | undefined {
  const befores = new Map(rows.map((row) => [kind.id(row), inverse(kind.labels(row), wanted)]));
  const back = change(kind, (row) => befores.get(kind.id(row)) ?? nothing, false);
  const action = change(kind, () => wanted, Object.keys(wanted.set).length === 0, back);
  const frame = topFrame(desk.store.getState());
  const scope = frame.screen === kind.screen ? frame.scope : {};
  return desk.performAll(kind.screen, action as Action<unknown>, rows, 0, scope);
}

function labelVerb<Row>(kind: Kind<Row>, about: Pick<Verb, 'id' | 'title' | 'usage'>): Verb {
  return {
    ...about,
    keys: ['t'],
    group: 'act',
    screen: kind.screen,
    writes: true,
    off: (desk) => (desk.rows(kind.screen).length === 0 ? 'there is no row here' : undefined),
    run(desk, [name, ...words]) {
      const rows = (name === undefined ? desk.rows(kind.screen) : [desk.find(kind.screen, name)]) as (
        | Row
        | undefined
      )[];
      const found = rows.filter((row): row is Row => row !== undefined);
      const [first] = found;
      if (first === undefined)
        return name === undefined
          ? `say of which: :${about.id} NAME`
          : `there is no ${name} among those read${nearName(desk, kind.screen, name)}`;
      if (words.length > 0) {
        const wanted = readChange(words);
        return typeof wanted === 'string' ? wanted : apply(desk, kind, found, wanted);
      }
      const what = found.length === 1 ? kind.name(first) : plural(found.length, 'row');
      desk.ask({
        sign: `labels of ${what} (KEY=VALUE sets, KEY- removes): `,
        initial: found.length === 1 ? plainLabels(kind.labels(first)) : '',
        answer(text) {
          const wanted = readChange(text.trim().split(/\s+/).filter(Boolean));
          return typeof wanted === 'string' ? wanted : apply(desk, kind, found, wanted);
        },
      });
      return undefined;
    },
  };
}

export const labelVerbs: readonly Verb[] = [
  labelVerb(ofServices, { id: 'label', title: 'labels', usage: 'SERVICE KEY=VALUE … KEY- …' }),
  labelVerb(ofNodes, { id: 'node-label', title: 'labels', usage: 'NODE KEY=VALUE … KEY- …' }),
];
