// CRC-64 as OSS computes it over an object (ECMA-182, bits reflected, start and end inverted), header
// x-oss-hash-crc64ecma. In WebAssembly, because JavaScript has no fast integers of 64 bits: three times as fast as two
// halves of 32 bits, and beside MD5 it is what sending a file costs. Four stretches are summed side by side and then joined,
// because each step of one has to wait for the step before.

const polynomial = 0xc96c5795d7870f42n;
const lanes = { count: 4, bytes: 4096 };
/** Sixteen tables of 256 sums: what a byte becomes behind so many others, and what a sum becomes a lane later. */
const tableBytes = 2 * 8 * 256 * 8;
const pieceBytes = 64 * 1024;

export interface Crc64 {
  update(bytes: Uint8Array): void;
  /** The sum of all that came. */
  value(): bigint;
}

/** An unsigned number as WebAssembly writes it. */
function leb(value: number): number[] {
  const rest = value >>> 7;
  return rest === 0 ? [value] : [(value & 127) | 128, ...leb(rest)];
}

/** A signed number, for constants that are not negative. */
function constant(value: number): number[] {
  const rest = value >> 7;
  const last = rest === 0 && (value & 64) === 0;
  return [...(last ? [value & 127] : [(value & 127) | 128, ...constant(rest)])];
}

const sized = (bytes: readonly number[]) => [...leb(bytes.length), ...bytes];
const section = (id: number, ...content: number[]) => [id, ...sized(content)];
const text = (value: string) => sized([...Buffer.from(value)]);

const type = { i32: 0x7f, i64: 0x7e };
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const i32 = (value: number) => [0x41, ...constant(value)];
const i64 = (value: number) => [0x42, ...constant(value)];
const op = { and: 0x71, shl: 0x74, shr: 0x76, add: 0x6a, sub: 0x6b, below: 0x49, wrap: 0xa7, xor: 0x85, shr64: 0x88 };
/** The 64 bits at the address on the stack, plus `offset`. */
const load64 = (offset: number) => [0x29, 3, ...leb(offset)];
const load8 = [0x31, 0, 0];
/** Runs the body as long as `p` is below what `limit` puts on the stack; addresses lie behind the tables, so none wraps. */
const loopBelow = (p: number, limit: number[], body: number[]) => [
  ...[0x02, 0x40, 0x03, 0x40],
  ...[...get(p), ...limit, op.below, 0x45, 0x0d, 1],
  ...body,
  ...[0x0c, 0, 0x0b, 0x0b],
];

/** `sum(from, to, crc)`: the raw sum after the bytes from..to of its memory: in lanes, then eight at a step, then one by one. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const [p, end, crc, low, high, stop, lane] = [0, 1, 2, 3, 4, 5, 6];
  const look = (half: number, byte: number, table: number) => [
    ...get(half),
    // The byte times eight: where its sum is in the table.
    ...(byte === 0 ? [...i32(3), op.shl] : [...i32(byte * 8 - 3), op.shr]),
    ...[...i32(255 * 8), op.and],
    ...load64(table * 2048),
  ];
  /** All eight bytes of a sum, each looked up in a table of its own. */
  const lookAll = (sum: number, tableOf: (byte: number) => number) => [
    ...[...get(sum), op.wrap, ...set(low)],
    ...[...get(sum), ...i64(32), op.shr64, op.wrap, ...set(high)],
    ...look(low, 0, tableOf(0)),
    ...[1, 2, 3].flatMap((byte) => [...look(low, byte, tableOf(byte)), op.xor]),
    ...[0, 1, 2, 3].flatMap((byte) => [...look(high, byte, tableOf(4 + byte)), op.xor]),
  ];
  const step = (sum: number, offset: number) => [
    ...[...get(sum), ...get(p), ...load64(offset), op.xor, ...set(sum)],
    ...[...lookAll(sum, (byte) => 7 - byte), ...set(sum)],
  ];
  const forward = (bytes: number) => [...get(p), ...i32(bytes), op.add, ...set(p)];
  const others = Array.from({ length: lanes.count - 1 }, (_, at) => ({
    sum: lane + at,
    offset: (at + 1) * lanes.bytes,
  }));
  const sideBySide = [
    ...others.flatMap(({ sum }) => [...i64(0), ...set(sum)]),
    ...[...get(p), ...i32(lanes.bytes), op.add, ...set(stop)],
    ...loopBelow(p, get(stop), [
      ...step(crc, 0),
      ...others.flatMap(({ sum, offset }) => step(sum, offset)),
      ...forward(8),
    ]),
    ...others.flatMap(({ sum }) => [...lookAll(crc, (byte) => 8 + byte), ...get(sum), op.xor, ...set(crc)]),
    ...forward(others.length * lanes.bytes),
  ];
  const eight = [...step(crc, 0), ...forward(8)];
  const one = [
    ...[...get(crc), ...get(p), ...load8, op.xor, op.wrap, ...i32(255), op.and, ...i32(3), op.shl, ...load64(0)],
    ...[...get(crc), ...i64(8), op.shr64, op.xor, ...set(crc)],
    ...forward(1),
  ];
  const code = [
    ...[2, 3, type.i32, others.length, type.i64],
    ...loopBelow(p, [...get(end), ...i32(lanes.count * lanes.bytes - 1), op.sub], sideBySide),
    ...loopBelow(p, [...get(end), ...i32(7), op.sub], eight),
    ...loopBelow(p, get(end), one),
    ...get(crc),
    0x0b,
  ];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 3, type.i32, type.i32, type.i64, 1, type.i64),
    ...section(2, 1, ...text('e'), ...text('m'), 2, 0, 1),
    ...section(3, 1, 0),
    ...section(7, 1, ...text('sum'), 0, 0),
    ...section(10, 1, ...sized(code)),
  ]);
}

function buildTables(): BigInt64Array {
  const tables = new BigInt64Array(tableBytes / 8);
  const at = (index: number) => BigInt.asUintN(64, tables[index] as bigint);
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    tables[byte] = value;
  }
  // Table k: what a byte becomes after k more bytes of zero.
  for (let index = 256; index < 8 * 256; index++) {
    const before = at(index - 256);
    tables[index] = (before >> 8n) ^ at(Number(before & 255n));
  }
  // Table 8 + k: what byte k of a sum becomes after a lane of zeros.
  const power = powerOf(lanes.bytes);
  for (let index = 8 * 256; index < tables.length; index++) {
    const [k, byte] = [(index >> 8) - 8, index & 255];
    const rest = byte & (byte - 1);
    tables[index] =
      rest === 0 ? multiply(BigInt(byte) << BigInt(8 * k), power) : at(index - rest) ^ at(index - byte + rest);
  }
  return tables;
}

export interface Crc64Maker {
  counter(): Crc64;
  /** Memory of the sums' own: bytes that lie in it are summed where they are, all others are copied first. */
  readonly room: Buffer<ArrayBuffer>;
}

/** Makes counters which share their tables; one maker is enough for many. What of the room is not used takes no memory. */
export function createCrc64(roomBytes = 0): Crc64Maker {
  const start = tableBytes + pieceBytes;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((start + roomBytes) / 65_536) });
  const { buffer } = memory;
  new BigInt64Array(buffer).set(buildTables());
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()), { e: { m: memory } });
  const sum = instance.exports.sum as (from: number, to: number, crc: bigint) => bigint;
  const copies = new Uint8Array(buffer, tableBytes, pieceBytes);
  const counter = (): Crc64 => {
    let crc = -1n;
    return {
      update(bytes) {
        if (bytes.buffer === buffer) {
          crc = sum(bytes.byteOffset, bytes.byteOffset + bytes.length, crc);
          return;
        }
        for (let from = 0; from < bytes.length; from += pieceBytes) {
          const piece = bytes.subarray(from, from + pieceBytes);
          copies.set(piece);
          crc = sum(tableBytes, tableBytes + piece.length, crc);
        }
      },
      value: () => BigInt.asUintN(64, ~crc),
    };
  };
  return { counter, room: Buffer.from(buffer, start, roomBytes) };
}

function multiply(a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = 1n << 63n; bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
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
