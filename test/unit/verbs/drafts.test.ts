import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDrafts, createSaved, writePrivate } from '../../../src/state/drafts.ts';
import { chosenEditor, openEditor } from '../../../src/state/editor.ts';
import { completePath, expandPath } from '../../../src/state/path-completion.ts';
import { readText } from '../../../src/state/text-file.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'drafts-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const modeOf = (file: string): number => statSync(file).mode & 0o777;
const note = { kind: 'edit', region: 'cn-test', name: 'mnist', at: 1_000 } as const;
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('drafts', () => {
  test('are kept for their owner alone, listed newest first, changed and removed', async () => {
    const state = join(folder(), 'state');
    const drafts = createDrafts(state, () => 1_700_000_000_000);
    const first = await drafts.add({ ...note, base: '{}' }, '{"a":1}');
    const second = await drafts.add({ ...note, kind: 'create', name: '../x', at: 2_000 }, '{}');
    expect(modeOf(first.file)).toBe(0o600);
    expect(modeOf(`${first.file}.note`)).toBe(0o600);
    expect(modeOf(drafts.folder)).toBe(0o700);
    expect(second.file.startsWith(`${drafts.folder}/`)).toBe(true);
    expect((await drafts.list()).map(({ name, kind }) => [name, kind])).toEqual([
      ['../x', 'create'],
      ['mnist', 'edit'],
    ]);
    await drafts.change(first, '{"a":2}', { base: '{"b":1}' });
    expect(textOf(await drafts.read(first))).toBe('{"a":2}');
    expect((await drafts.list())[1]).toMatchObject({ base: '{"b":1}', id: first.id });
    await drafts.remove(first);
    await drafts.remove(second);
    expect(await drafts.list()).toEqual([]);
    expect(readdirSync(drafts.folder)).toEqual([]);
  });

  test('there are none before the first, and what cannot be read is passed over', async () => {
    const drafts = createDrafts(folder(), () => 0);
    expect(await drafts.list()).toEqual([]);
    const kept = await drafts.add(note, '{}');
    writeFileSync(join(drafts.folder, 'broken.json.note'), '{"kind":');
    writeFileSync(join(drafts.folder, 'alone.json.note'), JSON.stringify(note));
    expect((await drafts.list()).map(({ id }) => id)).toEqual([kept.id]);
  });

  test('a full disk is named, and what was there stays', async () => {
    const drafts = createDrafts(folder(), () => 0);
    const draft = await drafts.add(note, '{"a":1}');
    symlinkSync('/dev/full', `${draft.file}.part`);
    await expect(drafts.change(draft, '{"a":2}')).rejects.toThrow(/the draft cannot be kept: .*the disk is full/);
    expect(textOf(await drafts.read(draft))).toBe('{"a":1}');
    expect(existsSync(`${draft.file}.part`)).toBe(false);
    await expect(writePrivate('/dev/full/x', '')).rejects.toThrow();
  });

  test('a folder that cannot be made is named', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    await expect(createDrafts(file, () => 0).add(note, '')).rejects.toThrow(/the draft cannot be kept: .*file\/drafts/);
  });
});

test('the latest configuration saved of a name in a region is found', async () => {
  let now = 1_700_000_000_000;
  const saved = createSaved(folder(), () => now);
  await saved.keep('cn-test', 'mnist', '{"v":1}');
  now += 1;
  const file = await saved.keep('cn-test', 'mnist', '{"v":2}');
  await saved.keep('cn-other', 'mnist_2', '{}');
  expect(await saved.find('cn-test', 'mnist')).toBe(file);
  expect(await saved.find('cn-test', 'mnist_2')).toBeUndefined();
  expect(await saved.names('cn-test')).toEqual(['mnist']);
  expect(modeOf(file)).toBe(0o600);
});

describe('files that are no service', () => {
  const broken: readonly [string, (at: string) => string, RegExp][] = [
    ['missing', (at) => join(at, 'none.json'), /none\.json: there is no such file/],
    ['a folder', (at) => at, /is a folder; give a file/],
    ['a device', () => '/dev/null', /is no plain file/],
    [
      'links in a circle',
      (at) => {
        symlinkSync(join(at, 'b'), join(at, 'a'));
        symlinkSync(join(at, 'a'), join(at, 'b'));
        return join(at, 'a');
      },
      /its links lead in a circle/,
    ],
    [
      'below a file',
      (at) => {
        writeFileSync(join(at, 'f'), '');
        return join(at, 'f', 'x');
      },
      /a part of the path is no folder/,
    ],
  ];
  test.each(broken)('%s', async (_what, make, said) => {
    await expect(readText(make(folder()))).rejects.toThrow(said);
  });

  test('one without the right to it', async () => {
    const file = join(folder(), 'secret.json');
    writeFileSync(file, '{}', { mode: 0o000 });
    chmodSync(join(file, '..'), 0o755);
    // The superuser may read everything: as somebody else it is not so.
    const superuser = process.geteuid?.() === 0;
    if (superuser) process.seteuid?.(65_534);
    try {
      await expect(readText(file)).rejects.toThrow(/secret\.json: the right to it is missing/);
    } finally {
      if (superuser) process.seteuid?.(0);
    }
  });

  test('of more than the limit no more is read', async () => {
    const file = join(folder(), 'big');
    writeFileSync(file, 'x'.repeat(3000));
    expect((await readText(file, 2000)).length).toBe(2000);
  });
});

describe('the editor', () => {
  const terminal = {
    suspend: async () => undefined,
    repaint: async () => undefined,
    lend: <T>(task: () => Promise<T>) => task(),
  };

  test('is $VISUAL, else $EDITOR, else vi', () => {
    expect(chosenEditor({ VISUAL: 'a', EDITOR: 'b' })).toEqual({ command: 'a', from: '$VISUAL' });
    expect(chosenEditor({ VISUAL: ' ', EDITOR: 'b -w' })).toEqual({ command: 'b -w', from: '$EDITOR' });
    expect(chosenEditor({}).command).toBe('vi');
  });

  test('gets its arguments and a file with blanks in its name, and leaves it private', async () => {
    const file = join(folder(), 'a b.json');
    writeFileSync(file, '');
    const editor = join(folder(), 'my editor');
    writeFileSync(editor, '#!/bin/sh\nrm -f "$2"; umask 022; printf "%s" "$1" >"$2"\n');
    chmodSync(editor, 0o755);
    const wrong = await openEditor(terminal, file, { ...process.env, VISUAL: '', EDITOR: `'${editor}' --wait` });
    expect(wrong).toBeUndefined();
    expect(textOf(await readText(file))).toBe('--wait');
    expect(modeOf(file)).toBe(0o600);
  });

  const failing: readonly [string, RegExp][] = [
    ['/nonexistent/editor', /\$EDITOR\) was not found; set \$VISUAL or \$EDITOR/],
    ['/etc/passwd', /cannot be executed/],
    ["sh -c 'exit 3'", /ended with code 3/],
    ["sh -c 'kill -9 $$'", /was ended by SIGKILL/],
  ];
  test.each(failing)('%s is told of', async (command, said) => {
    const file = join(folder(), 'x');
    writeFileSync(file, '');
    expect(await openEditor(terminal, file, { ...process.env, VISUAL: '', EDITOR: command })).toMatch(said);
  });

  test('ctrl-c is the editor’s: the listeners that would end the program come back afterwards', async () => {
    const mine = (): void => undefined;
    process.once('SIGINT', mine);
    const before = process.rawListeners('SIGINT');
    const file = join(folder(), 'x');
    writeFileSync(file, '');
    await openEditor(terminal, file, {
      ...process.env,
      EDITOR: `sh -c 'kill -INT ${process.pid}; sleep 0.2'`,
      VISUAL: '',
    });
    expect(process.rawListeners('SIGINT')).toEqual(before);
    process.removeListener('SIGINT', mine);
  });
});

describe('paths', () => {
  test('begin where the program was started, or at home', () => {
    const roots = { cwd: '/w', home: '/h' };
    expect(['a', '~/a', '/a', '~'].map((text) => expandPath(text, roots))).toEqual(['/w/a', '/h/a', '/a', '/h']);
  });

  test('complete as far as all that fits agrees', async () => {
    const cwd = folder();
    for (const name of ['model-a.json', 'model-b.txt', '.hidden']) writeFileSync(join(cwd, name), '');
    mkdirSync(join(cwd, 'sub'));
    writeFileSync(join(cwd, 'sub', 'one.json'), '');
    symlinkSync(join(cwd, 'sub'), join(cwd, 'to-sub'));
    const roots = { cwd, home: cwd };
    expect(await completePath('m', roots)).toEqual(['model-', 'model-a.json', 'model-b.txt']);
    expect(await completePath('su', roots)).toEqual(['sub/']);
    expect(await completePath('to', roots)).toEqual(['to-sub/']);
    expect(await completePath('~/sub/', roots)).toEqual(['~/sub/one.json']);
    expect(await completePath('.h', roots)).toEqual(['.hidden']);
    expect(await completePath('', roots)).not.toContain('.hidden');
    expect(await completePath('none/', roots)).toEqual([]);
  });
});
