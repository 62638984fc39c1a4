import type { Tone } from '../../screens/define.ts';
import type { Line } from '../line.ts';
import type { Shown } from '../skeleton.ts';
import { createBytes } from './bytes.ts';
import { createDiff, type Diff } from './diff.ts';
import { ANSWER, ASK, createFlow } from './flow.ts';
import { createGlyphs } from './glyphs.ts';
import { createGrid, type Grid, type GridParts } from './grid.ts';
import { type Overlay, readOverlay } from './overlay.ts';
import { ENTER, LEAVE } from './sequences.ts';
import { createStyles } from './style.ts';

/** What is used of the terminal's stream. */
export interface ScreenOutput {
  readonly columns?: number;
  readonly rows?: number;
  readonly writableNeedDrain?: boolean;
  write(data: Uint8Array | string): boolean;
  on(event: 'resize' | 'drain', listener: () => void): unknown;
  off(event: 'resize' | 'drain', listener: () => void): unknown;
}

/** Where the screen sets its only timer, for an answer that does not come; in the tests a clock of their own. */
export interface ScreenTimers {
  set(run: () => void, ms: number): unknown;
  clear(timer: unknown): void;
}

export interface ScreenOptions {
  readonly stdout: ScreenOutput;
  /** SGR parameters of each tone. */
  readonly codes: Readonly<Record<Tone, string>>;
  /** What the terminal can show of a text that is not ASCII, in as many cells. */
  readonly draw?: (text: string) => string;
  /** Whether the terminal has synchronized updates; when false it is asked for them, and `report` may find them. */
  readonly synchronized?: boolean;
  /** The alternate screen has been taken already, and shows this. */
  readonly shown?: Shown | undefined;
  /** Milliseconds, only differences matter. */
  readonly now?: () => number;
  readonly timers?: ScreenTimers;
  /** Puts off the writing of a frame until all that one key or one answer changes is drawn; by default one turn. */
  readonly defer?: (run: () => void) => void;
}

/** What was written since the start. */
export interface ScreenCounts {
  readonly frames: number;
  readonly bytes: number;
  /** Frames that never reached the terminal: a newer one came before it could take them. */
  readonly dropped: number;
}

/** The only writer to the terminal. It knows what the terminal shows and writes no more than what differs. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly counts: ScreenCounts;
  /** Takes the alternate screen; also after `leave`, when the terminal is had back. What is to be seen is drawn anew. */
  enter(): void;
  /** Takes it anew when somebody else had the terminal without being given it. */
  retake(): void;
  /** Gives the terminal back as it was; what is drawn meanwhile is only kept. Twice does no harm. */
  leave(): void;
  /**
   * Shows the lines that `lines` gives, at most as many as there are rows: with the next frame, or when the terminal has
   * taken what came before. They are asked for once, when that frame is made, and again for a repaint.
   */
  paint(lines: () => readonly Line[]): void;
  /**
   * Lays a frame of text with SGR colours (as Ink writes) over the lines; one that draws nothing takes it away.
   */
  overlay(text: string): void;
  /** Draws everything anew, whatever the terminal shows. */
  repaint(): void;
  /** Writes a sequence that draws nothing (title, clipboard, bell, mode). */
  control(sequence: string): void;
  /** Takes a reply of the terminal; true when it was one to the screen's own questions. */
  report(sequence: string): boolean;
  /**
   * Asks the terminal nothing more and resolves when it has answered what was asked, or will not: an answer that comes
   * after the terminal was given back would be typed into the shell.
   */
  quiet(): Promise<void>;
  /** Leaves, and listens to the stream no more. */
  close(): void;
}

const nothing: Line = [];
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l'];
const HAS_SYNCHRONIZED = '\x1b[?2026$p';
/** A frame of fewer bytes is read by terminals in one piece, so that no half of it is ever seen. */
const ONE_READ = 1_024;
/** Plain pen, whole screen as the scroll region, everything erased. */
const CLEAR = '\x1b[m\x1b[r\x1b[H\x1b[J';

const realTimers: ScreenTimers = {
  set: (run, ms) => setTimeout(run, ms).unref(),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/** The grids of one size. */
interface Canvas {
  /** The lines, without what lies over them. */
  readonly base: Grid;
  readonly next: Grid;
  /** What the terminal shows. */
  readonly shown: Grid;
  readonly diff: Diff;
  /** Takes in what the terminal shows; false when that was drawn for another size. */
  shows(given: Shown): boolean;
}

export function createScreen(options: ScreenOptions): Screen {
  const { stdout, codes, draw, now = () => performance.now(), timers = realTimers } = options;
  const defer = options.defer ?? ((run) => void setImmediate(run));
  const parts: GridParts = { glyphs: createGlyphs(), styles: createStyles(codes), ...(draw && { draw }) };
  const out = createBytes();
  const flow = createFlow(now);
  const counts = { frames: 0, bytes: 0, dropped: 0 };
  let synchronized = options.synchronized ?? false;
  let { shown: given } = options;
  let canvas = createCanvas(stdout, parts);
  let over: Overlay | undefined;
  /** What Ink wrote, until it is read. */
  let overText: string | undefined;
  let source: (() => readonly Line[]) | undefined;
  /** Whether the lines must be asked for. */
  let due = false;
  let latest: Line[] = [];
  /** Whether a frame will be written in this turn. */
  let requested = false;
  let active = false;
  /** Whether `shown` is what the terminal shows. */
  let known = false;
  /** Whether there is anything to be shown at all. */
  let painted = false;
  /** Whether the stream took the latest write but wants no more. */
  let full = false;
  /** Whether the latest frame waits for the terminal. */
  let waits = false;
  let timer: unknown;
  /** Whoever waits for the last answer. */
  let hush: (() => void) | undefined;

  const write = (data: Uint8Array | string): void => {
    counts.bytes += data.length;
    if (!stdout.write(data)) full = true;
  };
  const onDrain = (): void => {
    full = false;
    if (waits) flush();
  };

  function request(): void {
    if (requested) return;
    requested = true;
    defer(() => {
      requested = false;
      flush();
    });
  }

  /** Takes in what was drawn since the last frame. */
  function gather(): void {
    if (overText !== undefined) {
      over = readOverlay(overText, sizeOf(stdout), parts);
      overText = undefined;
      if (over) painted = true;
    }
    if (!due || !source) return;
    due = false;
    const { base } = canvas;
    const lines = source();
    for (let y = 0; y < base.rows; y++) {
      const line = lines[y] ?? nothing;
      // A line is never changed once it is made: the same one needs no painting.
      if (line !== latest[y]) base.paintLine(y, line);
      latest[y] = line;
    }
    painted = true;
  }

  function compose(): Grid {
    const { base, next } = canvas;
    next.copy(base);
    if (over) for (let y = 0; y < next.rows; y++) next.copyCells(over.grid, y, over.from[y] ?? 0, over.to[y] ?? 0);
    return next;
  }

  function flush(): void {
    // Also when nothing can be written: whoever draws learns how much room there is.
    gather();
    if (!active || !painted) return;
    if (full || stdout.writableNeedDrain === true || !flow.free()) return hold();
    waits = false;
    const { shown, diff } = canvas;
    const next = compose();
    if (known && next.equal(shown)) return;
    out.cut(0);
    out.text(BEGIN);
    if (!known) {
      out.text(CLEAR);
      shown.clear();
      known = true;
    }
    diff.write(shown, next, out);
    if (!synchronized || out.length < ONE_READ) out.remove(0, BEGIN.length);
    else out.text(END);
    if (flow.asks(out.length) && !hush) {
      out.text(ASK);
      flow.sent(ASK.length);
    }
    shown.copy(next);
    counts.frames += 1;
    write(out.data.slice(0, out.length));
  }

  function hold(): void {
    if (waits) counts.dropped += 1;
    waits = true;
    const patience = flow.patience();
    if (timer !== undefined || patience === undefined) return;
    timer = timers.set(() => {
      timer = undefined;
      if (waits) flush();
    }, patience + 1);
  }

  const onResize = (): void => {
    const { columns, rows } = sizeOf(stdout);
    if (columns === canvas.base.columns && rows === canvas.base.rows) return;
    canvas = createCanvas(stdout, parts);
    over = undefined;
    overText = undefined;
    due = false;
    latest = [];
    // What a terminal makes of its old content is its own affair. The lines for the new size are yet to come.
    known = false;
    painted = false;
    waits = false;
  };
  stdout.on('resize', onResize);
  stdout.on('drain', onDrain);

  const screen: Screen = {
    get columns() {
      return canvas.base.columns;
    },
    get rows() {
      return canvas.base.rows;
    },
    counts,
    enter() {
      if (active) return;
      active = true;
      known = false;
      hush = undefined;
      flow.forget();
      // The answer tells whether this terminal answers, and how long that takes.
      const questions = (synchronized ? '' : HAS_SYNCHRONIZED) + ASK;
      write((given ? '' : ENTER) + questions);
      if (given) known = canvas.shows(given);
      given = undefined;
      flow.sent(questions.length);
      flush();
    },
    retake() {
      if (!active) return;
      active = false;
      screen.enter();
    },
    leave() {
      if (!active) return;
      active = false;
      waits = false;
      flow.forget();
      write(LEAVE);
    },
    paint(lines) {
      source = lines;
      due = true;
      request();
    },
    overlay(text) {
      overText = text;
      request();
    },
    repaint() {
      known = false;
      latest = [];
      due = source !== undefined;
      request();
    },
    control(sequence) {
      write(sequence);
    },
    report(sequence) {
      const mode = /^\x1b\[\?2026;(\d)\$y$/.exec(sequence);
      // 1 and 2: known, on or off; 0 and 4: not known, or never on.
      if (mode) synchronized ||= '123'.includes(mode[1] ?? '0');
      if (sequence !== ANSWER) return mode !== null;
      flow.answered();
      if (flow.outstanding() === 0) hush?.();
      if (waits) flush();
      return true;
    },
    async quiet() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wait = flow.outstanding();
      hush = resolve;
      if (wait === 0) return;
      const last = timers.set(resolve, wait);
      await promise;
      timers.clear(last);
    },
    close() {
      screen.leave();
      if (timer !== undefined) timers.clear(timer);
      stdout.off('resize', onResize);
      stdout.off('drain', onDrain);
    },
  };
  return screen;
}

const sizeOf = ({ columns, rows }: ScreenOutput): { columns: number; rows: number } => ({
  columns: columns || 80,
  rows: rows || 24,
});

function createCanvas(stdout: ScreenOutput, parts: GridParts): Canvas {
  const { columns, rows } = sizeOf(stdout);
  const grid = (): Grid => createGrid(columns, rows, parts);
  const shown = grid();
  return {
    base: grid(),
    next: grid(),
    shown,
    diff: createDiff(columns, rows, parts.glyphs, parts.styles),
    shows(given) {
      if (given.columns !== columns || given.rows !== rows) return false;
      given.lines.forEach((line, y) => {
        shown.paintLine(y, line);
      });
      return true;
    },
  };
}
