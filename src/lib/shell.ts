/** A word as a POSIX shell reads it back: quoted where it holds anything but letters, digits and a few signs. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
