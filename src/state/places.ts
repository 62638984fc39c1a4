import type { Context } from './context.ts';
import { tell } from './context.ts';

/** A context or a region one can go to. */
export interface Place {
  readonly label: string;
  readonly note: string;
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
}

/** Where one can go from here. */
export interface Places {
  contexts(): Promise<readonly Place[]>;
  regions(): readonly Place[];
  /** Goes there; rejects and changes nothing when it cannot be. */
  go(place: Place): Promise<void>;
}

/** Opens the menu of contexts or regions; a place that cannot be reached leaves everything as it is. */
export async function choosePlace(context: Context, what: 'contexts' | 'regions'): Promise<void> {
  const { store, places } = context;
  const failed = (error: unknown): void => tell(context, 'bad', error instanceof Error ? error.message : String(error));
  let list: readonly Place[];
  try {
    list = what === 'contexts' ? await places.contexts() : places.regions();
  } catch (error) {
    return failed(error);
  }
  if (list.length === 0) return tell(context, 'warn', `there are no other ${what}`);
  const choose = (index: number): void => {
    const place = list[index];
    if (place) places.go(place).catch(failed);
  };
  store.setState({ menu: { title: what, items: list, index: 0, choose } });
}
