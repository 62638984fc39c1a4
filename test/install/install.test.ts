import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { launch, repositoryRoot } from '../support/terminal.ts';

const { version, engines } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
const ownNode = join('node_modules', `node-${process.platform}-${process.arch}`);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'install-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function npm(args: string[], cwd: string): string {
  const cache = join(folder, 'npm-cache');
  // Nothing may come from the network, and no script may run: the package has all it needs.
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', `--cache=${cache}`];
  return execFileSync('npm', [...args, ...flags], { cwd, encoding: 'utf8', env: plainEnvironment() });
}

function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' };
}

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a launcher without a terminal; `node` are flags for the Node.js that reads the launcher. */
function start(launcher: string, args: string[], { cwd = '/', node = [] as string[] } = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, launcher, ...args], {
    cwd,
    encoding: 'utf8',
    env: plainEnvironment(),
    timeout: 20_000,
  });
  return { status, stdout, stderr };
}

/** A module that, loaded first, makes this Node.js say it is an old one. */
function pretendNode(old: string): string[] {
  const path = join(folder, `node-${old}.cjs`);
  writeFileSync(
    path,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${old}' } });`,
  );
  return ['-r', path];
}

describe('installed from a packed tarball into an empty folder', () => {
  let installed: string;
  let launcher: string;

  beforeAll(() => {
    if (!existsSync(join(repositoryRoot, 'dist', 'cli.cjs'))) throw new Error('dist/ is missing: run `npm run build`');
    const [packed] = JSON.parse(npm(['pack', '--json', `--pack-destination=${folder}`], repositoryRoot));
    installed = join(folder, 'empty');
    mkdirSync(installed);
    npm(['install', '--prefix', installed, join(folder, packed.filename)], installed);
    launcher = join(installed, 'node_modules', '.bin', 'eas-tui');
  });

  test('brings the program and no dependency', ({ expect }) => {
    const packages = readdirSync(join(installed, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(packages).toEqual(['eas-tui']);
    const files = readdirSync(join(installed, 'node_modules', 'eas-tui'));
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'bin', 'dist', 'package.json']));
    expect(files).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(src|test|emulator|node_modules)$/)]));
  });

  test('tells its version from any directory', ({ expect }) => {
    expect(start(launcher, ['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(start(launcher, ['--version'], { cwd: tmpdir() }).stdout).toBe(`${version}\n`);
  });

  test('runs as a command, through a symlink to a symlink', ({ expect }) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    symlinkSync(launcher, join(bin, 'first'));
    symlinkSync('first', join(bin, 'eas'));
    const run = () =>
      execFileSync(join(bin, 'eas'), ['--version'], { cwd: '/', encoding: 'utf8', env: plainEnvironment() });
    expect(run()).toBe(`${version}\n`);
  });

  test('explains itself', ({ expect }) => {
    const { status, stdout } = start(launcher, ['--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/usage/i);
    expect(stdout).toContain('eas-tui');
  });

  test('under an old Node.js with no other around, says what it needs', ({ expect }) => {
    const { status, stdout, stderr } = start(launcher, ['--version'], { node: pretendNode('20.20.2') });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    const needed = engines.node.replace('>=', '');
    expect(stderr).toMatch(/^eas-tui: [^\n]+\n$/);
    expect(stderr).toContain(`needs Node.js ${needed} or newer; this is 20.20.2 (${process.execPath})`);
  });
});

describe('the launcher', () => {
  let place: string;

  /** A package with the real launcher around a program that tells how it was run. */
  beforeAll(() => {
    place = join(folder, 'place', 'package');
    mkdirSync(join(place, 'dist'), { recursive: true });
    cpSync(join(repositoryRoot, 'bin'), join(place, 'bin'), { recursive: true });
    writeFileSync(join(place, 'package.json'), JSON.stringify({ engines: { node: '>=22.19' } }));
    writeFileSync(
      join(place, 'dist', 'cli.cjs'),
      `const [what] = process.argv.slice(2);
      console.log(JSON.stringify({ argv: process.argv.slice(2), pid: process.pid, ppid: process.ppid, tty: process.stdin.isTTY === true }));
      if (what === 'exit') process.exit(5);
      if (what === 'kill') process.kill(process.pid, 'SIGKILL');
      if (what === 'wait') {
        for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT']) process.on(name, () => { console.log(name); process.exit(6); });
        setInterval(() => {}, 2 ** 30);
      }`,
    );
  });

  const launcher = () => join(place, 'bin', 'eas-tui');

  /** Puts a Node.js where an install would: the running one under the name and version of the repository's own. */
  function bring(root: string, version = '24.0.0'): () => void {
    const home = join(root, ownNode);
    mkdirSync(join(home, 'bin'), { recursive: true });
    writeFileSync(join(home, 'package.json'), JSON.stringify({ version }));
    symlinkSync(process.execPath, join(home, 'bin', 'node'));
    return () => rmSync(join(root, 'node_modules'), { recursive: true });
  }

  for (const [running, enough] of [
    ['22.19.0', true],
    ['22.19.1', true],
    ['23.0.0', true],
    ['100.0.0', true],
    ['22.18.9', false],
    ['20.20.2', false],
    ['9.30.0', false],
  ] as const) {
    test(`Node.js ${running} is ${enough ? 'new enough' : 'too old'}`, ({ expect }) => {
      expect(start(launcher(), [], { node: pretendNode(running) }).status).toBe(enough ? 0 : 2);
    });
  }

  for (const [where, root] of [
    ['beside it', () => place],
    ['under tools/node', () => join(place, 'tools', 'node')],
    ['hoisted', () => join(folder, 'place')],
  ] as const) {
    test(`too old a Node.js hands over to the one ${where}`, ({ expect }) => {
      const remove = bring(root());
      try {
        const { status, stdout } = start(launcher(), ['exit', '--flag', 'a b'], { node: pretendNode('20.20.2') });
        expect(status).toBe(5);
        expect(JSON.parse(stdout).argv).toEqual(['exit', '--flag', 'a b']);
      } finally {
        remove();
      }
    });
  }

  test('one beside it that is too old itself is not taken', ({ expect }) => {
    const remove = bring(place, '20.0.0');
    try {
      expect(start(launcher(), [], { node: pretendNode('18.0.0') }).status).toBe(2);
    } finally {
      remove();
    }
  });

  describe('handing over', () => {
    beforeAll(() => bring(place));
    const under = (what: string) =>
      launch({ command: [process.execPath, ...pretendNode('20.20.2'), launcher(), what] });

    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
      test(`passes ${signal} on and leaves nothing behind`, async ({ expect }) => {
        const terminal = await under('wait');
        try {
          await terminal.waitFor('"tty":true');
          expect(terminal.processes()).toHaveLength(2);
          terminal.signal(signal);
          expect(await terminal.waitExit()).toEqual({ code: 6, signal: null });
          expect(terminal.text()).toContain(signal);
          expect(terminal.restored()).toEqual({ ok: true, problems: [] });
        } finally {
          await terminal.close();
        }
      });
    }

    test('ends by the signal that ended the program', async ({ expect }) => {
      const terminal = await under('kill');
      try {
        expect(await terminal.waitExit()).toEqual({ code: null, signal: 'SIGKILL' });
      } finally {
        await terminal.close();
      }
    });

    test('does not hand over when the running one will do', ({ expect }) => {
      const { ppid } = JSON.parse(start(launcher(), []).stdout);
      expect(ppid).toBe(process.pid);
    });
  });

  test('without a build says how to make one', ({ expect }) => {
    const unbuilt = join(folder, 'unbuilt');
    cpSync(join(repositoryRoot, 'bin'), join(unbuilt, 'bin'), { recursive: true });
    writeFileSync(join(unbuilt, 'package.json'), JSON.stringify({ engines }));
    const { status, stderr } = start(join(unbuilt, 'bin', 'eas-tui'), []);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^eas-tui: not built: [^\n]+npm ci[^\n]+npm run build[^\n]+\n$/);
  });

  test('has no syntax that an old Node.js cannot read', ({ expect }) => {
    const source = readFileSync(join(repositoryRoot, 'bin', 'eas-tui'), 'utf8');
    const code = source.replace(/^\s*\/\/.*$/gm, '');
    expect(code).not.toMatch(/\?\.|\?\?|node:|\bawait\b|^import /m);
  });
});
