import { age } from '../lib/age.ts';
import { clean } from '../lib/clean.ts';
import { latest } from '../lib/latest.ts';
import { count as counted } from '../lib/units.ts';
import { widthOf, wrap } from '../lib/width.ts';
import type { Tone } from '../screens/define.ts';
import type { Cockpit } from '../state/cockpit.ts';
import type { OpenTable } from '../state/context.ts';
import { sourceOf, topFrame } from '../state/nav.ts';
import { emptySource, type Message, type State } from '../state/store.ts';
import { scrollTo } from '../state/window.ts';
import { freshness, headerLines, troubleLine } from './header.ts';
import type { Layout } from './layout.ts';
import { cutLine, fitLine, type Line, lineWidth, type Span, sameLine, spread, textOf } from './line.ts';
import { gutter, tableLines } from './table.ts';
import type { Viewer } from './viewer.ts';

/** What is around the body: as many lines as it leaves, each as wide as the terminal. */
export interface Shell {
  readonly top: readonly Line[];
  readonly bottom: readonly Line[];
}

export function shellLines(cockpit: Cockpit, state: State, layout: Layout): Shell {
  const { top, bottom } = shell(cockpit, state, layout);
  last = {
    top: top.map((line, place) => settled(line, last.top[place])),
    bottom: bottom.map((line, place) => settled(line, last.bottom[place])),
  };
  return last;
}

let last: Shell = { top: [], bottom: [] };

/** A line that says what the one before said is that one: it is painted only when it is another. */
const settled = (line: Line, before: Line | undefined): Line => (before && sameLine(line, before) ? before : line);

function shell(cockpit: Cockpit, state: State, layout: Layout): Shell {
  const { columns, rows, mode } = layout;
  if (mode === 'tiny') {
    const words = fitLine([{ text: `eas-tui needs 40x8; this is ${columns}x${rows}` }], columns);
    return { top: [words, ...Array.from({ length: rows - 1 }, () => [])], bottom: [] };
  }
  const title = titleLine(cockpit, state, cockpit.openTable());
  const last = lastLine(state, cockpit, columns);
  if (!layout.framed) {
    // Without a header, what is asked or announced takes the title's line.
    const notices = headerLines(cockpit, state, { ...layout, header: 2, mode: 'compact' });
    const asked =
      state.prompt || Object.keys(state.staged).length > 0 || state.sources[sourceOf(topFrame(state)) ?? '']?.trouble;
    return { top: [asked ? (notices[1] ?? []) : spread(title, freshness(state), columns)], bottom: [last] };
  }
  const header = headerLines(cockpit, state, layout).map((line) => fitLine(line, columns));
  const bottom = longMessage(state, cockpit, columns) ?? [bottomEdge(state, columns), last];
  return { top: [...header, topEdge(title, columns)], bottom };
}

/** The lines of the table or viewer that is open, with the frame left and right of them; none where there is no room. */
export function bodyLines(cockpit: Cockpit, state: State, layout: Layout, viewer: Viewer): Line[] {
  cockpit.room.blind = layout.mode === 'tiny';
  if (layout.mode === 'tiny') return [];
  const table = cockpit.openTable();
  const body = table ? tableBody(cockpit, state, table, layout) : viewBody(cockpit, state, layout, viewer);
  return framed(body, layout);
}

const framed = latest((body: readonly Line[], layout: Layout): Line[] =>
  Array.from({ length: layout.body }, (_, place) => inside(body[place] ?? nothing, layout)),
);

const nothing: Line = [];
const edge: Span = { text: '│', tone: 'dim' };
const inFrame = new WeakMap<Line, { readonly width: number; readonly framed: boolean; readonly line: Line }>();

/** The line as wide as the screen. The same line for the same one: it is painted only when it is another. */
function inside(line: Line, { width, framed }: Layout): Line {
  const known = inFrame.get(line);
  if (known?.width === width && known.framed === framed) return known.line;
  const filled = fitLine(line, width + gutter);
  const whole = framed ? [edge, ...filled, { text: ' ' }, edge] : filled;
  inFrame.set(line, { width, framed, line: whole });
  return whole;
}

/** The id of the request that failed, to be read out to whoever looks it up at the service. */
function bottomEdge(state: State, columns: number): Line {
  const id = state.sources[sourceOf(topFrame(state)) ?? '']?.trouble?.requestId;
  const words = id === undefined ? '' : ` request ${clean(id, columns - 16)} `;
  const rest = columns - 3 - widthOf(words);
  return [
    { text: '└─', tone: 'dim' },
    { text: words, tone: 'bad' },
    { text: `${'─'.repeat(Math.max(0, rest))}┘`, tone: 'dim' },
  ];
}

function topEdge(title: Line, columns: number): Line {
  const whole: Line = [{ text: ' ' }, ...title, { text: ' ' }];
  const room = columns - 4;
  // A number that lost its end looks like another number.
  const words = lineWidth(whole) <= room ? whole : [...cutLine(whole, room - 2), { text: '… ' }];
  const left = Math.floor((columns - 2 - lineWidth(words)) / 2);
  const right = columns - 2 - left - lineWidth(words);
  return [{ text: `┌${'─'.repeat(left)}`, tone: 'dim' }, ...words, { text: `${'─'.repeat(right)}┐`, tone: 'dim' }];
}

function tableBody(cockpit: Cockpit, state: State, table: OpenTable, { width, body }: Layout): Line[] {
  const source = state.sources[sourceOf(table.frame) ?? ''] ?? emptySource;
  cockpit.room.page = body - 1;
  if (table.visible.rows.length === 0 && !table.visible.ghost) return [[], ...emptyWords(state, table, width)];
  return tableLines(state, table, source, width, body);
}

/** What an empty table means: not read yet, not readable, nothing there, or nothing that passes the filter. */
function emptyWords(state: State, { frame, screen, visible }: OpenTable, width: number): Line[] {
  const source = state.sources[sourceOf(frame) ?? ''] ?? emptySource;
  const trouble = troubleLine(source, state.session.now);
  const words = (text: string, tone: Tone = 'plain'): Line => [{ text: `  ${clean(text)}`, tone }];
  if (source.at === undefined) {
    if (!trouble) return [words(`loading ${screen.title} …`, 'busy')];
    const said = wrap(textOf(trouble), Math.max(20, width - 2)).map((text) => words(text, 'bad'));
    return [words(`${screen.title} could not be read yet`, 'bad'), [], ...said];
  }
  if (visible.filterError) return [words(visible.filterError, 'bad')];
  if (visible.total > 0) {
    const filter = [frame.filter && `the filter </${frame.filter}>`, frame.faults && '"faults only"']
      .filter(Boolean)
      .join(' and ');
    return [words(`none of the ${counted(visible.total)} ${screen.title} passes ${filter}; esc shows all`)];
  }
  return [words(`there are no ${screen.title} ${where(state, frame.scope)}`)];
}

const where = (state: State, scope: Readonly<Record<string, string>>): string =>
  `in ${Object.values(scope).join('/') || state.session.region}`;

function viewBody(cockpit: Cockpit, state: State, { width, body }: Layout, viewer: Viewer): Line[] {
  const frame = topFrame(state);
  if (frame.kind !== 'view') return [];
  const lines = viewer(cockpit, state, frame, width);
  cockpit.room.page = body;
  cockpit.room.lines = lines.length;
  cockpit.room.text = () => lines.map(textOf);
  const top = scrollTo(frame.top, frame.top, body, lines.length);
  return lines.slice(top, top + body).map((line) => [{ text: ' ' }, ...line]);
}

/** `services(cn-shanghai)[1,024] 3 failed · 2 waiting </mnist>` */
function titleLine(cockpit: Cockpit, state: State, table: OpenTable | undefined): Line {
  const frame = topFrame(state);
  if (!table || frame.kind !== 'table') {
    const name = frame.kind === 'view' && frame.name ? `(${clean(frame.name)})` : '';
    const search = frame.kind === 'view' && frame.search ? ` </${clean(frame.search)}>` : '';
    const page =
      frame.kind === 'view' && frame.view === 'page'
        ? clean(state.pages[frame.row ?? '']?.title ?? frame.name)
        : undefined;
    return [
      {
        text: page === undefined ? `${frame.kind === 'view' ? frame.view : ''}${name}${search}` : `${page}${search}`,
        bold: true,
      },
    ];
  }
  const { screen, visible } = table;
  const scope = clean(Object.values(frame.scope).join('/') || state.session.region);
  const filtered = frame.filter !== '' || frame.faults;
  const source = state.sources[sourceOf(frame) ?? ''] ?? emptySource;
  const number =
    source.at === undefined
      ? '…'
      : filtered
        ? `${counted(visible.rows.length)}/${counted(visible.total)}`
        : counted(visible.total);
  const spans: Span[] = [{ text: `${screen.title}(${scope})[${number}]`, bold: true }];
  if (frame.marks.size > 0) spans.push({ text: ` ${counted(frame.marks.size)} marked`, tone: 'accent', bold: true });
  for (const { word, tone, count } of cockpit.tally(table)) {
    spans.push({ text: spans.length === 1 ? ' ' : ' · ' }, { text: `${counted(count)} ${word}`, tone });
  }
  const sums = screen.summary?.(visible.rows);
  if (sums) spans.push({ text: ` · ${clean(sums)}`, tone: 'dim' });
  if (frame.faults) spans.push({ text: ' faults only', tone: 'accent' });
  if (frame.filter !== '') spans.push({ text: ` </${clean(frame.filter)}>`, tone: 'accent' });
  return spans;
}

/** How long a message stays in the last line, milliseconds: what went wrong stays longer. */
const stays = (tone: Tone): number => (tone === 'bad' ? 60_000 : tone === 'warn' ? 20_000 : 10_000);

/** Where one is, and the latest message. */
function lastLine(state: State, cockpit: Cockpit, columns: number): Line {
  const crumbs = state.frames.flatMap((frame, place): Span[] => {
    const tone: Tone = place === state.frames.length - 1 ? 'accent' : 'dim';
    const names =
      frame.kind === 'table'
        ? [...Object.values(frame.scope), frame.screen]
        : [...(frame.name ? [frame.name] : []), frame.view];
    return names.flatMap((name): Span[] => [{ text: ' ' }, { text: `<${clean(name)}>`, tone }]);
  });
  const message = latestMessage(state, cockpit.now());
  if (!message) return fitLine(crumbs, columns);
  const left = message.undoUntil === undefined ? 0 : Math.ceil((message.undoUntil - cockpit.now()) / 1000);
  const undo = left > 0 ? ` · u undo ${age(left * 1000)}` : '';
  const words: Line = [
    { text: signed(message), tone: message.tone, bold: message.tone === 'bad' },
    { text: undo, tone: 'dim' },
  ];
  // What has just happened matters more than where one is.
  return lineWidth(words) + 12 > columns ? fitLine(words, columns) : spread(crumbs, words, columns);
}

/** What failed and why is often too long for the last line: then it takes the frame's line above as well. */
function longMessage(state: State, cockpit: Cockpit, columns: number): Line[] | undefined {
  const message = latestMessage(state, cockpit.now());
  if (message?.tone !== 'bad') return undefined;
  const text = signed(message);
  if (widthOf(text) <= columns) return undefined;
  const [first = ''] = wrap(text, columns);
  return [first, text.slice(first.length).trimStart()].map((part) =>
    fitLine([{ text: part, tone: message.tone, bold: true }], columns),
  );
}

const signed = ({ tone, text }: Message): string =>
  `${{ ok: '✓ ', bad: '✗ ', warn: '! ' }[tone as string] ?? ''}${clean(text)}`;

function latestMessage({ messages }: State, now: number): Message | undefined {
  const message = messages.at(-1);
  if (!message) return undefined;
  const until = Math.max(message.at + stays(message.tone), message.undoUntil ?? 0);
  return now < until ? message : undefined;
}
