import { describe, expect, it } from 'vitest';
import { createPoller, type Feed } from '../../../src/state/poller.ts';
import { createManualClock, settled } from './manual-clock.ts';

interface Question {
  readonly key: string;
  readonly at: number;
  readonly signal: AbortSignal;
  answer(): void;
  fail(error: unknown): void;
}

/** A poller whose questions a test answers by hand. */
function setUp({ random = () => 0.5 }: { random?: () => number } = {}) {
  const clock = createManualClock(1_000_000);
  const asked: Question[] = [];
  const ticks: number[] = [];
  const failures: { since: number; retryAt: number }[] = [];
  let wanted: string[] = ['a'];
  let pause = false;
  let every = 2_000;
  let rest = 0;
  const feed = (key: string): Feed => ({
    key,
    every: () => every,
    rest: () => rest,
    read: (signal) =>
      new Promise<void>((resolve, reject) =>
        asked.push({ key, at: clock.now(), signal, answer: resolve, fail: reject }),
      ),
    failed: (_error, when) => failures.push(when),
  });
  const poller = createPoller({
    clock,
    random,
    feeds: () => wanted.map(feed),
    paused: () => pause,
    tick: (now) => ticks.push(now),
  });
  const last = (): Question => {
    const question = asked.at(-1);
    if (!question) throw new Error('nothing was asked');
    return question;
  };
  return {
    clock,
    asked,
    ticks,
    failures,
    poller,
    last,
    want(...keys: string[]) {
      wanted = keys;
      poller.sync();
    },
    pause(on: boolean) {
      pause = on;
      poller.sync();
    },
    setEvery(ms: number) {
      every = ms;
    },
    setRest(ms: number) {
      rest = ms;
    },
    async answer() {
      last().answer();
      await settled();
    },
    async fail(error: unknown = new Error('no')) {
      last().fail(error);
      await settled();
    },
  };
}

describe('asking', () => {
  it('asks at once, and never twice at the same time however long the answer takes', async () => {
    const { clock, asked, poller } = setUp();
    poller.sync();
    expect(asked).toHaveLength(1);
    poller.sync();
    await clock.advance(60_000);
    expect(asked).toHaveLength(1);
  });

  it('times the next question from the answer, not from the question', async () => {
    const { clock, asked, poller, answer } = setUp();
    poller.sync();
    await clock.advance(1_900);
    await answer();
    await clock.advance(1_999);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(asked).toHaveLength(2);
  });

  it('asks again once, right after the answer, when told to while a question is under way', async () => {
    const { clock, asked, poller, answer } = setUp();
    poller.sync();
    poller.now();
    poller.now();
    expect(asked).toHaveLength(1);
    await answer();
    await clock.advance(0);
    expect(asked).toHaveLength(2);
    await answer();
    await clock.advance(1_999);
    expect(asked).toHaveLength(2);
  });

  it('asks at once when told to between questions, and counts from there', async () => {
    const { clock, asked, poller, answer } = setUp();
    poller.sync();
    await answer();
    await clock.advance(1_500);
    poller.now();
    expect(asked).toHaveLength(2);
    await answer();
    await clock.advance(1_999);
    expect(asked).toHaveLength(2);
    await clock.advance(1);
    expect(asked).toHaveLength(3);
  });

  it('asks one feed alone when its key is given', async () => {
    const { asked, poller, want } = setUp();
    want('a', 'b');
    for (const question of asked) question.answer();
    await settled();
    poller.now('b');
    expect(asked.map(({ key }) => key)).toEqual(['a', 'b', 'b']);
  });
});

describe('what is on screen', () => {
  it('starts what is new, keeps what stays and aborts what was left', async () => {
    const { asked, want } = setUp();
    want('a');
    want('a', 'b');
    expect(asked.map(({ key }) => key)).toEqual(['a', 'b']);
    want('b');
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });

  it('lets the answer of a feed that was left change nothing', async () => {
    const { clock, asked, failures, want } = setUp();
    want('a');
    want();
    asked[0]?.fail(new Error('late'));
    await clock.advance(60_000);
    expect(asked).toHaveLength(1);
    expect(failures).toEqual([]);
  });

  it('does not let the late answer of a feed that was left and opened again start a second round', async () => {
    const { clock, asked, want } = setUp();
    want('a');
    want();
    want('a');
    expect(asked).toHaveLength(2);
    asked[0]?.answer();
    await clock.advance(10_000);
    expect(asked).toHaveLength(2);
    asked[1]?.answer();
    await clock.advance(2_000);
    expect(asked).toHaveLength(3);
  });

  it('has no timer but the tick left for a feed that was left between questions', async () => {
    const { clock, asked, want, answer } = setUp();
    want('a');
    await answer();
    want();
    await clock.advance(10_000);
    expect(asked).toHaveLength(1);
    expect(clock.waiting()).toHaveLength(1);
  });
});

describe('failing', () => {
  it('waits longer after each failure, within bounds, and says when it tries again', async () => {
    const { clock, asked, failures, poller, fail } = setUp({ random: () => 0.999 });
    poller.sync();
    const waits: number[] = [];
    for (let time = 0; time < 8; time++) {
      await fail();
      const failed = failures.at(-1);
      if (!failed) throw new Error('the failure was not told');
      const wait = failed.retryAt - clock.now();
      waits.push(wait);
      const count = asked.length;
      await clock.advance(wait - 1);
      expect(asked).toHaveLength(count);
      await clock.advance(1);
      expect(asked).toHaveLength(count + 1);
    }
    expect(waits[0]).toBeGreaterThanOrEqual(2_000);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(60_000);
  });

  it('spreads the retries by chance, never below the usual wait', async () => {
    for (const chance of [0, 0.3, 0.999]) {
      const { clock, failures, poller, fail } = setUp({ random: () => chance });
      poller.sync();
      await fail();
      await clock.advance(60_000);
      await fail();
      const second = (failures[1]?.retryAt ?? 0) - clock.now();
      expect(second).toBeCloseTo(2_000 + chance * 4_000, -1);
    }
  });

  it('remembers when a row of failures began, and forgets it with the first success', async () => {
    const { clock, failures, poller, fail, answer } = setUp();
    poller.sync();
    await fail();
    const began = clock.now();
    await clock.advance(60_000);
    await fail();
    expect(failures.map(({ since }) => since)).toEqual([began, began]);
    await clock.advance(60_000);
    await answer();
    await clock.advance(2_000);
    await fail();
    expect(failures.at(-1)?.since).toBe(clock.now());
    expect((failures.at(-1)?.retryAt ?? 0) - clock.now()).toBe(2_000);
  });

  it('waits as long as the service asks for', async () => {
    const { clock, asked, failures, poller, fail } = setUp();
    poller.sync();
    await fail(Object.assign(new Error('throttled'), { retryAfterMs: 7_000 }));
    expect((failures.at(-1)?.retryAt ?? 0) - clock.now()).toBe(7_000);
    await clock.advance(6_999);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(asked).toHaveLength(2);
  });

  it('takes no senseless waiting time from the service', async () => {
    for (const retryAfterMs of [0, -5, Number.NaN, '7000']) {
      const { clock, failures, poller, fail } = setUp();
      poller.sync();
      await fail(Object.assign(new Error('throttled'), { retryAfterMs }));
      expect((failures.at(-1)?.retryAt ?? 0) - clock.now()).toBe(2_000);
    }
  });

  it('is not asked more often while it fails than while it is well', async () => {
    const { clock, failures, poller, setEvery, fail } = setUp();
    setEvery(200_000);
    poller.sync();
    await fail();
    expect((failures.at(-1)?.retryAt ?? 0) - clock.now()).toBeGreaterThanOrEqual(200_000);
  });

  it('survives a waiting time that no timer can hold', async () => {
    const { clock, poller, fail, asked } = setUp();
    poller.sync();
    await fail(Object.assign(new Error('throttled'), { retryAfterMs: 2 ** 31 }));
    await clock.advance(1_000);
    expect(asked).toHaveLength(1);
    expect(Math.max(...clock.waiting())).toBeGreaterThan(1_000);
  });
});

describe('what must rest', () => {
  it('is asked by itself no sooner, whoever opens it again, but at once when a person wants it', async () => {
    const { clock, asked, poller, want, setRest, setEvery, answer } = setUp();
    want('a');
    setRest(30_000);
    setEvery(30_000);
    await answer();
    await clock.advance(10_000);
    want();
    want('a');
    poller.soon();
    expect(asked).toHaveLength(1);
    poller.now();
    expect(asked).toHaveLength(2);
    await answer();
    want('b');
    await answer();
    await clock.advance(29_000);
    want('a');
    expect(asked.filter(({ key }) => key === 'a')).toHaveLength(2);
    await clock.advance(1_000);
    expect(asked.filter(({ key }) => key === 'a')).toHaveLength(3);
  });

  it('is asked when its rest is over although it was put off for longer', async () => {
    const { clock, asked, poller, want, setRest, setEvery, answer } = setUp();
    want('a');
    setRest(5_000);
    setEvery(60_000);
    await answer();
    poller.soon();
    await clock.advance(4_999);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(asked).toHaveLength(2);
  });

  it('is, when it fails, left alone as long as the service asks for, also when somebody looks again', async () => {
    const { asked, poller, fail } = setUp();
    poller.sync();
    await fail(Object.assign(new Error('throttled'), { retryAfterMs: 7_000 }));
    poller.soon();
    expect(asked).toHaveLength(1);
  });
});

describe('pause', () => {
  it('asks nothing while it lasts and goes on when it ends', async () => {
    const { clock, asked, pause, poller, answer } = setUp();
    poller.sync();
    await answer();
    pause(true);
    await clock.advance(30_000);
    expect(asked).toHaveLength(1);
    pause(false);
    expect(asked).toHaveLength(2);
  });

  it('asks all the same when told to', async () => {
    const { asked, pause, poller, answer } = setUp();
    poller.sync();
    await answer();
    pause(true);
    poller.now();
    expect(asked).toHaveLength(2);
  });

  it('asks for what was opened meanwhile when it ends', async () => {
    const { asked, pause, want } = setUp();
    pause(true);
    want('b');
    expect(asked).toEqual([]);
    pause(false);
    expect(asked.map(({ key }) => key)).toEqual(['b']);
  });

  it('does not ask ahead of time when it ends before the next question is due', async () => {
    const { clock, asked, pause, poller, answer } = setUp();
    poller.sync();
    await answer();
    pause(true);
    await clock.advance(500);
    pause(false);
    await clock.advance(1_499);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(asked).toHaveLength(2);
  });
});

describe('the tick', () => {
  it('comes at each full second', async () => {
    const { clock, ticks } = setUp();
    await clock.advance(300);
    await clock.advance(3_000);
    expect(ticks).toEqual([1_001_000, 1_002_000, 1_003_000]);
  });

  it('comes while paused too: ages go on', async () => {
    const { clock, ticks, pause } = setUp();
    pause(true);
    await clock.advance(2_000);
    expect(ticks).toHaveLength(2);
  });
});

describe('stop', () => {
  it('leaves no timer, aborts what is under way and starts nothing more', async () => {
    const { clock, asked, ticks, poller, want } = setUp();
    want('a', 'b');
    asked[0]?.answer();
    await settled();
    poller.stop();
    expect(clock.waiting()).toEqual([]);
    expect(asked[1]?.signal.aborted).toBe(true);
    poller.sync();
    poller.now();
    asked[1]?.answer();
    await clock.advance(60_000);
    expect(asked).toHaveLength(2);
    expect(ticks).toEqual([]);
    expect(clock.waiting()).toEqual([]);
  });
});
