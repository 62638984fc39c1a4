import type { Client } from '../api/client.ts';
import type { OperationName } from '../api/contract/wire.gen.ts';
import type { UploadProgress } from '../api/upload/engine.ts';
import type { LedgerRow, Settled } from './ledger.ts';

/** What screens read from and write to: the service, and the record of what was sent. */
export interface Api extends Client {
  readonly ledger: {
    entries(): Promise<readonly LedgerRow[]>;
    /** Writes down how an entry of unknown outcome ended. False: it could not be kept. */
    settle(id: string, outcome: Settled): Promise<boolean>;
  };
  /** Keeps the configurations of services that are about to be deleted, in a folder of the user's alone. */
  readonly saved?: { readonly folder: string; keep(region: string, name: string, config: string): Promise<string> };
  readonly uploads: { rows(): readonly UploadProgress[] };
}

/** How a text looks. The colours and the symbols of a terminal without colour are chosen in src/ui/theme.ts. */
export type Tone = 'plain' | 'ok' | 'busy' | 'warn' | 'bad' | 'dim' | 'accent';

/** Where a table looks: the names of what it is inside of, e.g. `{ service: 'mnist' }`. */
export type Scope = Readonly<Record<string, string>>;

/** One column. Rows stay typed until `text` is asked for; sorting uses `value`, never the text. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Cells of the terminal, without the gap between columns. */
  readonly width: number;
  /** Takes what is left of the line. One column a screen. */
  readonly grow?: boolean;
  readonly align?: 'left' | 'right';
  /** Shown only when all columns are asked for. */
  readonly wide?: boolean;
  /** When the line is too narrow the columns with the lowest number go first. Absent: always kept. */
  readonly drop?: number;
  value(row: Row): string | number | boolean | undefined;
  /** The text of a cell; `now` is epoch milliseconds. Absent: the value itself. */
  text?(row: Row, now: number): string;
  /** Until when the text of `now` is true, epoch milliseconds. Absent: as long as the row is. */
  until?(row: Row, now: number): number;
  tone?(row: Row): Tone;
}

/** A line of a description. Secret values are masked until the reader asks. */
export interface Field {
  readonly name: string;
  readonly value: unknown;
  readonly secret?: boolean;
  readonly tone?: Tone;
}

/** A part of a description: fields, free lines, JSON, or several of them. */
export interface Section {
  readonly title: string;
  readonly fields?: readonly Field[];
  readonly lines?: readonly { readonly text: string; readonly tone?: Tone }[];
  /** Shown as pretty JSON; secrets in it are masked by the name of their key. */
  readonly json?: unknown;
}

/** How an action ended at the service: a request id and its own words. */
export interface Receipt {
  readonly requestId?: string | undefined;
  readonly message?: string | undefined;
}

/** What must be said and answered before an action leaves. */
export interface Confirm {
  /** `yes`: one yes. `type-name`: the name has to be typed. */
  readonly level: 'yes' | 'type-name';
  readonly tone: 'warn' | 'bad';
  /** What will change and what it touches now, a line each. */
  readonly effects: readonly string[];
}

/** What is good to know before a number is sent. */
export interface Advice {
  /** Who else sets the number and will overwrite it. */
  readonly owner?: string | undefined;
  /** What is free where the object runs; said when the number is more than doubled, or more is wanted than has room. */
  readonly free?: string | undefined;
  /** How many more have room, as far as that can be reckoned. */
  readonly room?: number | undefined;
  /** Where so many more would go, what remains there and what is in the way. */
  readonly fit?: ((more: number) => readonly Section[]) | undefined;
}

/**
 * A write. Its life is the same for all and fixed in src/state/runner.ts:
 * guard → stage or confirm → overlay → call → message with undo → watch until the service agrees.
 */
export interface Action<Row> {
  readonly id: string;
  readonly title: string;
  readonly keys: readonly string[];
  readonly hint?: number;
  /** Where its keys are alive: on the table (else) or in the description of a row. */
  readonly where?: 'table' | 'view';
  /** What leaves the process. Read-only is decided by this operation. */
  readonly operation: OperationName;
  /** The keys `+ - =` stage a number shown in `column` instead of `keys` running the action. */
  readonly stage?: {
    readonly column: string;
    readonly min: number;
    readonly max: number;
    from(row: Row): number | undefined;
    /** What is good to know before sending, asked for once when staging begins. */
    advise?(api: Api, row: Row, signal: AbortSignal): Promise<Advice>;
  };
  /** The key opens a menu of these; `value` is the input. */
  readonly choices?: readonly { readonly value: number; readonly label: string }[];
  /** A person was asked for something first, so time has passed: as after `choices` and `confirm` the object is looked at anew. */
  readonly asked?: true;
  /** The number it is done with, when nobody chooses one. Absent: 0. */
  input?(row: Row): number;
  /** Why the action makes no sense on this row, or undefined. */
  guard?(row: Row): string | undefined;
  /** Absent or undefined: nothing is asked, because `undo` takes it back. `api` tells only where things are kept. */
  confirm?(row: Row, input: number, api?: Pick<Api, 'saved'>): Confirm | undefined;
  call(api: Api, row: Row, scope: Scope, input: number, signal: AbortSignal): Promise<Receipt>;
  /** What the row is hoped to look like until the service says so itself. */
  patch?(row: Row, input: number): Partial<Row>;
  /** Whether the service's row shows that the action has been taken up: the hope is dropped. */
  agrees(row: Row, input: number, before: Row): boolean;
  /**
   * Whether the action has reached its end: what the service then reports, not "accepted". `taken`: the service has
   * shown once, now or before, that it had taken it up, as `agrees` says.
   */
  goal(
    row: Row | undefined,
    input: number,
    before: Row,
    elapsedMs: number,
    taken: boolean,
  ): 'pending' | 'done' | { readonly failed: string };
  /** In words, for messages: `scale mnist 2→5`, and once it is done `scaled mnist 2→5`. */
  words(row: Row, input: number, tense: 'will' | 'did'): string;
  /**
   * What takes it back: an action, or the id of one of its screen, and the input. Absent or undefined: it cannot be
   * undone. Of actions sent together the first one's is done to all their rows.
   */
  undo?(before: Row, input: number): { readonly action: string | Action<Row>; readonly input: number } | undefined;
  /** The equal eascmd line. */
  cli(row: Row, input: number): string;
}

/** A key that leads from a row to another screen. */
export interface Link<Row> {
  readonly id: string;
  readonly title: string;
  readonly keys: readonly string[];
  readonly hint?: number;
  to(row: Row, scope: Scope): { readonly screen: string; readonly scope: Scope };
}

/**
 * A screen is data. It imports no other screen, no React, no Ink and no store; the generic table serves it.
 * Adding one is this record in a file of its own and one line in all.ts.
 */
export interface Screen<Row = unknown> {
  readonly id: string;
  /** The noun in the title, plural: `services`. */
  readonly title: string;
  /** Other names for the command line. */
  readonly alias: readonly string[];
  /** Its rows are this machine's own: they are read several times a second and never fail for the network. */
  readonly local?: boolean;
  /** Scope fields it cannot be opened without. */
  readonly needs: readonly string[];
  readonly columns: readonly Column<Row>[];
  /** Where rows start out: the column and direction of the sort. */
  readonly sort: { readonly column: string; readonly descending?: boolean };
  readonly actions?: readonly Action<Row>[];
  readonly links?: readonly Link<Row>[];
  /** The rows, page by page; each page is landed as it comes. */
  list(api: Api, scope: Scope, signal: AbortSignal): AsyncIterable<readonly Row[]>;
  /** Identity: a row that is deleted and made again under its old name is another row. */
  rowId(row: Row): string;
  rowName(row: Row): string;
  /** The word for a row that is not well, e.g. `failed`; counted in the title, and what "faults only" shows. */
  fault?(row: Row): { readonly word: string; readonly tone: Tone } | undefined;
  /** What is inside a row; `find` names the row the cursor is put on there, `region` the only one where it can be. */
  enter?(
    row: Row,
    scope: Scope,
  ): {
    readonly screen: string;
    readonly scope: Scope;
    readonly find?: string | undefined;
    readonly region?: string | undefined;
  };
  /** What all rows shown come to, in a few words for the title, e.g. `gpu 6/16`. */
  summary?(rows: readonly Row[]): string | undefined;
  /** One row anew, for watches and descriptions. Undefined when it is gone. Absent: the list is read for it. */
  fetch?(api: Api, row: Row, scope: Scope, signal: AbortSignal): Promise<Row | undefined>;
  /** What there is to say of a row that has just been read. */
  describe?(api: Api, row: Row, scope: Scope, signal: AbortSignal): Promise<readonly Section[]>;
  /** What the service answered for this row, for the JSON viewer. */
  json?(row: Row): unknown;
}

/**
 * Fixes the row type while a screen is written and forgets it for the tables that hold all screens:
 * rows only ever travel from `list` to the functions of the same record.
 */
export function defineScreen<Row>(screen: Screen<Row>): Screen {
  return screen as Screen;
}
