import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Terminal } from '../support/terminal.ts';
import { type Fleet, fresh, open, openServices, startFleet } from './steps.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet('--seed', '7', '--services', '30');
});
afterAll(() => fleet.close());

/** Rows of data: what lies between the heading of the table and its lower edge, and is not empty. */
const dataRows = (terminal: Terminal): string[] =>
  terminal.screen().filter((line) => /^│.*[✓✗↻◌■] /.test(line) && !line.includes('NAME'));

/** Every line of the frame is as wide as the terminal, and nothing was pushed off its top. */
function framed(terminal: Terminal, columns: number, rows: number): void {
  const lines = terminal.screen();
  expect(lines).toHaveLength(rows);
  const top = lines.findIndex((line) => line.startsWith('┌'));
  const bottom = lines.findIndex((line) => line.startsWith('└'));
  expect(bottom).toBe(rows - 2);
  expect(lines.at(-1)).toMatch(/^ <services>/);
  for (const line of lines.slice(top, bottom + 1)) {
    expect(line).toMatch(/^[┌│└].*[┐│┘]$/);
    expect(line).toHaveLength(columns);
  }
}

test('80x24 has a header of two lines and 18 rows of data', async () => {
  const terminal = await openServices({ on: fleet });
  framed(terminal, 80, 24);
  expect(terminal.line(2)).toMatch(/^┌─* services\(cn-shanghai\)\[30\]/);
  expect(dataRows(terminal)).toHaveLength(18);
  terminal.key('G');
  await terminal.waitFor((_, t) => !t.text().includes('ctr_deepfm'));
  expect(dataRows(terminal)).toHaveLength(18);
  framed(terminal, 80, 24);
});

test('120x30 has the full header', async () => {
  const terminal = await openServices({ on: fleet, cols: 120, rows: 30 });
  framed(terminal, 120, 30);
  for (const [y, label] of ['Context', 'Region', 'Endpoint', 'Fresh'].entries()) {
    expect(terminal.line(y)).toMatch(new RegExp(`^ ${label} `));
  }
  expect(dataRows(terminal)).toHaveLength(22);
});

for (const [columns, rows] of [
  [80, 24],
  [120, 30],
] as const) {
  test(`the header tells how to get help at ${columns}x${rows}`, async () => {
    const terminal = await openServices({ on: fleet, cols: columns, rows });
    expect(terminal.text()).toContain('<?> help');
  });
}

test('no heading and no cell of the last column is cut at 60x15', async () => {
  const terminal = await openServices({ on: fleet, cols: 60, rows: 15 });
  expect(terminal.line(3)).toContain(' AGE ');
});

test('200x60 shows all services and every column', async () => {
  const terminal = await openServices({ on: fleet, cols: 200, rows: 60 });
  framed(terminal, 200, 60);
  expect(dataRows(terminal)).toHaveLength(30);
  const heading = terminal.screen().find((line) => line.includes('NAME'));
  expect(heading).toMatch(/NAME.*STATUS +READY +CPU +GPU +MEM +WEIGHT +VERSION +RESOURCE.* AGE/);
});

test('columns go in the order RESOURCE, MEM, CPU, GPU, VERSION as the terminal gets narrower', async () => {
  const terminal = await openServices({ on: fleet, cols: 130 });
  const order = ['RESOURCE', 'MEM', 'CPU', 'GPU', 'VERSION'];
  const gone = new Set<string>();
  for (let columns = 126; columns >= 66; columns -= 3) {
    terminal.resize(columns, 24);
    await terminal.waitFor((_, t) => t.line(2).length === columns && t.line(2).endsWith('┐'));
    const heading = terminal.line(3);
    for (const name of order) if (!heading.includes(name)) gone.add(name);
    // What went stays away, and never before what stands ahead of it.
    expect([...gone]).toEqual(order.slice(0, gone.size));
    for (const name of ['NAME', 'STATUS', 'READY', 'WEIGHT', 'AGE']) expect(heading).toContain(name);
  }
  expect(gone.size).toBeGreaterThanOrEqual(4);
});

test('while it runs: small, tiny and back, and never a line too many', async () => {
  const terminal = await openServices({ on: fleet });
  for (const [columns, rows, mark] of [
    [59, 14, /services\(cn-shanghai\)\[30\]/],
    [39, 7, /needs 40x8; this is 39x7/],
    [20, 3, /needs 40x8|eas-tui/],
    [60, 15, /services\(cn-shanghai\)\[30\]/],
    [200, 60, /RESOURCE/],
    [80, 24, /services\(cn-shanghai\)\[30\]/],
  ] as const) {
    terminal.resize(columns, rows);
    // A line too many would scroll the first away; one too wide would fold onto the next.
    await terminal.waitFor(() => {
      const y = terminal.screen().findIndex((line) => mark.test(line));
      return rows < 15 ? y === 0 : y > 0;
    });
    expect(terminal.screen()).toHaveLength(rows);
    expect(terminal.screen().filter((line) => line.includes('ctr_deepfm')).length).toBeLessThanOrEqual(1);
    expect(terminal.altScreen).toBe(true);
  }
  await terminal.waitFor(() => dataRows(terminal).length === 18);
  framed(terminal, 80, 24);
  terminal.key('down');
  terminal.key('q');
  expect((await terminal.waitExit()).code).toBe(0);
  expect(terminal.restored()).toEqual({ ok: true, problems: [] });
});

// As a window manager or a multiplexer does: the size is the same again before anybody looks, the content is not.
test('small for a moment, it is whole again', async () => {
  const terminal = await openServices({ on: fleet });
  terminal.key('d');
  await terminal.waitFor(/describe\([\s\S]*LatestVersion/);
  const whole = terminal.screen().slice(2);
  terminal.resize(60, 10);
  terminal.resize(80, 24);
  expect(terminal.screen().slice(2)).not.toEqual(whole);
  await terminal.waitFor(() => terminal.screen().slice(2).join() === whole.join());
});

test('a dialog on a small terminal is whole', async () => {
  const terminal = await openServices({ on: fleet, cols: 60, rows: 15 });
  terminal.key('S');
  await terminal.waitFor(' Cancel ');
  expect(terminal.screen()).toHaveLength(15);
  expect(terminal.text()).toContain('stop churn_gbdt');
  terminal.resize(39, 7);
  await terminal.waitFor('needs 40x8');
  terminal.resize(80, 24);
  await terminal.waitFor(' Cancel ');
  terminal.key('esc');
  await terminal.waitGone(' Cancel ');
});

test('NO_COLOR: no colour at all, and states still have their words', async () => {
  const terminal = await openServices({ on: fleet, env: { NO_COLOR: '1' } });
  expect(terminal.text()).toContain('✗ Failed');
  for (let y = 0; y < 24; y++) {
    for (let x = 0; x < 80; x++) {
      const { fg, bg } = terminal.cell(x, y);
      expect([fg, bg]).toEqual(['default', 'default']);
    }
  }
});

test('--ascii: only ASCII on the screen', async () => {
  const terminal = await open({ on: fleet, args: ['--ascii'] });
  await terminal.waitFor('ctr_deepfm');
  await terminal.waitFor('<+>');
  terminal.key('S');
  await terminal.waitFor(' Cancel ');
  terminal.key('esc');
  await terminal.waitGone(' Cancel ');
  await terminal.waitFor('<+>');
  terminal.key('+');
  await terminal.waitFor('staged');
  terminal.key('esc');
  await terminal.waitGone('1 staged:');
  terminal.key('?');
  await terminal.waitFor('search');
  terminal.key('esc');
  await terminal.waitFor('services(cn-shanghai)');
  expect(terminal.text()).toMatch(/Failed/);
  expect(fresh.test(terminal.text())).toBe(false);
  // Also what was on the screen for a moment.
  const odd =
    terminal
      .bytes()
      .toString('utf8')
      .match(/[^\x00-\x7f]/g) ?? [];
  expect([...new Set(odd)]).toEqual([]);
});
