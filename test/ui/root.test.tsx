import { Box } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, it } from 'vitest';
import { widthOf } from '../../src/lib/width.ts';
import type { Dialog } from '../../src/state/store.ts';
import { DialogBox } from '../../src/ui/dialog.tsx';
import { layoutFor } from '../../src/ui/layout.ts';
import { createPaint } from '../../src/ui/theme.ts';
import { settled } from '../unit/state/manual-clock.ts';
import { createProgram, type Program, wireService } from '../unit/state/program.ts';
import { type OnTerminal, onTerminal } from './mounted.ts';
import { states } from './states.ts';

afterEach(cleanup);

const paint = createPaint({ color: false, glyphs: 'all' });
const bare = (text = ''): string => text.replace(/\u001b\[[\d;]*m/g, '');

const open = new Set<OnTerminal>();
afterEach(() => {
  for (const terminal of open) terminal.close();
  open.clear();
});

async function drawn(program: Program, columns = 80, rows = 24): Promise<OnTerminal> {
  const terminal = await onTerminal(program, columns, rows);
  open.add(terminal);
  return terminal;
}

const fleet = () => Array.from({ length: 40 }, (_, place) => wireService(`s${100 + place}`));

describe('the whole screen', () => {
  it.each([
    [80, 24],
    [120, 30],
    [200, 60],
    [50, 12],
  ])('fills %d x %d', async (columns, rows) => {
    const terminal = await drawn(await createProgram({ services: fleet() }), columns, rows);
    const text = await terminal.until((shown) => shown.includes('s100'));
    expect(text).toMatch(/services\(cn-tes/);
    const lines = terminal.lines();
    expect(lines).toHaveLength(rows);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    expect(lines.at(-1)).toContain('<services>');
  });

  it('is drawn anew when the size changes', async () => {
    const terminal = await drawn(await createProgram({ services: fleet() }), 80, 24);
    await terminal.resize(140, 40);
    await terminal.until(() => terminal.lines()[4]?.includes('services(cn-test)[40]') === true);
    expect(terminal.lines()[38]).toMatch(/^└─+┘$/);
    await terminal.resize(30, 5);
    await terminal.until((text) => text.includes('40x8'));
    await terminal.resize(80, 24);
    await terminal.until((text) => text.includes('s100') && text.includes('<services>'));
  });

  it('is drawn anew after something else wrote over it', async () => {
    const terminal = await drawn(await createProgram({ services: fleet() }));
    await terminal.until((text) => text.includes('s100'));
    const before = terminal.lines();
    await terminal.scribble('\u001b[5;1HBroadcast message\r\nthe system goes down\r\n\n\n');
    expect(terminal.lines()).not.toEqual(before);
    terminal.repaint();
    await terminal.until(() => terminal.lines().every((line, y) => line === before[y]));
  });

  it('writes a cursor move in few bytes', async () => {
    const terminal = await drawn(await createProgram({ services: fleet() }));
    await terminal.until((text) => text.includes('s100'));
    terminal.written();
    terminal.repaint();
    await terminal.until(() => terminal.written() !== '');
    terminal.type('j');
    let bytes = '';
    await terminal.until(() => {
      bytes += terminal.written();
      return bytes !== '';
    });
    expect(bytes.length).toBeLessThan(400);
  });

  it('shows what keys do', async () => {
    const program = await createProgram({ services: fleet() });
    const terminal = await drawn(program);
    terminal.type('+++');
    expect(await terminal.until((text) => text.includes('2→5'))).toContain('1 staged: s100 2→5');
    terminal.type('\r');
    await terminal.until((text) => text.includes('accepted'));
    expect(program.service.of('ScaleService').map(({ params }) => params['Instance'])).toEqual([5]);
  });

  it('takes what comes in one read for keys, one after the other', async () => {
    const program = await createProgram({ services: fleet() });
    const terminal = await drawn(program);
    terminal.type('+++\r');
    await terminal.until((text) => text.includes('accepted'));
    expect(program.service.of('ScaleService').map(({ params }) => params['Instance'])).toEqual([5]);
  });

  it('takes a paste for text', async () => {
    const program = await createProgram({ services: fleet() });
    const terminal = await drawn(program);
    terminal.type('S');
    await terminal.until((text) => text.includes('stop s100'));
    terminal.type('\u001b[200~y\r\u001b[201~');
    await terminal.until((text) => text.includes('a paste is not taken for keys'));
    expect(program.service.of('StopService')).toEqual([]);
    expect(program.state().dialog?.title).toBe('stop s100');
  });

  it('lays a dialog over the painted rows and gives them back', async () => {
    const terminal = await drawn(await createProgram({ services: fleet() }));
    await terminal.until((text) => text.includes('s110'));
    const before = terminal.lines();
    terminal.type('S');
    const asked = await terminal.until((text) => text.includes('Cancel'));
    // Rows above and below the box stay, and so do the cells left and right of it.
    expect(asked).toContain('s100');
    expect(asked).toMatch(/│ s1\d\d? *┌?/);
    terminal.type('\u001b[27u');
    await terminal.until(() =>
      terminal
        .lines()
        .slice(3, 20)
        .every((line, y) => line === before[y + 3]),
    );
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
        const terminal = await drawn(program, columns, rows);
        await terminal.until((text) => text.includes('┐') || text.includes('<services>'));
        for (const line of terminal.lines()) expect(widthOf(line), line).toBeLessThanOrEqual(columns);
        terminal.close();
        open.delete(terminal);
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
  await settled();
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

  it('names in full what it is about, however long that is', async () => {
    const name = `recommendation_${'x'.repeat(40)}_prod`;
    for (const rows of [15, 24]) {
      const { text } = await box({ title: `delete ${name}`, word: name }, 50, rows);
      const said = text.replace(/[\s│]/g, '');
      expect(said).toContain(`delete${name}`);
      if (rows === 24) expect(said).toContain(`type${name}togoon`);
      expect(said).toContain('Cancel');
    }
    const { text } = await box({ title: `delete ${'x'.repeat(3000)}`, word: name }, 40, 8);
    expect(text.split('\n').slice(0, 8).join('\n')).toMatch(/x…[\s\S]*Cancel/);
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
