import type { Operations } from '../../src/api/contract/wire.gen.ts';
import { invalidParameter, missingParameter, Refusal } from '../errors.ts';
import { machines } from '../model/config.ts';
import type { Model } from '../model/model.ts';
import { type Node, type Resource, used } from '../model/resource.ts';
import type { Service } from '../model/service.ts';
import { labelRows } from '../model/wire.ts';
import { type Worker, workerStatus } from '../model/worker.ts';
import { wireTime } from '../model/world.ts';
import { checkRegion, type Handlers } from './handler.ts';
import { contains, equals, page, sorted } from './paging.ts';

export type NodeRow = NonNullable<Operations['ListResourceInstances']['response']['Instances']>[number];

/** GB of memory of each GPU of the machines offered (T4 and A10). */
const gpuGigabytes = (type: string) => (type.startsWith('ecs.gn6i') ? 16 : type.startsWith('ecs.gn7i') ? 24 : 0);

const month = 30 * 86_400_000;

export function nodeRow(model: Model, node: Node): NodeRow {
  const taken = used(node, model.variants.on('reserved-core-used'));
  const gpuMemory = gpuGigabytes(node.instanceType);
  const status = node.status === 'Ready' && node.cordoned ? 'Ready,SchedulingDisabled' : node.status;
  return {
    InstanceId: node.id,
    InstanceName: node.name,
    InstanceIp: node.ip,
    InstanceTenantIp: node.tenantIp,
    // Only Ready is documented; the rest is named as Kubernetes names it.
    InstanceStatus: status,
    InstancePhase: node.status === 'Creating' ? 'creating' : 'succeeded',
    InstanceType: node.instanceType,
    InstanceCpuCount: node.capacity.cpu,
    InstanceUsedCpu: taken.cpu,
    InstanceGpuCount: node.capacity.gpu,
    InstanceUsedGpu: taken.gpu,
    InstanceMemory: `${node.capacity.memory}M`,
    InstanceUsedMemory: `${taken.memory}M`,
    InstanceGpuMemory: `${node.capacity.gpu * gpuMemory}G`,
    InstanceUsedGpuMemory: `${taken.gpu * gpuMemory * 1024}M`,
    InstanceSystemDiskSize: node.diskSize,
    ChargeType: node.chargeType,
    AutoRenewal: node.chargeType === 'PrePaid',
    CreateTime: wireTime(node.createdAt),
    ExpiredTime: node.chargeType === 'PrePaid' ? wireTime(model.timeline.now() + month) : '',
    Labels: labelRows(node.labels),
    LastCordonOperator: node.cordonOperator,
    LastCordonReason: node.cordonReason,
    Region: model.region,
    ResourceId: node.resourceId,
    Zone: node.zone,
    Arch: 'amd64',
  };
}

export function findResource(model: Model, params: { ClusterId: string; ResourceId: string }): Resource {
  checkRegion(model, params.ClusterId);
  const resource = model.resources.get(params.ResourceId);
  // Emulator's choice: the code is not documented.
  if (!resource) throw new Refusal(404, 'InvalidResource.NotFound', 'The specified resource does not exist.');
  return resource;
}

function findNode(resource: Resource, by: (node: Node) => boolean): Node {
  const node = resource.nodes.find(by);
  // Emulator's choice: the code is not documented.
  if (!node)
    throw new Refusal(404, 'InvalidResourceInstance.NotFound', 'The specified resource instance does not exist.');
  return node;
}

/** Workers of a node with their services. */
function workersOn(model: Model, node: Node): { service: Service; worker: Worker }[] {
  const services = [...model.services.values()].filter((service) => service.facts.resource === node.resourceId);
  return services.flatMap((service) =>
    (service.workers ?? []).filter((worker) => worker.node === node).map((worker) => ({ service, worker })),
  );
}

/** Workers are moved off a node: they end here and others start elsewhere. */
function evict(model: Model, node: Node): void {
  for (const { service, worker } of workersOn(model, node)) {
    model.lifecycle.workers.terminate(service, worker);
    model.lifecycle.reconcile(service);
  }
}

const removeMs = 3_000;

/** Nodes named by id, or all of the group. */
function chosen(
  resource: Resource,
  params: { AllInstances?: boolean | undefined; InstanceIds?: string[] | undefined },
) {
  if (params.AllInstances) return resource.nodes;
  const ids = params.InstanceIds ?? [];
  if (ids.length === 0) throw missingParameter('InstanceIds');
  return ids.map((id) => findNode(resource, (node) => node.id === id));
}

export const nodeHandlers = {
  UpdateResourceInstance(model, params) {
    const resource = findResource(model, params);
    const node = findNode(resource, ({ id }) => id === params.InstanceId);
    const { Action, Reason } = params;
    if (Action !== 'Cordon' && Action !== 'Uncordon' && Action !== 'Drain') {
      throw invalidParameter('Action', `"${Action}" is not one of Cordon, Uncordon, Drain`);
    }
    node.cordoned = Action !== 'Uncordon';
    node.cordonOperator = model.accountId;
    node.cordonReason = Reason ?? '';
    if (params.NewDiskSize !== undefined) {
      const size = Number.parseInt(params.NewDiskSize, 10);
      if (!(size >= node.diskSize && size <= 2000)) {
        throw invalidParameter('NewDiskSize', `"${params.NewDiskSize}" is not from ${node.diskSize} to 2000`);
      }
      node.diskSize = size;
    }
    if (Action === 'Drain') evict(model, node);
    if (Action === 'Uncordon') model.lifecycle.workers.reschedule();
    return { ResourceId: resource.id, InstanceId: node.id };
  },
  DeleteResourceInstances(model, params) {
    const resource = findResource(model, params);
    const ids = (params.InstanceList ?? '').split(',').filter(Boolean);
    if (ids.length === 0 && params.AllFailed !== true) throw missingParameter('InstanceList');
    const nodes =
      ids.length > 0
        ? ids.map((id) => findNode(resource, (node) => node.id === id || node.name === id))
        : resource.nodes.filter((node) => node.status === 'NotReady');
    const prepaid = nodes.find((node) => node.chargeType === 'PrePaid');
    if (prepaid) {
      // Documented: ordinary users delete only what is paid by use. The error is the emulator's choice.
      throw invalidParameter('InstanceList', `"${prepaid.id}" is prepaid`);
    }
    for (const node of nodes) {
      node.status = 'Deleting';
      evict(model, node);
      model.timeline.after(removeMs, () => {
        const at = resource.nodes.indexOf(node);
        if (at >= 0) resource.nodes.splice(at, 1);
      });
    }
    return { Message: `Instances ${nodes.map(({ id }) => id).join(',')} are deleting` };
  },
  // The path takes the name of the node, not its id.
  ListResourceInstanceWorker(model, params) {
    const node = findNode(findResource(model, params), ({ name }) => name === params.InstanceName);
    const found = workersOn(model, node).filter(
      ({ service, worker }) =>
        contains(service.name, params.ServiceName) &&
        contains(worker.name, params.WorkerName) &&
        equals(workerStatus(worker).status, params.Status) &&
        (params.Ready === undefined || params.Ready === (worker.phase === 'running')),
    );
    const ordered = sorted(found, params, ['StartTime', 'Name'], ({ worker }, field) =>
      field === 'Name' ? worker.name : (worker.startedAt ?? worker.createdAt),
    );
    const { rows, ...numbers } = page(ordered, params, model.variants);
    return {
      ...numbers,
      Pods: rows.map(({ service, worker }) => ({
        Name: worker.name,
        ServiceName: service.name,
        Status: workerStatus(worker).status,
        Ready: worker.phase === 'running',
        RestartCount: worker.restarts,
        StartTime: wireTime(worker.startedAt ?? worker.createdAt),
        CpuRequest: service.facts.cpu,
        CpuLimit: service.facts.cpu,
        GpuRequest: service.facts.gpu,
        GpuLimit: service.facts.gpu,
        MemoryRquest: service.facts.memory,
        MemoryLimit: service.facts.memory,
      })),
    };
  },
  UpdateResourceInstanceLabel(model, params) {
    const resource = findResource(model, params);
    for (const node of chosen(resource, params)) Object.assign(node.labels, params.Labels);
    return { Message: 'Success' };
  },
  DeleteResourceInstanceLabel(model, params) {
    const resource = findResource(model, params);
    const keys = params.LabelKeys ?? params.Keys ?? [];
    if (keys.length === 0) throw missingParameter('LabelKeys');
    for (const node of chosen(resource, params)) for (const key of keys) delete node.labels[key];
    return { Message: 'success' };
  },
  DescribeMachineSpec: () => ({
    InstanceMetas: Object.entries(machines).map(([InstanceType, { cpu, gpu, memory }]) => ({
      InstanceType,
      CPU: cpu,
      // Documented: GB here, MB for services.
      Memory: memory / 1024,
      GPU: gpu === 0 ? '' : InstanceType.startsWith('ecs.gn6i') ? 'T4' : 'A10',
      GPUAmount: gpu,
      GPUMemory: gpuGigabytes(InstanceType),
      IsAvailable: true,
      StockStatus: 'WithStock',
      Vendor: 'ECS',
      ...(gpu > 0 ? { SpotDiscount: 0.35, NonProtectSpotDiscount: 0.28 } : {}),
    })),
    Types: [
      { CPU: 1, Memory: [1, 2, 4] },
      { CPU: 2, Memory: [2, 4, 8] },
      { CPU: 4, Memory: [4, 8, 16] },
    ],
  }),
} satisfies Handlers;
