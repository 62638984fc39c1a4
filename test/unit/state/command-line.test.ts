import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { screens } from '../../../src/screens/index.ts';
import { complete, readCommand } from '../../../src/state/command-line.ts';
import type { Names } from '../../../src/state/names.ts';
import { verbs } from '../../../src/state/verbs/index.ts';
import { createProgram, type Program, wireService, wireWorker } from './program.ts';

const live = (...names: string[]): Names => ({ of: () => names, within: () => names });
const completed = (line: string, ...names: string[]) => complete({ screens, verbs: [] }, line, live(...names));
const read = (line: string) => readCommand({ screens, verbs: [] }, line);

describe('reading a command', () => {
  it.each([
    ['services', { kind: 'open', names: [] }],
    ['svc', { kind: 'open', names: [] }],
    ['  svc  ', { kind: 'open', names: [] }],
    ['workers mnist', { kind: 'open', names: ['mnist'] }],
    ['wk   mnist', { kind: 'open', names: ['mnist'] }],
    ['scale mnist 5', { kind: 'act', action: 'scale', name: 'mnist', input: 5 }],
    ['stop mnist', { kind: 'act', action: 'stop', name: 'mnist' }],
    ['stop', { kind: 'act', action: 'stop' }],
    ['restart mnist', { kind: 'act', action: 'restart', name: 'mnist' }],
    ['help', { kind: 'view', view: 'help' }],
    ['messages', { kind: 'view', view: 'messages' }],
    ['q', { kind: 'quit' }],
    ['quit', { kind: 'quit' }],
  ])('%j', (line, command) => {
    expect(read(line)).toMatchObject(command);
  });

  it.each(['', '   '])('%j asks for nothing', (line) => {
    expect(read(line)).toBeUndefined();
  });

  it.each([
    ['servces', 'there is no command "servces"; did you mean :services?'],
    ['scle x 2', 'there is no command "scle"; did you mean :scale?'],
    ['Services', 'there is no command "Services"; did you mean :services?'],
    ['xyzzyxyzzy', 'there is no command "xyzzyxyzzy"'],
    ['workers', ':workers needs SERVICE'],
    ['services mnist', ':services takes no argument, "mnist" was given'],
    ['scale', 'write :scale NAME NUMBER'],
    ['scale mnist', 'write :scale NAME NUMBER'],
    ['scale mnist 2 3', 'write :scale NAME NUMBER'],
    ['scale mnist five', '"five" is not a whole number'],
    ['scale mnist -1', '"-1" is not a whole number'],
    ['scale mnist 1.5', '"1.5" is not a whole number'],
    ['stop a b', 'write :stop NAME'],
    ['q all', ':q takes no argument, "all" was given'],
    ['help scale', ':help takes no argument, "scale" was given'],
  ])('%j is an error that says what is wrong', (line, error) => {
    expect(read(line)).toEqual({ error });
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('knows no command %s', (word) => {
    expect(read(word)).toHaveProperty('error');
  });

  it('knows every screen and every action by name', () => {
    for (const { id, alias, actions = [], needs } of screens) {
      for (const name of [id, ...alias]) {
        expect(read([name, ...needs.map(() => 'x')].join(' '))).toMatchObject({ kind: 'open', screen: { id } });
      }
      for (const action of actions) {
        expect(JSON.stringify(read(`${action.id} x`))).not.toContain('there is no command');
      }
    }
  });

  it('gives each name to one screen or action only', () => {
    const names = screens.flatMap(({ id, alias }) => [id, ...alias]);
    expect(new Set(names).size).toBe(names.length);
    for (const { actions = [] } of screens) {
      for (const { id } of actions) expect(names).not.toContain(id);
    }
    const actions = screens.flatMap(({ actions = [] }) => actions.map(({ id }) => id));
    expect(new Set(actions).size).toBe(actions.length);
  });
});

describe('completing', () => {
  it('puts the shortest name that begins so first', () => {
    expect(completed('sc')[0]).toBe('scale');
    expect(completed('work').slice(0, 2)).toEqual(['worker', 'workers']);
  });

  it('finds names by letters that occur in order', () => {
    expect(completed('mssg')).toContain('messages');
  });

  it('completes live names after the command, and nothing after them', () => {
    expect(completed('scale mn', 'mnist', 'other', 'mnist_b')).toEqual(['scale mnist', 'scale mnist_b']);
    expect(completed('scale mnist 5', 'mnist')).toEqual([]);
  });

  it('completes the words of a choice', () => {
    expect(completed('lock mnist dan', 'mnist')).toEqual(['lock mnist dangerous']);
    expect(completed('services ', 'mnist')).toEqual([]);
  });

  it('gives nothing when nothing fits', () => {
    expect(completed('zzzz', 'mnist')).toEqual([]);
  });
});

const enter = async (program: Program, line: string): Promise<void> => {
  await program.press(':');
  await program.type(line);
  await program.press('enter');
};

const groups = {
  ListResources: () => ({ Resources: [{ ResourceId: 'eas-r-1', ResourceName: 'gpus' }], TotalCount: 1 }),
  ListResourceInstances: () => ({ Instances: [{ InstanceId: 'i-1', InstanceName: 'node-7' }], TotalCount: 1 }),
};

describe('the command line in the program', () => {
  it('opens screens', async () => {
    const program = await createProgram();
    await enter(program, 'workers b');
    expect(program.table()).toMatchObject({ screen: 'workers', scope: { service: 'b' } });
    await enter(program, 'svc');
    expect(program.table().screen).toBe('services');
    expect(program.state().frames).toHaveLength(1);
  });

  it('scales by name, wherever the cursor is', async () => {
    const program = await createProgram();
    await enter(program, 'scale b 7');
    expect(program.service.of('ScaleService').map(({ params }) => params)).toEqual([
      { ClusterId: 'cn-test', ServiceName: 'b', Instance: 7 },
    ]);
  });

  it('asks where the key would ask', async () => {
    const program = await createProgram();
    await enter(program, 'stop b');
    expect(program.state().dialog?.title).toBe('stop b');
    await program.press('n');
    await enter(program, 'stop b');
    await program.press('y');
    expect(program.service.of('StopService').map(({ params }) => params['ServiceName'])).toEqual(['b']);
  });

  it.each([
    ['scale b 99999', '99999 is outside 0–10000'],
    ['scale nobody 2', 'nobody'],
    ['stp b', 'did you mean :stop?'],
    ['start b', 'only a stopped service can be started'],
  ])('keeps %j open with what is wrong', async (line, error) => {
    const program = await createProgram();
    await enter(program, line);
    expect(program.state().prompt).toMatchObject({ text: line });
    expect(program.state().prompt?.error).toContain(error);
    expect(program.service.sent.filter(({ operation }) => !/^(List|Desc)/.test(operation))).toEqual([]);
  });

  it('takes the error away with the next letter', async () => {
    const program = await createProgram();
    await enter(program, 'nonsense');
    await program.type('x');
    expect(program.state().prompt?.error).toBeUndefined();
  });

  it('never scales without a way back and without asking', async () => {
    const program = await createProgram({ services: [wireService('a', { TotalInstance: undefined })] });
    await enter(program, 'scale a 5');
    const sent = program.service.of('ScaleService').length > 0;
    await program.press('esc', 'u');
    expect(sent && program.said().includes('has no undo')).toBe(false);
  });

  it('completes with tab and runs nothing by itself', async () => {
    const program = await createProgram();
    await program.press(':');
    await program.type('sto');
    await program.press('tab');
    expect(program.state().prompt).toMatchObject({ text: 'stop ', cursor: 5 });
    await program.type('b');
    await program.press('tab');
    expect(program.state().prompt?.text).toBe('stop b ');
    expect(program.state().dialog).toBeUndefined();
  });

  it('completes what each command is about: services, workers of that service, groups and their nodes', async () => {
    const program = await createProgram({ answers: groups });
    program.service.workers = [wireWorker('b-worker-0')];
    const tab = async (text: string): Promise<string | undefined> => {
      await program.press(':');
      await program.type(text);
      await program.press('tab');
      const now = program.state().prompt?.text;
      await program.press('esc');
      return now;
    };
    expect(await tab('versions b')).toBe('versions b ');
    // Nothing was read of workers yet: no name is made up.
    expect(await tab('containers b b-')).toBe('containers b b-');
    await enter(program, 'workers b');
    expect(await tab('containers b b-')).toBe('containers b b-worker-0 ');
    expect(await tab('containers a b-')).toBe('containers a b-');
    expect(await tab('isolate b')).toBe('isolate b-worker-0 ');
    await enter(program, 'resources');
    expect(await tab('instances ')).toBe('instances eas-r-1 ');
    await enter(program, 'instances eas-r-1');
    expect(await tab('node-workers eas-r-1 n')).toBe('node-workers eas-r-1 node-7 ');
  });

  it('finds a worker by name in whichever service it was seen last', async () => {
    const program = await createProgram();
    program.service.answers['DeleteServiceInstances'] = () => ({});
    program.service.answers['ListServiceInstances'] = ({ ServiceName }) => ({
      Instances: [wireWorker(`${ServiceName}-worker-0`)],
      TotalCount: 1,
    });
    await enter(program, 'workers a');
    await enter(program, 'workers b');
    await enter(program, 'svc');
    for (const name of ['a', 'b']) {
      await enter(program, `dw ${name}-worker-0`);
      expect(program.state().dialog?.title).toContain(`${name}-worker-0`);
      await program.press('y');
    }
    expect(program.service.of('DeleteServiceInstances').map(({ params }) => params)).toMatchObject([
      { ServiceName: 'a', InstanceList: 'a-worker-0' },
      { ServiceName: 'b', InstanceList: 'b-worker-0' },
    ]);
  });

  it('without a name does to the marked rows what the key does to them, else to the row under the cursor', async () => {
    const program = await createProgram({ services: ['a', 'b', 'c'].map((name) => wireService(name)) });
    await program.press('g', 'space', 'space');
    await enter(program, 'stop');
    expect(program.state().dialog?.lines).toEqual(expect.arrayContaining(['stop a', 'stop b']));
    await program.press('n', '\\', 'G');
    await enter(program, 'stop');
    expect(program.state().dialog?.title).toBe('stop c');
    await program.press('n', 'd');
    await enter(program, 'stop');
    expect(program.state().dialog?.title).toBe('stop c');
    await program.press('n');
    await enter(program, 'workers a');
    await enter(program, 'stop');
    expect(program.state().prompt?.error).toBe('say of which: :stop NAME');
  });

  it('has every key by its name, and says why one is off', async () => {
    const program = await createProgram();
    await enter(program, 'undo');
    expect(program.state().prompt?.error).toBe('nothing has been done yet');
    await program.press('esc');
    await enter(program, 'mark-all');
    expect(program.table().marks.size).toBe(2);
    await enter(program, 'filter');
    expect(program.state().prompt?.kind).toBe('filter');
    await program.press('esc');
    await enter(program, 'pause');
    expect(program.state().session.pausedByKey).toBe(true);
    await enter(program, 'pause now');
    expect(program.state().prompt?.error).toBe(':pause takes no argument, "now" was given');
    await program.press('esc');
    await enter(program, 'pase');
    expect(program.state().prompt?.error).toBe('there is no command "pase"; did you mean :pause?');
    await program.press('esc');
    await enter(program, 'quit');
    expect(program.left()).toBe(true);
  });

  it('completes the path of a file where a verb takes one, folder by folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paths-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'services'));
    for (const name of ['mnist.json', 'with blank.json']) writeFileSync(join(folder, 'services', name), '{}');
    const program = await createProgram({ verbs });
    const completed = async (text: string): Promise<void> => {
      await program.press('tab');
      await expect.poll(() => program.state().prompt?.text).toBe(text);
    };
    await program.press(':');
    await program.type(`create -r ${folder}/ser`);
    await completed(`create -r ${folder}/services/`);
    await program.type('m');
    await completed(`create -r ${folder}/services/mnist.json`);
    await program.press('ctrl-u');
    // What has a blank in it would be two arguments.
    await program.type(`release-create ${folder}/services/w`);
    await program.press('tab');
    await expect.poll(() => program.messages()).toContain('nothing completes this');
  });

  it('remembers what was run, newest first', async () => {
    const program = await createProgram();
    await enter(program, 'help');
    await enter(program, 'messages');
    await program.press(':', 'up');
    expect(program.state().prompt?.text).toBe('messages');
    await program.press('up', 'up', 'up');
    expect(program.state().prompt?.text).toBe('help');
    await program.press('down', 'down');
    expect(program.state().prompt?.text).toBe('');
  });

  it('remembers a line that is run again once, and of many the last hundred', async () => {
    const program = await createProgram();
    for (let number = 0; number < 102; number++) {
      await enter(program, `nothing${number}`);
      await program.press('esc');
    }
    await enter(program, 'nothing101');
    await program.press('esc', ':', 'up', 'up');
    expect(program.state().prompt?.text).toBe('nothing100');
    await program.press(...Array(200).fill('up'));
    expect(program.state().prompt?.text).toBe('nothing2');
  });

  it('completes no name that only the record knows: it may be gone, or elsewhere', async () => {
    const program = await createProgram();
    const long = { who: undefined, region: 'cn-other', words: 'dw', cli: undefined, requestId: undefined };
    program.service.entries = [
      {
        id: '1',
        at: 1,
        target: 'w',
        screen: 'workers',
        scope: { service: 'bygone' },
        outcome: 'accepted',
        message: '',
        raw: {},
        ...long,
      },
    ];
    await enter(program, 'ledger');
    expect(program.names()).toEqual(['dw']);
    await program.press(':');
    await program.type('workers by');
    await program.press('tab');
    expect(program.state().prompt?.text).toBe('workers by');
  });

  it('brings back what was being written after a look into the history', async () => {
    const program = await createProgram();
    await enter(program, 'help');
    await program.press(':');
    await program.type('sca');
    await program.press('up', 'down');
    expect(program.state().prompt?.text).toBe('sca');
  });

  it.each(['esc', 'ctrl-c'])('closes with %s and runs nothing', async (key) => {
    const program = await createProgram();
    await program.press(':');
    await program.type('q');
    await program.press(key);
    expect(program.state().prompt).toBeUndefined();
    expect(program.left()).toBe(false);
  });

  it('quits with :q', async () => {
    const program = await createProgram();
    await enter(program, 'q');
    expect(program.left()).toBe(true);
  });

  it('is edited as text fields are', async () => {
    const program = await createProgram();
    await program.press(':');
    await program.type('stop name');
    await program.press('alt-backspace', 'home', 'delete', 'right', 'backspace', 'end');
    await program.type('你好');
    await program.press('left', 'backspace');
    expect(program.state().prompt?.text).toBe('op 好');
    await program.press('ctrl-u');
    expect(program.state().prompt).toMatchObject({ text: '', cursor: 0 });
  });

  it('takes a letter made of several code points', async () => {
    const program = await createProgram();
    await program.press(':', 'e\u0301');
    expect(program.state().prompt?.text).toBe('e\u0301');
  });

  it('knows full-width signs outside of text fields and leaves them alone inside', async () => {
    const program = await createProgram();
    await program.press('：');
    expect(program.state().prompt?.kind).toBe('command');
    await program.press('？');
    expect(program.state().prompt?.text).toBe('？');
    await program.press('esc', '＋');
    expect(Object.values(program.state().staged)).toMatchObject([{ to: 3 }]);
  });
});
