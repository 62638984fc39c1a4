import type { Screen, Tone } from '../screens/define.ts';
import { type Filter, textsOf, type Word } from './filter.ts';
import type { Entry, Order } from './order.ts';
import { spliced } from './splice.ts';

/** What is not well with a row. */
export interface Fault {
  readonly word: string;
  readonly tone: Tone;
}

/**
 * Rows in their order beside what a key in the filter asks of each. In arrays: objects strewn over the heap take longer
 * to get to than to look at, and there may be 50,000 of them.
 */
export interface Haystack {
  readonly screen: Screen;
  readonly entries: readonly Entry[];
  /** As they are laid. */
  readonly rows: readonly unknown[];
  /** Which of the letters a to z a row has, a bit each. */
  readonly letters: Int32Array;
  readonly texts: string[];
  /** How many of the rows have their letters and texts here; but for those at `holes`, which ascend. */
  filled: number;
  readonly holes: number[];
  /** Undefined until it was asked for. */
  faults: readonly (Fault | undefined)[] | undefined;
}

/** Some of the rows: their places, ascending. */
export type Places = Int32Array;

const stacks = new WeakMap<readonly Entry[], Haystack>();

/** The one of these entries, which are in order; it lives as long as they do. */
export function haystackOf(screen: Screen, { sorted, change }: Order): Haystack {
  const known = stacks.get(sorted);
  if (known) return known;
  const before = change && stacks.get(change.before);
  const stack = change && before ? changed(before, sorted, change) : newStack(screen, sorted);
  stacks.set(sorted, stack);
  return stack;
}

function newStack(screen: Screen, entries: readonly Entry[]): Haystack {
  const letters = new Int32Array(entries.length);
  const rows = entries.map(({ laid }) => laid);
  return { screen, entries, rows, letters, texts: [], filled: 0, holes: [], faults: undefined };
}

/** What is known of the entries of before is taken as it is; what is new has no texts until they are asked for. */
function changed(before: Haystack, entries: readonly Entry[], { runs }: NonNullable<Order['change']>): Haystack {
  const { screen, faults } = before;
  const stack = {
    ...newStack(screen, []),
    entries,
    rows: spliced(before.rows, runs, ({ laid }) => laid),
    letters: new Int32Array(entries.length),
    faults: faults && spliced(faults, runs, (entry) => faultOf(screen, entry)),
  };
  if (before.filled < before.entries.length) return stack;
  let filled = 0;
  let hole = 0;
  for (const run of runs) {
    if ('fresh' in run) {
      stack.holes.push(filled++);
      continue;
    }
    stack.letters.set(before.letters.subarray(run.from, run.to), filled);
    // Those of before are ascending, as these are.
    for (let old = before.holes[hole]; old !== undefined && old < run.to; old = before.holes[++hole]) {
      if (old >= run.from) stack.holes.push(filled + old - run.from);
    }
    filled += run.to - run.from;
  }
  return { ...stack, filled, texts: spliced(before.texts, runs, () => '') };
}

/** Gives rows their texts until the time is up, on the clock of `performance.now()`; answers whether all have them. */
export function fill(stack: Haystack, until = Number.POSITIVE_INFINITY): boolean {
  const { screen, entries, letters, texts, holes } = stack;
  for (let n = 0; holes.length > 0 || stack.filled < entries.length; n++) {
    // To ask for the time takes longer than to fill in one.
    if (n % 32 === 0 && performance.now() >= until) return false;
    const place = holes.pop() ?? stack.filled++;
    const entry = entries[place] as Entry;
    const known = textsOf(screen, entry.row, entry);
    letters[place] = known.letters;
    texts[place] = known.narrow;
  }
  return true;
}

/** So many rows get their texts within a millisecond or two. */
const few = 200;

/** Whether the first letter of a filter would wait for texts. */
export const waits = ({ entries, filled, holes }: Haystack): boolean => filled < entries.length || holes.length > few;

/** What is not well with each row as it is laid. */
export function faultsOf(stack: Haystack): readonly (Fault | undefined)[] {
  stack.faults ??= stack.entries.map((entry) => faultOf(stack.screen, entry));
  return stack.faults;
}

function faultOf(screen: Screen, entry: Entry): Fault | undefined {
  entry.fault ??= screen.fault?.(entry.laid) ?? 'none';
  return entry.fault === 'none' ? undefined : entry.fault;
}

/** Of some rows those that pass all parts of a filter. */
export function sift(stack: Haystack, places: Places, { parts }: Extract<Filter, { parts: unknown }>): Places {
  let left = places;
  for (const { word, not, test } of parts) {
    left = word
      ? siftByWord(stack, left, word, not)
      : left.filter((place) => {
          const entry = stack.entries[place];
          return entry !== undefined && test(entry.row, entry);
        });
  }
  return left;
}

function siftByWord(stack: Haystack, places: Places, { text, letters, lone }: Word, not: boolean): Places {
  fill(stack);
  const { letters: all, texts } = stack;
  const left = new Int32Array(places.length);
  let count = 0;
  // By their numbers: before V8 has compiled it, an iterator takes several times as long, and the first letter waits for it.
  for (let n = 0; n < places.length; n++) {
    const place = places[n] as number;
    const has = ((all[place] as number) & letters) === letters && (lone || (texts[place] as string).includes(text));
    if (has !== not) left[count++] = place;
  }
  return left.slice(0, count);
}

/** Where a place is among others; -1 if it is not. */
export function indexIn(places: Places, place: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return places[low] === place ? low : -1;
}
