import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operations } from '../../../src/api/contract/operations.gen.ts';
import type { Service } from '../../../src/api/services.ts';
import { clean } from '../../../src/lib/clean.ts';
import { widthOf } from '../../../src/lib/width.ts';
import type { Action, Api, Screen } from '../../../src/screens/define.ts';
import { screens } from '../../../src/screens/index.ts';
import type { LedgerRow } from '../../../src/screens/ledger.ts';
import { createFakeService, wireService, wireWorker } from '../state/program.ts';
import { answersOf, hostileText } from './hostile-wire.ts';

const all: readonly Screen[] = screens;
const scopeOf = (screen: Screen) => Object.fromEntries(screen.needs.map((need) => [need, 'x']));
const { signal } = new AbortController();
const now = Date.UTC(2026, 0, 1);

/** Which operations a screen reads when it is listed: found by listing it. */
async function operationsOf(screen: Screen): Promise<string[]> {
  const asked = new Set<string>();
  const service = createFakeService(() => now);
  const api = { ...service.client, call: async (name: string) => asked.add(name) && {} } as unknown as Api;
  for await (const _page of screen.list(api, scopeOf(screen), signal)) break;
  return [...asked];
}

async function rowsOf(screen: Screen, answer: (operation: string) => unknown, entries: LedgerRow[] = []) {
  const api = {
    ...createFakeService(() => now).client,
    call: async (operation: string) => answer(operation),
    ledger: { entries: async () => entries },
  } as unknown as Api;
  const rows: unknown[] = [];
  for await (const page of screen.list(api, scopeOf(screen), signal)) rows.push(...page);
  return rows;
}

const ledgerRow: fc.Arbitrary<LedgerRow> = fc.record({
  id: fc.uuid(),
  at: fc.option(fc.double(), { nil: undefined }),
  who: fc.option(hostileText, { nil: undefined }),
  region: fc.option(hostileText, { nil: undefined }),
  target: hostileText,
  // Of hostile ones it is told that they are not known.
  screen: fc.constant(undefined),
  scope: fc.constant(undefined),
  words: hostileText,
  cli: fc.option(hostileText, { nil: undefined }),
  outcome: fc.option(fc.oneof(hostileText, fc.constantFrom('accepted', 'refused')), { nil: undefined }),
  requestId: fc.option(hostileText, { nil: undefined }),
  message: fc.option(hostileText, { nil: undefined }),
  raw: fc.constant({}),
});

/** Rows of a screen out of whatever a service could answer. */
async function hostileRows(screen: Screen): Promise<fc.Arbitrary<() => Promise<unknown[]>>> {
  const names = await operationsOf(screen);
  return fc
    .tuple(
      fc.record(Object.fromEntries(names.map((name) => [name, answersOf(name)]))),
      fc.array(ledgerRow, { maxLength: 5 }),
    )
    .map(
      ([answers, entries]) =>
        () =>
          rowsOf(screen, (name) => (answers as Record<string, unknown>)[name] ?? {}, entries),
    );
}

/** What must never be read on a screen. Hostile texts do not contain these words, so they come from us. */
const nonsense = /undefined|\bNaN\b|\[object|Infinity/;

const check = (text: string, where: string): void => {
  expect(text, where).not.toMatch(nonsense);
  // Cleaned text is what it is when it is cleaned again.
  expect(clean(text, 5_000), where).toBe(text);
};

describe.each(all.map((screen) => [screen.id, screen] as const))('%s', (_id, screen) => {
  it('fits into a narrow terminal when all columns are dropped that may be', () => {
    const kept = screen.columns.filter(({ drop, wide }) => drop === undefined && !wide);
    const cells = kept.reduce((sum, { width }) => sum + width + 2, -2);
    expect(cells, kept.map(({ id }) => id).join(' ')).toBeLessThanOrEqual(76);
  });

  it('has columns, a sort and keys that are well formed', () => {
    const ids = screen.columns.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain(screen.sort.column);
    expect(screen.columns.filter(({ grow }) => grow).length).toBeLessThanOrEqual(1);
    for (const { title, width } of screen.columns)
      expect(widthOf(title), title).toBeLessThanOrEqual(Math.max(width, 15));
    const keys = [...(screen.actions ?? []), ...(screen.links ?? [])].flatMap((one) => one.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('shows words and numbers for whatever the service answers', async () => {
    await fc.assert(
      fc.asyncProperty(await hostileRows(screen), async (rows) => {
        for (const row of await rows()) {
          expect(typeof screen.rowId(row)).toBe('string');
          expect(typeof screen.rowName(row)).toBe('string');
          for (const column of screen.columns) {
            const value = column.value(row);
            expect(['string', 'number', 'boolean', 'undefined'], column.id).toContain(typeof value);
            const text = column.text ? column.text(row, now) : clean(value);
            // The reason of a worker's last run is the expected failure below.
            if (column.id !== 'last') check(text, `${screen.id}.${column.id}`);
            column.tone?.(row);
          }
          const fault = screen.fault?.(row);
          if (fault) check(fault.word, 'fault');
        }
      }),
      { numRuns: 150 },
    );
  });

  it('leads to screens that exist, with all they need', async () => {
    await fc.assert(
      fc.asyncProperty(await hostileRows(screen), async (rows) => {
        for (const row of await rows()) {
          const ways = [
            screen.enter?.(row, scopeOf(screen)),
            ...(screen.links ?? []).map((link) => link.to(row, scopeOf(screen))),
          ];
          for (const to of ways) {
            if (!to) continue;
            const target = all.find(({ id }) => id === to.screen);
            expect(target, to.screen).toBeDefined();
            for (const need of target?.needs ?? []) expect(to.scope[need], need).toBeTypeOf('string');
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has actions that say what they do, and an undo or a question before each', async () => {
    await fc.assert(
      fc.asyncProperty(await hostileRows(screen), fc.nat(10), async (rows, number) => {
        for (const row of await rows()) {
          for (const action of screen.actions ?? []) {
            for (const input of inputsOf(action, number)) checkAction(screen, action, row, input);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

function inputsOf({ stage, choices }: Action<unknown>, number: number): number[] {
  if (choices) return choices.map(({ value }) => value);
  return stage ? [stage.min, Math.max(stage.min, Math.min(stage.max, number)), stage.max] : [0];
}

function checkAction(screen: Screen, action: Action<unknown>, row: unknown, input: number): void {
  const where = `${screen.id}.${action.id}`;
  expect(operations[action.operation].read, `${where} is sent by ${action.operation}`).toBe(false);
  for (const tense of ['will', 'did'] as const) expect(action.words(row, input, tense), where).not.toMatch(nonsense);
  expect(action.cli(row, input), where).not.toMatch(nonsense);
  // What eascmd lacks is said as a comment of a shell.
  expect(action.cli(row, input), where).toMatch(/^(eascmd|#) \S/);
  const reason = action.guard?.(row);
  if (reason !== undefined) {
    expect(reason, where).not.toMatch(nonsense);
    return;
  }
  const confirm = action.confirm?.(row, input);
  const undo = action.undo?.(row, input);
  // A lock of a name nobody knows is the case below.
  const known = action.id !== 'lock' || /^(none|dangerous|all)?$/i.test((row as Service).safetyLock ?? '');
  expect(
    !known || confirm !== undefined || undo !== undefined,
    `${where} neither asks nor can be undone: ${JSON.stringify(row)}`,
  ).toBe(true);
  for (const line of confirm?.effects ?? []) expect(line, where).not.toMatch(nonsense);
  if (undo) {
    const inverse = screen.actions?.find(({ id }) => id === undo.action);
    expect(inverse, `${where} is undone by ${undo.action}`).toBeDefined();
    if (inverse?.choices) expect(inverse.choices.map(({ value }) => value)).toContain(undo.input);
  }
  const patch = action.patch?.(row, input);
  // What is hoped for is what the service is expected to say: else the hope could never come true.
  if (patch) expect(action.agrees({ ...(row as object), ...patch }, input, row), where).toBe(true);
  const gone = action.goal(undefined, input, row, 60_000, false);
  expect(gone, where).not.toBe('pending');
}

describe('workers', () => {
  it('say how the last run ended, whatever type the service gives its reason', async () => {
    const screen = all.find(({ id }) => id === 'workers');
    if (!screen) throw new Error('there are no workers');
    const LastState = [{ reason: { code: 1 }, exitCode: { code: 2 } }];
    const [row] = await rowsOf(screen, () => ({ Instances: [wireWorker('w', { LastState })] }));
    const last = screen.columns.find(({ id }) => id === 'last');
    expect(last?.text?.(row, now)).not.toMatch(nonsense);
  });
});

describe('the actions of services', () => {
  const services = all.find(({ id }) => id === 'services');
  const rows = async (more: object) => {
    if (!services) throw new Error('there are no services');
    const [row] = await rowsOf(services, () => ({ Services: [wireService('a', { ...more })] }));
    return { row, action: (id: string) => services.actions?.find((one) => one.id === id) };
  };
  const goal = async (id: string, before: object, after: object, input = 0, elapsed = 60_000) => {
    const was = await rows(before);
    const is = await rows(after);
    const action = is.action(id);
    return action?.goal(is.row, input, was.row, elapsed, action.agrees(is.row, input, was.row));
  };

  it.each([
    ['scale', {}, { TotalInstance: 5, RunningInstance: 4 }, 5, 'pending'],
    ['scale', {}, { TotalInstance: 5, RunningInstance: 5 }, 5, 'done'],
    ['scale', {}, { TotalInstance: 5, Status: 'Failed', Message: 'no' }, 5, { failed: 'no' }],
    ['scale', {}, { TotalInstance: 0, RunningInstance: 0 }, 0, 'done'],
    ['stop', {}, { Status: 'Stopping' }, 0, 'pending'],
    ['stop', {}, { Status: 'Running' }, 0, 'pending'],
    ['stop', {}, { Status: 'stopped' }, 0, 'done'],
    ['stop', {}, { Status: 'Failed', Message: 'no' }, 0, { failed: 'no' }],
    ['start', { Status: 'Stopped' }, { Status: 'Stopped' }, 0, 'pending'],
    ['start', { Status: 'Stopped' }, { Status: 'Starting' }, 0, 'pending'],
    ['start', { Status: 'Stopped' }, { Status: 'Running', RunningInstance: 1 }, 0, 'pending'],
    ['start', { Status: 'Stopped' }, { Status: 'Running' }, 0, 'done'],
    ['start', { Status: 'Stopped' }, { Status: 'Failed', Message: 'no' }, 0, { failed: 'no' }],
    ['restart', {}, {}, 0, 'pending'],
    ['restart', {}, { Status: 'Updating' }, 0, 'pending'],
    ['restart', {}, { UpdateTime: '2026-01-01T00:00:00Z' }, 0, 'done'],
    ['restart', {}, { Status: 'Failed', Message: 'no' }, 0, { failed: 'no' }],
  ])('%s: from %j to %j with %j is %j', async (id, before, after, input, end) => {
    expect(await goal(id, before, after, input)).toEqual(end);
  });

  it('does not wait for workers of a stopped service', async () => {
    const stopped = { Status: 'Stopped', RunningInstance: 0 };
    expect(await goal('scale', stopped, { ...stopped, TotalInstance: 5 }, 5)).toBe('done');
  });

  it('asks before it replaces a lock it could not set again', async () => {
    const { row, action } = await rows({ SafetyLock: 'readonly' });
    const lock = action('lock');
    expect(lock?.confirm?.(row, 0) ?? lock?.undo?.(row, 0)).toBeDefined();
  });

  it('does not call a restart of a failed service done or failed before anything has changed', async () => {
    const was = { Status: 'Failed', RunningInstance: 0 };
    expect(await goal('restart', was, was, 0, 1_000)).toBe('pending');
    expect(await goal('restart', was, { Status: 'Running' })).toBe('done');
  });
});
