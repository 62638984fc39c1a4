import { isUtf8 } from 'node:buffer';

/** Bytes; a file of this size or more is refused. A service's JSON is a few kilobytes. */
export const MAX_BYTES = 50_000_000;

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Text without its byte order mark; `note` says what was unusual. Or why the bytes are no text, and the mend. */
export type Decoded = { text: string; encoding: Encoding; note?: string } | { problem: string };

const AGAIN = 'save it as UTF-8';

/** UTF-8 with or without a byte order mark, UTF-16 with one; anything else is a problem in words. */
export function decodeText(bytes: Uint8Array, limit = MAX_BYTES): Decoded {
  if (bytes.length >= limit) {
    // How large it is is not known: no more of it was read.
    const most = `${limit / 1e6} MB`;
    return { problem: `the file has ${most} or more; less than ${most} is read: is it the right file?` };
  }
  const mark = markOf(bytes);
  if (mark === 'utf-32') return { problem: `the file is UTF-32, which is not read: ${AGAIN}` };
  if (mark === 'utf-16le' || mark === 'utf-16be') return decodeWide(bytes, mark);
  if (mark === undefined && bytes.includes(0)) return { problem: nulProblem(bytes) };
  if (!isUtf8(bytes)) {
    return { problem: `line ${brokenLine(bytes)} holds bytes that are not UTF-8: ${AGAIN}` };
  }
  const text = new TextDecoder('utf-8').decode(bytes);
  if (mark === undefined) return { text, encoding: 'utf-8' };
  return { text, encoding: 'utf-8', note: 'the file begins with a byte order mark, which is not sent' };
}

function markOf(bytes: Uint8Array): Encoding | 'utf-32' | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)) {
    return 'utf-32';
  }
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return undefined;
}

function decodeWide(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): Decoded {
  const name = encoding === 'utf-16le' ? 'UTF-16 LE' : 'UTF-16 BE';
  if (bytes.length % 2 !== 0) {
    return { problem: `the file says it is ${name} but has an odd number of bytes: is it complete? Else ${AGAIN}` };
  }
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return { text, encoding, note: `the file is ${name}; it is sent as UTF-8` };
  } catch {
    // Thrown for half of a surrogate pair only.
    return { problem: `the file says it is ${name} but holds half characters: ${AGAIN}` };
  }
}

function nulProblem(bytes: Uint8Array): string {
  // ASCII in UTF-16 has a zero in every second byte, and JSON begins with ASCII.
  const wide = bytes.length >= 2 && bytes.length % 2 === 0 && (bytes[0] === 0) !== (bytes[1] === 0);
  if (wide) return `the file looks like UTF-16 without a byte order mark, which is not read: ${AGAIN}`;
  return 'the file holds zero bytes, so it is no text: is it the right file?';
}

function brokenLine(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
    line++;
  }
}
