import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collate, collated } from '../../../src/lib/collate.ts';

const collator = new Intl.Collator('en', { numeric: true });
const part = fc.constantFrom('a', 'b', 'z', 'ch', '0', '00', '1', '9', '10', '012', '_', '-', '_-', '7'.repeat(70));
const other = fc.constantFrom('A', 'é', '.', ' ', '服', 'ß');
const text = (parts: fc.Arbitrary<string>) => fc.array(parts, { maxLength: 6 }).map((all) => all.join(''));

describe('the order of texts', () => {
  it("is the collator's, with keys and without", () => {
    const any = fc.oneof({ weight: 3, arbitrary: text(part) }, text(fc.oneof(part, other)));
    fc.assert(
      fc.property(any, any, (left, right) => {
        expect(Math.sign(collate(collated(left), collated(right)))).toBe(Math.sign(collator.compare(left, right)));
      }),
      { numRuns: 5_000 },
    );
  });

  it('needs no collator for names of services', () => {
    expect(collated('m_10-v2').key).toBeDefined();
    expect(collated('M10').key).toBeUndefined();
  });
});
