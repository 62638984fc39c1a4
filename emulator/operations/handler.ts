import type { OperationName, Operations } from '../../src/api/contract/wire.gen.ts';
import { invalidParameter, Refusal } from '../errors.ts';
import type { Model } from '../model/model.ts';
import type { Service } from '../model/service.ts';
import { touch } from '../model/world.ts';

/** Rows that are JSON text already. */
export class Rows {
  readonly json: readonly string[];
  constructor(json: readonly string[]) {
    this.json = json;
  }
}

type Answer<Name extends OperationName> = {
  [Field in keyof Operations[Name]['response']]: Operations[Name]['response'][Field] | Rows;
};

export type Handler<Name extends OperationName> = (model: Model, params: Operations[Name]['params']) => Answer<Name>;

/** Operations answered from the model. The others are answered from the contract's examples. */
export type Handlers = { [Name in OperationName]?: Handler<Name> };

export function checkRegion(model: Model, clusterId: string): void {
  // ClusterId is the region. Emulator's choice: what another one is answered with.
  if (clusterId !== model.region) {
    throw invalidParameter('ClusterId', `"${clusterId}" is not the region of this endpoint, "${model.region}"`);
  }
}

export function findService(model: Model, params: { ClusterId: string; ServiceName: string }): Service {
  checkRegion(model, params.ClusterId);
  const service = model.services.get(params.ServiceName);
  if (service) return service;
  // The code is documented; its HTTP status is the emulator's choice.
  const status = model.variants.on('not-found-400') ? 400 : 404;
  throw new Refusal(status, 'InvalidService.NotFound', 'The specified service does not exist.');
}

/** Runs an order; with the variant status-lag, reads go on showing the status from before it for a while. */
export function order(model: Model, service: Service, run: () => void): void {
  const { status, reason, message } = service;
  run();
  if (!model.variants.on('status-lag')) return;
  service.stale = { status, reason, message, reads: model.variants.number('status-lag', 3) };
  touch(service);
}

type Danger = 'stop' | 'delete' | 'other';

/**
 * Refuses what the safety lock forbids. Documented: "dangerous" stops dangerous operations such as delete and
 * stop, "all" stops all. The exact list and the error are the emulator's choice.
 */
export function checkLock(model: Model, service: Service, danger: Danger): void {
  const { variants } = model;
  const blocked =
    service.lock === 'all' ||
    (service.lock === 'dangerous' && (danger !== 'other' || variants.on('lock-dangerous-all')));
  if (!blocked) return;
  throw new Refusal(
    variants.number('lock-error-status', 403),
    variants.text('lock-error-code', 'Forbidden.SafetyLock'),
    `Service [${service.name}] is protected by safety lock [${service.lock}].`,
  );
}
