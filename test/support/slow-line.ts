/** A line as slow as a modem and as long as the way round the world, between a program and its terminal. */
import { performance } from 'node:perf_hooks';

export interface Line {
  /** 10 of them carry a byte, as on a serial line. */
  readonly bitsPerSecond: number;
  readonly roundTripMs: number;
}

export interface SlowLine {
  /** Of the program, on its way to the terminal. The line takes whatever it is given, as ssh and the network do. */
  down(data: Buffer): void;
  /** Of the keyboard, on its way to the program: so short that only the distance counts. */
  up(data: string | Buffer): void;
  /** Bytes that the program has written and the terminal has not got. */
  readonly behind: number;
  /** The most that ever were. */
  most: number;
  /** Delivers all that is on its way at once, and from now on without delay. */
  open(): void;
}

/** The step in which bytes come out, ms. */
const step = 10;

export function createSlowLine(
  { bitsPerSecond, roundTripMs }: Line,
  ends: { toTerminal(data: Buffer): void; toProgram(data: string | Buffer): void },
): SlowLine {
  const perMs = bitsPerSecond / 10_000;
  let waiting: Buffer[] = [];
  let behind = 0;
  /** Bytes that the line may carry by now. */
  let credit = 0;
  let last = 0;
  let timer: NodeJS.Timeout | undefined;
  let opened = false;

  /** Out of the line's end, but still far away; in order. */
  const travelling: Buffer[] = [];

  const tick = (): void => {
    const now = performance.now();
    credit += (now - last) * perMs;
    last = now;
    const all = Buffer.concat(waiting);
    const out = all.subarray(0, Math.floor(credit));
    credit -= out.length;
    waiting = [all.subarray(out.length)];
    if (all.length === out.length) {
      clearInterval(timer);
      timer = undefined;
    }
    if (out.length === 0) return;
    travelling.push(out);
    setTimeout(arrive, roundTripMs / 2);
  };
  const arrive = (): void => {
    const data = travelling.shift();
    if (data) deliver(data);
  };
  const deliver = (data: Buffer): void => {
    behind -= data.length;
    ends.toTerminal(data);
  };
  const line: SlowLine = {
    most: 0,
    get behind() {
      return behind;
    },
    down(data) {
      behind += data.length;
      line.most = Math.max(line.most, behind);
      waiting.push(data);
      if (opened) return line.open();
      if (timer) return;
      credit = 0;
      last = performance.now();
      timer = setInterval(tick, step);
    },
    up: (data) => void setTimeout(() => ends.toProgram(data), opened ? 0 : roundTripMs / 2),
    open() {
      opened = true;
      clearInterval(timer);
      const rest = Buffer.concat([...travelling.splice(0), ...waiting]);
      waiting = [];
      if (rest.length > 0) deliver(rest);
    },
  };
  return line;
}
