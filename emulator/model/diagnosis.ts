import { type Diagnosis, diagnose } from './failure.ts';
import type { Service } from './service.ts';
import { counts, type Worker } from './worker.ts';

/** What is wrong with one worker, or undefined when nothing is. */
export function diagnoseWorker(service: Service, worker: Worker): Diagnosis | undefined {
  if (worker.phase === 'pending' && worker.note) {
    return {
      Error: `Instance ${worker.name} cannot be scheduled: ${worker.note}`,
      Causes: [
        `No node has ${service.facts.cpu} CPU, ${service.facts.gpu} GPU and ${service.facts.memory}M of memory free at once (each node keeps 1 core for the system).`,
      ],
      Advices: [
        'Scale down or stop another service of the resource group.',
        'Add nodes to the resource group.',
        'Ask for less: metadata.cpu, metadata.gpu, metadata.memory.',
      ],
    };
  }
  const bad = ['crashed', 'back-off', 'image-pull', 'unready'].includes(worker.phase);
  if (bad && service.failure) return diagnose(service.failure, service.facts);
  if (worker.phase === 'unready') return diagnose('unhealthy', service.facts);
  return undefined;
}

/** What is wrong with a service: what is wrong with its workers, each thing said once. */
export function diagnoseService(service: Service, workers: readonly Worker[]): Diagnosis[] {
  if (service.failure === 'model-missing') return [diagnose('model-missing', service.facts)];
  const found = new Map<string, Diagnosis>();
  for (const worker of workers.filter(counts)) {
    const diagnosis = diagnoseWorker(service, worker);
    if (diagnosis) found.set(diagnosis.Error, diagnosis);
  }
  return [...found.values()];
}
