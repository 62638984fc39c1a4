import { widthOf } from '../lib/width.ts';

const SEQUENCES = /\u001b(?:\[[ -?]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|.)/gsu;

/**
 * What the bundle gives Ink in place of the package string-width: whoever measures, a text has the width that the screen
 * gives it; and the tables of the package need not be loaded for the first frame.
 */
export default function stringWidth(text: string, { countAnsiEscapeCodes = false } = {}): number {
  return widthOf(countAnsiEscapeCodes || !text.includes('\u001b') ? text : text.replace(SEQUENCES, ''));
}
