/** Repeatable randomness: the same seed and the same calls give the same values. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** An integer from `from` up to and including `to`. */
  integer(from: number, to: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** Lower-case hexadecimal digits. */
  hex(length: number): string;
  /** Lower-case letters and digits. */
  word(length: number): string;
  uuid(): string;
  /** A generator of its own, given by this one's seed and a label, whatever was drawn before. */
  fork(label: string): Random;
}

function hash(text: string, seed: number): number {
  let value = 2166136261 ^ seed;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  return value >>> 0;
}

/** mulberry32. Not for secrets. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
  const from = (alphabet: string, length: number) => {
    let text = '';
    for (let i = 0; i < length; i++) text += alphabet[Math.floor(next() * alphabet.length)];
    return text;
  };
  const hex = (length: number) => from('0123456789abcdef', length);
  return {
    next,
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
    hex,
    word: (length) => from('abcdefghijklmnopqrstuvwxyz0123456789', length),
    uuid: () => `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`.toUpperCase(),
    fork: (label) => createRandom(hash(label, seed)),
  };
}
