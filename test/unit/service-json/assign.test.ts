import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from '../../../src/service-json/assign.ts';
import { diffConfigs } from '../../../src/service-json/diff.ts';
import { merge } from '../../../src/service-json/merge.ts';
import { cloneText, templateText } from '../../../src/service-json/template.ts';
import { updateKind } from '../../../src/service-json/update-kind.ts';
import { type Path, pathText, valueAt } from '../../../src/service-json/value.ts';

const config = { name: 'x', metadata: { instance: 1, cpu: 1 }, containers: [{ image: 'a:1', port: 8000 }] };
const patch = (text: string, base: Record<string, unknown> = config) => {
  const result = assign(base, text);
  expect(result.errors).toEqual([]);
  return result.patch;
};
const errors = (text: string) => {
  const result = assign(config, text);
  expect(result.config).toBe(config);
  expect(result.patch).toEqual({});
  return result.errors.join('\n');
};

describe('assign', () => {
  it('does what the reference’s example does', () => {
    const typed = assign(config, '-Dmetadata.instance=10 -Dmetadata.cpu=5');
    expect(typed).toMatchObject({
      patch: { metadata: { instance: 10, cpu: 5 } },
      set: [
        { path: 'metadata.instance', value: 10 },
        { path: 'metadata.cpu', value: 5 },
      ],
      errors: [],
      warnings: [],
    });
    expect(updateKind(config, typed.config).kind).toBe('rolling');
    expect(updateKind(config, assign(config, 'metadata.instance=10').config).kind).toBe('scale');
    expect(config.metadata).toEqual({ instance: 1, cpu: 1 });
  });

  it.each([
    ['metadata.cpu=0.5', { metadata: { cpu: 0.5 } }],
    ['metadata.enable_grpc=true', { metadata: { enable_grpc: true } }],
    ['metadata.resource=eas-r-1', { metadata: { resource: 'eas-r-1' } }],
    ['model_entry=42', { model_entry: '42' }],
    ['model_config="two words"', { model_config: 'two words' }],
    ["model_config='two words'", { model_config: 'two words' }],
    ['model_config=a=b', { model_config: 'a=b' }],
    ["model_config=it's metadata.cpu=2", { model_config: "it's", metadata: { cpu: 2 } }],
    ['token=""', { token: '' }],
    ['labels={"a": "b c"} metadata.cpu=2', { labels: { a: 'b c' }, metadata: { cpu: 2 } }],
    ['labels=\'{"a": "b"}\'', { labels: { a: 'b' } }],
    ['labels.team.name=7', { labels: { 'team.name': '7' } }],
    ['features.eas.aliyun.com/enable-rollout=true', { features: { 'eas.aliyun.com/enable-rollout': 'true' } }],
    ['autoscaler.strategies.qps=10', { autoscaler: { strategies: { qps: 10 } } }],
    ['containers[0].image=a:2', { containers: [{ image: 'a:2', port: 8000 }] }],
    ['containers[1]={"image":"b"}', { containers: [{ image: 'a:1', port: 8000 }, { image: 'b' }] }],
    ['metadata.cpu=1', {}],
    ['metadata.cpu=2 metadata.cpu=3', { metadata: { cpu: 3 } }],
    ['metadata.rolling_strategy.max_surge=10%', { metadata: { rolling_strategy: { max_surge: '10%' } } }],
    ['metadata.rolling_strategy.max_surge=3', { metadata: { rolling_strategy: { max_surge: 3 } } }],
  ])('types %s by the documents', (text, expected) => {
    expect(patch(text)).toEqual(expected);
  });

  it('writes rpc keys in the form found', () => {
    const flat = { metadata: { 'rpc.batching': false, 'eas.termination_grace_period': 30 } };
    expect(patch('metadata.rpc.batching=true', flat)).toEqual({ metadata: { 'rpc.batching': true } });
    expect(patch('metadata.rpc.keepalive=9', flat)).toEqual({ metadata: { 'rpc.keepalive': 9 } });
    expect(patch('metadata.eas.termination_grace_period=5', flat)).toEqual({
      metadata: { 'eas.termination_grace_period': 5 },
    });
    const nested = { metadata: { rpc: { batching: false } } };
    expect(patch('metadata.rpc.keepalive=9', nested)).toEqual({ metadata: { rpc: { keepalive: 9 } } });
    expect(patch('metadata.rpc.keepalive=9')).toEqual({ metadata: { rpc: { keepalive: 9 } } });
    expect(patch('metadata["rpc.keepalive"]=9')).toEqual({ metadata: { 'rpc.keepalive': 9 } });
  });

  it.each([
    ['', 'nothing to set'],
    ['metadata.cpu', 'is no assignment: write path=value'],
    ['metadata.cpu=', 'metadata.cpu has no value'],
    ['=5', 'without a path'],
    ['metadata..cpu=5', 'is no path'],
    ['[0]=5', 'must begin with a key'],
    ['metadata.cpu=many', 'metadata.cpu: the text "many" is not a number: write metadata.cpu=2'],
    ['metadata.cpu="5"', 'is not a number'],
    ['metadata.cpu=1e999', 'is not a number'],
    ['metadata.instance=1.5', 'is not a whole number'],
    ['metadata.rpc.batching=yes', 'is not true or false: write metadata.rpc.batching=true'],
    ['metadata=5', 'is not an object'],
    ['containers=a', 'is not a list'],
    ['metadata.cpu.cores=2', 'metadata.cpu is the number 1, not an object'],
    ['metadata[0]=2', 'metadata is an object, not a list'],
    ['containers[5].port=1', 'the next one is containers[1]'],
    ['model_config="a', 'a " is not closed'],
    ['labels={"a":1', 'a bracket is not closed'],
    ['metadata.cpu=2 metadata.gpu=x', 'metadata.gpu: the text "x"'],
  ])('refuses %j in words, and then applies nothing', (text, words) => {
    expect(errors(text)).toContain(words);
  });

  it.each([
    ['metadata.cpus=2', 'did you mean metadata.cpu?'],
    ['cpu=2', 'did you mean metadata.cpu?'],
    ['nothing.like.it=2', 'not a documented key'],
    ['metadata.instance=-1', 'at least 0'],
    ['metadata.gpu=500', 'at most 16'],
  ])('warns of %s', (text, words) => {
    const { errors: wrong, warnings } = assign(config, text);
    expect(wrong).toEqual([]);
    expect(warnings.join('\n')).toContain(words);
  });

  it('does not tell a secret', () => {
    expect(assign({ token: 'hunter2' }, 'token.inner=hunter3').errors.join('\n')).not.toMatch(/hunter/);
  });

  it('sets any number at any path, and its patch merges to the same', () => {
    const step = fc.oneof(
      fc.constantFrom('a', 'rpc.batching', '__proto__', 'constructor', 'x y', '"', ']'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 3 }), fc.integer(), (steps, number) => {
        const path: Path = ['zz', ...steps];
        const result = assign({ name: 'x' }, `${pathText(path)}=${number}`);
        expect(result.errors).toEqual([]);
        expect(valueAt(result.config, path)).toBe(number);
        expect(diffConfigs(merge({ name: 'x' }, result.patch), result.config)).toEqual([]);
      }),
    );
  });

  it('survives anything typed', () => {
    const typed = fc.array(
      fc.constantFrom('metadata', '.', 'cpu', '=', '"', "'", '[', ']', '{', '}', '0', ' ', '-D', '\\'),
    );
    fc.assert(
      fc.property(typed, (pieces) => {
        const result = assign(config, pieces.join(''));
        expect(result.errors.length > 0 || result.set.length > 0).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('templates and clones', () => {
  it('takes the name and the region', () => {
    const text = templateText('image', { name: 'mine', region: 'cn-beijing' });
    expect(JSON.parse(text)).toMatchObject({ name: 'mine' });
    expect(text).toContain('registry-vpc.cn-beijing.aliyuncs.com');
  });

  it('clones without what the server wrote', () => {
    const original = {
      metadata: { region: 'r', instance: 1, name: 'old', workspace_id: '7' },
      token: 'secret',
      name: 'old',
      generate_token: 'true',
    };
    expect(cloneText(original, 'new')).toBe(
      `${JSON.stringify({ name: 'new', metadata: { instance: 1, workspace_id: '7' }, generate_token: 'true' }, null, 2)}\n`,
    );
  });
});
