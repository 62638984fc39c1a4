import { ApiError } from '../../../src/api/errors.ts';
import { verbs } from '../../../src/state/verbs/index.ts';
import { settled } from '../state/manual-clock.ts';
import { createProgram, type Program, type ProgramOptions, wireService, wireWorker } from '../state/program.ts';

export const entry = 'savedmodel_example';
export const fresh = 'savedmodel_example_9c16a222';

const both = JSON.stringify({ blue_green_services: [entry, fresh] });
const config = JSON.stringify({ name: 'x', metadata: { cpu: 1 } });

/** An old service that carries 80% and a new one that carries 20%. */
export function wirePair(more: { entry?: object; fresh?: object } = {}): Record<string, unknown>[] {
  const common = { ExtraData: both, ServiceConfig: config };
  return [
    wireService(entry, { ...common, Weight: 80, ...more.entry }),
    wireService(fresh, { ...common, Weight: 20, TotalInstance: 1, RunningInstance: 1, ...more.fresh }),
  ];
}

type Wire = Record<string, unknown>;

/** An operation that always answers the same. */
export const answering =
  (answer: Wire): (() => Wire) =>
  () =>
    answer;

/** An operation that is always refused. */
export const refusing =
  (...error: Parameters<typeof refusal>): (() => never) =>
  () => {
    throw refusal(...error);
  };

export function refusal(kind: ApiError['kind'], code: string, message: string, status = 400): ApiError {
  return new ApiError({ kind, code, message, status, requestId: 'R-refused' });
}

/** The program with a pair that takes weights and versions as the service does, and keys and commands that work. */
export async function createPairProgram(options: ProgramOptions = {}): Promise<Program> {
  const holder: { program?: Program } = {};
  const set = (name: unknown, patch: object): void => {
    const { service } = holder.program ?? ({} as Program);
    service.services = service.services.map((one) => (one['ServiceName'] === name ? { ...one, ...patch } : one));
  };
  const release = ({ ServiceName, Weight, TrafficState }: Wire): Wire => {
    if (TrafficState !== undefined) set(ServiceName, { TrafficState });
    if (Weight !== undefined) {
      set(ServiceName, { Weight });
      set(entry, { Weight: 100 - Number(Weight) });
    }
    return { RequestId: 'R-release', Message: 'Releasing' };
  };
  const switchTo = ({ ServiceName, Version }: Wire): Wire => {
    set(ServiceName, { CurrentVersion: Version });
    return { RequestId: 'R-version', Message: 'is starting' };
  };
  const describe = ({ ServiceName }: Wire): Wire => {
    const found = holder.program?.service.services.find((one) => one['ServiceName'] === ServiceName);
    if (!found) throw refusal('missing', 'InvalidService.NotFound', `no service ${String(ServiceName)}`, 404);
    return found;
  };
  const program = await createProgram({
    services: wirePair(),
    verbs,
    ...options,
    answers: {
      ReleaseService: release,
      UpdateServiceVersion: switchTo,
      DescribeServiceEndpoints: answering({ AccessToken: 'TOKEN', Endpoints: [] }),
      DescribeService: describe,
      ...options.answers,
    },
  });
  holder.program = program;
  program.service.workers = [wireWorker('w1')];
  return program;
}

/** Types a command line and runs it. */
export async function command(program: Program, line: string): Promise<void> {
  await program.press(':');
  await program.type(line);
  await program.press('enter');
  await rest();
}

/** Lets everything that needs no clock come to its end. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await settled();
}

/** The lines of the question that is open. */
export function asked(program: Program): string {
  const { dialog } = program.state();
  if (!dialog) return '';
  const sliding = dialog.slider ? dialog.slider.lines(dialog.slider.value) : [];
  return [dialog.title, ...dialog.lines, ...sliding].join('\n');
}

/** Puts the cursor on a service and presses keys. */
export async function on(program: Program, name: string, ...keys: string[]): Promise<void> {
  await program.press('g');
  while (program.under() !== name) {
    const before = program.under();
    await program.press('down');
    if (program.under() === before) throw new Error(`there is no ${name}`);
  }
  for (const key of keys) {
    await program.press(key);
    // What a key opens may first have to be read.
    await rest();
  }
}
