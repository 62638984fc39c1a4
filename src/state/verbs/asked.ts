import { ApiError } from '../../api/errors.ts';
import { describeService, type Service } from '../../api/services.ts';
import { sameElements } from '../../lib/equal.ts';
import type { Desk } from '../desk.ts';
import { nearName } from '../names.ts';

/** The service a verb is about: the one named, else the one under the cursor. A text says why there is none. */
export async function serviceFor(desk: Desk, name: string | undefined): Promise<Service | string> {
  if (name === undefined) return (desk.row('services') as Service | undefined) ?? 'there is no service here; name one';
  const known = desk.find('services', name) as Service | undefined;
  return known ?? (await freshly(desk, name)) ?? noService(desk, name);
}

/** That there is no service of a name, with the nearest there is. */
export const noService = (desk: Desk, name: string): string =>
  `there is no service ${name}${nearName(desk, 'services', name)}`;

/** What the service says of itself now; undefined when there is none of this name. */
export async function freshly(desk: Desk, name: string): Promise<Service | undefined> {
  try {
    return await describeService(desk.client, name);
  } catch (error) {
    if (error instanceof ApiError && error.kind === 'missing') return undefined;
    throw error;
  }
}

/**
 * The service of a name as it is now, if it is the one that was looked at: the last one read of the name, unless another
 * reading is given. A text says that there is none, or that another bears the name now.
 */
export async function freshlySame(
  desk: Desk,
  name: string,
  meant = desk.find('services', name) as Service | undefined,
): Promise<Service | string> {
  const now = await freshly(desk, name);
  if (!now) return noService(desk, name);
  if (meant && !isSame(now, meant)) return `${name} was deleted and made anew meanwhile: look at it and ask again`;
  return now;
}

/**
 * Whether two readings are of one object: a name that was deleted and made anew belongs to another. An id that one of
 * them lacks tells nothing; then it is the time it was made that tells.
 */
export function isSame(one: Service, other: Service): boolean {
  if (one.serviceId !== undefined && other.serviceId !== undefined) return one.serviceId === other.serviceId;
  return one.createTime === undefined || other.createTime === undefined || one.createTime === other.createTime;
}

const noRows: readonly unknown[] = [];
let latest: { readonly rows: readonly unknown[]; readonly names: readonly string[] } = { rows: noRows, names: [] };

/** The names of all services that were read. The same array as long as they are the same: it is asked for with each key. */
export function serviceNames(desk: Desk): readonly string[] {
  const rows = desk.store.getState().sources['services{}']?.rows ?? noRows;
  if (rows !== latest.rows) {
    const names = (rows as readonly Service[]).map(({ serviceName }) => serviceName);
    latest = { rows, names: sameElements(latest.names, names) ? latest.names : names };
  }
  return latest.names;
}

/** Asks as `desk.confirm` does; in a protected context the name has to be typed as well. */
export function confirmFirmly(desk: Desk, name: string, question: Parameters<Desk['confirm']>[0]): void {
  if (!desk.store.getState().session.protected) return desk.confirm(question);
  const { slider, keys, yes, lines, ...rest } = question;
  if (!slider) return desk.confirm({ ...question, word: name });
  desk.confirm({
    ...question,
    yes: (value) =>
      desk.confirm({ ...rest, lines: [...lines, '', ...slider.lines(value)], word: name, yes: () => yes(value) }),
  });
}

/** Whether a question that took its time may still be asked: nothing else has been opened meanwhile. */
export function isFree({ store }: Desk): boolean {
  const { dialog, menu, prompt } = store.getState();
  return dialog === undefined && menu === undefined && prompt === undefined;
}

/** Runs what goes on after an answer, and tells what is wrong with it. */
export function goOn(desk: Desk, task: () => Promise<string | undefined>): void {
  task().then(
    (wrong) => wrong !== undefined && desk.tell('bad', wrong),
    (error: unknown) => desk.tell('bad', error instanceof Error ? error.message : String(error)),
  );
}
