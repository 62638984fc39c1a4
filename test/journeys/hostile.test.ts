import { afterAll, beforeAll, expect, test } from 'vitest';
import { widthOf } from '../../src/lib/width.ts';
import type { Terminal } from '../support/terminal.ts';
import { type Fleet, moveTo, open, openServices, startFleet } from './steps.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7', '--variant', 'hostile-text');
});
afterAll(() => fleet.close());

/** What the program may write: no clipboard, no title, and nothing that would break out of a cell. */
function harmless(terminal: Terminal): void {
  const bytes = terminal.bytes().toString('utf8');
  expect(bytes).not.toContain('\x1b]52;');
  expect(bytes).not.toMatch(/\x1b\][012];/);
  expect(bytes).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u0080-\u009f]/);
  expect(bytes).not.toMatch(/\x1b\[31mred all over/);
}

/** Every line of the frame reaches from edge to edge: what a cell holds has moved nothing. */
function whole(terminal: Terminal): void {
  const lines = terminal.screen();
  const top = lines.findIndex((line) => line.startsWith('┌'));
  const bottom = lines.findIndex((line) => line.startsWith('└'));
  expect(bottom).toBe(22);
  expect(lines.at(-1)).toMatch(/^ <services>/);
  for (let y = top; y <= bottom; y++) {
    expect(terminal.cell(0, y).char).toMatch(/[┌│└]/);
    expect(terminal.cell(79, y).char).toMatch(/[┐│┘]/);
  }
  // `undefined`, `null` and `[object Object]` are said by the service itself here; NaN by nobody.
  expect(terminal.text()).not.toContain('NaN');
  harmless(terminal);
}

async function filtered(): Promise<Terminal> {
  const terminal = await openServices({ on: fleet });
  terminal.key('/');
  await terminal.waitFor(/^\//m);
  terminal.type('hostile');
  await terminal.waitFor('[12/27]');
  terminal.key('enter');
  await terminal.waitGone(/^\//m);
  return terminal;
}

test('a table of hostile names, and each column beyond the edge', async () => {
  const terminal = await filtered();
  whole(terminal);
  const names = terminal.screen().filter((line) => line.includes('hostile_'));
  expect(names).toHaveLength(12);
  terminal.key('W');
  terminal.resize(300, 24);
  await terminal.waitFor('MESSAGE');
  harmless(terminal);
  terminal.resize(80, 24);
  // The terminal cuts its old lines by itself: the frame's own corner says that it has been drawn anew.
  await terminal.waitFor((_, t) => t.cell(79, 2).char === '┐');
  whole(terminal);
});

test('describe, JSON, workers and a dialog of each hostile service', async () => {
  const terminal = await filtered();
  for (let place = 0; place < 12; place++) {
    for (const [key, shown] of [
      ['d', /─ describe/],
      ['y', /─ json/],
      ['enter', /─ workers|─ describe/],
    ] as const) {
      terminal.key(key);
      await terminal.waitFor(shown);
      if (key !== 'y') await terminal.waitFor(/(describe|workers) \d+s ✓/);
      whole(terminal);
      terminal.key('esc');
      await terminal.waitFor('</hostile>');
    }
    terminal.key('down');
  }
  await moveTo(terminal, 'hostile_0');
  await terminal.waitFor('<S>');
  terminal.key('S');
  await terminal.waitFor(' Cancel ');
  harmless(terminal);
  terminal.key('esc');
  await terminal.waitGone(' Cancel ');
});

test('a pasted text that would harm is shown harmless', async () => {
  const terminal = await openServices({ on: fleet });
  terminal.key(':');
  await terminal.waitFor(/^:/m);
  terminal.paste('scale \x1b]52;c;cm0=\x07 \u202Ex\u202C 服务');
  await terminal.waitFor(/^:scale/m);
  whole(terminal);
  terminal.key('enter');
  await terminal.waitFor(/^:scale.*(write|no |not )/m);
  whole(terminal);
});

test('leaving puts all back', async () => {
  const terminal = await filtered();
  terminal.key('ctrl-c');
  await terminal.waitExit();
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
  harmless(terminal);
});

/** Opens a table, a description, JSON, a question and the help, and looks at each. */
async function walk(terminal: Terminal, look: () => void): Promise<void> {
  await terminal.waitFor('hostile_0');
  look();
  for (const [key, shown] of [
    ['d', /describe\(/],
    ['y', /json\(/],
    ['?', /- help -/],
    ['S', ' Cancel '],
  ] as const) {
    await terminal.waitFor('<+>');
    terminal.key(key);
    await terminal.waitFor(shown);
    look();
    terminal.key('esc');
    await terminal.waitFor('services(cn-shanghai)');
    await terminal.waitGone(' Cancel ');
  }
}

test('where signs of frames are two cells wide none is drawn, and every line ends at its edge', async () => {
  const terminal = await openServices({ on: fleet, ambiguous: 2 });
  await terminal.waitGone('│');
  terminal.key('/');
  terminal.type('hostile');
  await terminal.waitFor('[12/27]');
  terminal.key('enter');
  await walk(terminal, () => {
    const lines = terminal.screen();
    expect(lines).toHaveLength(24);
    const bottom = lines.findIndex((line) => /^\+-.*-\+$/.test(line));
    expect(lines.at(-1)).toMatch(/^ <services>/);
    for (const line of lines) {
      // No character of which terminals disagree is drawn at all.
      expect(widthOf(line, { ambiguous: 2 }), line).toBe(widthOf(line));
      expect(widthOf(line)).toBeLessThanOrEqual(80);
      if (/^[|+]/.test(line)) expect(widthOf(line), line).toBe(80);
    }
    expect(bottom).toBeGreaterThan(0);
    harmless(terminal);
  });
});

for (const env of [{ LC_ALL: 'POSIX' }, { LANG: 'C' }, { LC_CTYPE: 'zh_CN.GBK', LANG: 'en_US.UTF-8' }]) {
  test(`under ${JSON.stringify(env)} not a byte above ASCII leaves, whatever services are called`, async () => {
    const terminal = await open({ on: fleet, env });
    await terminal.waitFor('<+>', { timeout: 15_000 });
    terminal.key('/');
    terminal.type('hostile');
    await terminal.waitFor('[12/27]');
    terminal.key('enter');
    await walk(terminal, () => harmless(terminal));
    expect([...terminal.bytes()].filter((byte) => byte > 0x7f)).toEqual([]);
  });
}
