import type { Operations } from '../../src/api/contract/wire.gen.ts';
import { invalidParameter, missingParameter, Refusal } from '../errors.ts';
import { buildNode, buildResource } from '../model/build.ts';
import type { Model } from '../model/model.ts';
import { capacity, type Node, type Resource } from '../model/resource.ts';
import { listRowJson } from '../model/wire.ts';
import { wireTime } from '../model/world.ts';
import { type Handlers, Rows } from './handler.ts';
import { findResource, nodeRow } from './nodes.ts';
import { contains, equals, hasLabels, page, sorted } from './paging.ts';

type ResourceRow = NonNullable<Operations['ListResources']['response']['Resources']>[number];

const servicesOn = (model: Model, resource: Resource) =>
  [...model.services.values()].filter((service) => service.facts.resource === resource.id);

function extraData(model: Model, resource: Resource): Record<string, unknown> {
  const { network, log } = resource;
  return {
    vpc_id: network?.vpcId ?? '',
    vswitch_id: network?.vswitchId ?? '',
    security_group_id: network?.securityGroupId ?? '',
    destination_cidr: network?.cidrs ?? '',
    aux_vswitch_id_list: network?.aux ?? [],
    role_arn: `acs:ram::${model.accountId}:role/aliyunserviceroleforpaieas`,
    sls_project: log?.project ?? '',
    sls_logstore: log?.store ?? '',
    sls_status: log ? 'ResourceReady' : '',
    sls_message: '',
    gpu_share: false,
  };
}

function resourceRow(model: Model, resource: Resource): ResourceRow {
  const { total, used, largest } = capacity(resource, model.variants.on('reserved-core-used'));
  const charged = (type: Node['chargeType']) => resource.nodes.filter((node) => node.chargeType === type).length;
  return {
    ResourceId: resource.id,
    ResourceName: resource.name,
    ResourceType: resource.type,
    ClusterId: model.region,
    Status: resource.status,
    Message: resource.message,
    InstanceCount: resource.nodes.length,
    PrePaidInstanceCount: charged('PrePaid'),
    PostPaidInstanceCount: charged('PostPaid'),
    ServiceCount: servicesOn(model, resource).length,
    CpuCount: total.cpu,
    CpuUsed: used.cpu,
    GpuCount: total.gpu,
    GpuUsed: used.gpu,
    Memory: total.memory,
    MemoryUsed: used.memory,
    InstanceMaxAllocatableCPU: largest.cpu,
    InstanceMaxAllocatableGPU: largest.gpu,
    InstanceMaxAllocatableMemory: largest.memory,
    CreateTime: wireTime(resource.createdAt),
    UpdateTime: wireTime(resource.updatedAt),
    UsageMode: resource.usageMode,
    Vendor: 'ECS',
    Features: [],
    ExtraData: extraData(model, resource),
  };
}

interface NodeOrder {
  ChargeType: string;
  EcsInstanceCount: number;
  EcsInstanceType: string;
  Labels?: Record<string, string> | undefined;
  SystemDiskSize?: number | undefined;
  Zone?: string | undefined;
}

/** New nodes need a moment until they take workers; how long is the emulator's choice. */
const nodeStartMs = 8_000;

function addNodes(model: Model, resource: Resource, wanted: NodeOrder): Node[] {
  const { ChargeType, EcsInstanceCount: count, EcsInstanceType: type, SystemDiskSize: disk } = wanted;
  if (ChargeType !== 'PrePaid' && ChargeType !== 'PostPaid') {
    throw invalidParameter('ChargeType', `"${ChargeType}" is neither PrePaid nor PostPaid`);
  }
  if (!Number.isInteger(count) || count < 1 || count > 100) {
    throw invalidParameter('EcsInstanceCount', `${count} is not a whole number from 1 to 100`);
  }
  if (!/^(ecs|ml)\.[\w-]+\.\w+$/.test(type))
    throw invalidParameter('EcsInstanceType', `"${type}" is not a machine type`);
  if (disk !== undefined && !(disk >= 200 && disk <= 2000)) {
    throw invalidParameter('SystemDiskSize', `${disk} is not from 200 to 2000`);
  }
  const options = {
    createdAt: model.timeline.now(),
    chargeType: ChargeType === 'PrePaid' ? ('PrePaid' as const) : ('PostPaid' as const),
    ...(disk === undefined ? {} : { diskSize: disk }),
    ...(wanted.Zone ? { zone: wanted.Zone } : {}),
  };
  const made: Node[] = [];
  for (let i = 0; i < count; i++) {
    const node = buildNode(model, resource, type, options);
    node.status = 'Creating';
    node.labels = { ...wanted.Labels };
    resource.nodes.push(node);
    made.push(node);
  }
  model.timeline.after(nodeStartMs, () => {
    for (const node of made) if (node.status === 'Creating') node.status = 'Ready';
    resource.status = 'ResourceReady';
    resource.message = 'Resource is ready';
    model.lifecycle.workers.reschedule();
  });
  return made;
}

export const resourceHandlers = {
  ListResources(model, params) {
    const found = [...model.resources.values()].filter(
      (resource) =>
        equals(resource.id, params.ResourceId) &&
        equals(resource.name, params.ResourceName) &&
        equals(resource.status, params.ResourceStatus) &&
        equals(resource.type, params.ResourceType) &&
        // Documented: inference unless asked otherwise.
        equals(resource.usageMode, params.UsageMode ?? 'inference'),
    );
    const ordered = sorted(found, params, ['CreateTime', 'ResourceName'], (resource, field) =>
      field === 'CreateTime' ? resource.createdAt : resource.name,
    );
    const { rows, ...numbers } = page(ordered, params, model.variants);
    return { ...numbers, Resources: rows.map((resource) => resourceRow(model, resource)) };
  },
  DescribeResource(model, params) {
    const resource = findResource(model, params);
    const { ExtraData, ServiceCount, Vendor: _, ...row } = resourceRow(model, resource);
    // Documented: here ExtraData and ServiceCount are texts, and OwnerUid is told.
    return {
      ...row,
      OwnerUid: model.accountId,
      ServiceCount: String(ServiceCount),
      ExtraData: JSON.stringify(ExtraData),
    };
  },
  CreateResource(model, params) {
    const at = model.timeline.now();
    const resource = buildResource(model, params.ResourceName ?? `resource_${model.resources.size + 1}`, at);
    if (params.UsageMode) resource.usageMode = params.UsageMode;
    resource.status = 'ResourceCreating';
    resource.message = 'Resource is creating';
    const made = addNodes(model, resource, params);
    model.resources.set(resource.id, resource);
    return {
      ClusterId: model.region,
      ResourceId: resource.id,
      ResourceName: resource.name,
      OwnerUid: model.accountId,
      InstanceIds: made.map(({ id }) => id),
    };
  },
  UpdateResource(model, params) {
    const resource = findResource(model, params);
    if (params.ResourceName) {
      resource.name = params.ResourceName;
      for (const service of servicesOn(model, resource)) service.row = undefined;
    }
    resource.updatedAt = model.timeline.now();
    return { ResourceId: resource.id, ResourceName: resource.name };
  },
  DeleteResource(model, params) {
    const resource = findResource(model, params);
    const services = servicesOn(model, resource).length;
    if (services > 0 || resource.nodes.length > 0) {
      // Documented: only an empty group may be deleted. The error is the emulator's choice.
      const message = `Resource [${resource.id}] still has ${services} services and ${resource.nodes.length} instances.`;
      throw new Refusal(400, 'InvalidResource.NotEmpty', message);
    }
    model.resources.delete(resource.id);
    return { Message: `Resource [${resource.id}] is deleted.` };
  },
  CreateResourceInstances(model, params) {
    const resource = findResource(model, params);
    const made = addNodes(model, resource, params);
    return {
      InstanceIds: made.map(({ id }) => id),
      Message: `Create ${made.length} new ecs instance(s) in resource [${resource.id}] successfully`,
    };
  },
  ListResourceInstances(model, params) {
    const resource = findResource(model, params);
    const found = resource.nodes.filter(
      (node) =>
        (contains(node.name, params.Filter) || contains(node.id, params.Filter)) &&
        equals(node.id, params.InstanceId) &&
        equals(node.name, params.InstanceName) &&
        equals(node.ip, params.InstanceIP) &&
        equals(nodeRow(model, node).InstanceStatus ?? '', params.InstanceStatus) &&
        equals(node.chargeType, params.ChargeType) &&
        equals(node.zone, params.Zone) &&
        hasLabels(node.labels, params.Label),
    );
    const ordered = sorted(found, params, ['CreateTime', 'InstanceName'], (node, field) =>
      field === 'CreateTime' ? node.createdAt : node.name,
    );
    const { rows, ...numbers } = page(ordered, params, model.variants);
    return { ...numbers, Instances: rows.map((node) => nodeRow(model, node)) };
  },
  ListResourceServices(model, params) {
    const { rows, ...numbers } = page(servicesOn(model, findResource(model, params)), params, model.variants);
    return { ...numbers, Services: new Rows(rows.map((service) => listRowJson(model, service))) };
  },
  DescribeResourceDLink(model, params) {
    const { network } = findResource(model, params);
    return {
      VpcId: network?.vpcId ?? '',
      VSwitchId: network?.vswitchId ?? '',
      SecurityGroupId: network?.securityGroupId ?? '',
      DestinationCIDRs: network?.cidrs ?? '',
      AuxVSwitchList: network?.aux ?? [],
    };
  },
  UpdateResourceDLink(model, params) {
    const resource = findResource(model, params);
    resource.network = {
      // The VPC is the VSwitch's; nobody says it in the request.
      vpcId: resource.network?.vpcId ?? `vpc-${model.random.fork(params.VSwitchId).word(18)}`,
      vswitchId: params.VSwitchId,
      securityGroupId: params.SecurityGroupId,
      cidrs: params.DestinationCIDRs ?? '',
      aux: params.VSwitchIdList ?? [],
    };
    return { Message: 'Network interfaces are updating' };
  },
  DeleteResourceDLink(model, params) {
    findResource(model, params).network = undefined;
    return { Message: 'Network interfaces are deleting' };
  },
  CreateResourceLog(model, params) {
    const resource = findResource(model, params);
    resource.log = { project: params.ProjectName, store: params.LogStore };
    // The SDK's example for this message is another operation's; this wording is the emulator's choice.
    return { Message: `Log service for resource [${resource.id}] is creating` };
  },
  DescribeResourceLog(model, params) {
    const resource = findResource(model, params);
    if (!resource.log)
      throw new Refusal(404, 'InvalidResourceLog.NotFound', `Resource [${resource.id}] has no log service.`);
    return {
      ProjectName: resource.log.project,
      LogStore: resource.log.store,
      Status: 'ResourceReady',
      Message: 'Log service is ready',
    };
  },
  DeleteResourceLog(model, params) {
    const resource = findResource(model, params);
    resource.log = undefined;
    return { Message: `Log service for resource [${resource.id}] is deleting` };
  },
  MigrateResourceInstance(model, params) {
    const source = findResource(model, params);
    const target = findResource(model, { ClusterId: params.ClusterId, ResourceId: params.DestResourceId });
    if (params.InstanceIds.length === 0) throw missingParameter('InstanceIds');
    const moving = params.InstanceIds.map((id) => {
      const node = source.nodes.find((each) => each.id === id);
      if (!node) throw invalidParameter('InstanceIds', `"${id}" is not in resource group ${source.id}`);
      if (node.placed.size > 0) throw invalidParameter('InstanceIds', `"${id}" still runs ${node.placed.size} workers`);
      return node;
    });
    for (const node of moving) {
      source.nodes.splice(source.nodes.indexOf(node), 1);
      target.nodes.push(node);
      node.resourceId = target.id;
    }
    model.lifecycle.workers.reschedule();
    return { Message: 'Success', InstanceIds: params.InstanceIds };
  },
} satisfies Handlers;
