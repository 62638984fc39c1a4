import { describeDlink } from '../api/resource-groups.ts';
import { releaseService, type Service, switchVersion } from '../api/services.ts';
import { shellWord } from '../lib/shell.ts';
import { statusTone } from './columns.ts';
import type { Action, Api, Confirm } from './define.ts';

/** Two services that share one entry: traffic that comes to `entry` is divided between it and `fresh`. */
export interface Pair {
  /** The older service, whose endpoint stays the entry through every later release. */
  readonly entry: string;
  /** The newer service; a release names it and gives the percentage it takes. */
  readonly fresh: string;
}

/** What is known of the pair a service belongs to; `ask` when which one is new cannot be told from the names. */
export type Pairing =
  | { readonly kind: 'pair'; readonly pair: Pair }
  | { readonly kind: 'ask'; readonly choices: readonly Pair[]; readonly why: string }
  | { readonly kind: 'none' };

/** The name of a new service is documented as the old one's with a random suffix; how that is made is not. */
const isLonger = (name: string, other: string): boolean => name.length > other.length && name.startsWith(other);

/** Finds out with which service this one shares traffic. `known` are the names of the services there are. */
export function pairOf(service: Service, known: readonly string[]): Pairing {
  const own = service.serviceName;
  const said = [...new Set([...service.blueGreenServices, own])];
  if (said.length === 2) {
    const [first = own, second = own] = said;
    if (isLonger(second, first)) return { kind: 'pair', pair: { entry: first, fresh: second } };
    if (isLonger(first, second)) return { kind: 'pair', pair: { entry: second, fresh: first } };
  }
  if (said.length > 1) {
    const choices = said.filter((name) => name !== own).flatMap((name) => bothWays(own, name));
    return { kind: 'ask', choices, why: 'the names do not tell which of them is the new one' };
  }
  // Without a word of the service only names are left, and names alone prove nothing: somebody has to say so.
  if (service.serviceGroup) return { kind: 'none' };
  const like = alike(own, known);
  if (like.length === 0) return { kind: 'none' };
  const choices = like.map((name): Pair => (isLonger(name, own) ? pairNamed(own, name) : pairNamed(name, own)));
  return { kind: 'ask', choices, why: `${own} names no partner; these are alike by name only` };
}

/** Names by how they begin, in order once somebody has asked for them; short ones under ''. */
const beginnings = new WeakMap<readonly string[], ReadonlyMap<string, string[]>>();
const ordered = new WeakSet<readonly string[]>();
const beginning = 6;

/** Names of which one is the beginning of the other. Asked with each key, of ten thousand names. */
function alike(own: string, known: readonly string[]): string[] {
  if (own.length < beginning) return known.filter((name) => isLonger(name, own) || isLonger(own, name));
  let groups = beginnings.get(known);
  if (!groups) {
    groups = Map.groupBy(known, (name) => (name.length < beginning ? '' : name.slice(0, beginning)));
    beginnings.set(known, groups);
  }
  const group = groups.get(own.slice(0, beginning)) ?? [];
  if (!ordered.has(group)) ordered.add(group.sort());
  const found = (groups.get('') ?? []).filter((name) => own.startsWith(name));
  for (let length = beginning; length < own.length; length++) {
    const shorter = own.slice(0, length);
    if (group[placeIn(group, shorter)] === shorter) found.push(shorter);
  }
  // Those that begin with it follow it.
  for (let place = placeIn(group, own); group[place]?.startsWith(own); place++) {
    const name = group[place];
    if (name !== undefined && name !== own) found.push(name);
  }
  return found;
}

/** Where a name is among others in order, or would be. */
function placeIn(names: readonly string[], name: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((names[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

const pairNamed = (entry: string, fresh: string): Pair => ({ entry, fresh });
const bothWays = (a: string, b: string): Pair[] => [pairNamed(a, b), pairNamed(b, a)];

/**
 * Whether clients may reach a service without the gateway that divides the traffic. Blue-green release is documented
 * not to work then. Recognised by a VPC in the service's own configuration (`cloud.networking`) or by the direct
 * connection of its dedicated resource group.
 */
export interface Directness {
  readonly verdict: 'yes' | 'no' | 'unknown';
  /** How that is known, or why it is not. */
  readonly why: string;
}

export async function directness(api: Api, service: Service, signal: AbortSignal): Promise<Directness> {
  const name = service.serviceName;
  const config = readConfig(service.serviceConfig);
  const networking = inside(inside(config, 'cloud'), 'networking');
  for (const key of ['vswitch_id', 'vpc_id']) {
    const value = inside(networking, key);
    if (typeof value === 'string' && value !== '')
      return { verdict: 'yes', why: `cloud.networking.${key} of ${name} is ${value}` };
  }
  if (service.resource?.startsWith('eas-r-')) {
    try {
      const { vSwitchId } = await describeDlink(api, service.resource, signal);
      if (vSwitchId)
        return { verdict: 'yes', why: `its resource group ${service.resource} is connected to ${vSwitchId}` };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { verdict: 'unknown', why: `the connection of ${service.resource} cannot be read: ${reason}` };
    }
  }
  if (config === undefined) return { verdict: 'unknown', why: `${name} gives no configuration that can be read` };
  return { verdict: 'no', why: '' };
}

function readConfig(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function inside(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

const barWidth = 40;

/** Shares as a bar: the new one's part first. Whoever has any share at all has a cell. */
export function shareBar(weight: number, width = barWidth): string {
  const full = Math.round((weight / 100) * width);
  const cells = weight > 0 && full === 0 ? 1 : weight < 100 && full === width ? width - 1 : full;
  return '█'.repeat(cells) + '░'.repeat(width - cells);
}

/**
 * Why the workers of the pair may not carry these shares: a share is compared with the part its workers are of all
 * that run. A tenth more than that is let pass: workers are few and shares are not.
 */
export function overload(entry: Service, fresh: Service, weight: number): string[] {
  const [old, now] = [entry.runningInstance, fresh.runningInstance];
  if (old === undefined || now === undefined) return ['how many workers run is not known: look before much is moved'];
  const warnings: string[] = [];
  for (const [service, running, share] of [
    [fresh, now, weight],
    [entry, old, 100 - weight],
  ] as const) {
    if (share <= 0) continue;
    if (running === 0) {
      warnings.push(`${service.serviceName} has no running worker: ${share}% of requests would fail`);
      continue;
    }
    const part = Math.floor((running / (old + now)) * 100);
    if (share > part + 10)
      warnings.push(
        `${service.serviceName} runs ${running} of ${old + now} workers (${part}%) and would get ${share}%`,
      );
  }
  return warnings;
}

/** What a release closes and what stays, as documented. */
export function effectsOf({ entry, fresh }: Pair, weight: number): string[] {
  const closes =
    weight > 0
      ? `closes: the own endpoint of ${fresh} (/api/predict/${fresh})`
      : `at 0% no traffic of the entry goes to ${fresh}`;
  return [closes, `stays: the entry of the first service (/api/predict/${entry}), for this and every later release`];
}

const barred = (row: Service): string | undefined => {
  if (row.status?.toLowerCase() === 'deleting') return `${row.serviceName} is being deleted`;
  return row.safetyLock?.toLowerCase() === 'all'
    ? `${row.serviceName} is locked (${row.safetyLock}); unlock it first`
    : undefined;
};

/** What cannot be taken back is asked for once more. */
const unless = (known: boolean, what: string): Confirm | undefined =>
  known ? undefined : { level: 'yes', tone: 'warn', effects: [`${what} is not known: this cannot be undone`] };

const isPercent = (value: number | undefined): value is number => value !== undefined && value >= 0 && value <= 100;

const gone = { failed: 'the service is gone' } as const;
/** How long the service may go on saying what it said before, milliseconds. */
const lag = 120_000;

/** Divides the traffic of a pair. The row is the new service, the input the percentage it takes. */
const weight: Action<Service> = {
  id: 'weight',
  title: 'set the weight',
  keys: [],
  operation: 'ReleaseService',
  guard: barred,
  confirm: (row) => unless(isPercent(row.weight), 'its weight now'),
  call: (api, row, _scope, input, signal) => releaseService(api, row.serviceName, { weight: input }, signal),
  patch: (_row, input) => ({ weight: input }),
  agrees: (row, input) => row.weight === input,
  goal(row, input, before, elapsedMs) {
    if (!row) return gone;
    if (row.weight === input) return 'done';
    if (row.weight !== before.weight) return { failed: `the weight is ${row.weight ?? 'not known'}, not ${input}` };
    return elapsedMs < lag ? 'pending' : { failed: `the weight is still ${row.weight ?? 'not known'}` };
  },
  words: (row, input, tense) =>
    `${tense === 'did' ? 'weighted' : 'weight'} ${row.serviceName} ${row.weight ?? '?'}%→${input}%`,
  undo: ({ weight: before }) => (isPercent(before) ? { action: 'weight', input: before } : undefined),
  cli: (row, input) => `eascmd release ${shellWord(row.serviceName)} -w ${input}`,
};

const states: readonly string[] = ['standalone', 'grouping'];
const stateAt = (input: number): string => states[input] ?? 'standalone';
const stateOf = (row: Service): number => states.indexOf(row.trafficState?.toLowerCase() ?? '');

/** Takes a service out of the traffic of its group or back into it. The input is a place among the states. */
const traffic: Action<Service> = {
  id: 'traffic',
  title: 'traffic of the group',
  keys: [],
  operation: 'ReleaseService',
  choices: states.map((label, value) => ({ value, label })),
  guard: (row) => barred(row) ?? (row.serviceGroup ? undefined : `${row.serviceName} is in no group`),
  confirm: (row, input) => ({
    level: 'yes',
    tone: 'warn',
    effects: [
      input === 0
        ? `group ${row.serviceGroup} sends it no more requests; /api/predict/${row.serviceGroup}.${row.serviceName} still reaches it`
        : `group ${row.serviceGroup} sends it its share of requests again`,
      `${row.runningInstance ?? '?'} running workers now, weight ${row.weight ?? 'not known'}`,
    ],
  }),
  call: (api, row, _scope, input, signal) =>
    releaseService(api, row.serviceName, { trafficState: stateAt(input) }, signal),
  patch: (_row, input) => ({ trafficState: stateAt(input) }),
  agrees: (row, input) => stateOf(row) === input,
  goal(row, input, _before, elapsedMs) {
    if (!row) return gone;
    if (stateOf(row) === input) return 'done';
    return elapsedMs < lag ? 'pending' : { failed: `its traffic state is still ${row.trafficState ?? 'not known'}` };
  },
  words: (row, input) =>
    `set traffic of ${row.serviceName} ${row.trafficState?.toLowerCase() ?? '?'}→${stateAt(input)}`,
  undo: (before) => (stateOf(before) < 0 ? undefined : { action: 'traffic', input: stateOf(before) }),
  cli: (row, input) =>
    `# eascmd has no traffic state: ReleaseService ${shellWord(row.serviceName)} TrafficState=${stateAt(input)}`,
};

const isNumber = (version: number | undefined): version is number => version !== undefined && version >= 1;

/** Goes to the version of the number that is the input. */
const version: Action<Service> = {
  id: 'version',
  title: 'switch',
  keys: [],
  operation: 'UpdateServiceVersion',
  guard: barred,
  confirm: (row) => unless(isNumber(row.currentVersion), 'its version now'),
  call: (api, row, _scope, input, signal) => switchVersion(api, row.serviceName, input, signal),
  patch: (_row, input) => ({ currentVersion: input }),
  agrees: (row, input) => row.currentVersion === input,
  goal(row, input, before, elapsedMs) {
    if (!row) return gone;
    if (statusTone(row.status) === 'bad' && (statusTone(before.status) !== 'bad' || elapsedMs > 15_000))
      return { failed: row.message ?? row.status ?? 'failed' };
    const settled =
      (row.status === 'Running' && (row.runningInstance ?? 0) >= (row.totalInstance ?? 1)) || row.status === 'Stopped';
    if (row.currentVersion === input) return settled ? 'done' : 'pending';
    const says = `version ${input} was sent and CurrentVersion is ${row.currentVersion ?? 'not known'}`;
    if (row.currentVersion !== before.currentVersion) return { failed: `${says}: the numbers do not mean the same` };
    return settled && elapsedMs > lag ? { failed: `${says}, as before` } : 'pending';
  },
  words: (row, input, tense) =>
    `${tense === 'did' ? 'switched' : 'switch'} ${row.serviceName} from version ${row.currentVersion ?? '?'} to ${input}`,
  undo: ({ currentVersion }) => (isNumber(currentVersion) ? { action: 'version', input: currentVersion } : undefined),
  cli: (row, input) => `eascmd version ${shellWord(row.serviceName)} ${input}`,
};

/** What moves traffic, between services or between versions of one. Asked for by src/state/verbs/. */
export const releaseActions: readonly Action<Service>[] = [weight, traffic, version];
