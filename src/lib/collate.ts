import { once } from './once.ts';

/** The order of texts for people, numbers in them as numbers. */
const collator = once(() => new Intl.Collator('en', { numeric: true }));

/** Of these alone the collator's order is known here; it asks nothing of case or accents. */
const simple = /^[a-z0-9_-]*$/;
/** More digits in a row than any name has; the collator itself gives up on very long ones. */
const longestRun = 60;

/** A text with what makes comparing it cheap: a collator takes ten times as long as `<`. */
export interface Collated {
  readonly text: string;
  /** Of two keys the smaller one is that of the text the collator puts first. Absent: only the collator knows. */
  readonly key: string | undefined;
}

export function collated(text: string): Collated {
  if (!simple.test(text)) return { text, key: undefined };
  let known = true;
  // `_` before `-` before numbers before letters; of two numbers the one with more digits is the greater.
  const key = text.replace(/\d+|[_-]/g, (part) => {
    if (part === '_') return '\x01';
    if (part === '-') return '\x02';
    const digits = part.replace(/^0+/, '');
    if (digits.length > longestRun) known = false;
    return String.fromCharCode(3 + digits.length) + digits;
  });
  return { text, key: known ? key : undefined };
}

export function collate(left: Collated, right: Collated): number {
  if (left.key === undefined || right.key === undefined) return collator().compare(left.text, right.text);
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
}
