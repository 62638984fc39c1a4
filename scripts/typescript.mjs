// Node.js reads TypeScript by itself; but this package is CommonJS, so it has to be told that these files are modules.
import { registerHooks } from 'node:module';

registerHooks({
  load: (url, context, next) => next(url, url.endsWith('.ts') ? { ...context, format: 'module-typescript' } : context),
});
