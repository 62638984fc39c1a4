import type { Demand } from './config.ts';
import type { Worker } from './worker.ts';

/** A machine of a resource group (API: ResourceInstance). */
export interface Node {
  readonly id: string;
  readonly name: string;
  readonly ip: string;
  readonly tenantIp: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly chargeType: 'PrePaid' | 'PostPaid';
  readonly createdAt: number;
  readonly capacity: Demand;
  resourceId: string;
  status: 'Ready' | 'NotReady' | 'Creating' | 'Deleting';
  cordoned: boolean;
  cordonOperator: string;
  cordonReason: string;
  diskSize: number;
  labels: Record<string, string>;
  readonly placed: Map<Worker, Demand>;
}

/** A resource group: machines that only its owner's services run on. */
export interface Resource {
  readonly id: string;
  name: string;
  readonly type: 'Dedicated' | 'SelfManaged';
  readonly createdAt: number;
  updatedAt: number;
  status: string;
  message: string;
  usageMode: string;
  readonly nodes: Node[];
  network: { vpcId: string; vswitchId: string; securityGroupId: string; cidrs: string; aux: string[] } | undefined;
  log: { project: string; store: string } | undefined;
}

/** Each node keeps one core for the system (documented in the FAQ). */
const reservedCores = 1;

/** What a node reports as used. Whether the core kept for the system is among it is not documented: `withReserved`. */
export function used(node: Node, withReserved = false): Demand {
  let [cpu, gpu, memory] = [withReserved ? reservedCores : 0, 0, 0];
  for (const demand of node.placed.values()) {
    cpu += demand.cpu;
    gpu += demand.gpu;
    memory += demand.memory;
  }
  return { cpu, gpu, memory };
}

/** What a node has left for workers, taking no account of whether it may be scheduled on. */
function free(node: Node): Demand {
  const taken = used(node, true);
  const { cpu, gpu, memory } = node.capacity;
  return { cpu: cpu - taken.cpu, gpu: gpu - taken.gpu, memory: memory - taken.memory };
}

/** A node that a worker fits on, the emptiest first, or the reason in the scheduler's words why there is none. */
export function place(resource: Resource, demand: Demand): { node: Node } | { why: string } {
  const shortages = new Map<string, number>();
  const note = (why: string) => shortages.set(why, (shortages.get(why) ?? 0) + 1);
  let best: Node | undefined;
  for (const node of resource.nodes) {
    const left = free(node);
    const short = [
      node.status !== 'Ready' && 'node(s) were not ready',
      node.cordoned && 'node(s) were unschedulable',
      left.cpu < demand.cpu && 'Insufficient cpu',
      left.memory < demand.memory && 'Insufficient memory',
      left.gpu < demand.gpu && 'Insufficient nvidia.com/gpu',
    ].filter((why) => why !== false);
    short.forEach(note);
    if (short.length === 0 && (!best || left.cpu + left.gpu > free(best).cpu + free(best).gpu)) best = node;
  }
  if (best) return { node: best };
  const reasons = [...shortages].map(([why, count]) => `${count} ${why}`).join(', ');
  return { why: `0/${resource.nodes.length} nodes are available${reasons ? `: ${reasons}` : ''}.` };
}

function sum(nodes: readonly Node[], of: (node: Node) => Demand): Demand {
  let [cpu, gpu, memory] = [0, 0, 0];
  for (const node of nodes) {
    const each = of(node);
    cpu += each.cpu;
    gpu += each.gpu;
    memory += each.memory;
  }
  return { cpu, gpu, memory };
}

/** Totals of a group, and the most that a single worker could still be given. */
export function capacity(resource: Resource, withReserved = false): { total: Demand; used: Demand; largest: Demand } {
  const open = resource.nodes.filter((node) => node.status === 'Ready' && !node.cordoned).map(free);
  const most = (of: (demand: Demand) => number) => Math.max(0, ...open.map(of));
  return {
    total: sum(resource.nodes, (node) => node.capacity),
    used: sum(resource.nodes, (node) => used(node, withReserved)),
    largest: { cpu: most((d) => d.cpu), gpu: most((d) => d.gpu), memory: most((d) => d.memory) },
  };
}
