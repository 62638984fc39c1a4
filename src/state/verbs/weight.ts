import type { Service } from '../../api/services.ts';
import { effectsOf, overload, type Pair, pairOf, shareBar } from '../../screens/service-release.ts';
import type { Desk, Verb } from '../desk.ts';
import { confirmFirmly, freshly, goOn, isFree, isSame, serviceFor, serviceNames } from './asked.ts';
import { override, readPair, unpaired, weightOf, withPair } from './pair.ts';
import { askRamp } from './ramp.ts';

/** A whole number from 0 to 100, or what is wrong with the text. */
function readPercent(text: string): number | string {
  const value = /^\d{1,9}%?$/.test(text) ? Number.parseInt(text, 10) : undefined;
  if (value === undefined) return `"${text}" is not a whole number from 0 to 100`;
  return value > 100 ? `${value} is outside 0–100` : value;
}

export const weight: Verb = {
  id: 'weight',
  alias: ['release'],
  title: 'weight',
  keys: ['w'],
  group: 'act',
  hint: 23,
  screen: 'services',
  where: 'both',
  usage: `NAME [PERCENT] [${override}]`,
  writes: true,
  off(desk) {
    const row = desk.row('services') as Service | undefined;
    if (!row) return 'there is no row here';
    return pairOf(row, serviceNames(desk)).kind === 'none' ? unpaired(row) : undefined;
  },
  async run(desk, [name, percent, word]) {
    if (word !== undefined && word !== override) return `write :weight ${weight.usage}`;
    const wanted = percent === undefined ? undefined : readPercent(percent);
    if (typeof wanted === 'string') return wanted;
    const service = await serviceFor(desk, name);
    if (typeof service === 'string') return service;
    return withPair(desk, service, (pair) => openWeight(desk, pair, wanted, word === override));
  },
};

async function openWeight(
  desk: Desk,
  pair: Pair,
  wanted: number | undefined,
  anyway: boolean,
  notice: readonly string[] = [],
): Promise<string | undefined> {
  const read = await readPair(desk, pair, anyway);
  if (typeof read === 'string') return read;
  const { old, now, doubts } = read;
  const present = weightOf(now);
  if (!isFree(desk)) return `the weight of ${pair.fresh} was not asked for: something else is open`;
  confirmFirmly(desk, pair.fresh, {
    title: `weight of ${pair.fresh}`,
    tone: 'warn',
    verb: 'set the weight',
    lines: [
      `in ${desk.store.getState().session.region}`,
      ...notice,
      line('entry', old),
      line('new', now),
      ...doubts,
      'metadata.release is the legacy way; groups and rollouts are today’s',
    ],
    slider: {
      value: wanted ?? present ?? 0,
      min: 0,
      max: 100,
      typed: '',
      lines: (value) => [
        `new ${String(value).padStart(3)}% ${shareBar(value)} ${String(100 - value).padStart(3)}% entry`,
        `${present === undefined ? 'now not known' : `now ${present}%`} → ${value}%`,
        // On a low screen the end is cut off: what warns comes first.
        ...overload(old, now, value).map((text) => `! ${text}`),
        ...effectsOf(pair, value),
      ],
    },
    keys: [
      {
        id: 'weight-ramp',
        keys: ['r'],
        title: 'ramp up in steps',
        group: 'act',
        hint: 0,
        run: () => {
          desk.store.setState({ dialog: undefined });
          askRamp(desk, pair, anyway);
        },
      },
    ],
    yes: (value) => goOn(desk, () => send(desk, pair, now, old, value, anyway)),
  });
  return undefined;
}

const line = (role: string, { serviceName, status, runningInstance, totalInstance }: Service): string =>
  `${role.padEnd(5)} ${serviceName}: ${status ?? '-'}, ${runningInstance ?? '?'}/${totalInstance ?? '?'} workers`;

/** What was true when the question was asked need not be true when it is answered. */
async function send(
  desk: Desk,
  pair: Pair,
  asked: Service,
  entry: Service,
  value: number,
  anyway: boolean,
): Promise<string | undefined> {
  const [now, old] = await Promise.all([freshly(desk, pair.fresh), freshly(desk, pair.entry)]);
  if (!now || !isSame(now, asked)) return `${pair.fresh} is gone, or another bears its name now; nothing was sent`;
  if (!old || !isSame(old, entry)) return `${pair.entry} is gone, or another bears its name now; nothing was sent`;
  if (now.weight === value) {
    desk.tell('dim', `${pair.fresh} is at ${value}% already; nothing was sent`);
    return undefined;
  }
  if (now.weight !== asked.weight) {
    const changed = `! somebody set ${asked.weight ?? '?'}% → ${now.weight ?? '?'}% meanwhile: look again`;
    return openWeight(desk, pair, value, anyway, [changed]);
  }
  return desk.perform('services', 'weight', now, value);
}
