/** How much of the screen there is room for. */
export interface Layout {
  readonly mode: 'full' | 'compact' | 'plain' | 'tiny';
  readonly columns: number;
  readonly rows: number;
  /** Lines above the body's frame. */
  readonly header: number;
  /** Whether the body has a frame around it. */
  readonly framed: boolean;
  /** Lines for the body itself; in a table its heading takes one of them. */
  readonly body: number;
  /** Cells for the body itself, without the one left of it for marks. */
  readonly width: number;
}

/** From the size of the terminal. Always adds up to exactly `rows` lines. */
export function layoutFor(columns: number, rows: number): Layout {
  if (columns < 40 || rows < 8)
    return { mode: 'tiny', columns, rows, header: 0, framed: false, body: 0, width: columns };
  if (columns < 60 || rows < 15) {
    // Title line and last line around the body.
    return { mode: 'plain', columns, rows, header: 1, framed: false, body: rows - 2, width: columns - 1 };
  }
  const full = columns >= 120 && rows >= 30;
  const header = full ? 4 : 2;
  // Two frame lines and the last line.
  return {
    mode: full ? 'full' : 'compact',
    columns,
    rows,
    header,

    framed: true,
    body: rows - header - 3,
    width: columns - 4,
  };
}
