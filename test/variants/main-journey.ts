import { expect } from 'vitest';
import type { Service } from '../../src/api/services.ts';
import type { LiveCockpit } from './live-cockpit.ts';

/** The service that is failed from the start, and the one that everything is done to. */
const failed = 'heart_disease_pmml';
export const mnist = 'mnist_saved_model_example';

/** What the service said of an action, and how it ended, in words. */
export type Told = Record<'scale' | 'undo' | 'stop' | 'start' | 'delete', string>;

/**
 * What somebody does who came because of an incident: looks at what is failed, scales a service until that is done,
 * takes it back, stops it, starts it and deletes it. Answers what was said at the end of each.
 */
export async function mainJourney(cockpit: LiveCockpit, name = mnist): Promise<Told> {
  // The list may be a moment behind what was read of the one service.
  const is = (fields: Partial<Service>): boolean =>
    Object.entries(fields).every(([field, value]) => cockpit.service(name)?.[field as keyof Service] === value);

  await readWhyItFailed(cockpit);

  await cockpit.moveTo(name);
  expect(cockpit.service(name)).toMatchObject({ status: 'Running', totalInstance: 2 });
  let from = cockpit.messages().length;
  const next = async (pattern: RegExp): Promise<string> => {
    const text = await cockpit.told(pattern, from);
    from = cockpit.messages().length;
    return text;
  };
  await cockpit.pressWhenOn('+');
  cockpit.press('+', '+', 'enter');
  const scale = await next(new RegExp(`^scaled ${name} 2→5 in |^scale ${name} .*(fail|not there)`));
  await cockpit.until('5/5', () => is({ status: 'Running', totalInstance: 5, runningInstance: 5 }));

  await cockpit.pressWhenOn('u');
  const undo = await next(new RegExp(`^scaled ${name} 5→2 in |^scale ${name} .*(fail|not there)`));

  await cockpit.moveTo(name);
  await cockpit.pressWhenOn('S');
  await cockpit.until('the question', ({ dialog }) => dialog?.lines.includes('the service stops answering'));
  cockpit.press('y');
  const stop = await next(new RegExp(`^stopped ${name} in |^stop ${name} .*(fail|not there)`));
  // A service may leave out what is 0.
  await cockpit.until('Stopped', () => is({ status: 'Stopped' }) && !cockpit.service(name)?.runningInstance);

  await cockpit.moveTo(name);
  await cockpit.pressWhenOn('s');
  await cockpit.until('the question', ({ dialog }) => dialog?.title === `start ${name}`);
  cockpit.press('y');
  const start = await next(new RegExp(`^started ${name} in |^start ${name} .*(fail|not there)`));
  await cockpit.until('2/2', () => is({ status: 'Running', runningInstance: 2, totalInstance: 2 }));

  await cockpit.moveTo(name);
  await cockpit.pressWhenOn('ctrl-d');
  await cockpit.until('the question', ({ dialog }) => dialog?.word === name);
  cockpit.press(...name, 'tab', 'enter');
  const gone = await next(new RegExp(`^deleted ${name} in |^delete ${name} .*(fail|not there)`));
  await cockpit.until('the row to go', () => cockpit.service(name) === undefined);
  return { scale, undo, stop, start, delete: gone };
}

async function readWhyItFailed(cockpit: LiveCockpit): Promise<void> {
  await cockpit.moveTo(failed);
  expect(cockpit.service(failed)?.status).toBe('Failed');
  await cockpit.pressWhenOn('d');
  await cockpit.until('the reason of the failure', ({ sources }) => {
    const [, description] = Object.entries(sources).find(([key]) => key.startsWith('describe:services')) ?? [];
    const why = description?.sections.find(({ title }) => title === 'Why it is not well');
    return why?.lines?.some(({ text }) => text.includes('not_exist'));
  });
  cockpit.press('esc');
}

/** Scales from 2 to 5 and waits for the end of it. */
export async function scaleToFive(cockpit: LiveCockpit, name = mnist): Promise<string> {
  const from = cockpit.messages().length;
  await cockpit.moveTo(name);
  await cockpit.pressWhenOn('+');
  cockpit.press('+', '+', 'enter');
  return cockpit.told(new RegExp(`^scaled ${name} 2→5 in |^scale ${name} .*(fail|not there)`), from);
}

/** What is said when all goes well. */
export const well: { [Step in keyof Told]: RegExp } = {
  scale: /^scaled /,
  undo: /^scaled /,
  stop: /^stopped /,
  start: /^started /,
  delete: /^deleted /,
};
