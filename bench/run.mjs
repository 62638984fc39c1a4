// `npm run bench`. The measurements are TypeScript, which Node.js reads by itself; but the package is CommonJS,
// so it has to be told that these files are modules.
import { registerHooks } from 'node:module';

registerHooks({
  load: (url, context, next) => next(url, url.endsWith('.ts') ? { ...context, format: 'module-typescript' } : context),
});
const { main } = await import('./bench.ts');
await main(process.argv.slice(2));
