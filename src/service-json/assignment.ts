import type { Path } from './value.ts';

/** One `path=value` as it was written, not yet typed. */
export interface Assignment {
  readonly steps: Path;
  readonly value: string;
  /** The value stood in quotes, so it is a text. */
  readonly quoted: boolean;
}

/** Cuts a line into its assignments. White space separates them; inside quotes and JSON brackets it does not. */
export function createAssignmentReader(line: string): { items: Assignment[]; errors: string[] } {
  const items: Assignment[] = [];
  const errors: string[] = [];
  for (const word of wordsOf(line, errors)) {
    const written = word.startsWith('-D') ? word.slice(2) : word;
    if (written === '') continue;
    const equals = equalsAt(written);
    if (equals < 0) {
      errors.push(`${JSON.stringify(written)} is no assignment: write path=value, such as metadata.cpu=5`);
      continue;
    }
    const path = written.slice(0, equals);
    const steps = stepsOf(path);
    if (typeof steps === 'string') {
      errors.push(steps);
      continue;
    }
    const value = unquote(written.slice(equals + 1));
    if (value.text === '' && !value.quoted) {
      errors.push(`${path} has no value: write ${path}=value, or ${path}="" for an empty text`);
    } else items.push({ steps, value: value.text, quoted: value.quoted });
  }
  if (items.length === 0 && errors.length === 0) {
    errors.push('nothing to set: write path=value, such as metadata.cpu=5 metadata.instance=10');
  }
  return { items, errors };
}

function wordsOf(line: string, errors: string[]): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  let depth = 0;
  for (let at = 0; at < line.length; at++) {
    const here = line.charAt(at);
    if (quote !== '') {
      word += here;
      if (here === '\\' && quote === '"' && at + 1 < line.length) word += line.charAt(++at);
      else if (here === quote) quote = '';
      continue;
    }
    // A quote inside a plain word, as in it's, is just a letter.
    if (here === '"' || (here === "'" && depth === 0 && (word === '' || word.endsWith('=')))) quote = here;
    else if (here === '{' || here === '[') depth++;
    else if (here === '}' || here === ']') depth = Math.max(0, depth - 1);
    if (/\s/.test(here) && depth === 0 && quote === '') {
      if (word !== '' && word !== '-D') words.push(word);
      word = '';
    } else word += here;
  }
  if (quote !== '') errors.push(`a ${quote} is not closed: add ${quote} at the end of the value`);
  else if (depth > 0) errors.push('a bracket is not closed: add "}" or "]" at the end of the value');
  else if (word !== '') words.push(word);
  return words;
}

/** The first `=` outside of brackets and quotes. */
function equalsAt(word: string): number {
  let quoted = false;
  let depth = 0;
  for (let at = 0; at < word.length; at++) {
    const here = word.charAt(at);
    if (quoted && here === '\\') at++;
    else if (here === '"') quoted = !quoted;
    else if (!quoted && here === '[') depth++;
    else if (!quoted && here === ']') depth--;
    else if (!quoted && depth <= 0 && here === '=') return at;
  }
  return -1;
}

/** `a.b[0]["c.d"]` or `a."c.d"` as steps, or what is wrong with it. */
function stepsOf(path: string): Path | string {
  const steps: (string | number)[] = [];
  const step = /(?:^|\.)([^.[\]"=\s]+)|(?:^|\.)("(?:[^"\\]|\\.)*")|\[(\d{1,4})\]|\[("(?:[^"\\]|\\.)*")\]/y;
  while (step.lastIndex < path.length) {
    const start = step.lastIndex;
    const match = step.exec(path);
    if (!match)
      return `${JSON.stringify(path)} is no path (at ${JSON.stringify(path.slice(start))}): write metadata.cpu`;
    const [, plain, dotted, index, bracketed] = match;
    const quoted = dotted ?? bracketed;
    const key = plain ?? (quoted === undefined ? undefined : keyOf(quoted));
    if (key === undefined && index === undefined) return `${JSON.stringify(path)} holds a broken key`;
    steps.push(key ?? Number(index));
  }
  if (steps.length === 0) return 'a value without a path: write path=value, such as metadata.cpu=5';
  return typeof steps[0] === 'number' ? `${JSON.stringify(path)} must begin with a key` : steps;
}

function keyOf(quoted: string): string | undefined {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}

function unquote(written: string): { text: string; quoted: boolean } {
  if (/^'.*'$/s.test(written) && written.length > 1) {
    const inner = written.slice(1, -1);
    // As a shell would: quotes around JSON only keep it together.
    return { text: inner, quoted: !/^\s*[[{]/.test(inner) };
  }
  if (/^"(?:[^"\\]|\\.)*"$/s.test(written)) {
    const text = keyOf(written);
    if (text !== undefined) return { text, quoted: true };
  }
  return { text: written, quoted: false };
}
