import { fuzzy, nearest } from '../lib/words.ts';
import type { Column, Screen } from '../screens/define.ts';

/** Where the text of all cells of a row is kept once it was made: every key asks for it again. */
export interface Memo {
  cells?: string | undefined;
}

type Test = (row: unknown, memo?: Memo) => boolean;

interface Part {
  readonly text: string;
  /** Letters that occur in a row or not, in lower case: more of them occur in fewer rows. Absent: anything else. */
  readonly letters?: string | undefined;
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
    return now.text === part.text || (part.letters !== undefined && now.letters?.includes(part.letters) === true);
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
    return { test, parts: [{ text: trimmed, test }] };
  }
  // A "!" may stand apart from what it denies.
  for (const part of trimmed.replace(/!\s+/g, '!').split(/\s+/)) {
    if (part === '' || part === '!') continue;
    const not = part.startsWith('!');
    const test = readPart(screen, not ? part.slice(1) : part);
    if (typeof test === 'string') return { error: test };
    parts.push({
      text: part,
      letters: plain.test(part) ? part.toLowerCase() : undefined,
      test: not ? (row, memo) => !test(row, memo) : test,
    });
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
    return operator ? compare(column, operator, operand) : expression(operand, (row) => cell(column, row));
  }
  if (plain.test(part)) {
    const letters = part.toLowerCase();
    return (row, memo) => allCells(screen, row, memo).includes(letters);
  }
  return expression(part, (row, memo) => allCells(screen, row, memo));
}

/** An expression that is no more than its letters. */
const plain = /^[\w@%,;#~="'`/-]+$/;

/**
 * The text of all cells, a line each. In it A to Z are small, which an expression that ignores case cannot tell; other
 * letters are left as they are, since not all of them come back.
 */
export function allCells(screen: Screen, row: unknown, memo: Memo = {}): string {
  if (memo.cells === undefined) {
    let text = '';
    for (const column of screen.columns) text += `${cell(column, row)}\n`;
    memo.cells = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  }
  return memo.cells;
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

function expression(pattern: string, read: (row: unknown, memo?: Memo) => string): Test | string {
  try {
    const regex = new RegExp(pattern, 'im');
    return (row, memo) => regex.test(read(row, memo));
  } catch {
    return `"${pattern}" is not a valid expression; put \\ before a special character`;
  }
}
