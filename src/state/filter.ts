import { fuzzy, nearest } from '../lib/words.ts';
import type { Column, Screen } from '../screens/define.ts';

type Test = (row: unknown) => boolean;

/** A filter that can be used, or what is wrong with its text. */
export type Filter = { readonly test: Test } | { readonly error: string };

const comparison = /^([a-z]+):(>=|<=|>|<|=)?(.*)$/i;

/**
 * Reads a filter: text or regular expression over all cells of a row, `!` before it for "not", `-f` for fuzzy
 * over the name, `column:text` and `column:>number` for one column. Several parts separated by spaces must all
 * hold. A text that is not a valid expression is an error that is shown, never "no filter".
 */
export function readFilter(screen: Screen, text: string): Filter {
  const tests: Test[] = [];
  const trimmed = text.trim();
  if (/^-f(\s|$)/.test(trimmed)) {
    const pattern = trimmed.slice(2).trim();
    return { test: (row) => pattern === '' || fuzzy(pattern, screen.rowName(row)) !== undefined };
  }
  // A "!" may stand apart from what it denies.
  for (const part of trimmed.replace(/!\s+/g, '!').split(/\s+/)) {
    if (part === '' || part === '!') continue;
    const not = part.startsWith('!');
    const test = readPart(screen, not ? part.slice(1) : part);
    if (typeof test === 'string') return { error: test };
    tests.push(not ? (row) => !test(row) : test);
  }
  return { test: (row) => tests.every((test) => test(row)) };
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
  return expression(part, (row) => screen.columns.map((column) => cell(column, row)).join('\n'));
}

function cell(column: Column<unknown>, row: unknown): string {
  if (column.id === 'age') return '';
  // What is shown and what it stands for: a status is found with and without its symbol.
  const value = column.value(row);
  return `${column.text?.(row, 0) ?? ''}\n${value ?? ''}`;
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

function expression(pattern: string, read: (row: unknown) => string): Test | string {
  try {
    const regex = new RegExp(pattern, 'im');
    return (row) => regex.test(read(row));
  } catch {
    return `"${pattern}" is not a valid expression; put \\ before a special character`;
  }
}
