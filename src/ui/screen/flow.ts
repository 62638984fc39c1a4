/**
 * Keeps what is under way to the terminal short. The pseudo terminal, ssh and the network between take many frames at
 * once and show them late; so each frame ends with a question (`ASK`) that the terminal answers when it has drawn it,
 * and the next one waits while more is unanswered than the line carries in one round trip.
 * Without answers nothing is ever held back.
 */
export interface Flow {
  /** Whether another frame may be written now. */
  free(): boolean;
  /** Whether a frame of so many bytes should end with the question. */
  asks(bytes: number): boolean;
  /** The question was asked, in so many bytes. */
  sent(bytes: number): void;
  /** The terminal answered. */
  answered(): void;
  /** Milliseconds from now after which an answer that has not come is taken for lost; undefined when none is awaited. */
  patience(): number | undefined;
  /** Milliseconds from now in which what was asked may still be answered; 0 when nothing more will come. */
  outstanding(): number;
  /** What was asked will not be answered any more. */
  forget(): void;
}

/** DSR: "are you well?". Every terminal since the VT100 answers `ANSWER`. */
export const ASK = '\x1b[5n';
export const ANSWER = '\x1b[0n';

/** An answer that takes longer was lost, unless the line is known to be that slow. Milliseconds. */
const LONGEST_WAIT = 5_000;

/** How long to wait for the last answers before the terminal is given back: of one that answers, of one not known to. */
const LAST_WAIT = { answers: 2_000, unknown: 500 };

/** What is under way of less than this is not worth the question: it is told with the next frame. Bytes. */
const LITTLE = 64;

/** So much more than is known to fit is tried, or nothing better would ever be found. */
const MORE = 1.25;

export function createFlow(now: () => number): Flow {
  let waiting: { readonly bytes: number; readonly at: number }[] = [];
  let answers = false;
  let lastAnswer = -Infinity;
  /** Bytes since the last question. */
  let untold = 0;
  /** The shortest round trip so far, ms. Larger frames take longer, and that is not the line's length. */
  let roundTrip = Infinity;
  /** Bytes a millisecond, the best of late. */
  let rate = 0;
  const underWay = (): number => waiting.reduce((sum, { bytes }) => sum + bytes, 0);
  const patience = (): number | undefined => {
    const [oldest] = waiting;
    if (!oldest || !answers) return undefined;
    const expected = rate > 0 ? underWay() / rate : 0;
    return Math.max(0, oldest.at + Math.max(LONGEST_WAIT, 3 * expected) - now());
  };
  return {
    patience,
    free() {
      if (!answers || waiting.length === 0) return true;
      if (patience() === 0) waiting = [];
      return underWay() < MORE * rate * roundTrip || waiting.length === 0;
    },
    asks(bytes) {
      if (!answers) return false;
      untold += bytes;
      return untold > LITTLE;
    },
    sent(bytes) {
      waiting.push({ bytes: untold + bytes, at: now() });
      untold = 0;
    },
    answered() {
      const first = waiting.shift();
      answers = true;
      if (!first) return;
      const at = now();
      const took = Math.max(0.1, at - first.at);
      roundTrip = Math.min(took, roundTrip);
      rate = Math.max(first.bytes / Math.max(0.1, at - Math.max(first.at, lastAnswer)), rate * 0.95);
      lastAnswer = at;
    },
    outstanding() {
      const [oldest] = waiting;
      const wait = answers ? LAST_WAIT.answers : LAST_WAIT.unknown;
      return oldest ? Math.max(0, oldest.at + wait - now()) : 0;
    },
    forget() {
      waiting = [];
    },
  };
}
