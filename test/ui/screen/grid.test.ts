import { describe, expect, it } from 'vitest';
import { createGlyphs, TAIL } from '../../../src/ui/screen/glyphs.ts';
import { createGrid, type Grid } from '../../../src/ui/screen/grid.ts';
import { readOverlay } from '../../../src/ui/screen/overlay.ts';
import { createStyles } from '../../../src/ui/screen/style.ts';
import { codes } from './shown-cells.ts';

const parts = { glyphs: createGlyphs(), styles: createStyles(codes) };

/** A row as text; `<` for the right half of a wide character. */
const row = (grid: Grid, y = 0): string =>
  Array.from(grid.glyphs.subarray(y * grid.columns, (y + 1) * grid.columns), (glyph) =>
    glyph === TAIL ? '<' : parts.glyphs.text(glyph),
  ).join('');

describe('a grid', () => {
  it('gives a wide character two cells and marks none', () => {
    const grid = createGrid(8, 1, parts);
    expect(grid.put(0, 0, 'a中e\u0301😀', 0)).toBe(6);
    expect(row(grid)).toBe('a中<e\u0301😀<  ');
  });

  it.each([
    [1, 'X', 'aX 文<b'],
    [2, 'X', 'a X文<b'],
    [2, '国', 'a 国< b'],
    [0, '国', '国< 文<b'],
    [3, 'XY', 'a中<XYb'],
  ])('makes a space of the half left when column %d is overwritten with %s', (x, text, after) => {
    const grid = createGrid(6, 1, parts);
    grid.put(0, 0, 'a中文b', 0);
    grid.put(x, 0, text, 0);
    expect(row(grid)).toBe(after);
  });

  it.each([
    [-1, '中a', ' a  '],
    [-3, '中文a', ' a  '],
    [3, '中', '   '.padEnd(4)],
    [2, 'abcdef', '  ab'],
  ])('cuts text that begins in column %d at the edges', (x, text, after) => {
    const grid = createGrid(4, 1, parts);
    grid.put(x, 0, text, 0);
    expect(row(grid)).toBe(after);
  });

  it('paints a line over all of the row', () => {
    const grid = createGrid(10, 2, parts);
    grid.paintLine(1, [{ text: '中文字中文', tone: 'bad' }]);
    grid.paintLine(1, [{ text: 'a' }, { text: '中', inverse: true }]);
    expect([row(grid, 0), row(grid, 1)]).toEqual([' '.repeat(10), 'a中<       ']);
    expect([...grid.styles.subarray(13)]).toEqual(new Array(7).fill(0));
  });

  it('takes spaces that look plain for plain ones', () => {
    const [one, other] = [createGrid(6, 1, parts), createGrid(6, 1, parts)];
    one.paintLine(0, [
      { text: 'a  ', tone: 'ok' },
      { text: '   ', bold: true },
    ]);
    other.paintLine(0, [{ text: 'a', tone: 'ok' }]);
    expect(one.equal(other)).toBe(true);
    other.paintLine(0, [
      { text: 'a', tone: 'ok' },
      { text: ' ', inverse: true },
    ]);
    expect(one.equal(other)).toBe(false);
  });

  it('lets no control character through', () => {
    const grid = createGrid(4, 1, parts);
    grid.put(0, 0, 'a\u001bb\u009b', 0);
    expect(row(grid)).not.toMatch(/[\u0000-\u001f\u0080-\u009f]/);
  });

  it('cuts wide characters at the edge of what lies over them', () => {
    const over = readOverlay('\n  │中│', { columns: 8, rows: 2 }, parts);
    const grid = createGrid(8, 2, parts);
    grid.paintLine(0, [{ text: '中文中文' }]);
    grid.paintLine(1, [{ text: 'a中文中x' }]);
    if (!over) throw new Error('nothing was read');
    for (let y = 0; y < 2; y++) grid.copyCells(over.grid, y, over.from[y] ?? 0, over.to[y] ?? 0);
    expect([row(grid, 0), row(grid, 1)]).toEqual(['中<文<中<文<', 'a │中<│ x']);
  });
});

describe('reading a frame', () => {
  it('covers each row from its first to its last drawn cell, with the blanks between', () => {
    const over = readOverlay(
      '\x1b[2K\x1b[1A\x1b[G\n  \x1b[31m┌──┐\x1b[0m\n  │  \x1b[7m \x1b[27m',
      { columns: 10, rows: 4 },
      parts,
    );
    expect([...(over?.from ?? [])]).toEqual([10, 2, 2, 10].map((from, y) => (y === 0 || y === 3 ? 10 : from)));
    expect([...(over?.to ?? [])]).toEqual([10, 6, 6, 10]);
  });

  it('is nothing when nothing is drawn', () => {
    expect(readOverlay('\n\n \x1b[32m  \x1b[0m\n', { columns: 10, rows: 4 }, parts)).toBeUndefined();
  });

  it.each([
    ['\x1b[1;31mx', '\x1b[1;31m'],
    ['\x1b[1m\x1b[2m\x1b[22mx', ''],
    ['\x1b[38;5;208;48;5;4mx', '\x1b[38;5;208;44m'],
    ['\x1b[38;2;1;2;3mx', '\x1b[38;2;1;2;3m'],
    ['\x1b[91;103m\x1b[39mx', '\x1b[103m'],
    ['\x1b[3;4;7;9mx', '\x1b[3;4;7;9m'],
    ['\x1b[31m\x1b[mx', ''],
  ])('understands the colours of %j', (text, sgr) => {
    const style = readOverlay(text, { columns: 4, rows: 1 }, parts)?.grid.styles[0] ?? -1;
    expect(Buffer.from(parts.styles.change(0, style)).toString().replace('[;', '[')).toBe(sgr);
  });
});

describe('the pen', () => {
  it.each([
    ['31', '31;1', '\x1b[1m'],
    ['1;31', '31', '\x1b[22m'],
    ['7;31', '7', '\x1b[39m'],
    ['1;2;7;31', '', '\x1b[m'],
    ['1;7;31', '2', '\x1b[;2m'],
    ['1', '2', '\x1b[;2m'],
    ['1;31', '2;31', '\x1b[22;2m'],
  ])('goes from %s to %s with %j', (from, to, bytes) => {
    const { styles } = parts;
    const change = styles.change(styles.apply(0, from), styles.apply(0, to));
    expect(Buffer.from(change).toString()).toBe(bytes);
  });
});
