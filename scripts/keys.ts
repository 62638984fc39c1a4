// Prints the tables of keys from the records the program itself reads.
import { printLayer } from '../src/keys/print.ts';
import { layers } from '../src/keys/tables.ts';
import { screens } from '../src/screens/index.ts';

const own = screens.map(({ title, actions = [] }) => ({
  id: title,
  title,
  bindings: actions
    .filter(({ keys }) => keys.length > 0)
    .map((action) => ({
      id: action.id,
      keys: action.keys,
      title: action.title,
      group: 'act' as const,
      run: () => undefined,
    })),
}));

/** All tables, as they stand in the README between its two marks. */
export const keyTables: string = [...own.filter(({ bindings }) => bindings.length > 0), ...Object.values(layers)]
  .map((layer) => printLayer(layer as Parameters<typeof printLayer>[0]))
  .join('\n\n');

/** The screens and the names that open them. */
export const screenTable: string = [
  '| screen | commands | needs |',
  '|---|---|---|',
  ...screens.map(({ title, id, alias, needs }) => {
    const names = [id, ...alias].map((name) => `\`:${name}\``).join(' ');
    return `| ${title} | ${names} | ${needs.join(', ') || '-'} |`;
  }),
].join('\n');
