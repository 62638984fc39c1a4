import { type Binding, type Layer, reachable } from '../keys/binding.ts';
import { label } from '../keys/chord.ts';
import type { Commands } from '../keys/commands.ts';
import { age } from '../lib/age.ts';
import { clean } from '../lib/clean.ts';
import { latest } from '../lib/latest.ts';
import { graphemes, take, widthOf } from '../lib/width.ts';
import { fitWords } from '../screens/capacity.ts';
import type { Cockpit } from '../state/cockpit.ts';
import { sourceOf, topFrame } from '../state/nav.ts';
import { emptySource, type Field, type Prompt, type Source, type State } from '../state/store.ts';
import type { Layout } from './layout.ts';
import { cutLine, fitLine, type Line, lineWidth, type Span, spread } from './line.ts';

const infoWidth = 52;

/** The lines above the body: who, where, how fresh, and the keys that work here and now. */
export function headerLines(cockpit: Cockpit, state: State, layout: Layout): Line[] {
  const { columns, header, mode } = layout;
  const notices = noticeLines(cockpit, state, mode === 'full' ? columns - infoWidth - 1 : columns);
  const keys = hints(cockpit);
  if (mode === 'full') {
    const info = [
      identity(state),
      [...region(state), { text: ' ' }, ...uploading(state)],
      endpoint(state),
      freshness(state),
    ];
    const right = [...hintBlock(keys, columns - infoWidth - 1, header)];
    // What is asked or announced takes the lowest lines of the block of keys.
    notices.slice(0, header).forEach((notice, place, all) => {
      right[header - Math.min(all.length, header) + place] = notice;
    });
    return info.map((line, place) => [
      ...fitLine(labelled(place, line), infoWidth),
      { text: ' ' },
      ...(right[place] ?? []),
    ]);
  }
  const under = uploading(state);
  const who = identity(state, under.length > 0 ? [...under, { text: ' ' }] : []);
  const summary = spread([...region(state), { text: ' · ' }, ...who], freshness(state), columns);
  return [summary, notices[0] ?? fitLine(hintRow(keys, columns), columns)];
}

const labels = ['Context', 'Region', 'Endpoint', 'Fresh'];
const labelled = (place: number, line: Line): Line => [
  { text: ` ${(labels[place] ?? '').padEnd(9)}`, tone: 'dim' },
  ...line,
];

/** Who acts, behind what must not be overlooked, which is never cut off. */
function identity({ session }: State, more: Line = []): Line {
  const badges: Span[] = [];
  if (session.readOnly) badges.push({ text: 'READ-ONLY ', tone: 'warn', bold: true });
  if (session.protected) badges.push({ text: 'PROTECTED ', tone: 'bad', bold: true });
  if (session.ledger === 'off') badges.push({ text: 'ledger off ', tone: 'bad', bold: true });
  return [...badges, ...more, { text: clean(session.identity) }];
}

const region = ({ session }: State): Line => [{ text: clean(session.region), bold: true }];
/** How far what is on its way to the object store has come; on every screen. */
const uploading = ({ session }: State): Line =>
  session.uploading ? [{ text: clean(session.uploading, 40), tone: 'busy' }] : [];
const endpoint = ({ session }: State): Line => [{ text: clean(session.endpoint) }];

/** How old what is on screen is, and whether the latest read worked. */
export function freshness(state: State): Line {
  const frame = topFrame(state);
  const key = sourceOf(frame);
  if (key === undefined) return [{ text: '-', tone: 'dim' }];
  const source = state.sources[key] ?? emptySource;
  const { session } = state;
  const what = frame.kind === 'table' ? frame.screen : frame.view;
  const spans: Span[] = [{ text: `${what} ` }];
  if (source.at === undefined)
    spans.push({ text: source.trouble ? '✗ never read' : '… loading', tone: source.trouble ? 'bad' : 'busy' });
  else {
    const old = age(Math.max(0, session.now - source.at));
    if (source.trouble)
      spans.push({ text: `${old} ✗ ${clean(source.trouble.code ?? source.trouble.kind)}`, tone: 'bad', bold: true });
    else if (source.partial) spans.push({ text: `${old} … loading`, tone: 'busy' });
    else if (session.now > source.due && session.pauses === 0)
      spans.push({ text: `${old} … no answer yet`, tone: 'warn', bold: true });
    else spans.push({ text: `${old} ✓`, tone: 'ok' });
  }
  // What is read more rarely than usual says so: its age is no trouble.
  if (source.pace !== undefined) spans.push({ text: ` · every ${Math.round(source.pace / 1000)}s`, tone: 'dim' });
  else if (session.latency !== undefined && !source.trouble)
    spans.push({ text: ` · ${Math.round(session.latency)} ms`, tone: 'dim' });
  if (session.perMinute > 0) spans.push({ text: ` · ${session.perMinute} req/min`, tone: 'dim' });
  if (session.pausedByKey) spans.push({ text: ' paused', tone: 'warn', bold: true });
  return spans;
}

/** Why the latest read failed and when it is tried again. The words that must not be cut off come first. */
export function troubleLine({ trouble }: Source, now: number): Line | undefined {
  if (!trouble) return undefined;
  const wait = Math.max(0, Math.ceil((trouble.retryAt - now) / 1000));
  return [
    {
      text: `✗ ${clean(trouble.code ?? trouble.kind, 40)} · retry in ${wait}s · ctrl-r now · `,
      tone: 'bad',
      bold: true,
    },
    { text: clean(trouble.text), tone: 'bad' },
  ];
}

/** What is asked or announced: prompt, stage, trouble, what is being followed. The first is the most pressing. */
function noticeLines(cockpit: Cockpit, state: State, width: number): Line[] {
  const lines: Line[] = [];
  if (state.prompt) lines.push(promptLine(state.prompt, cockpit.suggestion(), width));
  const staged = Object.values(state.staged);
  if (staged.length > 0) {
    const list = staged
      .map(({ name, from, to, advice }) => {
        const fit = fitWords(advice.room, to - from);
        return `${clean(name)} ${from}→${to}${fit === undefined ? '' : ` · ${fit}`}`;
      })
      .join(', ');
    lines.push([
      { text: ` ${staged.length} staged: ${list} `, tone: 'warn', bold: true, inverse: true },
      { text: ' · <enter> send · <esc> drop' },
    ]);
  }
  for (const { title, total, ended, failed, stopped } of state.sending) {
    const said = `${ended} of ${total} sent${failed > 0 ? `, ${failed} not accepted` : ''}`;
    lines.push([
      { text: `↻ ${clean(title)} · ${said}`, tone: failed > 0 ? 'bad' : 'busy', bold: true },
      { text: stopped ? ' · the rest is not sent' : ' · <B> sends no more' },
    ]);
  }
  const source = state.sources[sourceOf(topFrame(state)) ?? ''];
  const trouble = source && troubleLine(source, state.session.now);
  if (trouble) lines.push(trouble);
  for (const watch of state.watches) {
    lines.push([
      { text: `↻ ${clean(watch.title)}`, tone: 'busy', bold: true },
      { text: ` · ${clean(watch.said)} · ${age(Math.max(0, state.session.now - watch.startedAt))}`, tone: 'busy' },
    ]);
  }
  return lines.map((line) => fitLine(line, width));
}

const signs: Record<Prompt['kind'], string> = { command: ':', filter: '/', find: '/', ask: '' };

/** What is left of the field beside a long error, cells. */
const leastField = 12;

/** What is wrong, in so many cells: what mends it is said last, behind `; `, and is kept when it does not fit. */
function wrongIn(text: string, width: number): string {
  const at = text.lastIndexOf('; ');
  const mend = text.slice(at);
  const room = width - widthOf(mend) - 1;
  return at < 0 || room < 0 || widthOf(text) <= width ? text : `${take(text, room)}…${mend}`;
}

function promptLine(prompt: Prompt, suggestion: string | undefined, width: number): Line {
  const wrong = prompt.error === undefined ? undefined : wrongIn(clean(prompt.error), width - leastField - 1);
  const error: Line = wrong === undefined ? [] : [{ text: ` ${wrong}`, tone: 'bad', bold: true }];
  const left = Math.max(leastField, width - lineWidth(error));
  const field = fieldLine(prompt, left - 1, prompt.question?.sign ?? signs[prompt.kind]);
  if (prompt.error !== undefined || suggestion === undefined || suggestion === prompt.text.trim()) {
    return [...field, ...cutLine(error, width - left)];
  }
  return [...field, { text: ` tab: ${clean(suggestion)}`, tone: 'dim' }];
}

/** A text field with its cursor, scrolled so that the cursor is seen. */
export function fieldLine(field: Field, width: number, sign: string): Line {
  const all = graphemes(field.text).map((part) => clean(part));
  const room = width - sign.length - 2;
  let from = field.cursor;
  for (let used = 0; from > 0; from--) {
    used += widthOf(all[from - 1] ?? '');
    if (used > room) break;
  }
  return cutLine(
    [
      { text: sign, tone: 'accent', bold: true },
      { text: all.slice(from, field.cursor).join('') },
      { text: all[field.cursor] ?? ' ', inverse: true },
      { text: all.slice(field.cursor + 1, field.cursor + 1 + width).join('') },
    ],
    width,
  );
}

interface Hint {
  readonly key: string;
  readonly title: string;
}

/** The keys that work on this object at this moment, most useful first. */
function hints(cockpit: Cockpit): readonly Hint[] {
  const live = ranked(...cockpit.layers());
  return worded(...live.filter((binding) => binding.off?.(cockpit.commands) === undefined));
}

/** Of the keys that can be reached those that are hinted at, in their order. */
const ranked = latest((...layers: Layer<Commands>[]) =>
  reachable(layers)
    .filter(({ hint }) => hint !== undefined)
    .sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0)),
);

const worded = latest((...live: Binding<Commands>[]): readonly Hint[] =>
  live.map(({ keys: [key = ''], title }) => ({ key: label(key), title })),
);

const hintLine = ({ key, title }: Hint): Line => [{ text: key, tone: 'accent' }, { text: ` ${title}` }];

function hintRow(list: readonly Hint[], width: number): Line {
  const { first, help } = withHelp(list);
  const end: Line = help ? [{ text: '  ' }, ...hintLine(help)] : [];
  const spans: Span[] = [];
  let used = lineWidth(end);
  for (const hint of first) {
    const line = hintLine(hint);
    const wide = lineWidth(line) + (spans.length > 0 ? 2 : 0);
    if (used + wide > width) break;
    if (spans.length > 0) spans.push({ text: '  ' });
    spans.push(...line);
    used += wide;
  }
  return [...spans, ...end];
}

/** Whatever there is no room for, the key that tells of it is shown. */
function withHelp(list: readonly Hint[]): { first: readonly Hint[]; help: Hint | undefined } {
  const help = list.find(({ title }) => title === 'help');
  return { first: list.filter((hint) => hint !== help), help };
}

/** The hints in columns, filled downwards, with the program's name in the corner. */
const hintBlock = latest((list: readonly Hint[], width: number, lines: number): readonly Line[] => {
  const cell = 22;
  const across = Math.max(1, Math.floor((width - 9) / cell));
  const { first, help } = withHelp(list);
  const fitting = [...first.slice(0, across * lines - (help ? 1 : 0)), ...(help ? [help] : [])];
  const block: Line[] = [];
  for (let row = 0; row < lines; row++) {
    const spans: Span[] = [];
    for (let column = 0; column < across; column++) {
      const hint = fitting[column * lines + row];
      spans.push(...fitLine(hint ? hintLine(hint) : [], cell));
    }
    const name: Line = row === lines - 1 ? [{ text: 'eas-tui ', tone: 'dim', bold: true }] : [];
    block.push(spread(spans, name, width));
  }
  return block;
});
