/** A service's JSON, as deployments write it. Only what the emulator acts on is read; the rest is kept as it came. */
export type ServiceConfig = Record<string, unknown>;

export interface Demand {
  /** Cores. */
  readonly cpu: number;
  readonly gpu: number;
  /** MB. */
  readonly memory: number;
}

/** What the emulator understands of a service's JSON. */
export interface ConfigFacts extends Demand {
  readonly name: string;
  readonly instance: number;
  readonly image: string;
  /** Resource group id, or '' for the public pool. */
  readonly resource: string;
  readonly instanceType: string;
  readonly group: string;
  readonly role: string;
  readonly type: string;
  readonly workspaceId: string;
  readonly release: boolean;
  readonly trafficState: string;
  readonly modelPath: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly gpuMemory: number;
  readonly gpuCorePercentage: number;
  readonly rollout: boolean;
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** Numbers and booleans also occur as text in real files ("generate_token": "true"). */
function number(value: unknown, otherwise: number): number {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : otherwise;
}

const truth = (value: unknown) => value === true || value === 'true';

/** vCPU, GPU and memory (MB) of the machine types that the emulator offers. Memory is 1,024 MB to the GB. */
export const machines: Readonly<Record<string, Demand>> = {
  'ecs.c6.2xlarge': { cpu: 8, gpu: 0, memory: 16384 },
  'ecs.c7.large': { cpu: 2, gpu: 0, memory: 4096 },
  'ecs.c7.xlarge': { cpu: 4, gpu: 0, memory: 8192 },
  'ecs.c7.4xlarge': { cpu: 16, gpu: 0, memory: 32768 },
  'ecs.g6.4xlarge': { cpu: 16, gpu: 0, memory: 65536 },
  'ecs.gn6i-c8g1.2xlarge': { cpu: 8, gpu: 1, memory: 31744 },
  'ecs.gn7i-c16g1.4xlarge': { cpu: 16, gpu: 1, memory: 61440 },
  'ecs.gn7i-4x.16xlarge': { cpu: 64, gpu: 4, memory: 262144 },
};

/** Cores by the size in a machine type's name, and MB for each core by its family; emulator's guess for unlisted types. */
export function machineOf(type: string): Demand {
  const listed = machines[type];
  if (listed) return listed;
  const [, family = 'g', times = '', size = 'large'] = /^(?:ecs|ml)\.([a-z]+)[\w-]*\.(\d*)(x?large)$/.exec(type) ?? [];
  const cpu = size === 'large' ? 2 : 4 * Number(times || 1);
  const perCore = family.startsWith('c') ? 2048 : family.startsWith('r') ? 8192 : 4096;
  return { cpu, gpu: family.startsWith('gn') ? 1 : 0, memory: cpu * perCore };
}

export function readConfig(config: ServiceConfig): ConfigFacts {
  const metadata = object(config.metadata);
  const computing = object(object(config.cloud).computing);
  const instances = Array.isArray(computing.instances) ? computing.instances : [];
  const container = Array.isArray(config.containers) ? object(config.containers[0]) : {};
  const instanceType = text(computing.instance_type) || text(object(instances[0]).type);
  const machine = instanceType ? machineOf(instanceType) : undefined;
  return {
    name: text(config.name) || text(metadata.name),
    instance: number(metadata.instance, 1),
    cpu: number(metadata.cpu, machine?.cpu ?? 1),
    gpu: number(metadata.gpu, machine?.gpu ?? 0),
    memory: number(metadata.memory, machine?.memory ?? 1024),
    image: text(container.image),
    resource: text(metadata.resource),
    instanceType,
    group: text(metadata.group),
    role: text(metadata.role),
    type: text(metadata.type),
    workspaceId: text(metadata.workspace_id),
    release: truth(metadata.release),
    trafficState: text(metadata.traffic_state) || text(object(config.networking).traffic_state),
    modelPath: text(config.model_path),
    labels: Object.fromEntries(Object.entries(object(config.labels)).map(([key, value]) => [key, String(value)])),
    gpuMemory: number(metadata.gpu_memory, 0),
    gpuCorePercentage: number(metadata.gpu_core_percentage, 0),
    rollout: text(object(config.features)['eas.aliyun.com/enable-rollout']) === 'true',
  };
}

/** `merge` of UpdateService: objects are merged at every depth, all else replaced. Depth and null: emulator's choice. */
export function mergeConfig(
  config: ServiceConfig,
  change: ServiceConfig,
  how: { shallow?: boolean; nullDeletes?: boolean } = {},
): ServiceConfig {
  const merged: ServiceConfig = { ...config };
  for (const [key, value] of Object.entries(change)) {
    const old = merged[key];
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (value === null && how.nullDeletes) delete merged[key];
    else if (nested && !how.shallow && typeof old === 'object' && old !== null && !Array.isArray(old)) {
      merged[key] = mergeConfig(old as ServiceConfig, value as ServiceConfig, how);
    } else merged[key] = value;
  }
  return merged;
}

/** Sets `metadata.instance`, leaving the rest. */
export function withInstances(config: ServiceConfig, instance: number): ServiceConfig {
  return { ...config, metadata: { ...object(config.metadata), instance } };
}
