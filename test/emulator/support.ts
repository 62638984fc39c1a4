import { afterEach } from 'vitest';
import { type Clock, createClock } from '../../emulator/clock.ts';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../emulator/server.ts';
import type { OperationName, Operations } from '../../src/api/contract/wire.gen.ts';
import { createOfficialClient } from '../conformance/official-client.ts';

type Response<Name extends OperationName> = Operations[Name]['response'];
type Params<Name extends OperationName> = Omit<Operations[Name]['params'], 'ClusterId'>;

export interface Setting {
  emulator: Emulator;
  clock: Clock;
  /** Calls an operation in the emulator's region; refusals reject with `code` and `statusCode`. */
  call<Name extends OperationName>(operation: Name, params: Params<Name>): Promise<Response<Name>>;
  describe(name: string): Promise<Response<'DescribeService'>>;
  /** Moves the clock on in half seconds and tells each different `Status running/total` on the way. */
  watch(name: string, seconds: number): Promise<string[]>;
}

const running: Emulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

/** An emulator whose clock stands still unless moved, closed after the test. */
export async function setUp(options: EmulatorOptions = {}): Promise<Setting> {
  const clock = createClock({ manual: true });
  const emulator = await createEmulator({ clock, seed: 11, strict: true, ...options });
  running.push(emulator);
  const official = createOfficialClient(emulator.endpoint, emulator);
  const call: Setting['call'] = async (operation, params) =>
    (await official(operation, { ClusterId: emulator.region, ...params })).body;
  const describe = (ServiceName: string) => call('DescribeService', { ServiceName });
  async function watch(name: string, seconds: number): Promise<string[]> {
    const seen: string[] = [];
    for (let step = 0; step <= seconds * 2; step++) {
      const { Status, RunningInstance, TotalInstance } = await describe(name);
      const state = `${Status} ${RunningInstance}/${TotalInstance}`;
      if (seen.at(-1) !== state) seen.push(state);
      clock.advance(500);
    }
    return seen;
  }
  return { emulator, clock, call, describe, watch };
}
