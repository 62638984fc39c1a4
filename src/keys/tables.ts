import type { Binding, Layer } from './binding.ts';
import type { Commands } from './commands.ts';

type Key = Binding<Commands>;

/** Always alive, under every other layer. */
const app: readonly Key[] = [
  { id: 'help', keys: ['?'], title: 'help', group: 'app', hint: 60, run: (c) => c.open('help') },
  { id: 'command', keys: [':'], title: 'command', group: 'app', hint: 50, run: (c) => c.openCommandLine() },
  {
    id: 'undo',
    keys: ['u'],
    title: 'undo the latest action',
    group: 'act',
    off: (c) => c.off('undo'),
    run: (c) => c.undo(),
  },
  {
    id: 'retry',
    keys: ['R'],
    title: 'try again what was refused of many',
    group: 'act',
    hint: 5,
    off: (c) => c.off('retry'),
    run: (c) => c.retry(),
  },
  {
    id: 'brake',
    keys: ['B'],
    title: 'brake: send no more of many',
    group: 'act',
    hint: 0,
    off: (c) => c.off('sending'),
    run: (c) => c.stopSending(),
  },
  { id: 'refresh', keys: ['ctrl-r'], title: 'refresh now', group: 'app', run: (c) => c.refresh() },
  { id: 'pause', keys: ['p'], title: 'pause or resume polling', group: 'app', run: (c) => c.togglePause() },
  { id: 'history-back', keys: ['['], title: 'previous view', group: 'app', run: (c) => c.history(-1) },
  { id: 'history-forward', keys: [']'], title: 'next view', group: 'app', run: (c) => c.history(1) },
  { id: 'contexts', keys: ['ctrl-p'], title: 'contexts', group: 'app', run: (c) => c.goElsewhere('contexts') },
  { id: 'regions', keys: ['ctrl-o'], title: 'regions', group: 'app', run: (c) => c.goElsewhere('regions') },
  { id: 'ledger', keys: ['L'], title: 'the record of what was sent', group: 'app', run: (c) => c.goTo('ledger') },
  { id: 'quit', keys: ['q'], title: 'back, at the root quit', group: 'app', run: (c) => c.quit() },
  {
    id: 'suspend',
    keys: ['ctrl-z'],
    title: 'stop, fg brings it back',
    group: 'app',
    always: true,
    run: (c) => c.suspend(),
  },
  {
    id: 'repaint',
    keys: ['ctrl-l'],
    title: 'draw everything anew',
    group: 'app',
    always: true,
    run: (c) => c.repaint(),
  },
  { id: 'leave', keys: ['ctrl-c'], title: 'quit', group: 'app', run: (c) => c.leave() },
];

const moves: readonly Key[] = [
  { id: 'down', keys: ['j', 'down'], title: 'down', group: 'move', run: (c) => c.move(1) },
  { id: 'up', keys: ['k', 'up'], title: 'up', group: 'move', run: (c) => c.move(-1) },
  { id: 'top', keys: ['g', 'home'], title: 'first', group: 'move', run: (c) => c.move('top') },
  { id: 'bottom', keys: ['G', 'end'], title: 'last', group: 'move', run: (c) => c.move('bottom') },
  { id: 'page-down', keys: ['ctrl-f', 'pgdn'], title: 'page down', group: 'move', run: (c) => c.move('page-down') },
  { id: 'page-up', keys: ['pgup'], title: 'page up', group: 'move', run: (c) => c.move('page-up') },
];

/** Alive on every table. */
const table: readonly Key[] = [
  ...moves,
  {
    id: 'enter',
    keys: ['enter'],
    title: 'open',
    group: 'view',
    hint: 1,
    off: (c) => c.off('enter'),
    run: (c) => c.enter(),
  },
  { id: 'back', keys: ['esc'], title: 'clear the filter, then back', group: 'view', run: (c) => c.back() },
  {
    id: 'describe',
    keys: ['d'],
    title: 'describe',
    group: 'view',
    hint: 2,
    off: (c) => c.off('describe'),
    run: (c) => c.open('describe'),
  },
  {
    id: 'why',
    keys: ['!'],
    title: 'why is it not well',
    group: 'view',
    off: (c) => c.off('describe'),
    run: (c) => c.open('describe'),
  },
  { id: 'json', keys: ['y'], title: 'raw JSON', group: 'view', off: (c) => c.off('json'), run: (c) => c.open('json') },
  { id: 'copy', keys: ['c'], title: 'copy the name', group: 'view', run: (c) => c.copy() },
  { id: 'filter', keys: ['/'], title: 'filter', group: 'view', hint: 40, run: (c) => c.openFilter() },
  {
    id: 'faults',
    keys: ['f'],
    title: 'faults only',
    group: 'view',
    off: (c) => c.off('faults'),
    run: (c) => c.toggleFaults(),
  },
  { id: 'wide', keys: ['W'], title: 'all columns', group: 'view', run: (c) => c.toggleWide() },
  {
    id: 'column-left',
    keys: ['<', 'shift-left'],
    title: 'choose column left',
    group: 'view',
    run: (c) => c.chooseColumn(-1),
  },
  {
    id: 'column-right',
    keys: ['>', 'shift-right'],
    title: 'choose column right',
    group: 'view',
    run: (c) => c.chooseColumn(1),
  },
  { id: 'sort', keys: ['O'], title: 'sort by the chosen column', group: 'view', run: (c) => c.sort() },
];

const markOff = (c: Commands): string | undefined => c.off('mark');

/** Alive on a table whose screen has actions. */
const marking: readonly Key[] = [
  { id: 'mark', keys: ['space'], title: 'mark the row', group: 'mark', off: markOff, run: (c) => c.mark('row') },
  {
    id: 'mark-range',
    keys: ['M'],
    title: 'mark from the last mark to here',
    group: 'mark',
    off: markOff,
    run: (c) => c.mark('range'),
  },
  { id: 'mark-all', keys: ['*'], title: 'mark all rows shown', group: 'mark', off: markOff, run: (c) => c.mark('all') },
  {
    id: 'mark-invert',
    keys: ['~'],
    title: 'invert the marks',
    group: 'mark',
    off: markOff,
    run: (c) => c.mark('invert'),
  },
  { id: 'mark-none', keys: ['\\'], title: 'clear the marks', group: 'mark', run: (c) => c.mark('none') },
];

/** Alive on a table whose screen has an action that stages a number. */
const staging: readonly Key[] = [
  {
    id: 'more',
    keys: ['+'],
    title: 'stage one more',
    group: 'act',
    hint: 10,
    off: (c) => c.off('stage'),
    run: (c) => c.stage(1),
  },
  {
    id: 'fewer',
    keys: ['-'],
    title: 'stage one fewer',
    group: 'act',
    off: (c) => c.off('stage'),
    run: (c) => c.stage(-1),
  },
  {
    id: 'exact',
    keys: ['='],
    title: 'stage an exact number',
    group: 'act',
    off: (c) => c.off('stage'),
    run: (c) => c.stageExact(),
  },
];

/** Alone alive while a number is staged: nothing else can happen between the choice and the sending. */
const staged: readonly Key[] = [
  ...staging.map((key) => ({ ...key, hint: key.id === 'more' ? 1 : 2 })),
  { id: 'stage-send', keys: ['enter'], title: 'send', group: 'act', hint: 0, run: (c) => c.sendStaged() },
  { id: 'stage-drop', keys: ['esc', 'ctrl-c'], title: 'drop', group: 'act', hint: 3, run: (c) => c.dropStaged() },
  { id: 'stage-fit', keys: ['F'], title: 'will it fit?', group: 'view', hint: 4, run: (c) => c.explainStage() },
  { id: 'stage-down', keys: ['down'], title: 'down', group: 'move', run: (c) => c.move(1) },
  { id: 'stage-up', keys: ['up'], title: 'up', group: 'move', run: (c) => c.move(-1) },
  ...[...'0123456789'].map(
    (digit): Key => ({
      id: `stage-${digit}`,
      keys: [digit],
      title: 'type the number',
      group: 'act',
      run: (c) => c.stageDigit(digit),
    }),
  ),
];

/** Alone alive in what is shown while a number is staged: the only way on is back to it. */
const stagedView: readonly Key[] = [
  ...moves,
  { id: 'staged-back', keys: ['esc', 'F', 'q', 'ctrl-c'], title: 'back', group: 'view', hint: 1, run: (c) => c.back() },
];

/** Alive in viewers: describe, JSON, help, messages. */
const viewer: readonly Key[] = [
  ...moves,
  { id: 'viewer-back', keys: ['esc'], title: 'back', group: 'view', hint: 1, run: (c) => c.back() },
  { id: 'find', keys: ['/'], title: 'search', group: 'view', hint: 2, run: (c) => c.openFilter() },
  { id: 'find-next', keys: ['n'], title: 'next match', group: 'view', hint: 3, run: (c) => c.search(1) },
  { id: 'find-previous', keys: ['N'], title: 'previous match', group: 'view', run: (c) => c.search(-1) },
  { id: 'wrap', keys: ['o'], title: 'wrap long lines', group: 'view', hint: 6, run: (c) => c.toggleWrap() },
  { id: 'copy-all', keys: ['c'], title: 'copy all', group: 'view', hint: 5, run: (c) => c.copy() },
  {
    id: 'secrets',
    keys: ['x'],
    title: 'show or hide secrets',
    group: 'view',
    hint: 4,
    off: (c) => c.off('secrets'),
    run: (c) => c.toggleSecrets(),
  },
];

const dialog: readonly Key[] = [
  { id: 'dialog-next', keys: ['right', 'tab'], title: 'next button', group: 'app', run: (c) => c.choose(1) },
  {
    id: 'dialog-previous',
    keys: ['left', 'shift-tab'],
    title: 'previous button',
    group: 'app',
    run: (c) => c.choose(-1),
  },
  { id: 'dialog-press', keys: ['enter'], title: 'press the button', group: 'app', hint: 1, run: (c) => c.press() },
  { id: 'dialog-no', keys: ['esc', 'ctrl-c'], title: 'cancel', group: 'app', hint: 3, run: (c) => c.say('no') },
];

/** In a dialog with a slider the arrows move it; tab goes between the buttons. */
const slider: readonly Key[] = [
  { id: 'slider-up', keys: ['right'], title: 'one more', group: 'app', hint: 1, run: (c) => c.slide(1) },
  { id: 'slider-down', keys: ['left'], title: 'one less', group: 'app', hint: 2, run: (c) => c.slide(-1) },
  { id: 'slider-page-up', keys: ['pgup'], title: 'ten more', group: 'app', hint: 3, run: (c) => c.slide(10) },
  { id: 'slider-page-down', keys: ['pgdn'], title: 'ten less', group: 'app', run: (c) => c.slide(-10) },
  ...[...'0123456789'].map(
    (digit): Key => ({
      id: `slider-${digit}`,
      keys: [digit],
      title: 'type the number',
      group: 'app',
      run: (c) => c.slideTo(digit),
    }),
  ),
  { id: 'slider-back', keys: ['backspace'], title: 'take a digit back', group: 'app', run: (c) => c.slideBack() },
  ...dialog.map((key) => ({ ...key, keys: key.keys.filter((chord) => chord !== 'left' && chord !== 'right') })),
];

/** In a dialog that takes no text, `y` and `n` answer. */
const answers: readonly Key[] = [
  { id: 'dialog-yes', keys: ['y'], title: 'yes', group: 'app', hint: 2, run: (c) => c.say('yes') },
  { id: 'dialog-not', keys: ['n'], title: 'no', group: 'app', run: (c) => c.say('no') },
];

const menu: readonly Key[] = [
  { id: 'menu-down', keys: ['j', 'down'], title: 'down', group: 'move', run: (c) => c.move(1) },
  { id: 'menu-up', keys: ['k', 'up'], title: 'up', group: 'move', run: (c) => c.move(-1) },
  { id: 'menu-pick', keys: ['enter'], title: 'choose', group: 'app', hint: 1, run: (c) => c.pick() },
  { id: 'menu-close', keys: ['esc', 'ctrl-c', 'q'], title: 'cancel', group: 'app', hint: 2, run: (c) => c.closeMenu() },
];

const field: readonly Key[] = [
  { id: 'field-left', keys: ['left'], title: 'left', group: 'app', run: (c) => c.edit('left') },
  { id: 'field-right', keys: ['right'], title: 'right', group: 'app', run: (c) => c.edit('right') },
  { id: 'field-home', keys: ['home'], title: 'start', group: 'app', run: (c) => c.edit('home') },
  { id: 'field-end', keys: ['end', 'ctrl-e'], title: 'end', group: 'app', run: (c) => c.edit('end') },
  { id: 'field-backspace', keys: ['backspace'], title: 'erase left', group: 'app', run: (c) => c.edit('backspace') },
  { id: 'field-delete', keys: ['delete'], title: 'erase right', group: 'app', run: (c) => c.edit('delete') },
  { id: 'field-clear', keys: ['ctrl-u'], title: 'erase all', group: 'app', run: (c) => c.edit('clear') },
  { id: 'field-word', keys: ['alt-backspace'], title: 'erase a word', group: 'app', run: (c) => c.edit('word') },
];

const prompt: readonly Key[] = [
  ...field,
  { id: 'prompt-previous', keys: ['up'], title: 'earlier', group: 'app', run: (c) => c.edit('previous') },
  { id: 'prompt-next', keys: ['down'], title: 'later', group: 'app', run: (c) => c.edit('next') },
  { id: 'prompt-complete', keys: ['tab'], title: 'complete', group: 'app', hint: 2, run: (c) => c.edit('complete') },
  { id: 'prompt-submit', keys: ['enter'], title: 'run', group: 'app', hint: 1, run: (c) => c.submit() },
  { id: 'prompt-cancel', keys: ['esc', 'ctrl-c'], title: 'cancel', group: 'app', hint: 3, run: (c) => c.cancel() },
];

const type = (c: Commands, text: string): void => c.type(text);

/** The standing layers by name. Which of them are stacked at a moment is decided by src/state/layers.ts. */
export const layers = {
  app: { id: 'app', title: 'everywhere', bindings: app },
  table: { id: 'table', title: 'tables', bindings: table },
  marking: { id: 'marking', title: 'marks', bindings: marking },
  staging: { id: 'staging', title: 'staging', bindings: staging },
  staged: { id: 'staged', title: 'while a number is staged', bindings: staged, modal: true },
  stagedView: { id: 'staged-view', title: 'where what is staged has room', bindings: stagedView, modal: true },
  viewer: { id: 'viewer', title: 'viewers', bindings: viewer },
  dialog: { id: 'dialog', title: 'dialogs', bindings: [...dialog, ...answers], modal: true },
  sliderDialog: { id: 'slider-dialog', title: 'dialogs with a slider', bindings: [...slider, ...answers], modal: true },
  typedDialog: {
    id: 'typed-dialog',
    title: 'dialogs',
    bindings: [...dialog, ...field.filter(({ keys }) => !keys.includes('left') && !keys.includes('right'))],
    modal: true,
    type,
  },
  menu: { id: 'menu', title: 'menus', bindings: menu, modal: true },
  prompt: { id: 'prompt', title: 'prompts', bindings: prompt, modal: true, type },
} as const satisfies Record<string, Layer<Commands>>;
