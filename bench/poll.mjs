// `node bench/poll.mjs`: bundled as the program is, for what is measured to be what is run.
import { setFlagsFromString } from 'node:v8';
import { buildSync } from 'esbuild';
import '../scripts/typescript.mjs';

// As the launcher has it.
const { v8Flags } = await import('../src/v8-flags.ts');
for (const flag of v8Flags) setFlagsFromString(flag);
const outfile = new URL('../dist/bench/poll.mjs', import.meta.url);
buildSync({
  entryPoints: [new URL('poll.ts', import.meta.url).pathname],
  outfile: outfile.pathname,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
const { main } = await import(outfile);
await main(process.argv.slice(2));
