/**
 * Runs a program as a user does: in a real pseudo-terminal, with a terminal emulator showing what it writes.
 * Everything is observed from outside, so the same driver tests the bundle, the launcher, a shell or `less`.
 */
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { type Cell, createEmulatedScreen, type EmulatedScreen } from './emulated-screen.ts';
import { keyBytes } from './key-bytes.ts';
import { kill, type ProcessInfo } from './process-tree.ts';
import { type Exit, type ShellSession, startShellSession } from './shell-session.ts';
import { createSlowLine, type Line, type SlowLine } from './slow-line.ts';

export type { Cell, Exit, ProcessInfo };

export const repositoryRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface LaunchOptions {
  /** Arguments after the command. */
  readonly args?: readonly string[];
  /** Program and its first arguments; default: this Node.js with bin/eas-tui. */
  readonly command?: readonly string[];
  readonly cols?: number;
  readonly rows?: number;
  /** Added to a clean environment; nothing of the caller's but PATH gets through. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What the shell had on its screen; the program must give it back. */
  readonly prefill?: string;
  /** A home folder to share between runs; default: a fresh one, removed at the end. */
  readonly home?: string;
  /** Cells of a character of ambiguous width; default 1. */
  readonly ambiguous?: 1 | 2;
  /** A slow line between the program and the terminal; default: none. */
  readonly line?: Line;
}

export interface WaitOptions {
  /** Milliseconds; default 10,000. */
  readonly timeout?: number;
}

export type Pattern = string | RegExp | ((screen: string, terminal: Terminal) => unknown);

const longestRunMs = 300_000;
const leftoverGraceMs = 2_000;

/** Starts a program in a fresh terminal. Whoever calls this must `close()` it, come what may. */
export async function launch(options: LaunchOptions = {}): Promise<Terminal> {
  const terminal = new Terminal(options);
  await terminal.started;
  return terminal;
}

export class Terminal {
  /** Fulfilled when the program is being started. */
  readonly started: Promise<void>;
  /** Output in the order and at the times (performance.now()) it was read. */
  readonly chunks: { readonly at: number; readonly data: Buffer }[] = [];
  /** performance.now() when the program was started. */
  startedAt = Number.NaN;
  exited: Exit | undefined;
  /** What is between the program and the terminal, if that is slow. */
  readonly slow: SlowLine | undefined;

  readonly #screen: EmulatedScreen;
  readonly #session: ShellSession;
  readonly #title: string;
  readonly #watchers = new Set<() => void>();
  readonly #exit = Promise.withResolvers<Exit>();
  readonly #lifeTimer: NodeJS.Timeout;
  #before: string[] = [];
  #leftovers: ProcessInfo[] = [];
  /** Answers to questions of the program that it no longer took: the shell would read them as keys. */
  readonly #lateReplies: string[] = [];
  #finishing = false;
  #hungUp = false;
  #closed = false;

  constructor(options: LaunchOptions) {
    const { cols = 80, rows = 24, prefill = 'user@host:~$ eas-tui\n', cwd = repositoryRoot, env = {}, home } = options;
    const program = options.command ?? [process.execPath, join(repositoryRoot, 'bin', 'eas-tui')];
    const command = [...program, ...(options.args ?? [])];
    this.#title = command.join(' ');
    this.#screen = createEmulatedScreen(cols, rows, options.ambiguous);
    const show = (data: Buffer): void => {
      this.chunks.push({ at: performance.now(), data });
      this.#screen.xterm.write(data, () => this.#look());
    };
    const take = (bytes: string | Buffer): void => {
      if (!this.#finishing && !this.#hungUp && !this.#closed) this.#session.write(bytes);
    };
    this.slow = options.line && createSlowLine(options.line, { toTerminal: show, toProgram: take });
    const started = Promise.withResolvers<void>();
    this.started = started.promise;
    this.#screen.xterm.write(prefill.replace(/\r?\n/g, '\r\n'), () => {
      this.#before = this.#screen.normalLines().slice(0, this.#screen.xterm.buffer.normal.cursorY);
    });
    this.#session = startShellSession(
      { command, cols, rows, cwd, env, home },
      {
        onStart: () => {
          this.startedAt = performance.now();
          started.resolve();
        },
        onOutput: (data) => (this.slow ? this.slow.down(data) : show(data)),
        onEnd: () => {
          started.resolve();
          void this.#finish();
        },
      },
    );
    // A terminal answers queries (cursor position, attributes) as if the answer were typed.
    this.#screen.xterm.onData((reply) => {
      if (this.#hungUp || this.#closed) return;
      if (this.#finishing) this.#lateReplies.push(reply);
      else this.write(reply);
    });
    this.#lifeTimer = setTimeout(() => void this.#session.close(), longestRunMs);
    this.#lifeTimer.unref();
  }

  /** The program's HOME. */
  get home(): string {
    return this.#session.home;
  }

  // Input

  /** Types text: all in one write, as a terminal sends what is typed fast. */
  type(text: string): void {
    this.write(text);
  }

  /** Presses keys by name, one write each; `down*3` is three presses. */
  key(...names: string[]): void {
    for (const name of names) {
      const repeated = /^(.+)\*(\d+)$/.exec(name);
      const bytes = keyBytes(repeated?.[1] ?? name, this.#screen.xterm.modes.applicationCursorKeysMode);
      for (let left = Number(repeated?.[2] ?? 1); left > 0; left--) this.write(bytes);
    }
  }

  /** Pastes as a terminal does: line ends become CR; bracketed if the program asked for it. Returns whether it did. */
  paste(text: string): boolean {
    const sent = text.replace(/\r?\n/g, '\r');
    this.write(this.bracketedPaste ? `\x1b[200~${sent.replaceAll('\x1b[201~', '')}\x1b[201~` : sent);
    return this.bracketedPaste;
  }

  write(bytes: string | Buffer): void {
    if (this.#hungUp || this.#closed) throw this.#failure('write: the terminal is closed');
    if (this.slow) this.slow.up(bytes);
    else this.#session.write(bytes);
  }

  resize(cols: number, rows: number): void {
    this.#screen.xterm.resize(cols, rows);
    this.#session.resize(cols, rows);
  }

  /** Sends a signal to the program alone. Returns false when it has gone. */
  signal(name: NodeJS.Signals): boolean {
    const { pid } = this;
    return pid !== undefined && kill(pid, name);
  }

  /** The user closes the window: the terminal is gone, and the shell passes SIGHUP on to its job. */
  hangup(): void {
    this.#hungUp = true;
    this.#session.hangup();
  }

  // What is seen

  /** Lines shown now, right-trimmed; as many as the terminal has. */
  screen(): string[] {
    return this.#screen.lines();
  }

  text(): string {
    return this.screen().join('\n');
  }

  /** Line n from the top, or with a negative number from the bottom. */
  line(n: number): string {
    return this.screen().at(n) ?? '';
  }

  /** Column and line count from 0. */
  cell(x: number, y: number): Cell {
    return this.#screen.cell(x, y);
  }

  get columns(): number {
    return this.#screen.xterm.cols;
  }

  get rows(): number {
    return this.#screen.xterm.rows;
  }

  get cursor(): { x: number; y: number; visible: boolean } {
    const { cursorX, cursorY } = this.#screen.xterm.buffer.active;
    return { x: cursorX, y: cursorY, visible: this.#screen.cursorVisible() };
  }

  get altScreen(): boolean {
    return this.#screen.xterm.buffer.active.type === 'alternate';
  }

  get bracketedPaste(): boolean {
    return this.#screen.xterm.modes.bracketedPasteMode;
  }

  /** The program's process id; undefined when it has ended. */
  get pid(): number | undefined {
    return this.#session.programPid();
  }

  /** Every live process of this run, the program's children and detached ones included. */
  processes(): ProcessInfo[] {
    return this.#session.processes();
  }

  /** All the program wrote, raw. */
  bytes(): Buffer {
    return Buffer.concat(this.chunks.map(({ data }) => data));
  }

  /** A place in the output, for `since`. */
  mark(): number {
    return this.chunks.reduce((length, { data }) => length + data.length, 0);
  }

  since(mark: number): Buffer {
    return this.bytes().subarray(mark);
  }

  // Waiting

  /** Waits until a pattern is on the screen, or a predicate gives something truthy. */
  async waitFor(pattern: Pattern, { timeout = 10_000 }: WaitOptions = {}): Promise<void> {
    const matches = () => {
      if (typeof pattern === 'string') return this.text().includes(pattern);
      return pattern instanceof RegExp ? this.text().search(pattern) >= 0 : pattern(this.text(), this);
    };
    await new Promise<void>((resolve, reject) => {
      const deadline = performance.now() + timeout;
      const settle = (act: () => void) => {
        clearInterval(timer);
        this.#watchers.delete(check);
        act();
      };
      const check = () => {
        const late = performance.now() >= deadline;
        // Within a synchronized update a terminal still shows the frame before.
        if (this.#screen.xterm.modes.synchronizedOutputMode && !this.exited && !late) return;
        try {
          if (matches()) return settle(resolve);
        } catch (error) {
          return settle(() => reject(error));
        }
        const problem = this.exited ? 'the program has ended' : late ? `not within ${timeout} ms` : undefined;
        if (problem) settle(() => reject(this.#failure(`waitFor(${pattern}): ${problem}`)));
      };
      // Not only on output: a predicate may look at other things too.
      const timer = setInterval(check, 20);
      this.#watchers.add(check);
      check();
    });
  }

  /** Waits until a text or pattern has left the screen. */
  async waitGone(pattern: string | RegExp, options?: WaitOptions): Promise<void> {
    await this.waitFor(
      (screen) => (typeof pattern === 'string' ? !screen.includes(pattern) : screen.search(pattern) < 0),
      options,
    );
  }

  async waitExit({ timeout = 10_000 }: WaitOptions = {}): Promise<Exit> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#failure(`waitExit: still running after ${timeout} ms`)), timeout);
    });
    return Promise.race([this.#exit.promise, late]).finally(() => clearTimeout(timer));
  }

  /** After the end: whether the program left the terminal and the machine as it found them. */
  restored(): { ok: boolean; problems: string[] } {
    if (!this.exited) throw this.#failure('restored: the program is still running');
    const problems = this.#leftovers.map(({ pid, command }) => `process left: ${pid} ${command}`);
    if (!this.#hungUp) {
      problems.push(...this.#lateReplies.map((reply) => `the shell gets an answer: ${JSON.stringify(reply)}`));
      problems.push(...this.#screen.modesLeft());
      const shown = this.#screen.normalLines();
      if (this.#before.some((line, y) => shown[y] !== line)) problems.push("the shell's text is not back");
      const { before, after } = this.#session.settings();
      if (before !== after) problems.push(`tty settings changed: ${before} → ${after}`);
    }
    return { ok: problems.length === 0, problems };
  }

  /** Kills all that is left of the run and removes its files. Always call it; twice does no harm. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#lifeTimer);
    await this.#session.close();
    await this.#finish();
    this.#screen.xterm.dispose();
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
  }

  async #finish(): Promise<void> {
    if (this.#finishing) return;
    this.#finishing = true;
    // What is ending gets a moment to do so; the shell waits, so that nothing dies of its going.
    const deadline = performance.now() + leftoverGraceMs;
    for (;;) {
      this.#leftovers = this.#session.processes();
      if (this.#leftovers.length === 0 || this.#closed || performance.now() >= deadline) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const exit = this.#session.exit();
    this.#session.release();
    this.slow?.open();
    if (!this.#closed) await new Promise<void>((resolve) => this.#screen.xterm.write('', resolve));
    this.exited = exit;
    this.#exit.resolve(exit);
    this.#look();
  }

  #failure(message: string): Error {
    const state = this.exited ? `ended with ${this.exited.signal ?? this.exited.code}` : 'running';
    const frame = `+${'-'.repeat(this.#screen.xterm.cols)}+`;
    const lines = this.screen().map((line) => `|${line}`);
    return new Error([message, `[${this.#title}] ${state}`, frame, ...lines, frame].join('\n'));
  }
}
