import { Box } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, it } from 'vitest';
import { widthOf } from '../../src/lib/width.ts';
import type { Dialog } from '../../src/state/store.ts';
import { DialogBox } from '../../src/ui/dialog.tsx';
import { layoutFor } from '../../src/ui/layout.ts';
import { Root } from '../../src/ui/root.tsx';
import { createPaint } from '../../src/ui/theme.ts';
import { settled } from '../unit/state/manual-clock.ts';
import { createProgram, type Program, wireService } from '../unit/state/program.ts';
import { states } from './states.ts';

afterEach(cleanup);

const paint = createPaint({ color: false, glyphs: 'all' });
const bare = (text = ''): string => text.replace(/\u001b\[[\d;]*m/g, '');

type Rendered = ReturnType<typeof render>;

/** The library's terminal is 100 cells wide and has no height of its own. */
async function resize({ stdout }: Rendered, columns: number, rows: number): Promise<void> {
  Object.defineProperty(stdout, 'columns', { value: columns, configurable: true });
  Object.defineProperty(stdout, 'rows', { value: rows, configurable: true });
  stdout.emit('resize');
  await settled();
  await settled();
}

async function drawn(program: Program, columns = 80, rows = 24): Promise<Rendered> {
  const rendered = render(<Root cockpit={program.cockpit} paint={paint} />);
  await resize(rendered, columns, rows);
  return rendered;
}

const linesOf = ({ lastFrame }: Rendered): string[] => bare(lastFrame()).split('\n');

/** Waits until what is on the screen is as it should be. */
async function until(rendered: Rendered, holds: (text: string) => boolean): Promise<string> {
  const end = Date.now() + 5_000;
  for (;;) {
    const text = bare(rendered.lastFrame());
    if (holds(text)) return text;
    if (Date.now() > end) throw new Error(`it did not come to that:\n${text}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const fleet = () => Array.from({ length: 40 }, (_, place) => wireService(`s${100 + place}`));

describe('the whole screen', () => {
  it.each([
    [80, 24],
    [120, 30],
    [200, 60],
    [50, 12],
  ])('has at %d x %d as many lines as the terminal, none longer than it', async (columns, rows) => {
    const lines = linesOf(await drawn(await createProgram({ services: fleet() }), columns, rows));
    expect(lines).toHaveLength(rows);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toContain('s100');
  });

  it('is drawn anew when the size changes', async () => {
    const rendered = await drawn(await createProgram({ services: fleet() }), 80, 24);
    await resize(rendered, 140, 40);
    expect(linesOf(rendered)).toHaveLength(40);
    expect(linesOf(rendered)[4]).toContain('services(cn-test)[40]');
    await resize(rendered, 30, 5);
    expect(linesOf(rendered)[0]).toContain('40x8');
  });

  it('shows what keys do', async () => {
    const program = await createProgram({ services: fleet() });
    const rendered = await drawn(program);
    rendered.stdin.write('+++');
    expect(await until(rendered, (text) => text.includes('2→5'))).toContain('1 staged: s100 2→5');
    rendered.stdin.write('\r');
    await until(rendered, (text) => text.includes('accepted'));
    expect(program.service.of('ScaleService').map(({ params }) => params['Instance'])).toEqual([5]);
  });

  it('takes what comes in one read for keys, one after the other', async () => {
    const program = await createProgram({ services: fleet() });
    const rendered = await drawn(program);
    rendered.stdin.write('+++\r');
    await until(rendered, (text) => text.includes('accepted'));
    expect(program.service.of('ScaleService').map(({ params }) => params['Instance'])).toEqual([5]);
  });

  it('takes a paste for text', async () => {
    const program = await createProgram({ services: fleet() });
    const rendered = await drawn(program);
    rendered.stdin.write('S');
    await until(rendered, (text) => text.includes('stop s100'));
    rendered.stdin.write('\u001b[200~y\r\u001b[201~');
    await until(rendered, (text) => text.includes('a paste is not taken for keys'));
    expect(program.service.of('StopService')).toEqual([]);
    expect(program.state().dialog?.title).toBe('stop s100');
  });

  it.each(['a dialog', 'a typed dialog', 'a menu', 'a hostile dialog', 'hostile rows'])(
    'keeps its lines with %s over it',
    async (name) => {
      const create = states[name];
      if (!create) throw new Error(`there is no state ${name}`);
      const program = await create();
      for (const [columns, rows] of [
        [80, 24],
        [120, 30],
        [40, 15],
      ] as const) {
        const rendered = await drawn(program, columns, rows);
        const lines = linesOf(rendered);
        expect(lines, `${columns}x${rows}`).toHaveLength(rows);
        for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(columns);
        rendered.unmount();
      }
    },
  );
});

const dialog = (more: Partial<Dialog> = {}): Dialog => ({
  title: 'stop mnist',
  tone: 'bad',
  lines: ['in cn-test', 'the service stops answering'],
  verb: 'stop',
  word: undefined,
  field: { text: '', cursor: 0 },
  button: 0,
  confirm: () => undefined,
  ...more,
});

async function box(more: Partial<Dialog>, columns = 80, rows = 24): Promise<{ raw: string; text: string }> {
  const rendered = render(
    <Box width={columns} height={rows}>
      <DialogBox dialog={dialog(more)} layout={layoutFor(columns, rows)} paint={paint} />
    </Box>,
  );
  await resize(rendered, columns, rows);
  const raw = rendered.lastFrame() ?? '';
  return { raw, text: bare(raw) };
}

describe('the dialog', () => {
  it('names what is asked, with Cancel left and in focus', async () => {
    const { raw, text } = await box({});
    expect(text).toContain('stop mnist');
    expect(text).toContain('in cn-test');
    expect(text).toMatch(/ Cancel {5}stop /);
    expect(raw).toMatch(/\u001b\[7m Cancel /);
  });

  it('shows where the focus is', async () => {
    const { raw } = await box({ button: 1 });
    expect(raw).not.toMatch(/\u001b\[7m Cancel /);
    expect(raw).toMatch(/\u001b\[7m stop /);
  });

  it('asks for the word', async () => {
    const { text } = await box({ word: 'mnist', field: { text: 'mni', cursor: 3 } });
    expect(text).toContain('type mnist to go on');
    expect(text).toContain('> mni');
  });

  it('leaves out the end of what does not fit and says so; the buttons stay', async () => {
    const { text } = await box({ lines: Array.from({ length: 60 }, (_, place) => `line ${place}`) }, 80, 24);
    expect(text).toContain('line 0');
    expect(text).toMatch(/… and \d+ more lines/);
    expect(text).toContain('Cancel');
    expect(text.split('\n').length).toBeLessThanOrEqual(24);
  });

  it('has its buttons on the smallest screen too', async () => {
    const { text } = await box({ word: 'mnist', lines: Array.from({ length: 9 }, () => 'more') }, 40, 8);
    const lines = text.split('\n').slice(0, 8);
    expect(lines.join('\n')).toContain('Cancel');
  });

  it('breaks long lines inside its frame', async () => {
    const { text } = await box({ lines: ['long '.repeat(40), '模型服务'.repeat(30)] }, 60, 24);
    const framed = text.split('\n').filter((one) => one.includes('│'));
    expect(framed.length).toBeGreaterThan(8);
    for (const line of framed) {
      expect(line.trim()).toMatch(/^│.*│$/);
      expect(widthOf(line.trim())).toBe(58);
    }
  });
});
