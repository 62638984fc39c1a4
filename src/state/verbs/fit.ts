import { type Instance, listInstances } from '../../api/instances.ts';
import type { Service } from '../../api/services.ts';
import type { Binding } from '../../keys/binding.ts';
import type { Commands } from '../../keys/commands.ts';
import { fitSections } from '../../screens/fit.ts';
import type { Desk, Verb } from '../desk.ts';
import { freshly, serviceFor, serviceNames } from './asked.ts';

const largest = 10_000;

async function nodesOf(desk: Desk, resource: string): Promise<Instance[]> {
  const nodes: Instance[] = [];
  for await (const page of listInstances(desk.client, resource)) nodes.push(...page);
  return nodes;
}

/** `+3`, `3` or nothing, which is one; a text says what is wrong. */
function readNumber(word: string | undefined): number | string {
  if (word === undefined) return 1;
  const more = /^\+?\d{1,6}$/.test(word) ? Number(word) : Number.NaN;
  return more >= 1 && more <= largest ? more : `"${word}" is no number from +1 to +${largest}`;
}

function showFit(desk: Desk, service: Service, nodes: readonly Instance[], more: number, at: number): void {
  const key = (id: string, chord: string, title: string, hint: number, run: () => void): Binding<Commands> => ({
    id,
    keys: [chord],
    title,
    group: 'view',
    hint,
    run,
  });
  desk.page('fit', {
    title: `fit(${service.serviceName}) +${more}`,
    sections: fitSections(service, nodes, more, at),
    keys: [
      key('fit-more', '+', 'one more', 1, () => showFit(desk, service, nodes, Math.min(largest, more + 1), at)),
      key('fit-fewer', '-', 'one fewer', 2, () => showFit(desk, service, nodes, Math.max(1, more - 1), at)),
    ],
  });
}

/** Will it fit: places more workers of a service on the nodes of its group. Reads only. */
export const fitVerb: Verb = {
  id: 'fit',
  title: 'will more fit?',
  keys: ['F'],
  group: 'view',
  screen: 'services',
  usage: 'SERVICE [+N]',
  writes: false,
  async run(desk, [name, number]) {
    const more = readNumber(number);
    if (typeof more === 'string') return more;
    const found = await serviceFor(desk, name);
    if (typeof found === 'string') return found;
    // The list may be a while old, and what waits now comes first.
    const service = await freshly(desk, found.serviceName);
    if (!service) return `there is no service ${found.serviceName}`;
    if (!service.resource?.startsWith('eas-r-'))
      return `${service.serviceName} runs in the public resource group: what is free there is not told`;
    if (service.cpu === undefined && service.gpu === undefined && service.memory === undefined)
      return `what a worker of ${service.serviceName} takes is not told: nothing can be reckoned`;
    showFit(desk, service, await nodesOf(desk, service.resource), more, desk.clock.now());
    desk.show('fit');
    return undefined;
  },
  complete: (desk, args) => (args.length > 1 ? [] : serviceNames(desk)),
};
