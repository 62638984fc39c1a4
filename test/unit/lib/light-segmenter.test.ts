import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LightSegmenter } from '../../../src/lib/light-segmenter.ts';

const real = new Intl.Segmenter('en');
const light = new LightSegmenter();
const plain = (segments: Iterable<{ segment: string; index: number }>) =>
  [...segments].map(({ segment, index }) => [index, segment]);

test('every UTF-16 unit beside every kind of neighbour is cut as Intl.Segmenter cuts it', () => {
  for (let unit = 0; unit < 0x10000; unit++) {
    const char = String.fromCharCode(unit);
    for (const text of [`a${char}b`, `─${char}${char}`, `${char}服`]) {
      const got = plain(light.segment(text));
      if (JSON.stringify(got) !== JSON.stringify(plain(real.segment(text)))) {
        expect({ unit: unit.toString(16), text, got }).toEqual({
          unit: unit.toString(16),
          text,
          got: plain(real.segment(text)),
        });
      }
    }
  }
});

test('random texts are cut as Intl.Segmenter cuts them', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom('a', '\x1b[31m', '─', '→', '\r', '\n', '服', '\u0301', '👩‍👩‍👧', '\u200d', '©', '\ufe0f'),
    }),
  );
  fc.assert(
    fc.property(text, fc.nat(40), (sample, index) => {
      expect(plain(light.segment(sample))).toEqual(plain(real.segment(sample)));
      const [got, known] = [light.segment(sample).containing(index), real.segment(sample).containing(index)];
      expect(got?.segment).toBe(known?.segment);
      expect(got?.index).toBe(known?.index);
    }),
    { numRuns: 2_000 },
  );
});
