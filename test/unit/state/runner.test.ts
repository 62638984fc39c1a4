import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/api/errors.ts';
import { settled } from './manual-clock.ts';
import { createProgram, type Program, wireService } from './program.ts';

const refused = () =>
  new ApiError({ kind: 'conflict', code: 'Conflict.Status', message: 'not in this status', requestId: 'REQ-1' });
const unknown = () =>
  new ApiError({ kind: 'timeout', code: 'Timeout', message: 'does not answer in time', sent: 'unknown' });
const missing = () => new ApiError({ kind: 'missing', code: 'InvalidService.NotFound', message: 'no such service' });

const fail = (program: Program, operation: string, error: () => Error): void => {
  program.service.answers[operation] = () => {
    throw error();
  };
};

/** What the table shows of a service. */
const shown = (program: Program, name = 'a') => {
  const opened = program.cockpit.openTable();
  const row = opened?.visible.rows.find((one) => opened.screen.rowName(one) === name);
  return row as { totalInstance: number; status: string } | undefined;
};

/** The service has done what it was told. */
const arrive = (program: Program, more: Record<string, unknown>): void => {
  const [first, ...rest] = program.service.services;
  program.service.services = [{ ...first, ...more }, ...rest];
};

describe('what is hoped for', () => {
  it('is shown before the answer comes, and is gone when it is a refusal', async () => {
    const program = await createProgram();
    program.service.held.add('ScaleService');
    fail(program, 'ScaleService', refused);
    await program.press('+', '+', '+', 'enter');
    expect(program.service.of('ScaleService')).toHaveLength(1);
    expect(shown(program)).toMatchObject({ totalInstance: 5, status: 'Scaling' });
    await program.service.release();
    expect(shown(program)).toMatchObject({ totalInstance: 2, status: 'Running' });
    expect(program.state().hopes).toEqual({});
  });

  it('is dropped as soon as the service says the same, and not before', async () => {
    const program = await createProgram();
    program.service.answers['ScaleService'] = () => ({});
    await program.press('+', 'enter');
    await program.clock.advance(2_000);
    expect(Object.keys(program.state().hopes)).toHaveLength(1);
    expect(shown(program)?.totalInstance).toBe(3);
    arrive(program, { TotalInstance: 3 });
    await program.clock.advance(2_000);
    expect(program.state().hopes).toEqual({});
    expect(shown(program)?.totalInstance).toBe(3);
  });

  it('is given up after a minute in which the service does not agree', async () => {
    const program = await createProgram();
    program.service.answers['ScaleService'] = () => ({});
    await program.press('+', 'enter');
    await program.clock.advance(59_000);
    expect(shown(program)?.totalInstance).toBe(3);
    await program.clock.advance(2_000);
    expect(shown(program)?.totalInstance).toBe(2);
  });

  it('of an action that was taken stays when a later action on the object is refused', async () => {
    const program = await createProgram();
    program.service.answers['ScaleService'] = () => ({});
    fail(program, 'StopService', refused);
    await program.press('+', 'enter');
    await program.press('S', 'y');
    expect(program.said()).toContain('failed');
    expect(shown(program)?.totalInstance).toBe(3);
  });
});

describe('messages', () => {
  it('tell in words what was accepted and offer to take it back', async () => {
    const program = await createProgram();
    await program.press('+', '+', '+', 'enter');
    expect(program.said()).toBe('scale a 2→5: accepted');
    expect(program.state().messages.at(-1)?.undoUntil).toBe(program.clock.now() + 60_000);
  });

  it('tell a refusal with its code and request id', async () => {
    const program = await createProgram();
    fail(program, 'ScaleService', refused);
    await program.press('+', 'enter');
    expect(program.said()).toBe('scale a 2→3 failed · Conflict.Status: not in this status · request REQ-1');
    expect(program.state().messages.at(-1)).toMatchObject({ tone: 'bad', undoUntil: undefined });
  });

  it('tell an error of our own without inventing a request id', async () => {
    const program = await createProgram();
    fail(program, 'ScaleService', () => new TypeError('boom'));
    await program.press('+', 'enter');
    expect(program.said()).toBe('scale a 2→3 failed · Internal: boom');
  });

  it('offer an undo no longer than it works', async () => {
    const program = await createProgram();
    program.service.held.add('ScaleService');
    await program.press('+', 'enter');
    await program.clock.advance(5_000);
    await program.service.release();
    const until = program.state().messages.findLast(({ undoUntil }) => undoUntil !== undefined)?.undoUntil ?? 0;
    await program.clock.advance(until - program.clock.now() - 1);
    await program.press('u');
    expect(program.service.of('ScaleService')).toHaveLength(2);
  });
});

describe('the record', () => {
  it('is opened before the request leaves, with before, after and the equal command', async () => {
    const order: string[] = [];
    let open: () => void = () => undefined;
    const program = await createProgram({
      record: async () => {
        order.push('recorded');
        await new Promise<void>((resolve) => {
          open = resolve;
        });
        return ({ outcome }) => order.push(outcome);
      },
    });
    program.service.answers['ScaleService'] = () => {
      order.push('sent');
      return {};
    };
    await program.press('+', 'enter');
    expect(order).toEqual(['recorded']);
    open();
    await settled();
    expect(order).toEqual(['recorded', 'sent', 'accepted']);
  });

  it('says what was done to whom and how it ended', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    fail(program, 'ScaleService', refused);
    await program.press('+', 'enter');
    const [first, second] = program.recorded;
    expect(first?.entry).toMatchObject({
      action: 'scale',
      operation: 'ScaleService',
      target: 'a',
      cli: 'eascmd modify a -Dmetadata.instance=3',
      after: { totalInstance: 3 },
    });
    expect(first?.entry.before).toMatchObject({ totalInstance: 2 });
    expect(first?.ended).toMatchObject({ outcome: 'accepted' });
    expect(second?.ended).toMatchObject({ outcome: 'refused', code: 'Conflict.Status', requestId: 'REQ-1' });
  });
});

describe('following', () => {
  it('goes on until the service reports the goal, then tells it, rings and looks again', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    expect(program.state().watches).toMatchObject([{ title: 'scale a 2→3', rowId: 'eas-m-a' }]);
    await program.clock.advance(4_000);
    expect(program.state().watches[0]?.said).toBe('Scaling');
    expect(program.bells()).toBe(0);
    arrive(program, { Status: 'Running', RunningInstance: 3 });
    await program.clock.advance(2_000);
    expect(program.state().watches).toEqual([]);
    expect(program.said()).toBe('scaled a 2→3 in 6.0s');
    expect(program.bells()).toBe(1);
  });

  it('tells a failure in the words of the service', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    await program.clock.advance(2_000);
    arrive(program, { Status: 'Failed', Message: 'no capacity left' });
    await program.clock.advance(2_000);
    expect(program.state().watches).toEqual([]);
    expect(program.said()).toMatch(/^scale a 2→3 failed after .*: no capacity left$/);
    expect(program.state().messages.at(-1)?.tone).toBe('bad');
    expect(program.bells()).toBe(1);
  });

  it('tells when the object is gone', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    fail(program, 'DescribeService', missing);
    await program.clock.advance(2_000);
    expect(program.said()).toContain('the service is gone');
    expect(program.state().watches).toEqual([]);
  });

  it('ends after half an hour without the goal', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    await program.clock.advance(29 * 60_000);
    expect(program.state().watches).toHaveLength(1);
    await program.clock.advance(2 * 60_000);
    expect(program.state().watches).toEqual([]);
    expect(program.messages().join('\n')).toContain('scale a 2→3: not there after 30m');
    expect(program.bells()).toBe(1);
  });

  it('ends after half an hour also when the object cannot be read', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    fail(program, 'DescribeService', refused);
    await program.clock.advance(35 * 60_000);
    expect(program.state().watches).toEqual([]);
  });

  it('says in the strip why it cannot look, and goes on', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    const before = program.service.answers['DescribeService'];
    fail(program, 'DescribeService', refused);
    await program.clock.advance(2_000);
    expect(program.state().watches[0]?.said).toContain('Conflict.Status');
    if (before) program.service.answers['DescribeService'] = before;
    else delete program.service.answers['DescribeService'];
    arrive(program, { Status: 'Running', TotalInstance: 3, RunningInstance: 3 });
    await program.clock.advance(60_000);
    expect(program.messages().join('\n')).toContain('scaled a 2→3');
  });

  it('leaves the older goal when a newer action is on the way to another', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    await program.press('+', 'enter');
    expect(program.state().watches.map(({ title }) => title)).toEqual(['scale a 3→4']);
    arrive(program, { Status: 'Running', RunningInstance: 4 });
    await program.clock.advance(2_000);
    expect(program.messages().filter((text) => text.startsWith('scaled'))).toHaveLength(1);
    expect(program.bells()).toBe(1);
  });

  it('goes on after the table was left', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    await program.press('?');
    arrive(program, { Status: 'Running', RunningInstance: 3 });
    await program.clock.advance(2_000);
    expect(program.said()).toContain('scaled a 2→3');
  });

  it('leaves no timer when the program stops', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    program.cockpit.stop();
    await program.clock.advance(1);
    expect(program.clock.waiting()).toEqual([]);
  });

  it('does not take the failure a service was in before for the outcome', async () => {
    const program = await createProgram({ services: [wireService('a', { Status: 'Failed', RunningInstance: 0 })] });
    program.service.answers['ScaleService'] = () => ({});
    await program.press('+', 'enter');
    await program.clock.advance(1);
    expect(program.messages().join('\n')).not.toContain('failed after');
  });

  it('remembers that a restart was taken up when the service reads as before again', async () => {
    const program = await createProgram();
    program.service.answers['RestartService'] = () => ({});
    await program.press('r', 'y');
    await program.clock.advance(4_000);
    expect(program.state().watches).toMatchObject([{ title: 'restart a', said: 'Running' }]);
    arrive(program, { Status: 'Waiting', RunningInstance: 0 });
    await program.clock.advance(2_000);
    expect(program.state().watches).toMatchObject([{ said: 'Waiting' }]);
    // No update time tells of it any more.
    arrive(program, { Status: 'Running', RunningInstance: 2 });
    await program.clock.advance(2_000);
    expect(program.state().watches).toEqual([]);
    expect(program.said()).toBe('restarted a in 8.0s');
  });

  it('keeps showing what was reached until the list says it too', async () => {
    const program = await createProgram();
    program.service.answers['ScaleService'] = () => ({});
    program.service.answers['DescribeService'] = () => wireService('a', { TotalInstance: 3, RunningInstance: 3 });
    await program.press('+', 'enter');
    program.service.held.add('ListServices');
    await program.clock.advance(2_000);
    expect(program.said()).toContain('scaled a 2→3');
    expect(shown(program)?.totalInstance).toBe(3);
  });
});

describe('an outcome that is not known', () => {
  it('is said as such and looked up', async () => {
    const program = await createProgram();
    fail(program, 'ScaleService', unknown);
    await program.press('+', 'enter');
    expect(program.messages()).toContain(
      'scale a 2→3: no answer came, outcome unknown; looking it up · Timeout: does not answer in time',
    );
    expect(program.recorded[0]?.ended).toMatchObject({ outcome: 'unknown', code: 'Timeout' });
    arrive(program, { TotalInstance: 3, RunningInstance: 3 });
    await program.clock.advance(2_000);
    expect(program.said()).toContain('scaled a 2→3');
    expect(program.service.of('ScaleService')).toHaveLength(1);
  });

  it('is not called accepted while it is looked up', async () => {
    const program = await createProgram();
    fail(program, 'ScaleService', unknown);
    program.service.held.add('DescribeService');
    await program.press('+', 'enter');
    expect(program.state().watches[0]?.said).not.toBe('accepted');
  });
});

describe('before a confirmed action', () => {
  it('makes sure that it is still the same object', async () => {
    const program = await createProgram();
    program.service.answers['DescribeService'] = () => wireService('a', { ServiceId: 'eas-m-another' });
    await program.press('S', 'y');
    expect(program.service.of('StopService')).toEqual([]);
    expect(program.said()).toBe('stop a: a is gone, or another object bears its name now; nothing was sent');
    expect(program.recorded[0]?.ended).toMatchObject({ outcome: 'refused' });
  });

  it('sends nothing when that cannot be found out', async () => {
    const program = await createProgram();
    fail(program, 'DescribeService', refused);
    await program.press('S', 'y');
    expect(program.service.of('StopService')).toEqual([]);
    expect(program.said()).toContain('Conflict.Status');
  });

  it('sends it when it is', async () => {
    const program = await createProgram();
    await program.press('S', 'y');
    expect(program.service.of('StopService').map(({ params }) => params)).toEqual([
      { ClusterId: 'cn-test', ServiceName: 'a' },
    ]);
    expect(shown(program)?.status).toBe('Stopping');
  });
});

describe('undo', () => {
  it('sends the number there was before', async () => {
    const program = await createProgram();
    await program.press('+', '+', 'enter');
    await program.press('u');
    expect(program.service.of('ScaleService').map(({ params }) => params['Instance'])).toEqual([4, 2]);
    expect(program.messages()).toContain('scale a 4→2: accepted');
  });

  it('says that nothing has been done', async () => {
    const program = await createProgram();
    await program.press('u');
    expect(program.said()).toBe('nothing has been done yet');
  });

  it('says that the latest action has none, and does not take back an older one', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    await program.press('S', 'y');
    await program.press('u');
    expect(program.said()).toBe('stop a has no undo');
    expect(program.service.of('ScaleService')).toHaveLength(1);
  });

  it('is over after a minute', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    await program.clock.advance(60_001);
    await program.press('u');
    expect(program.said()).toContain('was more than 1m ago');
    expect(program.service.of('ScaleService')).toHaveLength(1);
  });

  it('does nothing when somebody else has changed the number since', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    arrive(program, { TotalInstance: 3 });
    await program.clock.advance(2_000);
    arrive(program, { TotalInstance: 9 });
    await program.clock.advance(2_000);
    await program.press('u');
    expect(program.said()).toBe('a has changed since (now 9); nothing was undone');
    expect(program.service.of('ScaleService')).toHaveLength(1);
  });

  it('does nothing when the object is gone', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    program.service.services = program.service.services.slice(1);
    fail(program, 'DescribeService', missing);
    await program.clock.advance(6_000);
    await program.press('u');
    expect(program.said()).toContain('a is no longer here; nothing was undone');
    expect(program.service.of('ScaleService')).toHaveLength(1);
  });

  it('asks when it leads to none', async () => {
    const program = await createProgram({ services: [wireService('a', { TotalInstance: 0, RunningInstance: 0 })] });
    await program.press('+', 'enter');
    await program.press('u');
    expect(program.state().dialog?.title).toBe('scale a 1→0');
    expect(program.service.of('ScaleService')).toHaveLength(1);
    await program.press('y');
    expect(program.service.of('ScaleService').at(-1)?.params['Instance']).toBe(0);
  });

  it('can be asked for again when its dialog was cancelled', async () => {
    const program = await createProgram({ services: [wireService('a', { TotalInstance: 0, RunningInstance: 0 })] });
    await program.press('+', 'enter');
    await program.press('u', 'n');
    await program.press('u');
    expect(program.state().dialog?.title).toBe('scale a 1→0');
  });

  it('can be tried again when it was refused', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    const throttled = () => new ApiError({ kind: 'throttled', code: 'Throttling', message: 'slow down' });
    fail(program, 'ScaleService', throttled);
    await program.press('u');
    delete program.service.answers['ScaleService'];
    await program.press('u');
    expect(program.service.of('ScaleService').map(({ params }) => params['Instance'])).toEqual([3, 2, 2]);
  });

  it('takes back all that was sent together', async () => {
    const program = await createProgram();
    await program.press('+', 'down', '+', 'enter');
    expect(program.service.of('ScaleService')).toHaveLength(2);
    await program.press('u');
    const undone = program.service.of('ScaleService').slice(2);
    expect(undone.map(({ params }) => params['ServiceName']).sort()).toEqual(['a', 'b']);
  });
});

describe('row ids of two screens', () => {
  it('are told apart: a worker cannot fulfil what is hoped for a service of the same name', async () => {
    const stopped = wireService('a', { ServiceId: '', Status: 'Stopped', RunningInstance: 0 });
    const program = await createProgram({ services: [stopped] });
    program.service.workers = [{ InstanceName: 'a', Status: 'Running' }];
    await program.press('enter');
    await program.clock.advance(300);
    await program.press('esc');
    await program.clock.advance(300);
    program.service.answers['StartService'] = () => ({});
    await program.press('s', 'y');
    await program.clock.advance(2_000);
    expect(shown(program)?.status).toBe('Starting');
  });
});
