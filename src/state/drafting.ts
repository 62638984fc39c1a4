import { ApiError } from '../api/errors.ts';
import type { Binding } from '../keys/binding.ts';
import type { Commands } from '../keys/commands.ts';
import { plural } from '../lib/words.ts';
import type { Section } from '../screens/define.ts';
import { type Finding, lint } from '../service-json/lint.ts';
import type { LintMode } from '../service-json/lint-rules.ts';
import { parseServiceBytes } from '../service-json/parse.ts';
import { isObject, type JsonObject } from '../service-json/value.ts';
import type { Desk } from './desk.ts';
import { createDrafts, createSaved, type Draft, type Drafts, type Saved } from './drafts.ts';
import { openEditor } from './editor.ts';
import { patchFrame, pop, topFrame } from './nav.ts';
import type { ViewFrame } from './store.ts';

export const draftsOf = (desk: Desk): Drafts => createDrafts(desk.stateFolder, () => desk.clock.now());
export const savedOf = (desk: Desk): Saved => createSaved(desk.stateFolder, () => desk.clock.now());

/** A service's JSON as it was read: with an error there is nothing to send. */
export interface ReadConfig {
  readonly config: JsonObject | undefined;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Reads and checks the bytes of a file. */
export function readConfig(bytes: Uint8Array, mode: LintMode): ReadConfig {
  const document = parseServiceBytes(bytes);
  const findings = lint(document, { mode });
  const errors = findings.filter(({ severity }) => severity === 'error');
  return {
    config: errors.length === 0 && isObject(document.value) ? document.value : undefined,
    errors,
    warnings: findings.filter(({ severity }) => severity !== 'error'),
  };
}

/** A finding with its place, as editors count it. */
const findingText = ({ line, column, severity, text }: Finding): string =>
  `line ${line}, column ${column}: ${severity}: ${text}`;

export function findingSection({ errors, warnings }: ReadConfig): Section[] {
  const lines = [...errors, ...warnings].map((finding) => ({
    text: findingText(finding),
    tone: finding.severity === 'error' ? ('bad' as const) : ('warn' as const),
  }));
  return lines.length === 0
    ? []
    : [{ title: `${plural(errors.length, 'error')}, ${plural(warnings.length, 'warning')}`, lines }];
}

/** Warnings in a dialog: a few of them, the rest is on the page behind it. */
export function warningLines({ warnings }: ReadConfig): string[] {
  const shown = warnings.slice(0, 4).map((finding) => `! ${findingText(finding)}`);
  return warnings.length > shown.length
    ? [...shown, `! and ${warnings.length - shown.length} more, on the page`]
    : shown;
}

/** A draft after somebody had it in an editor. */
export interface Written {
  readonly bytes: Uint8Array;
  /** Whether nothing is other than before. */
  readonly unchanged: boolean;
}

/** Gives a draft to the editor. Undefined when something went wrong, which has been told; the draft is kept. */
export async function writeDraft(desk: Desk, drafts: Drafts, draft: Draft): Promise<Written | undefined> {
  const before = await drafts.read(draft);
  let wrong: string | undefined;
  try {
    wrong = await openEditor(desk.terminal, draft.file, process.env);
  } catch (error) {
    wrong = `the terminal could not be given to an editor: ${error instanceof Error ? error.message : String(error)}`;
  }
  let bytes: Uint8Array;
  try {
    bytes = await drafts.read(draft);
  } catch (error) {
    await drafts.change(draft, new TextDecoder().decode(before));
    const said = error instanceof Error ? error.message : String(error);
    desk.tell('bad', `${said}; the draft is kept as it was before: :drafts`);
    return undefined;
  }
  if (wrong !== undefined) {
    desk.tell('bad', `${wrong}; nothing was sent; the draft is kept: :drafts`);
    return undefined;
  }
  return { bytes, unchanged: Buffer.compare(before, bytes) === 0 };
}

/** Shows a page from its first line. */
export function showPage(desk: Desk, id: string, page: Parameters<Desk['page']>[1]): void {
  desk.page(id, page);
  desk.show(id);
  const top = topFrame(desk.store.getState());
  if (top.kind === 'view') patchFrame<ViewFrame>(desk.store, { top: 0, name: page.title });
}

/** Closes a page if it is on top. */
export function closePage(desk: Desk, id: string): void {
  const top = topFrame(desk.store.getState());
  if (top.kind === 'view' && top.view === 'page' && top.row === id) pop(desk.store);
}

/** A key of a page. */
export function pageKey(
  key: string,
  title: string,
  hint: number,
  run: () => void,
  group: Binding<Commands>['group'] = 'act',
): Binding<Commands> {
  return { id: `page-${title.replaceAll(' ', '-')}`, keys: [key], title, group, hint, run };
}

/** An error in one line: its code, its own words and the request id. */
export function inWords(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  return [`${error.code}: ${error.message}`, ...(error.requestId ? [`request ${error.requestId}`] : [])].join(' · ');
}
