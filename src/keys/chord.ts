import { clean } from '../lib/clean.ts';
import { graphemes } from '../lib/width.ts';
import { nearest } from '../lib/words.ts';

/**
 * One key press in its canonical spelling: a printable character (`j`, `G`, `+`), a named key (`enter`, `shift-tab`,
 * `pgup`, `f5`, `space`), or either with `ctrl-` and `alt-` before it (`ctrl-d`, `alt-x`, `ctrl-left`).
 */
export type Chord = string;

/** What Ink's `useInput` tells of a key besides its text; only what is read here. */
export type InkKey = {
  upArrow?: boolean;
  downArrow?: boolean;
  leftArrow?: boolean;
  rightArrow?: boolean;
  pageDown?: boolean;
  pageUp?: boolean;
  home?: boolean;
  end?: boolean;
  return?: boolean;
  escape?: boolean;
  ctrl?: boolean;
  shift?: boolean;
  tab?: boolean;
  backspace?: boolean;
  delete?: boolean;
  meta?: boolean;
  super?: boolean;
  hyper?: boolean;
  eventType?: 'press' | 'repeat' | 'release' | undefined;
};

const FLAGS: [keyof InkKey, string][] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'pgdn'],
  ['pageUp', 'pgup'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

const FUNCTION_KEYS = ['f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8', 'f9', 'f10', 'f11', 'f12', 'insert'];
const NAMED = new Set([...FLAGS.map(([, name]) => name), ...FUNCTION_KEYS, 'space']);
/** Named keys of which terminals tell the shifted form apart. */
const SHIFTED = new Set(['tab', 'up', 'down', 'left', 'right', 'home', 'end', 'pgup', 'pgdn', 'delete']);
/** Other common spellings, for configuration files. */
const ALIASES: Record<string, string> = {
  return: 'enter',
  cr: 'enter',
  escape: 'esc',
  pageup: 'pgup',
  pagedown: 'pgdn',
  pgdown: 'pgdn',
  del: 'delete',
  ins: 'insert',
  bs: 'backspace',
  spacebar: 'space',
  plus: '+',
  minus: '-',
};
/** What a terminal sends for these is another key, so they can never be told apart. */
const SAME_AS: Record<string, string> = {
  'ctrl-i': 'tab',
  'ctrl-m': 'enter',
  'ctrl-j': 'enter',
  'ctrl-h': 'backspace',
  'ctrl-[': 'esc',
};
/** The characters that `ctrl-` makes a control byte of, besides letters. */
const CONTROL_SIGNS = '\\]^_';

// Ink has no flag for function keys and hands on nothing for them, so the input filter sends them through it as these
// private characters (the ones that AppKit uses for the same keys).
const FIRST_FUNCTION_KEY = 0xf704;

/** The private character under which a function key or `insert` passes through Ink; `undefined` for any other name. */
export function functionKeyText(name: string): string | undefined {
  const index = FUNCTION_KEYS.indexOf(name);
  return index < 0 ? undefined : String.fromCharCode(FIRST_FUNCTION_KEY + index);
}

/**
 * The chord of a configuration spelling; `Ctrl+D`, `C-d`, `PageUp`, `<esc>` are understood. Throws an error that names
 * the value and, where there is one, the spelling that was probably meant.
 */
export function parseChord(text: string): Chord {
  const plain = text === ' ' ? 'space' : text.trim();
  const inner = /^<.+>$/u.test(plain) ? plain.slice(1, -1) : plain;
  const { modifiers, base } = splitModifiers(inner);
  const lower = base.toLowerCase();
  const name = ALIASES[lower] ?? (NAMED.has(lower) ? lower : base);
  if (NAMED.has(name)) return joinNamed(text, modifiers, name);
  // What is invisible, or no character at all, no key can send.
  if (graphemes(name).length !== 1 || clean(name) !== name) throw unknown(text, inner);
  if (modifiers.ctrl) return joinControl(text, modifiers, name);
  const letter = modifiers.shift && /^[a-z]$/i.test(name) ? name.toUpperCase() : name;
  if (modifiers.shift && letter === name && !/^[A-Z]$/.test(name)) {
    throw new Error(`key '${clean(text, 40)}': write the character that shift makes, such as '?' instead of 'shift-/'`);
  }
  return modifiers.alt ? `alt-${letter}` : letter;
}

type Modifiers = { ctrl: boolean; alt: boolean; shift: boolean };

function splitModifiers(text: string): { modifiers: Modifiers; base: string } {
  const modifiers = { ctrl: false, alt: false, shift: false };
  let base = text;
  for (;;) {
    // One character must stay: `ctrl--` is ctrl with a minus, and `c-` alone is no modifier.
    const match = /^(ctrl|control|c|alt|meta|option|m|a|shift|s)[-+](?=.)/i.exec(base);
    if (match === null) return { modifiers, base };
    const word = (match[1] ?? '').toLowerCase();
    if (word.startsWith('c')) modifiers.ctrl = true;
    else if (word.startsWith('s')) modifiers.shift = true;
    else modifiers.alt = true;
    base = base.slice(match[0].length);
  }
}

function prefixOf(modifiers: Modifiers, shift: boolean): string {
  return `${modifiers.ctrl ? 'ctrl-' : ''}${modifiers.alt ? 'alt-' : ''}${shift ? 'shift-' : ''}`;
}

function joinNamed(text: string, modifiers: Modifiers, name: string): Chord {
  if (modifiers.shift && !SHIFTED.has(name)) {
    throw new Error(`key '${clean(text, 40)}': terminals do not tell shift-${name} from ${name}; write '${name}'`);
  }
  if (modifiers.ctrl && (name === 'enter' || name === 'tab' || name === 'esc' || name === 'backspace')) {
    throw new Error(`key '${clean(text, 40)}': terminals do not tell ctrl-${name} from ${name}; write '${name}'`);
  }
  return prefixOf(modifiers, modifiers.shift) + name;
}

function joinControl(text: string, modifiers: Modifiers, name: string): Chord {
  const letter = name.toLowerCase();
  const same = SAME_AS[`ctrl-${letter}`];
  if (same !== undefined) {
    throw new Error(`key '${clean(text, 40)}': terminals send ${same} for ctrl-${letter}; write '${same}'`);
  }
  if (modifiers.shift || !(/^[a-z]$/.test(letter) || CONTROL_SIGNS.includes(letter))) {
    throw new Error(
      `key '${clean(text, 40)}': terminals send ctrl only with a letter or one of ${[...CONTROL_SIGNS].join(' ')}`,
    );
  }
  return prefixOf(modifiers, false) + letter;
}

function unknown(text: string, inner: string): Error {
  const meant = nearest(splitModifiers(inner).base, [...NAMED, ...Object.keys(ALIASES)]);
  const help =
    meant === undefined
      ? "write a character such as 'j', a name such as 'enter', or 'ctrl-d'"
      : `did you mean '${ALIASES[meant] ?? meant}'?`;
  return new Error(`key '${clean(text, 40)}' is no key; ${help}`);
}

/**
 * The chords of one `useInput` event, in order. Ink hands on what one read held as one text, so fast typing is split
 * here: `'+++\r'` is `+`, `+`, `+`, `enter`. A key that has no chord (a release, a key with super) gives none.
 */
export function chordsOf(input: string, key: InkKey): Chord[] {
  if (key.eventType === 'release' || key.super === true || key.hyper === true) return [];
  const prefix = `${key.ctrl === true ? 'ctrl-' : ''}${key.meta === true ? 'alt-' : ''}`;
  for (const [flag, name] of FLAGS) {
    if (key[flag] !== true) continue;
    // Ink reports two escapes in a row as escape with meta.
    if (name === 'esc') return ['esc'];
    return [`${prefix}${key.shift === true && SHIFTED.has(name) ? 'shift-' : ''}${name}`];
  }
  const chords = chordsOfText(input);
  if (prefix === '') return key.shift === true ? chords.map(shiftLetter) : chords;
  return chords.map((chord) => (chord.startsWith('ctrl-') ? chord : prefix + chord));
}

// A terminal that reports modifiers apart sends `j` and shift for `J`.
function shiftLetter(chord: Chord): Chord {
  return /^[a-z]$/.test(chord) ? chord.toUpperCase() : chord;
}

function chordsOfText(text: string): Chord[] {
  const chords: Chord[] = [];
  for (const grapheme of graphemes(text)) {
    // A carriage return with its newline is one grapheme, and one Enter.
    const chord = grapheme === '\r\n' ? 'enter' : chordOfGrapheme(grapheme);
    if (chord !== undefined) chords.push(chord);
  }
  return chords;
}

function chordOfGrapheme(grapheme: string): Chord | undefined {
  const unit = grapheme.charCodeAt(0);
  if (unit === 0x20 && grapheme.length === 1) return 'space';
  if (unit >= FIRST_FUNCTION_KEY && unit < FIRST_FUNCTION_KEY + FUNCTION_KEYS.length) {
    return FUNCTION_KEYS[unit - FIRST_FUNCTION_KEY];
  }
  if (unit === 0x7f || unit === 0x08) return 'backspace';
  if (unit === 0x09) return 'tab';
  if (unit === 0x0a || unit === 0x0d) return 'enter';
  if (unit === 0x1b) return 'esc';
  if (unit === 0) return 'ctrl-space';
  if (unit < 0x20) return `ctrl-${String.fromCharCode(unit + (unit <= 26 ? 0x60 : 0x40))}`;
  // C1 controls and characters that the decoder could not read come from no key.
  if ((unit >= 0x80 && unit < 0xa0) || unit === 0xfffd) return undefined;
  return grapheme;
}

// Signs that a Chinese input method puts on the key of an ASCII sign, where they are not simply its full-width form.
const CHINESE: Record<string, string> = {
  '、': '\\',
  '。': '.',
  '《': '<',
  '》': '>',
  '【': '[',
  '】': ']',
  '「': '{',
  '」': '}',
  '·': '`',
  '￥': '$',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
};

/**
 * The chord of the ASCII key that was pressed while an input method was on: `：` is `:`, `Ｇ` is `G`, `《` is `<`. To be
 * used wherever no text is being typed. Any other chord comes back as it is.
 */
export function foldFullWidth(chord: Chord): Chord {
  const match = /^((?:ctrl-|alt-)*)(.)$/su.exec(chord);
  const sign = match?.[2];
  if (match === null || sign === undefined) return chord;
  const unit = sign.charCodeAt(0);
  if (unit < 0x80) return chord;
  const folded = unit >= 0xff01 && unit <= 0xff5e ? String.fromCharCode(unit - 0xfee0) : CHINESE[sign];
  if (folded !== undefined) return `${match[1]}${folded}`;
  return unit === 0x3000 ? `${match[1]}space` : chord;
}

/** The chord as hints and help show it: `<enter>`, `<ctrl-d>`, `<+>`. */
export function label(chord: Chord): string {
  return `<${chord}>`;
}
