import type { Screen } from './screen.ts';

const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l'];
// Sequences that stand for no cells: whoever may write them, they are passed on or are the screen's own affair.
const MODE = /\u001b\[\?(\d+)([hl])/g;
const SEQUENCES = /\u001b(?:\[[ -?]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|.)/gsu;

export interface InkStdoutOptions {
  /** The terminal's stream: its size, its events, its state. */
  readonly stdout: NodeJS.WriteStream;
  readonly screen: Screen;
}

/**
 * A stream to give to Ink as `stdout`, with `incrementalRendering` off. Ink puts each frame, whole, between the marks of
 * a synchronized update: that text becomes the screen's overlay. The alternate screen and the cursor are the screen's to
 * switch, when Ink asks; other modes (bracketed paste, keyboard protocols) go through.
 */
export function createInkStdout({ stdout, screen }: InkStdoutOptions): NodeJS.WriteStream {
  /** The latest text since the update began; undefined outside of one. */
  let update: { text: string | undefined } | undefined;

  function take(data: string): void {
    if (data === BEGIN) {
      update = { text: undefined };
    } else if (data === END) {
      const text = update?.text;
      update = undefined;
      if (text !== undefined) screen.overlay(text);
    } else if (/[^\r\n]/.test(data.replace(SEQUENCES, '')) || (update && /\n/.test(data))) {
      // In one update, what comes after replaces what came before: only the last text is the frame. Text outside of one
      // is something that a library prints; it has no place on the screen.
      if (update) update.text = data;
    } else takeModes(data);
  }

  function takeModes(data: string): void {
    for (const [sequence, mode, on] of data.matchAll(MODE)) {
      if (mode === '1049') {
        if (on === 'h') screen.enter();
        else screen.leave();
      } else if (mode !== '25' && mode !== '2026') screen.control(sequence);
    }
    // Keyboard protocols: `CSI > flags u`, `CSI < u`, `CSI ? u`.
    for (const [sequence] of data.matchAll(/\u001b\[[<>?]\d*u/g)) screen.control(sequence);
  }

  const stream = {
    isTTY: true,
    get columns() {
      return screen.columns;
    },
    get rows() {
      return screen.rows;
    },
    get writable() {
      return stdout.writable;
    },
    get writableEnded() {
      return stdout.writableEnded;
    },
    get destroyed() {
      return stdout.destroyed;
    },
    get writableNeedDrain() {
      return stdout.writableNeedDrain;
    },
    write(data: string, ...rest: unknown[]): boolean {
      if (data !== '') take(data);
      const done = rest.findLast((part) => typeof part === 'function') as (() => void) | undefined;
      // The answer to "has all been written" is the real stream's to give.
      return done ? stdout.write('', done) : true;
    },
    on(event: string, listener: (...parameters: unknown[]) => void) {
      stdout.on(event, listener);
      return stream;
    },
    once(event: string, listener: (...parameters: unknown[]) => void) {
      stdout.once(event, listener);
      return stream;
    },
    off(event: string, listener: (...parameters: unknown[]) => void) {
      stdout.off(event, listener);
      return stream;
    },
  };
  // Of a terminal stream Ink uses these members only; the others have no meaning here.
  return Object.assign(stream, { addListener: stream.on, removeListener: stream.off }) as unknown as NodeJS.WriteStream;
}
