import { createStore as createZustand, type StoreApi } from 'zustand/vanilla';
import type { Binding } from '../keys/binding.ts';
import type { Commands } from '../keys/commands.ts';
import type { Advice, Confirm, Scope, Section, Tone } from '../screens/define.ts';
import type { Page, Question } from './desk.ts';
import { type RowIndex, rowIndex } from './row-index.ts';

/** A table somebody looked into: where the cursor is, and how its rows are chosen and ordered. */
export interface TableFrame {
  readonly kind: 'table';
  readonly screen: string;
  readonly scope: Scope;
  /** The object the cursor sits on. It stays on the object, never on a line number. */
  readonly cursor: string | undefined;
  /** Its name, to be told when it is gone. */
  readonly name: string;
  /** The name of the row to put the cursor on when rows come. */
  readonly find?: string | undefined;
  /** Where the cursor's row was last seen: where a ghost stands, and who is next when it is left. */
  readonly index: number;
  /** When the object under the cursor was exchanged without a key (epoch ms): a write key just after is refused. */
  readonly exchangedAt: number;
  /** The first line shown. */
  readonly top: number;
  readonly filter: string;
  readonly faults: boolean;
  readonly wide: boolean;
  readonly sort: { readonly column: string; readonly descending: boolean };
  /** The column chosen with `<` and `>`. */
  readonly column: string | undefined;
  readonly marks: ReadonlySet<string>;
  readonly anchor: string | undefined;
}

/** A page of text: a description, JSON, the help, the messages. */
export interface ViewFrame {
  readonly kind: 'view';
  readonly view: 'describe' | 'json' | 'help' | 'messages' | 'page';
  /** The object it tells about, with the screen it belongs to. */
  readonly screen: string;
  readonly scope: Scope;
  readonly row: string | undefined;
  readonly name: string;
  readonly top: number;
  readonly search: string;
  readonly wrap: boolean;
  readonly secrets: boolean;
  /** The keys as they stood when the help was asked for. */
  readonly keys: readonly KeyGroup[];
}

/** The keys of a layer, with the reason of those that are off. */
export interface KeyGroup {
  readonly title: string;
  readonly keys: readonly {
    readonly chords: readonly string[];
    readonly title: string;
    readonly off: string | undefined;
  }[];
}

export type Frame = TableFrame | ViewFrame;

/** Why the latest read failed, and when it is tried again. */
export interface Trouble {
  readonly kind: string;
  readonly text: string;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  /** Epoch ms. */
  readonly since: number;
  readonly retryAt: number;
}

/** What the service last said of a source: a table's rows or a description. Nothing hoped for is in here. */
export interface Source {
  readonly rows: readonly unknown[];
  readonly byId: RowIndex;
  /** Rows that were absent from the last read; one more absence and they are gone. */
  readonly missing: ReadonlySet<string>;
  readonly sections: readonly Section[];
  /** How new the rows shown are at least (epoch ms); undefined before the first answer. */
  readonly at: number | undefined;
  /** How long the latest successful read took, milliseconds. */
  readonly took: number | undefined;
  /** When the next answer should be there (epoch ms): later than that what is shown is not called fresh. */
  readonly due: number;
  /** Milliseconds between two reads where that is longer than usual, for the budget of requests. */
  readonly pace: number | undefined;
  /** The first read is under way and only a part of the pages has come. */
  readonly partial: boolean;
  readonly trouble: Trouble | undefined;
}

/** What is hoped for a row until the service says so itself. */
export interface Hope {
  readonly patch: object;
  /** Epoch ms after which the hope is given up and the service's word shown alone. */
  readonly until: number;
  agrees(row: unknown): boolean;
}

/** A number chosen with `+ - =` and not yet sent. */
export interface Staged {
  readonly rowId: string;
  readonly name: string;
  readonly action: string;
  readonly column: string;
  readonly from: number;
  readonly to: number;
  /** Digits typed so far. */
  readonly typed: string;
  readonly advice: Advice;
}

export interface Message {
  readonly id: number;
  /** Epoch ms. */
  readonly at: number;
  readonly tone: Tone;
  readonly text: string;
  /** The message offers an undo until then (epoch ms). */
  readonly undoUntil?: number | undefined;
}

/** A text field. `cursor` counts graphemes. */
export interface Field {
  readonly text: string;
  readonly cursor: number;
}

export interface Prompt extends Field {
  readonly kind: 'command' | 'filter' | 'find' | 'ask';
  /** What an answer is given to; `kind` is `ask`. */
  readonly question?: Question;
  readonly error: string | undefined;
  /** What the field held when it was opened: esc brings it back. */
  readonly before: string;
  /** Position in the history; undefined: the text being written. */
  readonly recalled: number | undefined;
}

/** A number chosen by moving a mark along a line. */
export interface Slider {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Digits typed so far. */
  readonly typed: string;
  /** The number that was typed and cannot be: until it is mended there is no yes. */
  readonly wrong?: string | undefined;
  /** What the value means, a line each. */
  lines(value: number): readonly string[];
}

export interface Dialog {
  readonly title: string;
  readonly tone: Confirm['tone'];
  readonly lines: readonly string[];
  /** The word on the button that goes on. */
  readonly verb: string;
  /** The word that has to be typed first, if any. */
  readonly word: string | undefined;
  readonly field: Field;
  readonly slider?: Slider | undefined;
  /** Other ways on than its buttons. */
  readonly keys?: readonly Binding<Commands>[] | undefined;
  /** 0 is Cancel, always left and always first. */
  readonly button: 0 | 1;
  readonly confirm: () => void;
}

/** A choice among a few words. */
export interface Menu {
  readonly title: string;
  readonly items: readonly { readonly label: string; readonly note?: string }[];
  readonly index: number;
  readonly choose: (index: number) => void;
}

/** Follows an object until an action has reached its end. */
export interface Watch {
  readonly id: number;
  readonly screen: string;
  readonly scope: Scope;
  readonly rowId: string;
  readonly title: string;
  /** What the service said of it last, in words. */
  readonly said: string;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly endsAt: number;
}

/** Actions on several rows that are being sent. */
export interface Sending {
  readonly id: number;
  readonly title: string;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly total: number;
  readonly started: number;
  readonly ended: number;
  readonly failed: number;
  /** What has not started will not be sent. */
  readonly stopped: boolean;
}

export interface Session {
  readonly version: string;
  readonly region: string;
  readonly endpoint: string;
  /** Who acts and where the key came from, e.g. `env ALIBABA_CLOUD_ACCESS_KEY_ID, AK …3f2a`. */
  readonly identity: string;
  readonly readOnly: boolean;
  /** Every question here wants a word typed. */
  readonly protected: boolean;
  /** Epoch ms; moves once a second while ages are on screen. */
  readonly now: number;
  readonly focused: boolean;
  /** How many reasons there are not to poll. */
  readonly pauses: number;
  readonly pausedByKey: boolean;
  /** Milliseconds the latest answer took. */
  readonly latency: number | undefined;
  /** What is on its way to the object store, in a few words: shown on every screen. */
  readonly uploading: string | undefined;
  /** Requests sent in the last minute. */
  readonly perMinute: number;
  readonly ledger: 'on' | 'off';
}

/** All the program knows. One store a program, made by `createStore`; a test makes another. */
export interface State {
  readonly session: Session;
  readonly frames: readonly Frame[];
  readonly past: readonly (readonly Frame[])[];
  readonly future: readonly (readonly Frame[])[];
  readonly sources: Readonly<Record<string, Source>>;
  readonly hopes: Readonly<Record<string, Hope>>;
  readonly staged: Readonly<Record<string, Staged>>;
  readonly prompt: Prompt | undefined;
  readonly dialog: Dialog | undefined;
  readonly menu: Menu | undefined;
  readonly messages: readonly Message[];
  readonly watches: readonly Watch[];
  readonly sending: readonly Sending[];
  /** The pages of verbs, by their id. */
  readonly pages: Readonly<Record<string, Page>>;
}

export type Store = StoreApi<State>;

export function createStore(session: Session, frames: readonly Frame[]): Store {
  return createZustand<State>(() => ({
    session,
    frames,
    past: [],
    future: [],
    sources: {},
    hopes: {},
    staged: {},
    prompt: undefined,
    dialog: undefined,
    menu: undefined,
    messages: [],
    watches: [],
    sending: [],
    pages: {},
  }));
}

export const emptySource: Source = {
  rows: [],
  byId: rowIndex(new Map(), []),
  missing: new Set(),
  sections: [],
  at: undefined,
  took: undefined,
  due: 0,
  pace: undefined,
  partial: false,
  trouble: undefined,
};
