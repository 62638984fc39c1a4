import { deleteDlink, type ResourceGroup, type ResourceNetwork, updateDlink } from '../api/resource-groups.ts';
import { shellWord } from '../lib/shell.ts';
import { nearest } from '../lib/words.ts';
import type { Action } from './define.ts';

/** The connection of a resource group into a VPC, as it is asked for. */
export interface Connection {
  readonly vSwitchId: string;
  readonly securityGroupId: string;
  /** Further vSwitches of the same VPC. */
  readonly vSwitchIdList: readonly string[];
  /** One range or several with commas between them; empty for none. */
  readonly destinationCidrs: string;
}

export type NetworkOrder =
  | { readonly action: 'create'; readonly connection: Connection; readonly warnings: readonly string[] }
  | { readonly action: 'delete'; readonly warnings: readonly string[] };

/** Keys of the file that `eascmd resource network -s` takes. The API's own name of the last one is taken as well. */
const keys = ['Action', 'VSwitchId', 'SecurityGroupId', 'VSwitchIdList', 'DestinationCIDR', 'DestinationCIDRs'];

/** Ranges of the service's own network, which the documentation advises against. */
const avoided = ['10.0.0.0/8', '10.224.0.0/16', '10.240.0.0/16'];

/** What the documentation says of a connection; shown before one is made. */
export const advice: readonly string[] = [
  'a network interface (ENI) is made in the vSwitch: never delete it, or the connection breaks',
  'ECS instances that are to call the services must be in this security group',
  'further vSwitches and the destination ranges must be in the VPC of the first vSwitch',
];

interface Range {
  readonly from: number;
  readonly to: number;
  /** The address written is not the first of the range. */
  readonly loose: boolean;
}

/** An IPv4 range in CIDR notation; a text says what is wrong with it. */
export function readCidr(text: string): Range | string {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return `"${text}" is not a range like 192.168.0.0/16`;
  const parts = match.slice(1).map(Number);
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = parts;
  if (Math.max(a, b, c, d) > 255) return `"${text}" has a number above 255`;
  if (bits > 32) return `"${text}" has more than 32 bits`;
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const from = Math.floor(address / size) * size;
  return { from, to: from + size - 1, loose: from !== address };
}

/** What is wrong with destination ranges, and what is only unwise. */
export function checkCidrs(text: string): { readonly error?: string; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') {
      if (text.trim() === '') continue;
      return { error: `"${text}" has a comma with no range beside it`, warnings };
    }
    const range = readCidr(part);
    if (typeof range === 'string') return { error: range, warnings };
    if (range.loose) warnings.push(`${part} does not begin at its first address: is the number of bits right?`);
    const clashes = avoided.filter((one) => {
      const other = readCidr(one);
      return typeof other !== 'string' && range.from <= other.to && other.from <= range.to;
    });
    if (clashes.length > 0)
      warnings.push(`${part} overlaps with ${clashes.join(', ')}, which the service uses itself: addresses may clash`);
  }
  return { warnings };
}

const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** Checks what is to be sent; a text says what is wrong. */
export function readConnection(
  raw: Readonly<{ vSwitchId: unknown; securityGroupId: unknown; vSwitchIdList: unknown; destinationCidrs: unknown }>,
): { readonly connection: Connection; readonly warnings: readonly string[] } | string {
  const vSwitchId = word(raw.vSwitchId);
  const securityGroupId = word(raw.securityGroupId);
  if (vSwitchId === undefined) return 'VSwitchId is missing: the id of the vSwitch to connect to, like vsw-…';
  if (securityGroupId === undefined) return 'SecurityGroupId is missing: the security group of the callers, like sg-…';
  const list = raw.vSwitchIdList ?? [];
  if (!Array.isArray(list) || !list.every((one) => word(one) !== undefined))
    return 'VSwitchIdList is not a list of vSwitch ids, like ["vsw-…"]';
  const cidrs = raw.destinationCidrs ?? '';
  if (typeof cidrs !== 'string') return 'DestinationCIDR is not a text like "192.168.0.0/16"';
  const { error, warnings } = checkCidrs(cidrs);
  if (error !== undefined) return `DestinationCIDR: ${error}`;
  const odd = [
    ...(vSwitchId.startsWith('vsw-') ? [] : [`VSwitchId "${vSwitchId}" does not begin with vsw-`]),
    ...(securityGroupId.startsWith('sg-') ? [] : [`SecurityGroupId "${securityGroupId}" does not begin with sg-`]),
  ];
  const vSwitchIdList = list.map((one) => String(one).trim());
  const destinationCidrs = cidrs
    .split(',')
    .map((one) => one.trim())
    .join(',');
  return {
    connection: { vSwitchId, securityGroupId, vSwitchIdList, destinationCidrs },
    warnings: [...odd, ...warnings],
  };
}

/** Reads a file as `eascmd resource network -s` takes it; a text says what is wrong with it. */
export function readNetworkFile(text: string): NetworkOrder | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return `it is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'it is not a JSON object';
  const raw = parsed as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(raw).filter((key) => !keys.includes(key));
  const warnings = unknown.map((key) => {
    const near = nearest(key, keys);
    return `"${key}" is no key of this file and is not sent${near ? `; was ${near} meant?` : ''}`;
  });
  const action = raw['Action'];
  if (action === undefined) return 'Action is missing: "create" or "delete"';
  if (action === 'delete') return { action, warnings };
  if (action !== 'create') return `Action ${JSON.stringify(action)} is neither "create" nor "delete"`;
  const [one, other] = [raw['DestinationCIDR'], raw['DestinationCIDRs']];
  if (one !== undefined && other !== undefined && one !== other)
    return 'DestinationCIDR and DestinationCIDRs are both given and differ';
  const read = readConnection({
    vSwitchId: raw['VSwitchId'],
    securityGroupId: raw['SecurityGroupId'],
    vSwitchIdList: raw['VSwitchIdList'],
    destinationCidrs: one ?? other,
  });
  if (typeof read === 'string') return read;
  return { action, connection: read.connection, warnings: [...warnings, ...read.warnings] };
}

const connected = ({ network }: ResourceGroup): boolean => network.vSwitchId !== undefined;
const gone = { failed: 'the resource group is gone' };
const sameList = (a: readonly string[], b: readonly string[]): boolean => a.toSorted().join() === b.toSorted().join();

function shows(network: ResourceNetwork, wanted: Connection): boolean {
  const cidrs = (text: string | undefined): string[] => (text ?? '').split(',').map((one) => one.trim());
  return (
    network.vSwitchId === wanted.vSwitchId &&
    network.securityGroupId === wanted.securityGroupId &&
    sameList(network.auxVSwitches, wanted.vSwitchIdList) &&
    sameList(cidrs(network.destinationCidrs), cidrs(wanted.destinationCidrs))
  );
}

/** What changes, a line each: `VSwitchId vsw-a → vsw-b`. */
function changes(network: ResourceNetwork, wanted: Connection): string[] {
  const line = (name: string, before: string, after: string): string[] =>
    before === after ? [`${name} ${after || '-'}`] : [`${name} ${before || '-'} → ${after || '-'}`];
  return [
    ...line('VSwitchId', network.vSwitchId ?? '', wanted.vSwitchId),
    ...line('SecurityGroupId', network.securityGroupId ?? '', wanted.securityGroupId),
    ...line('VSwitchIdList', network.auxVSwitches.join(' '), wanted.vSwitchIdList.join(' ')),
    ...line('DestinationCIDR', network.destinationCidrs ?? '', wanted.destinationCidrs),
  ];
}

/** Connects a group to a VPC, or changes how it is connected. */
export const connectWith = (connection: Connection, warnings: readonly string[]): Action<ResourceGroup> => ({
  id: 'connect',
  title: 'connect',
  keys: [],
  operation: 'UpdateResourceDLink',
  guard: (row) => (shows(row.network, connection) ? `${row.resourceId} is connected just so already` : undefined),
  confirm: (row) => ({
    level: 'yes',
    tone: warnings.length > 0 ? 'bad' : 'warn',
    effects: [
      ...warnings.map((line) => `! ${line}`),
      ...changes(row.network, connection),
      ...(connected(row) ? ['services that use the present connection may lose theirs while it changes'] : []),
      ...advice,
    ],
  }),
  call(api, row, _scope, _input, signal) {
    const { vSwitchId, securityGroupId, vSwitchIdList, destinationCidrs } = connection;
    const network = { vSwitchId, securityGroupId, vSwitchIdList: [...vSwitchIdList], destinationCidrs };
    return updateDlink(api, row.resourceId, network, signal);
  },
  agrees: (row) => shows(row.network, connection),
  goal: (row) => (row ? (shows(row.network, connection) ? 'done' : 'pending') : gone),
  words: (row, _input, tense) =>
    `${tense === 'did' ? 'connected' : 'connect'} ${row.resourceId} to ${connection.vSwitchId}`,
  cli(row) {
    const file = JSON.stringify({
      Action: 'create',
      VSwitchId: connection.vSwitchId,
      SecurityGroupId: connection.securityGroupId,
      VSwitchIdList: connection.vSwitchIdList,
      DestinationCIDR: connection.destinationCidrs,
    });
    return `echo ${shellWord(file)} > network.json && eascmd resource network ${shellWord(row.resourceId)} -s network.json`;
  },
});

/** Takes the connection away. */
export const disconnectWith = (warnings: readonly string[]): Action<ResourceGroup> => ({
  id: 'disconnect',
  title: 'disconnect',
  keys: [],
  operation: 'DeleteResourceDLink',
  confirm: (row) => ({
    level: 'type-name',
    tone: 'bad',
    effects: [
      ...warnings.map((line) => `! ${line}`),
      connected(row)
        ? `the direct connection to ${row.network.vSwitchId} is taken away`
        : 'no direct connection is known of this group',
      'callers inside that VPC no longer reach its services directly, and its services no longer reach that VPC',
    ],
  }),
  call: (api, row, _scope, _input, signal) => deleteDlink(api, row.resourceId, signal),
  agrees: (row) => !connected(row),
  goal: (row) => (row ? (connected(row) ? 'pending' : 'done') : gone),
  words: (row, _input, tense) => `${tense === 'did' ? 'disconnected' : 'disconnect'} ${row.resourceId} from its VPC`,
  cli: (row) =>
    `echo ${shellWord('{"Action":"delete"}')} > network.json && eascmd resource network ${shellWord(row.resourceId)} -s network.json`,
});
