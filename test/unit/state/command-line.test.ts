import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { screens } from '../../../src/screens/index.ts';
import { complete, readCommand } from '../../../src/state/command-line.ts';
import { verbs } from '../../../src/state/verbs/index.ts';
import { createProgram, type Program, wireService } from './program.ts';

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
  });
});

describe('completing', () => {
  it('puts the shortest name that begins so first', () => {
    expect(complete({ screens, verbs: [] }, 'sc', [])[0]).toBe('scale');
    expect(complete({ screens, verbs: [] }, 'work', []).slice(0, 2)).toEqual(['worker', 'workers']);
  });

  it('finds names by letters that occur in order', () => {
    expect(complete({ screens, verbs: [] }, 'mssg', [])).toContain('messages');
  });

  it('completes live names after the command, and nothing after them', () => {
    expect(complete({ screens, verbs: [] }, 'scale mn', ['mnist', 'other', 'mnist_b'])).toEqual([
      'scale mnist',
      'scale mnist_b',
    ]);
    expect(complete({ screens, verbs: [] }, 'scale mnist 5', ['mnist'])).toEqual([]);
  });

  it('gives nothing when nothing fits', () => {
    expect(complete({ screens, verbs: [] }, 'zzzz', ['mnist'])).toEqual([]);
  });
});

const enter = async (program: Program, line: string): Promise<void> => {
  await program.press(':');
  await program.type(line);
  await program.press('enter');
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
