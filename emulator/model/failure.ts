import type { ConfigFacts } from './config.ts';

/** What is wrong with a service. Message, events, diagnosis and logs all tell the one story given here. */
export type Failure = 'model-missing' | 'oom' | 'crash' | 'image-missing' | 'unhealthy';

export interface Diagnosis {
  readonly Error: string;
  readonly Causes: string[];
  readonly Advices: string[];
}

/**
 * What a service's JSON leads to. Emulator's choice, so that failures can be made and mended by hand:
 * "missing" in model_path or in the image's tag, "crash" in processor_entry.
 */
export function failureOf(facts: ConfigFacts, processorEntry: unknown): Failure | undefined {
  if (/missing|not[-_]?exist/i.test(facts.modelPath)) return 'model-missing';
  if (/:[\w.-]*missing/i.test(facts.image)) return 'image-missing';
  if (typeof processorEntry === 'string' && /crash/i.test(processorEntry)) return 'crash';
  return undefined;
}

/** The service's Message once the failure has shown. The second text is documented. */
export function failureMessage(failure: Failure, facts: ConfigFacts, worker: string): string {
  switch (failure) {
    case 'model-missing':
      return `Failed to download model [${facts.modelPath}]: NoSuchKey, the specified key does not exist.`;
    case 'image-missing':
      return `Instance ${worker} not healthy: ImagePullBackOff, failed to pull image "${facts.image}".`;
    case 'oom':
    case 'crash':
      return `Instance ${worker} not healthy: Instance crashed, please inspect instance log.`;
    case 'unhealthy':
      return `Instance ${worker} not healthy: readiness probe failed.`;
  }
}

export function diagnose(failure: Failure, facts: ConfigFacts): Diagnosis {
  switch (failure) {
    case 'model-missing':
      return {
        Error: `Failed to download the model from ${facts.modelPath}.`,
        Causes: [
          'The object does not exist in the bucket (NoSuchKey).',
          'The model was moved or deleted after the service was deployed.',
        ],
        Advices: [
          'Check that model_path names an existing object in a bucket of the same region.',
          'Update the service with the right model_path.',
        ],
      };
    case 'image-missing':
      return {
        Error: 'Container worker0 failed to pull image.',
        Causes: [`The image ${facts.image} does not exist or may not be read.`],
        Advices: ['Check the image address and its tag.', 'Check dockerAuth if the registry is private.'],
      };
    case 'oom':
      return {
        Error: 'Container worker0 was OOMKilled.',
        Causes: [`The process used more than the ${facts.memory}M of memory given to the instance.`],
        Advices: ['Raise metadata.memory.', 'Lower the batch size or the number of worker threads.'],
      };
    case 'crash':
      return {
        Error: 'Container worker0 exited with code 139.',
        Causes: ['The process ended with a segmentation fault while it loaded the processor.'],
        Advices: ['Look at the previous log of the instance.', 'Check processor_entry and the CUDA version.'],
      };
    case 'unhealthy':
      return {
        Error: 'The readiness probe of container worker0 failed.',
        Causes: ['Nothing listens on port 8000 of the container.'],
        Advices: ['Make the process listen on the port given in containers[].port.'],
      };
  }
}

/** Log lines of a worker in trouble, as offsets (ms) from the start of its current or previous run. */
export function failureLines(failure: Failure, facts: ConfigFacts): readonly [number, string][] {
  switch (failure) {
    case 'model-missing':
      return [
        [400, `[INFO] Downloading model: ${facts.modelPath}`],
        [
          900,
          `[ERROR] download failed: oss: service returned error: StatusCode=404, ErrorCode=NoSuchKey, ErrorMessage="The specified key does not exist."`,
        ],
        [910, '[ERROR] failed to initialise: model is not available, exit'],
      ];
    case 'oom':
      return [
        [2_000, '[INFO] Loading weights: 4.1 GB'],
        [14_000, `[WARN] memory usage 92% of ${facts.memory}M`],
        [19_500, '[ERROR] std::bad_alloc: failed to allocate 536870912 bytes'],
        [19_990, '[ERROR] Killed: container worker0 exceeded its memory limit (OOMKilled)'],
      ];
    case 'crash':
      return [
        [1_500, '[INFO] Loading processor'],
        [3_000, '[ERROR] Segmentation fault (core dumped), exit code 139'],
      ];
    case 'unhealthy':
      return [[3_000, '[INFO] Serving on 0.0.0.0:9000 (expected 8000)']];
    case 'image-missing':
      return [];
  }
}
