import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/api/errors.ts';
import { labelVerbs } from '../../../src/state/verbs/label.ts';
import { createProgram, type Program, wireService } from './program.ts';

const many = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, place) => wireService(`s${String(place).padStart(2, '0')}`, { ...more }));
const sent = (program: Program, operation: string) =>
  program.service.of(operation).map(({ params }) => String(params['ServiceName']));
const marked = (program: Program) => [...program.table().marks].map((id) => id.replace('eas-m-', '')).sort();
const refuse = (program: Program, operation: string, ...names: string[]) => {
  program.service.answers[operation] = ({ ServiceName }) => {
    if (names.includes(String(ServiceName))) throw new ApiError({ kind: 'conflict', code: 'Busy', message: 'not now' });
    return {};
  };
};

describe('many rows at once', () => {
  it('are sent in parallel, never more than four at a time, each once', async () => {
    const program = await createProgram({ services: many(9), held: ['StopService'] });
    await program.press('*', 'S', 'y');
    expect(sent(program, 'StopService')).toEqual(['s00', 's01', 's02', 's03']);
    expect(program.state().sending).toMatchObject([{ title: 'stop 9 services', total: 9, started: 4, ended: 0 }]);
    await program.service.release();
    expect(sent(program, 'StopService').toSorted()).toEqual(many(9).map(({ ServiceName }) => ServiceName));
    expect(program.state().sending).toEqual([]);
    expect(program.said()).toBe('stop: 9 of 9 accepted');
    expect(program.recorded.map(({ ended }) => ended?.outcome)).toEqual(Array(9).fill('accepted'));
    expect(marked(program)).toEqual([]);
  });

  const each: readonly [keys: string[], operation: string, start: object, params: object][] = [
    [['s', 'y'], 'StartService', { Status: 'Stopped', RunningInstance: 0 }, {}],
    [['S', 'y'], 'StopService', {}, {}],
    [['r', 'y'], 'RestartService', {}, {}],
    [['+', '+', 'enter'], 'ScaleService', {}, { Instance: 4 }],
    [['K', 'down', 'enter', 'y'], 'UpdateServiceSafetyLock', {}, { Lock: 'dangerous' }],
    [['ctrl-d', '3', 'tab', 'enter'], 'DeleteService', {}, {}],
  ];
  it.each(each)('%j goes to the marked ones and to no other, as %s', async (keys, operation, start, params) => {
    const program = await createProgram({ services: many(4, start), answers: { [operation]: () => ({}) } });
    await program.press('g', 'down', '*', 'g', 'space', ...keys);
    expect(sent(program, operation)).toEqual(['s01', 's02', 's03']);
    for (const one of program.service.of(operation)) expect(one.params).toMatchObject(params);
  });

  it('get labels together', async () => {
    const program = await createProgram({ services: many(3), verbs: labelVerbs });
    program.service.answers['UpdateServiceLabel'] = () => ({});
    await program.press('*', 't');
    await program.type('team=nlp');
    await program.press('enter', 'y');
    expect(sent(program, 'UpdateServiceLabel')).toEqual(['s00', 's01', 's02']);
  });

  it('stop being sent by one key: what has not started never leaves, and stays marked', async () => {
    const program = await createProgram({ services: many(9), held: ['StopService'] });
    await program.press('*', 'S', 'y');
    await program.press('B');
    expect(program.said()).toBe('5 rows will not be sent; what is on its way goes on');
    await program.press('B');
    expect(program.said()).toBe('no more is sent; what is on its way goes on');
    await program.service.release();
    expect(sent(program, 'StopService')).toEqual(['s00', 's01', 's02', 's03']);
    expect(program.said()).toBe('stop: 4 of 9 accepted; not sent: s04, s05, s06, s07, s08; still marked');
    expect(marked(program)).toEqual(['s04', 's05', 's06', 's07', 's08']);
    expect(program.recorded).toHaveLength(4);
    await program.press('B');
    expect(program.said()).toBe('nothing is being sent to several rows');
  });

  it('tell the outcome of each, and one key tries the refused again, and only those', async () => {
    const program = await createProgram({ services: many(5) });
    refuse(program, 'StopService', 's01', 's03');
    await program.press('*', 'S', 'y');
    expect(program.said()).toBe(
      'stop: 3 of 5 accepted; refused: s01, s03 (R tries them again; :messages says why); still marked',
    );
    expect(program.messages()).toContain('stop s03 failed · Busy: not now');
    expect(program.messages()).toContain('stop s04: accepted');
    refuse(program, 'StopService');
    await program.press('R');
    expect(program.state().dialog?.lines.filter((line) => line.startsWith('stop '))).toEqual(['stop s01', 'stop s03']);
    await program.press('y');
    expect(sent(program, 'StopService').slice(5)).toEqual(['s01', 's03']);
    expect(marked(program)).toEqual([]);
    await program.press('R');
    expect(program.said()).toBe('nothing of the latest batch was refused');
  });

  it('leave nothing to try and nothing marked when the last of them was tried again by itself', async () => {
    const program = await createProgram({ services: many(3) });
    program.service.answers['RestartService'] = () => ({});
    refuse(program, 'RestartService', 's01');
    await program.press('*', 'r', 'y');
    expect(marked(program)).toEqual(['s01']);
    await program.press('R', 'y');
    expect(marked(program)).toEqual(['s01']);
    refuse(program, 'RestartService');
    await program.press('R', 'y');
    expect(sent(program, 'RestartService').slice(3)).toEqual(['s01', 's01']);
    expect(marked(program)).toEqual([]);
    await program.press('R');
    expect(program.said()).toBe('nothing of the latest batch was refused');
  });

  it('are tried again with the number each was to get', async () => {
    const program = await createProgram({ services: many(3) });
    refuse(program, 'ScaleService', 's00', 's02');
    await program.press('g', '+', 'down', '-', 'down', '+', '+', 'enter');
    refuse(program, 'ScaleService');
    await program.press('R', 'y');
    expect(program.service.of('ScaleService').map(({ params }) => [params['ServiceName'], params['Instance']])).toEqual(
      [
        ['s00', 3],
        ['s01', 1],
        ['s02', 4],
        ['s00', 3],
        ['s02', 4],
      ],
    );
  });

  it('are not sent again when nobody knows how the first time ended', async () => {
    const program = await createProgram({ services: many(2) });
    program.service.answers['StopService'] = () => {
      throw new ApiError({ kind: 'timeout', code: 'Timeout', message: 'no answer', sent: 'unknown' });
    };
    await program.press('*', 'S', 'y', 'R');
    expect(sent(program, 'StopService')).toHaveLength(2);
    expect(program.state().dialog).toBeUndefined();
    expect(marked(program)).toEqual([]);
  });

  it('wait as long as the service asks when it is asked too often, and resend nothing', async () => {
    const program = await createProgram({ services: many(8) });
    let first = true;
    program.service.answers['StopService'] = () => {
      if (!first) return {};
      first = false;
      throw new ApiError({ kind: 'throttled', code: 'Throttling.User', message: 'slow down', retryAfterMs: 7_000 });
    };
    await program.press('*', 'S', 'y');
    const before = sent(program, 'StopService');
    expect(before.length).toBeLessThan(8);
    await program.clock.advance(6_900);
    expect(sent(program, 'StopService')).toEqual(before);
    await program.clock.advance(200);
    expect(sent(program, 'StopService').toSorted()).toEqual(many(8).map(({ ServiceName }) => ServiceName));
    expect(program.messages().at(-1)).toMatch(/^stop: 7 of 8 accepted; refused: s00 /);
  });

  it('are not waited for when they are stopped while the service wants a pause', async () => {
    const program = await createProgram({ services: many(8) });
    program.service.answers['StopService'] = () => {
      throw new ApiError({ kind: 'throttled', code: 'Throttling', message: 'slow down', retryAfterMs: 600_000 });
    };
    await program.press('*', 'S', 'y');
    expect(program.state().sending).toMatchObject([{ ended: 4, failed: 4 }]);
    await program.press('B');
    expect(program.state().sending).toEqual([]);
    expect(program.said()).toContain('not sent: s04, s05, s06, s07;');
    expect(sent(program, 'StopService')).toHaveLength(4);
  });

  it('are not taken back, nor left behind unasked, while they are being sent', async () => {
    const program = await createProgram({ services: many(9), held: ['StopService'] });
    await program.press('*', 'S', 'y', 'u');
    expect(program.said()).toBe('stop 9 services is still being sent');
    await program.press('q');
    expect(program.state().menu?.items[1]?.note).toBe('5 of 9 are then not sent');
    await program.press('enter');
    expect(program.left()).toBe(false);
    await program.press('ctrl-c', 'down', 'enter');
    expect(program.left()).toBe(true);
    program.cockpit.stop();
    await program.service.release();
    expect(sent(program, 'StopService')).toHaveLength(4);
  });

  it('are followed within bounds: the more there are, the more rarely each is asked', async () => {
    const program = await createProgram({ services: many(32) });
    await program.press('*', 'S', '3', '2', 'tab', 'enter');
    expect(program.state().watches).toHaveLength(32);
    await program.clock.advance(60_000);
    const asked = program.service.of('DescribeService').length;
    await program.clock.advance(60_000);
    const more = program.service.of('DescribeService').length - asked;
    expect(more).toBeGreaterThanOrEqual(32 * 5);
    expect(more).toBeLessThanOrEqual(8 * 30 + 32);
    // The end of one has the screen read anew, not all the others.
    const [one] = program.service.services;
    program.service.services = program.service.services.map((each) =>
      each === one ? { ...each, Status: 'Stopped' } : each,
    );
    const from = program.service.of('DescribeService').length;
    await program.clock.advance(8_000);
    expect(program.state().watches).toHaveLength(31);
    expect(program.service.of('DescribeService').length - from).toBeLessThanOrEqual(64);
  });
});
