import { fit, take, widthOf } from '../lib/width.ts';
import type { Tone } from '../screens/define.ts';

/** A run of text of one look. Its text has been cleaned: no control character is in it. */
export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  readonly bold?: boolean;
  readonly inverse?: boolean;
}

/** A line of the screen. */
export type Line = readonly Span[];

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}

/** Whether two lines look alike. Each key asks it of all around the table, so it knows the fields and looks for no others. */
export function sameLine(left: Line, right: Line): boolean {
  if (left.length !== right.length) return false;
  for (let n = 0; n < left.length; n++) {
    const [a, b] = [left[n] as Span, right[n] as Span];
    if (a !== b && (a.text !== b.text || a.tone !== b.tone || a.bold !== b.bold || a.inverse !== b.inverse))
      return false;
  }
  return true;
}

/** Cuts or fills a line to exactly `width` cells. */
export function fitLine(line: Line, width: number): Line {
  const spans: Span[] = [];
  let left = width;
  for (const span of line) {
    const wide = widthOf(span.text);
    if (wide > left) {
      if (left > 0) spans.push({ ...span, text: fit(span.text, left) });
      return spans;
    }
    spans.push(span);
    left -= wide;
  }
  if (left > 0) spans.push({ text: ' '.repeat(left) });
  return spans;
}

/** The first `width` cells of a line, without filling. */
export function cutLine(line: Line, width: number): Line {
  const spans: Span[] = [];
  let left = width;
  for (const span of line) {
    if (left <= 0) break;
    const text = take(span.text, left);
    spans.push({ ...span, text });
    left -= widthOf(text);
  }
  return spans;
}

/** Left and right parts on one line of `width` cells; where both do not fit the left one is cut. */
export function spread(left: Line, right: Line, width: number): Line {
  const wide = lineWidth(right);
  if (wide === 0) return fitLine(left, width);
  if (wide >= width) return fitLine(right, width);
  return [...fitLine(left, width - wide - 1), { text: ' ' }, ...right];
}
