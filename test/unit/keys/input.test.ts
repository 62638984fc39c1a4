import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functionKeyText } from '../../../src/keys/chord.ts';
import { createInput, type InputOptions } from '../../../src/keys/input.ts';

const ESC = '\u001b';
/** The esc key, as the filter hands it to Ink. */
const ESC_KEY = `${ESC}[27u`;
const pasted = (text: string) => `${ESC}[200~${text}${ESC}[201~`;

/** A clock that stands still until it is told how far to go. */
function createClock() {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  return {
    set(run: () => void, ms: number) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return timer;
    },
    clear(timer: unknown) {
      timers = timers.filter((one) => one !== timer);
    },
    pending: () => timers.length,
    go(ms: number) {
      const until = now + ms;
      for (;;) {
        const next = timers.filter((one) => one.at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((one) => one !== next);
        now = next.at;
        next.run();
      }
      now = until;
    },
  };
}

/** A terminal that records what is done to it. */
function createTerminal() {
  const calls: string[] = [];
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode(raw: boolean) {
      calls.push(raw ? 'raw' : 'cooked');
      stream.isRaw = raw;
      return stream;
    },
    ref: () => calls.push('ref'),
    unref: () => calls.push('unref'),
  });
  return { stream, calls };
}

function open(options: InputOptions = {}) {
  const clock = createClock();
  const { stream, calls } = createTerminal();
  const focus: boolean[] = [];
  const reports: string[] = [];
  let ended = 0;
  const input = createInput(stream as unknown as NodeJS.ReadStream, {
    timers: clock,
    onFocus: (focused) => focus.push(focused),
    onReport: (sequence) => reports.push(sequence),
    onEnd: () => ended++,
    ...options,
  });
  input.setRawMode(true);
  // A chunk is what one read of the terminal gives, so it is handed over at once and not merged with the next.
  const read = (chunk: string | Buffer) => stream.emit('data', typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  const got = () => (input.read() as string | null) ?? '';
  return { input, stream, calls, clock, read, got, focus, reports, ended: () => ended };
}

/** All that comes of the chunks, each given `gap` ms after the one before. */
function through(chunks: (string | Buffer)[], gap = 0) {
  const terminal = open();
  for (const chunk of chunks) {
    terminal.clock.go(gap);
    terminal.read(chunk);
  }
  terminal.clock.go(5_000);
  return { text: terminal.got(), focus: terminal.focus, reports: terminal.reports };
}

describe('escape sequences', () => {
  it('joins ESC, 60 ms, [B to one down key', () => {
    expect(through([ESC, '[B'], 60).text).toBe(`${ESC}[B`);
    expect(through([ESC, '[', 'B'], 60).text).toBe(`${ESC}[B`);
  });

  it('is the esc key when nothing follows', () => {
    const { read, clock, got } = open();
    read(ESC);
    clock.go(99);
    expect(got()).toBe('');
    clock.go(1);
    expect(got()).toBe(ESC_KEY);
  });

  it('takes the wait that it is told', () => {
    const { read, clock, got } = open({ escWaitMs: 300 });
    read(ESC);
    clock.go(299);
    expect(got()).toBe('');
    read('[A');
    expect(got()).toBe(`${ESC}[A`);
  });

  it('tells two quick escapes from alt', () => {
    expect(through([`${ESC}${ESC}`]).text).toBe(ESC_KEY + ESC_KEY);
    expect(through([`${ESC}${ESC}[A`]).text).toBe(`${ESC_KEY}${ESC}[A`);
    expect(through([`${ESC}x`]).text).toBe(`${ESC}x`);
    expect(through([`${ESC}\r`]).text).toBe(`${ESC}\r`);
  });

  it('types nothing of a sequence that comes late or never', () => {
    expect(through([`${ESC}[1;`, '2D'], 500).text).toBe(`${ESC}[1;2D`);
    expect(through([`${ESC}[1;`]).text).toBe('');
    expect(through([`${ESC}[`]).text).toBe(`${ESC}[91;3u`);
    expect(through([`${ESC}[1\u0003`]).text).toBe('\u0003');
    expect(through([`${ESC}]52;c;\u0003`, 'j']).text).toBe('\u0003j');
  });

  it('hands on keys of every terminal whole', () => {
    const keys = ['[A', 'OA', '[1;2D', '[5~', '[Z', '[2$', '[3^', 'Oa', '[106;5u', '[?1u', '[c', 'OM'].map(
      (key) => ESC + key,
    );
    for (const key of keys) expect(through([key]).text).toBe(key);
    expect(through([keys.join('')]).text).toBe(keys.join(''));
  });

  it('sends function keys, of which Ink says nothing, as private characters', () => {
    expect(through([`${ESC}OP${ESC}[11~${ESC}[[A`]).text).toBe(functionKeyText('f1')?.repeat(3));
    expect(through([`${ESC}[24~${ESC}[2~`]).text).toBe(`${functionKeyText('f12')}${functionKeyText('insert')}`);
  });
});

describe('typing', () => {
  it.each([
    '+++\r',
    ':q\r',
    'j',
    '\r',
    '\r\r\r',
    'abc\r\n',
    ':scale mnist 5\r',
    '+\r+\r',
    'jjj\rjj',
    'j\u007f\u007f',
    '/模型\r',
  ])('%j in one read is keys', (text) => expect(through([text]).text).toBe(text));

  it('reads characters that are split over reads', () => {
    const bytes = Buffer.from('模🚀é');
    expect(through([...bytes].map((byte) => Buffer.of(byte))).text).toBe('模🚀é');
  });
});

describe('pastes', () => {
  it('hands on a bracketed paste whole, however it arrives', () => {
    const text = pasted('kubectl get\r\npods \u001b[A 模型');
    expect(through([text]).text).toBe(text);
    expect(through([...text]).text).toBe(text);
    expect(through(['j', text, 'k'].join('').split(/(?<=get)/)).text).toBe(`j${text}k`);
  });

  it('takes text that goes on after a line end for a paste', () => {
    for (const text of ['stop mnist\ryes', 'one\ntwo\nthree\n', 'a b\r\nc', '删除\r\n是']) {
      expect(through([text]).text).toBe(pasted(text));
    }
  });

  it('counts what follows such a paste at once as its rest', () => {
    const { read, clock, got } = open();
    read('first line\rsecond');
    clock.go(20);
    read(' half\r');
    expect(got()).toBe(pasted('first line\rsecond') + pasted(' half\r'));
    clock.go(100);
    read('j\r');
    expect(got()).toBe('j\r');
  });

  it('gives up a paste without an end, so that keys work again', () => {
    const { read, clock, got } = open();
    read(`${ESC}[200~jq`);
    clock.go(400);
    read('k');
    expect(got()).toBe('');
    clock.go(600);
    expect(got()).toBe(pasted('jqk'));
    read('\u0003');
    expect(got()).toBe('\u0003');
  });

  it('hears ctrl-c in a paste without an end at once', () => {
    const { read, got, clock } = open();
    read(`${ESC}[200~jq`);
    read('\u0003');
    expect(got()).toBe(`${pasted('jq')}\u0003`);
    read('j');
    expect(got()).toBe('j');
    expect(clock.pending()).toBe(0);
  });

  it('gives up a start marker of nothing', () => {
    const { read, clock, got } = open();
    read(`${ESC}[200~`);
    clock.go(1_000);
    read('j');
    expect(got()).toBe('j');
  });

  it('waits for a long paste on a slow line', () => {
    const { read, clock, got } = open();
    read(`${ESC}[200~`);
    for (let index = 0; index < 5; index++) {
      clock.go(900);
      read('x'.repeat(100));
    }
    read(`${ESC}[201~`);
    expect(got()).toBe(pasted('x'.repeat(500)));
  });

  it('takes the rest of a paste given up too early for a paste', () => {
    const { read, clock, got } = open();
    read(`${ESC}[200~one`);
    clock.go(1_000);
    read(`two\r${ESC}[201~q`);
    expect(got()).toBe(`${pasted('one')}${pasted('two\r')}q`);
  });

  it('takes 20 MB in reads of 4 KB', () => {
    const { read, got } = open();
    const started = performance.now();
    read(`${ESC}[200~`);
    for (let index = 0; index < 5_000; index++) read('x'.repeat(4_096));
    read(`${ESC}[201~`);
    expect(got().length).toBe(20_480_000 + 12);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('reports', () => {
  it('takes focus and replies out of the stream', () => {
    const replies = [
      `${ESC}[24;80R`,
      `${ESC}[?1;2c`,
      `${ESC}[>0;276;0c`,
      `${ESC}[0n`,
      `${ESC}[?2004;1$y`,
      `${ESC}[<0;10;5M`,
      `${ESC}]11;rgb:ffff/ffff/ffff\u0007`,
      `${ESC}]52;c;aGk=${ESC}\\`,
      `${ESC}P>|XTerm(390)${ESC}\\`,
    ];
    const stream = `j${ESC}[I${replies.join('')}k${ESC}[O`;
    for (const chunks of [[stream], [...stream]]) {
      const { text, focus, reports } = through(chunks, 1);
      expect(text).toBe('jk');
      expect(focus).toEqual([true, false]);
      expect(reports).toEqual(replies);
    }
  });
});

describe('a mouse that another program left on', () => {
  it('types nothing, however its reports arrive', () => {
    for (const chunks of [
      [`${ESC}[M Sy`],
      [`${ESC}[M`, ' S', 'y'],
      [`${ESC}`, '[M S', 'y'],
      [`${ESC}[M#Sy${ESC}[M Sy`],
    ]) {
      expect(through([...chunks, 'j']).text).toBe('j');
    }
    expect(through([`${ESC}[<0;10;10Mj`]).text).toBe('j');
  });

  it('swallows no ctrl-c, and nothing that comes later', () => {
    expect(through([`${ESC}[M`, '\u0003']).text).toBe('\u0003');
    expect(through([`${ESC}[M`, 'j'], 2_000).text).toBe('j');
  });
});

describe('any chunking', () => {
  const key = fc.constantFrom('j', '+', '模', '🚀', '\u0004', '\u0003', '\t', '\u007f');
  const sequence = fc
    .constantFrom('[A', '[1;2C', '[5~', 'OB', '[Z', '[15~', 'x', '[I', '[24;80R', ']10;?\u0007', '[?62;4c')
    .map((one) => ESC + one);
  const paste = fc.string({ unit: fc.constantFrom('a', ' ', '\r', '\n', '模', '[', '~', '2') }).map(pasted);
  const tokens = fc.array(
    fc.oneof({ weight: 3, arbitrary: key }, { weight: 3, arbitrary: sequence }, { weight: 1, arbitrary: paste }),
    { maxLength: 30 },
  );

  it('gives the same keys, pastes and reports', () => {
    fc.assert(
      fc.property(tokens, fc.array(fc.nat(1_000)), fc.nat(90), (list, cuts, gap) => {
        const bytes = Buffer.from(list.join(''));
        const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const chunks = [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
        // An esc key of its own is told by time, so the gap stays below the wait.
        expect(through(chunks, gap)).toEqual(through([bytes]));
      }),
      { numRuns: 500 },
    );
  });

  it('never throws and never holds a key for ever, whatever comes', () => {
    const noise = fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 12 });
    const ascii = fc.array(
      fc.string({ unit: fc.constantFrom(ESC, '[', ']', 'O', '2', '0', '~', ';', '\r', 'a', '\u0003', '\u0007', '\\') }),
    );
    fc.assert(
      fc.property(fc.oneof(noise, ascii), fc.nat(200), (chunks, gap) => {
        const { read, clock, got } = open();
        for (const chunk of chunks) {
          clock.go(gap);
          read(Buffer.from(chunk as string));
        }
        clock.go(2_000);
        got();
        read('\u0003');
        expect(got()).toContain('\u0003');
        expect(clock.pending()).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the terminal', () => {
  it('is read only while raw, and let go completely', () => {
    const { input, stream, calls, read, got, clock } = open();
    expect(stream.listenerCount('data')).toBe(1);
    expect(input.isTTY).toBe(true);
    expect(input.isRaw).toBe(true);
    read(ESC);
    input.setRawMode(false);
    expect(stream.listenerCount('data')).toBe(0);
    expect(stream.isPaused()).toBe(true);
    expect(clock.pending()).toBe(0);
    input.setRawMode(true);
    read('j');
    expect(got()).toBe('j');
    expect(calls).toEqual(['raw', 'cooked', 'raw']);
  });

  it('is made raw anew, though Node.js takes it to be', () => {
    const { input, calls } = open();
    input.retake();
    expect(calls).toEqual(['raw', 'cooked', 'raw']);
    input.close();
    input.retake();
    expect(calls.at(-1)).not.toBe('raw');
  });

  it('passes ref and unref on', () => {
    const { input, calls } = open();
    input.ref();
    input.unref();
    expect(calls).toEqual(['raw', 'ref', 'unref']);
  });

  it('is cooked again after close, once', () => {
    const { input, stream, calls } = open();
    input.close();
    input.close();
    input.setRawMode(true);
    expect(calls).toEqual(['raw', 'cooked', 'unref']);
    expect(stream.listenerCount('data')).toBe(0);
  });

  it('ends the stream and says so when the terminal hangs up, also with an error', async () => {
    for (const hangUp of ['end', 'error'] as const) {
      const { input, stream, ended } = open();
      const over = new Promise((resolve) => input.once('end', resolve));
      input.resume();
      if (hangUp === 'end') stream.end();
      else stream.emit('error', new Error('read EIO'));
      await over;
      expect(ended()).toBe(1);
    }
  });
});
