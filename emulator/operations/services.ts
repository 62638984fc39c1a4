import { readObject } from '../contract.ts';
import { invalidParameter, missingParameter, Refusal } from '../errors.ts';
import { admit, buildService } from '../model/build.ts';
import { mergeConfig, readConfig, type ServiceConfig } from '../model/config.ts';
import type { Model } from '../model/model.ts';
import { resourceTypeOf, type Service } from '../model/service.ts';
import { describeRow, endpointsOf, listRowJson } from '../model/wire.ts';
import { touch } from '../model/world.ts';
import { checkLock, findService, type Handler, type Handlers, order, Rows } from './handler.ts';
import { contains, equals, hasLabels, page, sorted } from './paging.ts';

type ListParams = Parameters<Handler<'ListServices'>>[1];

const notFilters: readonly string[] = ['Order', 'Sort', 'PageNumber', 'PageSize', 'IncludeNoWorkspace'];

function passes(model: Model, params: ListParams, service: Service): boolean {
  return (
    contains(service.name, params.Filter) &&
    equals(service.name, params.ServiceName) &&
    equals(service.id, params.ServiceUid) &&
    equals((service.stale ?? service).status, params.ServiceStatus) &&
    equals(service.facts.resource, params.ResourceId ?? params.ResourceName) &&
    equals(resourceTypeOf(service), params.ResourceType) &&
    equals(model.resources.get(service.facts.resource)?.name ?? '', params.ResourceAliasName) &&
    equals(service.group, params.GroupName) &&
    equals(service.gateway, params.Gateway) &&
    equals(service.quotaId, params.QuotaId) &&
    equals(service.facts.role, params.Role) &&
    equals(service.trafficState, params.TrafficState) &&
    equals(service.callerUid, params.CallerUid) &&
    equals('', params.ParentServiceUid) &&
    (params.WorkspaceId === undefined ||
      service.facts.workspaceId === params.WorkspaceId ||
      (params.IncludeNoWorkspace === true && service.facts.workspaceId === '')) &&
    (params.ServiceType === undefined || equals(typeOf(service), params.ServiceType)) &&
    (params.AutoscalerEnabled === undefined || params.AutoscalerEnabled === (service.autoscaler !== undefined)) &&
    (params.CronscalerEnabled === undefined || params.CronscalerEnabled === (service.cronscaler !== undefined)) &&
    params.ResourceBurstable !== true &&
    equals('PUBLIC', params.Accessibility) &&
    hasLabels(service.labels, params.Label)
  );
}

const list: Handler<'ListServices'> = (model, params) => {
  model.listReads += 1;
  const all = candidates(model, params.Order, params.Sort);
  // With ten thousand services, asking each about filters that are not there is most of the work.
  const filtered = Object.keys(params).some((name) => !notFilters.includes(name));
  let found = filtered ? all.filter((service) => passes(model, params, service)) : all;
  // A list read while things change may miss a row: the variant makes that happen regularly.
  if (model.variants.on('list-misses') && model.listReads % 3 === 0) found = found.toSpliced(found.length >> 1, 1);
  const { rows, ...numbers } = page(found, params, model.variants);
  return { ...numbers, Services: new Rows(rows.map((service) => listRowJson(model, service))) };
};

const typeOf = (service: Service) => service.more.AppType || service.facts.type || 'Standard';

const sortFields = ['CreateTime', 'UpdateTime', 'ServiceName'] as const;

function sortValue(service: Service, field: (typeof sortFields)[number]): string | number {
  return field === 'CreateTime' ? service.createdAt : field === 'UpdateTime' ? service.updatedAt : service.name;
}

/** All services in order; the order by age is kept until a service comes or goes. */
function candidates(model: Model, Order: string | undefined, Sort: string | undefined): readonly Service[] {
  const lingering = [...model.lingering.keys()];
  for (const [service, reads] of model.lingering) {
    if (reads <= 1) model.lingering.delete(service);
    else model.lingering.set(service, reads - 1);
  }
  const inOrder = () => sorted([...model.services.values(), ...lingering], { Sort, Order }, sortFields, sortValue);
  const direction = (Order || 'desc').toLowerCase();
  const byAge = (Sort || 'CreateTime') === 'CreateTime' && (direction === 'asc' || direction === 'desc');
  if (!byAge || lingering.length > 0) return inOrder();
  let kept = model.byAge.get(direction);
  if (kept?.membership !== model.membership) {
    kept = { membership: model.membership, services: inOrder() };
    model.byAge.set(direction, kept);
  }
  return kept.services;
}

/** Documented for names of new services: lower-case letters, digits and "_", 3 to 63 of them. */
function checkName(name: string): void {
  if (name === '') throw missingParameter('ServiceName');
  if (!/^[a-z0-9_]{3,63}$/.test(name)) {
    throw invalidParameter('name', `"${name}" should be 3 to 63 lower-case letters, digits or underscores`);
  }
}

function conflict({ variants }: Model, name: string): Refusal {
  // HTTP 409 is documented; the code is the emulator's choice.
  const status = variants.number('exists-error-status', 409);
  const code = variants.text('exists-error-code', 'ServiceAlreadyExists');
  return new Refusal(status, code, `Service [${name}] already exists.`);
}

/** Documented: the new service is named after the old one; how the suffix is made is not. */
function greenName(model: Model, name: string): string {
  if (model.variants.on('blue-green-suffix')) return `${name}${model.variants.text('blue-green-suffix', 'v2')}`;
  return `${name}_${model.random.fork(`green ${name} ${model.membership}`).hex(8)}`;
}

function createService(
  model: Model,
  config: ServiceConfig,
  labels: Readonly<Record<string, string>> | undefined,
): Service {
  const facts = readConfig(config);
  checkName(facts.name);
  checkSize(facts.instance, 'metadata.instance');
  if (facts.resource && !model.resources.has(facts.resource)) {
    throw invalidParameter('metadata.resource', `resource group "${facts.resource}" does not exist`);
  }
  const old = model.services.get(facts.name);
  let { name } = facts;
  if (facts.release && (old || !model.variants.on('blue-green-any-name'))) {
    if (model.variants.on('blue-green-refused')) throw invalidParameter('metadata.release', 'it is not supported');
    // Emulator's choice: only an existing service that is in no pair yet can be given a second one.
    if (!old) throw invalidParameter('name', `there is no service "${facts.name}" to release along with`);
    if (old.pair.length > 0) throw conflict(model, old.pair[1] ?? name);
    name = greenName(model, facts.name);
  }
  if (model.services.has(name)) throw conflict(model, name);
  const service = buildService(model, name, config, model.timeline.now());
  Object.assign(service.labels, labels);
  if (facts.release && old) {
    old.pair = [old.name, name];
    service.pair = [old.name, name];
    old.weight = 100;
    touch(old);
  }
  admit(model, service);
  model.lifecycle.deploy(service);
  return service;
}

function checkSize(instance: number, name: string): void {
  // The upper bound is the one documented for autoscaling; emulator's choice to use it here too.
  if (!Number.isInteger(instance) || instance < 0 || instance > 1000) {
    throw invalidParameter(name, `${instance} is not a whole number from 0 to 1000`);
  }
}

const create: Handler<'CreateService'> = (model, params) => {
  const config = readObject(params.body);
  if (params.WorkspaceId) {
    const metadata = typeof config.metadata === 'object' ? config.metadata : {};
    config.metadata = { ...metadata, workspace_id: params.WorkspaceId };
  }
  const service = createService(model, config, params.Labels);
  const { internet, intranet } = endpointsOf(model, service.name);
  return {
    ServiceId: service.id,
    ServiceName: service.name,
    Region: model.region,
    Status: service.status,
    InternetEndpoint: internet,
    IntranetEndpoint: intranet,
  };
};

const createApp: Handler<'CreateAppService'> = (model, params) => {
  const { AppType, AppVersion, Config, Replicas, ServiceName, ServiceSpec, WorkspaceId } = params;
  const metadata = { instance: Replicas, cpu: 8, memory: 32000, workspace_id: WorkspaceId ?? '' };
  const service = createService(model, { name: ServiceName, metadata }, undefined);
  service.quotaId = params.QuotaId ?? '';
  service.more = {
    AppType,
    AppSpecName: ServiceSpec,
    AppVersion: AppVersion ?? '',
    AppConfig: JSON.stringify(Config ?? {}),
  };
  touch(service);
  const { internet, intranet } = endpointsOf(model, service.name);
  return {
    ServiceId: service.id,
    ServiceName: service.name,
    Region: model.region,
    Status: service.status,
    InternetEndpoint: internet,
    IntranetEndpoint: intranet,
  };
};

const clone: Handler<'CloneService'> = (model, params) => {
  const source = findService(model, params);
  const given = readObject(params.body);
  const service = createService(model, mergeConfig(source.config, given), params.Labels);
  const { internet, intranet } = endpointsOf(model, service.name);
  return {
    ServiceId: service.id,
    ServiceName: service.name,
    Status: service.status,
    InternetEndpoint: internet,
    IntranetEndpoint: intranet,
  };
};

/** Whether a change is of the number of instances alone: documented to scale without a rolling update. */
function onlyInstances(change: ServiceConfig): number | undefined {
  const { name: _, metadata, ...rest } = change;
  if (Object.keys(rest).length > 0 || typeof metadata !== 'object' || metadata === null) return undefined;
  const { name: __, instance, ...others } = metadata as Record<string, unknown>;
  const number = Number(instance);
  return Object.keys(others).length === 0 && instance !== undefined && Number.isFinite(number) ? number : undefined;
}

const update: Handler<'UpdateService'> = (model, params) => {
  const service = findService(model, params);
  checkLock(model, service, 'other');
  const change = readObject(params.body);
  const type = params.UpdateType || 'merge';
  if (type !== 'merge' && type !== 'replace')
    throw invalidParameter('UpdateType', `"${type}" is neither merge nor replace`);
  const instance = type === 'merge' ? onlyInstances(change) : undefined;
  order(model, service, () => {
    if (instance !== undefined) {
      checkSize(instance, 'metadata.instance');
      return model.lifecycle.scale(service, instance);
    }
    const how = {
      shallow: model.variants.on('update-merge-shallow'),
      nullDeletes: model.variants.on('update-null-deletes'),
    };
    const config = type === 'replace' ? change : mergeConfig(service.config, change, how);
    checkSize(readConfig(config).instance, 'metadata.instance');
    model.lifecycle.update(service, config);
  });
  return { Message: `Succeed to update service [${service.name}] in region [${model.region}]` };
};

const scale: Handler<'ScaleService'> = (model, params) => {
  const service = findService(model, params);
  checkLock(model, service, 'other');
  checkSize(params.Instance, 'Instance');
  order(model, service, () => model.lifecycle.scale(service, params.Instance, params.InstancesToDelete));
  return { Message: `Service [${service.name}] in region [${model.region}] is scaling` };
};

export const serviceHandlers = {
  ListServices: list,
  DescribeService: (model, params) => describeRow(model, findService(model, params)),
  CreateService: create,
  CreateAppService: createApp,
  CloneService: clone,
  UpdateService: update,
  ScaleService: scale,
  StartService(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    order(model, service, () => model.lifecycle.start(service));
    return { Message: `Service [${service.name}] in region [${model.region}] is starting` };
  },
  StopService(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'stop');
    order(model, service, () => model.lifecycle.stop(service));
    // The SDK's example for this message is another operation's; the real text is not documented.
    if (model.variants.on('stop-message-sdk')) return { Message: `Succeed to auto scale service [${service.name}]` };
    return { Message: `Service [${service.name}] in region [${model.region}] is stopping` };
  },
  RestartService(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'other');
    order(model, service, () => model.lifecycle.restart(service));
    return { Message: 'Service is restarting' };
  },
  DeleteService(model, params) {
    const service = findService(model, params);
    checkLock(model, service, 'delete');
    order(model, service, () => model.lifecycle.remove(service));
    return { Message: `Service [${service.name}] in region [${model.region}] is terminating` };
  },
  UpdateServiceSafetyLock(model, params) {
    const service = findService(model, params);
    const { Lock } = params;
    if (Lock !== 'none' && Lock !== 'dangerous' && Lock !== 'all') {
      throw invalidParameter('Lock', `"${Lock}" is not one of none, dangerous, all`);
    }
    service.lock = Lock;
    touch(service);
    return { Message: `service safety lock updated to ${Lock}` };
  },
  UpdateServiceLabel(model, params) {
    const service = findService(model, params);
    for (const [key, value] of Object.entries(params.Labels)) service.labels[key] = String(value);
    touch(service);
    return { Message: `Succeed to update service [${service.name}] labels.` };
  },
  DeleteServiceLabel(model, params) {
    const service = findService(model, params);
    const keys = params.LabelKeys ?? params.Keys;
    if (!Array.isArray(keys) || keys.length === 0) throw missingParameter('LabelKeys');
    for (const key of keys) delete service.labels[key];
    touch(service);
    return { Message: `Succeed to delete service [${service.name}] labels.` };
  },
} satisfies Handlers;
