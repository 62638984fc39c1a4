/** How fast bytes go, over the last few seconds. */
export interface Meter {
  /** Tells how many bytes have gone in all; less than before is taken back (a part that must go again). */
  note(bytes: number, now: number): void;
  /** Bytes per second; undefined until there is something to go by. */
  rate(now: number): number | undefined;
  reset(): void;
}

const span = 8_000;
const grain = 200;

export function createMeter(): Meter {
  let samples: { at: number; bytes: number }[] = [];
  return {
    note(bytes, now) {
      const last = samples.at(-1);
      if (last && now - last.at < grain && samples.length > 1) last.bytes = bytes;
      else samples.push({ at: now, bytes });
      while (samples.length > 2 && now - (samples[1]?.at ?? now) > span) samples.shift();
    },
    rate(now) {
      const [first, last] = [samples[0], samples.at(-1)];
      if (!first || !last || now - first.at < grain) return undefined;
      // Up to now, not up to the last byte: a line that is silent gets slower while one looks at it.
      return Math.max(0, ((last.bytes - first.bytes) * 1_000) / (now - first.at));
    },
    reset() {
      samples = [];
    },
  };
}
