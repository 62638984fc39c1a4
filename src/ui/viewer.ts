import { label } from '../keys/chord.ts';
import { clock } from '../lib/age.ts';
import { clean, cleanLines } from '../lib/clean.ts';
import { widthOf, wrap } from '../lib/width.ts';
import type { Section } from '../screens/define.ts';
import { maskSecrets } from '../screens/describe.ts';
import type { Cockpit } from '../state/cockpit.ts';
import { usage } from '../state/command-line.ts';
import { sourceOf } from '../state/nav.ts';
import { emptySource, type State, type ViewFrame } from '../state/store.ts';
import { troubleLine } from './header.ts';
import { type Line, type Span, textOf } from './line.ts';
import { boxHeight } from './result-rows.ts';

const nameWidth = 20;

/** Gives all lines of the page that is open, before scrolling. */
export type Viewer = (cockpit: Cockpit, state: State, frame: ViewFrame, width: number) => Line[];

/**
 * Makes a viewer. It remembers its last answer: as long as what is shown and how are the same, scrolling folds
 * nothing again.
 */
export function createViewer(): Viewer {
  let last: { key: readonly unknown[]; lines: Line[] } | undefined;
  return (cockpit, state, frame, width) => {
    const source = state.sources[sourceOf(frame) ?? ''];
    const row = state.sources[`${frame.screen}${JSON.stringify(frame.scope)}`]?.byId.get(frame.row ?? '');
    const page = frame.view === 'page' ? state.pages[frame.row ?? ''] : undefined;
    const { view: kind, wrap: wrapped, secrets, search, keys } = frame;
    // While nothing has come yet the page counts down to the next try.
    const waiting = source?.at === undefined ? state.session.now : 0;
    const shown = [kind, page, row, source?.sections, source?.trouble, waiting, state.messages, keys];
    const key = [...shown, wrapped, secrets, search, width];
    if (last?.key.every((part, place) => part === key[place])) return last.lines;
    const lines = pageOf(cockpit, state, frame);
    const free = page?.box ? boxHeight(page.box, secrets, width) + 1 : 0;
    const folded = wrapped ? lines.flatMap((line) => foldLine(line, width)) : lines;
    const found = search === '' ? folded : folded.map((line) => highlight(line, search));
    last = { key, lines: [...Array.from({ length: free }, () => []), ...found] };
    return last.lines;
  };
}

function pageOf(cockpit: Cockpit, state: State, frame: ViewFrame): Line[] {
  switch (frame.view) {
    case 'describe':
      return describePage(state, frame);
    case 'json':
      return jsonPage(cockpit, state, frame);
    case 'page':
      return (state.pages[frame.row ?? '']?.sections ?? []).flatMap((section) => [
        ...sectionLines(section, frame.secrets),
        [],
      ]);
    case 'help':
      return helpPage(cockpit, frame);
    default:
      return messagesPage(state);
  }
}

function describePage(state: State, frame: ViewFrame): Line[] {
  const source = state.sources[sourceOf(frame) ?? ''] ?? emptySource;
  if (source.at === undefined)
    return [source.trouble ? (troubleLine(source, state.session.now) ?? []) : [{ text: 'loading …', tone: 'busy' }]];
  if (source.sections.length === 0) return [[{ text: `${clean(frame.name)} is no longer here`, tone: 'warn' }]];
  return source.sections.flatMap((section) => [...sectionLines(section, frame.secrets), []]);
}

function sectionLines({ title, fields = [], lines = [], json }: Section, secrets: boolean): Line[] {
  const shown: Line[] = [[{ text: clean(title), bold: true, tone: 'accent' }]];
  for (const { name, value, secret, tone } of fields) {
    const hidden = secret && !secrets && value !== undefined && value !== '';
    const span: Span = {
      text: hidden ? '•••••••• (x shows it)' : clean(hidden || secrets ? value : maskSecrets(value), 4000),
      ...(tone ? { tone } : {}),
    };
    shown.push([{ text: `  ${clean(name).padEnd(nameWidth)} `, tone: 'dim' }, span]);
  }
  for (const { text, tone } of lines) {
    for (const line of cleanLines(text)) shown.push([{ text: `  ${line}`, ...(tone ? { tone } : {}) }]);
  }
  if (json !== undefined) shown.push(...jsonLines(json, secrets, '  '));
  return shown;
}

function jsonLines(value: unknown, secrets: boolean, indent: string): Line[] {
  const shown = secrets ? value : maskSecrets(value);
  const text = JSON.stringify(shown, undefined, 2) ?? 'null';
  return text.split('\n').map((line) => {
    const [, lead = '', key, rest = ''] = /^(\s*)("(?:[^"\\]|\\.)*"): (.*)$/.exec(line) ?? [];
    if (key === undefined) return [{ text: indent + lead + cleanLines(line).join('') }];
    return [{ text: `${indent}${lead}${clean(key)}`, tone: 'accent' }, { text: `: ${cleanLines(rest).join('')}` }];
  });
}

function jsonPage(cockpit: Cockpit, state: State, frame: ViewFrame): Line[] {
  const screen = cockpit.screens.find(({ id }) => id === frame.screen);
  const source = state.sources[`${frame.screen}${JSON.stringify(frame.scope)}`];
  const row = source?.byId.get(frame.row ?? '');
  if (row === undefined) return [[{ text: `${clean(frame.name)} is no longer here`, tone: 'warn' }]];
  return jsonLines(screen?.json?.(row) ?? row, frame.secrets, '');
}

/** Every key there is, by where it works; those that are off at this moment with the reason. */
function helpPage(cockpit: Cockpit, frame: ViewFrame): Line[] {
  const lines: Line[] = [];
  for (const { title, keys } of frame.keys) {
    lines.push([{ text: clean(title), bold: true, tone: 'accent' }]);
    for (const { chords, title: words, off } of keys) {
      const names = chords.map(label).join(' ');
      const pad = ' '.repeat(Math.max(1, 26 - widthOf(names)));
      const tone = off === undefined ? 'accent' : 'dim';
      lines.push([
        { text: `  ${names}${pad}`, tone },
        { text: words, tone: off === undefined ? 'plain' : 'dim' },
        ...(off === undefined ? [] : [{ text: `  off: ${clean(off)}`, tone: 'warn' as const }]),
      ]);
    }
    lines.push([]);
  }
  lines.push([{ text: 'commands', bold: true, tone: 'accent' }]);
  for (const { id, alias, needs, actions = [] } of cockpit.screens) {
    const names = [id, ...alias].map((name) => `:${name}`).join(' ');
    lines.push([{ text: `  ${names} ${needs.map((need) => need.toUpperCase()).join(' ')}` }]);
    for (const action of actions) lines.push([{ text: `  :${action.id} NAME${usage(action)}` }]);
  }
  for (const { id, usage: takes } of cockpit.verbs) lines.push([{ text: `  :${id} ${takes}` }]);
  lines.push([{ text: '  :messages  :help  :contexts  :regions  :q' }]);
  return lines;
}

function messagesPage({ messages }: State): Line[] {
  if (messages.length === 0) return [[{ text: 'nothing has been said yet', tone: 'dim' }]];
  return messages.toReversed().map(({ at, tone, text }) => [
    { text: `${clock(at)}  `, tone: 'dim' },
    { text: clean(text, 4000), tone },
  ]);
}

/** Breaks a line that is too long; what follows is indented as far as the line's first part, if that is not long itself. */
function foldLine(line: Line, width: number): Line[] {
  if (line.reduce((sum, { text }) => sum + widthOf(text), 0) <= width) return [line];
  const [first, ...rest] = line;
  if (!first) return [line];
  const lead = widthOf(first.text);
  if (rest.length === 0 || lead > width / 2) {
    const hang = ' '.repeat(4);
    const folded = wrap(first.text, width - 4).map(
      (text, place): Line => [{ ...first, text: place === 0 ? text : hang + text }],
    );
    return [...folded, ...(rest.length === 0 ? [] : hanging([{ text: hang }], rest, 4, width))];
  }
  return hanging([first], rest, lead, width);
}

function hanging(first: Line, rest: Line, hang: number, width: number): Line[] {
  const tone = rest[0]?.tone;
  return wrap(textOf(rest), Math.max(10, width - hang)).map((text, place) => [
    ...(place === 0 ? first : [{ text: ' '.repeat(hang) }]),
    { text, ...(tone ? { tone } : {}) },
  ]);
}

function highlight(line: Line, search: string): Line {
  const wanted = search.toLowerCase();
  return line.flatMap((span): Span[] => {
    const at = span.text.toLowerCase().indexOf(wanted);
    if (at < 0) return [span];
    const end = at + search.length;
    return [
      { ...span, text: span.text.slice(0, at) },
      { ...span, text: span.text.slice(at, end), inverse: true },
      { ...span, text: span.text.slice(end) },
    ];
  });
}
