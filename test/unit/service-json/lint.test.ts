import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LintMode, lint } from '../../../src/service-json/lint.ts';
import { documentOf, parseServiceJson } from '../../../src/service-json/parse.ts';
import { serviceSchema } from '../../../src/service-json/schema.ts';
import { templates, templateText } from '../../../src/service-json/template.ts';
import { createExample, describedConfig, networkConfig, ossFragment } from './seed-json.ts';

const good = { name: 'demo', model_path: 'http://host/m.tar.gz', processor: 'pmml', metadata: { instance: 1, cpu: 1 } };
const said = (value: unknown, mode: LintMode = 'create') =>
  lint(documentOf(value), { mode }).map(({ severity, path, text }) => `${severity} ${path}: ${text}`);
const withMetadata = (metadata: object) => ({ ...good, metadata: { instance: 1, cpu: 1, ...metadata } });

describe('lint', () => {
  it.each([
    [createExample, 'create'],
    [describedConfig, 'create'],
    [createExample, 'release'],
    [describedConfig, 'modify'],
    [ossFragment, 'modify'],
    [networkConfig, 'network'],
  ] as const)('passes the JSON of the reference without an error: %s as %s', (text, mode) => {
    const errors = lint(parseServiceJson(text), { mode }).filter(({ severity }) => severity === 'error');
    expect(errors).toEqual([]);
  });

  it('has nothing to say of the first example', () => {
    expect(lint(parseServiceJson(createExample), { mode: 'create' })).toEqual([]);
    expect(said(good)).toEqual([]);
  });

  it.each(templates.map(({ id }) => id))('passes the template %s', (id) => {
    const findings = lint(parseServiceJson(templateText(id)), { mode: 'create' });
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(findings.filter(({ path }) => path !== 'model_path')).toEqual([]);
  });

  it('gives errors first, with line and column', () => {
    const text = '{\n  "nam": "x",\n  "metadata": {\n    "cpu": "two"\n  }\n}';
    const findings = lint(parseServiceJson(text), { mode: 'create' });
    expect(findings.map(({ severity, line, column }) => `${severity} ${line}:${column}`)).toEqual([
      'error 1:1',
      'error 4:12',
      'warning 1:1',
      'warning 2:3',
      'warning 3:3',
    ]);
    expect(findings[3]?.text).toBe('unknown key "nam": did you mean "name"?');
  });

  it('gives bad JSON as its only finding, with its place', () => {
    expect(lint(parseServiceJson('{"name": demo}'), { mode: 'create' })).toEqual([
      expect.objectContaining({ severity: 'error', line: 1, column: 10, path: '' }),
    ]);
    expect(said([1])).toEqual(['error : expected an object, { … }, found a list']);
  });

  it.each([
    ['create', true],
    ['release', true],
    ['modify', false],
  ] as const)('needs a name to %s: %s', (mode, needed) => {
    const { name: _, ...nameless } = good;
    expect(said(nameless, mode).some((text) => text.startsWith('error') && text.includes('name'))).toBe(needed);
    expect(said({ ...nameless, metadata: { name: 'demo', instance: 1 } }, mode)).toEqual([]);
  });

  it.each([
    [{ instance: 'two' }, 'error metadata.instance: metadata.instance must be a whole number, but is the text "two"'],
    [{ cpu: '2' }, 'write 2 without quotes'],
    [{ instance: 1.5 }, 'must be a whole number, but is the number 1.5: write 2'],
    [{ memory: [] }, 'error metadata.memory: metadata.memory must be a whole number, but is a list'],
    [{ rpc: { batching: 'yes' } }, 'error metadata.rpc.batching'],
    [{ 'rpc.keepalive': '5s' }, 'error metadata."rpc.keepalive"'],
    [{ resource: 7 }, 'write "7"'],
    [{ cpu: null }, 'error metadata.cpu: metadata.cpu must be a number, but is null'],
  ])('calls a wrong type an error: %j', (metadata, words) => {
    const found = said(withMetadata(metadata));
    expect(found.filter((text) => text.startsWith('error'))).toHaveLength(1);
    expect(found[0]).toContain(words);
  });

  it('takes booleans as text, and null only as a question when modifying', () => {
    expect(said(withMetadata({ rpc: { batching: 'true' }, enable_grpc: 'false' }))).toEqual([]);
    expect(said({ metadata: { gpu: null } }, 'modify')[0]).toMatch(/^warning metadata\.gpu: .*not documented/);
  });

  it('never shows the value of a secret', () => {
    const found = said({ ...good, token: 12345678, dockerAuth: 87654321 }).join('\n');
    expect(found).toContain('token must be a text');
    expect(found).not.toMatch(/12345678|87654321/);
  });

  it.each([
    [{ ...good, cpu: 2 }, 'unknown key "cpu": it is known in metadata, not here'],
    [withMetadata({ instances: 2 }), 'did you mean "instance"?'],
    [withMetadata({ processor: 'x' }), 'it is known at the top, not here'],
    [withMetadata({ 'rpc.batchin': true }), 'did you mean "rpc.batching"?'],
    [withMetadata({ rpc: { keep_alive: 5 } }), 'did you mean "keepalive"?'],
    [{ ...good, zzzzzz: 1 }, 'it is not documented'],
    [{ ...good, 'metadata.cpu': 1 }, 'write { "metadata": { "cpu": … } }'],
    [{ ...good, containers: [{ image: 'i', imge: 'j' }] }, 'did you mean "image"?'],
    [
      { ...good, autoscaler: { min: 1, max: 2, scale_strategies: [] } },
      'silently ignored in autoscaler: write "scaleStrategies"',
    ],
    [{ ...good, autoscaler: { scaleStrategies: [{ metric_name: 'qps', threshold: 1 }] } }, 'write "metricName"'],
    [{ ...good, autoscaler: { min: 3, max: 2 } }, 'autoscaler.min 3 is more than max 2'],
    [{ ...good, name: 'My-Service' }, 'such as my_service'],
    [{ ...good, name: 'ab' }, '3 to 63'],
    [{ ...good, name: 'a'.repeat(64) }, '3 to 63'],
    [{ ...good, metadata: { ...good.metadata, name: 'other' } }, 'keep one'],
    [{ ...good, model_path: 'oss://bucket/model/' }, 'oss_endpoint'],
    [{ ...good, model_path: './model' }, 'only eascmd test'],
    [{ ...good, model_path: 'ftp://host/m.zip' }, 'no address that is known'],
    [{ ...good, model_path: 'http://host/m.bin' }, 'archive'],
    [{ ...good, model_path: 'oss://b/m', oss_endpoint: 'https://oss-cn-beijing.aliyuncs.com' }, 'host without scheme'],
    [
      { ...good, processor_path: 'http://host/p.zip', processor_type: 'cpp', processor_entry: 'l.so' },
      'keep one of them',
    ],
    [{ ...good, processor_type: 'ruby' }, 'known are cpp, java, python'],
    [{ name: 'abc', metadata: { instance: 1 } }, 'neither model_path nor containers'],
    [{ name: 'abc', model_path: 'oss://b/m', oss_endpoint: 'h' }, 'metadata is missing'],
    [withMetadata({ instance: -1 }), 'at least 0'],
    [withMetadata({ memory: 16 }), 'for GB write 16384'],
    [withMetadata({ cpu: 0 }), 'needs cores'],
    [withMetadata({ gpu: 99 }), 'at most 16'],
    [withMetadata({ workers: 5, rpc: { worker_threads: 6 } }), 'mean the same but differ'],
    [withMetadata({ workers: 5, 'rpc.worker_threads': 6 }), 'mean the same but differ'],
    [withMetadata({ 'rpc.batching': true, rpc: { batching: false } }), 'keep one'],
    [withMetadata({ rpc: { max_batch_size: 4 } }), 'only with rpc.batching true'],
    [withMetadata({ release: true }), 'create -r'],
    [{ ...good, containers: [{ image: 'i', port: 8080 }] }, 'port 8080 is reserved'],
    [{ ...good, containers: [{ image: 'i', port: 9090 }] }, 'port 9090 is reserved'],
    [{ ...good, features: { 'eas.aliyun.com/enable-rollout': true } }, 'write "true" in double quotes'],
    [{ ...good, cloud: { networking: { destination_cidrs: '10.224.3.0/24' } } }, 'overlaps 10.224.0.0/16'],
    [withMetadata({ traffic_state: 'alone' }), 'known are standalone, grouping'],
  ])('warns of %j', (config, words) => {
    const found = said(config);
    expect(found.filter((text) => text.startsWith('error'))).toEqual([]);
    expect(found.join('\n')).toContain(words);
  });

  it.each([
    [withMetadata({ traffic_state: 'Standalone' })],
    [withMetadata({ 'rpc.batching': true, 'rpc.max_batch_size': 4 })],
    [withMetadata({ rpc: { batching: true, max_batch_size: 4 }, workers: 5 })],
    [withMetadata({ 'eas.termination_grace_period': 30, 'scheduling.spread.policy': 'zone' })],
    [withMetadata({ eas: { termination_grace_period: 30 }, scheduling: { spread: { policy: 'host' } } })],
    [{ ...good, labels: { anything: 'x' }, features: { 'some.where/key': 'true' } }],
    [{ ...good, autoscaler: { min: 1, max: 5, strategies: { my_metric: 10 } } }],
    [{ ...good, cloud: { networking: { destination_cidrs: '192.168.0.0/16,172.16.0.0/12' } } }],
    [{ ...good, containers: [{ image: 'i', port: 8000, something_new: 1 }] }],
  ])('has nothing to say of %j', (config) => {
    expect(said(config)).toEqual([]);
  });

  it.each([
    ['cpp', 'processor_entry'],
    ['python', 'processor_entry'],
    ['java', 'processor_mainclass'],
  ])('knows what processor_type %s needs', (type, needed) => {
    const own = { name: 'abc', metadata: { instance: 1 }, processor_path: 'oss://b/p', processor_type: type };
    expect(said(own)).toEqual([expect.stringContaining(`needs ${needed}`)]);
    expect(said({ ...own, [needed]: 'x' })).toEqual([]);
    expect(said({ processor_type: type }, 'modify')).toEqual([]);
  });

  it('checks the network of a resource group', () => {
    const network = { Action: 'create', VSwitchId: 'vsw-1', SecurityGroupId: 'sg-1' };
    expect(said(network, 'network')).toEqual([]);
    expect(said({ Action: 'delete' }, 'network')).toEqual([]);
    expect(said({ Action: 'create' }, 'network')).toHaveLength(2);
    expect(said({ ...network, DestinationCIDR: '10.0.0.0/8' }, 'network')[0]).toContain('10.0.0.0/8 is a range');
    expect(said({ ...network, DestinationCIDR: '10.1.0.0/16' }, 'network')[0]).toContain('overlaps 10.0.0.0/8');
    expect(said({ ...network, DestinationCIDR: '11.0.0.0/8' }, 'network')).toEqual([]);
    expect(said({ ...network, DestinationCidr: '1.0.0.0/8' }, 'network')[0]).toContain(
      'did you mean "DestinationCIDR"',
    );
  });

  it('survives any JSON, and points into the text', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom<LintMode[]>('create', 'release', 'modify', 'network'),
        (value, mode) => {
          const text = JSON.stringify(
            { metadata: value, autoscaler: value, containers: [value], name: value },
            null,
            1,
          );
          const lines = text.split('\n').length;
          for (const finding of lint(parseServiceJson(text), { mode })) {
            expect(finding.line).toBeLessThanOrEqual(lines);
            expect(finding.text).not.toBe('');
          }
        },
      ),
    );
  });

  // Every parameter of the tables of the eascmd reference: what it takes, what it does not, and what it needs beside it.
  it.each<[string, unknown, unknown, object?]>([
    ['name', 'demo', 7],
    ['token', 'x', 7],
    ['generate_token', 'true', 'maybe'],
    ['model_path', 'http://host/m.zip', 7],
    ['oss_endpoint', 'oss-cn-beijing.aliyuncs.com', 7],
    ['model_entry', 'm.pb', 7],
    ['model_config', 'any text', 7],
    ['processor', 'tensorflow_cpu', 7],
    ['processor_path', 'oss://b/p.tar.gz', 7, { processor_type: 'cpp', processor_entry: 'l.so' }],
    ['processor_entry', 'app.py', 7],
    ['processor_mainclass', 'com.aliyun.Test', 7],
    ['processor_type', 'cpp', 7, { processor_path: 'oss://b/p.tar.gz', processor_entry: 'l.so' }],
    ['metadata.workers', 5, 'five'],
    ['metadata.instance', 2, 'two'],
    ['metadata.cpu', 2, 'two'],
    ['metadata.gpu', 1, 'one'],
    ['metadata.resource', 'eas-r-6dbzve8ip0xnzte5rp', 7],
    ['metadata.rpc.batching', true, 'maybe'],
    ['metadata.rpc.keepalive', 5000, '5s'],
    ['metadata.rpc.io_threads', 4, 'x'],
    ['metadata.rpc.max_batch_size', 16, 'x'],
    ['metadata.rpc.max_batch_timeout', 50, 'x'],
    ['metadata.rpc.max_queue_size', 64, 'x'],
    ['metadata.rpc.worker_threads', 5, 'x'],
  ])('knows %s, in each form it may have', (path, right, wrong, beside = {}) => {
    const batching = path.includes('max_batch') ? { batching: true } : {};
    const [, inner, rpc] = path.split('.');
    const of = (value: unknown): object[] => {
      if (inner === undefined) {
        const { processor: _, ...own } = good;
        return [{ ...(/^processor_/.test(path) ? own : good), ...beside, [path]: value }];
      }
      if (rpc === undefined) return [withMetadata({ [inner]: value })];
      const flat = Object.entries({ ...batching, [rpc]: value }).map(([key, one]) => [`rpc.${key}`, one]);
      return [withMetadata({ rpc: { ...batching, [rpc]: value } }), withMetadata(Object.fromEntries(flat))];
    };
    for (const config of of(right)) expect(said(config), JSON.stringify(config)).toEqual([]);
    for (const config of of(wrong)) expect(said(config).join(), JSON.stringify(config)).toMatch(/^error /);
  });

  it.each(['tar.gz', 'tgz', 'tar', 'bz2', 'zip', 'TAR.GZ', 'zip?sign=x'])(
    'takes a model over http as .%s',
    (ending) => {
      for (const scheme of ['http', 'https'])
        expect(said({ ...good, model_path: `${scheme}://host/models%2Fm.${ending}` })).toEqual([]);
    },
  );

  it.each(['oss://b/folder/', 'oss://b/m.tar.gz'])('takes a model in OSS with its endpoint: %s', (model_path) => {
    expect(said({ ...good, model_path, oss_endpoint: 'oss-cn-beijing.aliyuncs.com' })).toEqual([]);
  });

  it('describes each key once', () => {
    const paths = serviceSchema.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
  });
});
