import { clean } from '../lib/clean.ts';
import { widthOf, wrap } from '../lib/width.ts';
import type { Field } from '../screens/define.ts';
import { topFrame } from '../state/nav.ts';
import type { State } from '../state/store.ts';

/** Lines above and below the rows: both edges and the heading. */
export const around = 3;

export interface Row {
  readonly [column: string]: string;
}

/** The lines a box takes: a page leaves them free. */
export const boxHeight = (box: readonly Field[], secrets: boolean, width: number): number =>
  rowsOf(box, secrets, width).length + around;

export interface ResultBoxContent {
  readonly fields: readonly Field[];
  readonly secrets: boolean;
}

/** What stands in the box of the page that is open. It scrolls away with the page's first line. */
export function openBox(state: State): ResultBoxContent | undefined {
  const frame = topFrame(state);
  if (frame.kind !== 'view' || frame.view !== 'page' || frame.top > 0) return undefined;
  const fields = state.pages[frame.row ?? '']?.box;
  return fields && { fields, secrets: frame.secrets };
}

/** The first field heads the columns; a value that is too long goes on in the next row. */
export function rowsOf([head, ...fields]: readonly Field[], secrets: boolean, width: number): Row[] {
  const label = clean(head?.name ?? '');
  const title = clean(head?.value);
  const names = fields.map(({ name }) => clean(name));
  const room = Math.max(10, width - 7 - Math.max(...[label, ...names].map((text) => widthOf(text))));
  return fields.flatMap(({ value, secret }, place) => {
    const hidden = secret && !secrets && value !== undefined && value !== '';
    const text = hidden ? '•••••••• (x shows it)' : clean(value, 4000);
    return wrap(text, room).map((part, line) => ({ [label]: line === 0 ? (names[place] ?? '') : '', [title]: part }));
  });
}
