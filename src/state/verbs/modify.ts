import type { Service } from '../../api/services.ts';
import { shellWord } from '../../lib/shell.ts';
import { assign } from '../../service-json/assign.ts';
import { instancesIn } from '../../service-json/config.ts';
import { diffConfigs } from '../../service-json/diff.ts';
import { toPatch } from '../../service-json/merge.ts';
import { serviceSchema } from '../../service-json/schema.ts';
import { isSecretKey } from '../../service-json/schema-tree.ts';
import { type JsonObject, valueAt } from '../../service-json/value.ts';
import type { Desk, Verb } from '../desk.ts';
import { asRunning, bodyFor, changeTexts, configOf, scaledApart } from '../service-config.ts';
import { update } from '../service-writes.ts';
import { freshlySame, isFree, serviceNames } from './asked.ts';

export const modify: Verb = {
  id: 'modify',
  title: 'modify parameters',
  keys: ['m'],
  group: 'act',
  hint: 22,
  screen: 'services',
  usage: 'NAME KEY=VALUE …',
  writes: true,
  off: (desk) => (desk.row('services') === undefined ? 'there is no row here' : undefined),
  run(desk, [name, ...assignments]) {
    const wanted = name ?? (desk.row('services') as Service | undefined)?.serviceName;
    if (wanted === undefined || wanted.includes('=')) return 'write :modify NAME KEY=VALUE …, e.g. metadata.cpu=5';
    const seen = desk.find('services', wanted) as Service | undefined;
    if (assignments.length > 0) return propose(desk, wanted, seen, assignments.join(' '));
    const config = seen && configOf(seen);
    desk.ask({
      sign: `modify ${wanted}: `,
      complete: (text) => completeKey(text, config),
      answer: (text) => propose(desk, wanted, seen, text),
    });
    return undefined;
  },
  complete(desk, args) {
    if (args.length === 1) return serviceNames(desk);
    const typed = args.at(-1) ?? '';
    return keys.filter((key) => key.startsWith(typed)).map((key) => `${key}=`);
  },
};

/** What a form would ask for comes first. */
const common = ['metadata.instance', 'metadata.cpu', 'metadata.memory', 'metadata.gpu'];

const plain = serviceSchema
  .filter(({ path, type }) => !path.includes('[]') && !type.includes('object') && !type.includes('map'))
  .map(({ path }) => path)
  .filter((path) => path !== 'name' && !isSecretKey(path));

const keys: readonly string[] = [...new Set([...common, ...plain.filter((path) => path.includes('.rpc.')), ...plain])];

/** Completes the last key of a line with the value it has now, to be changed. */
function completeKey(text: string, config: JsonObject | undefined): string[] {
  const [, head = '', typed = ''] = /^(.*\s)?(\S*)$/.exec(text) ?? [];
  if (typed.includes('=')) return [];
  const fits = keys.filter((key) => key.startsWith(typed) || key.startsWith(`metadata.${typed}`));
  return fits.map((key) => {
    const value = valueAt(config, key.split('.'));
    const now = ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
    return `${head}${key}=${now}`;
  });
}

/** Reads assignments and asks. A text says what is wrong with them. */
async function propose(desk: Desk, name: string, seen: Service | undefined, text: string): Promise<string | undefined> {
  const service = await freshlySame(desk, name, seen);
  if (typeof service === 'string') return service;
  const theirs = configOf(service);
  if (!theirs) return `the service gives no configuration of ${name} that can be read`;
  const now = asRunning(service, theirs);
  const { config: after, set, errors, warnings } = assign(now, text);
  if (errors.length > 0) return errors.join('; ');
  if (set.some(({ path }) => path === 'name' || path === 'metadata.name'))
    return 'a service cannot be renamed: :create makes another one';
  const changes = diffConfigs(now, after);
  if (changes.length === 0) return `${name} has these values already; nothing was sent`;
  const { patch, kind } = bodyFor(service, theirs, after);
  const apart = scaledApart(service, theirs);
  const own = toPatch(now, after).patch;
  const along = apart && kind.kind !== 'scale' && instancesIn(own) === undefined;
  if (!isFree(desk)) return 'something else is open; ask again';
  const action = update({
    name,
    body: patch,
    type: 'merge',
    changes: changeTexts(changes),
    effects: [
      ...(kind.newVersion ? ['a new version is added'] : []),
      ...(along
        ? [`its configuration says ${apart.configured} instances, ${apart.running} run: ${apart.running} is sent along`]
        : []),
      ...warnings.map((warning) => `! ${warning}`),
    ],
    instances: kind.kind === 'scale' ? instancesIn(after) : undefined,
    base: undefined,
    cli: `eascmd modify ${shellWord(name)} ${set.map(asOption).join(' ')}`,
  });
  return desk.perform('services', action, service, 0);
}

/** As eascmd takes it; a secret does not go into the record. */
function asOption({ path, value }: { readonly path: string; readonly value: unknown }): string {
  const shown = isSecretKey(path) ? '***' : typeof value === 'string' ? value : JSON.stringify(value);
  return shellWord(`-D${path}=${shown}`);
}
