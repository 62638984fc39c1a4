import { didYouMean } from '../../lib/words.ts';
import type { Screen } from '../../screens/define.ts';
import { cursorRow, openTable, screenById } from '../context.ts';
import type { Desk, Verb } from '../desk.ts';
import { push, viewFrame } from '../nav.ts';

interface Found {
  readonly screen: Screen;
  readonly scope: Readonly<Record<string, string>>;
  readonly row: unknown;
}

/** An object by its name: one of the table on top, else a service. Without a name the one under the cursor. */
function objectNamed(desk: Desk, name: string | undefined): Found | undefined {
  const table = openTable(desk);
  if (table) {
    const { screen, frame, source } = table;
    const here = name === undefined ? cursorRow(table) : source.rows.find((row) => screen.rowName(row) === name);
    if (here !== undefined) return { screen, scope: frame.scope, row: here };
  }
  const row = name === undefined ? undefined : desk.find('services', name);
  return row === undefined ? undefined : { screen: screenById(desk, 'services'), scope: {}, row };
}

/** Every name that can be looked at from here. */
function namesHere(desk: Desk): string[] {
  const table = openTable(desk);
  const here = table ? table.source.rows.map((row) => table.screen.rowName(row)) : [];
  const services = desk.store.getState().sources['services{}']?.rows ?? [];
  return [...new Set([...here, ...services.map((row) => screenById(desk, 'services').rowName(row))])];
}

const looking = (view: 'describe' | 'json', title: string, alias: readonly string[]): Verb => ({
  id: view,
  title,
  alias,
  keys: [],
  group: 'view',
  usage: '[NAME]',
  writes: false,
  run(desk, [name, ...more]) {
    if (more.length > 0) return `write :${view} NAME`;
    const found = objectNamed(desk, name);
    if (!found)
      return name === undefined
        ? 'there is no row here; name one'
        : `there is no ${name} among what was read${didYouMean(name, namesHere(desk))}`;
    const { screen, scope, row } = found;
    if (view === 'describe' && !screen.describe) return `${screen.title} have no description`;
    push(desk.store, viewFrame(view, { screen: screen.id, scope, row: screen.rowId(row), name: screen.rowName(row) }));
    return undefined;
  },
  complete: (desk, args) => (args.length === 1 ? namesHere(desk) : []),
});

/** The keys d and y by name: eascmd's desc, and what the service answered as it came. */
export const lookVerbs: readonly Verb[] = [
  looking('describe', 'describe', ['desc']),
  looking('json', 'what the service answered, as JSON', []),
];
