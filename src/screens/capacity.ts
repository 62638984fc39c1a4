import { megabytes } from '../lib/units.ts';
import { plural } from '../lib/words.ts';
import { amount } from './bars.ts';

/** What one worker takes. Memory is MB; what is undefined is not known and not counted. */
export interface Need {
  readonly cpu: number | undefined;
  readonly gpu: number | undefined;
  readonly memory: number | undefined;
}

/** A node to place workers on. Memory is MB. */
export interface Spot {
  readonly name: string;
  readonly cpu: Use;
  readonly gpu: Use;
  readonly memory: Use;
  /** Why it takes no new workers at all, in words. */
  readonly closed: string | undefined;
}

interface Use {
  readonly used: number | undefined;
  readonly total: number | undefined;
}

type Resource = 'cpu' | 'gpu' | 'memory';

/** What is left on a node, in the units of `Need`; undefined where the service does not tell. */
export type Left = Readonly<Record<Resource, number | undefined>>;

export interface Placement {
  /** Nodes that get workers, in the order of the nodes given. */
  readonly placed: readonly { readonly name: string; readonly count: number; readonly left: Left }[];
  /** How many found no place. */
  readonly unplaced: number;
  /** How many would fit at most, were more asked for. */
  readonly room: number;
  /** Nodes that take none of them (more), and why. */
  readonly blocked: readonly { readonly name: string; readonly why: string }[];
}

const resources: readonly Resource[] = ['cpu', 'gpu', 'memory'];
const title: Readonly<Record<Resource, string>> = { cpu: 'cpu', gpu: 'gpu', memory: 'memory' };
const show = (resource: Resource, n: number | undefined): string => (resource === 'memory' ? megabytes(n) : amount(n));

/** Cores of each node that are kept for the system, as the FAQ says. */
const reserved = 1;

/**
 * What a node has left for workers. Whether the used cores hold the core kept for the system already is not documented:
 * it is always taken away, so that no room is promised that is not there.
 */
export function leftOn({ cpu, gpu, memory }: Spot): Left {
  return {
    cpu: minus(cpu.total, cpu.used === undefined ? undefined : cpu.used + reserved),
    gpu: minus(gpu.total, gpu.used),
    memory: minus(memory.total, memory.used),
  };
}

const minus = (total: number | undefined, used: number | undefined): number | undefined =>
  total === undefined || used === undefined ? undefined : Math.max(0, total - used);

/** How many workers go into what is left. Sums of tenths of a core do not come out even in floating point. */
function fitting(left: Left, need: Need): number {
  const counts = resources.flatMap((resource) => {
    const wanted = need[resource];
    if (wanted === undefined || !(wanted > 0)) return [];
    return [Math.floor((left[resource] ?? 0) / wanted + 1e-9)];
  });
  return counts.length === 0 ? 0 : Math.min(...counts);
}

function after(left: Left, need: Need, count: number): Left {
  const of = (resource: Resource): number | undefined => {
    const now = left[resource];
    return now === undefined ? undefined : Math.max(0, Number((now - (need[resource] ?? 0) * count).toFixed(6)));
  };
  return { cpu: of('cpu'), gpu: of('gpu'), memory: of('memory') };
}

/** Why not even one worker more fits. */
function shortage(left: Left, need: Need, placed: number): string {
  const short = resources.flatMap((resource) => {
    const wanted = need[resource];
    if (wanted === undefined || !(wanted > 0)) return [];
    const now = left[resource];
    if (now === undefined) return [`${title[resource]} not told`];
    return now + 1e-9 < wanted
      ? [`${title[resource]} ${show(resource, now)} free of ${show(resource, wanted)} needed`]
      : [];
  });
  const why = short.join(', ') || 'what a worker takes is not known';
  return placed > 0 ? `full after ${placed} of these: ${why}` : why;
}

/**
 * Places `n` workers of one kind on nodes: an estimate, for how the service's scheduler chooses is not documented. How
 * many fit does not depend on its choice; where they go does: here each goes where most workers would still fit.
 */
export function place(spots: readonly Spot[], need: Need, n: number): Placement {
  const nodes = spots.map((spot) => {
    const left = leftOn(spot);
    return { spot, left, most: spot.closed === undefined ? fitting(left, need) : 0, count: 0 };
  });
  const room = nodes.reduce((sum, { most }) => sum + most, 0);
  let open = Math.min(n, room);
  while (open > 0) {
    const emptiest = nodes.reduce((best, node) => (node.most - node.count > best.most - best.count ? node : best));
    emptiest.count++;
    open--;
  }
  return {
    placed: nodes
      .filter(({ count }) => count > 0)
      .map(({ spot, left, count }) => ({ name: spot.name, count, left: after(left, need, count) })),
    unplaced: n - nodes.reduce((sum, { count }) => sum + count, 0),
    room,
    blocked: nodes
      .filter(({ most, count }) => most <= count)
      .map(({ spot, left, count }) => ({
        name: spot.name,
        why: spot.closed ?? shortage(after(left, need, count), need, count),
      })),
  };
}

/** Places workers of different kinds, the largest first; answers those that find no place. An estimate as well. */
export function placeEach<Worker extends Need>(spots: readonly Spot[], workers: readonly Worker[]): Worker[] {
  const nodes = spots.filter(({ closed }) => closed === undefined).map((spot) => ({ left: leftOn(spot) }));
  const size = ({ gpu = 0, cpu = 0, memory = 0 }: Need): number => gpu * 1e6 + cpu * 1e3 + memory / 1e3;
  return workers
    .toSorted((a, b) => size(b) - size(a))
    .filter((worker) => {
      const node = nodes.find(({ left }) => fitting(left, worker) > 0);
      if (node) node.left = after(node.left, worker, 1);
      return !node;
    });
}

/** `2 cpu, 1 gpu, 24.0G free`. */
export function leftWords(left: Left): string {
  return `${show('cpu', left.cpu)} cpu, ${show('gpu', left.gpu)} gpu, ${show('memory', left.memory)} free`;
}

/** Whether so many more fit, for a line that has little room: `all 3 fit`, `1 of 3 fits`. */
export function fitWords(room: number | undefined, more: number): string | undefined {
  if (room === undefined || more <= 0) return undefined;
  if (more <= room) return more === 1 ? '1 more fits (estimate)' : `${more} more fit (estimate)`;
  return `${room === 0 ? 'none' : room} of ${more} more ${room === 1 ? 'fits' : 'fit'} (estimate)`;
}

/** How many more workers fit on these nodes, in one line. */
export function roomWords(spots: readonly Spot[], need: Need): string {
  const { room, placed } = place(spots, need, 1_000);
  if (room === 0) return 'no more fits on any node (estimate)';
  const where = placed.slice(0, 4).map(({ name, count }) => `${name} ${count}`);
  const more = placed.length > 4 ? `, ${plural(placed.length - 4, 'more node')}` : '';
  return `${room} more ${room === 1 ? 'fits' : 'fit'} (estimate): ${where.join(', ')}${more}`;
}
