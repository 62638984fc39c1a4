import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Line } from '../../../src/ui/line.ts';
import { createInkStdout } from '../../../src/ui/screen/ink-stdout.ts';
import { takeOutput } from '../../../src/ui/screen/own-output.ts';
import { createScreen, type Screen, type ScreenOptions } from '../../../src/ui/screen/screen.ts';
import { skeletonBytes, skeletonFor } from '../../../src/ui/skeleton.ts';
import { codes, createTestTerminal, type TestTerminal } from './shown-cells.ts';

/** A stream that takes bytes as long as it is open, and says so when it is full. */
class TestOutput extends EventEmitter {
  written: string[] = [];
  writableNeedDrain = false;
  writable = true;
  closed = false;
  columns: number;
  rows: number;
  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }
  write(data: Uint8Array | string, done?: () => void): boolean {
    if (data.length > 0) this.written.push(Buffer.from(data).toString());
    done?.();
    if (this.closed) this.writableNeedDrain = true;
    return !this.closed;
  }
  drain(): void {
    this.writableNeedDrain = false;
    this.emit('drain');
  }
  resize(columns: number, rows: number): void {
    [this.columns, this.rows] = [columns, rows];
    this.emit('resize');
  }
  take(): string {
    return this.written.splice(0).join('');
  }
}

interface Setup {
  readonly output: TestOutput;
  readonly screen: Screen;
  readonly terminal: TestTerminal;
  /** Gives the terminal what was written; answers its lines. */
  shown(): Promise<string[]>;
}

function setUp(columns = 20, rows = 4, options: Partial<ScreenOptions> = {}): Setup {
  const output = new TestOutput(columns, rows);
  const screen = createScreen({ stdout: output, codes, synchronized: true, defer: (run) => run(), ...options });
  const terminal = createTestTerminal(columns, rows);
  const shown = async (): Promise<string[]> => {
    await terminal.take(output.take());
    return terminal.lines();
  };
  return { output, screen, terminal, shown };
}

const lines = (...texts: string[]): Line[] => texts.map((text) => [{ text }]);

describe('the screen', () => {
  it('takes the alternate screen, shows frames, and gives everything back', async () => {
    const { screen, terminal, shown } = setUp();
    await terminal.take('shell$ eas-tui\r\n');
    screen.enter();
    screen.paint(() => lines('one', 'two', 'three', 'x'.repeat(20)));
    expect(await shown()).toEqual(['one', 'two', 'three', 'x'.repeat(20)]);
    expect([terminal.cursorVisible(), terminal.xterm.buffer.active.type]).toEqual([false, 'alternate']);
    screen.leave();
    expect((await shown())[0]).toBe('shell$ eas-tui');
    expect(terminal.modesLeft()).toEqual([]);
  });

  it('writes nothing for a frame like the one before', () => {
    const { screen, output } = setUp();
    screen.enter();
    screen.paint(() => lines('one', 'two'));
    output.take();
    screen.paint(() => lines('one', 'two  '));
    expect(output.take()).toBe('');
  });

  it('drops frames that a slow terminal has no time for and then shows the newest', async () => {
    const { screen, output, shown } = setUp();
    screen.enter();
    screen.paint(() => lines('frame 0'));
    await shown();
    output.closed = true;
    for (let number = 1; number <= 50; number++) screen.paint(() => lines(`frame ${number}`));
    expect(output.written).toHaveLength(1);
    output.closed = false;
    output.drain();
    expect(output.written).toHaveLength(2);
    expect((await shown())[0]).toBe('frame 50');
    expect(screen.counts.dropped).toBe(48);
    output.drain();
    expect(output.take()).toBe('');
  });

  it('lets no more than one frame be on its way over a slow line to a terminal that answers', () => {
    let now = 0;
    const timers: { run: () => void; ms: number }[] = [];
    const { screen, output } = setUp(80, 4, {
      now: () => now,
      timers: { set: (run, ms) => timers.push({ run, ms }), clear: () => undefined },
    });
    screen.enter();
    now += 300;
    expect(screen.report('\x1b[0n')).toBe(true);
    screen.paint(() => lines('0'.repeat(80)));
    expect(output.take()).toMatch(/\x1b\[5n$/);
    for (let number = 1; number <= 9; number++) {
      now += 33;
      screen.paint(() => lines(String(number).repeat(80)));
    }
    expect(output.take()).toBe('');
    now += 500;
    screen.report('\x1b[0n');
    expect(output.take()).toContain('9'.repeat(80));
    // An answer that never comes holds the screen up for a while only.
    screen.paint(() => lines('lost'));
    expect(output.take()).toBe('');
    const [wait] = timers.splice(-1);
    now += wait?.ms ?? 0;
    wait?.run();
    expect(output.take()).toContain('lost');
  });

  it('keeps a long line full when it is fast', () => {
    let now = 0;
    const { screen, output } = setUp(40, 4, { now: () => now });
    screen.enter();
    now += 300;
    screen.report('\x1b[0n');
    // Answers come 300 ms after their frames, which go out every 33 ms.
    const due: number[] = [];
    let written = 0;
    const send = (): void => {
      for (const _ of output.written.splice(0)) {
        written += 1;
        due.push(now + 300);
      }
    };
    output.take();
    for (let number = 0; number < 100; number++) {
      now += 33;
      for (; due[0] !== undefined && due[0] <= now; due.shift()) {
        screen.report('\x1b[0n');
        send();
      }
      screen.paint(() => lines(String(number)));
      send();
    }
    expect(written).toBeGreaterThan(80);
  });

  it('never waits for a terminal that does not answer', () => {
    const { screen, output } = setUp();
    screen.enter();
    output.take();
    for (let number = 1; number <= 20; number++) screen.paint(() => lines(`frame ${number}`));
    expect(output.written).toHaveLength(20);
    expect(output.take()).not.toContain('\x1b[5n');
  });

  it('gives the terminal back only when it has answered, or is known not to', async () => {
    let now = 0;
    const timers: { run: () => void; ms: number }[] = [];
    const options = {
      now: () => now,
      timers: { set: (run: () => void, ms: number) => timers.push({ run, ms }), clear: () => undefined },
    };
    const { screen, output } = setUp(40, 4, options);
    screen.enter();
    const done: string[] = [];
    void screen.quiet().then(() => done.push('answered'));
    await Promise.resolve();
    expect([done, timers.map(({ ms }) => ms)]).toEqual([[], [500]]);
    screen.report('\x1b[0n');
    await new Promise(setImmediate);
    expect(done).toEqual(['answered']);
    // What is drawn from then on asks nothing.
    output.take();
    screen.paint(() => lines('more'));
    expect(output.take()).toMatch(/more$/);
    // A terminal that never answered is not waited for once that is known.
    const silent = setUp(40, 4, options);
    silent.screen.enter();
    now += 600;
    await silent.screen.quiet();
  });

  it('uses synchronized updates only for what a terminal that has them reads in pieces', () => {
    const { screen, output } = setUp(80, 24, { synchronized: false });
    const large = Array.from({ length: 24 }, (_, y) => [{ text: String(y % 10).repeat(80) }]);
    screen.enter();
    expect(output.take()).toContain('\x1b[?2026$p');
    screen.paint(() => large);
    expect(output.take()).not.toContain('2026');
    expect(screen.report('\x1b[?2026;0$y')).toBe(true);
    screen.repaint();
    expect(output.take()).not.toContain('2026');
    expect(screen.report('\x1b[?2026;2$y')).toBe(true);
    screen.repaint();
    expect(output.take()).toMatch(/^\x1b\[\?2026h[\s\S]*\x1b\[\?2026l$/);
    screen.paint(() => [[{ text: 'small' }], ...large.slice(1)]);
    expect(output.take()).not.toContain('2026');
    expect(screen.report('\x1b[1;3R')).toBe(false);
  });

  it('mends all that something else wrote when it repaints', async () => {
    const { screen, terminal, shown } = setUp();
    screen.enter();
    screen.paint(() => lines('one', 'two'));
    await shown();
    await terminal.take('\x1b[2;3r\x1b[31;7mWall message\r\n\n\n\nmore');
    screen.repaint();
    expect(await shown()).toEqual(['one', 'two', '', '']);
    screen.paint(() => lines('one', 'two', '', 'end'));
    expect(await shown()).toEqual(['one', 'two', '', 'end']);
  });

  it.each([
    [30, 6],
    [12, 3],
  ])('draws everything for a new size of %d x %d', async (columns, rows) => {
    const { screen, output, terminal, shown } = setUp();
    screen.enter();
    screen.paint(() => lines('one', 'two', 'three', 'four'));
    await shown();
    output.resize(columns, rows);
    terminal.xterm.resize(columns, rows);
    await terminal.take('\x1b[H?????\x1b[2;5H?????');
    expect([screen.columns, screen.rows]).toEqual([columns, rows]);
    expect(output.take()).toBe('');
    const next = Array.from({ length: rows }, (_, y) => `${y}`.repeat(columns));
    screen.paint(() => lines(...next));
    expect(await shown()).toEqual(next);
  });

  it('keeps what is drawn while the terminal is lent, and shows it afterwards', async () => {
    const { screen, output, shown } = setUp();
    screen.enter();
    screen.paint(() => lines('one'));
    screen.leave();
    await shown();
    screen.paint(() => lines('two'));
    expect(output.take()).toBe('');
    screen.enter();
    expect((await shown())[0]).toBe('two');
  });

  it('shows no colour that its tones do not have', () => {
    const { screen, output } = setUp(20, 2, { codes: { ...codes, bad: '1', ok: '' } });
    screen.enter();
    screen.paint(() => [[{ text: 'a', tone: 'bad' }], [{ text: 'b', tone: 'ok' }]]);
    expect(output.take()).toContain('\x1b[1ma\r\n\x1b[mb');
  });

  it('draws what the terminal can show', async () => {
    const { screen, shown } = setUp(20, 2, { draw: (text) => text.replace(/─/g, '-') });
    screen.enter();
    screen.paint(() => lines('a──b'));
    expect((await shown())[0]).toBe('a--b');
  });
});

describe('a screen taken over with something on it', () => {
  const skeleton = skeletonFor(60, 16);

  async function takeOver(columns: number) {
    const all = setUp(columns, 16, { shown: skeleton });
    await all.terminal.take(`\x1b[?1049h\x1b[?7l\x1b[?25l${skeletonBytes(skeleton, { color: true, glyphs: 'all' })}`);
    const before = await all.shown();
    all.screen.enter();
    all.output.take();
    return { ...all, before };
  }

  it('writes only what differs from it', async () => {
    const { screen, output, terminal, before } = await takeOver(60);
    expect(before[2]).toBe(`┌${'─'.repeat(58)}┐`);
    expect(before[4]).toMatch(/^│ {2}loading services … +│$/);
    screen.paint(() => skeleton.lines.map((line, y): Line => (y === 0 ? [{ text: 'cn-shanghai' }] : line)));
    const bytes = output.take();
    expect(bytes.length).toBeLessThan(30);
    await terminal.take(bytes);
    expect(terminal.lines()).toEqual(['cn-shanghai', ...before.slice(1)]);
  });

  it('draws all anew when the terminal has another size by then', async () => {
    const { screen, shown } = await takeOver(70);
    screen.paint(() => lines('one'));
    expect(await shown()).toEqual(['one', ...Array(15).fill('')]);
  });
});

describe('a stream that was taken', () => {
  it('takes bytes from nobody else until it is released', () => {
    const written: string[] = [];
    const stream = (name: string) =>
      ({ columns: 7, write: (text: string) => written.push(`${name}:${text}`) > 0 }) as unknown as NodeJS.WriteStream;
    const [out, error] = [stream('out'), stream('error')];
    const own = takeOutput(out, error);
    out.write('a warning');
    error.write('another');
    own.stdout.write('a frame');
    expect([written, own.stdout.columns]).toEqual([['out:a frame'], 7]);
    own.release();
    error.write('the end');
    expect(written).toEqual(['out:a frame', 'error:the end']);
  });
});

describe('the stream for Ink', () => {
  const inkSetUp = (columns = 20, rows = 5) => {
    const all = setUp(columns, rows);
    const stdout = all.output as unknown as NodeJS.WriteStream;
    const ink = createInkStdout({ stdout, screen: all.screen });
    return { ...all, ink };
  };
  const update = (ink: NodeJS.WriteStream, ...texts: string[]): void => {
    for (const text of ['\x1b[?2026h', ...texts, '\x1b[?2026l']) ink.write(text);
  };

  it('lays a box over the lines, with its blanks, and takes it away again', async () => {
    const { ink, screen, shown } = inkSetUp();
    ink.write('\x1b[?1049h');
    ink.write('\x1b[?25l');
    screen.paint(() => lines(...new Array(5).fill('abcdefghijklmnopqrst')));
    update(ink, '\n    ┌──────┐\n    │ \x1b[31myes\x1b[39m  │\n    └──────┘\n');
    expect(await shown()).toEqual([
      'abcdefghijklmnopqrst',
      'abcd┌──────┐mnopqrst',
      'abcd│ yes  │mnopqrst',
      'abcd└──────┘mnopqrst',
      'abcdefghijklmnopqrst',
    ]);
    screen.paint(() => lines(...new Array(5).fill('中中中中中中中中中中')));
    expect((await shown())[2]).toBe('中中│ yes  │中中中中');
    update(ink, `${'\x1b[2K\x1b[1A'.repeat(4)}\x1b[2K\x1b[G\n\n\n\n`);
    expect(await shown()).toEqual(new Array(5).fill('中中中中中中中中中中'));
  });

  it('passes modes on, switches the screen, and keeps other text out', () => {
    const { ink, output, screen } = inkSetUp();
    ink.write('\x1b[?1049h');
    expect(output.take()).toContain('\x1b[?1049h');
    ink.write('\x1b[?2004h');
    expect(output.take()).toBe('\x1b[?2004h');
    screen.paint(() => lines('one'));
    output.take();
    // As Ink does for console.log: the frame is cleared, the text written, the frame drawn again.
    update(ink, '\x1b[2K\x1b[G', 'hello\n', '\n  ┌┐\n\n\n');
    expect(output.take()).not.toContain('hello');
    ink.write('between\n');
    expect(output.take()).toBe('');
    ink.write('\x1b[?1049l');
    expect(output.take()).toContain('\x1b[?1049l');
  });

  it('says when all has been written', async () => {
    const { ink } = inkSetUp();
    await new Promise<void>((resolve) => ink.write('', () => resolve()));
    expect([ink.isTTY, ink.columns, ink.rows, ink.writable]).toEqual([true, 20, 5, true]);
  });
});
