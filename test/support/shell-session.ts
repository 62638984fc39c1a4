/** A shell in a pseudo-terminal of its own that runs one program, and stays to tell how it ended. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import { kill, type ProcessInfo, processesMarked } from './process-tree.ts';

export interface SessionOptions {
  readonly command: readonly string[];
  readonly cols: number;
  readonly rows: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** HOME of the program; default: a fresh one, removed by `close()`. */
  readonly home: string | undefined;
}

export interface SessionEvents {
  /** The program is being started. */
  onStart(): void;
  /** The program's own output, in order, without the shell's. */
  onOutput(data: Buffer): void;
  /** The program has ended and all it wrote has been handed over. May come twice. */
  onEnd(): void;
}

/** How a program ended. Death by SIGINT shows as code 130: shells do not tell the two apart. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ShellSession {
  readonly home: string;
  write(bytes: string | Buffer): void;
  resize(cols: number, rows: number): void;
  hangup(): void;
  /** The program's process id; undefined when it has ended. */
  programPid(): number | undefined;
  /** All live processes of the session but the shell, detached ones included. */
  processes(): ProcessInfo[];
  /** Meaningful after `onEnd`. */
  exit(): Exit;
  /** The terminal's settings (`stty -g`) before and after the program; '' where there was no terminal any more. */
  settings(): { before: string; after: string };
  /** Ends the shell and gives the terminal back. */
  release(): void;
  /** Kills whatever is left and removes the session's files. */
  close(): Promise<void>;
}

// What the shell prints around the program's own output.
const startMark = Buffer.from('\x1b]7777;start\x07');
const endMark = Buffer.from('\x1b]7777;end\x07');

/**
 * The shell a user would start the program from. It outlives the program: when a terminal's session leader goes,
 * the kernel resets its settings and hangs up on leftovers, and both are what we want to find.
 * Its own words go to a file; it says there (`Terminated`) when the program died of a signal, and nothing else.
 */
const script = `
d=$1; shift
exec 3>&2 2>"$d/shell"
trap : HUP INT QUIT TERM
stty -g >"$d/before"
printf '\\033]7777;start\\007'
(exec 2>&3 3>&-; exec "$@")
code=$?
exec 2>/dev/null
stty -g >"$d/after"
echo $code >"$d/status"
printf '\\033]7777;end\\007' || exit
exec sleep 86400`;

const markerName = 'TERMINAL_UNDER_TEST';

export function startShellSession(options: SessionOptions, events: SessionEvents): ShellSession {
  const { cols, rows, cwd } = options;
  const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
  const home = options.home ?? join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const env = { ...cleanEnvironment(home), ...options.env, [markerName]: folder };
  const marker = `${markerName}=${folder}`;
  const arguments_ = ['-c', script, 'sh', folder, ...options.command];
  const pty = spawn('/bin/sh', arguments_, { cols, rows, cwd, env, encoding: null }) as IPty & {
    destroy(): void;
    write(bytes: Buffer): void;
  };
  // Typed as a string, but with `encoding: null` it is the bytes.
  pty.onData(readBetweenMarks(events) as (data: unknown) => void);
  pty.onExit(() => events.onEnd());

  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8').trim();
    } catch {
      return '';
    }
  };
  const killAll = () => {
    for (const { pid } of processesMarked(marker)) kill(pid);
  };
  const processes = () => processesMarked(marker).filter(({ pid }) => pid !== pty.pid);
  // The test itself may be ended at any time; what it started must not stay.
  process.once('exit', killAll);
  let poll: NodeJS.Timeout | undefined;

  return {
    home,
    write: (bytes) => (typeof bytes === 'string' ? pty.write(bytes) : pty.write(bytes)),
    resize: (columns, lines) => pty.resize(columns, lines),
    hangup() {
      pty.destroy();
      // A shell that is hung up on passes it on to its job; without a terminal only its file can say how that ended.
      kill(-pty.pid, 'SIGHUP');
      poll = setInterval(() => {
        if (!read('status')) return;
        clearInterval(poll);
        events.onEnd();
      }, 20);
    },
    programPid: () => processes().find(({ parent }) => parent === pty.pid)?.pid,
    processes,
    exit() {
      const status = read('status');
      if (status === '') return { code: null, signal: 'SIGKILL' };
      const code = Number(status);
      const number = code > 128 && read('shell') !== '' ? code - 128 : undefined;
      const signal = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
      return signal ? { code: null, signal: signal as NodeJS.Signals } : { code, signal: null };
    },
    settings: () => ({ before: read('before'), after: read('after') }),
    release: () => void kill(pty.pid),
    async close() {
      clearInterval(poll);
      process.removeListener('exit', killAll);
      for (let tries = 0; tries < 100 && processesMarked(marker).length > 0; tries++) {
        killAll();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Takes the raw stream and hands on what lies between the marks, wherever reads happen to cut it. */
function readBetweenMarks(events: SessionEvents): (data: Buffer) => void {
  let state: 'before' | 'inside' | 'after' = 'before';
  let held: Buffer = Buffer.alloc(0);
  return (data) => {
    let bytes = Buffer.concat([held, data]);
    held = Buffer.alloc(0);
    if (state === 'before') {
      const start = bytes.indexOf(startMark);
      if (start < 0) {
        held = bytes;
        return;
      }
      state = 'inside';
      events.onStart();
      bytes = bytes.subarray(start + startMark.length);
    }
    if (state === 'after') return;
    const end = bytes.indexOf(endMark);
    const length = end >= 0 ? end : bytes.length - beginningAtEnd(bytes, endMark);
    held = bytes.subarray(length);
    if (length > 0) events.onOutput(bytes.subarray(0, length));
    if (end < 0) return;
    state = 'after';
    events.onEnd();
  };
}

/** How many of the last bytes could be the first of `mark`. */
function beginningAtEnd(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(bytes.length, mark.length - 1); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return length;
  }
  return 0;
}

/** No CI, NO_COLOR, TMUX, NODE_OPTIONS, npm_* or keys of the machine's own: only what a login would give. */
function cleanEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    SHELL: '/bin/sh',
    TZ: 'UTC',
    USER: 'tester',
  };
}
