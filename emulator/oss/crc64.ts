// CRC-64 of OSS (ECMA-182, reflected, both ends inverted; known as CRC-64/XZ). Source: the x-oss-hash-crc64ecma header.

const polynomial = 0xc96c5795d7870f42n;

/** Eight tables of low and high halves: eight bytes are taken at a step, without a bigint. */
function buildTables(): { low: Int32Array; high: Int32Array } {
  const low = new Int32Array(8 * 256);
  const high = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    low[byte] = Number(BigInt.asIntN(32, value));
    high[byte] = Number(BigInt.asIntN(32, value >> 32n));
  }
  for (let at = 256; at < low.length; at++) {
    const [l = 0, h = 0] = [low[at - 256], high[at - 256]];
    const next = l & 255;
    low[at] = ((l >>> 8) | (h << 24)) ^ (low[next] ?? 0);
    high[at] = (h >>> 8) ^ (high[next] ?? 0);
  }
  return { low, high };
}

export interface Crc64 {
  update(bytes: Uint8Array): void;
  digest(): bigint;
}

/** Makes counters that share one set of tables. */
export function createCrc64Maker(): () => Crc64 {
  const { low, high } = buildTables();
  const t = (table: Int32Array, at: number) => table[at] as number;
  return () => {
    let l = -1;
    let h = -1;
    return {
      update(bytes) {
        const whole = bytes.length & ~7;
        const b = (at: number) => bytes[at] as number;
        let i = 0;
        for (; i < whole; i += 8) {
          l ^= b(i) | (b(i + 1) << 8) | (b(i + 2) << 16) | (b(i + 3) << 24);
          h ^= b(i + 4) | (b(i + 5) << 8) | (b(i + 6) << 16) | (b(i + 7) << 24);
          const i0 = 1792 + (l & 255);
          const i1 = 1536 + ((l >>> 8) & 255);
          const i2 = 1280 + ((l >>> 16) & 255);
          const i3 = 1024 + (l >>> 24);
          const i4 = 768 + (h & 255);
          const i5 = 512 + ((h >>> 8) & 255);
          const i6 = 256 + ((h >>> 16) & 255);
          const i7 = h >>> 24;
          l = t(low, i0) ^ t(low, i1) ^ t(low, i2) ^ t(low, i3) ^ t(low, i4) ^ t(low, i5) ^ t(low, i6) ^ t(low, i7);
          h =
            t(high, i0) ^
            t(high, i1) ^
            t(high, i2) ^
            t(high, i3) ^
            t(high, i4) ^
            t(high, i5) ^
            t(high, i6) ^
            t(high, i7);
        }
        for (; i < bytes.length; i++) {
          const next = (l ^ b(i)) & 255;
          l = ((l >>> 8) | (h << 24)) ^ t(low, next);
          h = (h >>> 8) ^ t(high, next);
        }
      },
      digest: () => (BigInt(~h >>> 0) << 32n) | BigInt(~l >>> 0),
    };
  };
}

/** a·b modulo the polynomial, bits reflected. */
function multiply(a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = 1n << 63n; bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
  }
  return product;
}

/** x to the power of 8·bytes. */
function shift(bytes: number): bigint {
  let result = 1n << 63n;
  let square = 1n << 55n;
  for (let left = BigInt(bytes); left > 0n; left >>= 1n) {
    if (left & 1n) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}

/** CRC of the pieces one after the other. */
export function combineCrc64(pieces: readonly { crc: bigint; size: number }[]): bigint {
  const shifts = new Map<number, bigint>();
  let whole = 0n;
  for (const { crc, size } of pieces) {
    const by = shifts.get(size) ?? shift(size);
    shifts.set(size, by);
    whole = multiply(by, whole) ^ crc;
  }
  return whole;
}
