import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openServices, startFleet } from '../../journeys/steps.ts';
import { repositoryRoot } from '../../support/terminal.ts';

/** The file of a screen, written by CONTRIBUTING.md alone. */
const file = `import { listResourceGroups, type ResourceGroup } from '../api/resource-groups.ts';
import { textColumn } from './columns.ts';
import { defineScreen } from './define.ts';
import { sectionsOf } from './describe.ts';

export const orchard = defineScreen<ResourceGroup>({
  id: 'orchard',
  title: 'orchards',
  alias: ['orch'],
  needs: [],
  sort: { column: 'id' },
  columns: [textColumn('id', 'TREE', 20, (row) => row.resourceId, { grow: true })],
  list: (api, _scope, signal) => listResourceGroups(api, {}, signal),
  rowId: (row) => row.resourceId,
  rowName: (row) => row.resourceId,
  enter: (row) => ({ screen: 'instances', scope: { resource: row.resourceId } }),
  describe: async (_api, row) => sectionsOf('Orchard', row.raw, ['ResourceId']),
  json: (row) => row.raw,
});
`;
const line = "export { orchard } from './orchard.ts';\n";

test('a screen is one file and one line: types, lint, the build, help, commands and docs follow', {
  timeout: 120_000,
}, async () => {
  const recipe = readFileSync(join(repositoryRoot, 'CONTRIBUTING.md'), 'utf8');
  const steps = recipe.slice(recipe.indexOf('## Add a screen'), recipe.indexOf('## Add an action'));
  expect(steps.split('\n').filter((each) => each !== '').length).toBeLessThanOrEqual(10);
  expect(steps).toContain('one line to `src/screens/all.ts`');

  const copy = mkdtempSync(join(tmpdir(), 'recipe-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  for (const part of [
    'bin',
    'src',
    'emulator',
    'scripts',
    'docs',
    'package.json',
    'tsconfig.json',
    'biome.json',
    '.gitignore',
  ])
    cpSync(join(repositoryRoot, part), join(copy, part), { recursive: true });
  symlinkSync(join(repositoryRoot, 'node_modules'), join(copy, 'node_modules'));

  writeFileSync(join(copy, 'src/screens/orchard.ts'), file);
  const list = join(copy, 'src/screens/all.ts');
  writeFileSync(list, readFileSync(list, 'utf8').replace('export { resources }', `${line}$&`));

  const run = (...args: string[]): string => execFileSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  const bin = (name: string): string => join(repositoryRoot, 'node_modules/.bin', name);
  run(bin('tsc'), '--noEmit');
  run(bin('biome'), 'check', '--config-path=.', 'src/screens');
  run('scripts/build.mjs');
  run('scripts/docs.mjs');
  expect(readFileSync(join(copy, 'docs/keys.md'), 'utf8')).toContain('| orchards | `:orchard` `:orch` | - |');

  const fleet = await startFleet('--seed', '7');
  onTestFinished(() => fleet.close());
  const terminal = await openServices({ on: fleet, command: [process.execPath, join(copy, 'bin/eas-tui')] });
  terminal.key(':');
  await terminal.waitFor(/^:$/m);
  terminal.type('orc');
  await terminal.waitFor(/^:orc/m);
  terminal.key('tab');
  await terminal.waitFor(/^:orch(ard)?( |$)/m);
  terminal.key('enter');
  await terminal.waitFor(/ orchards\(cn-shanghai\)\[\d+\] /);
  await terminal.waitFor(/ TREE/);
  terminal.key('d');
  await terminal.waitFor(/ResourceId +eas-r-/);
  terminal.key('esc');
  await terminal.waitFor(/ TREE/);
  terminal.key('?');
  await terminal.waitFor(/─ help/);
  terminal.key('/');
  terminal.type(':orchard');
  terminal.key('enter');
  await terminal.waitFor(':orchard :orch');
});
