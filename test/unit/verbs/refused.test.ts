/** Changes of versions and traffic that the service refuses: what is told, shown and kept, and that nothing is lost. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Service as Emulated } from '../../../emulator/model/service.ts';
import { touch } from '../../../emulator/model/world.ts';
import type { Service } from '../../../src/api/services.ts';
import { type Live, openOn } from './live.ts';

const mnist = 'mnist_saved_model_example';
const fresh = 'savedmodel_example_9c16a222';

interface Change {
  readonly line: string;
  readonly name: string;
  readonly operation: 'UpdateServiceVersion' | 'ReleaseService';
  /** The action as it is told. */
  readonly words: string;
  readonly shown: (row: Service | undefined) => unknown;
  readonly truth: (service: Emulated | undefined) => unknown;
  readonly before: object;
  readonly after: object;
  /** The service before it is looked at. */
  readonly prepare?: (service: Emulated) => void;
}

const group = {
  name: 'rec_rank_exp',
  operation: 'ReleaseService',
  shown: (row: Service | undefined) => row?.trafficState,
  truth: (service: Emulated | undefined) => service?.trafficState,
} as const;

const changes: Readonly<Record<string, Change>> = {
  'to another version': {
    line: `version ${mnist} 2`,
    name: mnist,
    operation: 'UpdateServiceVersion',
    words: `switch ${mnist} from version 3 to 2`,
    shown: (row) => row?.currentVersion,
    truth: (service) => service?.currentVersion,
    before: { currentVersion: 3 },
    after: { currentVersion: 2 },
  },
  'of the weight': {
    line: `weight ${fresh} 40`,
    name: fresh,
    operation: 'ReleaseService',
    words: `weight ${fresh} 20%→40%`,
    shown: (row) => row?.weight,
    truth: (service) => service?.weight,
    before: { weight: 20 },
    after: { weight: 40 },
  },
  'out of the traffic of a group': {
    ...group,
    line: `traffic ${group.name} standalone`,
    words: `set traffic of ${group.name} grouping→standalone`,
    before: { trafficState: 'grouping' },
    after: { trafficState: 'standalone' },
  },
  'into the traffic of a group': {
    ...group,
    line: `traffic ${group.name} grouping`,
    words: `set traffic of ${group.name} standalone→grouping`,
    before: { trafficState: 'standalone' },
    after: { trafficState: 'grouping' },
    prepare: (service) => {
      service.trafficState = 'standalone';
      touch(service);
    },
  },
};

const refusals = {
  denied: {
    code: 'Forbidden\\.RAM',
    why: (operation: string) => `needs eas:${operation} for SubUser \\d+: User not authorized`,
  },
  conflict: { code: 'Conflict', why: () => 'The specified resource is being changed by another request' },
} as const;

const ledgerOf = ({ ledger }: Live): Record<string, unknown>[] =>
  readFileSync(ledger, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The id of the latest request of an operation. */
const requestOf = ({ emulator }: Live, operation: string): string | undefined =>
  emulator.requests().findLast((one) => one.operation === operation)?.requestId;

for (const [what, change] of Object.entries(changes)) {
  test.each(['denied', 'conflict'] as const)(`a change ${what} that is refused (%s)`, async (kind) => {
    const { line, name, operation, words, shown, truth, before, after } = change;
    const live = await openOn();
    const service = () => live.emulator.model.services.get(name);
    const own = service();
    if (own) change.prepare?.(own);
    const [was] = Object.values(before);
    await live.until('the service as it is', () => shown(live.service(name)) === was);

    live.emulator.faults.set([`${kind}:${operation}:1`]);
    live.command(line);
    await live.yes();
    const { code, why } = refusals[kind];
    const said = await live.told(new RegExp(`^${words} failed · ${code}: ${why(operation)}`));
    const request = requestOf(live, operation);
    expect(said.endsWith(` · request ${request}`)).toBe(true);

    // What was hoped for is gone, what is shown is what is so, and it is read anew.
    expect(live.state().hopes).toEqual({});
    expect([shown(live.service(name)), truth(service())]).toEqual([was, was]);
    const read = live.state().sources['services{}']?.at ?? 0;
    await live.until('a newer answer', ({ sources }) => (sources['services{}']?.at ?? 0) > read);
    expect(shown(live.service(name))).toBe(was);
    const plain = code.replace('\\', '');
    await live.until('the record', () => ledgerOf(live).length === 2);
    expect(ledgerOf(live)).toMatchObject([
      { event: 'sent', operation, target: name, words, before, after },
      { event: 'ended', outcome: 'refused', requestId: request, code: plain },
    ]);
    expect(live.state().watches).toEqual([]);

    // Nothing was lost by it: the same line does it now.
    live.command(line);
    await live.yes();
    await live.told(new RegExp(`^${words}: accepted`));
    await live.until('the change', () => shown(live.service(name)) === Object.values(after)[0]);
    expect(live.asked(operation)).toHaveLength(2);
  });
}

test.each(['denied', 'conflict'] as const)(
  'a step of a ramp that is refused (%s) stops it where it is',
  async (kind) => {
    const live = await openOn();
    live.emulator.faults.set([`${kind}:ReleaseService:1`]);
    live.command(`ramp ${fresh} 25,50 hold 1s`);
    await live.yes();
    const { code, why } = refusals[kind];
    const refused = `${code}: ${why('ReleaseService')}`;
    await live.told(
      new RegExp(`^ramp of ${fresh} stopped at 25%: .* failed · ${refused}.* · request [0-9A-F-]{36}`, 'i'),
    );
    // The share drawn is the one there is, not the one that was asked for.
    const page = await live.page(`ramp:${fresh}`, /stopped: /);
    expect(page).toMatch(new RegExp(refused));
    expect(page).toMatch(/new +20% █{8}░{32} +80% entry/);
    expect(page).toContain('▶  25%  not reached');
    expect([live.service(fresh)?.weight, live.state().hopes]).toEqual([20, {}]);
    await live.until('the record', () => ledgerOf(live).length === 2);
    expect(ledgerOf(live)[1]).toMatchObject({ outcome: 'refused', requestId: requestOf(live, 'ReleaseService') });
    // The plan is kept, with why it stopped, and goes on from there.
    const folder = join(dirname(live.ledger), 'ramps');
    const [file = ''] = readdirSync(folder);
    expect(JSON.parse(readFileSync(join(folder, file), 'utf8'))).toMatchObject({ state: 'stopped', at: 0, from: 20 });
    live.press('r');
    await live.told(new RegExp(`^ramp of ${fresh} done: 50% after`));
    // Of the one that was refused the emulator read no more than its name.
    expect(live.asked('ReleaseService').map(({ params }) => params['Weight'])).toEqual([undefined, 25, 50]);
    await live.until('the plan to be dropped', () => readdirSync(folder).length === 0);
  },
  40_000,
);
