import type { Commands } from '../keys/commands.ts';
import { clean } from '../lib/clean.ts';
import { plural } from '../lib/words.ts';
import type { Action, Api, Screen } from '../screens/define.ts';
import { type Context, tell } from './context.ts';
import type { Target } from './runner.ts';
import type { Dialog, Slider } from './store.ts';

type Asking = Pick<Commands, 'choose' | 'press' | 'say' | 'pick' | 'closeMenu' | 'slide' | 'slideTo' | 'slideBack'>;

/** From how many rows on their number has to be typed. */
const many = 10;

/** Dialogs and menus: how they are answered. */
export function createAsking(context: Context): Asking {
  const { store } = context;

  const say = (answer: 'yes' | 'no'): void => {
    const { dialog } = store.getState();
    if (!dialog) return;
    if (answer === 'yes' && dialog.word !== undefined && dialog.field.text !== dialog.word) return;
    if (answer === 'yes' && dialog.slider?.wrong !== undefined) return;
    // Whoever goes on reads the slider: the dialog is closed after that, unless another one has been opened.
    if (answer === 'yes') dialog.confirm();
    store.setState(({ dialog: now }) => ({ dialog: now === dialog ? undefined : now }));
    if (answer === 'no') tell(context, 'dim', `${dialog.title}: not sent`);
  };

  const slideBy = (change: (slider: Slider) => Partial<Pick<Slider, 'value' | 'typed' | 'wrong'>>): void =>
    store.setState(({ dialog }) => {
      if (!dialog?.slider) return {};
      const changed = { ...dialog.slider, wrong: undefined, ...change(dialog.slider) };
      const value = Math.max(changed.min, Math.min(changed.max, changed.value));
      return { dialog: { ...dialog, slider: { ...changed, value } } };
    });

  return {
    slide: (by) => slideBy(({ value }) => ({ value: value + by, typed: '' })),
    slideTo: (digit) =>
      slideBy(({ typed, min, max }) => {
        const value = Number(typed + digit);
        // Never the nearest that can be: 250 may have been meant for 25, and 100 % is all traffic.
        if (value < min || value > max) return { wrong: `${value} is outside ${min}–${max}` };
        return { value, typed: String(value) };
      }),
    slideBack: () =>
      slideBy(({ typed, value, wrong }) => {
        if (wrong !== undefined) return {};
        const left = (typed || String(value)).slice(0, -1);
        return { value: Number(left), typed: left };
      }),
    say,
    choose: (by) =>
      store.setState(({ dialog }) => ({
        dialog: dialog && { ...dialog, button: ((dialog.button + by + 2) % 2) as 0 | 1 },
      })),
    press: () => say(store.getState().dialog?.button === 1 ? 'yes' : 'no'),
    pick() {
      const { menu } = store.getState();
      store.setState({ menu: undefined });
      menu?.choose(menu.index);
    },
    closeMenu: () => store.setState({ menu: undefined }),
  };
}

/** What must be answered before an action goes to these rows, or undefined when it can go at once. */
export function questionFor(
  screen: Screen,
  action: Action<unknown>,
  list: readonly Target[],
  about: {
    readonly region: string;
    readonly hidden: number;
    readonly staged: boolean;
    /** Every question wants a word typed. */
    readonly strict: boolean;
    readonly api?: Pick<Api, 'saved'>;
  },
  confirm: () => void,
): Dialog | undefined {
  const asks = list.flatMap(({ row, input }) => {
    const asked = action.confirm?.(row, input, about.api);
    return asked ? [{ row, asked }] : [];
  });
  // A few staged numbers were listed before they were sent; anything else on several rows is asked for once.
  if (asks.length === 0 && (list.length < 2 || (about.staged && list.length < many))) return undefined;
  const [first] = list;
  const single = list.length === 1 ? first : undefined;
  const name = ({ row }: { row: unknown }): string => screen.rowName(row);
  const typed = about.strict || asks.some(({ asked }) => asked.level === 'type-name');
  const word =
    list.length >= many || (typed && !single) ? String(list.length) : typed && single ? name(single) : undefined;
  const effects = asks.flatMap(({ row, asked }) =>
    asked.effects.map((line) => (single ? line : `${name({ row })}: ${line}`)),
  );
  const lines = [
    `in ${about.region}`,
    ...(single ? [] : list.map(({ row, input }) => action.words(row, input, 'will'))),
    ...(about.hidden > 0 ? [`${plural(about.hidden, 'marked row')} of these not shown: hidden by the filter`] : []),
    ...effects,
  ];
  return {
    title: clean(
      single ? action.words(single.row, single.input, 'will') : `${action.title} ${list.length} ${screen.title}`,
    ),
    tone: asks.some(({ asked }) => asked.tone === 'bad') ? 'bad' : 'warn',
    lines: lines.map((line) => clean(line)),
    verb: action.title,
    word,
    field: { text: '', cursor: 0 },
    button: 0,
    confirm,
  };
}
