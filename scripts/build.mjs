// Bundles each entry into one CommonJS file under dist/, so that starting the program reads one file.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/**
 * Ink's layout engine (yoga) awaits its WebAssembly at the top level, which a CommonJS bundle cannot do.
 * The module is carried inside the bundle as base64, so it can just as well be compiled synchronously:
 * emscripten's own `instantiateWasm` hook lets us, and the module object is complete when it returns.
 */
const syncYoga = {
  name: 'sync-yoga',
  setup({ onLoad }) {
    onLoad({ filter: /yoga-layout\/dist\/src\/index\.js$/ }, () => ({
      contents: `
        import load from '../binaries/yoga-wasm-base64-esm.js';
        import wrapAssembly from './wrapAssembly.js';
        const yoga = {
          instantiateWasm(imports, done) {
            const instance = new WebAssembly.Instance(new WebAssembly.Module(yoga.wasmBytes), imports);
            done(instance);
            return instance.exports;
          },
        };
        load(yoga);
        export default wrapAssembly(yoga);
        export * from './generated/YGEnums.js';`,
      loader: 'js',
    }));
    onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const base64 = /"data:application\/octet-stream;base64,([^"]+)"/.exec(source)?.[1];
      if (!base64) throw new Error(`${path}: no embedded WebAssembly found; has yoga-layout changed its build?`);
      const marker = 'loadYoga = loadYoga || {};';
      if (!source.includes(marker)) throw new Error(`${path}: no place found to hand over the WebAssembly`);
      return {
        contents: source
          .replace('import.meta.url', '""')
          .replace(base64, '')
          .replace(marker, `${marker} loadYoga.wasmBytes = Buffer.from("${base64}", "base64");`),
        loader: 'js',
      };
    });
  },
};

/**
 * With DEV=true Ink awaits React's developer tools at the top level. That branch is dead here (DEV is defined
 * as false below) but esbuild refuses the `await` before it drops the branch, so the two awaits go first.
 */
const noDevtools = {
  name: 'no-devtools',
  setup({ onLoad }) {
    onLoad({ filter: /ink\/build\/reconciler\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const contents = source.replace("await import('./devtools.js');", '').replace('await loadPackageJson()', '{}');
      return { contents, loader: 'js' };
    });
  },
};

/**
 * The credentials library can print what it signs, a security token among it, when DEBUG is set; and its HTTP
 * client, as the object store's, is not used. Neither belongs into a program that promises to keep secrets out of every output.
 */
const noDebug = {
  name: 'no-debug',
  setup({ onLoad }) {
    const silent = 'module.exports = () => Object.assign(() => {}, { enabled: false });';
    onLoad({ filter: /node_modules\/debug\/src\/index\.js$/ }, () => ({ contents: silent, loader: 'js' }));
    onLoad({ filter: /node_modules\/(httpx|urllib)\/lib\/index\.js$/ }, () => ({
      contents: 'module.exports = {};',
      loader: 'js',
    }));
  },
};

/** The object store's library is large and only uploads need it: a file of its own, so that starting does not read it. */
const keepApart = {
  name: 'keep-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^ali-oss$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: './ali-oss.cjs', external: true },
    );
  },
};

/** Of undici only the connections are used; its fetch, caches and web sockets are most of it and take as long to load. */
const onlyConnections = {
  name: 'only-connections',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'connections' }));
    onLoad({ filter: /./, namespace: 'connections' }, () => ({
      contents: `
        // Undici's own entry gives every dispatcher its methods; of them only these are called, connect by its proxy.
        const { prototype } = require('undici/lib/dispatcher/dispatcher.js');
        prototype.request = function (...about) { return require('undici/lib/api/api-request.js').apply(this, about); };
        prototype.connect = function (...about) { return require('undici/lib/api/api-connect.js').apply(this, about); };
        exports.Agent = require('undici/lib/dispatcher/agent.js');
        exports.Pool = require('undici/lib/dispatcher/pool.js');
        exports.ProxyAgent = require('undici/lib/dispatcher/proxy-agent.js');`,
      resolveDir: root,
    }));
    // Of Node.js's own client only the largest size of a head is used, here its default; of assert only that it throws.
    const stands = {
      'node:http': 'module.exports = { maxHeaderSize: 16_384, IncomingMessage: class {} };',
      'node:assert': `module.exports = (holds, said = 'assertion failed') => {
        if (!holds) throw said instanceof Error ? said : Object.assign(new Error(said), { code: 'ERR_ASSERTION' });
      };`,
    };
    onResolve({ filter: /^node:(http|assert)$/ }, ({ path, importer }) =>
      /\/undici\/lib\//.test(importer) ? { path, namespace: 'stand' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'stand' }, ({ path }) => ({ contents: stands[path] }));
    // HTTP/2 is never asked for, and its part of Node.js takes time to load; of the parsers the other one is used.
    onLoad({ filter: /undici\/lib\/(dispatcher\/client-h2|milo\/(no-)?simd)\.js$/ }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

/** Parts of Node.js that take it milliseconds to load are loaded when something of them is used. */
const builtinsLater = {
  name: 'builtins-later',
  setup({ onResolve, onLoad }) {
    const filter = /^node:(child_process|readline|fs\/promises)$/;
    onResolve({ filter }, ({ path, namespace }) =>
      namespace === 'builtin-later' ? { path, external: true } : { path, namespace: 'builtin-later' },
    );
    onLoad({ filter, namespace: 'builtin-later' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default');
      const getters = names.map((name) => `get ${name}() { return require('${path}').${name}; }`);
      return { contents: `module.exports = { ${getters.join(', ')} };` };
    });
  },
};

/**
 * A module that is none of ECMAScript gets a getter for each name it has, in each file that imports it: thousands of
 * them, for Ink alone. Those that many files import are made such a module once.
 */
const asModules = {
  name: 'as-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(react|node:process)$/ }, ({ path, kind, namespace }) =>
      kind === 'import-statement' && namespace !== 'as-module' ? { path, namespace: 'as-module' } : undefined,
    );
    onLoad({ filter: /^react$/, namespace: 'as-module' }, async () => {
      const names = Object.keys(await import('react')).filter(
        (name) => name !== 'default' && name !== 'module.exports',
      );
      const contents = `const react = require('react'); export default react; export const { ${names.join(', ')} } = react;`;
      return { contents, resolveDir: root };
    });
    onLoad({ filter: /^node:process$/, namespace: 'as-module' }, () => ({
      contents: 'export default process; export const { env, cwd } = process;',
    }));
  },
};

/** Ink measures texts as the screen does, and without tables that take longer to load than the rest of it. */
const oneWidth = {
  name: 'one-width',
  setup({ onResolve }) {
    onResolve({ filter: /^string-width$/ }, () => ({ path: join(root, 'src/ui/string-width.ts') }));
  },
};

/** @type {import('esbuild').BuildOptions & { write: false }} */
const common = {
  absWorkingDir: root,
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  minify: true,
  keepNames: true,
  legalComments: 'linked',
  jsx: 'automatic',
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
    'Intl.Segmenter': 'LightSegmenter',
    EAS_TUI_VERSION: JSON.stringify(version),
  },
  // What is loaded later is a function of the same file, not a module of its own: so its code can be kept too.
  // Patterns stay literals: written as calls they would be compiled anew with each use.
  supported: { 'dynamic-import': false, 'regexp-unicode-property-escapes': true, 'regexp-set-notation': true },
  // `eas-tui emulator` loads its own bundle, from the folder both are in.
  // The object store's library could use proxy-agent, which it does not bring; requests go through our own transport.
  external: ['./emulator.cjs', 'proxy-agent'],
  plugins: [syncYoga, noDevtools, noDebug, keepApart, onlyConnections, builtinsLater, asModules, oneWidth],
  inject: ['src/lib/light-segmenter.ts'],
  write: false,
  logLevel: 'warning',
};

const parts = await build({
  ...common,
  entryPoints: { emulator: 'emulator/main.ts', 'ali-oss': 'ali-oss' },
});
// The function that Node.js would make of a module is written out: the text is taken as it is, and kept once.
const program = await build({
  ...common,
  entryPoints: { main: 'src/main.ts' },
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
});
const main = program.outputFiles.find(({ path }) => basename(path) === 'main.cjs');
if (main.contents.some((byte) => byte > 0x7e)) throw new Error('main.cjs: the launcher reads one byte a character');
// Code that V8 made of the program holds for this text alone, and for the flags that the launcher sets.
const flags = readFileSync(join(root, 'src/v8-flags.ts'));
const stamp = createHash('sha256').update(main.contents).update(flags).digest('hex').slice(0, 12);
const launcher = await build({
  ...common,
  entryPoints: { cli: 'src/cli.ts' },
  define: { ...common.define, EAS_TUI_BUILD: JSON.stringify(stamp) },
});

// Each file is there whole or as it was: a program that starts meanwhile never reads half of one. The launcher comes last.
const dist = join(root, 'dist');
const outputFiles = [...parts.outputFiles, ...program.outputFiles, ...launcher.outputFiles];
mkdirSync(dist, { recursive: true });
for (const { path, contents } of outputFiles) {
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}
const made = new Set(outputFiles.map(({ path }) => basename(path)));
for (const name of readdirSync(dist)) {
  if (!made.has(name) && !name.startsWith(`main-${stamp}-`)) rmSync(join(dist, name), { recursive: true });
}
// That of another Node.js is none for this one.
const ours = `main-${stamp}-${process.versions.v8}-${process.arch}-`;
if (!readdirSync(dist).some((name) => name.startsWith(ours))) await makeCode();

/** Runs the demo in a terminal until its first rows are there: the program then keeps its own code for later starts. */
async function makeCode() {
  const home = mkdtempSync(join(tmpdir(), 'eas-tui-build-'));
  try {
    const { spawn } = await import('@lydell/node-pty');
    const env = { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', TERM: 'xterm-256color' };
    const program = spawn(process.execPath, [join(dist, 'cli.cjs'), '--demo'], { cols: 120, rows: 40, cwd: home, env });
    const ended = new Promise((resolve) => program.onExit(resolve));
    const late = setTimeout(() => program.kill('SIGKILL'), 20_000);
    const there = watchFor((name) => name.startsWith(ours) && name.endsWith('.code'));
    await Promise.race([there.found, ended]);
    there.stop();
    program.write('q');
    await ended;
    clearTimeout(late);
  } catch (error) {
    // The program is whole without it; its first start makes it.
    console.warn(`the first start will be slower: ${error.message}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function watchFor(wanted) {
  const { promise, resolve } = Promise.withResolvers();
  const watcher = watch(dist, () => readdirSync(dist).some(wanted) && resolve());
  return { found: promise, stop: () => watcher.close() };
}
