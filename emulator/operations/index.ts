import type { OperationName } from '../../src/api/contract/wire.gen.ts';
import type { Model } from '../model/model.ts';
import { genericAnswer } from './generic.ts';
import type { Handlers } from './handler.ts';
import { instanceHandlers } from './instances.ts';
import { serviceHandlers } from './services.ts';

const handlers: Handlers = { ...serviceHandlers, ...instanceHandlers };

/** Carries out one operation; throws a Refusal. */
export function perform(
  model: Model,
  operation: OperationName,
  params: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  // The table ties each handler to its own parameters; that the right one is taken is what the compiler cannot see.
  const handler = handlers[operation] as ((model: Model, params: unknown) => object) | undefined;
  model.settle();
  return handler ? { ...handler(model, params) } : genericAnswer(operation, params, model.region);
}
