// Prints the tables of keys from the records the program itself reads.
import { printLayer } from '../src/keys/print.ts';
import { layers } from '../src/keys/tables.ts';
import { screens } from '../src/screens/index.ts';
import { usage } from '../src/state/command-line.ts';
import { verbs } from '../src/state/verbs/index.ts';

const nothing = (): void => undefined;
const own = screens.map(({ id: screen, title, actions = [], links = [] }) => ({
  id: screen,
  title,
  bindings: [
    ...actions.map(({ id, keys, title: words }) => ({ id, keys, title: words, group: 'act' as const, run: nothing })),
    ...links.map(({ id, keys, title: words }) => ({ id, keys, title: words, group: 'view' as const, run: nothing })),
    ...verbs
      .filter((verb) => verb.screen === screen)
      .map(({ id, keys, title: words, group }) => ({ id, keys, title: words, group, run: nothing })),
  ].filter(({ keys }) => keys.length > 0),
}));
const everywhere = {
  id: 'verbs',
  title: 'any table',
  bindings: verbs
    .filter(({ screen, keys }) => screen === undefined && keys.length > 0)
    .map(({ id, keys, title, group }) => ({ id, keys, title, group, run: nothing })),
};

/** All tables, as they stand in the README between its two marks. */
export const keyTables: string = [...own, everywhere, ...Object.values(layers)]
  .filter(({ bindings }) => bindings.length > 0)
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

/** What else the command line understands. */
export const commandTable: string = [
  '| command | what it does |',
  '|---|---|',
  ...screens.flatMap(({ actions = [] }) =>
    // A verb of the same name asks more and comes first.
    actions
      .filter(({ id }) => !verbs.some((verb) => verb.id === id))
      .map((action) => `| \`:${action.id} NAME${usage(action).replaceAll('|', '\\|')}\` | ${action.title} |`),
  ),
  ...verbs.map(
    ({ id, usage: takes, title }) => `| \`:${`${id} ${takes}`.trim().replaceAll('|', '\\|')}\` | ${title} |`,
  ),
].join('\n');
