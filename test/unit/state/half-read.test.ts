import { expect, it } from 'vitest';
import { ApiError } from '../../../src/api/errors.ts';
import { layoutFor } from '../../../src/ui/layout.ts';
import { textOf } from '../../../src/ui/line.ts';
import { frameLines } from '../../ui/frame-lines.ts';
import { createProgram, type Program, wireService } from './program.ts';

const all = Array.from({ length: 300 }, (_, place) => wireService(`s${String(place).padStart(3, '0')}`));
/** Three pages, of which the second fails while it is broken. */
function listing(now: { breaks: boolean }) {
  const answer = ({ PageNumber }: Record<string, unknown>) => {
    if (now.breaks && PageNumber === 2) {
      throw new ApiError({ kind: 'server', code: 'ServiceUnavailable', message: 'try later', requestId: 'R-7' });
    }
    const from = (Number(PageNumber) - 1) * 100;
    return { PageNumber, PageSize: 100, TotalCount: all.length, Services: all.slice(from, from + 100) };
  };
  return { ['ListServices']: answer };
}

const screen = ({ cockpit, state }: Program): string =>
  frameLines(cockpit, state(), layoutFor(120, 30)).map(textOf).join('\n');

it('a list that breaks off between its pages changes nothing of what is shown, says so, and mends itself', async () => {
  const now = { breaks: false };
  const program = await createProgram({ answers: listing(now) });
  expect(program.names()).toHaveLength(300);
  now.breaks = true;
  await program.clock.advance(10_000);
  expect(program.names()).toHaveLength(300);
  expect(screen(program)).toContain('services(cn-test)[300]');
  expect(screen(program)).toMatch(/services \d+s ✗ ServiceUnavailable/);
  expect(screen(program)).toMatch(/✗ ServiceUnavailable · retry in \d+s · ctrl-r now · try later/);
  expect(screen(program)).toMatch(/request R-7/);
  expect(screen(program)).not.toContain('✓ ·');
  await program.press('down');
  expect(program.under()).toBe('s001');
  now.breaks = false;
  await program.clock.advance(60_000);
  expect(screen(program)).toMatch(/services \d+s ✓/);
});

it('a first read that breaks off shows what came, never as the whole', async () => {
  const now = { breaks: true };
  const program = await createProgram({ answers: listing(now) });
  await program.clock.advance(5_000);
  expect(program.names().length).toBeLessThanOrEqual(100);
  expect(screen(program)).toMatch(/services \d+s ✗ ServiceUnavailable/);
  expect(screen(program)).not.toMatch(/services \d+s ✓/);
  expect(screen(program)).toMatch(/✗ ServiceUnavailable · retry in \d+s · ctrl-r now/);
  now.breaks = false;
  await program.clock.advance(60_000);
  expect(program.names()).toHaveLength(300);
});
