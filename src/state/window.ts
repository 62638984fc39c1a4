/** The first line to show so that line `index` is on a page of `page` lines, moved as little as possible. */
export function scrollTo(top: number, index: number, page: number, length: number): number {
  const last = Math.max(0, length - page);
  const wanted = index < top ? index : index >= top + page ? index - page + 1 : top;
  return Math.max(0, Math.min(last, wanted));
}

/** What the screen had room for when it was last drawn. Written by src/ui, read by the keys that move by pages. */
export interface Room {
  /** Lines of the body. */
  page: number;
  /** All lines of the viewer that is open. */
  lines: number;
  /** The terminal is too small for anything to be drawn. */
  blind: boolean;
  /** Plain text of the viewer's lines, for copying and searching. */
  text: () => readonly string[];
}
