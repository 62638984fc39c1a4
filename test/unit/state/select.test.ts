import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readService, type Service } from '../../../src/api/services.ts';
import type { Screen } from '../../../src/screens/define.ts';
import { services } from '../../../src/screens/services.ts';
import { readFilter, textsOf } from '../../../src/state/filter.ts';
import { tableFrame } from '../../../src/state/nav.ts';
import { createSelect, createTally, rowKey, withHope } from '../../../src/state/select.ts';
import {
  createStore,
  emptySource,
  type Hope,
  type Source,
  type State,
  type TableFrame,
} from '../../../src/state/store.ts';
import { settled } from './manual-clock.ts';
import { createProgram, landPage, wireService } from './program.ts';

const session = {} as State['session'];
const collator = new Intl.Collator('en', { numeric: true });

/** What is shown, found out with no memory of anything, in the plainest way. */
function fromScratch(source: Source, hopes: State['hopes'], frame: TableFrame): unknown[] {
  const filter = readFilter(services, frame.filter);
  const column = services.columns.find(({ id }) => id === frame.sort.column);
  return source.rows
    .filter((row) => !('test' in filter) || filter.test(row))
    .filter((row) => !frame.faults || services.fault?.(row) !== undefined)
    .map((row) => withHope(row, hopes[rowKey('services', services.rowId(row))]))
    .sort((a, b) => {
      const [left, right] = [column?.value(a), column?.value(b)];
      const ids = services.rowId(a) < services.rowId(b) ? -1 : 1;
      if (left === right) return ids;
      if (left === undefined) return 1;
      if (right === undefined) return -1;
      const order =
        typeof left === 'number' && typeof right === 'number' ? left - right : collator.compare(`${left}`, `${right}`);
      return (frame.sort.descending ? -order : order) || ids;
    });
}

const name = fc.constantFrom('a', 'ab', 'abc', 'm1', 'm10', 'm9', 'M1', 'x_1', 'x-1', 'é', 'zz', 'b2');
const wire = fc
  .record({
    name,
    Status: fc.constantFrom('Running', 'Failed', 'Waiting', 'Stopped'),
    Gpu: fc.constantFrom(0, 1, 8, undefined),
    Message: fc.constantFrom('', 'no GPU left', 'İK'),
  })
  .map(({ name: of, ...more }) => wireService(of, more));
const hope: Hope = { patch: { serviceName: 'aaa', status: 'Failed' }, until: 0, agrees: () => false };
const wires = fc.uniqueArray(wire, { selector: ({ ServiceName }) => ServiceName });
// Rows that change where they are, some of them so that they move.
const change = fc.record({ changed: fc.array(fc.tuple(fc.nat(11), wire), { maxLength: 4 }) });
const step = fc.oneof(
  fc.record({ rows: wires, complete: fc.boolean() }),
  fc.record({ again: fc.boolean() }),
  change,
  fc.record({
    filter: fc.constantFrom(
      '',
      'a',
      'ab',
      'abc',
      'b',
      'a b',
      '!a',
      '!ab',
      'm1',
      'M1',
      '^a',
      '-f m',
      '-f m1',
      'status:fail',
      'gpu:>0',
      '(',
      'k',
      'i',
      'run fail',
      'gpu',
    ),
  }),
  fc.record({ sort: fc.record({ column: fc.constantFrom('name', 'status', 'gpu'), descending: fc.boolean() }) }),
  fc.record({ faults: fc.boolean() }),
  fc.record({ hoped: fc.option(name, { nil: undefined }) }),
);

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

describe('choosing rows again and again', () => {
  const compare = (steps: readonly Step[]): void => {
    const select = createSelect();
    const tally = createTally();
    let source: Source = emptySource;
    let hopes: State['hopes'] = {};
    let frame = tableFrame(services, {});
    for (const one of steps) {
      if ('rows' in one) source = landPage(source, services, one.rows.map(readService), one.complete);
      else if ('again' in one)
        source = landPage(
          source,
          services,
          source.rows.map((row) => readService((row as Service).raw)),
          true,
        );
      else if ('changed' in one) {
        const wires = source.rows.map((row) => (row as Service).raw as ReturnType<typeof wireService>);
        for (const [place, wire] of one.changed) {
          const old = wires[place];
          // Also by another name: it is the same one by its id.
          if (old) wires[place] = { ...wire, ServiceId: old['ServiceId'] };
        }
        source = landPage(source, services, wires.map(readService), true);
      } else if ('hoped' in one)
        hopes = one.hoped === undefined ? {} : { [rowKey('services', `eas-m-${one.hoped}`)]: hope };
      else frame = { ...frame, ...one };
      source = { ...source, at: 1 };
      const state = { ...createStore(session, [frame]).getState(), hopes, sources: { 'services{}': source } };
      const visible = select(state, services, frame);
      const plain = fromScratch(source, hopes, frame);
      expect(visible.rows).toEqual(plain);
      expect(visible.total).toBe(source.rows.length);
      const widths = source.rows.map((row) => services.rowName(row).length);
      expect(visible.longest).toBe(Math.max(0, ...widths));
      const faulty = plain.filter((row) => services.fault?.(row) !== undefined).length;
      expect(tally({ visible }).reduce((sum, { count }) => sum + count, 0)).toBe(faulty);
      for (const [place, row] of visible.rows.entries()) {
        const cursor = { ...frame, cursor: services.rowId(row), index: (place * 7) % 5 };
        expect(select(state, services, cursor).index).toBe(place);
      }
    }
  };

  it('shows what choosing from scratch shows, whatever came before', () => {
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), compare), { numRuns: 300 });
  });

  it('finds rows that have changed again and again before a letter is typed', () => {
    fc.assert(
      fc.property(
        wires,
        fc.array(change, { minLength: 2, maxLength: 4 }),
        fc.constantFrom('a', 'm1', 'b'),
        (...given) => {
          const [rows, changes, filter] = given;
          compare([{ rows, complete: true }, { filter: 'b' }, { filter: '' }, ...changes, { filter }]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('neither loses nor doubles a row, even by values that have no order', () => {
    let odd: Record<string, number> = {};
    const cpu = { id: 'cpu', title: 'CPU', value: (row: Service) => odd[row.serviceName] ?? 0 };
    const screen = { ...services, columns: [...services.columns.filter(({ id }) => id !== 'cpu'), cpu] } as Screen;
    const frame = { ...tableFrame(screen, {}), sort: { column: 'cpu', descending: false } };
    const state = createStore(session, [frame]).getState();
    const names = Array.from({ length: 40 }, (_, n) => `s${n}`);
    const values = fc.array(fc.constantFrom(Number.NaN, 1, 2, 3), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(values, fc.array(fc.tuple(fc.nat(39), values), { minLength: 1, maxLength: 8 }), (start, changes) => {
        const select = createSelect();
        odd = Object.fromEntries(names.map((one, n) => [one, start[n] ?? 0]));
        let wires = names.map((one) => wireService(one));
        let source = landPage(emptySource, screen, wires.map(readService), true);
        for (const [place, numbers] of changes) {
          const shown = select({ ...state, sources: { 'services{}': source } }, screen, frame).rows.map(
            (row) => (row as Service).serviceName,
          );
          expect(shown.sort()).toEqual([...names].sort());
          odd = Object.fromEntries(names.map((one, n) => [one, numbers[n] ?? 0]));
          wires = wires.with(place, wireService(names[place] ?? '', { Message: String(numbers) }));
          source = landPage(source, screen, wires.map(readService), true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('looks into a row once, however many letters are typed and polls come', () => {
    let reads = 0;
    const screen = {
      ...services,
      columns: services.columns.map((column) => ({
        ...column,
        value(row: unknown) {
          reads++;
          return column.value(row);
        },
      })),
    };
    const source = landPage(
      emptySource,
      screen,
      ['a', 'b', 'c'].map((one) => readService(wireService(one))),
      true,
    );
    const select = createSelect();
    const look = (rows: Source, filter: string) => {
      const frame = { ...tableFrame(screen, {}), filter };
      return select({ ...createStore(session, [frame]).getState(), sources: { 'services{}': rows } }, screen, frame);
    };
    look(source, 'a');
    reads = 0;
    for (const filter of ['ab', 'a', '', 'pub', '^b']) look(source, filter);
    expect(reads).toBe(0);
    const poll = landPage(
      source,
      screen,
      [...source.rows.slice(0, 2), readService(wireService('c', { Gpu: 5 }))],
      true,
    );
    look(poll, '^b');
    // One row has changed: it is sorted and searched, no other.
    expect(reads).toBeLessThanOrEqual(screen.columns.length + 1);
  });

  it('finds the same with the text kept as without, also where small letters differ', () => {
    const row = readService(wireService('a', { Message: 'İ K ẞ É Ünï' }));
    for (const text of ['i', 'k', 'K', 'ß', 'é', 'ünï', '[A-Z]', '\\bA\\b', 'RUNNING', '^✓']) {
      const filter = readFilter(services, text);
      const cells = services.columns.map((c) =>
        c.id === 'age' ? '' : `${c.text?.(row, 0) ?? ''}\n${c.value(row) ?? ''}`,
      );
      if ('test' in filter)
        expect([text, filter.test(row)]).toEqual([text, new RegExp(text, 'im').test(cells.join('\n'))]);
    }
    expect(textsOf(services, row).narrow).toContain('running');
  });
});

describe('a poll that brings nothing new', () => {
  it('leaves every row, the list of them and what is shown as they are', async () => {
    const { cockpit, service } = await createProgram({
      services: ['a', 'b', 'c'].map((one) => wireService(one)),
    });
    const look = () => ({ source: cockpit.store.getState().sources['services{}'], table: cockpit.openTable() });
    const before = look();
    const asked = service.of('ListServices').length;
    cockpit.refresh();
    await settled();
    const after = look();
    expect(service.of('ListServices').length).toBeGreaterThan(asked);
    expect(after.source?.rows).toHaveLength(3);
    expect(after.source?.rows).toBe(before.source?.rows);
    expect(after.source?.byId).toBe(before.source?.byId);
    expect(after.table?.visible.rows).toBe(before.table?.visible.rows);
  });
});
