import { invalidParameter, missingParameter, Refusal } from '../errors.ts';
import type { Model } from '../model/model.ts';
import type { Service } from '../model/service.ts';
import { containerRows, instanceRow } from '../model/wire.ts';
import { counts, type Worker } from '../model/worker.ts';
import { touch } from '../model/world.ts';
import { checkLock, findService, type Handler, type Handlers } from './handler.ts';
import { contains, equals, page, sorted } from './paging.ts';

export function findWorker(model: Model, service: Service, name: string): Worker {
  const worker = model.lifecycle.workers.of(service).find((each) => each.name === name);
  // Emulator's choice: the code for an instance that does not exist is not documented.
  if (!worker) throw new Refusal(404, 'InvalidInstance.NotFound', `The specified instance ${name} does not exist.`);
  return worker;
}

const list: Handler<'ListServiceInstances'> = (model, params) => {
  const service = findService(model, params);
  const rows = model.lifecycle.workers.of(service).map((worker) => instanceRow(service, worker));
  const found = rows.filter(
    (row) =>
      contains(row.InstanceName ?? '', params.Filter) &&
      equals(row.InstanceName ?? '', params.InstanceName) &&
      equals(row.InnerIP ?? '', params.InstanceIP) &&
      equals(row.HostIP ?? '', params.HostIP) &&
      equals(row.Status ?? '', params.InstanceStatus) &&
      equals(row.InstanceType ?? '', params.InstanceType) &&
      equals(row.ResourceType ?? '', params.ResourceType) &&
      equals(service.facts.resource, params.Resource) &&
      equals(row.Role ?? '', params.Role) &&
      equals(service.quotaId, params.QuotaId) &&
      equals('', params.ReplicaName) &&
      params.IsSpot !== true &&
      params.ListReplica !== true,
  );
  const ordered = sorted(found, params, ['StartTime', 'CreateTime', 'InstanceName'], (row, field) => row[field]);
  const { rows: Instances, ...numbers } = page(ordered, params, model.variants);
  return { ...numbers, Instances: [...Instances] };
};

const remove: Handler<'DeleteServiceInstances'> = (model, params) => {
  const service = findService(model, params);
  checkLock(model, service, 'other');
  const names = (params.InstanceList ?? '').split(',').filter(Boolean);
  if (names.length === 0) throw missingParameter('InstanceList');
  // Documented: Container goes only with SoftRestart.
  if (params.Container && params.SoftRestart !== true) {
    throw invalidParameter('Container', 'it may be given only together with SoftRestart=true');
  }
  const { workers } = model.lifecycle;
  const found = names.map((name) => findWorker(model, service, name));
  for (const worker of found) {
    if (params.SoftRestart === true) workers.restartInPlace(service, worker, 'Completed', 0);
    else workers.terminate(service, worker);
  }
  // Documented: the system starts others in their place.
  model.lifecycle.reconcile(service);
  const list = names.join(',');
  return {
    Message: `Instance(s) [${list}]  for service [${service.name}] in region [${model.region}] was deleted successfully`,
  };
};

const update: Handler<'UpdateServiceInstance'> = (model, params) => {
  const service = findService(model, params);
  checkLock(model, service, 'other');
  const worker = findWorker(model, service, params.InstanceName);
  const { Isolate, Detach, Hibernate } = params;
  if (Isolate === undefined && Detach === undefined && Hibernate === undefined) throw missingParameter('Isolate');
  // Documented: by invitation only.
  if (Hibernate !== undefined)
    throw new Refusal(403, 'Forbidden.NotInvited', 'Hibernation is open to invited users only.');
  if (Detach !== undefined) {
    // Documented: it cannot be undone.
    if (!Detach) throw invalidParameter('Detach', 'a detached instance cannot be taken back');
    if (!counts(worker))
      throw invalidParameter('InstanceName', `instance ${worker.name} is detached or leaving already`);
    model.lifecycle.workers.detach(service, worker);
    return { Message: `instance ${worker.name} detach updated to true。` };
  }
  worker.isolated = Isolate === true;
  touch(service);
  return { Message: `instance ${worker.name} isolation updated to ${Isolate}。` };
};

export const instanceHandlers = {
  ListServiceInstances: list,
  DeleteServiceInstances: remove,
  UpdateServiceInstance: update,
  ListServiceContainers(model, params) {
    const service = findService(model, params);
    const worker = findWorker(model, service, params.InstanceName);
    return { ServiceName: service.name, Containers: containerRows(service, worker, model.timeline.now()) };
  },
} satisfies Handlers;
