import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { clean, cleanLines } from '../../../src/lib/clean.ts';
import { widthOf } from '../../../src/lib/width.ts';

/** What a terminal of one long row shows of a text, and the column where its cursor then is. */
async function shown(text: string): Promise<{ row: string; column: number; title: string; rows: string }> {
  const terminal = new Terminal({ cols: 2_000, rows: 3, allowProposedApi: true });
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  let title = '';
  terminal.onTitleChange((changed) => {
    title = changed;
  });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const buffer = terminal.buffer.active;
  const line = (index: number) => buffer.getLine(index)?.translateToString(true) ?? '';
  const result = { row: line(0), column: buffer.cursorX, title, rows: line(1) + line(2) };
  terminal.dispose();
  return result;
}

const ESC = '\u001b';

describe('clean', () => {
  it.each([
    ['\u{11a84}\\', '\\u{11a84}\\'],
    ['\u{11a84}a', '\\u{11a84}a'],
    ['\u0600\\x5c', '\\u0600\\x5c'],
    ['\u{110bd}\u{11a84} ', '\\u{110bd}\\u{11a84} '],
  ])('escapes a sign that takes what follows into its cell, and comes to an end: %j', (text, shown) => {
    expect(clean(text)).toBe(shown);
  });

  it('returns plain ASCII as the same string', () => {
    expect(clean('mnist_saved_model [1/2] ~')).toBe('mnist_saved_model [1/2] ~');
    expect(clean('')).toBe('');
  });

  it.each([
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    [`${ESC}[31mred`, '\\x1b[31mred'],
    [`${ESC}]52;c;cm0gLXJm\u0007`, '\\x1b]52;c;cm0gLXJm\\x07'],
    [`${ESC}]0;owned${ESC}\\`, '\\x1b]0;owned\\x1b\\'],
    ['\u009b31m', '\\x9b31m'],
    ['\u0000\u007f', '\\x00\\x7f'],
    ['abc\u202edef\u2066x\u2069', 'abc\\u202edef\\u2066x\\u2069'],
    ['a\u200bb\u200d\ufeffc\u00ad', 'a\\u200bb\\u200d\\ufeffc\\xad'],
    ['a\u2028b\u2029', 'a\\u2028b\\u2029'],
    ['\ud83dx\ude00', '\\ud83dx\\ude00'],
    ['\u{e0041}\ue000\u{f0000}\u0378', '\\u{e0041}\\ue000\\u{f0000}\\u0378'],
    ['模型 ﾃｽﾄ ñ ─│ ✓ 🚀', '模型 ﾃｽﾄ ñ ─│ ✓ 🚀'],
    ['e\u0301\u0302x', 'e\u0301\u0302x'],
    ['e\u0301\u0302\u0303', 'e\u0301\u0302\\u0303'],
    ['\u0301x', '\\u0301x'],
    ['⚠️ ❤️', '⚠ ❤'],
    ['❤\ufe0f\ufe0f', '❤\\ufe0f'],
    ['👨‍👩', '👨\\u200d👩'],
    ['👍🏽', '👍\\u{1f3fd}'],
    ['1️⃣', '1\\ufe0f\\u20e3'],
    ['🇨🇳 🇦🇦', '🇨🇳 🇦\\u{1f1e6}'],
    ['\u1112\u1161\u11ab', '\u1112\u1161\u11ab'],
    ['\u1161 \u1112\u1112\u1161', '\\u1161 \u1112\\u1112\\u1161'],
    ['🥲', '\\u{1f972}'],
    ['กำ', 'ก\\u0e33'],
  ])('%j is shown as %j', (text, safe) => expect(clean(text)).toBe(safe));

  it.each([
    [undefined, '-'],
    [null, '-'],
    [Number.NaN, '-'],
    [Number.POSITIVE_INFINITY, '-'],
    [() => 1, '-'],
    [0, '0'],
    [-1.5, '-1.5'],
    [false, 'false'],
    [12n, '12'],
    [{ a: [1, null], b: 'x\ny' }, '{"a":[1,null],"b":"x\\ny"}'],
    [[], '[]'],
    [{ text: '\u202e' }, '{"text":"\\u202e"}'],
    [new Error('no\nroute'), 'no\\nroute'],
    [Object.assign([], { toJSON: () => undefined }), '-'],
  ])('%o is shown as %j', (value, safe) => expect(clean(value)).toBe(safe));

  it('never throws on what cannot be shown', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(clean(cycle)).toBe('(unreadable)');
    expect(clean({ n: 1n })).toBe('(unreadable)');
    expect(clean(Symbol('x'))).toBe('Symbol(x)');
    expect(clean(Object.create(null))).toBe('{}');
  });

  it('cuts to the cells asked for', () => {
    expect(clean('x'.repeat(300))).toBe('x'.repeat(300));
    expect(clean('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
    expect(clean('模'.repeat(200), 10)).toBe('模模模模…');
    expect(clean('abc', 1)).toBe('…');
    expect(clean('abc', 0)).toBe('');
    expect(clean('\n\n', 3)).toBe('\\n…');
    const marks = `❤\ufe0f\u0301\u0301`.repeat(10);
    expect(widthOf(clean(marks, 8))).toBe(8);
  });

  it('takes no time for 20 MB', () => {
    const started = performance.now();
    for (const piece of ['x', '模', 'e\u0301', '\u0301', ESC, '❤\ufe0f'])
      clean(piece.repeat(20_000_000 / piece.length));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  const hostile = fc.string({
    unit: fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom(
        ESC,
        '[',
        ']',
        '0;',
        'm',
        '\n',
        '\t',
        '\u009b',
        '\u202e',
        '\u200d',
        '\ufe0f',
        '\u0301',
        '🏽',
        '👨',
        '🇨',
        '🇳',
      ),
      fc.constantFrom(
        '\u1100',
        '\u1161',
        '\u11a8',
        '\uac00',
        'ก',
        '\u0e33',
        'क',
        '\u094d',
        'ष',
        '\u093f',
        '\u0600',
        '\ud800',
        '\udc00',
        'ﾞ',
        '模',
      ),
    ),
    maxLength: 40,
  });

  it('is counted alike by us, by Ink and by the terminal, and moves nothing outside its cells', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const safe = clean(text, 60);
        const cells = widthOf(safe);
        expect(cells).toBeLessThanOrEqual(60);
        expect(stringWidth(safe)).toBe(cells);
        expect(await shown(`${safe}|`)).toEqual({ row: `${safe}|`, column: cells + 1, title: '', rows: '' });
      }),
      { numRuns: 400 },
    );
  });

  it('changes nothing that is clean already', () => {
    fc.assert(fc.property(hostile, (text) => clean(clean(text)) === clean(text)));
  });
});

describe('cleanLines', () => {
  it('splits at newlines and cleans each line', () => {
    expect(cleanLines('one\r\ntwo\n\nfour\u0007\n')).toEqual(['one', 'two', '', 'four\\x07']);
    expect(cleanLines('50%\r60%')).toEqual(['50%\\r60%']);
    expect(cleanLines('')).toEqual(['']);
    expect(cleanLines('\n')).toEqual(['']);
  });

  it('expands tabs to columns of what is shown', () => {
    expect(cleanLines('\ta\tb')).toEqual(['    a   b']);
    expect(cleanLines('abcd\tx', { tabs: 8 })).toEqual(['abcd    x']);
    expect(cleanLines('模\tx')).toEqual(['模  x']);
    expect(cleanLines('\u0007\tx')).toEqual(['\\x07    x']);
  });

  it('cuts a line at 4,000 cells', () => {
    expect(widthOf(cleanLines('y'.repeat(5_000))[0] ?? '')).toBe(4_000);
    expect(cleanLines('\t'.repeat(1_000_000))[0]).toHaveLength(4_000);
  });
});
