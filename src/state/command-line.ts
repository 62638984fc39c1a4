import type { Binding } from '../keys/binding.ts';
import type { Commands } from '../keys/commands.ts';
import { didYouMean, fuzzy } from '../lib/words.ts';
import type { Action, Screen } from '../screens/define.ts';
import type { Verb } from './desk.ts';
import { escapedWords, unescapeWord } from './escaped-words.ts';
import type { Names } from './names.ts';

/** What a command line asks for. */
export type Command =
  | { readonly kind: 'open'; readonly screen: Screen; readonly names: readonly string[] }
  | {
      readonly kind: 'act';
      readonly screen: Screen;
      readonly action: string;
      readonly name?: string;
      readonly input?: number;
    }
  | { readonly kind: 'view'; readonly view: 'help' | 'messages' }
  | { readonly kind: 'places'; readonly places: 'contexts' | 'regions' }
  | { readonly kind: 'verb'; readonly verb: Verb; readonly args: readonly string[] }
  | { readonly kind: 'key'; readonly key: Binding<Commands> }
  | { readonly kind: 'quit' };

const words: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['help', { kind: 'view', view: 'help' }],
  ['h', { kind: 'view', view: 'help' }],
  ['messages', { kind: 'view', view: 'messages' }],
  ['contexts', { kind: 'places', places: 'contexts' }],
  ['ctx', { kind: 'places', places: 'contexts' }],
  ['regions', { kind: 'places', places: 'regions' }],
  ['region', { kind: 'places', places: 'regions' }],
  ['q', { kind: 'quit' }],
  ['quit', { kind: 'quit' }],
  ['exit', { kind: 'quit' }],
  ['q!', { kind: 'quit' }],
  ['qa', { kind: 'quit' }],
]);

/** What can be asked for by name. */
export interface Vocabulary {
  readonly screens: readonly Screen[];
  readonly verbs: readonly Verb[];
  /** The keys that are alive under the command line, which have names too. */
  readonly keys?: readonly Binding<Commands>[];
}

function commandNames({ screens, verbs, keys = [] }: Vocabulary): string[] {
  const named = screens.flatMap(({ id, alias, actions }) => [
    id,
    ...alias,
    ...(actions ?? []).map((action) => action.id),
  ]);
  const asked = verbs.flatMap(({ id, alias = [] }) => [id, ...alias]);
  return [...new Set([...named, ...asked, ...words.keys(), ...keys.map(({ id }) => id)])];
}

/** Reads a command line. Names match exactly; what is wrong is said with the nearest name that is right. */
export function readCommand(vocabulary: Vocabulary, line: string): Command | { readonly error: string } | undefined {
  const { screens, verbs, keys = [] } = vocabulary;
  const [word, ...rest] = line.trim().split(/\s+/);
  if (!word) return undefined;
  const plain = (): { error: string } | undefined =>
    rest.length === 0 ? undefined : { error: `:${word} takes no argument, "${rest.join(' ')}" was given` };
  const known = words.get(word);
  if (known) return plain() ?? known;
  const screen = screens.find(({ id, alias }) => id === word || alias.includes(word));
  if (screen) return readOpen(screen, word, rest);
  const verb = verbs.find(({ id, alias = [] }) => id === word || alias.includes(word));
  if (verb?.escapes) return { kind: 'verb', verb, args: escapedWords(line.trim()).slice(1).map(unescapeWord) };
  if (verb) return { kind: 'verb', verb, args: rest };
  const owner = screens.find(({ actions }) => actions?.some(({ id }) => id === word));
  if (owner) return readAct(owner, word, rest);
  const key = keys.find(({ id }) => id === word);
  if (key) return plain() ?? { kind: 'key', key };
  return { error: `there is no command "${word}"${didYouMean(word, commandNames(vocabulary), ':')}` };
}

function readOpen(screen: Screen, word: string, names: readonly string[]): Command | { error: string } {
  if (names.length === screen.needs.length) return { kind: 'open', screen, names };
  const wanted = screen.needs.map((need) => need.toUpperCase()).join(' ');
  return { error: wanted ? `:${word} needs ${wanted}` : `:${word} takes no argument, "${names.join(' ')}" was given` };
}

function readAct(screen: Screen, word: string, rest: readonly string[]): Command | { error: string } {
  const action = screen.actions?.find(({ id }) => id === word);
  const staged = action?.stage !== undefined || action?.choices !== undefined;
  const wanted = staged ? 2 : 1;
  const [name, number] = rest;
  if (rest.length > wanted || (staged && rest.length !== wanted)) {
    return { error: `write :${word} NAME${usage(action)}` };
  }
  const chosen = action?.choices?.find(({ label }) => label === number);
  if (action?.choices && !chosen) return { error: `"${number}" is none of ${usage(action).trim()}` };
  if (number !== undefined && !chosen && !/^\d+$/.test(number)) return { error: `"${number}" is not a whole number` };
  return {
    kind: 'act',
    screen,
    action: word,
    ...(name === undefined ? {} : { name }),
    ...(number === undefined ? {} : { input: chosen?.value ?? Number(number) }),
  };
}

/** What an action's command takes after the name. */
export function usage(action: Action<unknown> | undefined): string {
  if (action?.choices) return ` ${action.choices.map(({ label }) => label).join('|')}`;
  return action?.stage ? ' NUMBER' : '';
}

/** What can be said as the last argument of the command of a screen or action: live names, or a choice of words. */
function argumentsOf({ screens }: Vocabulary, [word, ...args]: readonly string[], names: Names): readonly string[] {
  const screen = screens.find(({ id, alias }) => id === word || alias.includes(word ?? ''));
  if (screen) {
    const need = screen.needs[args.length - 1];
    const said = screen.needs.slice(0, args.length - 1).map((each, place) => [each, args[place] ?? '']);
    return need === undefined ? [] : names.within(need, Object.fromEntries(said));
  }
  const owner = screens.find(({ actions }) => actions?.some(({ id }) => id === word));
  if (!owner) return [];
  if (args.length === 1) return names.of(owner);
  const { choices = [] } = owner.actions?.find(({ id }) => id === word) ?? {};
  return args.length === 2 ? choices.map(({ label }) => label) : [];
}

/** Completions of a command line, best first: commands for the first word, what they are about for the others. */
export function complete(
  vocabulary: Vocabulary,
  line: string,
  names: Names,
  argument: (verb: Verb, args: readonly string[]) => readonly string[] = () => [],
): string[] {
  const typed = line.trimStart().split(/\s+/);
  const pattern = typed.at(-1) ?? '';
  const verb = vocabulary.verbs.find(
    ({ id, alias = [] }) => typed.length > 1 && (id === typed[0] || alias.includes(typed[0] ?? '')),
  );
  const [root] = vocabulary.screens;
  const own = verb ? argument(verb, typed.slice(1)) : argumentsOf(vocabulary, typed, names);
  const most = verb && own.length === 0 && root ? names.of(root) : own;
  const candidates = typed.length === 1 ? commandNames(vocabulary) : most;
  const head = typed.slice(0, -1).join(' ');
  return candidates
    .map((candidate) => ({ candidate, score: rank(pattern, candidate) }))
    .filter((entry): entry is { candidate: string; score: number } => entry.score !== undefined)
    .sort(
      (a, b) => b.score - a.score || a.candidate.length - b.candidate.length || (a.candidate < b.candidate ? -1 : 1),
    )
    .map(({ candidate }) => (head ? `${head} ${candidate}` : candidate));
}

/** A path as it is written in a command line. */
export interface PathAt {
  readonly written: string;
  /** Whether a blank in it stands behind a backslash. */
  readonly escaped: boolean;
}

/** The path that is being typed as the last argument of a verb that takes one there. */
export function pathAt({ verbs }: Vocabulary, line: string): PathAt | undefined {
  const [word, ...rest] = line.trimStart().split(/\s+/);
  const verb = verbs.find(({ id, alias = [] }) => id === word || alias.includes(word ?? ''));
  const escaped = verb?.escapes === true;
  const args = escaped ? escapedWords(line.trimStart()).slice(1) : rest;
  const written = args.at(-1);
  return written !== undefined && verb?.takesPath?.(args) ? { written, escaped } : undefined;
}

/** Names that begin with the pattern come before those that only contain its letters. */
function rank(pattern: string, candidate: string): number | undefined {
  if (pattern === '') return 0;
  if (candidate.startsWith(pattern)) return 1_000_000;
  return fuzzy(pattern, candidate)?.score;
}
