import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { isReport, readSequence } from '../lib/escape-sequence.ts';
import { graphemes } from '../lib/width.ts';
import { functionKeyText } from './chord.ts';

const PASTE_START = '\u001b[200~';
const PASTE_END = '\u001b[201~';
// Ink holds a bare ESC for 20 ms and would join the next key to it; this form of the same key it understands at once.
const LONE_ESCAPE = '\u001b[27u';
/** A read longer than this inside a paste is the paste going on; a key press is shorter. */
const BULK = 16;

/** Where the filter's waits are set; in the tests a clock of their own. */
export type InputTimers = { set(run: () => void, ms: number): unknown; clear(timer: unknown): void };

export type InputOptions = {
  /** Milliseconds that an ESC waits for the rest of a sequence before it is the key esc. Default 100. */
  escWaitMs?: number;
  /** The first read holds what was typed while nobody read: it is not a paste for having come at once. */
  typedAhead?: boolean;
  /** Milliseconds that a paste waits for its end, and a begun sequence for its rest. Default 1,000. */
  pasteWaitMs?: number;
  /** The terminal got or lost the focus (after focus reports were asked for). */
  onFocus?(focused: boolean): void;
  /** A reply of the terminal: cursor position, device attributes, mouse, OSC and DCS answers, as it came. */
  onReport?(sequence: string): void;
  /** The terminal is gone; with the error if it went with one. */
  onEnd?(error?: Error): void;
  timers?: InputTimers;
};

/** A stream to give to Ink as `stdin`. */
export type Input = NodeJS.ReadStream & {
  /** From now on keys are dropped, as long as `muted`; replies of the terminal are still taken. */
  mute(muted: boolean): void;
  /** Makes the terminal raw again when somebody else has made it cooked meanwhile. */
  retake(): void;
  /** Gives the terminal back, cooked, and ends the stream. May be called twice. */
  close(): void;
};

const realTimers: InputTimers = {
  set: (run, ms) => setTimeout(run, ms),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/**
 * A stream between the terminal and Ink that makes whole keys of what the reads happen to hold. An escape sequence split
 * over reads is joined; pastes reach Ink between paste markers, also where the terminal sends none; focus reports and
 * replies of the terminal are taken out; function keys pass as private characters (see `functionKeyText`).
 * It reads from `stdin` only while raw mode is on, so that a child process gets every key while Ink is suspended.
 */
export function createInput(stdin: NodeJS.ReadStream, options: InputOptions = {}): Input {
  const output = new Readable({ encoding: 'utf8', read() {} });
  let muted = false;
  const filter = createFilter(options, (text) => {
    if (!muted && !output.readableEnded && !output.destroyed) output.push(text);
  });
  let decoder = new StringDecoder('utf8');
  let reading = false;
  let closed = false;
  const onData = (chunk: Buffer | string) => filter.feed(typeof chunk === 'string' ? chunk : decoder.write(chunk));
  const finish = (error?: Error) => {
    if (closed) return;
    closed = true;
    release();
    output.push(null);
    options.onEnd?.(error);
  };
  const onStdinEnd = () => finish();
  const acquire = () => {
    if (reading || closed) return;
    reading = true;
    stdin.on('data', onData);
    stdin.resume();
  };
  function release(): void {
    if (!reading) return;
    reading = false;
    stdin.removeListener('data', onData);
    // Pausing is what makes Node stop reading the terminal, which a child process is about to read.
    stdin.pause();
    filter.reset();
    decoder = new StringDecoder('utf8');
  }
  stdin.on('end', onStdinEnd);
  stdin.on('close', onStdinEnd);
  // A terminal that hangs up fails the read with EIO; unheard, that would end the process in the middle of a frame.
  stdin.on('error', finish);

  const input = Object.assign(output, {
    setRawMode(raw: boolean) {
      if (closed) return input;
      // Cooked only after the last read, raw before the first: so no key is echoed and none is read twice.
      if (!raw) release();
      stdin.setRawMode?.(raw);
      if (raw) acquire();
      return input;
    },
    ref() {
      stdin.ref?.();
      return input;
    },
    unref() {
      stdin.unref?.();
      return input;
    },
    mute(on: boolean) {
      muted = on;
    },
    retake() {
      if (closed || !reading) return;
      // Node.js does nothing about a mode that it takes to be set.
      stdin.setRawMode?.(false);
      stdin.setRawMode?.(true);
    },
    close() {
      if (closed) return;
      closed = true;
      release();
      if (stdin.isTTY) stdin.setRawMode?.(false);
      stdin.unref?.();
      stdin.removeListener('end', onStdinEnd);
      stdin.removeListener('close', onStdinEnd);
      output.push(null);
    },
  });
  Object.defineProperties(input, {
    isTTY: { get: () => stdin.isTTY === true },
    isRaw: { get: () => stdin.isRaw === true },
  });
  // Of a terminal stream Ink uses these members only; the others have no meaning for a filter.
  return input as unknown as Input;
}

type Filter = { feed(text: string): void; reset(): void };

function createFilter(options: InputOptions, push: (text: string) => void): Filter {
  const escWaitMs = options.escWaitMs ?? 100;
  const pasteWaitMs = options.pasteWaitMs ?? 1_000;
  const timers = options.timers ?? realTimers;
  let held = '';
  let paste: string[] | undefined;
  /** A paste was given up before its end came: a later end marker still tells what belongs to it. */
  let abandoned = false;
  /** An unmarked paste came just now; what follows at once is its rest. */
  let trailing = false;
  /** What was typed before anybody read is being taken. */
  let ahead = options.typedAhead ?? false;
  let out = '';
  const waits = new Map<string, unknown>();

  const stop = (name: string) => {
    if (waits.has(name)) timers.clear(waits.get(name));
    waits.delete(name);
  };
  const start = (name: string, ms: number, run: () => void) => {
    stop(name);
    const timer = timers.set(() => {
      waits.delete(name);
      run();
      flush();
    }, ms);
    waits.set(name, timer);
  };
  function flush(): void {
    const text = out;
    out = '';
    if (text !== '') push(text);
  }

  function sendPaste(text: string): void {
    out += PASTE_START + text + PASTE_END;
  }

  function openPaste(): void {
    paste = [];
    abandoned = false;
    start('paste', pasteWaitMs, giveUpPaste);
  }

  function giveUpPaste(): void {
    if (paste === undefined) return;
    const text = paste.join('');
    paste = undefined;
    abandoned = true;
    stop('paste');
    // A start marker alone is no paste of anything.
    if (text !== '') sendPaste(text);
  }

  /** Takes text into the open paste; returns what comes after the paste, or undefined while it stays open. */
  function fillPaste(parts: string[], text: string): string | undefined {
    // The end marker may be split over reads, so the last characters are looked at again.
    const last = parts.pop() ?? '';
    const kept = Math.max(0, last.length - PASTE_END.length);
    const tail = last.slice(kept) + text;
    const head = last.slice(0, kept);
    const end = tail.indexOf(PASTE_END);
    if (end >= 0) {
      sendPaste(parts.join('') + head + tail.slice(0, end));
      paste = undefined;
      stop('paste');
      return tail.slice(end + PASTE_END.length);
    }
    const cancel = tail.indexOf('\u0003');
    if (cancel >= 0) {
      parts.push(head, tail.slice(0, cancel));
      giveUpPaste();
      return tail.slice(cancel);
    }
    if (head !== '') parts.push(head);
    parts.push(tail);
    // A long paste over a slow line goes on for longer; keys pressed into an open one must not keep it open.
    if (text.length > BULK) start('paste', pasteWaitMs, giveUpPaste);
    return undefined;
  }

  function sendText(text: string): void {
    for (const run of text.split(/(\u0003)/)) {
      if (run === '') continue;
      // Ctrl-c is heard whatever it arrives with.
      if (run !== '\u0003' && !ahead && (trailing || looksPasted(run))) {
        sendPaste(run);
        trailing = true;
        start('trailing', escWaitMs, () => {
          trailing = false;
        });
      } else out += run;
    }
  }

  function sendSequence(sequence: string): void {
    if (sequence === '\u001b[I' || sequence === '\u001b[O') options.onFocus?.(sequence.endsWith('I'));
    else if (sequence === PASTE_START) openPaste();
    else if (sequence === PASTE_END) abandoned = false;
    else if (isReport(sequence)) options.onReport?.(sequence);
    else out += functionKeyOf(sequence) ?? sequence;
  }

  function take(text: string): void {
    let rest: string | undefined = text;
    while (rest !== undefined && rest !== '') {
      if (paste !== undefined) {
        rest = fillPaste(paste, rest);
        continue;
      }
      const late = abandoned ? rest.indexOf(PASTE_END) : -1;
      if (late >= 0 && !rest.slice(0, late).includes(PASTE_START)) {
        if (late > 0) sendPaste(rest.slice(0, late));
        abandoned = false;
        rest = rest.slice(late + PASTE_END.length);
        continue;
      }
      rest = takeKeys(rest);
    }
  }

  /** Sends the text up to and with the first sequence; returns what follows it. */
  function takeKeys(text: string): string {
    const at = text.indexOf('\u001b');
    if (at < 0) {
      sendText(text);
      return '';
    }
    if (at > 0) sendText(text.slice(0, at));
    const read = readSequence(text, at);
    if (read.kind === 'part') {
      held = text.slice(at);
      // ESC alone is a key that somebody pressed; more than that comes from the terminal itself, whose rest, coming
      // late, must not be taken for keys.
      start('held', held.length > 1 ? pasteWaitMs : escWaitMs, giveUpHeld);
      return '';
    }
    if (read.kind === 'whole') sendSequence(text.slice(at, read.end));
    // What was begun and not ended is noise, but for the ESC itself, which is a key.
    else if (read.end === at + 1) out += LONE_ESCAPE;
    return text.slice(read.end);
  }

  function giveUpHeld(): void {
    const text = held;
    held = '';
    if (text === '\u001b') out += LONE_ESCAPE;
    // Alt with `[`, `O`, `]` …, in the form that Ink takes for a key at once.
    else if (text.length === 2) out += `\u001b[${text.charCodeAt(1)};3u`;
  }

  return {
    feed(text) {
      const whole = held + text;
      held = '';
      stop('held');
      take(whole);
      ahead = false;
      flush();
    },
    reset() {
      for (const name of [...waits.keys()]) stop(name);
      held = '';
      out = '';
      paste = undefined;
      abandoned = false;
      trailing = false;
    },
  };
}

/**
 * Whether one read without paste markers was pasted: text goes on after a line end. Typing may arrive as one read too,
 * but ends with its Enter; and a key held down (`+ Enter + Enter`) is no text.
 */
function looksPasted(text: string): boolean {
  if (!/[\r\n]+[^\r\n]/.test(text)) return false;
  const letters = graphemes(text.replace(/[\r\n]/g, ''));
  return (
    letters.length >= 2 && !(letters.every((letter) => letter === letters[0]) && '+-=jk'.includes(letters[0] ?? ''))
  );
}

const FUNCTION_KEYS: Record<string, string> = {
  OP: 'f1',
  OQ: 'f2',
  OR: 'f3',
  OS: 'f4',
  '[P': 'f1',
  '[Q': 'f2',
  '[R': 'f3',
  '[S': 'f4',
  '[[A': 'f1',
  '[[B': 'f2',
  '[[C': 'f3',
  '[[D': 'f4',
  '[[E': 'f5',
  '[2~': 'insert',
  '[11~': 'f1',
  '[12~': 'f2',
  '[13~': 'f3',
  '[14~': 'f4',
  '[15~': 'f5',
  '[17~': 'f6',
  '[18~': 'f7',
  '[19~': 'f8',
  '[20~': 'f9',
  '[21~': 'f10',
  '[23~': 'f11',
  '[24~': 'f12',
};

function functionKeyOf(sequence: string): string | undefined {
  const name = FUNCTION_KEYS[sequence.slice(1)];
  return name === undefined ? undefined : functionKeyText(name);
}
