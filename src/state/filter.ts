import { fuzzy, nearest } from '../lib/words.ts';
import type { Column, Screen } from '../screens/define.ts';

/** Where the texts of a row are kept once they were made: every key asks for them again. */
export interface Memo {
  texts?: Texts | undefined;
}

/** The text of all cells of a row, a line each, with A to Z in lower case. */
interface Texts {
  /** What of it takes a byte a character, which V8 looks through several times faster; a line ends where others were. */
  readonly narrow: string;
  /** The cells that have others, whole; mostly empty. */
  readonly wide: string;
  /** Which of the letters a to z are in it, a bit each. */
  readonly letters: number;
}

type Test = (row: unknown, memo?: Memo) => boolean;

/** An expression that is no more than its letters. */
export interface Word {
  /** In lower case. More of it occurs in fewer rows. */
  readonly text: string;
  /** Which of the letters a to z it has, a bit each. */
  readonly letters: number;
  /** One of those letters alone: to have its bit is to have it. */
  readonly lone: boolean;
}

interface Part {
  readonly text: string;
  readonly not: boolean;
  /** What is looked for in all cells; absent where the test is another. */
  readonly word: Word | undefined;
  readonly test: Test;
}

/** What can be used: all parts have to hold. */
export interface Usable {
  readonly test: Test;
  readonly parts: readonly Part[];
}

/** A filter that can be used, or what is wrong with its text. */
export type Filter = Usable | { readonly error: string };

/** Whether every row that passes `next` passes `before` as well, as far as their texts show. */
export function narrows(next: Usable, before: Usable): boolean {
  return before.parts.every((part, place) => {
    const now = next.parts[place];
    if (!now) return false;
    if (now.text === part.text) return true;
    return !now.not && !part.not && part.word !== undefined && now.word?.text.includes(part.word.text) === true;
  });
}

const comparison = /^([a-z]+):(>=|<=|>|<|=)?(.*)$/i;

/**
 * Reads a filter: text or regular expression over all cells of a row, `!` before it for "not", `-f` for fuzzy
 * over the name, `column:text` and `column:>number` for one column. Several parts separated by spaces must all
 * hold. A text that is not a valid expression is an error that is shown, never "no filter".
 */
export function readFilter(screen: Screen, text: string): Filter {
  const parts: Part[] = [];
  const trimmed = text.trim();
  if (/^-f(\s|$)/.test(trimmed)) {
    const pattern = trimmed.slice(2).trim();
    const test: Test = (row) => pattern === '' || fuzzy(pattern, screen.rowName(row)) !== undefined;
    return { test, parts: [{ text: trimmed, not: false, word: undefined, test }] };
  }
  // A "!" may stand apart from what it denies.
  for (const part of trimmed.replace(/!\s+/g, '!').split(/\s+/)) {
    if (part === '' || part === '!') continue;
    const not = part.startsWith('!');
    const asked = not ? part.slice(1) : part;
    const word = readWord(asked);
    const test = word ? wordTest(screen, word) : readPart(screen, asked);
    if (typeof test === 'string') return { error: test };
    parts.push({ text: part, not, word, test: not ? (row, memo) => !test(row, memo) : test });
  }
  return { test: (row, memo) => parts.every(({ test }) => test(row, memo)), parts };
}

function readPart(screen: Screen, part: string): Test | string {
  const [, name, operator, operand] = comparison.exec(part) ?? [];
  if (name !== undefined && operand !== undefined) {
    const column = screen.columns.find(({ id, title }) => [id, title.toLowerCase()].includes(name.toLowerCase()));
    if (!column) {
      const near = nearest(
        name,
        screen.columns.map(({ id }) => id),
      );
      return `no column ${name}${near ? `; did you mean ${near}:` : ''}`;
    }
    if (operator && column.id === 'age') return 'age is not compared; sort by it: choose it with > and press O';
    return operator
      ? compare(column, operator, operand)
      : expression(operand, (row) => ({ narrow: cell(column, row), wide: '' }));
  }
  return expression(part, (row, memo) => textsOf(screen, row, memo));
}

const plain = /^[\w@%,;#~="'`/-]+$/;

function readWord(part: string): Word | undefined {
  if (!plain.test(part)) return undefined;
  const text = part.toLowerCase();
  const letters = lettersIn(text);
  return { text, letters, lone: text.length === 1 && letters !== 0 };
}

function wordTest(screen: Screen, { text }: Word): Test {
  return (row, memo) => textsOf(screen, row, memo).narrow.includes(text);
}

/**
 * The texts of a row. In them A to Z are small, which an expression that ignores case cannot tell; other letters are
 * left as they are, since not all of them come back.
 */
export function textsOf(screen: Screen, row: unknown, memo: Memo = {}): Texts {
  if (memo.texts === undefined) {
    let all = '';
    let wide = '';
    for (const column of screen.columns) {
      const text = cell(column, row);
      all += `${text}\n`;
      if (wider.test(text)) wide += `${text}\n`;
    }
    const narrow = small(wide === '' ? all : all.replace(allWider, '\n'));
    memo.texts = { narrow, wide: small(wide), letters: lettersIn(narrow) };
  }
  return memo.texts;
}

const wider = /[^\0-\xff]/;
const allWider = /[^\0-\xff]+/g;

const small = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

function lettersIn(text: string): number {
  let letters = 0;
  for (let place = 0; place < text.length; place++) {
    const letter = text.charCodeAt(place) - 97;
    if (letter >= 0 && letter < 26) letters |= 1 << letter;
  }
  return letters;
}

function cell(column: Column<unknown>, row: unknown): string {
  if (column.id === 'age') return '';
  // What is shown and what it stands for: a status is found with and without its symbol.
  const value = String(column.value(row) ?? '');
  const text = column.text?.(row, 0) ?? '';
  return text === value ? text : `${text}\n${value}`;
}

function compare(column: Column<unknown>, operator: string, operand: string): Test | string {
  const bound = Number(operand);
  if (operand === '' || Number.isNaN(bound)) return `${column.id}:${operator} needs a number, not "${operand}"`;
  return (row) => {
    const value = column.value(row);
    if (typeof value !== 'number') return false;
    if (operator === '>') return value > bound;
    if (operator === '<') return value < bound;
    if (operator === '>=') return value >= bound;
    return operator === '<=' ? value <= bound : value === bound;
  };
}

function expression(
  pattern: string,
  read: (row: unknown, memo?: Memo) => Pick<Texts, 'narrow' | 'wide'>,
): Test | string {
  try {
    const regex = new RegExp(pattern, 'im');
    return (row, memo) => {
      const { narrow, wide } = read(row, memo);
      return regex.test(narrow) || (wide !== '' && regex.test(wide));
    };
  } catch {
    return `"${pattern}" is not a valid expression; put \\ before a special character`;
  }
}
