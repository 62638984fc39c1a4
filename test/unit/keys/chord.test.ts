import { PassThrough } from 'node:stream';
import { render, Text, useInput, usePaste } from 'ink';
import { createElement, useEffect } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import { type Chord, chordsOf, foldFullWidth, functionKeyText, label, parseChord } from '../../../src/keys/chord.ts';
import { createInput } from '../../../src/keys/input.ts';

const ESC = '\u001b';
const unmounts: (() => void)[] = [];
afterEach(() => {
  for (const unmount of unmounts.splice(0)) unmount();
});

type ListenerProps = { onChord(chord: Chord): void; onPaste(text: string): void; onReady(): void };

function Listener({ onChord, onPaste, onReady }: ListenerProps) {
  useInput((text, key) => chordsOf(text, key).forEach(onChord));
  usePaste(onPaste);
  useEffect(onReady, [onReady]);
  return createElement(Text, null, 'x');
}

/** Writes to a terminal that Ink reads through the input filter, and gives what Ink then says: chords, pastes in `«»`. */
async function throughInk(...chunks: string[]): Promise<Chord[]> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin, ref() {}, unref() {} });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  stdout.resume();
  const input = createInput(stdin as unknown as NodeJS.ReadStream, { escWaitMs: 20 });
  const heard: Chord[] = [];
  let ready: () => void = () => {};
  const mounted = new Promise<void>((resolve) => {
    ready = resolve;
  });
  let last: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    last = resolve;
  });
  const onChord = (chord: Chord) => (chord === 'ctrl-g' ? last() : heard.push(chord));
  const listener = createElement(Listener, { onChord, onPaste: (text) => heard.push(`«${text}»`), onReady: ready });
  const { unmount } = render(listener, {
    stdin: input,
    stdout: stdout as unknown as NodeJS.WriteStream,
    exitOnCtrlC: false,
    interactive: true,
    patchConsole: false,
  });
  unmounts.push(unmount, input.close);
  await mounted;
  for (const chunk of chunks) {
    stdin.write(chunk);
    await new Promise((resolve) => setTimeout(resolve, chunk.endsWith(ESC) ? 60 : 1));
  }
  // Longer than the filter counts what comes as the rest of a paste.
  await new Promise((resolve) => setTimeout(resolve, 40));
  stdin.write('\u0007');
  await done;
  return heard;
}

describe('what Ink hands on', () => {
  it('splits fast typing into keys', async () => {
    expect(await throughInk('+++\r')).toEqual(['+', '+', '+', 'enter']);
    expect(await throughInk('gG:?/ 模é')).toEqual(['g', 'G', ':', '?', '/', 'space', '模', 'é']);
    expect(await throughInk('ab\u0004\t\u007f\u0003')).toEqual(['a', 'b', 'ctrl-d', 'tab', 'backspace', 'ctrl-c']);
    expect(await throughInk('\r\n')).toEqual(['enter']);
  });

  it('names control keys', async () => {
    for (const letter of 'abcdefklnopqrstuvwxyz') {
      const byte = String.fromCharCode(letter.charCodeAt(0) - 96);
      expect(await throughInk(byte), letter).toEqual([`ctrl-${letter}`]);
    }
    expect(await throughInk('\u0000', '\u001c', '\u001d', '\u001f')).toEqual([
      'ctrl-space',
      'ctrl-\\',
      'ctrl-]',
      'ctrl-_',
    ]);
    expect(await throughInk('\t', '\r', '\n', '\b', '\u007f')).toEqual([
      'tab',
      'enter',
      'enter',
      'backspace',
      'backspace',
    ]);
  });

  it.each([
    ['[A', 'up'],
    ['OB', 'down'],
    ['[C', 'right'],
    ['[D', 'left'],
    ['[1;2C', 'shift-right'],
    ['[d', 'shift-left'],
    ['[1;5D', 'ctrl-left'],
    ['[H', 'home'],
    ['[4~', 'end'],
    ['[5~', 'pgup'],
    ['[6~', 'pgdn'],
    ['[3~', 'delete'],
    ['[2~', 'insert'],
    ['[Z', 'shift-tab'],
    ['OP', 'f1'],
    ['[15~', 'f5'],
    ['[24~', 'f12'],
    ['x', 'alt-x'],
    ['X', 'alt-X'],
    ['\r', 'alt-enter'],
    ['\u007f', 'alt-backspace'],
    ['[106u', 'j'],
    ['[106;2u', 'J'],
    ['[100;5u', 'ctrl-d'],
    ['[13u', 'enter'],
    ['[27u', 'esc'],
    ['[32u', 'space'],
  ])('ESC %s is %s', async (sequence, chord) => {
    expect(await throughInk(ESC + sequence)).toEqual([chord]);
  });

  it('hears esc and the next key apart', async () => {
    expect(await throughInk(ESC, 'j')).toEqual(['esc', 'j']);
    expect(await throughInk(`${ESC}${ESC}`)).toEqual(['esc', 'esc']);
  });

  it('hears nothing of releases, unknown sequences and replies', async () => {
    expect(await throughInk(`${ESC}[106;1:3u`, `${ESC}[I`, `${ESC}[5;5R`, `${ESC}[99~`, 'k')).toEqual(['k']);
    expect(chordsOf('j', { super: true })).toEqual([]);
    expect(chordsOf('\u0085\ufffd', {})).toEqual([]);
  });

  it('keeps pastes apart from keys', async () => {
    expect(await throughInk(`j${ESC}[200~y\r${ESC}[201~k`)).toEqual(['j', '«y\r»', 'k']);
    expect(await throughInk('yes\ryes\r')).toEqual(['«yes\ryes\r»']);
  });
});

describe('parseChord', () => {
  it.each([
    ['j', 'j'],
    ['G', 'G'],
    ['+', '+'],
    ['-', '-'],
    ['<', '<'],
    ['模', '模'],
    [' ', 'space'],
    ['Space', 'space'],
    ['Enter', 'enter'],
    ['return', 'enter'],
    ['<esc>', 'esc'],
    ['<+>', '+'],
    ['PageUp', 'pgup'],
    ['F5', 'f5'],
    ['Ctrl+D', 'ctrl-d'],
    ['C-d', 'ctrl-d'],
    ['ctrl-\\', 'ctrl-\\'],
    ['ctrl-left', 'ctrl-left'],
    ['alt-x', 'alt-x'],
    ['M-X', 'alt-X'],
    ['alt--', 'alt--'],
    ['shift-g', 'G'],
    ['shift-tab', 'shift-tab'],
    ['Shift-Left', 'shift-left'],
    ['alt-ctrl-x', 'ctrl-alt-x'],
  ])('%j is %s', (text, chord) => {
    expect(parseChord(text)).toBe(chord);
    expect(parseChord(chord)).toBe(chord);
    expect(parseChord(label(chord))).toBe(chord);
  });

  it.each([
    ['entr', "key 'entr' is no key; did you mean 'enter'?"],
    ['pagdown', "key 'pagdown' is no key; did you mean 'pgdn'?"],
    ['ctrl-entre', "key 'ctrl-entre' is no key; did you mean 'enter'?"],
    ['', "key '' is no key; write a character such as 'j', a name such as 'enter', or 'ctrl-d'"],
    ['dd', /is no key/],
    ['\u202e', "key '\\u202e' is no key; write a character such as 'j', a name such as 'enter', or 'ctrl-d'"],
    ['ctrl-i', "key 'ctrl-i': terminals send tab for ctrl-i; write 'tab'"],
    ['Ctrl-[', "key 'Ctrl-[': terminals send esc for ctrl-[; write 'esc'"],
    ['ctrl-1', /only with a letter/],
    ['ctrl-shift-x', /only with a letter/],
    ['shift-/', /write the character that shift makes/],
    ['shift-enter', "key 'shift-enter': terminals do not tell shift-enter from enter; write 'enter'"],
    ['ctrl-enter', /do not tell ctrl-enter from enter/],
    ['\u0003', /is no key/],
    [`${ESC}[A`, /is no key/],
    [functionKeyText('f1') ?? '', /is no key/],
  ])('%j is refused', (text, message) => {
    expect(() => parseChord(text)).toThrow(message);
  });
});

describe('foldFullWidth', () => {
  it('finds the key under an input method', () => {
    expect([...'：／？！＋Ｇｊ１《》【】、；'].map(foldFullWidth)).toEqual([...':/?!+Gj1<>[]\\;']);
    expect(foldFullWidth('\u3000')).toBe('space');
    expect(foldFullWidth('alt-ｘ')).toBe('alt-x');
  });

  it('leaves every other chord as it is', () => {
    for (const chord of ['j', 'enter', 'ctrl-d', 'f5', '模', '👨‍👩‍👧', 'space', '-', 'ctrl-left', 'ｱ']) {
      expect(foldFullWidth(chord)).toBe(chord);
    }
  });
});
