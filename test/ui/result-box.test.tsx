import { cleanup, render } from 'ink-testing-library';
import { afterEach, expect, it } from 'vitest';
import { widthOf } from '../../src/lib/width.ts';
import type { Field } from '../../src/screens/define.ts';
import { push, viewFrame } from '../../src/state/nav.ts';
import { Root } from '../../src/ui/root.tsx';
import { createPaint } from '../../src/ui/theme.ts';
import { settled } from '../unit/state/manual-clock.ts';
import { createProgram } from '../unit/state/program.ts';

afterEach(cleanup);

const bare = (text = ''): string => text.replace(/\u001b\[[\d;]*m/g, '');
const endpoint = 'http://1234567890123456.vpc.cn-shanghai.pai-eas.aliyuncs.com/api/predict/a_service_with_a_long_name';

async function page(box: readonly Field[], columns: number, rows: number, glyphs: 'all' | 'ascii' = 'all') {
  const program = await createProgram();
  const { store } = program.cockpit;
  const sections = [{ title: 'Progress', lines: [{ text: 'asked for' }] }];
  store.setState({ pages: { made: { title: 'create it', box, sections } } });
  push(store, viewFrame('page', { screen: 'services', scope: {}, row: 'made', name: 'create it' }));
  const rendered = render(<Root cockpit={program.cockpit} paint={createPaint({ color: false, glyphs })} />);
  Object.defineProperty(rendered.stdout, 'columns', { value: columns, configurable: true });
  Object.defineProperty(rendered.stdout, 'rows', { value: rows, configurable: true });
  rendered.stdout.emit('resize');
  await settled();
  await settled();
  const lines = (): string[] => bare(rendered.lastFrame()).split('\n');
  const press = async (key: string): Promise<void> => {
    rendered.stdin.write(key);
    await settled();
    await settled();
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
  await press('x');
  expect(lines().join('\n')).toContain('│ Token             │ c2VjcmV0LXRva2Vu');
  await press('x');
  expect(lines().join('\n')).not.toContain('c2VjcmV0LXRva2Vu');
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
