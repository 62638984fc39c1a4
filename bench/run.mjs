// `npm run bench`.
import '../scripts/typescript.mjs';

const { main } = await import('./bench.ts');
await main(process.argv.slice(2));
