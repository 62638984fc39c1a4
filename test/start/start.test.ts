/** What happens from the start of the process to the first rows. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type LaunchOptions, launch, repositoryRoot, type Terminal } from '../support/terminal.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function open(options: LaunchOptions): Promise<Terminal> {
  const terminal = await launch(options);
  onTestFinished(() => terminal.close());
  return terminal;
}

/** A module that Node.js loads before the program. */
function preload(name: string, text: string): { NODE_OPTIONS: string } {
  const path = join(folder, `${name}.cjs`);
  writeFileSync(path, text);
  return { NODE_OPTIONS: `--require=${path}` };
}

const rows = /│ \S+ .*(Running|Failed|Waiting)/;

describe('before the program is loaded', () => {
  /** Loading takes as long as somebody needs to type. */
  const slowly = () =>
    preload(
      'slowly',
      `const vm = require('node:vm');
       const { Script } = vm;
       vm.Script = function (...all) {
         const end = Date.now() + 1500;
         while (Date.now() < end);
         return new Script(...all);
       };`,
    );

  test('there is a frame, and keys typed into it are kept in order', async () => {
    const terminal = await open({ args: ['--demo'], env: slowly() });
    await terminal.waitFor('loading services');
    expect(terminal.altScreen).toBe(true);
    expect(terminal.line(2)).toBe(`┌${'─'.repeat(78)}┐`);
    expect(terminal.cursor.visible).toBe(false);
    terminal.type(':messages');
    terminal.key('enter', '?');
    // Nobody has read them yet, and nothing has echoed them.
    expect(terminal.text()).not.toMatch(/messages|cn-shanghai/);
    await terminal.waitFor('─ help ─');
    terminal.key('esc');
    await terminal.waitFor('─ messages ─');
    terminal.key('ctrl-c');
    await terminal.waitExit();
    expect(terminal.restored()).toEqual({ ok: true, problems: [] });
  });

  test.each([
    ['a signal', async (terminal: Terminal) => void terminal.signal('SIGTERM'), 143],
    ['a wrong flag', async () => undefined, 2],
  ])('%s leaves the terminal as it was', async (what, end, code) => {
    const terminal = await open({ args: what === 'a wrong flag' ? ['--regoin', 'x'] : ['--demo'], env: slowly() });
    await terminal.waitFor('loading services');
    await end(terminal);
    expect((await terminal.waitExit()).code).toBe(code);
    expect(terminal.restored()).toEqual({ ok: true, problems: [] });
    if (code === 2) expect(terminal.text()).toContain("unknown option '--regoin'");
  });

  test('only ASCII is drawn where the configuration asks for it', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    mkdirSync(join(home, '.config/eas-tui'), { recursive: true });
    writeFileSync(join(home, '.config/eas-tui/config.json'), '{ "ascii": true }');
    const terminal = await open({ args: ['--demo'], env: slowly(), home });
    await terminal.waitFor('loading services');
    expect(terminal.line(2)).toBe(`+${'-'.repeat(78)}+`);
    await terminal.waitFor(/\| \S+ .*Running/);
    expect(terminal.bytes().toString()).not.toMatch(/[^\x00-\x7f]/);
  });
});

describe('what is loaded', () => {
  test('before the first frame: these modules and no others', async () => {
    const report = join(folder, 'loaded.json');
    const hook = (wanted: string) => `
      const fs = require('node:fs');
      const own = process.moduleLoadList.slice();
      const { write } = require('node:tty').WriteStream.prototype;
      let said = false;
      require('node:tty').WriteStream.prototype.write = function (data, ...rest) {
        if (!said && Buffer.from(data).includes(${JSON.stringify(wanted)})) {
          said = true;
          const files = Object.keys(require.cache).filter((file) => file !== __filename);
          fs.writeFileSync(${JSON.stringify(report)}, JSON.stringify({ modules: process.moduleLoadList, files }));
        }
        return write.call(this, data, ...rest);
      };`;
    const loaded = async (options: LaunchOptions, wanted: string, more = '') => {
      rmSync(report, { force: true });
      const terminal = await open({ ...options, env: preload('loaded', hook(wanted) + more) });
      await terminal.waitFor(() => statSync(report, { throwIfNoEntry: false })?.size);
      await terminal.close();
      return JSON.parse(readFileSync(report, 'utf8')) as { modules: string[]; files: string[] };
    };
    // What Node.js itself needs to have a terminal.
    const plain = await loaded(
      { command: [process.execPath, '-e', 'process.stdin.setRawMode(true); process.stdout.write("here")'] },
      'here',
    );
    const first = await loaded({ args: ['--demo'] }, '\x1b[?1049h');
    expect(first.files.map((file) => file.slice(repositoryRoot.length + 1))).toEqual(['bin/eas-tui', 'dist/cli.cjs']);
    const more = first.modules.filter((name) => !plain.modules.includes(name));
    // To find the configuration, and to run the bundle.
    expect(more).toEqual(['Internal Binding os', 'NativeModule os', 'NativeModule vm']);
    // With the first rows there is still no other file: the object store's library and the emulator are not needed.
    // However slow this machine is, they are waited for as if it were fast.
    const patient = `
      const timers = require('node:timers/promises');
      const { setTimeout: wait } = timers;
      timers.setTimeout = (ms, ...more) => wait(ms * 500, ...more);`;
    const later = await loaded({ args: ['--demo'] }, 'Running', patient);
    expect(later.files).toEqual(first.files);
    // Nor is Ink, which brings assert, nor Node.js's own client of HTTP.
    for (const name of ['assert', 'http', 'http2', 'inspector', 'cluster', 'repl']) {
      expect(later.modules).not.toContain(`NativeModule ${name}`);
    }
  });
});

describe('the code that V8 has made', () => {
  /** The program as it is installed, but for the code. */
  function copy(): { dist: string; options: LaunchOptions } {
    const root = mkdtempSync(join(folder, 'copy-'));
    for (const name of ['bin', 'dist', 'package.json']) {
      cpSync(join(repositoryRoot, name), join(root, name), {
        recursive: true,
        filter: (from) => !from.endsWith('.code'),
      });
    }
    return {
      dist: join(root, 'dist'),
      options: { command: [process.execPath, join(root, 'bin/eas-tui')], args: ['--demo'] },
    };
  }
  const codeIn = (place: string): string[] => {
    try {
      return readdirSync(place).filter((name) => name.endsWith('.code'));
    } catch {
      return [];
    }
  };
  async function startUntil(options: LaunchOptions, holds: () => unknown): Promise<void> {
    const terminal = await open(options);
    await terminal.waitFor(rows, { timeout: 20_000 });
    await terminal.waitFor(holds);
    terminal.key('q');
    await terminal.waitExit();
  }

  test('is kept beside the program, and made anew when it is not whole, not of this V8, or not safe', async () => {
    const { dist, options } = copy();
    await startUntil(options, () => codeIn(dist).length === 1);
    const [name = ''] = codeIn(dist);
    expect(codeIn(join(repositoryRoot, 'dist'))).toContain(name);
    const file = join(dist, name);
    const good = readFileSync(file);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(1_000);
    const ofAnother = Buffer.concat([Buffer.alloc(1_000, 7), length]);
    for (const [content, mode] of [
      [good.subarray(0, 50_000), 0o644],
      [ofAnother, 0o644],
      [good, 0o666],
    ] as const) {
      rmSync(file);
      writeFileSync(file, content);
      chmodSync(file, mode);
      await startUntil(options, () => statSync(file).size > 500_000 && (statSync(file).mode & 0o777) === 0o644);
    }
    // Good as it is, it is left alone.
    const { mtimeMs } = statSync(file);
    await startUntil(options, () => true);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
  });

  test('is another one under other flags of V8, and leaves the first as it is', async () => {
    const { dist, options } = copy();
    await startUntil(options, () => codeIn(dist).length === 1);
    const file = join(dist, codeIn(dist)[0] ?? '');
    const { mtimeMs } = statSync(file);
    const [node = '', program = ''] = options.command ?? [];
    const flagged = { ...options, command: [node, '--stack-trace-limit=50', program] };
    await startUntil(flagged, () => codeIn(dist).length === 2);
    await startUntil(options, () => true);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    expect(codeIn(dist)).toHaveLength(2);
  });

  test('goes to the cache folder where the program cannot write beside itself', async () => {
    const { dist, options } = copy();
    await startUntil(options, () => codeIn(dist).length === 1);
    const [name = ''] = codeIn(dist);
    // A folder of that name is in the way.
    rmSync(join(dist, name));
    mkdirSync(join(dist, name));
    const home = mkdtempSync(join(folder, 'home-'));
    const cache = join(home, '.cache/eas-tui');
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, 'main-000000000000-1-x64.code'), 'of a build that is gone');
    await startUntil({ ...options, home }, () => codeIn(cache).includes(name));
    expect(codeIn(cache)).toEqual([name]);
  });
});
