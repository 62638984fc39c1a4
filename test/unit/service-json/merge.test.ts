import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withInstances } from '../../../src/service-json/config.ts';
import { diffConfigs } from '../../../src/service-json/diff.ts';
import { merge, threeWay, toPatch } from '../../../src/service-json/merge.ts';
import { updateKind } from '../../../src/service-json/update-kind.ts';
import type { JsonObject } from '../../../src/service-json/value.ts';

/** Objects as they come from the wire, with keys that meet often. */
const config = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'metadata', '__proto__'), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);

describe('merge', () => {
  it('makes of the patch the whole difference', () => {
    fc.assert(
      fc.property(config, config, (before, after) => {
        const { patch, removed } = toPatch(before, after);
        const left = diffConfigs(merge(before, patch), after);
        // What is left are just the keys that a merge cannot take away.
        expect(left.every(({ kind, before: old }) => kind === 'removed' || old !== undefined)).toBe(true);
        if (removed.length === 0) expect(left).toEqual([]);
        else expect(left).not.toEqual([]);
        expect(diffConfigs(merge(before, toPatch(before, before).patch), before)).toEqual([]);
      }),
    );
  });

  it('changes neither side, and merges twice to the same', () => {
    fc.assert(
      fc.property(config, config, (base, patch) => {
        const [a, b] = [JSON.stringify(base), JSON.stringify(patch)];
        const once = merge(base, patch);
        expect(merge(once, patch)).toEqual(once);
        expect([JSON.stringify(base), JSON.stringify(patch)]).toEqual([a, b]);
      }),
    );
  });

  it('merges objects at every depth and replaces all else', () => {
    const base = { metadata: { cpu: 1, rpc: { batching: true } }, list: [1, 2] };
    expect(merge(base, { metadata: { rpc: { keepalive: 5 } }, list: [3] })).toEqual({
      metadata: { cpu: 1, rpc: { batching: true, keepalive: 5 } },
      list: [3],
    });
    expect(merge({ a: { b: 1 } }, { a: null })).toEqual({ a: null });
  });

  it('names what a merge cannot take away', () => {
    const after = { metadata: { rpc: {} } };
    expect(toPatch({ metadata: { cpu: 1, rpc: { batching: true } } }, after)).toEqual({
      patch: { metadata: { rpc: {} } },
      removed: ['metadata.cpu', 'metadata.rpc.batching'],
    });
  });
});

describe('threeWay', () => {
  it('has no conflict where nothing meets, and holds both edits', () => {
    const part = (names: string[]) => fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 1 }));
    fc.assert(
      fc.property(config, part(['m1', 'm2']), part(['t1', 't2']), (base, mine, theirs) => {
        const clean = JSON.parse(JSON.stringify({ ...base, metadata: { cpu: 1 } })) as JsonObject;
        const [m, t] = [JSON.parse(JSON.stringify(mine)), JSON.parse(JSON.stringify(theirs))] as [
          JsonObject,
          JsonObject,
        ];
        const mineAll = merge(clean, { ...m, metadata: m });
        const theirsAll = merge(clean, { ...t, metadata: t });
        const { merged, conflicts } = threeWay(clean, mineAll, theirsAll);
        expect(conflicts).toEqual([]);
        expect(diffConfigs(merged, merge(mineAll, { ...t, metadata: t }))).toEqual([]);
      }),
    );
  });

  it('takes the only side that changed, deletions too', () => {
    fc.assert(
      fc.property(config, config, (base, edited) => {
        expect(threeWay(base, edited, base)).toEqual({ merged: edited, conflicts: [] });
        expect(threeWay(base, base, edited)).toEqual({ merged: edited, conflicts: [] });
        expect(threeWay(base, edited, edited)).toEqual({ merged: edited, conflicts: [] });
      }),
    );
  });

  it('shows where both changed the same, with mine in place', () => {
    const base = { metadata: { cpu: 1, memory: 1 }, name: 'x' };
    const mine = { metadata: { cpu: 2, memory: 5 }, name: 'x' };
    const theirs = { metadata: { cpu: 3 }, name: 'y' };
    const { merged, conflicts } = threeWay(base, mine, theirs);
    expect(merged).toEqual({ metadata: { cpu: 2, memory: 5 }, name: 'y' });
    expect(conflicts).toEqual([
      { path: 'metadata.cpu', keys: ['metadata', 'cpu'], base: 1, mine: 2, theirs: 3 },
      { path: 'metadata.memory', keys: ['metadata', 'memory'], base: 1, mine: 5, theirs: undefined },
    ]);
  });

  it('joins containers item by item, but not lists of another length', () => {
    const base = { containers: [{ image: 'a:1', port: 1 }] };
    const mine = { containers: [{ image: 'a:2', port: 1 }] };
    expect(threeWay(base, mine, { containers: [{ image: 'a:1', port: 2 }] })).toEqual({
      merged: { containers: [{ image: 'a:2', port: 2 }] },
      conflicts: [],
    });
    expect(threeWay(base, mine, { containers: [] }).conflicts.map(({ path }) => path)).toEqual(['containers']);
  });
});

describe('updateKind', () => {
  const running = { name: 'x', model_path: 'oss://a', metadata: { instance: 2, cpu: 1 } };

  it.each([
    [{ metadata: { instance: 5, cpu: 1 } }, 'scale', false],
    [{ metadata: { instance: 2, cpu: 1 } }, 'none', false],
    [{ metadata: { instance: 5, cpu: 2 } }, 'rolling', false],
    [{ metadata: { cpu: 1 } }, 'rolling', false],
    [{ model_path: 'oss://b' }, 'rolling', true],
    [{ processor: 'pmml' }, 'rolling', true],
    [{ containers: [{ image: 'i' }] }, 'rolling', true],
    [{ labels: { a: 'b' } }, 'rolling', false],
  ] as const)('says what %j does: %s', (change, kind, newVersion) => {
    const after = { ...running, ...change };
    expect(updateKind(running, after)).toEqual({ kind, newVersion });
  });

  it('keeps the number that runs', () => {
    expect(withInstances(running, 7).metadata).toEqual({ instance: 7, cpu: 1 });
    expect(updateKind(running, withInstances(running, 7)).kind).toBe('scale');
    expect(withInstances({}, 1)).toEqual({ metadata: { instance: 1 } });
  });
});
