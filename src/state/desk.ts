import type { Binding, Group } from '../keys/binding.ts';
import type { Commands } from '../keys/commands.ts';
import { graphemes } from '../lib/width.ts';
import type { Action, Field, Scope, Screen, Section } from '../screens/define.ts';
import { type Context, cursorRow, openTable, screenById, tell } from './context.ts';
import { push, topFrame, viewFrame } from './nav.ts';
import type { Slider } from './store.ts';

/** A question answered with a line of text. */
export interface Question {
  /** In front of the field, e.g. `file: `. */
  readonly sign: string;
  readonly initial?: string;
  /** Texts the field could become, best first. */
  complete?(text: string): readonly string[] | Promise<readonly string[]>;
  /** Takes the answer; a text it gives back says what is wrong and keeps the question open. */
  answer(text: string): string | undefined | Promise<string | undefined>;
}

/** A page of a verb: what it shows and the keys it has. Replaced as a whole when something changes. */
export interface Page {
  readonly title: string;
  /** Drawn as a box above the rest; its first field is the heading. */
  readonly box?: readonly Field[];
  readonly sections: readonly Section[];
  readonly keys?: readonly Binding<Commands>[];
}

/** What a verb works with. */
export interface Desk extends Context {
  /** The row a verb is about: the one under the cursor or described, on a screen of that id. */
  row(screen: string): unknown;
  /** The marked rows of the table on top if it shows that screen, else its row as `row` gives it. */
  rows(screen: string): readonly unknown[];
  /** A row by name, among those last read, else undefined. */
  find(screen: string, name: string): unknown;
  ask(question: Question): void;
  /** Opens the command line with a text in it; `cursor` counts graphemes. */
  command(text: string, cursor: number): void;
  /** Opens a page, or replaces it when it is open. */
  page(id: string, page: Page): void;
  /** Shows a page that has been made; false when there is none. */
  show(id: string): boolean;
  menu(
    title: string,
    items: readonly { readonly label: string; readonly note?: string }[],
    choose: (index: number) => void,
  ): void;
  /** Asks yes or no, with a slider if one is given; `word` has to be typed first. */
  confirm(question: {
    readonly title: string;
    readonly lines: readonly string[];
    readonly verb: string;
    readonly tone: 'warn' | 'bad';
    readonly word?: string;
    readonly slider?: Slider;
    /** Other ways on than yes and no. */
    readonly keys?: readonly Binding<Commands>[];
    yes(value: number): void;
  }): void;
  /** Sends an action through its whole life: guard, question, overlay, record, watch. Answers why it is not sent. */
  perform(
    screen: string,
    action: string | Action<unknown>,
    row: unknown,
    input: number,
    scope?: Scope,
  ): string | undefined;
  /** The same for several rows at once: asked once, taken back at once. Answers why it goes to none of them. */
  performAll(
    screen: string,
    action: Action<unknown>,
    rows: readonly unknown[],
    input: number,
    scope?: Scope,
  ): string | undefined;
  tell(tone: 'ok' | 'warn' | 'bad' | 'dim', text: string): void;
}

/** Something that can be asked for by key or command and is more than one request: see src/state/verbs/. */
export interface Verb {
  readonly id: string;
  readonly title: string;
  readonly alias?: readonly string[];
  readonly keys: readonly string[];
  readonly group: Group;
  readonly hint?: number;
  /** The screen its key is alive on. Absent: all tables. */
  readonly screen?: string;
  /** Where its key is alive: on the table (else), in the description of a row, or in both. */
  readonly where?: 'table' | 'view' | 'both';
  /** What its command takes, e.g. `NAME KEY=VALUE …`. */
  readonly usage: string;
  /** Whether it ends in a write: off in read-only mode. */
  readonly writes: boolean;
  /** Why the key is off now. */
  off?(desk: Desk): string | undefined;
  /** `args` are those of the command line; the key gives none. A text says what is wrong. */
  run(desk: Desk, args: readonly string[]): string | undefined | Promise<string | undefined>;
  /** Whether a blank behind a backslash belongs to a word of its command line. */
  readonly escapes?: boolean;
  /** Whether the argument being typed is the path of a file, which is completed as such. */
  takesPath?(args: readonly string[]): boolean;
  /** Completes the argument being typed. */
  complete?(desk: Desk, args: readonly string[]): readonly string[];
}

export function createDesk(context: Context, { perform, performAll }: Pick<Desk, 'perform' | 'performAll'>): Desk {
  const { store } = context;
  const desk: Desk = {
    ...context,
    perform,
    performAll,
    tell: (tone, text) => tell(context, tone, text),
    row(id) {
      const table = openTable(context);
      if (table) return table.screen.id === id ? cursorRow(table) : undefined;
      const frame = topFrame(store.getState());
      if (frame.screen !== id || frame.kind !== 'view') return undefined;
      return store.getState().sources[`${id}${JSON.stringify(frame.scope)}`]?.byId.get(frame.row ?? '');
    },
    rows(id) {
      const table = openTable(context);
      const marks = table?.screen.id === id ? table.frame.marks : undefined;
      if (table && marks && marks.size > 0) return [...marks].flatMap((mark) => table.source.byId.get(mark) ?? []);
      const row = desk.row(id);
      return row === undefined ? [] : [row];
    },
    find(id, name) {
      const screen: Screen = screenById(context, id);
      const sources = Object.entries(store.getState().sources).filter(([key]) => key.startsWith(`${id}{`));
      for (const [, { rows }] of sources) {
        const found = rows.find((row) => screen.rowName(row) === name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    ask(question) {
      const text = question.initial ?? '';
      const cursor = graphemes(text).length;
      store.setState({
        prompt: { kind: 'ask', text, cursor, error: undefined, before: text, recalled: undefined, question },
      });
    },
    command: (text, cursor) =>
      store.setState({ prompt: { kind: 'command', text, cursor, error: undefined, before: '', recalled: undefined } }),
    page(id, page) {
      store.setState(({ pages }) => ({ pages: { ...pages, [id]: page } }));
    },
    show(id) {
      const { pages, frames } = store.getState();
      const page = pages[id];
      if (!page) return false;
      const top = topFrame(store.getState());
      if (top.kind === 'view' && top.view === 'page' && top.row === id) return true;
      const { screen, scope } = frames.at(-1) ?? top;
      push(store, viewFrame('page', { screen, scope, row: id, name: page.title }));
      return true;
    },
    menu: (title, items, choose) => store.setState({ menu: { title, items, index: 0, choose } }),
    confirm({ title, lines, verb, tone, word, slider, keys, yes }) {
      store.setState({
        dialog: {
          title,
          lines,
          verb,
          tone,
          word,
          slider,
          keys,
          field: { text: '', cursor: 0 },
          button: 0,
          confirm: () => yes(store.getState().dialog?.slider?.value ?? slider?.value ?? 0),
        },
      });
    },
  };
  return desk;
}
