/** A list that came of another: stretches of that one, from and to its places, and what is new between them. */
export type Runs<T> = readonly ({ readonly from: number; readonly to: number } | { readonly fresh: T })[];

/**
 * The runs that take `removed` (places, ascending) out of a list and put `added` in, each before what is at its place
 * (ascending too, at most the list's length).
 */
export function runsOf<T>(
  length: number,
  removed: readonly number[],
  added: readonly { readonly place: number; readonly fresh: T }[],
): Runs<T> {
  const runs: ({ from: number; to: number } | { fresh: T })[] = [];
  let from = 0;
  let next = 0;
  const keep = (to: number): void => {
    if (to > from) runs.push({ from, to });
    from = to;
  };
  for (const { place, fresh } of added) {
    for (let gone = removed[next]; gone !== undefined && gone < place; gone = removed[++next]) {
      keep(gone);
      from = gone + 1;
    }
    keep(place);
    runs.push({ fresh });
  }
  for (const gone of removed.slice(next)) {
    keep(gone);
    from = gone + 1;
  }
  keep(length);
  return runs;
}

/** What lies beside the list that came of another, made of what lay beside that one. */
export function spliced<T, U>(before: readonly U[], runs: Runs<T>, of: (fresh: T) => U): U[] {
  let length = 0;
  for (const run of runs) length += 'fresh' in run ? 1 : run.to - run.from;
  // Of its length from the start: grown, it would leave several times as much behind.
  const after = new Array<U>(length);
  let next = 0;
  for (const run of runs) {
    if ('fresh' in run) after[next++] = of(run.fresh);
    else for (let place = run.from; place < run.to; place++) after[next++] = before[place] as U;
  }
  return after;
}
