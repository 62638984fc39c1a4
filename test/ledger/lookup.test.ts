import { describe, expect, it } from 'vitest';
import type { LedgerRow } from '../../src/screens/ledger.ts';
import { topFrame } from '../../src/state/nav.ts';
import { createProgram } from '../unit/state/program.ts';
import { type Live, openOn } from '../unit/verbs/live.ts';
import { linesOf } from './record.ts';

const entry = (more: Partial<LedgerRow> = {}): LedgerRow => ({
  id: 'one',
  at: Date.UTC(2026, 0, 1),
  who: 'test',
  region: 'cn-test',
  target: 'b',
  screen: undefined,
  scope: undefined,
  words: 'scale b 2→3',
  cli: 'eascmd modify b -Dmetadata.instance=3',
  outcome: 'unknown',
  requestId: undefined,
  message: undefined,
  raw: {},
  ...more,
});

/** Opens the ledger and looks up its only entry. */
async function lookUp(row: LedgerRow) {
  const program = await createProgram();
  program.service.entries = [row];
  await program.press('L');
  await program.clock.advance(300);
  await program.press('enter');
  await program.clock.advance(300);
  return program;
}

const top = (live: Live) => {
  const frame = topFrame(live.state());
  return frame.kind === 'table' ? frame : undefined;
};

describe('an entry is looked up', () => {
  it('at its service, also when an earlier version wrote it', async () => {
    const program = await lookUp(entry());
    expect(program.table().screen).toBe('services');
    expect(program.under()).toBe('b');
  });

  it.each([
    ['of another region', { region: 'cn-other' }, 'b was in cn-other, this is cn-test; :regions goes there'],
    ['of a later version', { screen: 'orchards', scope: {} }, 'where to look for b is not known here'],
    ['that is not whole', { screen: 'workers', scope: {} }, 'where to look for b is not known here'],
  ])('never at the wrong object: one %s', async (_, more, said) => {
    const program = await lookUp(entry(more));
    expect(program.table().screen).toBe('ledger');
    expect(program.said()).toBe(said);
  });

  it('at the worker and at the node it is about', async () => {
    const live = await openOn();
    const service = 'mnist_saved_model_example';
    const [worker] = [...live.emulator.model.services.values()]
      .filter(({ name }) => name === service)
      .flatMap((one) => live.emulator.model.lifecycle.workers.of(one))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    await live.goTo(`workers ${service}`, 'workers', worker?.name ?? '');
    await live.pressWhenOn('i');
    await live.told(/^isolate .*: accepted/);
    const [group] = [...live.emulator.model.resources.values()].filter(({ nodes }) => nodes.length > 1);
    const node = group?.nodes.find(({ cordoned }) => !cordoned);
    await live.goTo(`instances ${group?.id}`, 'instances', node?.name ?? '');
    await live.pressWhenOn('C');
    await live.told(/^cordon .*: accepted/);
    for (const [words, screen, scope, name] of [
      ['isolate', 'workers', { service }, worker?.name],
      ['cordon', 'instances', { resource: group?.id }, node?.name],
    ] as const) {
      const written = linesOf(live.ledger).find((line) => line['event'] === 'sent' && line['action'] === words);
      await live.goTo('ledger', 'ledger', String(written?.['words']));
      live.press('enter');
      await live.until(
        `${name} to be under the cursor`,
        () => top(live)?.screen === screen && top(live)?.name === name,
      );
      expect(top(live)?.scope).toEqual(scope);
    }
  });
});
