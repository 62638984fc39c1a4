import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import config from '../../vitest.config.mts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;
const suite = (mode: string) => config({ mode, command: 'serve' }).test;
const files = (patterns: readonly string[], exclude: readonly string[] = []): string[] =>
  globSync([...patterns], { cwd: root, exclude: [...exclude] }).toSorted();

const long = files(['test/**/*.long.test.{ts,tsx}']);

it('no release leaves without the checks, the tests and the long tests', () => {
  expect(scripts['prepublishOnly']?.split(' && ')).toEqual(['npm run check', 'npm test', 'npm run test:long']);
  expect(scripts['test:long']).toContain('vitest run --mode long');
});

it('the long tests are those of their name, and are in no other run', () => {
  expect(long.length).toBeGreaterThan(0);
  const { include = [], exclude = [] } = suite('long') ?? {};
  expect(files(include, exclude)).toEqual(long);
  const usual = suite('test') ?? {};
  const others = files(usual.include ?? [], usual.exclude ?? []);
  expect(others.length).toBeGreaterThan(100);
  expect(others.filter((file) => long.includes(file))).toEqual([]);
});

it('CONTRIBUTING says of each long test what it proves, and of none that is not there', () => {
  const told = read('CONTRIBUTING.md').match(/test\/\S+\.long\.test\.tsx?/g) ?? [];
  expect(told.toSorted()).toEqual(long);
});

it('CI ends within 20 minutes whatever hangs', () => {
  const limits = [...read('.ci/run').matchAll(/^\s*(?:if )?step '[^']+' (\d+) /gm)].map(([, seconds]) =>
    Number(seconds),
  );
  expect(limits.length).toBeGreaterThanOrEqual(3);
  expect(limits.reduce((sum, limit) => sum + limit, 0)).toBeLessThan(20 * 60);
});
