/** Both from 1; the column counts characters (code points), as editors show it. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds line and column of UTF-16 offsets in a text. Lines end with LF, CRLF or CR. */
export function createPositions(text: string): (offset: number) => Position {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    const at = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    let column = 1;
    for (let index = starts[low] ?? 0; index < at; column++) index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
    return { line: low + 1, column };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  const ends = /\r\n?|\n/g;
  while (ends.exec(text) !== null) starts.push(ends.lastIndex);
  return starts;
}
