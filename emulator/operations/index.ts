import type { OperationName } from '../../src/api/contract/wire.gen.ts';
import type { Model } from '../model/model.ts';
import { genericAnswer } from './generic.ts';
import { groupHandlers } from './groups.ts';
import { findService, type Handlers } from './handler.ts';
import { insightHandlers } from './insight.ts';
import { instanceHandlers } from './instances.ts';
import { nodeHandlers } from './nodes.ts';
import { resourceHandlers } from './resources.ts';
import { scalerHandlers } from './scalers.ts';
import { serviceHandlers } from './services.ts';
import { versionHandlers } from './versions.ts';

const handlers: Handlers = {
  ...serviceHandlers,
  ...instanceHandlers,
  ...versionHandlers,
  ...insightHandlers,
  ...scalerHandlers,
  ...groupHandlers,
  ...resourceHandlers,
  ...nodeHandlers,
};

/** Operations about a service that are answered from the contract's examples, if the service is there. */
const aboutService: readonly OperationName[] = [
  'CreateFaultInjection',
  'DeleteFaultInjection',
  'ListServiceInstanceFaultInjectionInfo',
  'UpdateAppService',
];

/** Carries out one operation; throws a Refusal. */
export function perform(
  model: Model,
  operation: OperationName,
  params: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  model.settle();
  // The table ties each handler to its own parameters; that the right one is taken is what the compiler cannot see.
  const handler = handlers[operation] as ((model: Model, params: unknown) => object) | undefined;
  if (handler) return { ...handler(model, params) };
  if (aboutService.includes(operation)) {
    findService(model, { ClusterId: String(params.ClusterId), ServiceName: String(params.ServiceName) });
  }
  return genericAnswer(operation, params, model.region);
}
