import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operations } from '../../src/api/contract/operations.gen.ts';
import type { Screen } from '../../src/screens/define.ts';
import { screens } from '../../src/screens/index.ts';
import { verbs } from '../../src/state/verbs/index.ts';
import { layoutFor } from '../../src/ui/layout.ts';
import { lineWidth, textOf } from '../../src/ui/line.ts';
import { answersOf } from '../unit/screens/hostile-wire.ts';
import { createProgram, type Program } from '../unit/state/program.ts';
import { frameLines } from './frame-lines.ts';

const sizes = [[60, 15], [80, 24], [160, 45]] as const; // biome-ignore format: a list to be read as one

/** What would move the cursor, or is not seen and moves the rest. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069]/u;
const nonsense = /undefined|\bNaN\b|\[object|Infinity/;

/** Every operation of the contract, answered with its shape, fields missing or of other types, and hostile text. */
function answers(seed: number): Record<string, () => unknown> {
  const known = new Map<string, unknown>();
  const answer = (operation: string) => (): unknown => {
    if (!known.has(operation)) {
      const [made] = fc.sample(answersOf(operation), { numRuns: 1, seed: seed + operation.length });
      // What came over the wire: neither NaN nor undefined can.
      known.set(operation, JSON.parse(JSON.stringify(made)));
    }
    return known.get(operation);
  };
  return Object.fromEntries(Object.keys(operations).map((operation) => [operation, answer(operation)]));
}

/** Everything that is drawn and asked at this moment. */
function look({ cockpit, state }: Program, where: string): void {
  for (const [columns, rows] of sizes) {
    const lines = frameLines(cockpit, state(), layoutFor(columns, rows));
    expect(lines, where).toHaveLength(rows);
    for (const line of lines) {
      const text = textOf(line);
      expect(lineWidth(line), `${where}, ${columns}x${rows}: ${text}`).toBe(columns);
      expect(text, where).not.toMatch(unsafe);
      expect(text, where).not.toMatch(nonsense);
    }
  }
  const { dialog, messages } = state();
  for (const text of [dialog?.title ?? '', ...(dialog?.lines ?? []), ...messages.map((one) => one.text)]) {
    expect(text, `${where}, said`).not.toMatch(nonsense);
  }
}

/** Every key that does something on a screen: its own, and those of viewing. */
function keysOf({ cockpit }: Program): string[] {
  const own = cockpit.layers().flatMap(({ bindings }) => bindings.flatMap(({ keys }) => keys.slice(0, 1)));
  const leaves = ['q', 'ctrl-c', 'ctrl-z', ':', '/'];
  return [...new Set(own)].filter((key) => !leaves.includes(key));
}

describe.each(screens.map((screen): [string, Screen] => [screen.id, screen]))('%s', (_, screen) => {
  it('bears whatever the service answers, and every key on it: nothing throws, nothing senseless is drawn', async () => {
    const seen = { rows: 0, inside: 0 };
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), async (seed) => {
        const others = screens.filter((other) => other !== screen);
        const program = await createProgram({
          screens: [screen, ...others],
          verbs,
          answers: answers(seed),
          session: { readOnly: false },
        });
        look(program, screen.id);
        seen.rows += program.cockpit.openTable()?.visible.rows.length ?? 0;
        const keys = keysOf(program);
        for (const key of keys) {
          await program.press(key);
          look(program, `${screen.id} ${key}`);
          await program.clock.advance(400);
          look(program, `${screen.id} ${key}, later`);
          seen.inside += program.state().frames.length > 1 ? 1 : 0;
          for (let back = 0; back < 6 && (program.state().frames.length > 1 || program.state().dialog); back++) {
            await program.press('esc');
          }
          await program.press('esc');
        }
        program.cockpit.stop();
      }),
      { numRuns: 5, seed: 20260 },
    );
    // Nothing has been looked at otherwise; what is on this machine has no answers.
    if (!['ledger', 'uploads'].includes(screen.id)) expect(seen.rows).toBeGreaterThan(0);
    expect(seen.inside).toBeGreaterThan(0);
  });
});
