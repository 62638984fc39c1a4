/** Cells as an emulated terminal shows them, and as a grid says they should be, in the same words. */
import { createEmulatedScreen, type EmulatedScreen } from '../../support/emulated-screen.ts';

export const codes = { plain: '', ok: '32', busy: '36', warn: '33', bad: '31', dim: '2', accent: '36' };

/** A terminal that takes bytes at once. */
export interface TestTerminal extends EmulatedScreen {
  take(data: Uint8Array | string): Promise<void>;
  /** Each cell: its character and how it looks. A space that cannot be told from a plain one is a plain one. */
  cells(): string[];
}

export function createTestTerminal(columns: number, rows: number): TestTerminal {
  const emulated = createEmulatedScreen(columns, rows);
  return {
    ...emulated,
    take: (data) => new Promise((resolve) => emulated.xterm.write(data, resolve)),
    cells() {
      const { active } = emulated.xterm.buffer;
      const all: string[] = [];
      for (let y = 0; y < rows; y++) {
        const line = active.getLine(active.baseY + y);
        for (let x = 0; x < columns; x++) {
          const cell = line?.getCell(x);
          if (!cell) throw new Error(`no cell ${x},${y}`);
          const char = cell.getChars() || (cell.getWidth() === 0 ? '' : ' ');
          const seen = cell.isInverse() || cell.isUnderline() || cell.isStrikethrough() || !cell.isBgDefault();
          if (char === '') all.push('');
          else if (char === ' ' && !seen) all.push(' ');
          else {
            const flags = [cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isInverse()];
            const look = flags.map((flag) => (flag ? 1 : 0)).join('');
            const [fg, bg] = [
              cell.isFgDefault() ? 'd' : cell.getFgColor(),
              cell.isBgDefault() ? 'd' : cell.getBgColor(),
            ];
            all.push(`${char} ${look} ${fg} ${bg}`);
          }
        }
      }
      return all;
    },
  };
}
