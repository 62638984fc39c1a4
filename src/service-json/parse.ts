import { decodeText } from './decode.ts';
import { createPositions, type Position } from './position.ts';
import { createScanner, SyntaxFailure } from './scanner.ts';
import { type JsonObject, type Path, setOwn } from './value.ts';

/** An error means that there is no value; a warning was tolerated. The text says the mend. */
export interface Problem extends Position {
  readonly severity: 'error' | 'warning';
  readonly text: string;
}

export interface ServiceDocument {
  /** `undefined` if there is an error. */
  readonly value: unknown;
  /** In the order of the text; after 50 warnings one more tells how many were left out. */
  readonly problems: readonly Problem[];
  /** Where the key of a path stands (list items: the item), or its value; of a missing one, its nearest parent. */
  at(path: Path, of?: 'key' | 'value'): Position;
}

const MAX_DEPTH = 200;
const MAX_WARNINGS = 50;
const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const MEANT: Record<string, string> = { True: 'true', False: 'false', None: 'null', undefined: 'null', NaN: 'null' };

interface Node {
  key: number;
  start: number;
  members?: Map<string, Node>;
  items?: Node[];
}

/** JSON with positions; comments, trailing commas, odd spaces, repeated keys and a byte order mark are warnings. */
export function parseServiceJson(text: string): ServiceDocument {
  return read(text, undefined);
}

/** The same from the bytes of a file: UTF-8 or UTF-16. Bytes that are no text are an error. */
export function parseServiceBytes(bytes: Uint8Array): ServiceDocument {
  const decoded = decodeText(bytes);
  if ('text' in decoded) return read(decoded.text, decoded.note);
  const start = { line: 1, column: 1 };
  return { value: undefined, problems: [{ severity: 'error', ...start, text: decoded.problem }], at: () => start };
}

/** The document of a value that was never a file, as it would be written for an editor. */
export function documentOf(value: unknown): ServiceDocument {
  return parseServiceJson(JSON.stringify(value ?? null, null, 2));
}

function read(text: string, note: string | undefined): ServiceDocument {
  const position = createPositions(text);
  const problems: Problem[] = [];
  let unsaid = 0;
  const warn = (offset: number, words: string) => {
    if (problems.length < MAX_WARNINGS) problems.push({ severity: 'warning', ...position(offset), text: words });
    else unsaid++;
  };
  if (note !== undefined) warn(0, note);
  else if (text.startsWith('\ufeff')) warn(0, 'the file begins with a byte order mark, which is not sent');
  let value: unknown;
  let root: Node | undefined;
  let failure: Problem | undefined;
  try {
    value = parse(text, warn, position);
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    failure = { severity: 'error', ...position(error.offset), text: error.message };
  }
  const last = problems.at(-1);
  if (unsaid > 0 && last) problems.push({ ...last, text: `and ${unsaid} more warnings after this one` });
  if (failure) problems.push(failure);
  const at = (path: Path, of: 'key' | 'value' = 'key') => {
    if (failure) return { line: failure.line, column: failure.column };
    // Read a second time only when somebody asks: the places of all values take more room than the values.
    if (root === undefined) {
      root = { key: 0, start: 0 };
      parse(text, () => {}, position, root);
    }
    let node = root;
    for (const step of path) {
      const next = typeof step === 'number' ? node.items?.[step] : node.members?.get(step);
      if (next === undefined) return position(node.key);
      node = next;
    }
    return position(of === 'key' ? node.key : node.start);
  };
  return { value, problems, at };
}

function parse(
  text: string,
  warn: (offset: number, words: string) => void,
  position: (offset: number) => Position,
  places?: Node,
): unknown {
  const scan = createScanner(text, warn);
  if (text.startsWith('\ufeff')) scan.pos = 1;
  scan.skip();
  if (scan.pos >= text.length) throw new SyntaxFailure(scan.pos, 'the file is empty: expected "{"');
  if (places) places.key = scan.pos;
  const value = readValue(places, 1);
  scan.skip();
  if (scan.pos < text.length) {
    throw new SyntaxFailure(
      scan.pos,
      `expected the end of the file, found ${scan.found()}: is a bracket one too many?`,
    );
  }
  return value;

  function readValue(node: Node | undefined, depth: number): unknown {
    if (node) node.start = scan.pos;
    if (depth > MAX_DEPTH) throw new SyntaxFailure(scan.pos, `nested deeper than ${MAX_DEPTH} levels`);
    const here = text.charAt(scan.pos);
    if (here === '{') return readObject(node, depth);
    if (here === '[') return readList(node, depth);
    if (here === '"') return scan.string();
    if (here === '-' || here === '+' || here === '.' || (here >= '0' && here <= '9')) return scan.number();
    return readWord();
  }

  function readWord(): unknown {
    const found = scan.found();
    const word = found.slice(1, -1);
    if (WORDS.has(word)) {
      scan.pos += word.length;
      return WORDS.get(word);
    }
    const meant = Object.hasOwn(MEANT, word) ? MEANT[word] : undefined;
    const mend = meant !== undefined ? `write ${meant}` : quoteMend(found);
    throw new SyntaxFailure(scan.pos, `expected a value, found ${found}${mend === '' ? '' : `: ${mend}`}`);
  }

  function readObject(node: Node | undefined, depth: number): JsonObject {
    const open = scan.pos++;
    const value: JsonObject = {};
    const members = node ? new Map<string, Node>() : undefined;
    if (node && members) node.members = members;
    let comma = -1;
    for (;;) {
      scan.skip();
      if (text.charAt(scan.pos) === '}') break;
      const key = readKey(open, comma >= 0);
      const start = key.start;
      scan.skip();
      if (text.charAt(scan.pos) !== ':') {
        const name = JSON.stringify(key.name);
        throw new SyntaxFailure(scan.pos, `expected ":" after the key ${name}, found ${scan.found()}`);
      }
      scan.pos++;
      scan.skip();
      const child = members ? { key: start, start } : undefined;
      const inner = readValue(child, depth + 1);
      if (Object.hasOwn(value, key.name)) {
        warn(start, `the key ${JSON.stringify(key.name)} is in this object twice: only this last one counts`);
      }
      setOwn(value, key.name, inner);
      if (child) members?.set(key.name, child);
      comma = separator('}', open, `the value of ${JSON.stringify(key.name)}`);
      if (comma < 0) break;
    }
    close(comma);
    return value;
  }

  function readKey(open: number, afterComma: boolean): { name: string; start: number } {
    const start = scan.pos;
    if (text.charAt(start) === '"') return { name: scan.string(), start };
    if (start >= text.length) throw unclosed('{', open);
    const found = scan.found();
    const mend = found === '","' ? 'delete one comma' : quoteMend(found);
    const wanted = afterComma ? 'a key in double quotes' : 'a key in double quotes or "}"';
    throw new SyntaxFailure(start, `expected ${wanted}, found ${found}${mend === '' ? '' : `: ${mend}`}`);
  }

  function readList(node: Node | undefined, depth: number): unknown[] {
    const open = scan.pos++;
    const value: unknown[] = [];
    const items: Node[] | undefined = node ? [] : undefined;
    if (node && items) node.items = items;
    let comma = -1;
    for (;;) {
      scan.skip();
      if (text.charAt(scan.pos) === ']') break;
      if (scan.pos >= text.length) throw unclosed('[', open);
      if (text.charAt(scan.pos) === ',') {
        throw new SyntaxFailure(scan.pos, 'expected a value, found ",": delete one comma');
      }
      const child = items ? { key: scan.pos, start: scan.pos } : undefined;
      value.push(readValue(child, depth + 1));
      if (child) items?.push(child);
      comma = separator(']', open, 'the item');
      if (comma < 0) break;
    }
    close(comma);
    return value;
  }

  /** The offset of a comma, or -1 at the closing bracket, which is not consumed. */
  function separator(closing: '}' | ']', open: number, after: string): number {
    const end = scan.pos;
    scan.skip();
    const here = text.charAt(scan.pos);
    if (here === ',') return scan.pos++;
    if (here === closing) return -1;
    if (here === '') throw unclosed(closing === '}' ? '{' : '[', open);
    // What follows begins a key or a value, so the place to mend is where the comma should stand.
    const missing = /["{[\w-]/.test(here);
    const found = scan.found();
    const expected = `expected "," or "${closing}" after ${after}, found ${found}`;
    throw new SyntaxFailure(missing ? end : scan.pos, missing ? `${expected}: is a comma missing here?` : expected);
  }

  function close(comma: number): void {
    if (comma >= 0) warn(comma, 'a comma before the closing bracket: delete it, other tools refuse it');
    scan.pos++;
  }

  function unclosed(bracket: '{' | '[', open: number): SyntaxFailure {
    const { line, column } = position(open);
    const closing = bracket === '{' ? '}' : ']';
    return new SyntaxFailure(
      text.length,
      `the file ends inside the "${bracket}" of line ${line}, column ${column}: expected "${closing}"`,
    );
  }
}

function quoteMend(found: string): string {
  const word = found.slice(1, -1);
  if (/^['`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb]/u.test(word)) return 'write texts between plain double quotes';
  return /^[\p{L}_$]/u.test(word) ? `write it in double quotes, ${JSON.stringify(word)}` : '';
}
