import type { Service } from '../../api/services.ts';
import { duration } from '../../lib/units.ts';
import { effectsOf, overload, type Pair } from '../../screens/service-release.ts';
import type { Desk, Verb } from '../desk.ts';
import { type RampStep, readSteps } from '../ramp-plan.ts';
import { confirmFirmly, goOn, isFree, serviceFor } from './asked.ts';
import { override, readPair, weightOf, withPair } from './pair.ts';

const usual = '5,25,50,100 hold 5m';

export const ramp: Verb = {
  id: 'ramp',
  title: 'ramp the weight up',
  keys: [],
  group: 'act',
  screen: 'services',
  usage: `NAME [${usual}] [${override}]`,
  writes: true,
  async run(desk, [name, ...rest]) {
    const anyway = rest.at(-1) === override;
    const text = (anyway ? rest.slice(0, -1) : rest).join(' ');
    if (name === undefined && desk.row('services') === undefined) {
      const [only, ...more] = desk.ramps.list();
      if (only && more.length === 0) return showRamp(desk, only.service);
    }
    const service = await serviceFor(desk, name);
    if (typeof service === 'string') return service;
    const { serviceName, blueGreenServices } = service;
    const known = [serviceName, ...blueGreenServices].find((one) => desk.ramps.has(one));
    if (text === '' && known !== undefined) return showRamp(desk, known);
    return withPair(desk, service, async (pair) => {
      if (text === '') {
        askRamp(desk, pair, anyway);
        return undefined;
      }
      const steps = readSteps(text);
      return typeof steps === 'string' ? steps : confirmRamp(desk, pair, steps, anyway);
    });
  },
};

function showRamp(desk: Desk, service: string): string | undefined {
  return desk.show(`ramp:${service}`) ? undefined : `there is no ramp of ${service}`;
}

/** Asks for the steps of a ramp. */
export function askRamp(desk: Desk, pair: Pair, anyway: boolean): void {
  desk.ask({
    sign: 'ramp steps: ',
    initial: usual,
    answer(text) {
      const steps = readSteps(text);
      if (typeof steps === 'string') return steps;
      // The prompt is closed first: what comes next is a dialog.
      setImmediate(() => goOn(desk, () => confirmRamp(desk, pair, steps, anyway)));
      return undefined;
    },
  });
}

async function confirmRamp(
  desk: Desk,
  pair: Pair,
  wanted: readonly RampStep[],
  anyway: boolean,
): Promise<string | undefined> {
  const read = await readPair(desk, pair, anyway);
  if (typeof read === 'string') return read;
  const { old, now, doubts } = read;
  const present = weightOf(now);
  if (present === undefined) return `the weight of ${pair.fresh} is not known: there is nothing to go back to`;
  const steps = wanted.filter(({ weight }) => weight > present);
  const last = steps.at(-1);
  if (!last) return `${pair.fresh} is at ${present}% already; none of the steps is above it`;
  const left = wanted.length - steps.length;
  if (!isFree(desk)) return `the ramp of ${pair.fresh} was not asked for: something else is open`;
  confirmFirmly(desk, pair.fresh, {
    title: `ramp ${pair.fresh} up to ${last.weight}%`,
    tone: 'warn',
    verb: 'begin',
    lines: [
      `in ${desk.store.getState().session.region}`,
      `now ${present}% · ${steps.map(({ weight, holdMs }) => `${weight}% for ${duration(holdMs)}`).join(' · ')}`,
      ...(left > 0 ? [`steps up to ${present}% are left out`] : []),
      ...doubts,
      ...loads(old, now, steps),
      ...effectsOf(pair, last.weight),
      'stops by itself when workers get unready or restart, or a new warning comes',
      'metadata.release is the legacy way; groups and rollouts are today’s',
    ],
    yes: () =>
      goOn(desk, async () => {
        const wrong = await desk.ramps.start({ fresh: now, entry: old, steps });
        return wrong ?? showRamp(desk, pair.fresh);
      }),
  });
  return undefined;
}

/** The first step the workers may not carry; later ones are only worse. */
function loads(old: Service, now: Service, steps: readonly RampStep[]): string[] {
  for (const { weight } of steps) {
    const [first] = overload(old, now, weight).filter((text) => text.startsWith(now.serviceName));
    if (first) return [`! from ${weight}% on: ${first}`];
  }
  return [];
}
