/** The bytes an xterm sends for keys, by name: `down`, `ctrl-d`, `alt-x`, `shift-tab`, `ctrl-right`, `f5`, `j`. */

const arrows: Record<string, string> = { up: 'A', down: 'B', right: 'C', left: 'D', end: 'F', home: 'H' };
const tilde: Record<string, number> = {
  insert: 2,
  delete: 3,
  pgup: 5,
  pgdn: 6,
  f5: 15,
  f6: 17,
  f7: 18,
  f8: 19,
  f9: 20,
  f10: 21,
  f11: 23,
  f12: 24,
};
const functionKeys: Record<string, string> = { f1: 'P', f2: 'Q', f3: 'R', f4: 'S' };
const plain: Record<string, string> = { enter: '\r', esc: '\x1b', tab: '\t', backspace: '\x7f', space: ' ' };

/**
 * @param name a key with any of the prefixes `ctrl-`, `alt-`, `shift-`
 * @param applicationCursor whether the program switched arrows to application mode (DECCKM)
 * @throws when no terminal has such a key
 */
export function keyBytes(name: string, applicationCursor = false): string {
  let key = name;
  let [shift, alt, ctrl] = [false, false, false];
  for (let prefix = /^(shift|alt|ctrl)-(?=.)/.exec(key); prefix; prefix = /^(shift|alt|ctrl)-(?=.)/.exec(key)) {
    if (prefix[1] === 'shift') shift = true;
    else if (prefix[1] === 'alt') alt = true;
    else ctrl = true;
    key = key.slice(prefix[0].length);
  }
  const modifier = 1 + (shift ? 1 : 0) + (alt ? 2 : 0) + (ctrl ? 4 : 0);
  const final = arrows[key];
  if (final) return modifier > 1 ? `\x1b[1;${modifier}${final}` : `\x1b${applicationCursor ? 'O' : '['}${final}`;
  const number = tilde[key];
  if (number) return modifier > 1 ? `\x1b[${number};${modifier}~` : `\x1b[${number}~`;
  const letter = functionKeys[key];
  if (letter) return modifier > 1 ? `\x1b[1;${modifier}${letter}` : `\x1bO${letter}`;
  if (key === 'tab' && shift && !ctrl && !alt) return '\x1b[Z';
  let bytes = plain[key] ?? ([...key].length === 1 ? key : undefined);
  if (bytes !== undefined && ctrl) bytes = controlByte(key);
  if (bytes === undefined || (shift && !/^[a-z]$/.test(key))) throw new Error(`no such key: ${name}`);
  if (shift) bytes = bytes.toUpperCase();
  return alt ? `\x1b${bytes}` : bytes;
}

function controlByte(key: string): string | undefined {
  if (key === 'space') return '\0';
  return /^[a-z[\\\]^_]$/.test(key) ? String.fromCharCode(key.toUpperCase().charCodeAt(0) & 0x1f) : undefined;
}
