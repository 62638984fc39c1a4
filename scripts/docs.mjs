// Writes docs/keys.md from the program's own records; with --check only says whether it is stale.
import './typescript.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { commandTable, keyTables, screenTable } = await import('./keys.ts');
const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs/keys.md');
const text = `# Screens and keys

Made from the program's own records by \`npm run docs\`; the same records feed the keys themselves, the hints and \`?\`.

## Screens

${screenTable}

## Commands

${commandTable}

## Keys

What a key does has a name, which is also its command: \`:undo\`, \`:mark-all\`, \`:pause\`.

${keyTables}
`;
if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/keys.md is not what the code says; run: npm run docs');
  process.exit(1);
}
