import { describe, expect, it } from 'vitest';
import { type Binding, dispatch, type Layer, reachable } from '../../../src/keys/binding.ts';
import { parseChord } from '../../../src/keys/chord.ts';
import type { Commands } from '../../../src/keys/commands.ts';
import { layers } from '../../../src/keys/tables.ts';
import { screens } from '../../../src/screens/index.ts';
import { createProgram, wireService, wireWorker } from '../state/program.ts';

type Log = string[];

const key = (id: string, keys: string[], more: Partial<Binding<Log>> = {}): Binding<Log> => ({
  id,
  keys,
  title: id,
  group: 'app',
  run: (log) => log.push(id),
  ...more,
});
const layer = (id: string, bindings: Binding<Log>[], more: Partial<Layer<Log>> = {}): Layer<Log> => ({
  id,
  title: id,
  bindings,
  ...more,
});

describe('dispatch', () => {
  const low = layer('low', [key('low-a', ['a']), key('low-b', ['b', 'enter'])]);
  const high = layer('high', [key('high-a', ['a'])]);

  it('gives a chord to the topmost layer that knows it', () => {
    const log: Log = [];
    expect(dispatch([low, high], 'a', log)).toEqual({ kind: 'ran', id: 'high-a' });
    expect(dispatch([low, high], 'enter', log)).toEqual({ kind: 'ran', id: 'low-b' });
    expect(dispatch([low, high], 'c', log)).toEqual({ kind: 'unknown' });
    expect(log).toEqual(['high-a', 'low-b']);
  });

  it('tells why a key is off and lets no layer below have it', () => {
    const log: Log = [];
    const off = layer('off', [key('off-a', ['a'], { off: () => 'not now' })]);
    expect(dispatch([low, off], 'a', log)).toEqual({ kind: 'off', reason: 'not now' });
    expect(log).toEqual([]);
  });

  it('stops at a modal layer', () => {
    const log: Log = [];
    expect(dispatch([low, { ...high, modal: true }], 'b', log)).toEqual({ kind: 'unknown' });
    expect(log).toEqual([]);
  });

  it('lets a key about the terminal through a modal layer, but not out of a text field', () => {
    const log: Log = [];
    const ground = layer('ground', [key('draw', ['ctrl-l', 'x'], { always: true })]);
    const modal = { ...high, modal: true };
    expect(dispatch([ground, low, modal], 'ctrl-l', log)).toEqual({ kind: 'ran', id: 'draw' });
    expect(dispatch([ground, { ...modal, type: (to, text) => to.push(text) }], 'x', log)).toEqual({ kind: 'typed' });
    expect(log).toEqual(['draw', 'x']);
  });

  it('types what can be printed and hands named keys to bindings', () => {
    const log: Log = [];
    const field = layer('field', [key('letter', ['x']), key('go', ['enter'])], {
      type: (to, text) => to.push(`"${text}"`),
    });
    for (const chord of ['x', 'space', '你', '👍', 'enter', 'ctrl-x', 'alt-x']) dispatch([low, field], chord, log);
    expect(log).toEqual(['"x"', '" "', '"你"', '"👍"', 'go']);
  });

  it('lists what can be reached, top first, without what is covered', () => {
    const ids = (all: Layer<Log>[]) => reachable(all).map(({ id }) => id);
    expect(ids([low, high])).toEqual(['high-a', 'low-b']);
    expect(ids([low, { ...high, modal: true }])).toEqual(['high-a']);
  });
});

/** Every stack of layers that the program can have, by the way to it. */
async function stacks(): Promise<Record<string, readonly Layer<Commands>[]>> {
  const ways: Record<string, string[]> = {
    services: [],
    workers: ['enter'],
    describe: ['d'],
    json: ['y'],
    help: ['?'],
    messages: [':', ...'messages', 'enter'],
    ledger: ['L'],
    staged: ['+'],
    dialog: ['S'],
    'typed dialog': ['*', 'S'],
    command: [':'],
    filter: ['/'],
    find: ['d', '/'],
    'filter of workers': ['enter', '/'],
  };
  const found: Record<string, readonly Layer<Commands>[]> = {};
  for (const [way, keys] of Object.entries(ways)) {
    const program = await createProgram({
      services: Array.from({ length: 12 }, (_, place) => wireService(`s${place}`)),
    });
    program.service.workers = [wireWorker('w')];
    for (const chord of keys) {
      await program.press(chord);
      await program.clock.advance(400);
    }
    found[way] = program.cockpit.layers();
  }
  return found;
}

const chordsOf = (all: readonly Layer<Commands>[]) =>
  all.flatMap(({ id, bindings }) => bindings.flatMap((binding) => binding.keys.map((chord) => [chord, id] as const)));

/** Everything that is bound anywhere. */
const bound = [
  ...chordsOf(Object.values<Layer<Commands>>(layers)),
  ...screens.flatMap(({ id, actions = [], links = [] }) =>
    [...actions, ...links].flatMap(({ keys }) => keys.map((chord) => [chord, id] as const)),
  ),
];

describe('the tables of keys', () => {
  it('spell every chord as it arrives', () => {
    for (const [chord] of bound) expect(parseChord(chord)).toBe(chord);
  });

  it.each([
    'ctrl-w',
    'ctrl-n',
    'ctrl-t',
    'ctrl-b',
    'ctrl-a',
    'ctrl-space',
    'ctrl-i',
    'ctrl-m',
    'ctrl-j',
    'ctrl-h',
    'ctrl-[',
  ])('never bind %s, which belongs to somebody else or is another key', (chord) => {
    expect(bound.filter(([one]) => one === chord)).toEqual([]);
  });

  it('bind a chord once among the layers that are alive together', async () => {
    for (const [way, live] of Object.entries(await stacks())) {
      const modal = live.findLastIndex((one) => one.modal);
      const seen = new Map<string, string>();
      for (const [chord, id] of chordsOf(live.slice(Math.max(0, modal)))) {
        expect(seen.get(chord), `${chord} with ${way}: ${seen.get(chord)} and ${id}`).toBeUndefined();
        seen.set(chord, id);
      }
    }
  });

  it('give every binding of a layer an id and a title of its own', () => {
    for (const { bindings } of Object.values<Layer<Commands>>(layers)) {
      const ids = bindings.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { title, keys } of bindings) {
        expect(title).toMatch(/\S/);
        expect(keys.length).toBeGreaterThan(0);
      }
    }
  });

  it('draw anew and stop the program wherever one is', async () => {
    for (const [way, live] of Object.entries(await stacks())) {
      const done: string[] = [];
      const commands = { repaint: () => done.push('repaint'), suspend: () => done.push('suspend') };
      for (const chord of ['ctrl-l', 'ctrl-z']) dispatch(live, chord, commands as unknown as Commands);
      expect(done, way).toEqual(['repaint', 'suspend']);
    }
  });

  it('have a way out with esc and with ctrl-c wherever one is', async () => {
    for (const [way, live] of Object.entries(await stacks())) {
      const chords = reachable(live).flatMap(({ keys }) => keys);
      expect(chords, way).toContain('esc');
      expect(chords, way).toContain('ctrl-c');
    }
  });

  it('offer the keys of viewers alone in viewers', async () => {
    const { describe: live = [] } = await stacks();
    const ids = live.map(({ id }) => id);
    expect(ids).toEqual(['app', 'viewer']);
  });

  it('bind every key that experience names for what is there', async () => {
    const { services = [] } = await stacks();
    const chords = reachable(services).flatMap(({ keys }) => keys);
    for (const chord of [
      ...['j', 'k', 'up', 'down', 'g', 'G', 'ctrl-f', 'pgup', 'pgdn', 'home', 'end', 'enter', 'esc', ':', '/', '?'],
      ...['+', '-', '=', 's', 'S', 'r', 'u', 'd', 'y', 'c', 'f', 'W', 'ctrl-r', 'p', '[', ']', 'q', 'ctrl-c', '<', '>'],
      ...['shift-left', 'shift-right', 'O'],
    ]) {
      expect(chords).toContain(chord);
    }
  });
});
