const LONGEST = 64;

/**
 * The candidate that was most likely meant: one that begins with the word (the shortest), else the one with the fewest
 * slips (a letter missing, added, changed, or two swapped), at most one in three letters, else one that begins with the
 * word but for such slips. `undefined` if none is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.trim().toLowerCase();
  if (wanted === '') return undefined;
  let prefixed: string | undefined;
  let best: string | undefined;
  let begun: string | undefined;
  let fewest = Math.min(3, Math.floor(wanted.length / 3) + (wanted.length > 1 ? 1 : 0)) + 1;
  // A few letters are the beginning of too many names.
  let fewestBegun = wanted.length < 4 ? 0 : Math.min(2, Math.floor(wanted.length / 4)) + 1;
  for (const candidate of candidates) {
    const name = candidate.toLowerCase();
    if (name.startsWith(wanted) && (prefixed === undefined || candidate.length < prefixed.length)) prefixed = candidate;
    if (wanted.length > LONGEST) continue;
    if (name.length > wanted.length && fewestBegun > 0) {
      const slips = distance(wanted, name.slice(0, wanted.length));
      if (slips < fewestBegun) {
        begun = candidate;
        fewestBegun = slips;
      }
    }
    if (Math.abs(name.length - wanted.length) >= fewest) continue;
    const slips = distance(wanted, name);
    // With as many slips as letters nothing of the word is left.
    if (slips < fewest && slips < Math.max(wanted.length, name.length)) {
      best = candidate;
      fewest = slips;
    }
  }
  return fewest === 0 ? best : (prefixed ?? best ?? begun);
}

/**
 * What is said behind a word that stands for nothing: the nearest of the candidates, or nothing. The word itself may be
 * among them: what was read a moment ago is gone meanwhile.
 */
export function didYouMean(word: string, candidates: Iterable<string>, sign = ''): string {
  const near = nearest(word, candidates);
  return near === undefined || near === word ? '' : `; did you mean ${sign}${near}?`;
}

/** Damerau-Levenshtein distance, each pair of letters swapped at most once. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** A match: higher is better; `hits` are the UTF-16 indexes in the text to be highlighted, ascending. */
export type FuzzyMatch = { score: number; hits: number[] };

const START = 8;
const NEXT = 6;
const GAP = 1;

/**
 * Whether the letters of the pattern occur in the text in order, and how well: begins of words and letters in a row
 * count most, gaps cost. Words of the pattern match each for itself, in any order. Upper case in the pattern is matched
 * exactly, lower case matches both. An empty pattern matches everything.
 */
export function fuzzy(pattern: string, text: string): FuzzyMatch | undefined {
  let score = 0;
  const hits = new Set<number>();
  for (const word of pattern.split(/\s+/)) {
    if (word === '') continue;
    const match = fuzzyWord(word, text);
    if (match === undefined) return undefined;
    score += match.score;
    for (const hit of match.hits) hits.add(hit);
  }
  return { score, hits: [...hits].sort((a, b) => a - b) };
}

function fuzzyWord(word: string, text: string): FuzzyMatch | undefined {
  const exact = word !== word.toLowerCase();
  // Folded unit by unit: folding the whole could change the length, and with it every index.
  const at = (index: number) => (exact ? text.charAt(index) : foldUnit(text.charAt(index)));
  if (!occurs(word, text.length, at)) return undefined;
  const size = text.length;
  const worst = Number.NEGATIVE_INFINITY;
  // best[i][j]: the best score with letter i of the word on unit j of the text; from[i][j]: where letter i - 1 was then.
  const best: number[][] = [];
  const from: number[][] = [];
  for (let i = 0; i < word.length; i++) {
    const row = new Array<number>(size).fill(worst);
    const back = new Array<number>(size).fill(-1);
    const above = best[i - 1];
    // The best end of the letters so far, getting worse with each unit of gap.
    let reach = worst;
    let reachAt = -1;
    for (let j = i; j < size; j++) {
      const left = above?.[j - 1] ?? worst;
      if (reach - GAP > left) reach -= GAP;
      else {
        reach = left;
        reachAt = j - 1;
      }
      if (at(j) !== word[i]) continue;
      const own = 1 + (startsWord(text, j) ? START : 0);
      if (above === undefined) row[j] = own - Math.min(j, 10) * GAP * 0.1;
      else {
        const adjacent = left + NEXT;
        const jumped = reach - GAP;
        row[j] = own + Math.max(adjacent, jumped);
        back[j] = adjacent >= jumped ? j - 1 : reachAt;
      }
    }
    best.push(row);
    from.push(back);
  }
  return backtrack(best, from);
}

function backtrack(best: number[][], from: number[][]): FuzzyMatch | undefined {
  const last = best.at(-1) ?? [];
  let score = Number.NEGATIVE_INFINITY;
  let position = -1;
  last.forEach((value, index) => {
    if (value > score) {
      score = value;
      position = index;
    }
  });
  if (position < 0) return undefined;
  const hits: number[] = [];
  for (let i = best.length - 1; i >= 0; i--) {
    hits.push(position);
    position = from[i]?.[position] ?? -1;
  }
  // Of two equal matches the one in the shorter text is the better one.
  return { score: score - Math.min(last.length, 200) * 0.01, hits: hits.reverse() };
}

function foldUnit(unit: string): string {
  const folded = unit.toLowerCase();
  return folded.length === 1 ? folded : unit;
}

function occurs(word: string, size: number, at: (index: number) => string): boolean {
  let matched = 0;
  for (let index = 0; index < size && matched < word.length; index++) if (at(index) === word[matched]) matched++;
  return matched === word.length;
}

function startsWord(text: string, index: number): boolean {
  if (index === 0) return true;
  const before = text.charAt(index - 1);
  const here = text.charAt(index);
  return !/[\p{L}\p{N}]/u.test(before) || (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(here));
}

/** `1 service`, `2 services`, `1,024 services`; `many` is for words whose plural is not made by rule. */
export function plural(n: number, one: string, many?: string): string {
  const number = String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${number} ${n === 1 ? one : (many ?? pluralOf(one))}`;
}

function pluralOf(one: string): string {
  if (/[^aeiou]y$/.test(one)) return `${one.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(one) ? `${one}es` : `${one}s`;
}
