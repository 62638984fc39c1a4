import { afterEach, expect, it } from 'vitest';
import { widthOf } from '../../src/lib/width.ts';
import type { Field } from '../../src/screens/define.ts';
import { push, viewFrame } from '../../src/state/nav.ts';
import { createProgram } from '../unit/state/program.ts';
import { type OnTerminal, onTerminal } from './mounted.ts';

let open: OnTerminal | undefined;
afterEach(() => open?.close());

const endpoint = 'http://1234567890123456.vpc.cn-shanghai.pai-eas.aliyuncs.com/api/predict/a_service_with_a_long_name';

async function page(box: readonly Field[], columns: number, rows: number, glyphs: 'all' | 'ascii' = 'all') {
  const program = await createProgram();
  const { store } = program.cockpit;
  const sections = [{ title: 'Progress', lines: [{ text: 'asked for' }] }];
  store.setState({ pages: { made: { title: 'create it', box, sections } } });
  push(store, viewFrame('page', { screen: 'services', scope: {}, row: 'made', name: 'create it' }));
  const terminal = await onTerminal(program, columns, rows, glyphs);
  open = terminal;
  await terminal.until((text) => /asked for|create it/.test(text));
  const lines = (): string[] => terminal.lines();
  const press = async (key: string, shows: (text: string) => boolean): Promise<void> => {
    terminal.type(key);
    await terminal.until(shows);
  };
  return { lines, press };
}

const box: readonly Field[] = [
  { name: 'Service', value: 'mnist' },
  { name: 'Intranet Endpoint', value: endpoint },
  { name: 'Internet Endpoint', value: '-' },
  { name: 'Token', value: 'c2VjcmV0LXRva2Vu', secret: true },
];

it('holds the whole endpoint in any width, and the token behind a mask until x', async () => {
  const { lines, press } = await page(box, 80, 24);
  expect(lines()).toHaveLength(24);
  expect(lines()[3]).toMatch(/^│ ┌─+┬─+┐ +│$/);
  const cells = lines().flatMap((line) => /^│ │[^│]*│ ([^│]*?) *│ +│$/.exec(line)?.[1] ?? []);
  expect(cells).toEqual(['mnist', endpoint.slice(0, 52), endpoint.slice(52), '-', '•••••••• (x shows it)']);
  // What comes below starts below.
  expect(lines().findIndex((line) => line.includes('Progress'))).toBe(11);
  await press('x', (text) => text.includes('│ Token             │ c2VjcmV0LXRva2Vu'));
  await press('x', (text) => !text.includes('c2VjcmV0LXRva2Vu'));
});

it('draws with ASCII alone where nothing else is safe', async () => {
  const { lines } = await page(box, 80, 24, 'ascii');
  expect(lines().join('')).toMatch(/^[\x20-\x7e]*$/);
  expect(lines().join('\n')).toMatch(/\| Service +\| mnist +\|/);
});

it.each([
  [200, 60],
  [80, 24],
  [40, 8],
])('stays inside a screen of %d x %d whatever the service says', async (columns, rows) => {
  const strange = ['模型服务'.repeat(30), '\u001b[31mred\u001b[0m', '👩‍👩‍👧‍👦🇨🇳', ''].map((value, place) => ({
    name: `Field ${place}`,
    value,
  }));
  const { lines } = await page(strange, columns, rows);
  expect(lines()).toHaveLength(rows);
  for (const line of lines()) expect(widthOf(line)).toBeLessThanOrEqual(columns);
  expect(lines().at(-1)).toContain('create it');
});
