import type { Service } from '../../api/services.ts';
import { directness, type Pair, pairOf } from '../../screens/service-release.ts';
import type { Desk } from '../desk.ts';
import { freshly, freshlySame, goOn, serviceNames } from './asked.ts';

/** How a release is asked for although clients may go past the gateway. */
export const override = 'anyway';

/** Goes on with the pair of a service, after asking which of the two is new if the names do not tell. */
export async function withPair(
  desk: Desk,
  service: Service,
  go: (pair: Pair) => Promise<string | undefined>,
): Promise<string | undefined> {
  let pairing = pairOf(service, serviceNames(desk));
  if (pairing.kind !== 'pair') {
    // A list read before the other one was made does not know it yet: the service itself does.
    const now = await freshly(desk, service.serviceName);
    if (now) pairing = pairOf(now, serviceNames(desk));
  }
  if (pairing.kind === 'none') return unpaired(service);
  if (pairing.kind === 'pair') return go(pairing.pair);
  const items = pairing.choices.map(({ entry, fresh }) => ({
    label: `${fresh} is new`,
    note: `${entry} is the entry`,
  }));
  desk.menu(`which one is new? ${pairing.why}`, items, (index) => {
    const pair = pairing.choices[index];
    if (pair) goOn(desk, () => go(pair));
  });
  return undefined;
}

/** Why a service has no weight to set. */
export function unpaired({ serviceName, serviceGroup }: Service): string {
  return serviceGroup
    ? `${serviceName} shares traffic within group ${serviceGroup}: :traffic ${serviceName} standalone|grouping takes it out or in`
    : `${serviceName} has no blue-green partner; :create FILE -r makes one`;
}

/** Both services of a pair as they are now, and why a release of them must not or may not be a good idea. */
export async function readPair(
  desk: Desk,
  { entry, fresh }: Pair,
  anyway: boolean,
): Promise<{ readonly old: Service; readonly now: Service; readonly doubts: readonly string[] } | string> {
  const [old, now] = await Promise.all([freshlySame(desk, entry), freshlySame(desk, fresh)]);
  if (typeof old === 'string') return old;
  if (typeof now === 'string') return now;
  const { signal } = new AbortController();
  const ways = await Promise.all([directness(desk.client, now, signal), directness(desk.client, old, signal)]);
  const direct = ways.find(({ verdict }) => verdict === 'yes');
  if (direct && !anyway)
    return `blue-green release does not work with direct connections: ${direct.why}. If no client uses it: :weight ${fresh} PERCENT ${override}`;
  const dark = ways.find(({ verdict }) => verdict === 'unknown');
  const doubts = [
    ...(direct ? [`! clients that connect directly are not divided: ${direct.why}`] : []),
    ...(dark ? [`! whether clients connect directly, past the weights, is not known: ${dark.why}`] : []),
  ];
  return { old, now, doubts };
}

/** The weight of a new service, if it is one. */
export const weightOf = ({ weight: value }: Service): number | undefined =>
  value === undefined || value < 0 || value > 100 ? undefined : value;
