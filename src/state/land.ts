import { equal, sameElements } from '../lib/equal.ts';
import type { Screen } from '../screens/define.ts';
import { rowIndex } from './row-index.ts';
import type { Source } from './store.ts';

/**
 * Rows as they came; one that is equal to the row shown before is that row, so that nothing is drawn again for it. To be
 * done a page at a time: to look into a row that has changed takes longer than all else that is done with it. `from` is how many rows came before them.
 */
export function keepRows(
  { rows, byId }: Source,
  screen: Screen,
  incoming: readonly unknown[],
  from = 0,
): readonly unknown[] {
  let kept: unknown[] | undefined;
  for (let place = 0; place < incoming.length; place++) {
    const row = incoming[place];
    // Mostly it is that very row.
    if (row === rows[from + place]) continue;
    const before = byId.get(screen.rowId(row));
    if (before === row || !equal(before, row)) continue;
    kept ??= incoming.slice();
    kept[place] = before;
  }
  return kept ?? incoming;
}

/**
 * Rows in the place of those shown before; the list that came is theirs from then on. A row that a complete read does
 * not hold stays for that once (pages can shift while they are read) and is gone with the next.
 */
export function landRows(before: Source, screen: Screen, incoming: readonly unknown[], complete: boolean): Source {
  const changed = landChanged(before, screen, incoming);
  if (changed) return changed;
  const rows: unknown[] = [];
  const places = new Map<string, number>();
  const add = (id: string, row: unknown): void => {
    places.set(id, rows.length);
    rows.push(row);
  };
  for (const row of incoming) {
    const id = screen.rowId(row);
    if (!places.has(id)) add(id, row);
  }
  const missing = new Set<string>();
  for (const [id, place] of before.byId.places) {
    if (places.has(id) || before.missing.has(id)) continue;
    add(id, before.rows[place]);
    if (complete) missing.add(id);
  }
  const same = sameElements(before.rows, rows);
  const sameMissing = missing.size === before.missing.size && [...missing].every((id) => before.missing.has(id));
  return {
    ...before,
    rows: same ? before.rows : rows,
    byId: same ? before.byId : rowIndex(places, rows),
    missing: sameMissing ? before.missing : missing,
  };
}

/** Where the same rows have come in the same order: with those in their places that have changed. */
function landChanged(before: Source, screen: Screen, incoming: readonly unknown[]): Source | undefined {
  if (before.missing.size > 0 || incoming.length !== before.rows.length) return undefined;
  let changed = false;
  for (let place = 0; place < incoming.length; place++) {
    const row = incoming[place];
    const old = before.rows[place];
    if (row === old) continue;
    if (screen.rowId(row) !== screen.rowId(old)) return undefined;
    changed = true;
  }
  if (!changed) return before;
  return { ...before, rows: incoming, byId: rowIndex(before.byId.places, incoming) };
}

/** Takes out a row the service has said is gone. */
export function dropRow(before: Source, id: string): Source {
  if (!before.byId.has(id)) return before;
  const kept = [...before.byId.places].filter(([other]) => other !== id);
  const rows = kept.map(([, place]) => before.rows[place]);
  const places = new Map(kept.map(([other], place) => [other, place]));
  return { ...before, rows, byId: rowIndex(places, rows) };
}
