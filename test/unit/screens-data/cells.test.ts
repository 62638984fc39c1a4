import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean } from '../../../src/lib/clean.ts';
import { statusText } from '../../../src/screens/columns.ts';
import type { Screen, Section } from '../../../src/screens/define.ts';
import { screens } from '../../../src/screens/index.ts';
import { fitColumns } from '../../../src/ui/table.ts';
import { answering, cellsOf, exampleOf, fieldsOf, quiet, reads, rowsOf, scope } from './contract-rows.ts';

const read = (screen: Screen) => {
  const found = reads[screen.id];
  if (!found) throw new Error(`add ${screen.id} to contract-rows.ts`);
  return found;
};
const data = screens.filter(({ id }) => reads[id] !== undefined).map((screen) => [screen.id, screen] as const);

/** What must never be on screen: words for missing things, and anything that moves the cursor or hides. */
const unfit = /undefined|NaN|null|\[object|Invalid|[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;

const hostile =
  '\u001b[2J\u001b]0;owned\u0007\u202egnp.exe\r\nline two\t\u0000 ملف 很长的名字 👩‍👩‍👧 e\u0301\u0301\u0301\u0301 ' +
  'x'.repeat(500);

const wild = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(hostile, 'NaN', '{"a":', '-', '9'.repeat(400), -1, 1e300, [], {}, '2021-13-99T99:99:99Z'),
);

function textsOf(sections: readonly Section[]): string[] {
  return sections.flatMap(({ title, fields = [], lines = [] }) => [
    clean(title),
    ...fields.flatMap(({ name, value }) => [clean(name), clean(value, 4000)]),
    ...lines.map(({ text }) => clean(text, 4000)),
  ]);
}

it('a status that would join the sign before it is shown so that it cannot', () => {
  for (const status of ['\u0e33', '\u0301x', 'Running\u001b[2J']) {
    expect(statusText(status)).toBe(clean(statusText(status)));
  }
  expect(statusText('Running')).toBe('✓ Running');
});

it('every screen of what the service has is tested here', () => {
  expect(screens.map(({ id }) => id).filter((id) => !['ledger', 'uploads'].includes(id) && !reads[id])).toEqual([]);
});

describe.each(data)('%s', (_, screen) => {
  const { schema, name } = read(screen);
  const named = (more: Record<string, unknown> = {}) => ({ ...more, ...(name === undefined ? {} : { [name]: 'foo' }) });

  it('shows the example of the contract, with something in every column that it fills', async () => {
    const [row] = await rowsOf(screen, [exampleOf(schema)]);
    const cells = cellsOf(screen, row);
    for (const text of Object.values(cells)) expect(text).not.toMatch(unfit);
    expect(Object.values(cells).filter((text) => text !== '-').length).toBeGreaterThan(screen.columns.length / 2);
    expect(screen.json?.(row)).toEqual(exampleOf(schema));
  });

  it('shows a dash for what is not there, never a made-up value', async () => {
    const rows = await rowsOf(screen, [named()]);
    expect(rows).toHaveLength(1);
    for (const [id, text] of Object.entries(cellsOf(screen, rows[0]))) {
      expect(text, id).not.toMatch(unfit);
      const own = ['name', 'id', 'path'].includes(id);
      // In the public resource group is what has no other.
      if (!own && text !== 'public') expect(text.replaceAll(/[\s[\]/]/g, ''), id).toMatch(/^-+$/);
    }
  });

  it('shows hostile text as harmless text', async () => {
    const row = Object.fromEntries(fieldsOf(schema).map((field) => [field, hostile]));
    const rows = await rowsOf(screen, [row]);
    expect(rows).toHaveLength(1);
    for (const [id, text] of Object.entries(cellsOf(screen, rows[0]))) expect(text, id).not.toMatch(unfit);
    const sections = (await screen.describe?.(answering(), rows[0], scope, quiet())) ?? [];
    for (const text of textsOf(sections)) {
      expect(text).not.toMatch(/[\u0000-\u001f\u202e]/);
    }
  });

  it('never throws and never shows what is not fit to be seen, whatever is in the fields', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...fieldsOf(schema)), wild), async (wire) => {
        for (const row of await rowsOf(screen, [named(wire)])) {
          for (const [id, text] of Object.entries(cellsOf(screen, row))) {
            // A service may really be named "null".
            expect(text, id).not.toMatch(/[\u0000-\u001f\u202e]|\[object/);
          }
          for (const column of screen.columns) expect(column.tone?.(row) ?? 'plain').toBeTypeOf('string');
          expect(typeof screen.rowId(row)).toBe('string');
          screen.fault?.(row);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('says in every column until when its text is true', async () => {
    const created = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    const [row] = await rowsOf(screen, [{ ...exampleOf(schema), CreateTime: '2026-01-02T03:04:05.678Z' }]);
    fc.assert(
      fc.property(fc.integer({ min: -10_000, max: 4e10 }), fc.nat({ max: 1_000 }), (old, later) => {
        const now = created + old;
        for (const column of screen.columns) {
          const until = column.until?.(row, now) ?? now + 1e11;
          expect(until, column.id).toBeGreaterThan(now);
          const then = now + Math.floor(((until - 1 - now) * later) / 1_000);
          expect(column.text?.(row, then), column.id).toBe(column.text?.(row, now));
        }
      }),
    );
  });

  it('holds rows that are no objects out of the table, or shows them as empty', async () => {
    for (const row of await rowsOf(screen, [null, 7, 'x', [], true])) {
      for (const text of Object.values(cellsOf(screen, row))) expect(text).not.toMatch(unfit);
    }
  });

  it('describes what there is, every field of the answer included', async () => {
    const [row] = await rowsOf(screen, [exampleOf(schema)]);
    const api = answering(['DescribeResource', () => exampleOf('DescribeResourceResponseBody')]);
    const sections = (await screen.describe?.(api, row, scope, quiet())) ?? [];
    expect(sections.length).toBeGreaterThan(0);
    for (const text of textsOf(sections)) expect(text).not.toMatch(/undefined|NaN|\[object/);
    const told = new Set(sections.flatMap(({ title, fields = [] }) => [title, ...fields.map((field) => field.name)]));
    // Those that ask again show what is answered then.
    if (['services', 'groups', 'resources'].includes(screen.id)) return;
    expect(fieldsOf(schema).filter((field) => !told.has(field))).toEqual([]);
  });

  it.each([76, 96, 116, 196])('fits in %d cells, its first column and its state among what stays', (width) => {
    const columns = fitColumns(screen, 0, width, false);
    const total = columns.reduce((sum, { cells }) => sum + cells + 2, -2);
    expect(total).toBeLessThanOrEqual(width);
    const ids = columns.map(({ column }) => column.id);
    expect(ids[0]).toBe(screen.columns[0]?.id);
    if (screen.columns.some(({ id }) => id === 'status')) expect(ids).toContain('status');
    if (screen.columns.some(({ id }) => id === 'cpu') && read(screen).schema.startsWith('Resource')) {
      if (screen.id !== 'node-workers') expect(ids).toEqual(expect.arrayContaining(['cpu', 'gpu', 'memory']));
    }
  });

  it('has columns that a filter can name, each once', () => {
    const ids = screen.columns.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+$/);
    expect(ids).toContain(screen.sort.column);
  });
});
