/** The words of a line in which a blank behind a backslash belongs to a word, as they are written. The last is being typed. */
export function escapedWords(line: string): string[] {
  const words = line.match(/(?:\\.|[^\s\\])+\\?|\\$/gs) ?? [];
  return /(?:^|[^\\])\s$/.test(line) ? [...words, ''] : words;
}

export const unescapeWord = (word: string): string => word.replace(/\\(.)/gs, '$1');
export const escapeWord = (word: string): string => word.replace(/[\s\\]/g, '\\$&');
