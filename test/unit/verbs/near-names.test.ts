import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../src/api/errors.ts';
import { verbs } from '../../../src/state/verbs/index.ts';
import { createProgram, type Program, wireService, wireWorker } from '../state/program.ts';

const missing = (): never => {
  throw new ApiError({ kind: 'missing', code: 'ServiceNotExist', message: 'no such service', status: 404 });
};

async function opened(): Promise<Program> {
  const program = await createProgram({ verbs, services: [wireService('mnist'), wireService('ranking')] });
  program.service.answers['DescribeService'] = missing;
  return program;
}

describe('a name with a slip', () => {
  test.each([
    'stop mnsit',
    'restart mnsit',
    'delete mnsit',
    'scale mnsit 3',
    'lock mnsit all',
    'describe mnsit',
    'json mnsit',
    'version mnsit 2',
    'weight mnsit 20',
    'ramp mnsit 5',
    'traffic mnsit grouping',
    'modify mnsit metadata.cpu=2',
    'edit mnsit',
    'label mnsit a=b',
    'call mnsit -g',
  ])(':%s is told with the name that was meant, and nothing is done', async (line) => {
    const program = await opened();
    await program.press(':');
    await program.type(line);
    await program.press('enter');
    await expect.poll(() => program.state().prompt?.error).toMatch(/there is no (service )?mnsit/);
    expect(program.state().prompt?.error).toMatch(/; did you mean mnist\?$/);
    expect(program.state().dialog).toBeUndefined();
    expect(program.service.sent.filter(({ operation }) => !/^(List|Describe)/.test(operation))).toEqual([]);
  });

  test.each(['dw mnist-wokrer-1', 'isolate mnist-wokrer-1'])(':%s, of a worker', async (line) => {
    const program = await opened();
    program.service.workers = [wireWorker('mnist-worker-1')];
    await program.press(':');
    await program.type('workers mnist');
    await program.press('enter');
    await expect.poll(() => program.names()).toEqual(['mnist-worker-1']);
    await program.press(':');
    await program.type(line);
    await program.press('enter');
    expect(program.state().prompt?.error).toMatch(/there is no mnist-wokrer-1 .*; did you mean mnist-worker-1\?$/);
    expect(program.state().dialog).toBeUndefined();
  });

  test('is not made up where none is near', async () => {
    const program = await opened();
    await program.press(':');
    await program.type('stop quite-another');
    await program.press('enter');
    expect(program.state().prompt?.error).toBe('there is no quite-another among the services');
  });
});
