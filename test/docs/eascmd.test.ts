/** docs/eascmd.md is for those who know eascmd by heart: what it promises must be there. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operations } from '../../src/api/contract/operations.gen.ts';
import { layers } from '../../src/keys/tables.ts';
import { screens } from '../../src/screens/index.ts';
import { readCommand } from '../../src/state/command-line.ts';
import { verbs } from '../../src/state/verbs/index.ts';
import { repositoryRoot } from '../support/terminal.ts';

/** Every command of eascmd's reference, with its other names. */
const reference = [
  'upload FILE [--inner]',
  'create FILE',
  'create FILE -r',
  'modify NAME -Dmetadata.KEY=VALUE …',
  'modify NAME -s FILE',
  'stop NAME',
  'start NAME',
  'delete NAME',
  'release NAME -w N',
  'version NAME N',
  'list',
  'ls',
  'desc NAME',
  'showworkers NAME',
  'w',
  'resource list',
  'resource desc ID',
  'resource list_instance ID',
  'li',
  'resource network ID -s FILE',
];
/** Tools of eascmd for the machine they run on, and its configuration. */
const leftOut = ['test', 'pysdk', 'configuration'];

const text = readFileSync(join(repositoryRoot, 'docs/eascmd.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (eascmd|what) \|/.test(line))
  .map((line) => {
    const [what = '', keys = '', commands = '', sent = '', tests = ''] = line.slice(2, -2).split(' | ');
    return { what, keys, commands, sent, tests };
  });
const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, inner]) => inner ?? '');
const sources = globSync('src/**/*.ts', { cwd: repositoryRoot })
  .filter((path) => !path.includes('.gen.'))
  .map((path) => readFileSync(join(repositoryRoot, path), 'utf8'))
  .join('\n');
const keyNames = new Set([
  ...screens.flatMap(({ actions = [], links = [] }) => [...actions, ...links].flatMap(({ keys }) => keys)),
  ...verbs.flatMap(({ keys }) => keys),
  ...Object.values(layers).flatMap(({ bindings }) => bindings.flatMap(({ keys }) => keys)),
]);

describe('docs/eascmd.md', () => {
  it.each(reference)('has a row for %s', (command) => {
    expect(rows.flatMap(({ what }) => quoted(what))).toContain(command);
  });

  it.each(leftOut)('says why %s is left out', (word) => {
    expect(text.slice(text.indexOf('Not taken over:'))).toContain(word);
  });

  it.each(rows.map((row) => [row.what, row] as const))(
    '%s: its keys, commands, operations and tests exist',
    (_, row) => {
      for (const key of quoted(row.keys).flatMap((chords) => chords.split(' '))) expect(keyNames).toContain(key);

      const lines = quoted(row.commands).filter((line) => line.startsWith(':'));
      for (const line of lines)
        expect(readCommand({ screens, verbs }, line.slice(1)), line).not.toMatchObject({
          error: expect.stringMatching(/there is no command/),
        });

      for (const [name] of row.sent.matchAll(/\b(?:[A-Z][a-z]+){2,}\w*/g)) {
        if (['UpdateType', 'SoftRestart'].includes(name)) continue;
        expect(Object.keys(operations)).toContain(name);
        expect(sources, name).toMatch(new RegExp(`['"]${name}['"]`));
      }

      const named = [...row.tests.matchAll(/`([^`]+)`: "([^"]+)"/g)];
      expect(named.length).toBeGreaterThan(0);
      for (const [, path = '', name = ''] of named) {
        expect(existsSync(join(repositoryRoot, path)), path).toBe(true);
        const tests = [...readFileSync(join(repositoryRoot, path), 'utf8').matchAll(/^(?:test|it)\('([^']+)'/gm)];
        expect(tests.map(([, title]) => title)).toContain(name);
      }
    },
  );
});
