import type { Edit } from '../keys/commands.ts';
import { graphemes } from '../lib/width.ts';
import type { Field } from './store.ts';

/** Puts text at the cursor of a field. */
export function insert(field: Field, text: string): Field {
  const all = graphemes(field.text);
  const added = graphemes(text);
  return {
    text: [...all.slice(0, field.cursor), ...added, ...all.slice(field.cursor)].join(''),
    cursor: field.cursor + added.length,
  };
}

/** Applies an editing key to a field; keys that belong to a prompt (history, completion) leave it as it is. */
export function editField(field: Field, what: Edit): Field {
  const all = graphemes(field.text);
  const { cursor } = field;
  const without = (from: number, to: number): Field => ({
    text: [...all.slice(0, from), ...all.slice(to)].join(''),
    cursor: from,
  });
  switch (what) {
    case 'left':
      return { ...field, cursor: Math.max(0, cursor - 1) };
    case 'right':
      return { ...field, cursor: Math.min(all.length, cursor + 1) };
    case 'home':
      return { ...field, cursor: 0 };
    case 'end':
      return { ...field, cursor: all.length };
    case 'backspace':
      return cursor === 0 ? field : without(cursor - 1, cursor);
    case 'delete':
      return cursor === all.length ? field : without(cursor, cursor + 1);
    case 'clear':
      return { text: '', cursor: 0 };
    case 'word': {
      let from = cursor;
      while (from > 0 && all[from - 1] === ' ') from--;
      while (from > 0 && all[from - 1] !== ' ') from--;
      return without(from, cursor);
    }
    default:
      return field;
  }
}
