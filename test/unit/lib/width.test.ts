import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { cellsOf, fit as fitTo, graphemes, take, widthOf, wrap } from '../../../src/lib/width.ts';
import { DISPUTED, inRanges } from '../../../src/lib/width-table.ts';

const WIDE_MODE = { ambiguous: 2 } as const;
const family = '👨‍👩‍👧';

/** The cell counts xterm.js uses once its Unicode 11 tables are on. */
function xtermCells(): (codePoint: number) => number {
  const terminal = new Terminal({ allowProposedApi: true });
  let wcwidth: ((codePoint: number) => number) | undefined;
  const unicode = {
    register: (provider: { wcwidth(codePoint: number): number }) => (wcwidth = (c) => provider.wcwidth(c)),
  };
  // Only `unicode.register` is used by the addon, so the rest of a terminal is not needed.
  new Unicode11Addon().activate({ unicode } as unknown as Parameters<Unicode11Addon['activate']>[0]);
  terminal.dispose();
  if (wcwidth === undefined) throw new Error('the addon registered no Unicode tables');
  return wcwidth;
}

const textOf = fc.string({
  unit: fc.constantFrom('a', ' ', '-', '中', 'é', 'e\u0301', 'ｱ', '🚀', family, '한', '\u1112\u1161\u11ab', '±', '¿'),
});

describe('cells', () => {
  it('counts every assigned character as string-width does, so that Ink and we agree', () => {
    const wrong: string[] = [];
    for (let codePoint = 0x20; codePoint < 0x110000; codePoint++) {
      if (codePoint >= 0xd800 && codePoint < 0xe000) continue;
      const text = String.fromCodePoint(codePoint);
      if (/\p{Cn}/u.test(text)) continue;
      const expected = stringWidth(text);
      // A lone vowel or tail of a syllable: 1 there, as here.
      if (cellsOf(codePoint) !== expected || widthOf(text) !== expected) wrong.push(codePoint.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  it('counts as xterm.js with Unicode 11, but for the characters listed as disputed', () => {
    const wcwidth = xtermCells();
    const wrong: string[] = [];
    for (let codePoint = 0x20; codePoint < 0x110000; codePoint++) {
      const text = String.fromCodePoint(codePoint);
      if (/[\p{Cn}\p{Co}\p{Cf}\p{Cs}]/u.test(text) || (codePoint >= 0x1160 && codePoint <= 0x11ff)) continue;
      if (inRanges(DISPUTED, codePoint) !== (cellsOf(codePoint) !== wcwidth(codePoint)))
        wrong.push(codePoint.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  it('widens ambiguous characters where the terminal does', () => {
    expect([widthOf('─±°①'), widthOf('─±°①', WIDE_MODE)]).toEqual([4, 8]);
    expect(widthOf('ab中', WIDE_MODE)).toBe(4);
    fc.assert(
      fc.property(textOf, (text) => widthOf(text, WIDE_MODE) === stringWidth(text, { ambiguousIsNarrow: false })),
    );
  });
});

describe('widthOf', () => {
  it.each([
    ['', 0],
    ['mnist_saved_model', 17],
    ['模型服务', 8],
    ['ﾃｽﾄ', 3],
    ['e\u0301\u0300', 1],
    ['a\u200bb', 2],
    ['🚀', 2],
    [family, 2],
    ['👍🏽', 2],
    ['🇨🇳', 2],
    ['1️⃣', 2],
    ['❤️', 2],
    ['❤', 1],
    ['\u1112\u1161\u11ab', 2],
    ['กำ', 2],
  ])('%j takes %i cells', (text, cells) => expect(widthOf(text)).toBe(cells));

  it('agrees with string-width on mixed text', () => {
    fc.assert(fc.property(textOf, (text) => widthOf(text) === stringWidth(text)));
  });

  it('takes no time for a cluster of a million marks', () => {
    const started = performance.now();
    expect(widthOf(`a${'\u0301'.repeat(1_000_000)}`)).toBe(1);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('graphemes', () => {
  it('splits ASCII, CJK, joined emoji and combining marks', () => {
    expect(graphemes('+++')).toEqual(['+', '+', '+']);
    expect(graphemes('中a')).toEqual(['中', 'a']);
    expect(graphemes(`x${family}e\u0301🇨🇳`)).toEqual(['x', family, 'e\u0301', '🇨🇳']);
  });
});

describe('fit', () => {
  it.each([
    ['abc', 5, 'left', 'abc  '],
    ['abc', 5, 'right', '  abc'],
    ['abc', 3, 'left', 'abc'],
    ['abcd', 3, 'left', 'ab…'],
    ['abcd', 3, 'right', 'ab…'],
    ['abcd', 1, 'left', '…'],
    ['abcd', 0, 'left', ''],
    ['abcd', -4, 'left', ''],
    ['中文字', 4, 'left', '中 …'],
    ['中文字', 5, 'left', '中文…'],
    ['中文', 5, 'right', ' 中文'],
    [`${family}${family}`, 3, 'left', `${family}…`],
  ] as const)('%j in %i cells, %s: %j', (text, width, align, expected) =>
    expect(fitTo(text, width, align)).toBe(expected),
  );

  it('marks a cut with ~ where the ellipsis is not one cell', () => {
    expect(fitTo('abcd', 3, 'left', { ambiguous: 1, ascii: true })).toBe('ab~');
    expect(fitTo('abcd', 3, 'left', { ambiguous: 2 })).toBe('ab~');
  });

  it('always gives exactly the cells asked for', () => {
    const mode = fc.constantFrom({ ambiguous: 1 } as const, WIDE_MODE);
    const align = fc.constantFrom('left' as const, 'right' as const);
    fc.assert(
      fc.property(textOf, fc.nat(30), align, mode, (text, width, side, how) => {
        expect(widthOf(fitTo(text, width, side, how), how)).toBe(width);
      }),
    );
    expect(widthOf(fitTo('宽'.repeat(1_000_000), 30))).toBe(30);
    expect(widthOf(fitTo(`x${'\u0301'.repeat(10_000)}`, 30))).toBe(30);
  });
});

describe('take', () => {
  it('never exceeds the width and is the longest such prefix', () => {
    fc.assert(
      fc.property(textOf, fc.nat(30), (text, width) => {
        const head = take(text, width);
        expect(text.startsWith(head)).toBe(true);
        expect(widthOf(head)).toBeLessThanOrEqual(width);
        const next = graphemes(text.slice(head.length))[0];
        if (next !== undefined) expect(widthOf(head + next)).toBeGreaterThan(width);
      }),
    );
  });
});

describe('wrap', () => {
  it('breaks at spaces, else inside the word', () => {
    expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
    expect(wrap('abcdefgh ij', 3)).toEqual(['abc', 'def', 'gh', 'ij']);
    expect(wrap('中文字符', 5)).toEqual(['中文', '字符']);
    expect(wrap('a\n\nb', 5)).toEqual(['a', '', 'b']);
    expect(wrap('', 5)).toEqual(['']);
    expect(wrap('  indented text here', 12)).toEqual(['  indented', 'text here']);
    expect(wrap('中', 1)).toEqual([' ']);
  });

  it('keeps every line within the width and loses nothing but spaces', () => {
    fc.assert(
      fc.property(textOf, fc.integer({ min: 2, max: 20 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});

describe('the cells of emoji', () => {
  const [style, joiner] = ['\ufe0f', '\u200d'];
  const recommended = /^\p{RGI_Emoji}$/v;
  const pictures = Array.from({ length: 0x1fb00 }, (_, point) => point)
    .filter((point) => point < 0xd800 || point > 0xdfff)
    .map((point) => String.fromCodePoint(point))
    .filter((char) => /[\p{Emoji}\p{Extended_Pictographic}]/u.test(char));
  const sum = (text: string): number => [...text].reduce((cells, char) => cells + cellsOf(char.codePointAt(0) ?? 0), 0);

  it('are two for whatever is recommended, and the sum of the characters for a picture with a style or tone that is not', () => {
    const tones = Array.from({ length: 5 }, (_, tone) => String.fromCodePoint(0x1f3fb + tone));
    let seen = 0;
    for (const picture of pictures) {
      for (const after of [style, ...tones, '\u20e3', `${style}\u20e3`]) {
        const text = picture + after;
        if (recommended.test(text)) seen++;
        const keycap = /^[\d#*]\u20e3$/.test(text);
        expect([text, widthOf(text)]).toEqual([text, recommended.test(text) || keycap ? 2 : sum(text)]);
      }
    }
    expect(seen).toBeGreaterThan(800);
  });

  it('are two for flags and joined pictures', () => {
    const letters = Array.from({ length: 26 }, (_, n) => String.fromCodePoint(0x1f1e6 + n));
    const flags = letters
      .flatMap((one) => letters.map((other) => one + other))
      .filter((text) => recommended.test(text));
    const scotland = `\u{1f3f4}${[...'gbsct'].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('')}\u{e007f}`;
    const joined = pictures
      .flatMap((picture) =>
        ['\u{1f468}', '\u{1f9d1}\u{1f3fd}', `\u{1f3f3}${style}`, '\u{1f408}'].map((who) => who + joiner + picture),
      )
      .flatMap((text) => [text, text + style])
      .filter((text) => recommended.test(text));
    expect(flags.length).toBeGreaterThan(250);
    expect(joined.length).toBeGreaterThan(40);
    for (const text of [...flags, scotland, ...joined]) expect([text, widthOf(text)]).toEqual([text, 2]);
  });
});
