import { didYouMean } from '../lib/words.ts';
import type { Scope, Screen } from '../screens/define.ts';
import type { Context } from './context.ts';

/** A row that was read, and where. */
export interface Known {
  readonly row: unknown;
  readonly scope: Scope;
}

/** Every row of a screen that was read and is still kept, from wherever the screen was opened. */
export function knownRows({ store }: Pick<Context, 'store'>, screen: Screen): Known[] {
  return Object.entries(store.getState().sources).flatMap(([key, { rows }]) => {
    if (!key.startsWith(`${screen.id}{`)) return [];
    const scope: Scope = JSON.parse(key.slice(screen.id.length));
    return rows.map((row) => ({ row, scope }));
  });
}

/** What is said behind a name that no row of a screen has: the nearest that was read, or nothing. */
export function nearName(context: Pick<Context, 'store' | 'screens'>, screen: string, name: string): string {
  const found = context.screens.find(({ id }) => id === screen);
  return found ? didYouMean(name, namesOf(context, found)) : '';
}

const namesOf = (context: Pick<Context, 'store'>, screen: Screen): Set<string> =>
  new Set(knownRows(context, screen).map(({ row }) => screen.rowName(row)));

/** Live names, for the completion of commands. */
export interface Names {
  /** Those of a screen's rows. */
  of(screen: Screen): readonly string[];
  /** What can stand for one word of a scope when the words before it are said. */
  within(need: string, said: Scope): readonly string[];
}

/** Names come from what has been read: the rows, and where they lead. No request is made for them. */
export function createNames(context: Pick<Context, 'store' | 'screens'>): Names {
  return {
    of: (screen) => [...namesOf(context, screen)],
    within(need, said) {
      const found = new Set<string>();
      for (const screen of context.screens) {
        for (const { row, scope } of knownRows(context, screen)) {
          const into = screen.enter?.(row, scope);
          // What leads to another region is not here.
          const ways = [
            ...(into && !('region' in into) ? [into] : []),
            ...(screen.links ?? []).map((link) => link.to(row, scope)),
          ];
          for (const { scope: place } of ways) {
            const name = place[need];
            const fits = Object.entries(said).every(([other, value]) => (place[other] ?? value) === value);
            if (name && fits) found.add(name);
          }
        }
      }
      return [...found];
    },
  };
}
