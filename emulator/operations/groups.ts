import { invalidParameter, missingParameter, Refusal } from '../errors.ts';
import { buildGroup } from '../model/build.ts';
import type { Model } from '../model/model.ts';
import { endpointsOf, groupRow } from '../model/wire.ts';
import type { Group } from '../model/world.ts';
import { checkLock, checkRegion, type Handlers } from './handler.ts';
import { contains, equals, hasLabels, page, sorted } from './paging.ts';

function findGroup(model: Model, params: { ClusterId: string; GroupName: string }): Group {
  checkRegion(model, params.ClusterId);
  const group = model.groups.get(params.GroupName);
  // Emulator's choice: the code is not documented.
  if (!group) throw new Refusal(404, 'InvalidGroup.NotFound', 'The specified service group does not exist.');
  return group;
}

const members = (model: Model, group: Group) =>
  [...model.services.values()].filter((service) => service.group === group.name);

type Network = Partial<Record<'GatewayId' | 'VpcId' | 'VSwitchId' | 'SecurityGroupId', string | undefined>>;

function setNetwork(group: Group, network: Network | undefined): void {
  for (const name of ['GatewayId', 'VpcId', 'VSwitchId', 'SecurityGroupId'] as const) {
    const value = network?.[name];
    if (value !== undefined) group.network[name] = value;
  }
}

export const groupHandlers = {
  ListGroups(model, params) {
    const found = [...model.groups.values()].filter(
      (group) =>
        contains(group.name, params.Filter) &&
        equals(group.trafficMode, params.TrafficMode) &&
        hasLabels(group.labels, params.Labels) &&
        equals('', params.WorkspaceId),
    );
    const ordered = sorted(found, params, ['CreateTime', 'Name'], (group, field) =>
      field === 'Name' ? group.name : group.createdAt,
    );
    const { rows, ...numbers } = page(ordered, params, model.variants);
    return { ...numbers, Groups: rows.map((group) => groupRow(model, group)) };
  },
  DescribeGroup: (model, params) => groupRow(model, findGroup(model, params)),
  CreateGroup(model, params) {
    const name = params.Name;
    if (!name) throw missingParameter('Name');
    if (model.groups.has(name)) {
      throw new Refusal(409, 'GroupAlreadyExists', `Service group ${name} already exists.`);
    }
    const group = buildGroup(model, name, model.timeline.now());
    Object.assign(group.labels, params.Labels);
    setNetwork(group, params.Network);
    model.groups.set(name, group);
    return { Message: `Create service group ${name} successfully` };
  },
  UpdateGroup(model, params) {
    const group = findGroup(model, params);
    const { TrafficMode } = params;
    if (TrafficMode !== undefined) {
      if (TrafficMode !== 'auto' && TrafficMode !== 'customized') {
        throw invalidParameter('TrafficMode', `"${TrafficMode}" is neither auto nor customized`);
      }
      group.trafficMode = TrafficMode;
    }
    if (params.Labels) group.labels = { ...params.Labels };
    setNetwork(group, params.Network);
    group.updatedAt = model.timeline.now();
    return { Message: `Update service group ${group.name} successfully` };
  },
  DeleteGroup(model, params) {
    const group = findGroup(model, params);
    const left = members(model, group);
    if (left.length > 0 && params.CascadeDelete !== 'true') {
      // Documented: members go only when asked. Emulator's choice: what is answered otherwise.
      throw new Refusal(400, 'InvalidGroup.NotEmpty', `Service group ${group.name} still has ${left.length} services.`);
    }
    for (const service of left) checkLock(model, service, 'delete');
    for (const service of left) if (service.status !== 'Deleting') model.lifecycle.remove(service);
    if (left.length === 0) model.groups.delete(group.name);
    return { Message: `Delete service group ${group.name} successfully` };
  },
  DescribeGroupEndpoints(model, params) {
    const group = findGroup(model, params);
    const { internet, intranet } = endpointsOf(model, group.name);
    const gateway = group.network.GatewayId;
    return {
      Message: 'Execution succeeded.',
      ...(model.variants.on('token-missing') ? {} : { AccessToken: group.token }),
      Endpoints: [
        {
          EndpointType: gateway ? 'PrivateGateway' : 'DefaultGateway',
          BackendId: gateway ?? 'default',
          PathType: 'Group',
          Port: 80,
          InternetEndpoints: [internet],
          IntranetEndpoints: [intranet],
        },
      ],
    };
  },
} satisfies Handlers;
