import type { Instance, NodeWorker } from '../api/instances.ts';
import type { Service } from '../api/services.ts';
import { clock } from '../lib/age.ts';
import { clean } from '../lib/clean.ts';
import { megabytes, percent } from '../lib/units.ts';
import { fit, widthOf } from '../lib/width.ts';
import { plural } from '../lib/words.ts';
import { amount, bar, free, type Use } from './bars.ts';
import { leftWords, place, roomWords } from './capacity.ts';
import type { Section, Tone } from './define.ts';
import { nodeName, spotOf, whyClosed } from './node-actions.ts';

const nameCells = 26;
/** How many lines a list of nodes takes at most. */
const most = 200;

const padded = (text: string): string => clean(text, nameCells).padEnd(nameCells);

/**
 * Whether `more` workers of a service find room on the nodes of its group: where, what remains and what is in the way.
 * `at` is when the nodes were read (epoch ms).
 */
export function fitSections(service: Service, nodes: readonly Instance[], more: number, at: number): Section[] {
  const { cpu, gpu, memory } = service;
  const spots = nodes.map(spotOf);
  const { placed, unplaced, room, blocked } = place(spots, service, more);
  const fits = more - unplaced;
  const verdict: { text: string; tone: Tone } =
    nodes.length === 0
      ? { text: 'no: the group has no nodes', tone: 'bad' }
      : unplaced === 0
        ? { text: `yes: ${more === 1 ? 'it fits' : `all ${more} fit`}`, tone: 'ok' }
        : { text: fits === 0 ? 'no: not one fits' : `not all: ${fits} of ${more} fit`, tone: 'bad' };
  const pending = service.pendingInstance ?? 0;
  return [
    {
      title: `Will ${more} more of ${service.serviceName} fit?`,
      fields: [
        { name: 'Estimate', value: verdict.text, tone: verdict.tone },
        { name: 'At most', value: roomWords(spots, service) },
        {
          name: 'A worker takes',
          value: `${amount(cpu)} cpu, ${amount(gpu)} gpu, ${megabytes(memory)} memory`,
        },
        {
          name: 'Resource group',
          value: service.resourceAlias ? `${service.resource} (${service.resourceAlias})` : service.resource,
        },
        { name: 'Nodes', value: `${nodes.length}, read at ${clock(at)}` },
      ],
      lines: [
        ...(pending > 0
          ? [{ text: `${plural(pending, 'worker')} of it wait for room already and come first`, tone: 'warn' as const }]
          : []),
        ...((gpu ?? 0) === 0 && (service.gpuMemory ?? 0) > 0
          ? [{ text: 'it shares GPUs by memory, which is not reckoned here', tone: 'warn' as const }]
          : []),
      ],
    },
    {
      title: 'Where, and what remains there',
      lines:
        placed.length === 0
          ? [{ text: 'nowhere', tone: 'bad' }]
          : placed.slice(0, most).map(({ name, count, left }) => ({
              text: `${padded(name)} +${String(count).padEnd(4)} then ${leftWords(left)}`,
            })),
    },
    ...(blocked.length === 0
      ? []
      : [
          {
            title: unplaced > 0 ? 'What is in the way' : 'Nodes that take none',
            lines: blocked.slice(0, most).map(({ name, why }) => ({
              text: `${padded(name)} ${why}`,
              tone: unplaced > 0 ? ('warn' as const) : ('dim' as const),
            })),
          },
        ]),
    {
      title: 'How this is reckoned',
      lines: [
        `a worker has to fit on one node as a whole; ${plural(room, 'worker')} fit at most, wherever they are put`,
        'which node the service chooses is not documented: here the one with most room',
        'one core of each node is kept for the system and taken off; where the used cores hold it already there is more room',
        'what other services start meanwhile, labels and affinities are not known here',
      ].map((text) => ({ text, tone: 'dim' as const })),
    },
  ];
}

const barCells = 8;
const gpuCells = 8;
/** Names up to so many cells stand in the line of their numbers. */
const shortName = 20;

/** One sign for each GPU: taken, partly taken, free; of more than there are cells for a bar. */
function gpus({ used, total }: Use): string {
  if (total === undefined) return '?'.padEnd(gpuCells);
  if (total === 0) return '-'.padEnd(gpuCells);
  if (total > gpuCells || used === undefined || !Number.isInteger(total))
    return bar(used, total, gpuCells, () => '').slice(0, gpuCells);
  const whole = Math.min(total, Math.floor(used));
  const part = used > whole && whole < total ? 1 : 0;
  return `${'█'.repeat(whole)}${'+'.repeat(part)}${'░'.repeat(total - whole - part)}`.padEnd(gpuCells);
}

const share = ({ used, total }: Use): string => (used === undefined ? '-' : percent(used, total));

/** Which services are on a node: `mnist ×2, bert ×1`. */
function whoUses(workers: readonly NodeWorker[]): string {
  const services = Map.groupBy(workers, ({ serviceName }) => serviceName ?? '(not told)');
  return [...services]
    .map(([name, list]) => {
      const gpu = list.reduce((sum, worker) => sum + (worker.gpuRequest ?? 0), 0);
      const cpu = list.reduce((sum, worker) => sum + (worker.cpuRequest ?? 0), 0);
      return `${clean(name)} ×${list.length} (${amount(cpu)} cpu, ${amount(gpu)} gpu)`;
    })
    .join(', ');
}

/** A line of a page. */
type Line = NonNullable<Section['lines']>[number];

/** How full the nodes of a group are, the emptiest first; the signs and numbers say it without colour. */
export function heatSections(
  nodes: readonly Instance[],
  workers: ReadonlyMap<string, readonly NodeWorker[] | string>,
  at: number,
): Section[] {
  if (nodes.length === 0)
    return [{ title: 'Nodes', lines: [{ text: 'the group has no nodes: nothing can run in it', tone: 'warn' }] }];
  const gpu = (node: Instance): Use => ({ used: node.usedGpu, total: node.gpuCount });
  const memory = (node: Instance): Use => ({ used: node.usedMemory, total: node.memory });
  const rank = (node: Instance): number[] => [
    whyClosed(node) === undefined ? 0 : 1,
    -(free(gpu(node)) ?? -1),
    -(free(memory(node)) ?? -1),
  ];
  const ordered = nodes.toSorted((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const place = left.findIndex((value, at) => value !== right[at]);
    return place < 0 ? (nodeName(a) < nodeName(b) ? -1 : 1) : (left[place] ?? 0) - (right[place] ?? 0);
  });
  const tone = (node: Instance): Tone => {
    if (whyClosed(node) !== undefined) return 'dim';
    const use = (node.gpuCount ?? 0) > 0 ? gpu(node) : memory(node);
    const left = free(use);
    if (left === undefined || use.total === undefined) return 'plain';
    return left <= 0 ? 'bad' : left < use.total / 4 ? 'warn' : 'ok';
  };
  const numbers = (node: Instance): string =>
    [
      gpus(gpu(node)),
      `${amount(node.usedGpu)}/${amount(node.gpuCount)}`.padEnd(5),
      bar(node.usedMemory, node.memory, barCells, megabytes).padEnd(barCells + 12),
      share(memory(node)).padStart(4),
      `${amount(node.usedCpu)}/${amount(node.cpuCount)}`,
    ].join(' ');
  const lineOf = (node: Instance): Line[] => {
    const name = clean(nodeName(node));
    const why = whyClosed(node);
    const on = workers.get(node.instanceId);
    const more = [
      ...(why === undefined ? [] : [`✕ ${why}`]),
      ...(on === undefined ? [] : [typeof on === 'string' ? on : whoUses(on) || 'no worker']),
    ];
    const long = widthOf(name) > shortName;
    const text = `${fit(long ? '' : name, shortName)} ${numbers(node)}`;
    return [
      ...(long ? [{ text: name, tone: tone(node) }] : []),
      { text, tone: tone(node) },
      ...(more.length === 0 ? [] : [{ text: `  ${more.join(' · ')}`, tone: 'dim' as const }]),
    ];
  };
  return [
    {
      title: `Nodes, the emptiest first, read at ${clock(at)}`,
      lines: [
        {
          text: `${'NODE'.padEnd(shortName)} ${'GPU'.padEnd(gpuCells + 6)} ${'MEMORY'.padEnd(barCells + 17)} CPU`,
          tone: 'dim',
        },
        ...ordered.slice(0, most).flatMap(lineOf),
        ...(ordered.length > most
          ? [{ text: `and ${plural(ordered.length - most, 'node')} more`, tone: 'dim' as const }]
          : []),
      ],
    },
    {
      title: 'Signs',
      lines: [{ text: '█ taken  + partly taken  ░ free  ✕ takes no new workers', tone: 'dim' }],
    },
  ];
}
