// Bundles each entry into one CommonJS file under dist/, so that starting the program reads one file.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli.ts', emulator: 'emulator/main.ts', 'ali-oss': 'ali-oss' },
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
    EAS_TUI_VERSION: JSON.stringify(version),
  },
  // `eas-tui emulator` loads its own bundle, from the folder both are in.
  // The object store's library could use proxy-agent, which it does not bring; requests go through our own transport.
  external: ['./emulator.cjs', 'proxy-agent'],
  plugins: [syncYoga, noDevtools, noDebug, keepApart],
  write: false,
  logLevel: 'warning',
});

// Each file is there whole or as it was: a program that starts meanwhile never reads half of one.
const dist = join(root, 'dist');
mkdirSync(dist, { recursive: true });
for (const { path, contents } of outputFiles) {
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}
const made = new Set(outputFiles.map(({ path }) => basename(path)));
for (const name of readdirSync(dist)) if (!made.has(name)) rmSync(join(dist, name), { recursive: true });
