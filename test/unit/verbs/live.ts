/** The program without its screen on an emulator of its own, driven by command lines and keys. */

import { onTestFinished } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../../emulator/server.ts';
import type { Section } from '../../../src/screens/define.ts';
import type { Page } from '../../../src/state/desk.ts';
import { type LiveCockpit, type LiveOptions, openLive } from '../../variants/live-cockpit.ts';

export interface Live extends LiveCockpit {
  readonly emulator: Emulator;
  /** Runs a command line. */
  command(line: string): void;
  /** Waits for the question and answers yes, with the word it wants. */
  yes(): Promise<readonly string[]>;
  /** Types into the text field that is open and takes it. */
  answer(text: string): Promise<void>;
  /** Opens a table and puts the cursor on a row, by its name. */
  goTo(line: string, screen: string, name: string): Promise<void>;
  /** Waits for a page with a text on it. */
  page(id: string, pattern: RegExp): Promise<string>;
  /** The requests of one operation so far, or all writes. */
  asked(operation?: string): { readonly operation: string; readonly params: Readonly<Record<string, unknown>> }[];
}

/** Everything a page says, line by line. */
export function textOf(page: Page | undefined): string {
  const box = page?.box ? [{ title: page.title, fields: page.box }] : [];
  return [...box, ...(page?.sections ?? [])]
    .flatMap(({ title, fields = [], lines = [], json }: Section) => [
      title,
      ...fields.map(({ name, value }) => `${name}: ${String(value)}`),
      ...lines.map(({ text }) => text),
      ...(json === undefined ? [] : [JSON.stringify(json)]),
    ])
    .join('\n');
}

export async function openOn(options: EmulatorOptions = {}, how: LiveOptions = {}): Promise<Live> {
  const emulator = await createEmulator({ seed: 7, speed: 40, ...options });
  onTestFinished(() => emulator.close());
  const live = await openLive(emulator, how);
  onTestFinished(() => live.close());
  const type = (text: string): void => live.press(...[...text].map((char) => (char === ' ' ? 'space' : char)));
  return {
    ...live,
    emulator,
    command(line) {
      live.press(':');
      type(line);
      live.press('enter');
    },
    async yes() {
      await live.until('a question', ({ dialog }) => dialog !== undefined);
      const { dialog } = live.state();
      if (dialog?.word !== undefined) type(dialog.word);
      live.press('tab', 'enter');
      return dialog ? [dialog.title, ...dialog.lines] : [];
    },
    async answer(text) {
      await live.until('a text field', ({ prompt }) => prompt?.kind === 'ask');
      live.press('ctrl-u');
      type(text);
      live.press('enter');
    },
    async goTo(line, screen, name) {
      live.press(':');
      type(line);
      live.press('enter');
      const frame = () => {
        const top = live.state().frames.at(-1);
        return top?.kind === 'table' && top.screen === screen ? top : undefined;
      };
      await live.until(`the table ${screen}`, () => frame()?.cursor !== undefined);
      live.press('g');
      for (let left = 300; frame()?.name !== name && left > 0; left--) live.press('down');
      if (frame()?.name !== name) throw new Error(`the cursor does not get to ${name}; it is at ${frame()?.name}`);
    },
    async page(id, pattern) {
      await live.until(`the page ${id} with ${pattern}`, ({ pages }) => pattern.test(textOf(pages[id])));
      return textOf(live.state().pages[id]);
    },
    asked: (operation) =>
      emulator
        .requests()
        .filter(({ operation: name, method }) => (operation === undefined ? method !== 'GET' : name === operation)),
  };
}
