import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CockpitOptions } from '../../../src/state/cockpit.ts';
import {
  createMemoryPlans,
  createPlanStore,
  type RampPlan,
  readPlan,
  readSteps,
} from '../../../src/state/ramp-plan.ts';
import { type Program, wireWorker } from '../state/program.ts';
import {
  answering,
  asked,
  command,
  createPairProgram,
  entry,
  fresh,
  on,
  refusal,
  refusing,
  rest,
  wirePair,
} from './pair-program.ts';

type Ramps = NonNullable<CockpitOptions['ramps']>;

const owner = { host: 'here', pid: 1 };
const inMemory = (): Ramps => ({ plans: createMemoryPlans(), owner, isAlive: () => false });
const seconds = (n: number): number => n * 1_000;

/** Weights in the order they were sent. */
const sent = (program: Program): unknown[] =>
  program.service.of('ReleaseService').map(({ params }) => params['Weight']);

const planOf = async (ramps: Ramps): Promise<RampPlan | undefined> => (await ramps.plans.load()).plans[0];

const shown = (program: Program): string =>
  (program.state().pages[`ramp:${fresh}`]?.sections ?? [])
    .flatMap(({ title, lines = [] }) => [title, ...lines.map(({ text }) => text)])
    .join('\n');

/** Begins a ramp and answers yes. */
async function begin(program: Program, steps = '25,50,100 hold 10s'): Promise<void> {
  await command(program, `ramp ${fresh} ${steps}`);
  expect(asked(program)).toContain(`ramp ${fresh} up to`);
  await program.press('y');
  await rest();
}

/** Moves on in steps that let what is read be judged. */
async function pass(program: Program, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    await program.clock.advance(Math.min(left, 1_000));
    await rest();
  }
}

test.each([
  ['', [5, 25, 50, 100], 300],
  ['hold 30s', [5, 25, 50, 100], 30],
  ['10,90', [10, 90], 300],
  ['10%,90% hold 1h', [10, 90], 3600],
])('reads the steps %j', (text, weights, hold) => {
  expect(readSteps(text)).toEqual(weights.map((weight) => ({ weight, holdMs: seconds(hold) })));
});

test.each([
  ['0,50', 'step 0 is outside 1–100'],
  ['50,101', 'step 101 is outside 1–100'],
  ['50,25', 'step 25 does not rise above 50'],
  ['50,50', 'step 50 does not rise above 50'],
  ['5,x', '"x" is no step; write e.g. 5,25,50,100 hold 5m'],
  ['5,50 hold 5', '"5" is no time; write e.g. 30s, 5m or 1h, at most 24h'],
  ['5,50 hold 25h', '"25h" is no time; write e.g. 30s, 5m or 1h, at most 24h'],
  ['5:2x,50', '"2x" is no time; write e.g. 30s, 5m or 1h, at most 24h'],
  ['5 25', '"5 25" is not read; write e.g. 5,25,50,100 hold 5m'],
])('%j are no steps', (text, wrong) => {
  expect(readSteps(text)).toBe(wrong);
});

test('a step may have a time of its own', () => {
  expect(readSteps('5:10s,50 hold 1m')).toEqual([
    { weight: 5, holdMs: seconds(10) },
    { weight: 50, holdMs: seconds(60) },
  ]);
});

test('goes up step by step, each after it was seen well for its time, and ends by itself', async () => {
  const ramps = inMemory();
  const program = await createPairProgram({ ramps });
  await begin(program);
  expect(sent(program)).toEqual([25]);
  expect(program.view().row).toBe(`ramp:${fresh}`);
  expect(shown(program)).toContain('▶  25%');
  await pass(program, seconds(9));
  expect(sent(program)).toEqual([25]);
  await pass(program, seconds(9));
  expect(sent(program)).toEqual([25, 50]);
  expect(shown(program)).toContain('✓  25%  held 10s');
  expect(program.state().watches.map(({ title }) => title)).toContain(`ramp ${fresh} 50%`);
  await pass(program, seconds(40));
  expect(sent(program)).toEqual([25, 50, 100]);
  expect(program.messages().some((text) => text.startsWith(`ramp of ${fresh} done: 100% after`))).toBe(true);
  expect(program.state().watches).toEqual([]);
  expect(await planOf(ramps)).toBeUndefined();
  expect(program.recorded.map(({ entry: { cli } }) => cli)).toEqual(
    [25, 50, 100].map((weight) => `eascmd release ${fresh} -w ${weight}`),
  );
});

test('steps that are reached already are left out, and it is said', async () => {
  const program = await createPairProgram();
  await command(program, `ramp ${fresh} 5,20,60 hold 10s`);
  expect(asked(program)).toContain('now 20% · 60% for 10s');
  expect(asked(program)).toContain('steps up to 20% are left out');
  expect(asked(program)).toContain(`! from 60% on: ${fresh} runs 1 of 3 workers (33%) and would get 60%`);
  await program.press('esc');
  await command(program, `ramp ${fresh} 5,20`);
  expect(program.state().prompt?.error).toContain('none of the steps is above it');
});

test('r in the weight dialog asks for the steps', async () => {
  const program = await createPairProgram();
  await on(program, fresh, 'w', 'r');
  expect(program.state().dialog).toBeUndefined();
  expect(program.state().prompt).toMatchObject({ text: '5,25,50,100 hold 5m', question: { sign: 'ramp steps: ' } });
  await program.press('enter');
  await rest();
  expect(asked(program)).toContain('now 20% · 25% for 5m · 50% for 5m · 100% for 5m');
});

const troubles: readonly (readonly [string, (program: Program) => void, string])[] = [
  [
    'a worker restarts',
    ({ service }) => {
      service.workers = [wireWorker('w1', { RestartCount: 1 })];
    },
    'w1 restarted (0 → 1)',
  ],
  [
    'no worker is ready',
    ({ service }) => {
      service.workers = [wireWorker('w1', { ReadyProcesses: 0 })];
    },
    'no worker is ready',
  ],
  [
    'a new warning comes',
    ({ service }) => {
      service.answers['DescribeServiceEvent'] = () => ({
        Events: [{ Type: 'Warning', Reason: 'Unhealthy', Message: 'probe failed', Time: '2026-01-02 03:04:30' }],
      });
    },
    '1 new warning: Unhealthy probe failed',
  ],
  [
    'the service fails',
    ({ service }) => {
      service.services = service.services.map((one) =>
        one['ServiceName'] === fresh ? { ...one, Status: 'Failed', Message: 'crashed' } : one,
      );
    },
    `${fresh} is Failed: crashed`,
  ],
  [
    'the service is deleted',
    ({ service }) => {
      service.services = service.services.filter(({ ServiceName }) => ServiceName !== fresh);
    },
    `${fresh} is gone, or another bears its name now`,
  ],
  [
    'the old service is deleted',
    ({ service }) => {
      service.services = service.services.filter(({ ServiceName }) => ServiceName !== entry);
    },
    `${entry} is gone, or another bears its name now`,
  ],
  [
    'somebody else sets the weight',
    ({ service }) => {
      service.services = service.services.map((one) => (one['ServiceName'] === fresh ? { ...one, Weight: 77 } : one));
    },
    'the weight is 77%, not 25%: somebody else set it',
  ],
];

test.each(troubles)('stops by itself when %s, and says why', async (_what, happen, why) => {
  const program = await createPairProgram();
  await begin(program);
  await pass(program, seconds(5));
  happen(program);
  await pass(program, seconds(60));
  expect(sent(program)).toEqual([25]);
  const said = program.messages().find((text) => text.startsWith('ramp of'));
  expect(said).toContain(`stopped at 25%: ${why}`);
  expect(shown(program)).toContain(`stopped: ${why}`);
  expect(program.bells()).toBeGreaterThan(0);
});

test('warnings and restarts from before the ramp are no trouble', async () => {
  const program = await createPairProgram({
    answers: { DescribeServiceEvent: answering({ Events: [{ Type: 'Warning', Reason: 'Old', Message: 'long ago' }] }) },
  });
  program.service.workers = [wireWorker('w1', { RestartCount: 7 })];
  await begin(program);
  await pass(program, seconds(20));
  expect(sent(program)).toEqual([25, 50]);
});

test('waits while the service is busy, and that time does not count', async () => {
  const program = await createPairProgram();
  await begin(program);
  await pass(program, seconds(4));
  const set = (Status: string): void => {
    program.service.services = program.service.services.map((one) =>
      one['ServiceName'] === fresh ? { ...one, Status } : one,
    );
  };
  set('Scaling');
  await pass(program, seconds(60));
  expect(sent(program)).toEqual([25]);
  expect(shown(program)).toContain(`waits: ${fresh} is Scaling`);
  set('Running');
  await pass(program, seconds(4));
  expect(sent(program)).toEqual([25]);
  await pass(program, seconds(12));
  expect(sent(program)).toEqual([25, 50]);
});

test.each(['DescribeService', 'ListServiceInstances', 'DescribeServiceEvent'])(
  'never goes on while %s cannot be read; it waits and goes on when it is back',
  async (operation) => {
    const program = await createPairProgram();
    await begin(program);
    await pass(program, seconds(4));
    const before = program.service.answers[operation];
    program.service.answers[operation] = refusing('network', 'ECONNRESET', 'the connection was lost', 0);
    await pass(program, seconds(300));
    expect(sent(program)).toEqual([25]);
    expect(shown(program)).toContain('waits: cannot be seen: the connection was lost');
    if (before) program.service.answers[operation] = before;
    else delete program.service.answers[operation];
    // What was not seen does not count: one look is not ten seconds.
    await pass(program, seconds(61));
    expect(sent(program).slice(0, 2)).toEqual([25, 50]);
  },
);

test('an answer that was lost is settled by what the service says of the weight', async () => {
  const program = await createPairProgram();
  const release = program.service.answers['ReleaseService'];
  program.service.answers['ReleaseService'] = (params) => {
    release?.(params);
    const lost = refusal('timeout', 'Timeout', 'no answer', 0);
    throw Object.assign(lost, { sent: 'unknown' });
  };
  await begin(program, '25,50 hold 5s');
  await pass(program, seconds(15));
  expect(sent(program).slice(0, 2)).toEqual([25, 50]);
});

test('a weight that is accepted and never shown stops the ramp after two minutes', async () => {
  const program = await createPairProgram({ answers: { ReleaseService: answering({ RequestId: 'R' }) } });
  await begin(program);
  await pass(program, seconds(110));
  expect(shown(program)).toContain('the service still says 20%');
  await pass(program, seconds(20));
  expect(program.messages().find((text) => text.startsWith('ramp of'))).toContain(
    'the weight is still 20%, 25% was sent',
  );
});

test.each([
  ['denied', 'Forbidden.RAM', 403],
  ['conflict', 'Conflict', 409],
] as const)('a refused step (%s) stops it with the code', async (kind, code, status) => {
  const program = await createPairProgram({ answers: { ReleaseService: refusing(kind, code, 'refused', status) } });
  await begin(program);
  expect(shown(program)).toContain(`${code}: refused`);
  await pass(program, seconds(60));
  expect(sent(program)).toEqual([25]);
});

test.each([fresh, entry])('%s deleted while the ramp is asked about: none begins', async (gone) => {
  const ramps = inMemory();
  const program = await createPairProgram({ ramps });
  await command(program, `ramp ${fresh} 25,50 hold 10s`);
  expect(asked(program)).toContain(`ramp ${fresh} up to`);
  program.service.services = program.service.services.filter(({ ServiceName }) => ServiceName !== gone);
  await program.press('y');
  await rest();
  await pass(program, seconds(30));
  expect(program.messages().join()).toContain(`${gone} is gone, or another bears its name now`);
  expect(sent(program)).toEqual([]);
});

test('p pauses, r goes on, b rolls back, each with one key', async () => {
  const ramps = inMemory();
  const program = await createPairProgram({ ramps });
  await begin(program);
  await pass(program, seconds(5));
  await program.press('p');
  await pass(program, seconds(120));
  expect(sent(program)).toEqual([25]);
  expect((await planOf(ramps))?.state).toBe('paused');
  await program.press('r');
  await rest();
  await pass(program, seconds(8));
  expect(sent(program)).toEqual([25]);
  await pass(program, seconds(8));
  expect(sent(program)).toEqual([25, 50]);
  await program.press('b');
  await rest();
  expect(sent(program)).toEqual([25, 50, 20]);
  expect(program.messages()).toContain(`ramp of ${fresh} rolled back to 20%`);
  await pass(program, seconds(120));
  expect(sent(program)).toEqual([25, 50, 20]);
  expect(await planOf(ramps)).toBeUndefined();
});

test('a rollback that is refused says so and can be tried again', async () => {
  const program = await createPairProgram();
  await begin(program);
  const release = program.service.answers['ReleaseService'];
  program.service.answers['ReleaseService'] = refusing('conflict', 'Conflict', 'busy', 409);
  await program.press('b');
  await rest();
  expect(shown(program)).toContain('stopped: not rolled back:');
  program.service.answers['ReleaseService'] = release ?? (() => ({}));
  await program.press('b');
  await rest();
  expect(sent(program)).toEqual([25, 20, 20]);
  expect(shown(program)).toContain('rolled back');
});

test('the steps left can be edited while it runs', async () => {
  const program = await createPairProgram();
  await begin(program);
  await program.press('e');
  expect(program.state().prompt?.text).toBe('50:10s,100:10s');
  await program.press('ctrl-u');
  await program.type('10');
  await program.press('enter');
  expect(program.state().prompt?.error).toBe('step 10 does not rise above the present 25%');
  await program.press('ctrl-u');
  await program.type('30 hold 5s');
  await program.press('enter');
  expect(program.state().prompt).toBeUndefined();
  await pass(program, seconds(60));
  expect(sent(program)).toEqual([25, 30]);
  expect(shown(program)).toContain('✓  30%  held 5.0s');
});

test('a service that is not well to begin with is not ramped', async () => {
  const program = await createPairProgram();
  program.service.workers = [wireWorker('w1', { ReadyProcesses: 0 })];
  await command(program, `ramp ${fresh} 25 hold 5s`);
  await program.press('y');
  await rest();
  expect(program.said()).toBe('not begun: no worker is ready');
  expect(sent(program)).toEqual([]);
});

test('a plan that cannot be kept is not begun, and one that can no longer be kept sends nothing more', async () => {
  const memory = inMemory();
  let full = true;
  const save = async (plan: RampPlan): Promise<void> => {
    if (full) throw new Error('ENOSPC: no space left on device');
    await memory.plans.save(plan);
  };
  const program = await createPairProgram({ ramps: { ...memory, plans: { ...memory.plans, save } } });
  await command(program, `ramp ${fresh} 25,50 hold 5s`);
  await program.press('y');
  await rest();
  expect(program.said()).toBe('not begun: ENOSPC: no space left on device');
  full = false;
  await begin(program, '25,50 hold 5s');
  await pass(program, seconds(4));
  full = true;
  await pass(program, seconds(60));
  expect(sent(program)).toEqual([25]);
  expect(program.messages().some((text) => text.includes('stopped') && text.includes('ENOSPC'))).toBe(true);
});

test('read-only begins none', async () => {
  const program = await createPairProgram({ session: { readOnly: true } });
  await command(program, `ramp ${fresh} 25`);
  expect(program.state().prompt?.error).toContain('read-only');
});

/** A program that ends in the middle of a ramp, and what it left. */
async function interrupted(
  weightAfter = 25,
): Promise<{ plans: Ramps['plans']; services: ReturnType<typeof wirePair> }> {
  const ramps = inMemory();
  const program = await createPairProgram({ ramps });
  await begin(program);
  await pass(program, seconds(5));
  program.cockpit.stop();
  return {
    plans: ramps.plans,
    services: wirePair({ fresh: { Weight: weightAfter }, entry: { Weight: 100 - weightAfter } }),
  };
}

test('after a restart it asks before it goes on, holds the step anew, and then goes on', async () => {
  const { plans, services } = await interrupted();
  const ramps: Ramps = { plans, owner: { host: 'here', pid: 2 }, isAlive: () => false };
  const program = await createPairProgram({ ramps, services });
  await rest();
  expect(program.state().dialog).toMatchObject({ title: `go on with the ramp of ${fresh}?`, button: 0 });
  await pass(program, seconds(120));
  expect(sent(program)).toEqual([]);
  await program.press('y');
  await rest();
  expect((await planOf(ramps))?.owner.pid).toBe(2);
  await pass(program, seconds(8));
  expect(sent(program)).toEqual([]);
  await pass(program, seconds(8));
  expect(sent(program)).toEqual([50]);
});

test('whoever says no after a restart finds it at rest, and can roll it back', async () => {
  const { plans, services } = await interrupted();
  const program = await createPairProgram({
    ramps: { plans, owner: { host: 'here', pid: 2 }, isAlive: () => false },
    services,
  });
  await rest();
  await program.press('enter');
  await pass(program, seconds(60));
  expect(sent(program)).toEqual([]);
  await command(program, `ramp ${fresh}`);
  expect(shown(program)).toContain('paused: interrupted: eas-tui was ended');
  await program.press('b');
  await rest();
  expect(sent(program)).toEqual([20]);
});

test('a step of which nobody knows whether it was sent is sent again only if the weight says it was not', async () => {
  const { plans } = await interrupted();
  const [plan] = (await plans.load()).plans;
  if (!plan) throw new Error('no plan was left');
  for (const [weight, expected] of [
    [25, [50]],
    [50, []],
  ] as const) {
    await plans.save({ ...plan, at: 1, phase: 'sending' });
    const program = await createPairProgram({
      ramps: { plans, owner: { host: 'here', pid: 2 }, isAlive: () => false },
      services: wirePair({ fresh: { Weight: weight } }),
    });
    await rest();
    await program.press('y');
    await rest();
    expect(sent(program)).toEqual(expected);
    program.cockpit.stop();
  }
});

test('a weight that is neither of the two is not touched after a restart', async () => {
  const { plans, services } = await interrupted(66);
  const program = await createPairProgram({
    ramps: { plans, owner: { host: 'here', pid: 2 }, isAlive: () => false },
    services,
  });
  await rest();
  await program.press('y');
  await rest();
  expect(program.said()).toContain('is 66%, neither 20% nor 25%');
  expect(sent(program)).toEqual([]);
});

test('the ramp of a program that still runs is left to it', async () => {
  const { plans, services } = await interrupted();
  const ramps: Ramps = { plans, owner: { host: 'here', pid: 2 }, isAlive: () => true };
  const program = await createPairProgram({ ramps, services });
  await rest();
  expect(program.state().dialog).toBeUndefined();
  expect(program.messages()).toContain(`the ramp of ${fresh} is run by another eas-tui, process 1`);
});

test('a ramp that another program took over sends nothing more here', async () => {
  const ramps = inMemory();
  const program = await createPairProgram({ ramps });
  await begin(program);
  const plan = await planOf(ramps);
  if (!plan) throw new Error('no plan is kept');
  await ramps.plans.save({ ...plan, phase: 'holding', owner: { host: 'here', pid: 99 } });
  await pass(program, seconds(60));
  expect(sent(program)).toEqual([25]);
  expect(program.messages().some((text) => text.includes('another eas-tui (process 99 on here)'))).toBe(true);
  expect((await planOf(ramps))?.owner.pid).toBe(99);
});

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'ramps-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return join(made, 'ramps');
}

test('plans on disk are whole, private, and come back as they were', async () => {
  const { plans } = await interrupted();
  const [plan] = (await plans.load()).plans;
  if (!plan) throw new Error('no plan was left');
  const place = await folder();
  const disk = createPlanStore(place);
  expect(await disk.load()).toEqual({ plans: [], broken: [] });
  await disk.save(plan);
  const [name = ''] = await readdir(place);
  expect(await readdir(place)).toHaveLength(1);
  expect((await stat(join(place, name))).mode & 0o777).toBe(0o600);
  expect((await disk.load()).plans).toEqual([plan]);
  expect(await readFile(join(place, name), 'utf8')).not.toMatch(/Token|Secret/i);
  await disk.drop(plan);
  expect(await readdir(place)).toEqual([]);
});

test('a plan that cannot be read is told, left alone, and never run', async () => {
  const { plans } = await interrupted();
  const [plan] = (await plans.load()).plans;
  const place = await folder();
  const disk = createPlanStore(place);
  if (plan) await disk.save(plan);
  await writeFile(join(place, 'cut.json'), '{"v":1,"ser');
  await writeFile(join(place, 'odd.json'), JSON.stringify({ ...plan, steps: [{ weight: 250, holdMs: 1 }] }));
  const { plans: good, broken } = await disk.load();
  expect(good).toEqual([plan]);
  expect(broken).toEqual([
    expect.stringContaining('cut.json'),
    expect.stringContaining('odd.json: "steps" is missing or wrong'),
  ]);
  expect((await readdir(place)).length).toBe(3);
});

test.each(['v', 'service', 'serviceId', 'entry', 'steps', 'from', 'at', 'phase', 'state', 'baseline', 'owner'])(
  'a plan without %s is refused',
  async (field) => {
    const { plans } = await interrupted();
    const [plan] = (await plans.load()).plans;
    expect(() => readPlan({ ...plan, [field]: undefined })).toThrow(`"${field}" is missing or wrong`);
  },
);
