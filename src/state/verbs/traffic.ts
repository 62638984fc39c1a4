import type { Service } from '../../api/services.ts';
import type { Desk, Verb } from '../desk.ts';
import { freshly, goOn, isFree, isSame, serviceFor } from './asked.ts';

const states: readonly string[] = ['standalone', 'grouping'];

export const traffic: Verb = {
  id: 'traffic',
  title: 'traffic of the group',
  keys: [],
  group: 'act',
  screen: 'services',
  usage: 'NAME [standalone|grouping]',
  writes: true,
  async run(desk, [name, state]) {
    const service = await serviceFor(desk, name);
    if (typeof service === 'string') return service;
    if (!service.serviceGroup) return `${service.serviceName} is in no group`;
    if (state !== undefined) {
      const chosen = states.indexOf(state.toLowerCase());
      return chosen < 0 ? `"${state}" is neither standalone nor grouping` : ask(desk, service, chosen);
    }
    const items = states.map((label) => ({
      label,
      ...(service.trafficState?.toLowerCase() === label ? { note: 'now' } : {}),
    }));
    desk.menu(`traffic of ${service.serviceName} in ${service.serviceGroup}`, items, (index) =>
      goOn(desk, () => ask(desk, service, index)),
    );
    return undefined;
  },
  complete: (_desk, args) => (args.length === 2 ? states : []),
};

async function ask(desk: Desk, asked: Service, input: number): Promise<string | undefined> {
  const name = asked.serviceName;
  const now = await freshly(desk, name);
  if (!now || !isSame(now, asked)) return `${name} is gone, or another bears its name now; nothing was sent`;
  if (now.trafficState?.toLowerCase() === states[input]) {
    desk.tell('dim', `${name} is ${states[input]} already; nothing was sent`);
    return undefined;
  }
  return isFree(desk) ? desk.perform('services', 'traffic', now, input) : 'something else is open; ask again';
}
