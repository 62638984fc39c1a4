import { expect, onTestFinished, test } from 'vitest';
import { ledger, moveTo, openServices, rowOf, startFleet } from '../journeys/steps.ts';

const mnist = 'mnist_saved_model_example';
const patient = { timeout: 40_000 };

/** The readings that show on the screen; all of them are walked through without it in variants.test.ts. */
const variants = [
  'status-lag',
  'status-unknown',
  'delete-lingers',
  'list-misses',
  'page-size-clamped=4',
  'empty-omitted',
  'not-found-400',
  'hostile-text',
];

for (const variant of variants) {
  test(`in a terminal, the main journey with ${variant}`, async () => {
    const fleet = await startFleet('--seed', '7', '--speed', '20', '--variant', variant);
    onTestFinished(() => fleet.close());
    const terminal = await openServices({ on: fleet, cols: 120, rows: 40 });

    await moveTo(terminal, 'heart_disease_pmml');
    terminal.key('d');
    await terminal.waitFor('Why it is not well');
    await terminal.waitFor(/not_exist/);
    terminal.key('esc');
    await terminal.waitFor('services(cn-shanghai)');

    await moveTo(terminal, mnist);
    await terminal.waitFor('<+>');
    terminal.write('+++\r');
    await terminal.waitFor(() => /✓ Running +5\/5/.test(rowOf(terminal, mnist)), patient);
    await terminal.waitFor(`✓ scaled ${mnist} 2→5 in `, patient);
    terminal.key('u');
    await terminal.waitFor(`✓ scaled ${mnist} 5→2 in `, patient);

    await moveTo(terminal, mnist);
    await terminal.waitFor('<S>');
    terminal.key('S');
    await terminal.waitFor('the service stops answering');
    terminal.key('y');
    await terminal.waitFor(`✓ stopped ${mnist} in `, patient);
    await terminal.waitFor(() => /■ Stopped/.test(rowOf(terminal, mnist)), patient);
    terminal.key('s');
    await terminal.waitFor(`start ${mnist}`);
    terminal.key('y');
    await terminal.waitFor(`✓ started ${mnist} in `, patient);
    await terminal.waitFor(() => /✓ Running +2\/2/.test(rowOf(terminal, mnist)), patient);

    terminal.key('ctrl-d');
    await terminal.waitFor('this cannot be undone');
    terminal.type(mnist);
    terminal.key('tab', 'enter');
    await terminal.waitFor(`✓ deleted ${mnist} in `, patient);
    await terminal.waitFor(`${mnist} gone`, patient);

    // Hostile services may be called so.
    const own = terminal.screen().filter((line) => !line.includes('hostile_'));
    expect(own.join('\n')).not.toMatch(/undefined|NaN|\[object/);
    terminal.key('q');
    expect(await terminal.waitExit()).toEqual({ code: 0, signal: null });
    expect(terminal.restored()).toEqual({ ok: true, problems: [] });
    expect(ledger(terminal).filter(({ outcome }) => outcome === 'accepted')).toHaveLength(5);
  });
}
