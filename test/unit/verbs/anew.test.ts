/** Services that somebody deletes and makes anew under their names: what was meant for the old one is not sent. */
import { expect, test } from 'vitest';
import { readService } from '../../../src/api/services.ts';
import { isSame } from '../../../src/state/verbs/asked.ts';
import { type Program, wireService } from '../state/program.ts';
import { answering, command, createPairProgram, entry, fresh, on, rest, wirePair } from './pair-program.ts';

const Versions = [3, 2, 1].map((ImageId) => ({ ImageId, ImageAvailable: 'true', ServiceRunnable: 'true' }));

const open = () =>
  createPairProgram({
    services: [...wirePair(), wireService('m', { ServiceGroup: 'g', TrafficState: 'grouping' })],
    answers: { ListServiceVersions: answering({ PageNumber: 1, PageSize: 100, TotalCount: 3, Versions }) },
  });

/** Another service under the name; the list on the screen was read before. */
function makeAnew({ service }: Program, name: string): void {
  service.services = service.services.map((one) =>
    one['ServiceName'] === name ? { ...one, ServiceId: 'eas-m-another', CreateTime: '2026-01-02T03:04:00Z' } : one,
  );
}

const writes = ({ service }: Program): string[] =>
  service.sent.map(({ operation }) => operation).filter((operation) => !/^(List|Describe)/.test(operation));

const toldOf = (program: Program): string => program.state().prompt?.error ?? program.said();

const questions: Readonly<Record<string, { readonly of: string; readonly ask: (program: Program) => Promise<void> }>> =
  {
    'the weight': { of: fresh, ask: (program) => on(program, fresh, 'w', 'right') },
    'the weight, seen from the entry': { of: entry, ask: (program) => on(program, fresh, 'w', 'right') },
    'the weight by command': { of: fresh, ask: (program) => command(program, `weight ${fresh} 40`) },
    'a ramp': { of: fresh, ask: (program) => command(program, `ramp ${fresh} 25,50 hold 5s`) },
    'a ramp, seen from the entry': { of: entry, ask: (program) => command(program, `ramp ${fresh} 25,50 hold 5s`) },
    'the version': { of: 'm', ask: (program) => command(program, 'version m 2') },
    'the traffic of a group': { of: 'm', ask: (program) => command(program, 'traffic m standalone') },
    'another configuration': { of: entry, ask: (program) => command(program, `modify ${entry} metadata.cpu=2`) },
  };

test.each(Object.entries(questions))(
  '%s is not asked about a service that was made anew',
  async (_what, { of, ask }) => {
    const program = await open();
    makeAnew(program, of);
    await ask(program);
    expect(program.state().dialog).toBeUndefined();
    expect(toldOf(program)).toMatch(
      new RegExp(
        `^${of} (was deleted and made anew meanwhile: look at it and ask again|is gone, or another bears its)`,
      ),
    );
    expect(writes(program)).toEqual([]);
  },
);

test.each(Object.entries(questions))(
  '%s: made anew while the question is open, nothing is sent',
  async (_, { of, ask }) => {
    const program = await open();
    await ask(program);
    expect(program.state().dialog).toBeDefined();
    makeAnew(program, of);
    await program.press('y');
    await rest();
    expect(toldOf(program)).toMatch(new RegExp(`${of} is gone, or another (object )?bears its name now`));
    expect(writes(program)).toEqual([]);
  },
);

test('what another service is, is told by its id; by the time it was made where there is none', () => {
  const service = (more: object) => readService(wireService('m', { ...more }));
  const made = { CreateTime: '2026-01-02T03:04:00Z' };
  expect(isSame(service({}), service(made))).toBe(true);
  expect(isSame(service({}), service({ ServiceId: 'eas-m-another' }))).toBe(false);
  const unnamed = { ServiceId: undefined };
  expect(isSame(service({}), service(unnamed))).toBe(true);
  expect(isSame(service(unnamed), service({ ...unnamed, ...made }))).toBe(false);
  expect(isSame(service(unnamed), service({ ...unnamed, CreateTime: undefined }))).toBe(true);
});
