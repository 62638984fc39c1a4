// CRC-64 as OSS computes it over an object (ECMA-182, bits reflected, start and end inverted), header
// x-oss-hash-crc64ecma. In two halves of 32 bits, because a bigint per byte would be a hundred times slower.

const polynomial = { high: 0xc96c5795, low: 0xd7870f42 };
const wide = 0xc96c5795d7870f42n;

export interface Crc64 {
  update(bytes: Uint8Array): void;
  /** The sum of all that came. */
  value(): bigint;
}

/** Makes counters which share their tables; one maker is enough for many. */
export function createCrc64(): () => Crc64 {
  const low = new Int32Array(2048);
  const high = new Int32Array(2048);
  for (let byte = 0; byte < 256; byte++) {
    let l = byte;
    let h = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) {
        l ^= polynomial.low;
        h ^= polynomial.high;
      }
    }
    low[byte] = l;
    high[byte] = h;
  }
  // Table k: what a byte becomes after k more bytes of zero.
  for (let at = 256; at < 2048; at++) {
    const l = low[at - 256] as number;
    const h = high[at - 256] as number;
    low[at] = ((l >>> 8) | (h << 24)) ^ (low[l & 255] as number);
    high[at] = (h >>> 8) ^ (high[l & 255] as number);
  }
  // The index is below 2048 by construction; a check per byte would halve the speed.
  const lo = (at: number) => low[at] as number;
  const hi = (at: number) => high[at] as number;

  return () => {
    let l = -1;
    let h = -1;
    return {
      update(bytes) {
        const at = (index: number) => bytes[index] as number;
        const whole = bytes.length - (bytes.length % 8);
        let i = 0;
        for (; i < whole; i += 8) {
          l ^= at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24);
          h ^= at(i + 4) | (at(i + 5) << 8) | (at(i + 6) << 16) | (at(i + 7) << 24);
          const a = 1792 + (l & 255);
          const b = 1536 + ((l >>> 8) & 255);
          const c = 1280 + ((l >>> 16) & 255);
          const d = 1024 + (l >>> 24);
          const e = 768 + (h & 255);
          const f = 512 + ((h >>> 8) & 255);
          const g = 256 + ((h >>> 16) & 255);
          const k = h >>> 24;
          l = lo(a) ^ lo(b) ^ lo(c) ^ lo(d) ^ lo(e) ^ lo(f) ^ lo(g) ^ lo(k);
          h = hi(a) ^ hi(b) ^ hi(c) ^ hi(d) ^ hi(e) ^ hi(f) ^ hi(g) ^ hi(k);
        }
        for (; i < bytes.length; i++) {
          const next = (l ^ at(i)) & 255;
          l = ((l >>> 8) | (h << 24)) ^ lo(next);
          h = (h >>> 8) ^ hi(next);
        }
      },
      value: () => (BigInt(~h >>> 0) << 32n) | BigInt(~l >>> 0),
    };
  };
}

function multiply(a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = 1n << 63n; bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ wide : factor >> 1n;
  }
  return product;
}

function powerOf(bytes: number): bigint {
  let result = 1n << 63n;
  let square = 1n << 55n;
  for (let left = BigInt(bytes); left > 0n; left >>= 1n) {
    if (left & 1n) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}

/** The sum of pieces one after the other, from the sum and the size in bytes of each. */
export function joinCrc64(pieces: readonly { crc: bigint; size: number }[]): bigint {
  const powers = new Map<number, bigint>();
  let whole = 0n;
  for (const { crc, size } of pieces) {
    const power = powers.get(size) ?? powerOf(size);
    powers.set(size, power);
    whole = multiply(power, whole) ^ crc;
  }
  return whole;
}
