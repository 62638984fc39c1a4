import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { createInput } from '../../src/keys/input.ts';
import type { Glyphs } from '../../src/ui/looks.ts';
import { mount } from '../../src/ui/mount.tsx';
import { openStage } from '../../src/ui/stage.ts';
import { createEmulatedScreen } from '../support/emulated-screen.ts';
import type { Program } from '../unit/state/program.ts';

export interface OnTerminal {
  /** What the terminal shows, a string a line, blanks at the end of lines left out. */
  lines(): string[];
  type(bytes: string): void;
  resize(columns: number, rows: number): Promise<void>;
  until(holds: (text: string) => boolean): Promise<string>;
  /** All bytes written since the last call. */
  written(): string;
  repaint(): void;
  /** Something else writes to the terminal. */
  scribble(bytes: string): Promise<void>;
  close(): void;
}

/** A program's cockpit as the product draws it, on an emulated terminal, without a process around it. */
export async function onTerminal(
  program: Program,
  columns = 80,
  rows = 24,
  glyphs: Glyphs = 'all',
): Promise<OnTerminal> {
  const emulated = createEmulatedScreen(columns, rows);
  let bytes = '';
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
  stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.toString();
    emulated.xterm.write(chunk);
  });
  const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keyboard });
  const stdin = createInput(keyboard as unknown as NodeJS.ReadStream);
  // The test runner's console lacks what Ink needs to keep it off the screen.
  console.Console ??= Console;
  const looks = { color: false, glyphs };
  const { cockpit } = program;
  const stage = openStage({ cockpit, looks, stdout: stdout as unknown as NodeJS.WriteStream });
  const ui = mount({ cockpit, looks, stdin, stage });
  const settled = () => new Promise<void>((resolve) => emulated.xterm.write('', resolve));
  const lines = (): string[] => {
    const { active } = emulated.xterm.buffer;
    return Array.from({ length: emulated.xterm.rows }, (_, y) => active.getLine(y)?.translateToString(true) ?? '');
  };
  const until: OnTerminal['until'] = async (holds) => {
    const end = Date.now() + 10_000;
    for (;;) {
      await settled();
      const text = lines().join('\n');
      if (holds(text)) return text;
      if (Date.now() > end) throw new Error(`it did not come to that:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const terminal: OnTerminal = {
    lines,
    until,
    type: (text) => void keyboard.write(text),
    async resize(toColumns, toRows) {
      Object.assign(stdout, { columns: toColumns, rows: toRows });
      emulated.xterm.resize(toColumns, toRows);
      stdout.emit('resize');
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      await settled();
    },
    written() {
      const all = bytes;
      bytes = '';
      return all;
    },
    repaint: () => stage.screen.repaint(),
    scribble: (text) => new Promise((resolve) => emulated.xterm.write(text, resolve)),
    close() {
      ui.unmount();
      stdin.close();
    },
  };
  await until((text) => text.trim() !== '');
  return terminal;
}
