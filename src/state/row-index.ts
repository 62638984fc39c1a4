/** Rows by their ids. */
export interface RowIndex {
  /** Where each is among the rows: the same map for all reads that have the same rows in the same order. */
  readonly places: ReadonlyMap<string, number>;
  get(id: string): unknown;
  has(id: string): boolean;
}

export function rowIndex(places: ReadonlyMap<string, number>, rows: readonly unknown[]): RowIndex {
  return {
    places,
    get(id) {
      const place = places.get(id);
      return place === undefined ? undefined : rows[place];
    },
    has: (id) => places.has(id),
  };
}
