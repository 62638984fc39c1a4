/** What a terminal shows for the bytes a program wrote, and which of its modes the program left switched on. */
import { Unicode11Addon } from '@xterm/addon-unicode11';
import headless from '@xterm/headless';
import { cellsOf } from '../../src/lib/width.ts';

export interface Cell {
  /** One grapheme; '' for the right half of a wide one. */
  readonly char: string;
  /** 'default', a palette index as 'ansi-1', or '#rrggbb'. */
  readonly fg: string;
  readonly bg: string;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
}

export interface EmulatedScreen {
  readonly xterm: headless.Terminal;
  /** Lines shown now, right-trimmed. */
  lines(): string[];
  /** Column and row count from 0. */
  cell(x: number, y: number): Cell;
  cursorVisible(): boolean;
  /** Everything ever printed to the normal screen, wrapped lines joined. */
  normalLines(): string[];
  /** Modes that a program must not leave behind, in words. */
  modesLeft(): string[];
}

/** As East Asian terminals may be set: characters of ambiguous width, frames among them, take two cells. */
const wideAmbiguous: headless.IUnicodeVersionProvider = {
  version: 'wide-ambiguous',
  wcwidth: (codePoint) => cellsOf(codePoint, { ambiguous: 2 }),
  // Bits as xterm.js packs them: the width above whether it joins what stands before.
  charProperties(codePoint, preceding) {
    const width = this.wcwidth(codePoint);
    const before = (preceding >> 1) & 3;
    const joins = width === 0 && before > 0;
    return ((joins ? before : width) << 1) | (joins ? 1 : 0);
  },
};

export function createEmulatedScreen(cols: number, rows: number, ambiguous: 1 | 2 = 1): EmulatedScreen {
  const xterm = new headless.Terminal({ cols, rows, scrollback: 5000, allowProposedApi: true, logLevel: 'off' });
  xterm.loadAddon(new Unicode11Addon());
  xterm.unicode.register(wideAmbiguous);
  xterm.unicode.activeVersion = ambiguous === 2 ? wideAmbiguous.version : '11';

  // Two things xterm.js does not report: the cursor's visibility and the keyboard protocols it does not speak.
  let cursorVisible = true;
  let kittyDepth = 0;
  let modifyOtherKeys = 0;
  const watch = (prefix: string, final: string, see: (parameters: number[]) => void) =>
    xterm.parser.registerCsiHandler({ ...(prefix && { prefix }), final }, (parameters) => {
      see(parameters.flat());
      return false;
    });
  watch('?', 'h', (modes) => {
    if (modes.includes(25)) cursorVisible = true;
  });
  watch('?', 'l', (modes) => {
    if (modes.includes(25)) cursorVisible = false;
  });
  watch('>', 'u', () => {
    kittyDepth += 1;
  });
  watch('<', 'u', ([count]) => {
    kittyDepth = Math.max(0, kittyDepth - (count || 1));
  });
  watch('>', 'm', ([resource, value]) => {
    if (resource === undefined || resource === 0 || resource === 4) modifyOtherKeys = value ?? 0;
  });

  function lines(): string[] {
    const { active } = xterm.buffer;
    const text = (y: number) =>
      active
        .getLine(active.baseY + y)
        ?.translateToString(true)
        .trimEnd() ?? '';
    return Array.from({ length: xterm.rows }, (_, y) => text(y));
  }

  function cell(x: number, y: number): Cell {
    const at = xterm.buffer.active.getLine(xterm.buffer.active.baseY + y)?.getCell(x);
    if (!at) throw new Error(`no cell ${x},${y} on a ${xterm.cols}x${xterm.rows} screen`);
    const colour = (isDefault: boolean, isPalette: boolean, value: number) =>
      isDefault ? 'default' : isPalette ? `ansi-${value}` : `#${value.toString(16).padStart(6, '0')}`;
    return {
      char: at.getChars() || (at.getWidth() === 0 ? '' : ' '),
      fg: colour(at.isFgDefault(), at.isFgPalette(), at.getFgColor()),
      bg: colour(at.isBgDefault(), at.isBgPalette(), at.getBgColor()),
      bold: Boolean(at.isBold()),
      dim: Boolean(at.isDim()),
      italic: Boolean(at.isItalic()),
      underline: Boolean(at.isUnderline()),
      inverse: Boolean(at.isInverse()),
    };
  }

  function normalLines(): string[] {
    const { normal } = xterm.buffer;
    const joined: string[] = [];
    for (let y = 0; y < normal.length; y++) {
      const line = normal.getLine(y);
      const text = line?.translateToString(true) ?? '';
      if (line?.isWrapped) joined.push((joined.pop() ?? '') + text);
      else joined.push(text);
    }
    return joined.map((line) => line.trimEnd());
  }

  function modesLeft(): string[] {
    const { modes } = xterm;
    // The public interface has no word on the colours that the next character would get.
    const pen = (xterm as unknown as { _core: { _inputHandler: { _curAttrData: { fg: number; bg: number } } } })._core
      ._inputHandler._curAttrData;
    const left: [boolean, string][] = [
      [xterm.buffer.active.type === 'alternate', 'still in the alternate screen'],
      [!cursorVisible, 'cursor hidden'],
      [modes.bracketedPasteMode, 'bracketed paste on'],
      [modes.sendFocusMode, 'focus reports on'],
      [modes.mouseTrackingMode !== 'none', `mouse tracking on (${modes.mouseTrackingMode})`],
      [modes.applicationCursorKeysMode, 'application cursor keys on'],
      [modes.applicationKeypadMode, 'application keypad on'],
      [modes.synchronizedOutputMode, 'synchronized update not ended'],
      [modes.originMode, 'origin mode on'],
      [modes.insertMode, 'insert mode on'],
      [!modes.wraparoundMode, 'line wrap off'],
      [pen.fg !== 0 || pen.bg !== 0, 'colours or attributes not reset'],
      [kittyDepth > 0, 'kitty keyboard protocol on'],
      [modifyOtherKeys > 0, 'modifyOtherKeys on'],
    ];
    return left.filter(([wrong]) => wrong).map(([, words]) => words);
  }

  return {
    xterm,
    lines,
    cell,
    cursorVisible: () => cursorVisible,
    normalLines,
    modesLeft,
  };
}
