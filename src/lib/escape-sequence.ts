/**
 * Where an escape sequence that a terminal sent ends. `whole`: it ends before `end`. `part`: the text stops inside it.
 * `broken`: what was read up to `end` is no sequence; the character at `end` stands for itself.
 */
export type SequenceEnd = { kind: 'whole' | 'broken'; end: number } | { kind: 'part' };

const PART: SequenceEnd = { kind: 'part' };
/** A reply of a terminal is short; what grows beyond this is none. */
const LONGEST_REPLY = 4_096;
const LONGEST_CSI = 256;
/** Button, column and row, each as one character. */
const MOUSE = 3;
const ESC = 0x1b;

/**
 * Reads the escape sequence that begins with the ESC at `start`: CSI and SS3 keys (those of rxvt and the Linux console
 * too), the control strings OSC, DCS and APC, and ESC with one character, which is how a terminal sends alt.
 * ESC with a second ESC or with a control character that no alt key sends is `broken` after the first ESC.
 */
export function readSequence(text: string, start: number): SequenceEnd {
  const at = start + 1;
  if (at >= text.length) return PART;
  const lead = text[at];
  if (lead === '[') return readCsi(text, at + 1);
  if (lead === 'O') return readSs3(text, at + 1);
  if (lead === ']' || lead === 'P' || lead === '_') return readString(text, at + 1);
  const unit = text.charCodeAt(at);
  if (unit < 0x20 && unit !== 0x0d && unit !== 0x09 && unit !== 0x08) return { kind: 'broken', end: at };
  const size = (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return { kind: 'whole', end: at + size };
}

function readCsi(text: string, from: number): SequenceEnd {
  // A mouse that another program left on is told in three characters after the sequence, which are no keys.
  if (text[from] === 'M') {
    const end = from + 1 + MOUSE;
    const cut = text.slice(from + 1, end).search(/[\u0000-\u001f]/);
    if (cut >= 0) return { kind: 'broken', end: from + 1 + cut };
    return text.length < end ? PART : { kind: 'whole', end };
  }
  // The Linux console sends ESC [ [ A for f1.
  const first = text[from] === '[' ? from + 1 : from;
  for (let index = first; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // rxvt ends shifted editing keys with $, which elsewhere comes before the end.
    const rxvt = unit === 0x24 && index === first + 1 && '235678'.includes(text[first] ?? '');
    if (rxvt || (unit >= 0x40 && unit <= 0x7e)) return { kind: 'whole', end: index + 1 };
    if (unit < 0x20 || unit > 0x3f || index - from > LONGEST_CSI) return { kind: 'broken', end: index };
  }
  return PART;
}

function readSs3(text: string, from: number): SequenceEnd {
  for (let index = from; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x40 && unit <= 0x7e) return { kind: 'whole', end: index + 1 };
    if (unit !== 0x3b && (unit < 0x30 || unit > 0x39)) return { kind: 'broken', end: index };
  }
  return PART;
}

function readString(text: string, from: number): SequenceEnd {
  for (let index = from; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0x07 || unit === 0x9c) return { kind: 'whole', end: index + 1 };
    if (unit === ESC) {
      if (index + 1 >= text.length) return PART;
      return text[index + 1] === '\\' ? { kind: 'whole', end: index + 2 } : { kind: 'broken', end: index };
    }
    // No control string holds a control character: this one is a key, and ctrl-c must always be heard.
    if (unit < 0x20 || index - from > LONGEST_REPLY) return { kind: 'broken', end: index };
  }
  return PART;
}

/**
 * Whether a whole sequence is a reply of the terminal (position, attributes, mouse, control strings) and no key. Replies
 * end like some keys do, but carry a private mark or parameters that those keys never have.
 */
export function isReport(sequence: string): boolean {
  if (/^\u001b[\]P_]/.test(sequence)) return sequence.length > 2;
  if (sequence.startsWith('\u001b[M')) return true;
  const match = /^\u001b\[([<=>?]?)([\d;:]*)([ -/]*)([@-~])$/.exec(sequence);
  if (match === null) return false;
  const [, mark = '', parameters = '', , final = ''] = match;
  // The answer to the question for the keyboard protocol is Ink's.
  if (mark !== '') return final !== 'u';
  if (final === 'R') return parameters.includes(';');
  return 'ncty'.includes(final) && parameters !== '';
}
