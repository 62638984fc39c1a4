import { describe, expect, it } from 'vitest';
import { readChange } from '../../../src/state/verbs/label.ts';
import { openOn } from './live.ts';

describe('a change of labels', () => {
  it('is read as it is typed', () => {
    expect(readChange(['a=1', 'b=', 'c=x=y', 'd-'])).toEqual({ set: { a: '1', b: '', c: 'x=y' }, remove: ['d'] });
  });

  it.each([
    [[], /nothing to change/],
    [['a'], /"a" is neither/],
    [['=1'], /"=1" is neither/],
    [['-'], /"-" is neither/],
    [['a=1', 'a-'], /a is both/],
  ])('%j is refused', (words, reason) => expect(readChange(words)).toMatch(reason));
});

describe(':label', () => {
  it('goes to the marked services after one yes, and one undo puts back what each had before', async () => {
    const live = await openOn();
    const { services } = live.emulator.model;
    const names = ['mnist_saved_model_example', 'ner_chinese_bert'] as const;
    const labels = () => names.map((name) => ({ ...services.get(name)?.labels }));
    const before = labels();
    for (const name of names) {
      await live.moveTo(name);
      await live.pressWhenOn('space');
    }
    await live.pressWhenOn('t');
    await live.answer('team=search oncall=ann');
    await live.yes();
    await live.until('both to have them', () =>
      labels().every(({ team, oncall }) => team === 'search' && oncall === 'ann'),
    );
    expect(live.asked('UpdateServiceLabel')).toHaveLength(2);
    const rows = () =>
      (live.state().sources['services{}']?.rows ?? []) as readonly { serviceName: string; labels: unknown }[];
    await live.until(
      'the list to say so',
      () => rows().filter((row) => JSON.stringify(row.labels).includes('ann')).length === 2,
    );
    await live.pressWhenOn('u');
    await live.until('the labels of before', () => JSON.stringify(labels()) === JSON.stringify(before));
  });

  it('says what is wrong where it was typed', async () => {
    const live = await openOn();
    live.command('label mnist_saved_model_example team');
    await live.until('the reason', ({ prompt }) => /neither KEY=VALUE/.test(prompt?.error ?? ''));
    expect(live.asked()).toEqual([]);
  });
});
