import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/api/errors.ts';
import { reachable } from '../../../src/keys/binding.ts';
import { screens } from '../../../src/screens/index.ts';
import { verbs } from '../../../src/state/verbs/index.ts';
import { settled } from './manual-clock.ts';
import { createProgram, type Program, wireService } from './program.ts';

const services = screens.find(({ id }) => id === 'services');

const writes = (program: Program): unknown[] =>
  program.service.sent
    .filter(({ operation }) => !/^(List|Describe|Get)/.test(operation))
    .map(({ operation, params }) => [operation, params['ServiceName'], params['Instance']]);

const many = (count: number) =>
  Array.from({ length: count }, (_, place) => wireService(`s${String(place).padStart(2, '0')}`));

/** The first service disappears from the list for good. */
const vanish = async (program: Program): Promise<void> => {
  program.service.services = program.service.services.slice(1);
  await program.clock.advance(4_000);
};

describe('staging', () => {
  it('sends one request with the last number however fast the keys come', async () => {
    const program = await createProgram();
    for (const chord of ['+', '+', '+', 'enter']) program.cockpit.press(chord);
    await settled();
    expect(writes(program)).toEqual([['ScaleService', 'a', 5]]);
    expect(program.service.of('ScaleService')[0]?.params).toEqual({
      ClusterId: 'cn-test',
      ServiceName: 'a',
      Instance: 5,
    });
  });

  it('sends nothing before enter', async () => {
    const program = await createProgram();
    await program.press('+', '+');
    await program.clock.advance(10_000);
    expect(writes(program)).toEqual([]);
    expect(Object.values(program.state().staged)).toMatchObject([{ name: 'a', from: 2, to: 4 }]);
  });

  it.each(['esc', 'ctrl-c'])('drops everything with %s and says so', async (key) => {
    const program = await createProgram();
    await program.press('+', 'down', '+', key);
    expect(program.state().staged).toEqual({});
    expect(program.said()).toBe('dropped 2 staged changes; nothing was sent');
    await program.press('enter');
    expect(writes(program)).toEqual([]);
    expect(program.left()).toBe(false);
  });

  it('counts down too, but not below none', async () => {
    const program = await createProgram();
    await program.press('-', '-', '-', '-');
    expect(Object.values(program.state().staged)).toMatchObject([{ to: 0 }]);
    await program.press('+', 'enter');
    expect(writes(program)).toEqual([['ScaleService', 'a', 1]]);
  });

  it('takes digits as an exact number, which + and - go on from', async () => {
    const program = await createProgram();
    await program.press('=', '1', '2', '-', 'enter');
    expect(writes(program)).toEqual([['ScaleService', 'a', 11]]);
  });

  it('starts the number anew when digits come after + or -', async () => {
    const program = await createProgram();
    await program.press('=', '1', '2', '+', '4', 'enter');
    expect(writes(program)).toEqual([['ScaleService', 'a', 4]]);
  });

  it('leaves digits alone while nothing is staged', async () => {
    const program = await createProgram();
    await program.press('4', 'enter');
    expect(program.state().staged).toEqual({});
    expect(writes(program)).toEqual([]);
  });

  it('sends nothing for a number that is as it was, and says so', async () => {
    const program = await createProgram();
    await program.press('+', '-', 'enter');
    expect(writes(program)).toEqual([]);
    expect(program.said()).toBe('a stays at 2: nothing to send');
  });

  it('keeps every other key asleep', async () => {
    const program = await createProgram();
    await program.press('+', 'S', 's', 'r', 'q', ':', '/', '?', 'd', 'j', 'space', 'u');
    expect(program.state().dialog).toBeUndefined();
    expect(program.state().prompt).toBeUndefined();
    expect(program.state().frames).toHaveLength(1);
    expect(program.under()).toBe('a');
    expect(program.left()).toBe(false);
  });

  it('collects several objects and sends them with one enter, each once', async () => {
    const program = await createProgram();
    await program.press('+', 'down', '-', 'enter');
    expect(writes(program)).toEqual([
      ['ScaleService', 'a', 3],
      ['ScaleService', 'b', 1],
    ]);
  });

  it('asks before a service is left without workers, and cancels by default', async () => {
    const program = await createProgram();
    await program.press('=', '0', 'enter');
    expect(program.state().dialog).toMatchObject({ title: 'scale a 2→0', tone: 'bad', button: 0 });
    expect(program.state().dialog?.lines).toContain('in cn-test');
    expect(program.state().dialog?.lines.join('\n')).toContain('2 running workers now');
    await program.press('enter');
    expect(writes(program)).toEqual([]);
    expect(program.said()).toBe('scale a 2→0: not sent');
  });

  it('says that the object has gone instead of sending for it', async () => {
    const program = await createProgram();
    await program.press('+');
    await vanish(program);
    await program.press('enter');
    expect(writes(program)).toEqual([]);
    expect(program.said()).toBe('a is no longer here; nothing was sent for it');
  });

  it('is refused where the number is not known', async () => {
    const program = await createProgram({ services: [wireService('a', { TotalInstance: undefined })] });
    await program.press('+');
    expect(program.state().staged).toEqual({});
    expect(program.said()).toBe('how many there are now is not known: a');
  });

  it('shows and sends the same number when more is typed than there may be', async () => {
    const program = await createProgram();
    await program.press('=', ...'99999');
    const [staged] = Object.values(program.state().staged);
    expect(staged?.typed === '' ? staged.to : Number(staged?.typed)).toBe(staged?.to);
  });

  it('goes on from a number that was sent and has not yet been taken up', async () => {
    const program = await createProgram();
    program.service.answers['ScaleService'] = () => ({});
    await program.press('+', 'enter');
    await program.press('+', 'enter');
    expect(writes(program)).toEqual([
      ['ScaleService', 'a', 3],
      ['ScaleService', 'a', 4],
    ]);
  });
});

const owned = { AutoscalerEnabled: true, Resource: 'eas-r-1', ResourceAlias: 'gpus' };
const node = {
  InstanceId: 'i-1',
  InstanceStatus: 'Ready',
  InstanceCpuCount: 16,
  InstanceUsedCpu: 0,
  InstanceMemory: '64Gi',
  InstanceUsedMemory: '0',
  InstanceGpuCount: 0,
};
const scaling = {
  DescribeServiceAutoScaler: () => ({ MinReplica: 1, MaxReplica: 8 }),
  ListResourceInstances: () => ({ Instances: [node], TotalCount: 1 }),
};

describe('advice while scaling', () => {
  const owner = 'a: an autoscaler (1–8) owns the number and will overwrite it';
  const free = /^a: free in gpus: \d+ cpu/;
  const told = (program: Program, what: RegExp) => program.messages().filter((text) => what.test(text)).length;

  it('names the autoscaler that owns the number as soon as it is staged', async () => {
    const program = await createProgram({ services: [wireService('a', owned)], answers: scaling });
    await program.press('+');
    expect(program.messages()).toContain(owner);
    expect(writes(program)).toEqual([]);
  });

  it('says what is free above twice the number there was, and not before', async () => {
    const program = await createProgram({ services: [wireService('a', owned)], answers: scaling });
    await program.press('+', '+');
    expect(told(program, free)).toBe(0);
    await program.press('+');
    expect(told(program, free)).toBe(1);
    await program.press('+');
    expect(told(program, free)).toBe(1);
  });

  it('says both for a number that comes by command', async () => {
    const program = await createProgram({ services: [wireService('a', owned)], answers: scaling });
    await program.press(':');
    await program.type('scale a 9');
    await program.press('enter');
    // Not hidden by the word that it was accepted.
    expect(program.said()).toBe(owner);
    expect(told(program, free)).toBe(1);
  });

  it('names the autoscaler also where what is free may not be read, and says that', async () => {
    const forbidden = () => {
      throw new Error('no right to see nodes');
    };
    const program = await createProgram({
      services: [wireService('a', owned)],
      answers: { DescribeServiceAutoScaler: forbidden, ListResourceInstances: forbidden },
    });
    await program.press('+', '+', '+');
    expect(program.messages()).toContain('a: an autoscaler owns the number and will overwrite it');
    expect(program.messages()).toContain('a: what is free in gpus is not known: no right to see nodes');
  });
});

describe('refusals', () => {
  it('send nothing but reads when read-only, and say so', async () => {
    const program = await createProgram({ session: { readOnly: true } });
    for (const keys of [
      ['+', '+', 'enter'],
      ['S', 'y'],
      ['s', 'y'],
      ['r', 'y'],
      ['=', '5', 'enter'],
      [':', ...'scale', 'space', 'a', 'space', '5', 'enter'],
    ]) {
      await program.press(...keys, 'esc', 'esc');
      expect(program.state().staged).toEqual({});
      expect(program.state().dialog).toBeUndefined();
    }
    expect(writes(program)).toEqual([]);
    expect(program.messages().join('\n')).toContain('read-only: scale would send ScaleService');
    expect(program.messages().join('\n')).toContain('read-only: stop would send StopService');
  });

  it('name the lock or the status that stands in the way', async () => {
    const program = await createProgram({
      services: [
        wireService('a', { SafetyLock: 'dangerous' }),
        wireService('b', { SafetyLock: 'ALL' }),
        wireService('c', { Status: 'Stopped' }),
      ],
    });
    await program.press('S');
    expect(program.said()).toBe('a is locked (dangerous); unlock it first');
    await program.press('down', '+');
    expect(program.said()).toBe('b is locked (ALL); unlock it first');
    await program.press('down', 'S');
    expect(program.said()).toBe('c is Stopped already');
    expect(program.state().dialog).toBeUndefined();
  });

  it('meet every write key on a ghost', async () => {
    const program = await createProgram();
    await vanish(program);
    expect(program.cockpit.openTable()?.visible.ghost).toBe('gone');
    for (const key of ['+', '-', '=', 's', 'S', 'r', 'enter', 'd', 'y', 'c']) {
      await program.press(key);
      expect(program.state()).toMatchObject({ staged: {}, dialog: undefined });
      expect(program.state().frames).toHaveLength(1);
    }
    expect(program.said()).toBeTruthy();
    expect(writes(program)).toEqual([]);
  });

  it('meet a write key within 300 ms of the object under the cursor being exchanged', async () => {
    const program = await createProgram({ cold: true });
    await settled();
    expect(program.under()).toBe('a');
    await program.clock.advance(299);
    await program.press('+');
    expect(program.state().staged).toEqual({});
    expect(program.said()).toBe('the row under the cursor has just changed; look and press again');
    await program.clock.advance(1);
    await program.press('+');
    expect(Object.keys(program.state().staged)).toHaveLength(1);
  });

  it('meet every key that writes to the row within these 300 ms, and none after', async () => {
    const keysOf = ({ cockpit }: Program) =>
      [...(services?.actions ?? []).filter(({ stage }) => stage === undefined), ...verbs]
        .filter((one) => !('writes' in one) || (one.writes && one.screen === 'services' && one.where !== 'view'))
        .flatMap(({ keys }) => keys)
        .filter((chord) => reachable(cockpit.layers()).some(({ keys }) => keys.includes(chord)))
        .concat('+', '-', '=');
    const word = 'the row under the cursor has just changed; look and press again';
    const keys = keysOf(await createProgram({ verbs }));
    expect(keys).toEqual(expect.arrayContaining(['s', 'S', 'r', 'ctrl-d', 'K', 'w', 'e', 'm', 't', 'i', '+']));
    for (const key of keys) {
      const program = await createProgram({ verbs, cold: true });
      await settled();
      await program.clock.advance(299);
      await program.press(key);
      expect(program.said(), key).toBe(word);
      expect(program.state(), key).toMatchObject({ dialog: undefined, menu: undefined, prompt: undefined, staged: {} });
      await program.clock.advance(1);
      await program.press(key);
      expect(
        program.messages().filter((text) => text === word),
        key,
      ).toHaveLength(1);
    }
  });

  it('do not meet it when the cursor was moved by a key', async () => {
    const program = await createProgram();
    await program.press('down', '+');
    expect(Object.values(program.state().staged)).toMatchObject([{ name: 'b' }]);
  });

  it('do not meet it when only the lines around the object move', async () => {
    const program = await createProgram({ services: [wireService('m')] });
    program.service.services = [wireService('a'), wireService('m')];
    await program.clock.advance(2_000);
    await program.press('+');
    expect(Object.values(program.state().staged)).toMatchObject([{ name: 'm' }]);
  });
});

describe('dialogs', () => {
  it('begin on Cancel: enter at once sends nothing', async () => {
    const program = await createProgram();
    await program.press('S');
    expect(program.state().dialog).toMatchObject({ title: 'stop a', button: 0, verb: 'stop' });
    await program.press('enter');
    expect(program.state().dialog).toBeUndefined();
    expect(writes(program)).toEqual([]);
    expect(program.said()).toBe('stop a: not sent');
  });

  it.each([
    [['y'], true],
    [['n'], false],
    [['esc'], false],
    [['ctrl-c'], false],
    [['right', 'enter'], true],
    [['tab', 'enter'], true],
    [['shift-tab', 'enter'], true],
    [['right', 'right', 'enter'], false],
    [['tab', 'left', 'enter'], false],
  ])('answer to %j', async (keys, goes) => {
    const program = await createProgram();
    await program.press('S', ...keys);
    expect(program.state().dialog).toBeUndefined();
    expect(writes(program)).toEqual(goes ? [['StopService', 'a', undefined]] : []);
    expect(program.left()).toBe(false);
  });

  it('keep every other key asleep', async () => {
    const program = await createProgram();
    await program.press('S', '+', 's', 'q', ':', '/', '?', 'j', 'S', 'd', 'space');
    expect(program.state().dialog?.title).toBe('stop a');
    expect(program.state()).toMatchObject({ staged: {}, prompt: undefined });
    expect(program.under()).toBe('a');
  });

  it.each(['y', 'y\n', '\r', '\ry', 'stop\n'])('are not answered by a paste of %j', async (text) => {
    const program = await createProgram();
    await program.press('S');
    program.cockpit.paste(text);
    await settled();
    expect(program.state().dialog?.title).toBe('stop a');
    expect(program.said()).toBe('a paste is not taken for keys; open : or / first');
    expect(writes(program)).toEqual([]);
  });

  it('stay what they are when the list changes under them, and act on what they name', async () => {
    const program = await createProgram();
    await program.press('S');
    program.service.services = [wireService('0'), ...program.service.services];
    await program.clock.advance(2_000);
    await program.press('y');
    expect(writes(program)).toEqual([['StopService', 'a', undefined]]);
  });

  // Each as far as its last question, and what answers that.
  const questions: [string, string[], string, string[]][] = [
    ['stop', ['S'], '', ['y']],
    ['start', ['s'], '', ['y']],
    ['restart', ['r'], '', ['y']],
    ['delete', ['ctrl-d'], 'a', ['tab', 'enter']],
    ['scale to none', ['-', '-', 'enter'], '', ['y']],
    ['safety lock', ['K'], '', ['down', 'enter']],
    ['label', ['t'], 'team=b', ['enter']],
  ];
  const others: [string, () => Record<string, unknown>[]][] = [
    ['deleted', () => []],
    ['deleted and made anew', () => [wireService('a', { ServiceId: 'eas-m-another' })]],
  ];
  it.each(questions.flatMap(([what, ...keys]) => others.map(([how, now]) => [what, how, now, ...keys] as const)))(
    '%s: nothing is sent to a service that somebody else has %s meanwhile',
    async (what, _how, now, keys, text, answer) => {
      const Status = what === 'start' ? 'Stopped' : 'Running';
      const program = await createProgram({ services: [wireService('a', { Status })], verbs });
      await program.press(...keys);
      const { dialog, menu, prompt } = program.state();
      expect(dialog ?? menu ?? prompt, what).toBeDefined();
      program.service.services = now();
      program.service.answers['DescribeService'] = () => {
        const [found] = program.service.services;
        if (found) return found;
        throw new ApiError({ kind: 'missing', code: 'InvalidService.NotFound', message: 'it does not exist' });
      };
      await program.type(text);
      await program.press(...answer);
      expect(writes(program)).toEqual([]);
      expect(program.said()).toMatch(/is gone, or another object bears its name now; nothing was sent/);
    },
  );

  it('tell what the action touches', async () => {
    const program = await createProgram({
      services: [
        wireService('a', {
          AutoscalerEnabled: true,
          ServiceGroup: 'chat',
          Weight: 20,
          ExtraData: '{"blue_green_services":["a","a_1"]}',
        }),
      ],
    });
    await program.press('S');
    const lines = program.state().dialog?.lines.join('\n');
    expect(lines).toContain('in cn-test');
    expect(lines).toContain('2 running workers now');
    expect(lines).toContain('blue-green with a_1, weight 20');
    expect(lines).toContain('traffic of group chat');
    expect(lines).toContain('an autoscaler is on: it may change the number of workers again');
  });
});

describe('a dialog that wants a word', () => {
  const open = async () => {
    const program = await createProgram({ services: many(12) });
    await program.press('*', 'S');
    expect(program.state().dialog?.word).toBe('12');
    return program;
  };

  it('goes on only when the word is typed exactly and the button is pressed', async () => {
    const program = await open();
    await program.type('13');
    await program.press('tab', 'enter');
    expect(writes(program)).toEqual([]);
    await program.press('backspace');
    await program.type('2');
    await program.press('enter');
    expect(writes(program)).toHaveLength(12);
  });

  it('takes y and n for letters', async () => {
    const program = await open();
    await program.type('yn');
    expect(program.state().dialog?.field.text).toBe('yn');
    expect(writes(program)).toEqual([]);
  });

  it('does not take the enter of a paste', async () => {
    const program = await open();
    await program.press('tab');
    program.cockpit.paste('12\n');
    await settled();
    expect(program.state().dialog?.field.text).toBe('12');
    expect(writes(program)).toEqual([]);
  });
});

describe('marks', () => {
  it('make a key act on all of them after one yes, in which each is named', async () => {
    const program = await createProgram({ services: many(3) });
    await program.press('g', 'space', 'G', 'space', 'S');
    const dialog = program.state().dialog;
    expect(dialog?.lines).toEqual(expect.arrayContaining(['stop s00', 'stop s02']));
    await program.press('y');
    expect(writes(program)).toEqual([
      ['StopService', 's00', undefined],
      ['StopService', 's02', undefined],
    ]);
  });

  it('stay on those that were refused, so that the same key tries them again', async () => {
    const program = await createProgram({ services: many(3) });
    program.service.answers['StopService'] = ({ ServiceName }) => {
      if (ServiceName === 's01') throw new Error('no');
      return {};
    };
    await program.press('*', 'S', 'y');
    await settled();
    expect([...program.table().marks]).toEqual(['eas-m-s01']);
    expect(program.said()).toContain('2 of 3 accepted');
  });

  it('are not lost with esc', async () => {
    const program = await createProgram({ services: many(3) });
    await program.press('space', 'esc');
    expect(program.table().marks.size).toBe(1);
  });

  it('invert, take a range and clear', async () => {
    const program = await createProgram({ services: many(5) });
    const marked = () => [...program.table().marks].map((id) => id.replace('eas-m-', '')).sort();
    await program.press('g', 'down', 'space', 'g', 'down', 'down', 'down', 'M');
    expect(marked()).toEqual(['s01', 's02', 's03']);
    await program.press('~');
    expect(marked()).toEqual(['s00', 's04']);
    await program.press('\\');
    expect(marked()).toEqual([]);
  });

  it('take no range from a row that is not shown', async () => {
    const program = await createProgram({ services: [...many(4), wireService('zz')] });
    await program.press('G', 'space', '/');
    await program.type('s0');
    await program.press('enter', 'g', 'down', 'down', 'M');
    const marked = [...program.table().marks];
    expect(marked).not.toContain('eas-m-s00');
    expect(marked).not.toContain('eas-m-s01');
  });

  it('never make a key act on another row when the marked ones are gone', async () => {
    const program = await createProgram({ services: many(3) });
    await program.press('space', 'down');
    await vanish(program);
    await program.press('S', 'y');
    expect(writes(program)).toEqual([]);
  });

  it('ask for the number of rows from ten on, staged or not', async () => {
    const program = await createProgram({ services: many(10) });
    await program.press('*', '+', 'enter');
    expect(program.state().dialog?.word).toBe('10');
    expect(writes(program)).toEqual([]);
  });
});

describe('the record of what was sent', () => {
  it('does not call an outcome that is not known refused', async () => {
    const program = await createProgram({ services: many(2) });
    const { ApiError } = await import('../../../src/api/errors.ts');
    program.service.answers['StopService'] = () => {
      throw new ApiError({ kind: 'timeout', code: 'Timeout', message: 'no answer', sent: 'unknown' });
    };
    await program.press('*', 'S', 'y');
    await settled();
    expect(program.said()).not.toContain('refused');
  });
});
