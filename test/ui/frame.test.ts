import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { age } from '../../src/lib/age.ts';
import { widthOf } from '../../src/lib/width.ts';
import { bodyLines } from '../../src/ui/frame.ts';

import { layoutFor } from '../../src/ui/layout.ts';
import { lineWidth, textOf } from '../../src/ui/line.ts';
import { createPaint } from '../../src/ui/theme.ts';
import { createViewer } from '../../src/ui/viewer.ts';
import { createProgram, type Program, wireService } from '../unit/state/program.ts';
import { frameLines } from './frame-lines.ts';
import { states } from './states.ts';

const sizes = [
  [1, 1], [39, 7], [39, 24], [80, 7], [40, 8], [59, 14], [60, 14], [59, 15], [60, 15], [80, 24], [119, 40], [120, 29],
  [120, 30], [200, 60], [220, 70],
] as const; // biome-ignore format: a list to be read as one

const linesOf = ({ cockpit, state }: Program, columns: number, rows: number) =>
  frameLines(cockpit, state(), layoutFor(columns, rows));
const screenOf = (program: Program, columns = 80, rows = 24) => linesOf(program, columns, rows).map(textOf);

/** What would move the cursor, or is not seen and moves the rest. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069]/u;
const nonsense = /undefined|NaN|\[object|Infinity/;

describe('the layout', () => {
  it('adds up to the terminal at every size', () => {
    for (let columns = 1; columns <= 220; columns++) {
      for (let rows = 1; rows <= 70; rows++) {
        const { mode, header, body, framed, width } = layoutFor(columns, rows);
        if (mode === 'tiny') continue;
        expect(header + body + (framed ? 2 : 0) + 1).toBe(rows);
        expect(width + (framed ? 4 : 0)).toBeLessThanOrEqual(columns);
        expect(width).toBeGreaterThan(0);
        expect(body).toBeGreaterThanOrEqual(2);
      }
    }
  });

  it.each([
    [120, 30, 'full'],
    [119, 30, 'compact'],
    [120, 29, 'compact'],
    [80, 24, 'compact'],
    [60, 15, 'compact'],
    [59, 15, 'plain'],
    [60, 14, 'plain'],
    [40, 8, 'plain'],
    [39, 8, 'tiny'],
    [40, 7, 'tiny'],
  ])('is at %d x %d %s', (columns, rows, mode) => {
    expect(layoutFor(columns, rows).mode).toBe(mode);
  });
});

/** States in which text from outside is still drawn as it came. */
const unclean: string[] = [];

describe.each(Object.entries(states))('%s', (name, create) => {
  const test = unclean.includes(name) ? it.fails : it;
  test('fills the screen exactly, with nothing unsafe and no nonsense, at every size', async () => {
    const program = await create();
    for (const [columns, rows] of sizes) {
      const lines = linesOf(program, columns, rows);
      const where = `${columns}x${rows}`;
      expect(lines, where).toHaveLength(rows);
      const tiny = layoutFor(columns, rows).mode === 'tiny';
      lines.forEach((line, place) => {
        const text = textOf(line);
        if (!tiny || text !== '') expect(lineWidth(line), `${where}, line ${place}: ${text}`).toBe(columns);
        expect(text, `${where}, line ${place}`).not.toMatch(unsafe);
        expect(text, `${where}, line ${place}`).not.toMatch(nonsense);
      });
    }
  });
});

describe('80 x 24', () => {
  it('has two lines of header and 18 rows of data', async () => {
    const program = await createProgram({
      services: Array.from({ length: 40 }, (_, place) => wireService(`s${100 + place}`)),
    });
    const lines = screenOf(program);
    expect(lines.filter((line) => /\bs1\d\d\b.*Running/.test(line))).toHaveLength(18);
    expect(lines[2]).toMatch(/^┌─+ services\(cn-test\)\[40\]/);
    expect(lines[3]).toContain('NAME↑');
    expect(lines[4]).toContain('s100');
    expect(lines[22]).toMatch(/^└─+┘$/);
    expect(lines[23]).toMatch(/^ <services>/);
  });

  it('keeps the cursor on the screen', async () => {
    const program = await createProgram({
      services: Array.from({ length: 400 }, (_, place) => wireService(`s${1000 + place}`)),
    });
    for (const key of ['G', 'up', 'g', 'pgdn', 'pgdn', 'pgup', 'down']) {
      screenOf(program);
      await program.press(key);
      const cursor = linesOf(program, 80, 24).filter((line) => line.some(({ inverse }) => inverse));
      expect(cursor.map(textOf).join()).toContain(program.under() ?? 'no row');
    }
  });

  it('says below 40 x 8 that there is too little room', async () => {
    expect(screenOf(await createProgram(), 39, 8)[0]).toContain('40x8');
  });
});

describe('columns', () => {
  const titles = ['RESOURCE', 'MEM', 'CPU', 'GPU', 'VERSION'];

  it('go in the order RESOURCE, MEM, CPU, GPU, VERSION as the terminal gets narrower', async () => {
    const program = await createProgram();
    const gone: string[] = [];
    for (let columns = 160; columns >= 60; columns--) {
      const heading = screenOf(program, columns, 24)[3] ?? '';
      for (const title of titles) {
        const shown = new RegExp(`\\b${title}\\b`).test(heading);
        if (!shown && !gone.includes(title)) gone.push(title);
        if (shown) expect(gone, `${title} came back at ${columns}`).not.toContain(title);
      }
    }
    expect(gone).toEqual(titles);
  });

  it('show the sort and where it goes', async () => {
    const program = await createProgram();
    await program.press('>', 'O');
    expect(screenOf(program, 120, 30)[5]).toContain('STATUS↑');
    await program.press('O');
    expect(screenOf(program, 120, 30)[5]).toContain('STATUS↓');
  });

  it('show what else is known when asked for all of them', async () => {
    const program = await createProgram({ services: [wireService('a', { SafetyLock: 'dangerous' })] });
    await program.press('W');
    expect(screenOf(program, 200, 30).join('\n')).toContain('dangerous');
  });
});

describe('what is said', () => {
  it('in the title: how many there are, and what is not well, worst first', async () => {
    const program = await createProgram({
      services: [
        wireService('a'),
        wireService('b', { Status: 'Waiting' }),
        wireService('c', { Status: 'Failed' }),
        wireService('d', { Status: 'Waiting' }),
      ],
    });
    expect(screenOf(program)[2]).toContain('services(cn-test)[4] 1 failed · 2 waiting');
    await program.press('/');
    await program.type('fail');
    expect(screenOf(program)[2]).toContain('services(cn-test)[1/4] 1 failed </fail>');
  });

  it('while nothing has been read yet', async () => {
    const program = await createProgram({ held: ['ListServices'] });
    const text = screenOf(program).join('\n');
    expect(text).toContain('services(cn-test)[…]');
    expect(text).toContain('loading services …');
  });

  it('when there is nothing', async () => {
    expect(screenOf(await createProgram({ services: [] })).join('\n')).toContain('there are no services in cn-test');
  });

  it('when nothing passes the filter', async () => {
    const text = screenOf((await states['nothing passes the filter']?.()) ?? (await createProgram())).join('\n');
    expect(text).toContain('none of the 40 services passes the filter </nowhere>; esc shows all');
  });

  it('when reading fails: the rows stay, with their age, the code, the request id and when it tries again', async () => {
    const program = await states['trouble']?.();
    if (!program) throw new Error('no such state');
    const text = screenOf(program, 200, 40).join('\n');
    expect(text).toContain('service-0001');
    expect(text).toMatch(/\d+s ✗ Forbidden\.RAM/);
    expect(text).toMatch(/retry in \d+s · ctrl-r now/);
    const compact = screenOf(program, 80, 24).join('\n');
    expect(compact).toMatch(/✗ Forbidden\.RAM/);
    expect(compact).toMatch(/retry in \d+s · ctrl-r now/);
    const rows = linesOf(program, 80, 24).filter((line) => /service-\d/.test(textOf(line)));
    for (const line of rows) {
      const cells = line.filter(({ text, inverse }) => text.trim() !== '' && text.trim() !== '│' && !inverse);
      expect(cells.every(({ tone }) => tone === 'dim')).toBe(true);
    }
  });

  it('names the request even where the message is long', async () => {
    const program = await states['trouble']?.();
    expect(program && screenOf(program, 120, 30).join('\n')).toContain('0000-1111');
  });

  it('counts the age of rows that can no longer be read', async () => {
    const program = await createProgram();
    program.service.answers['ListServices'] = () => {
      throw new Error('down');
    };
    await program.clock.advance(65_000);
    expect(screenOf(program)[0]).toMatch(/services 6\ds ✗/);
  });

  it('of a staged number, in its cell and above', async () => {
    const program = await createProgram();
    await program.press('+', '+', '+');
    const lines = screenOf(program);
    expect(lines.slice(0, 2).join()).toContain('1 staged: a 2→5');
    expect(lines.find((line) => line.includes('Running'))).toContain('2→5');
  });

  it('of what was sent: the message with its undo, counting down', async () => {
    const program = await createProgram();
    await program.press('+', 'enter');
    await program.clock.advance(6_000);
    expect(screenOf(program).at(-1)).toMatch(/✓ scale a 2→3: accepted · u undo 54s/);
    expect(screenOf(program).join('\n')).toMatch(/↻ scale a 2→3 · Scaling · [56]s/);
  });

  it('of a ghost: that it is gone', async () => {
    const program = await createProgram();
    program.service.services = [wireService('b')];
    await program.clock.advance(4_000);
    expect(screenOf(program).join('\n')).toContain('✕ a gone');
  });

  it('of secrets only when asked for', async () => {
    const program = await createProgram({ services: [wireService('a', { AccessToken: 'hunter2hunter2' })] });
    await program.press('d');
    await program.clock.advance(0);
    expect(screenOf(program, 120, 60).join('\n')).not.toContain('hunter2');
    await program.press('x');
    expect(screenOf(program, 120, 60).join('\n')).toContain('hunter2');
  });

  it.each([
    ['a list of them', { AccessTokens: ['hunter2'] }],
    ['JSON in a string', { AccessToken: '{"value":"hunter2"}' }],
    [
      'an environment variable',
      { ServiceConfig: '{"containers":[{"env":[{"name":"DB_PASSWORD","value":"hunter2"}]}]}' },
    ],
  ])('of secrets only when asked for: %s', async (_what, more) => {
    for (const key of ['d', 'y']) {
      const program = await createProgram({ services: [wireService('a', more)] });
      await program.press(key);
      await program.clock.advance(0);
      expect(screenOf(program, 120, 70).join('\n')).not.toContain('hunter2');
    }
  });

  it('in help: every key that works here, and why others do not', async () => {
    const program = await createProgram({ services: [] });
    await program.press('?');
    const text = Array.from({ length: 6 }, () => {
      const page = screenOf(program, 120, 50).join('\n');
      program.cockpit.press('pgdn');
      return page;
    }).join('\n');
    for (const words of [
      'stage one more',
      'stop',
      'restart',
      'off: there is no row here',
      ':services',
      ':scale NAME NUMBER',
    ])
      expect(text).toContain(words);
  });
});

describe('descriptions', () => {
  it('of a worker say no old status as if it were fresh', async () => {
    const program = await createProgram();
    const worker = { InstanceName: 'w', Status: 'Running', ReadyProcesses: 1, TotalProcesses: 1 };
    program.service.workers = [worker];
    await program.press('enter');
    await program.clock.advance(400);
    await program.press('d');
    program.service.workers = [{ ...worker, Status: 'Failed' }];
    await program.clock.advance(10_000);
    const text = screenOf(program, 120, 40).join('\n');
    expect(/Status +Running/.test(text) && /describe \ds ✓/.test(text)).toBe(false);
  });

  it('keep all of a value whose name is long', async () => {
    const program = await createProgram({
      services: [wireService('a', { [`Zz${'N'.repeat(60)}`]: 'value-at-the-end' })],
    });
    await program.press('d');
    await program.clock.advance(0);
    await program.press('G');
    screenOf(program);
    await program.press('G');
    expect(screenOf(program).join('\n')).toContain('value-at-the-end');
  });

  it('of large JSON are drawn', async () => {
    const program = await createProgram({ services: [wireService('a', { Message: 'x'.repeat(2_000_000) })] });
    await program.press('y');
    expect(screenOf(program)).toHaveLength(24);
  });
});

describe('a text field', () => {
  it('shows the end of a long text with the cursor', async () => {
    const program = await createProgram();
    await program.press(':');
    await program.type(`${'a'.repeat(200)}END`);
    expect(screenOf(program)[1]).toContain('END');
  });

  it('keeps what mends it when what is wrong does not fit', async () => {
    const program = await createProgram({ services: [wireService('mnist_saved_model_example')] });
    await program.press(':');
    await program.type('stop mnist_saved_model_exampel');
    await program.press('enter');
    expect(screenOf(program)[1]).toMatch(
      /el {2}there is no mnist_saved_m…; did you mean mnist_saved_model_example\? *$/,
    );
    expect(screenOf(program, 200)[1]).toContain(
      'there is no mnist_saved_model_exampel among the services; did you mean',
    );
    // Too narrow for it: it begins with what is wrong.
    expect(screenOf(program, 50)[0]).toMatch(/ {2}there is no mnist_saved_model_exampel/);
  });

  it('draws a long paste without measuring it again for each letter', async () => {
    const program = await createProgram();
    await program.press(':');
    program.cockpit.paste('x'.repeat(20_000));
    const before = performance.now();
    screenOf(program);
    // Measured at some 20 ms when each letter is looked at once; at many seconds when all are for each.
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});

describe('time', () => {
  const created = Date.UTC(2025, 11, 12, 3, 4, 5);
  const aged = async () => {
    const program = await createProgram({ services: [wireService('one')] });
    const layout = layoutFor(120, 30);
    const viewer = createViewer();
    return { program, body: () => bodyLines(program.cockpit, program.state(), layout, viewer) };
  };

  it('draws nothing of a table anew while no age in it changes', async () => {
    const { program, body } = await aged();
    const before = body();
    const { now } = program.state().session;
    const { at } = program.cockpit.openTable()?.source ?? {};
    await program.clock.advance(5_000);
    expect(program.state().session.now).toBeGreaterThan(now);
    expect(program.cockpit.openTable()?.source.at).toBeGreaterThan(at ?? 0);
    expect(body()).toBe(before);
    program.cockpit.press('space');
    expect(body()).not.toBe(before);
  });

  it('gives for a key the same lines for all that says what it said', async () => {
    const program = await createProgram({ services: ['one', 'two', 'three', 'four'].map((name) => wireService(name)) });
    const layout = layoutFor(120, 30);
    const viewer = createViewer();
    const lines = () => frameLines(program.cockpit, program.state(), layout, viewer);
    const before = lines();
    program.cockpit.press('j');
    const after = lines();
    const changed = after.filter((line, place) => line !== before[place]);
    expect(changed.map(textOf)).toEqual([expect.stringContaining('four'), expect.stringContaining('one')]);
  });

  it('shows every age at its second, also when the clock is set back', async () => {
    const { program, body } = await aged();
    const shown = () => /\S+(?=\s*│$)/.exec(textOf(body().find((line) => textOf(line).includes('one')) ?? []))?.[0];
    const at = (now: number) => {
      program.cockpit.store.setState(({ session }) => ({ session: { ...session, now } }));
      return shown();
    };
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4e9 }), { minLength: 2 }), (ages) => {
        for (const old of ages) expect(at(created + old)).toBe(age(old));
      }),
    );
    for (let old = 0; old < 4_000_000; old += 500) expect(at(created + old)).toBe(age(old));
  });
});

describe('the looks', () => {
  it('without colour use no colour, and say everything in words or signs', async () => {
    for (const [name, create] of Object.entries(states)) {
      if (unclean.includes(name)) continue;
      const program = await create();
      const painted = linesOf(program, 120, 30)
        .map(createPaint({ color: false, glyphs: 'all' }))
        .join('\n');
      for (const [, codes = ''] of painted.matchAll(/\u001b\[([\d;]*)m/g)) {
        for (const code of codes.split(';')) expect(['0', '1', '2', '7']).toContain(code);
      }
    }
  });

  it('in ASCII use ASCII alone', async () => {
    const paint = createPaint({ color: true, glyphs: 'ascii' });
    for (const [name, create] of Object.entries(states)) {
      if (unclean.includes(name)) continue;
      const program = await create();
      for (const [columns, rows] of sizes) {
        for (const line of linesOf(program, columns, rows)) {
          expect(paint(line), `${name} at ${columns}x${rows}`).toMatch(/^[\u001b\x20-\x7e]*$/);
        }
      }
    }
  });

  it('for terminals with wide signs draw nothing of which the width is not certain', async () => {
    const paint = createPaint({ color: false, glyphs: 'narrow' });
    for (const [name, create] of Object.entries(states)) {
      if (unclean.includes(name)) continue;
      for (const line of linesOf(await create(), 120, 30)) {
        const painted = paint(line).replace(/\u001b\[[\d;]*m/g, '');
        expect(widthOf(painted, { ambiguous: 2 }), `${name}: ${painted}`).toBe(120);
      }
    }
  });

  it('in ASCII take as many cells as otherwise', async () => {
    const bare = /\u001b\[[\d;]*m/g;
    for (const [name, create] of Object.entries(states)) {
      if (unclean.includes(name)) continue;
      for (const line of linesOf(await create(), 120, 30)) {
        const painted = createPaint({ color: true, glyphs: 'ascii' })(line).replace(bare, '');
        expect(widthOf(painted)).toBe(120);
      }
    }
  });

  it('end every look they begin', async () => {
    const paint = createPaint({ color: true, glyphs: 'all' });
    for (const line of linesOf(await createProgram(), 80, 24)) {
      expect(paint(line).split('\u001b[0m').at(-1)).not.toContain('\u001b');
    }
  });
});
