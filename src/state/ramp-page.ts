import type { Binding } from '../keys/binding.ts';
import type { Commands } from '../keys/commands.ts';
import { duration } from '../lib/units.ts';
import { graphemes } from '../lib/width.ts';
import type { Section, Tone } from '../screens/define.ts';
import { shareBar } from '../screens/service-release.ts';
import type { Page } from './desk.ts';
import { say } from './messages.ts';
import { type RampPlan, type RampStep, readSteps } from './ramp-plan.ts';
import type { Store } from './store.ts';

/** What the keys of the page do. Each answers what is wrong. */
interface Steering {
  pause(service: string): string | undefined;
  resume(service: string): Promise<string | undefined>;
  rollback(service: string): Promise<string | undefined>;
  edit(service: string, steps: readonly RampStep[]): string | undefined;
  readonly store: Store;
}

const tones: Record<RampPlan['state'], Tone> = {
  running: 'busy',
  paused: 'warn',
  stopped: 'bad',
  done: 'ok',
  'rolled back': 'warn',
};

/** On a low screen the strip that follows the ramp takes the line of the keys: the page says them itself. */
function steered(state: RampPlan['state'], from: number): string {
  const back = `b rolls back to ${from}%`;
  if (state === 'done') return back;
  return `${state === 'running' ? 'p pauses' : 'r goes on'}, ${back}, e edits the steps left`;
}

/** What there is to see of a ramp, with the keys that steer it. */
export function rampPage(
  plan: RampPlan,
  now: { readonly heldMs: number; readonly weight: number | undefined; readonly said: string },
  steering: Steering,
): Page {
  const { service, entry, from, steps, at, state, reason } = plan;
  const { heldMs, said } = now;
  // What was asked for may have been refused: only what the service said is shown as the weight.
  const present = state === 'rolled back' ? from : now.weight;
  const over = state === 'done' || state === 'rolled back';
  const stepLine = ({ weight, holdMs }: RampStep, place: number): { text: string; tone: Tone } => {
    const share = `${String(weight).padStart(3)}%`;
    if (place < at || state === 'done') return { text: `✓ ${share}  held ${duration(holdMs)}`, tone: 'ok' };
    if (place > at || over) return { text: `· ${share}  hold ${duration(holdMs)}`, tone: 'dim' };
    const sent = state === 'running' ? plan.phase : present === weight ? 'reached' : 'not reached';
    const held = plan.phase === 'holding' ? `well ${duration(heldMs)} of ${duration(holdMs)}` : sent;
    return { text: `▶ ${share}  ${held}`, tone: tones[state] };
  };
  const sections: Section[] = [
    {
      title: `Ramp of ${service}`,
      lines: [
        { text: `${state}${reason === undefined ? `: ${said}` : `: ${reason}`}`, tone: tones[state] },
        { text: '' },
        present === undefined
          ? { text: 'what the weight is now has not been looked at', tone: 'warn' }
          : {
              text: `new ${String(present).padStart(3)}% ${shareBar(present)} ${String(100 - present).padStart(3)}% entry`,
            },
        { text: `entry ${entry}, ${from}% before the ramp`, tone: 'dim' },
        ...(state === 'rolled back' ? [] : [{ text: steered(state, from), tone: 'dim' as const }]),
      ],
    },
    { title: 'Steps', lines: steps.map(stepLine) },
    {
      title: 'Watched between steps',
      lines: [
        { text: `workers of ${service} ready: not fewer than ${plan.baseline.ready}`, tone: 'dim' },
        { text: 'no worker restarts, no new warning, nobody else sets the weight', tone: 'dim' },
        { text: 'time counts only while it is seen well; trouble stops the ramp where it is', tone: 'dim' },
      ],
    },
  ];
  const tell = (answer: string | undefined): void => {
    if (answer !== undefined) say(steering.store, steering.store.getState().session.now, 'warn', answer);
  };
  const key = (
    id: string,
    chord: string,
    title: string,
    off: string | undefined,
    run: () => void,
  ): Binding<Commands> => ({
    id: `ramp-${id}`,
    keys: [chord],
    title,
    group: 'act',
    hint: 0,
    off: () => off,
    run,
  });
  const keys = [
    key('pause', 'p', 'pause', state === 'running' ? undefined : `it is ${state}`, () => tell(steering.pause(service))),
    key(
      'resume',
      'r',
      'go on',
      state === 'paused' || state === 'stopped' ? undefined : `it is ${state}`,
      () => void steering.resume(service).then(tell),
    ),
    key(
      'rollback',
      'b',
      `roll back to ${from}%`,
      state === 'rolled back' ? 'it is rolled back' : undefined,
      () => void steering.rollback(service).then(tell),
    ),
    key('edit', 'e', 'edit the steps left', over ? `it is ${state}` : undefined, () => {
      const text = stepsText(steps.slice(at + 1));
      steering.store.setState({
        prompt: {
          kind: 'ask',
          text,
          cursor: graphemes(text).length,
          error: undefined,
          before: text,
          recalled: undefined,
          question: {
            sign: 'steps left: ',
            initial: text,
            answer(line) {
              const read = line.trim() === '' ? [] : readSteps(line);
              return typeof read === 'string' ? read : steering.edit(service, read);
            },
          },
        },
      });
    }),
  ];
  return { title: `ramp ${service}`, sections, keys };
}

const stepsText = (steps: readonly RampStep[]): string =>
  steps.map(({ weight, holdMs }) => `${weight}:${Math.max(0, Math.round(holdMs / 1_000))}s`).join(',');

/** Tells of ramps that an earlier run of the program left, and asks whether to go on. */
export function askToGoOn(
  store: Store,
  left: readonly RampPlan[],
  ramps: { resume(service: string): Promise<string | undefined> },
): void {
  const at = store.getState().session.now;
  for (const { service, state, steps, at: place, reason } of left) {
    const why = state === 'stopped' ? `stopped: ${reason ?? 'no reason is kept'}` : 'interrupted';
    say(store, at, 'warn', `the ramp of ${service} at ${steps[place]?.weight ?? '?'}% is ${why} · :ramp ${service}`);
  }
  const [plan] = left.filter(({ state }) => state === 'paused');
  if (!plan || store.getState().session.readOnly || store.getState().dialog) return;
  const { service, steps, at: place, from } = plan;
  store.setState({
    dialog: {
      title: `go on with the ramp of ${service}?`,
      tone: 'warn',
      lines: [
        `it was at ${steps[place]?.weight ?? '?'}% when eas-tui ended; ${from}% before the ramp`,
        `still to come: ${
          steps
            .slice(place + 1)
            .map(({ weight, holdMs }) => `${weight}% for ${duration(holdMs)}`)
            .join(' · ') || 'nothing, only to hold'
        }`,
        'nobody watched meanwhile: what is so now is taken as well, and the present step is held anew',
        `Cancel leaves it at rest: :ramp ${service} goes on or rolls back later`,
      ],
      verb: 'go on',
      word: store.getState().session.protected ? service : undefined,
      field: { text: '', cursor: 0 },
      button: 0,
      confirm: () =>
        void ramps.resume(service).then((wrong) => {
          if (wrong !== undefined) say(store, store.getState().session.now, 'bad', wrong);
        }),
    },
  });
}
