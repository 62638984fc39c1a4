import { expect, it } from 'vitest';
import { layoutFor } from '../../../src/ui/layout.ts';
import { textOf } from '../../../src/ui/line.ts';
import { frameLines } from '../../ui/frame-lines.ts';
import { createProgram, type Program, wireService, wireWorker } from './program.ts';

const many = (count: number) =>
  Array.from({ length: count }, (_, place) => wireService(`s${String(place).padStart(5, '0')}`));

const reads = ({ service }: Program): number =>
  service.of('ListServices').filter(({ params }) => params['PageNumber'] === 1).length;

const header = ({ cockpit, state }: Program, columns = 80, rows = 24): string =>
  frameLines(cockpit, state(), layoutFor(columns, rows)).slice(0, 4).map(textOf).join('\n');

it('a list of many pages is read once in as many seconds, and the header says so', async () => {
  const program = await createProgram({ services: many(1_000), refreshMs: 2_000 });
  expect(reads(program)).toBe(1);
  await program.clock.advance(9_000);
  expect(reads(program)).toBe(1);
  await program.clock.advance(2_000);
  expect(reads(program)).toBe(2);
  for (const size of [
    [80, 24],
    [120, 30],
  ] as const)
    expect(header(program, ...size)).toContain('every 10s');
});

it('the usual pace is kept where it is the slower one, and nothing is said of it', async () => {
  const program = await createProgram({ services: many(300), refreshMs: 5_000 });
  await program.clock.advance(4_000);
  expect(reads(program)).toBe(1);
  await program.clock.advance(2_000);
  expect(reads(program)).toBe(2);
  expect(header(program)).not.toContain('every');
});

it('leaving it and coming back, a focus that comes and goes, and what was sent ask for no more', async () => {
  const program = await createProgram({ services: many(1_000), refreshMs: 2_000 });
  program.service.workers = [wireWorker('w')];
  for (let time = 0; time < 3; time++) {
    await program.press('enter');
    await program.press('esc');
    program.cockpit.refresh();
    await program.clock.advance(100);
  }
  await program.press('+', 'enter');
  await program.clock.advance(500);
  expect(program.service.of('ScaleService')).toHaveLength(1);
  expect(reads(program)).toBe(1);
  // The rows are there meanwhile, as old as they are.
  expect(program.names()).toHaveLength(1_000);
  expect(program.state().sources['services{}']?.at).toBeLessThanOrEqual(program.clock.now() - 700);
  await program.clock.advance(10_000);
  expect(reads(program)).toBe(2);
});

it('ctrl-r is obeyed at once', async () => {
  const program = await createProgram({ services: many(1_000), refreshMs: 2_000 });
  await program.press('ctrl-r');
  expect(reads(program)).toBe(2);
});

it('a list of one page is read anew whenever it is opened', async () => {
  const program = await createProgram({ services: many(20), refreshMs: 2_000 });
  await program.press('enter');
  await program.press('esc');
  expect(reads(program)).toBe(2);
});

it('a description that has to look through many pages is read as rarely as they are', async () => {
  const all = Array.from({ length: 950 }, (_, place) => ({ Name: `g${String(place).padStart(3, '0')}` }));
  const answer = ({ PageNumber, PageSize }: Record<string, unknown>) => ({
    PageNumber,
    PageSize,
    TotalCount: all.length,
    Groups: all.slice((Number(PageNumber) - 1) * Number(PageSize), Number(PageNumber) * Number(PageSize)),
  });
  const program = await createProgram({ refreshMs: 2_000, answers: { ['ListGroups']: answer } });
  await program.press(':');
  await program.type('groups');
  await program.press('enter');
  await program.clock.advance(400);
  await program.press('G', 'd');
  const asked = () => program.service.of('ListGroups').length;
  await program.clock.advance(400);
  const before = asked();
  expect(before).toBe(20);
  await program.clock.advance(8_000);
  expect(asked()).toBe(before);
  await program.clock.advance(3_000);
  expect(asked()).toBe(before + 10);
});
