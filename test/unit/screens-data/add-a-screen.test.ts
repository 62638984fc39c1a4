import { describe, expect, it } from 'vitest';
import { defineScreen } from '../../../src/screens/define.ts';
import { screens } from '../../../src/screens/index.ts';

import { layoutFor } from '../../../src/ui/layout.ts';
import { createViewer } from '../../../src/ui/viewer.ts';
import { frameLines } from '../../ui/frame-lines.ts';
import { createProgram, type Program } from '../state/program.ts';

interface Fruit {
  readonly name: string;
  readonly weight: number;
}

/** All that a person who adds a screen writes. */
const extra = defineScreen<Fruit>({
  id: 'orchard',
  title: 'fruits',
  alias: ['orch'],
  needs: [],
  sort: { column: 'weight', descending: true },
  columns: [
    { id: 'name', title: 'NAME', width: 10, grow: true, value: (row) => row.name },
    { id: 'weight', title: 'GRAMS', width: 6, align: 'right', value: (row) => row.weight },
  ],
  async *list() {
    yield [
      { name: 'apple', weight: 180 },
      { name: 'melon', weight: 2400 },
      { name: 'plum', weight: 40 },
    ];
  },
  rowId: (row) => row.name,
  rowName: (row) => row.name,
  fault: (row) => (row.weight < 50 ? { word: 'too small', tone: 'warn' } : undefined),
  enter: () => ({ screen: 'services', scope: {} }),
  async describe(_api, row) {
    return [{ title: 'Fruit', fields: [{ name: 'Grams', value: row.weight }] }];
  },
  json: (row) => row,
});

const open = () => createProgram({ screens: [...screens, extra] });

const drawn = ({ cockpit, state }: Program): string =>
  frameLines(cockpit, state(), layoutFor(120, 40))
    .map((line) => line.map(({ text }) => text).join(''))
    .join('\n');

async function command(program: Program, line: string): Promise<void> {
  await program.press(':');
  await program.type(line);
  await program.press('enter');
}

describe('a screen that is added to the list of screens', () => {
  it.each(['orchard', 'orch'])('is opened by :%s and drawn as a table', async (name) => {
    const program = await open();
    await command(program, name);
    expect(program.table().screen).toBe('orchard');
    expect(program.names()).toEqual(['melon', 'apple', 'plum']);
    const text = drawn(program);
    expect(text).toContain('fruits(cn-test)[3] 1 too small');
    expect(text).toMatch(/NAME\s+GRAMS↓/);
    expect(text).toMatch(/melon\s+2400/);
  });

  it('is completed on the command line', async () => {
    const program = await open();
    await program.press(':');
    await program.type('orc');
    await program.press('tab');
    expect(['orchard ', 'orch ']).toContain(program.state().prompt?.text);
  });

  it('is in the help', async () => {
    const program = await open();
    await program.press('?');
    const page = createViewer()(program.cockpit, program.state(), program.view(), 116);
    expect(page.map((line) => line.map(({ text }) => text).join('')).join('\n')).toContain(':orchard :orch');
  });

  it('is filtered, sorted, described, shown as JSON, searched for faults and left as every other', async () => {
    const program = await open();
    await command(program, 'orchard');
    await program.press('/');
    await program.type('grams:>100');
    await program.press('enter');
    expect(program.names()).toEqual(['melon', 'apple']);
    await program.press('esc', 'f');
    expect(program.names()).toEqual(['plum']);
    await program.press('f', '<', 'O');
    expect(program.names()).toEqual(['apple', 'melon', 'plum']);
    await program.press('g', 'd');
    expect(program.view().view).toBe('describe');
    expect(drawn(program)).toMatch(/Grams\s+180/);
    await program.press('esc', 'y');
    expect(drawn(program)).toContain('"weight"');
    await program.press('esc', 'enter');
    expect(program.table().screen).toBe('services');
  });
});
