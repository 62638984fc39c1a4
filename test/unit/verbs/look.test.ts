import { expect, test } from 'vitest';
import { topFrame } from '../../../src/state/nav.ts';
import { verbs } from '../../../src/state/verbs/index.ts';
import { createProgram, type Program, wireService, wireWorker } from '../state/program.ts';

async function opened(): Promise<Program> {
  return createProgram({ verbs, services: [wireService('mnist'), wireService('other')] });
}

async function run(program: Program, line: string): Promise<void> {
  await program.press(':');
  await program.type(line);
  await program.press('enter');
}

test.each([
  ['describe other', 'describe', 'services', 'other'],
  ['desc other', 'describe', 'services', 'other'],
  ['json other', 'json', 'services', 'other'],
  ['describe', 'describe', 'services', 'mnist'],
])(':%s', async (line, view, screen, name) => {
  const program = await opened();
  await run(program, line);
  expect(topFrame(program.state())).toMatchObject({ kind: 'view', view, screen, name });
});

test('what the table on top shows is meant before a service', async () => {
  const program = await opened();
  program.service.workers = [wireWorker('mnist-1')];
  await program.press('enter');
  await run(program, 'describe mnist-1');
  expect(topFrame(program.state())).toMatchObject({ view: 'describe', screen: 'workers', name: 'mnist-1' });
  await program.press('esc');
  await run(program, 'describe other');
  expect(topFrame(program.state())).toMatchObject({ view: 'describe', screen: 'services', name: 'other' });
});

test('a name that is not there is told in the line', async () => {
  const program = await opened();
  await run(program, 'describe nobody');
  await expect.poll(() => program.state().prompt?.error).toBe('there is no nobody among what was read');
  await program.press('esc');
  await run(program, 'desc two names');
  await expect.poll(() => program.state().prompt?.error).toBe('write :describe NAME');
});
