import { describeEndpoints, type Service } from '../../api/services.ts';
import { isSecretKey } from '../../service-json/schema-tree.ts';
import type { Desk, Verb } from '../desk.ts';
import { freshly, isFree, serviceFor } from './asked.ts';

interface Secret {
  readonly name: string;
  readonly value: string;
}

/** Puts a secret on the clipboard without showing it. */
export const copySecret: Verb = {
  id: 'copy',
  title: 'copy a secret',
  keys: ['X'],
  group: 'view',
  screen: 'services',
  where: 'both',
  usage: 'token NAME',
  writes: false,
  async run(desk, args) {
    const [what, name, more] = args;
    if (args.length > 0 && (what !== 'token' || name === undefined || more !== undefined))
      return 'write :copy token NAME';
    const service = await serviceFor(desk, name);
    if (typeof service === 'string') return service;
    const secrets = await secretsOf(desk, service.serviceName, what === 'token');
    const [first, ...rest] = secrets;
    if (!first) return `${service.serviceName} gives no ${what === 'token' ? 'token' : 'secrets'}`;
    const copy = ({ name: said, value }: Secret): void => {
      desk.clipboard(value);
      desk.tell('ok', `sent ${said} of ${service.serviceName} to the clipboard`);
    };
    if (rest.length === 0) copy(first);
    else if (!isFree(desk)) return 'something else is open; ask again';
    else
      desk.menu(
        `copy a secret of ${service.serviceName}`,
        secrets.map(({ name: label }) => ({ label })),
        (index) => {
          const chosen = secrets[index];
          if (chosen) copy(chosen);
        },
      );
    return undefined;
  },
  complete: (_desk, args) => (args.length === 1 ? ['token'] : []),
};

/** The token first, then what the configuration holds under a name that says it is secret. */
async function secretsOf(desk: Desk, name: string, tokenOnly: boolean): Promise<Secret[]> {
  const service: Service | undefined = await freshly(desk, name);
  const token = service?.accessToken ?? (await describeEndpoints(desk.client, name)).accessToken;
  const secrets = token === undefined ? [] : [{ name: 'the token', value: token }];
  if (tokenOnly || service?.serviceConfig === undefined) return secrets;
  try {
    return [...secrets, ...inside(JSON.parse(service.serviceConfig), '').filter(({ value }) => value !== token)];
  } catch {
    return secrets;
  }
}

function inside(value: unknown, path: string): Secret[] {
  if (value === null || typeof value !== 'object') return [];
  const named = 'name' in value && typeof value.name === 'string' && isSecretKey(value.name);
  return Object.entries(value).flatMap(([key, inner]): Secret[] => {
    const step = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const secret = isSecretKey(key) || (named && key === 'value');
    if (typeof inner === 'string') return secret && inner !== '' ? [{ name: step, value: inner }] : [];
    return inside(inner, step);
  });
}
