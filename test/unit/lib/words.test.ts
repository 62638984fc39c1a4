import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzy, nearest, plural } from '../../../src/lib/words.ts';

describe('nearest', () => {
  const screens = ['services', 'workers', 'versions', 'resources', 'instances', 'regions'];
  it.each([
    ['serv', 'services'],
    ['SERVICES', 'services'],
    ['sevrices', 'services'],
    ['servces', 'services'],
    ['wokers', 'workers'],
    ['re', 'regions'],
    ['resuorces', 'resources'],
    ['banana', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%j means %s', (word, meant) => expect(nearest(word, screens)).toBe(meant));

  it('prefers the exact word to a longer one', () => {
    expect(nearest('node', ['nodes', 'node'])).toBe('node');
    expect(nearest('q', ['quit', 'q'])).toBe('q');
  });

  it('knows the beginning of a long name, with a slip in it', () => {
    const names = ['ctr_deepfm', 'mnist_saved_model_example', 'savedmodel_example'];
    expect(nearest('mnsit', names)).toBe('mnist_saved_model_example');
    expect(nearest('savdmodel', names)).toBe('savedmodel_example');
    expect(nearest('banana', names)).toBeUndefined();
    // Three letters are the beginning of anything.
    expect(nearest('mna', names)).toBeUndefined();
  });

  it('takes no time for a word of a million letters', () => {
    const started = performance.now();
    expect(nearest('x'.repeat(1_000_000), ['y'.repeat(1_000_000)])).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('fuzzy', () => {
  it('finds letters in order and tells where', () => {
    expect(fuzzy('msm', 'mnist_saved_model')?.hits).toEqual([0, 6, 12]);
    expect(fuzzy('model', 'mnist_saved_model')?.hits).toEqual([12, 13, 14, 15, 16]);
    expect(fuzzy('模型', '我的模型')?.hits).toEqual([2, 3]);
    expect(fuzzy('mz', 'mnist')).toBeUndefined();
    expect(fuzzy('ab', 'ba')).toBeUndefined();
    expect(fuzzy('', 'x')).toEqual({ score: 0, hits: [] });
  });

  it('matches upper case exactly, lower case both', () => {
    expect(fuzzy('gpu', 'GPU pool')?.hits).toEqual([0, 1, 2]);
    expect(fuzzy('GPU', 'gpu pool')).toBeUndefined();
    expect(fuzzy('i', 'İi')?.hits).toEqual([1]);
  });

  it('matches words in any order', () => {
    expect(fuzzy('mnist scale', 'Scale mnist')?.hits).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10]);
  });

  it.each([
    ['sc', 'scale', 'describe service'],
    ['log', 'logs', 'l-o-g'],
    ['sv', 'stop versions', 'asv'],
    ['start', 'start', 'restart'],
    ['ver', 'versions', 'versions of mnist'],
    ['wd', 'wide', 'weird'],
  ])('%j ranks %j above %j', (pattern, better, worse) => {
    expect(fuzzy(pattern, better)?.score).toBeGreaterThan(fuzzy(pattern, worse)?.score ?? Number.POSITIVE_INFINITY);
  });

  it('gives hits that spell the pattern, and matches whatever contains it', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '-', 'é', '模'), maxLength: 12 });
    fc.assert(
      fc.property(word, word, (pattern, text) => {
        const match = fuzzy(pattern, text);
        let rest = pattern;
        for (const letter of text) if (letter === rest[0]) rest = rest.slice(1);
        expect(match === undefined).toBe(rest !== '');
        if (match !== undefined) expect(match.hits.map((hit) => text[hit]).join('')).toBe(pattern);
        if (match !== undefined) expect(Number.isFinite(match.score)).toBe(true);
      }),
    );
  });
});

it.each([
  [0, 'service', '0 services'],
  [1, 'service', '1 service'],
  [1_024, 'service', '1,024 services'],
  [2, 'entry', '2 entries'],
  [2, 'key', '2 keys'],
  [2, 'class', '2 classes'],
  [2, 'match', '2 matches'],
])('%d of %s is %s', (n, one, text) => expect(plural(n, one)).toBe(text));

it('takes a plural that follows no rule', () => expect(plural(2, 'person', 'people')).toBe('2 people'));
