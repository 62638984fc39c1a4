import { describe, expect, it } from 'vitest';
import { createProgram, type Program, wireService } from './program.ts';

const named = (...names: string[]) => names.map((name) => wireService(name));

/** Somebody else changes services while the person is looking, and the next list says so. */
const changed = async (program: Program, name: string, patch: object | undefined): Promise<void> => {
  program.service.services = program.service.services.flatMap((one) =>
    one['ServiceName'] !== name ? [one] : patch ? [{ ...one, ...patch }] : [],
  );
  // What is missing from one list may be missing by chance; the second says that it is gone.
  await program.clock.advance(4_500);
};

const refuse = (program: Program, ...names: string[]): void => {
  program.service.answers['StopService'] = ({ ServiceName }) => {
    if (names.includes(String(ServiceName))) throw new Error('not now');
    return {};
  };
};

const command = async (program: Program, line: string): Promise<void> => {
  await program.press(':');
  await program.type(line);
  await program.press('enter');
};

const stopped = (program: Program) => program.service.of('StopService').map(({ params }) => params['ServiceName']);

describe('what changes between a choice and its sending', () => {
  it('a staged number that was changed by somebody else is not sent', async () => {
    const program = await createProgram();
    await program.press('+');
    await changed(program, 'a', { TotalInstance: 7, RunningInstance: 7 });
    await program.press('enter');
    expect(program.said()).toBe('a went from 2 to 7 meanwhile; nothing was sent, stage it again');
    expect(program.service.of('ScaleService')).toEqual([]);
  });

  it('what was refused is tried again only where it is still there and still makes sense', async () => {
    const program = await createProgram({ services: named('a', 'b', 'c', 'd') });
    refuse(program, 'b', 'c', 'd');
    await program.press('*', 'S', 'y');
    await changed(program, 'b', undefined);
    await changed(program, 'c', { SafetyLock: 'all' });
    refuse(program);
    await program.press('R');
    expect(program.messages()).toContain('b is no longer here');
    expect(program.messages()).toContain('c is locked (all); unlock it first');
    expect(program.state().dialog?.title).toBe('stop d');
    await program.press('y');
    expect(stopped(program)).toEqual(['a', 'b', 'c', 'd', 'd']);
  });

  it('a lock that was set since keeps an undo from being sent', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    await changed(program, 'a', { SafetyLock: 'all', Status: 'Running', RunningInstance: 3 });
    await program.press('u');
    expect(program.said()).toBe('a is locked (all); unlock it first');
    expect(program.service.of('ScaleService')).toHaveLength(1);
  });

  it('what was undone is not undone again', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    await changed(program, 'a', { Status: 'Running', RunningInstance: 3 });
    await program.press('u');
    expect(program.service.of('ScaleService').map(({ params }) => params['Instance'])).toEqual([3, 2]);
    await program.press('u');
    expect(program.said()).toBe('the latest action has been undone');
    expect(program.service.of('ScaleService')).toHaveLength(2);
  });

  it('marked rows that went are told, and those that the filter hides are counted in the question', async () => {
    const program = await createProgram({ services: named('aa', 'ab', 'ba', 'bb') });
    await program.press('*', '/');
    await program.type('name:b');
    await program.press('enter');
    await changed(program, 'ba', undefined);
    await program.press('S');
    expect(program.messages()).toContain('1 marked row no longer here');
    expect(program.state().dialog?.lines).toContain('1 marked row of these not shown: hidden by the filter');
    expect(program.state().dialog?.title).toBe('stop 3 services');
  });
});

describe('locks', () => {
  it.each(['r', 's', '+', 'S', 'ctrl-d'])(
    '`%s` on a service that is locked in all names the lock and sends nothing',
    async (key) => {
      const program = await createProgram({ services: [wireService('a', { SafetyLock: 'all', Status: 'Failed' })] });
      await program.press(key, 'y', 'enter');
      expect(program.messages()).toContain('a is locked (all); unlock it first');
      expect(program.service.sent.filter(({ operation }) => !/^(List|Describe)/.test(operation))).toEqual([]);
    },
  );

  it('are taken back to what they were, not to none', async () => {
    const program = await createProgram({ services: [wireService('a', { SafetyLock: 'dangerous' })] });
    program.service.answers['UpdateServiceSafetyLock'] = () => ({});
    await program.press('K', 'down', 'down', 'enter');
    await changed(program, 'a', { SafetyLock: 'all' });
    await program.press('u');
    expect(program.service.of('UpdateServiceSafetyLock').map(({ params }) => params['Lock'])).toEqual([
      'all',
      'dangerous',
    ]);
  });
});

it('to mark all that is shown leaves marked what the filter hides', async () => {
  const program = await createProgram({ services: named('aa', 'ab', 'ba') });
  await program.press('g', 'space', '/');
  await program.type('name:b');
  await program.press('enter', '*');
  expect(program.table().marks.size).toBe(3);
});

describe('the word a question wants', () => {
  it('is the number of rows where each alone would want its name', async () => {
    const program = await createProgram({ services: named('a', 'b', 'c') });
    await program.press('*', 'ctrl-d');
    expect(program.state().dialog?.word).toBe('3');
  });

  it('is the name of the one row, or the number of rows, for whatever is asked in a protected context', async () => {
    const program = await createProgram({ services: named('a', 'b'), session: { protected: true } });
    await program.press('S');
    expect(program.state().dialog?.word).toBe('a');
    await program.press('tab', 'enter');
    expect(stopped(program)).toEqual([]);
    await program.press('esc', '*', 'r');
    expect(program.state().dialog?.word).toBe('2');
  });
});

it('a command without a name says why its key is off', async () => {
  const program = await createProgram({ services: [wireService('a', { Status: 'Stopped' })] });
  await command(program, 'stop');
  expect(program.state().prompt).toMatchObject({ text: 'stop', error: 'a is Stopped already' });
});

it('what is given up is rung for, also when it could not be read to the end', async () => {
  const program = await createProgram();
  await program.press('S', 'y');
  program.service.answers['DescribeService'] = () => {
    throw new Error('forbidden');
  };
  expect(program.bells()).toBe(0);
  await program.clock.advance(31 * 60_000);
  expect(program.messages().join('\n')).toContain('no longer followed');
  expect(program.bells()).toBe(1);
});
