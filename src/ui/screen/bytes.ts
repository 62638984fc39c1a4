/** A growing run of bytes that is written into again and again, so that a frame allocates nothing but its own copy. */
export interface Bytes {
  /** The bytes written so far are `data[0 .. length)`. */
  readonly data: Uint8Array;
  readonly length: number;
  /** Forgets everything after the first `length` bytes. */
  cut(length: number): void;
  byte(value: number): void;
  append(source: Uint8Array): void;
  /** Takes out the bytes from `from` to `to`; what follows moves up. */
  remove(from: number, to: number): void;
  /** A number not below 0, in decimal digits. */
  decimal(value: number): void;
  /** One character as UTF-8. */
  codePoint(value: number): void;
  text(value: string): void;
}

export function createBytes(capacity = 16_384): Bytes {
  let data = new Uint8Array(capacity);
  let length = 0;
  const room = (more: number): void => {
    if (length + more <= data.length) return;
    const larger = new Uint8Array(Math.max(data.length * 2, length + more));
    larger.set(data.subarray(0, length));
    data = larger;
  };
  const bytes: Bytes = {
    get data() {
      return data;
    },
    get length() {
      return length;
    },
    cut(to) {
      length = Math.min(length, to);
    },
    byte(value) {
      if (length === data.length) room(1);
      data[length++] = value;
    },
    append(source) {
      room(source.length);
      // Sequences are short: a loop beats a call into the engine.
      for (let index = 0; index < source.length; index++) data[length + index] = source[index] ?? 0;
      length += source.length;
    },
    remove(from, to) {
      data.copyWithin(from, to, length);
      length -= to - from;
    },
    decimal(value) {
      if (value >= 10) bytes.decimal(Math.floor(value / 10));
      bytes.byte(0x30 + (value % 10));
    },
    codePoint(value) {
      room(4);
      if (value < 0x80) {
        data[length++] = value;
      } else if (value < 0x800) {
        data[length++] = 0xc0 | (value >> 6);
        data[length++] = 0x80 | (value & 0x3f);
      } else if (value < 0x10000) {
        data[length++] = 0xe0 | (value >> 12);
        data[length++] = 0x80 | ((value >> 6) & 0x3f);
        data[length++] = 0x80 | (value & 0x3f);
      } else {
        data[length++] = 0xf0 | (value >> 18);
        data[length++] = 0x80 | ((value >> 12) & 0x3f);
        data[length++] = 0x80 | ((value >> 6) & 0x3f);
        data[length++] = 0x80 | (value & 0x3f);
      }
    },
    text(value) {
      for (const character of value) bytes.codePoint(character.codePointAt(0) ?? 0x20);
    },
  };
  return bytes;
}

/** UTF-8 bytes of one character. */
export function sizeOf(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}

/** Decimal digits of a number from 0 to 9,999. */
export function digitsOf(value: number): number {
  return value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4;
}
