import type { Binding } from '../keys/binding.ts';
import type { Commands } from '../keys/commands.ts';
import { graphemes } from '../lib/width.ts';
import type { ActingPart } from './acting.ts';
import { complete, type PathAt, pathAt, readCommand, type Vocabulary } from './command-line.ts';
import { type Context, openTable, tell } from './context.ts';
import { escapeWord, unescapeWord } from './escaped-words.ts';
import { editField, insert } from './field.ts';
import { matches, settleCursor } from './moving.ts';
import { createNames } from './names.ts';
import { jump, patchFrame, push, tableFrame, topFrame, viewFrame } from './nav.ts';
import { completePath, roots } from './path-completion.ts';
import { choosePlace } from './places.ts';
import type { Frame, Prompt, TableFrame, ViewFrame } from './store.ts';

type Writing = Pick<Commands, 'openCommandLine' | 'openFilter' | 'type' | 'edit' | 'submit' | 'cancel'>;

/** How many lines the history of the command line keeps. */
const remembered = 100;

/** The keys that would be alive if no text field were open, by name. */
interface KeysBelow {
  list(): readonly Binding<Commands>[];
  /** Answers why the key is off. */
  run(key: Binding<Commands>): string | undefined;
}

/** The text fields: command line, filter, search, and the word typed into a dialog. */
export function createWriting(
  context: Context,
  acting: Pick<ActingPart, 'byName' | 'runVerb' | 'completeVerb'>,
  keys: KeysBelow,
): Writing & { suggestion(): string | undefined } {
  const { store, room } = context;
  const history: string[] = [];
  /** What was being written when the history was looked into. */
  let draft = '';

  const open = (kind: Prompt['kind'], text: string): void =>
    store.setState({
      prompt: { kind, text, cursor: graphemes(text).length, error: undefined, before: text, recalled: undefined },
    });

  const names = createNames(context);
  const vocabulary = (): Vocabulary => ({ screens: context.screens, verbs: context.verbs, keys: keys.list() });

  /** A filter works while it is typed. The cursor stays on its object if it is still shown. */
  const filter = (text: string): void => {
    const frame = topFrame(store.getState());
    if (frame.kind === 'view') {
      const [first] = text === '' ? [] : matches(room.text(), text);
      const top = first === undefined ? frame.top : Math.min(first, Math.max(0, room.lines - room.page));
      patchFrame<ViewFrame>(store, { search: text, top });
      return;
    }
    patchFrame<TableFrame>(store, { filter: text });
    const table = openTable(context);
    if (table && (table.visible.ghost || table.frame.cursor === undefined)) settleCursor(context, table);
    store.setState(({ prompt }) => ({ prompt: prompt && { ...prompt, error: table?.visible.filterError } }));
  };

  const change = (next: { text: string; cursor: number }, recalled?: number): void => {
    const { prompt, dialog } = store.getState();
    if (prompt) {
      store.setState({ prompt: { ...prompt, ...next, error: undefined, recalled } });
      const live = prompt.kind === 'filter' || prompt.kind === 'find';
      if (live && next.text !== prompt.text) filter(next.text);
    } else if (dialog) store.setState({ dialog: { ...dialog, field: next } });
  };

  const present = (): { text: string; cursor: number } | undefined => {
    const { prompt, dialog } = store.getState();
    return prompt ?? dialog?.field;
  };

  const recall = (by: -1 | 1): void => {
    const { prompt } = store.getState();
    if (prompt?.kind !== 'command') return;
    const place = (prompt.recalled ?? history.length) + by;
    if (prompt.recalled === undefined) {
      if (by > 0) return;
      draft = prompt.text;
    }
    const text = place >= history.length ? draft : history[place];
    if (place < 0 || text === undefined) return;
    change({ text, cursor: graphemes(text).length }, place >= history.length ? undefined : place);
  };

  const run = (line: string): string | undefined | Promise<string | undefined> => {
    const command = readCommand(vocabulary(), line);
    if (!command) return undefined;
    if ('error' in command) return command.error;
    if (command.kind === 'verb') return acting.runVerb(command.verb, command.args);
    if (command.kind === 'key') return keys.run(command.key);
    if (command.kind === 'quit') context.leave();
    else if (command.kind === 'places') void choosePlace(context, command.places);
    else if (command.kind === 'view') {
      const { screen, scope } = topFrame(store.getState());
      push(store, viewFrame(command.view, { screen, scope, row: undefined, name: '' }));
    } else if (command.kind === 'open') {
      const root = context.screens[0];
      const scope = Object.fromEntries(command.screen.needs.map((need, place) => [need, command.names[place] ?? '']));
      const frames: Frame[] = [tableFrame(command.screen, scope)];
      if (root && root !== command.screen) frames.unshift(tableFrame(root, {}));
      jump(store, frames);
    } else return acting.byName(command.screen, command.action, command.name, command.input);
    return undefined;
  };

  /** Closes a prompt whose text was taken; what is wrong with it stays in its line, to be mended there. */
  const settle = (prompt: Prompt, answer: string | undefined | Promise<string | undefined>): void => {
    const close = (wrong: string | undefined): void =>
      store.setState(({ prompt: now }) => {
        if (wrong !== undefined && wrong !== '')
          return now === prompt || now === undefined ? { prompt: { ...prompt, error: wrong } } : {};
        return { prompt: now === prompt ? undefined : now };
      });
    if (answer instanceof Promise) {
      // What takes its time does not hold the line: a dialog or page of its own may come meanwhile.
      close(undefined);
      answer.then((wrong) => wrong && close(wrong)).catch((error: unknown) => close(String(error)));
    } else close(answer);
  };

  /** A path with a blank would be two arguments: it is offered only where a backslash prevents that. */
  const completeLast = async (text: string, { written, escaped }: PathAt): Promise<string[]> => {
    const found = await completePath(escaped ? unescapeWord(written) : written, roots());
    const paths = escaped ? found.map(escapeWord) : found.filter((path) => !/\s/.test(path));
    return paths.map((path) => text.slice(0, text.length - written.length) + path);
  };

  const completeField = async (text: string): Promise<void> => {
    const { prompt } = store.getState();
    if (prompt?.kind !== 'command' && prompt?.kind !== 'ask') return;
    const path = prompt.kind === 'command' ? pathAt(context, text) : undefined;
    const found =
      prompt.kind === 'ask'
        ? await prompt.question?.complete?.(text)
        : path === undefined
          ? complete(vocabulary(), text, names, acting.completeVerb)
          : await completeLast(text, path);
    const [best] = found ?? [];
    // What was typed while the answer was looked for is not overwritten.
    if (store.getState().prompt?.text !== text) return;
    if (best === undefined) return tell(context, 'dim', 'nothing completes this');
    const next = prompt.kind === 'ask' || path !== undefined ? best : `${best} `;
    change({ text: next, cursor: graphemes(next).length });
  };

  return {
    suggestion() {
      const { prompt } = store.getState();
      if (prompt?.kind !== 'command' || prompt.text === '' || pathAt(context, prompt.text) !== undefined)
        return undefined;
      return complete(vocabulary(), prompt.text, names, acting.completeVerb)[0];
    },
    openCommandLine: () => open('command', ''),
    openFilter() {
      const frame = topFrame(store.getState());
      if (frame.kind === 'table') open('filter', frame.filter);
      else open('find', frame.search);
    },
    type(text) {
      const field = present();
      if (field) change(insert(field, text));
    },
    edit(what) {
      const field = present();
      if (!field) return;
      if (what === 'previous') return recall(-1);
      if (what === 'next') return recall(1);
      if (what !== 'complete') return change(editField(field, what));
      void completeField(field.text);
    },
    submit() {
      const { prompt } = store.getState();
      if (!prompt) return;
      if (prompt.kind === 'ask') return void settle(prompt, prompt.question?.answer(prompt.text));
      if (prompt.kind !== 'command') {
        // A filter that cannot be read is not closed: it would look as if nothing were filtered.
        if (prompt.error === undefined) store.setState({ prompt: undefined });
        return;
      }
      const line = prompt.text.trim();
      if (line !== '' && history.at(-1) !== line) history.push(line);
      if (history.length > remembered) history.shift();
      void settle(prompt, run(line));
    },
    cancel() {
      const { prompt } = store.getState();
      store.setState({ prompt: undefined });
      if (prompt?.kind === 'filter' || prompt?.kind === 'find') filter(prompt.before);
    },
  };
}
