import { describe, expect, it } from 'vitest';
import { readService, type Service } from '../../../src/api/services.ts';
import type { Column, Screen } from '../../../src/screens/define.ts';
import { screens } from '../../../src/screens/index.ts';
import { services } from '../../../src/screens/services.ts';
import { readFilter } from '../../../src/state/filter.ts';
import { dropRow } from '../../../src/state/land.ts';
import { tableFrame } from '../../../src/state/nav.ts';
import { createSelect, rowKey } from '../../../src/state/select.ts';
import { createStore, emptySource, type Source, type State, type TableFrame } from '../../../src/state/store.ts';
import { scrollTo } from '../../../src/state/window.ts';
import { createProgram, landPage, wireService } from './program.ts';

const row = (name: string, more: Record<string, unknown> = {}) => readService(wireService(name, more));
const land = (before: Source, rows: readonly unknown[], complete = true) => landPage(before, services, rows, complete);
const namesOf = (rows: readonly unknown[]) => rows.map((one) => (one as Service).serviceName);

describe('landing rows', () => {
  it('keeps the identity of everything when nothing has changed', () => {
    const first = land(emptySource, [row('a'), row('b')]);
    const second = land(first, [row('a'), row('b')]);
    expect(second.rows).toBe(first.rows);
    expect(second.byId).toBe(first.byId);
    expect(second.missing).toBe(first.missing);
  });

  it('keeps the identity of the rows that are equal and takes the others', () => {
    const first = land(emptySource, [row('a'), row('b')]);
    const second = land(first, [row('a'), row('b', { Status: 'Failed' })]);
    expect(second.rows[0]).toBe(first.rows[0]);
    expect(second.rows[1]).not.toBe(first.rows[1]);
    expect(second.rows[1]).toMatchObject({ status: 'Failed' });
  });

  it('keeps a row that is missing once, and lets it go the second time', () => {
    const first = land(emptySource, [row('a'), row('b')]);
    const once = land(first, [row('b')]);
    expect(namesOf(once.rows).sort()).toEqual(['a', 'b']);
    expect([...once.missing]).toEqual(['eas-m-a']);
    const twice = land(once, [row('b')]);
    expect(namesOf(twice.rows)).toEqual(['b']);
    expect([...twice.missing]).toEqual([]);
  });

  it('forgets that a row was missing when it comes back', () => {
    const first = land(emptySource, [row('a'), row('b')]);
    const back = land(land(first, [row('b')]), [row('a'), row('b')]);
    expect([...back.missing]).toEqual([]);
    expect(namesOf(land(back, [row('b')]).rows).sort()).toEqual(['a', 'b']);
  });

  it('counts nothing as missing while only a part of the pages is there', () => {
    const part = land(emptySource, [row('a')], false);
    const more = land(part, [row('a'), row('b')], false);
    expect([...more.missing]).toEqual([]);
    expect(namesOf(more.rows)).toEqual(['a', 'b']);
  });

  it('takes a service made anew under an old name for another one', () => {
    const first = land(emptySource, [row('a')]);
    const again = land(first, [row('a', { ServiceId: 'eas-m-new' })]);
    expect([...again.missing]).toEqual(['eas-m-a']);
    expect(again.rows).toHaveLength(2);
  });

  it('shows a row once that the service lists twice', () => {
    expect(land(emptySource, [row('a'), row('a')]).rows).toHaveLength(1);
  });

  it('takes out a row that is known to be gone', () => {
    const first = land(emptySource, [row('a'), row('b')]);
    expect(namesOf(dropRow(first, 'eas-m-a').rows)).toEqual(['b']);
    expect(dropRow(first, 'nobody')).toBe(first);
  });
});

const session = {} as State['session'];
const stateOf = (rows: readonly unknown[], more: Partial<State> = {}): State => ({
  ...createStore(session, [tableFrame(services, {})]).getState(),
  sources: { 'services{}': { ...land(emptySource, rows), at: 1 } },
  ...more,
});
const frameOf = (more: Partial<TableFrame> = {}): TableFrame => ({ ...tableFrame(services, {}), ...more });

describe('choosing rows', () => {
  it('sorts names with numbers in them as people do', () => {
    const { rows } = createSelect()(stateOf([row('m10'), row('m9'), row('M1')]), services, frameOf());
    expect(namesOf(rows)).toEqual(['M1', 'm9', 'm10']);
  });

  it.each([
    [false, ['c', 'a', 'b', 'd']],
    [true, ['b', 'a', 'c', 'd']],
  ])('puts absent values last, descending %s', (descending, order) => {
    const rows = [row('a', { Gpu: 2 }), row('b', { Gpu: 8 }), row('c', { Gpu: 0 }), row('d', { Gpu: undefined })];
    const visible = createSelect()(stateOf(rows), services, frameOf({ sort: { column: 'gpu', descending } }));
    expect(namesOf(visible.rows)).toEqual(order);
  });

  it('gives equal values one order, whatever order the service lists them in', () => {
    const rows = ['d', 'a', 'c', 'b'].map((name) => row(name));
    for (const descending of [false, true]) {
      const frame = frameOf({ sort: { column: 'gpu', descending } });
      const there = createSelect()(stateOf(rows), services, frame).rows;
      const back = createSelect()(stateOf(rows.toReversed()), services, frame).rows;
      expect(namesOf(there)).toEqual(namesOf(back));
    }
  });

  it('sorts by the first column when the chosen one does not exist', () => {
    const visible = createSelect()(
      stateOf([row('b'), row('a')]),
      services,
      frameOf({ sort: { column: 'x', descending: false } }),
    );
    expect(namesOf(visible.rows)).toEqual(['a', 'b']);
  });

  it('finds the cursor by its object', () => {
    const visible = createSelect()(stateOf([row('a'), row('b')]), services, frameOf({ cursor: 'eas-m-b', index: 0 }));
    expect(visible).toMatchObject({ index: 1, ghost: undefined });
  });

  it('has no cursor and no ghost before anything was read', () => {
    const state = stateOf([], { sources: {} });
    expect(createSelect()(state, services, frameOf({ cursor: 'eas-m-b' }))).toMatchObject({
      ghost: undefined,
      index: -1,
    });
  });

  it('leaves a ghost at the place of an object that is gone', () => {
    const frame = frameOf({ cursor: 'eas-m-x', index: 1 });
    expect(createSelect()(stateOf([row('a'), row('b')]), services, frame)).toMatchObject({ index: 1, ghost: 'gone' });
    expect(createSelect()(stateOf([row('a')]), services, { ...frame, index: 9 })).toMatchObject({ index: 1 });
  });

  it('tells an object that the filter hides from one that is gone', () => {
    const frame = frameOf({ cursor: 'eas-m-b', filter: '^a' });
    expect(createSelect()(stateOf([row('a'), row('b')]), services, frame)).toMatchObject({ ghost: 'hidden' });
  });

  it('lays what is hoped over what was said, until the service says so too', () => {
    const hope = {
      patch: { totalInstance: 7 },
      until: 0,
      agrees: (now: unknown) => (now as Service).totalInstance === 7,
    };
    const hopes = { [rowKey('services', 'eas-m-a')]: hope };
    const select = createSelect();
    expect(select(stateOf([row('a')], { hopes }), services, frameOf()).rows[0]).toMatchObject({ totalInstance: 7 });
    const agreed = stateOf([row('a', { TotalInstance: 7 })], { hopes });
    expect(select(agreed, services, frameOf()).rows[0]).toBe(agreed.sources['services{}']?.rows[0]);
  });

  it('shows only what is not well when asked to', () => {
    const rows = [
      row('a'),
      row('b', { Status: 'Failed' }),
      row('c', { RunningInstance: 1 }),
      row('d', { Status: 'Waiting' }),
    ];
    expect(namesOf(createSelect()(stateOf(rows), services, frameOf({ faults: true })).rows)).toEqual(['b', 'c', 'd']);
  });

  it('gives the same rows again while nothing has changed', () => {
    const select = createSelect();
    const state = stateOf([row('a'), row('b')]);
    const frame = frameOf();
    const first = select(state, services, frame).rows;
    expect(select({ ...state, session: { ...session } }, services, { ...frame, cursor: 'eas-m-b' }).rows).toBe(first);
    expect(select(state, services, { ...frame, filter: 'name:b' }).rows).not.toBe(first);
  });
});

/** A screen that counts how often its rows are asked for something. */
function counting(): { screen: Screen; calls: () => number } {
  let calls = 0;
  const counted =
    <A extends unknown[], R>(work: (...given: A) => R) =>
    (...given: A): R => {
      calls++;
      return work(...given);
    };
  const columns = services.columns.map((column): Column<unknown> => ({ ...column, value: counted(column.value) }));
  return { screen: { ...services, columns, rowId: counted(services.rowId) }, calls: () => calls };
}

describe('ten thousand rows', () => {
  const wire = Array.from({ length: 10_000 }, (_, place) => wireService(`s${(place * 7919) % 10_000}`));

  it('are landed, chosen and sorted with a few calls a row', () => {
    const { screen, calls } = counting();
    const rows = wire.map(readService);
    const state = stateOf([], {
      sources: { 'services{}': { ...landPage(emptySource, screen, rows, true), at: 1 } },
    });
    const select = createSelect();
    const visible = select(state, screen, frameOf({ sort: { column: 'cpu', descending: true } }));
    expect(visible.rows).toHaveLength(10_000);
    expect(calls()).toBeLessThan(60_000);
  });

  it('cost nothing more when only the cursor moves', () => {
    const { screen, calls } = counting();
    const state = stateOf([], {
      sources: { 'services{}': { ...landPage(emptySource, screen, wire.map(readService), true), at: 1 } },
    });
    const select = createSelect();
    const frame = frameOf();
    select(state, screen, frame);
    const before = calls();
    for (let place = 0; place < 100; place++) select(state, screen, { ...frame, cursor: `eas-m-s${place}` });
    expect(calls()).toBe(before);
  });

  it('are not sorted anew for each of the hundred pages they come in', async () => {
    const { screen, calls } = counting();
    const program = await createProgram({ services: wire, screens: [screen, ...screens.slice(1)] });
    expect(program.names()).toHaveLength(10_000);
    // Landing what has come so far once a page makes fifty calls a row.
    expect(calls()).toBeLessThan(80 * 10_000);
  });
});

describe('the cursor in the program', () => {
  it('stays on its object while others come and go around it', async () => {
    const program = await createProgram({ services: ['b', 'd', 'f'].map((name) => wireService(name)) });
    await program.press('down');
    expect(program.under()).toBe('d');
    program.service.services = ['a', 'b', 'c', 'd', 'f'].map((name) => wireService(name));
    await program.clock.advance(2_000);
    expect(program.under()).toBe('d');
    expect(program.table().index).toBe(3);
  });

  it('stays on its object when the order is turned round', async () => {
    const program = await createProgram({ services: ['b', 'd', 'f'].map((name) => wireService(name)) });
    await program.press('O');
    expect(program.names()).toEqual(['f', 'd', 'b']);
    expect(program.under()).toBe('b');
    await program.press('up');
    expect(program.under()).toBe('d');
  });

  it.each([
    ['down', 'c'],
    ['up', 'a'],
    ['G', 'c'],
    ['g', 'a'],
  ])('leaves a ghost with %s to the neighbour', async (key, name) => {
    const program = await createProgram({ services: ['a', 'b', 'c'].map((one) => wireService(one)) });
    await program.press('down');
    program.service.services = ['a', 'c'].map((one) => wireService(one));
    await program.clock.advance(4_000);
    expect(program.under()).toBeUndefined();
    await program.press(key);
    expect(program.under()).toBe(name);
  });

  it('returns to an object that comes back', async () => {
    const program = await createProgram({ services: ['a', 'b'].map((one) => wireService(one)) });
    program.service.services = [wireService('b')];
    await program.clock.advance(6_000);
    program.service.services = ['a', 'b'].map((one) => wireService(one));
    await program.clock.advance(2_000);
    expect(program.under()).toBe('a');
  });

  it('moves by pages and stops at the ends', async () => {
    const program = await createProgram({
      services: Array.from({ length: 30 }, (_, place) => wireService(`s${100 + place}`)),
    });
    await program.press('pgdn');
    expect(program.table().index).toBe(9);
    await program.press('ctrl-f', 'ctrl-f', 'ctrl-f', 'ctrl-f');
    expect(program.under()).toBe('s129');
    await program.press('j', 'down');
    expect(program.under()).toBe('s129');
    await program.press('home', 'k');
    expect(program.under()).toBe('s100');
  });
});

describe('the window', () => {
  it('moves as little as possible and never past the ends', () => {
    for (const length of [0, 1, 5, 20, 100]) {
      for (const page of [1, 5, 18]) {
        for (let index = 0; index < length; index++) {
          for (const top of [0, 3, 50, 99]) {
            const next = scrollTo(top, index, page, length);
            expect(next).toBeGreaterThanOrEqual(0);
            expect(next).toBeLessThanOrEqual(Math.max(0, length - page));
            expect(index).toBeGreaterThanOrEqual(next);
            expect(index).toBeLessThan(next + page);
            if (top <= length - page && top <= index && index < top + page) expect(next).toBe(top);
          }
        }
      }
    }
  });
});

describe('the filter', () => {
  const rows = [
    row('mnist', { Gpu: 0, Status: 'Running' }),
    row('llama-fp16', { Gpu: 8, Status: 'Failed', Message: 'no GPU left' }),
    row('llama-fp8', { Gpu: 1, Status: 'Waiting', Memory: 65_536 }),
    row('reap16', { Gpu: undefined, Status: 'Stopped' }),
  ];
  const passing = (text: string): string[] | string => {
    const filter = readFilter(services, text);
    return 'error' in filter ? filter.error : namesOf(rows.filter((one) => filter.test(one)));
  };

  it.each([
    ['', ['mnist', 'llama-fp16', 'llama-fp8', 'reap16']],
    ['   ', ['mnist', 'llama-fp16', 'llama-fp8', 'reap16']],
    ['LLAMA', ['llama-fp16', 'llama-fp8']],
    ['^llama.*8$', ['llama-fp8']],
    ['!llama', ['mnist', 'reap16']],
    ['llama !failed', ['llama-fp8']],
    ['llama failed', ['llama-fp16']],
    ['gpu left', ['llama-fp16']],
    ['-f lmf', ['llama-fp16', 'llama-fp8']],
    ['-f', ['mnist', 'llama-fp16', 'llama-fp8', 'reap16']],
    ['status:failed', ['llama-fp16']],
    ['STATUS:Failed', ['llama-fp16']],
    ['!status:failed', ['mnist', 'llama-fp8', 'reap16']],
    ['gpu:>0', ['llama-fp16', 'llama-fp8']],
    ['gpu:>=1 gpu:<8', ['llama-fp8']],
    ['gpu:=0', ['mnist']],
    ['gpu:<=1', ['mnist', 'llama-fp8']],
    ['mem:>1024', ['llama-fp8']],
    ['memory:64', ['llama-fp8']],
    ['!', ['mnist', 'llama-fp16', 'llama-fp8', 'reap16']],
  ])('%j', (text, names) => {
    expect(passing(text)).toEqual(names);
  });

  it.each([
    ['(', '"(" is not a valid expression; put \\ before a special character'],
    ['ok [a', '"[a" is not a valid expression; put \\ before a special character'],
    ['status:*', '"*" is not a valid expression; put \\ before a special character'],
    ['stauts:failed', 'no column stauts; did you mean status:'],
    ['zzzzzz:1', 'no column zzzzzz'],
    ['gpu:>', 'gpu:> needs a number, not ""'],
    ['gpu:>many', 'gpu:> needs a number, not "many"'],
  ])('%j is an error that says what is wrong', (text, error) => {
    expect(passing(text)).toBe(error);
  });

  it('takes text that begins with -f for text unless a space follows', () => {
    expect(passing('-fp16')).toEqual(['llama-fp16']);
  });

  it('takes a lone ! for "not", also with a space after it', () => {
    expect(passing('! llama')).toEqual(['mnist', 'reap16']);
  });
});

describe('filtering in the program', () => {
  const names = ['alpha', 'beta', 'gamma'].map((name) => wireService(name));

  it('works while it is typed, keeps the cursor where it can and enter keeps the filter', async () => {
    const program = await createProgram({ services: names });
    await program.press('G', '/');
    await program.type('mm');
    expect(program.names()).toEqual(['gamma']);
    expect(program.under()).toBe('gamma');
    await program.press('enter');
    expect(program.state().prompt).toBeUndefined();
    expect(program.table().filter).toBe('mm');
  });

  it('puts the cursor on the first row shown when its own is hidden', async () => {
    const program = await createProgram({ services: names });
    await program.press('/');
    await program.type('gam');
    expect(program.under()).toBe('gamma');
  });

  it('brings the filter before back with esc, and with a second esc shows all', async () => {
    const program = await createProgram({ services: names });
    await program.press('/');
    await program.type('beta');
    await program.press('enter', '/');
    await program.type('zzz');
    expect(program.names()).toEqual([]);
    await program.press('esc');
    expect(program.names()).toEqual(['beta']);
    await program.press('esc');
    expect(program.names()).toEqual(['alpha', 'beta', 'gamma']);
  });

  it('does not close on an expression that cannot be read, and says why', async () => {
    const program = await createProgram({ services: names });
    await program.press('/', '(', 'enter');
    expect(program.state().prompt?.error).toContain('not a valid expression');
    await program.type('a)');
    expect(program.state().prompt?.error).toBeUndefined();
    await program.press('enter');
    expect(program.state().prompt).toBeUndefined();
  });

  it('makes a ghost of a row that no longer passes because the service changed it', async () => {
    const program = await createProgram({ services: names });
    await program.press('/');
    await program.type('status:running');
    await program.press('enter');
    program.service.services = [wireService('alpha', { Status: 'Failed' }), ...names.slice(1)];
    await program.clock.advance(2_000);
    expect(program.cockpit.openTable()?.visible).toMatchObject({ ghost: 'hidden', index: 0 });
    await program.press('S');
    expect(program.state().dialog).toBeUndefined();
  });

  it('takes a paste as text in one line', async () => {
    const program = await createProgram({ services: names });
    await program.press('/');
    program.cockpit.paste(' be\nta\t');
    expect(program.state().prompt?.text).toBe('be ta');
    expect(program.names()).toEqual(['beta']);
  });

  it('shows faults only with f, and again all', async () => {
    const program = await createProgram({ services: [...names, wireService('delta', { Status: 'Failed' })] });
    await program.press('f');
    expect(program.names()).toEqual(['delta']);
    await program.press('f');
    expect(program.names()).toHaveLength(4);
  });
});
