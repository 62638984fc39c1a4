/** Where and why the text is not JSON; thrown inside the parser only. */
export class SyntaxFailure extends Error {
  readonly offset: number;

  constructor(offset: number, text: string) {
    super(text);
    this.offset = offset;
  }
}

export interface Scanner {
  pos: number;
  /** Skips white space and comments, telling of the comments. */
  skip(): void;
  string(): string;
  number(): number;
  /** `the end of the file` or the thing found, for "expected …, found …". */
  found(): string;
}

const CLEAN = /[^"\\\u0000-\u001f]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NUMBER_LIKE = /[-+.\w]+/y;
const WORD = /[\p{L}\p{N}_$.-]+/uy;
const ODD_SPACE = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2028\u2029\u3000\ufeff\v\f]/;
const ESCAPES: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function sticky(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

/** Reads the tokens of JSON; `warn` hears of what is tolerated although JSON does not know it. */
export function createScanner(text: string, warn: (offset: number, text: string) => void): Scanner {
  const scanner: Scanner = { pos: 0, skip, string, number, found };
  return scanner;

  function skip(): void {
    for (;;) {
      // Unit by unit: a pattern for each token makes large files several times slower.
      let code = text.charCodeAt(scanner.pos);
      while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++scanner.pos);
      if (code > 35 && code < 127 && code !== 47) return;
      const here = text.charAt(scanner.pos);
      if (here === '#' || here === '/') {
        if (!comment(here)) return;
      } else if (here !== '' && ODD_SPACE.test(here)) {
        const hex = code.toString(16).toUpperCase().padStart(4, '0');
        warn(scanner.pos, `an odd space (U+${hex}) where JSON allows none: replace it with a plain space`);
        scanner.pos++;
      } else return;
    }
  }

  function comment(first: string): boolean {
    const start = scanner.pos;
    if (text.startsWith('/*', start)) {
      const end = text.indexOf('*/', start + 2);
      if (end < 0) throw new SyntaxFailure(start, 'this comment is not closed: expected "*/"');
      scanner.pos = end + 2;
    } else if (first === '#' || text.startsWith('//', start)) {
      const rest = text.slice(start).search(/[\r\n]/);
      scanner.pos = rest < 0 ? text.length : start + rest;
    } else return false;
    warn(start, 'JSON knows no comments: this one is not sent; delete it, other tools refuse it');
    return true;
  }

  function string(): string {
    const start = scanner.pos++;
    let value = '';
    for (;;) {
      const part = sticky(CLEAN, text, scanner.pos);
      value += part;
      scanner.pos += part.length;
      const here = text.charAt(scanner.pos);
      if (here === '"') {
        scanner.pos++;
        return value;
      }
      if (here === '\\') value += readEscape();
      else if (here === '' || here === '\n' || here === '\r') {
        throw new SyntaxFailure(start, "this text is not closed on its line: expected a '\"' at its end");
      } else {
        const code = here.charCodeAt(0).toString(16).padStart(4, '0');
        const mend = here === '\t' ? '\\t' : `\\u${code}`;
        throw new SyntaxFailure(scanner.pos, `a control character inside a text: write it as ${mend}`);
      }
    }
  }

  function readEscape(): string {
    const letter = text.charAt(scanner.pos + 1);
    if (letter === 'u') {
      const hex = text.slice(scanner.pos + 2, scanner.pos + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw new SyntaxFailure(scanner.pos, 'expected four hex digits after \\u');
      scanner.pos += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const value = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (value === undefined) {
      throw new SyntaxFailure(scanner.pos, `"\\${letter.trim()}" is no escape of JSON: write a backslash as "\\\\"`);
    }
    scanner.pos += 2;
    return value;
  }

  function number(): number {
    const start = scanner.pos;
    const written = sticky(NUMBER_LIKE, text, start);
    const literal = sticky(NUMBER, written, 0);
    if (literal === '' || literal.length !== written.length) {
      throw new SyntaxFailure(start, `${shown(written)} is no number of JSON: expected one such as 2, 0.5 or -1`);
    }
    const value = Number(literal);
    if (!Number.isFinite(value)) throw new SyntaxFailure(start, `${shown(literal)} is larger than numbers can be`);
    if (/^-?\d+$/.test(literal) && literal !== String(value) && BigInt(literal) !== BigInt(value)) {
      warn(start, `${shown(literal)} has more digits than a number keeps: write it as text if it is an id`);
    }
    scanner.pos += literal.length;
    return value;
  }

  function found(): string {
    if (scanner.pos >= text.length) return 'the end of the file';
    const word = sticky(WORD, text, scanner.pos);
    return shown(word === '' ? String.fromCodePoint(text.codePointAt(scanner.pos) ?? 0) : word);
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}
