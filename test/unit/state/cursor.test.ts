import { describe, expect, it } from 'vitest';
import { createProgram, wireService } from './program.ts';

const fleet = () => createProgram({ services: ['a', 'b', 'c'].map((name) => wireService(name)) });

describe('where nothing is shown there is no cursor, and then it is where it was', () => {
  it.each(['esc', 'enter'])('after a filter that nothing passes, left with %s', async (key) => {
    const program = await fleet();
    await program.press('j', '/');
    await program.type('zzz');
    expect(program.under()).toBeUndefined();
    await program.press(key);
    // One more for the filter that was kept. Nothing was read meanwhile.
    if (key === 'enter') await program.press('esc');
    expect(program.under()).toBe('b');
  });

  it('after a letter less in the filter', async () => {
    const program = await fleet();
    await program.press('j', '/');
    await program.type('bz');
    await program.press('backspace');
    expect(program.under()).toBe('b');
  });

  it('after only faults were looked for, and there are none', async () => {
    const program = await fleet();
    await program.press('G', 'f');
    expect(program.under()).toBeUndefined();
    await program.press('esc');
    expect(program.under()).toBe('c');
  });
});
