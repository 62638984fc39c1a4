import { keepEqual } from '../lib/keep-identity.ts';
import type { Screen } from '../screens/define.ts';
import type { Source } from './store.ts';

/**
 * Rows as they came, over those shown before: equal rows keep their identity, so that nothing is drawn again for
 * them. A row that a complete read does not hold stays for that once (pages can shift while they are read) and is
 * gone with the next.
 */
export function landRows(before: Source, screen: Screen, incoming: readonly unknown[], complete: boolean): Source {
  if (before.missing.size === 0 && sameRows(before.rows, incoming)) return before;
  const byId = new Map<string, unknown>();
  for (const row of incoming) {
    const id = screen.rowId(row);
    if (!byId.has(id)) byId.set(id, keepEqual(before.byId.get(id) ?? row, row));
  }
  const missing = new Set<string>();
  for (const [id, row] of before.byId) {
    if (byId.has(id) || before.missing.has(id)) continue;
    byId.set(id, row);
    if (complete) missing.add(id);
  }
  const rows = [...byId.values()];
  const same = sameRows(before.rows, rows);
  const sameMissing = missing.size === before.missing.size && [...missing].every((id) => before.missing.has(id));
  return {
    ...before,
    rows: same ? before.rows : rows,
    byId: same ? before.byId : byId,
    missing: sameMissing ? before.missing : missing,
  };
}

function sameRows(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length === after.length && before.every((row, place) => row === after[place]);
}

/** Takes out a row the service has said is gone. */
export function dropRow(before: Source, id: string): Source {
  if (!before.byId.has(id)) return before;
  const byId = new Map(before.byId);
  byId.delete(id);
  return { ...before, rows: [...byId.values()], byId };
}
