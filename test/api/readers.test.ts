import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAutoScaler, readCronScaler } from '../../src/api/autoscalers.ts';
import { readContainer } from '../../src/api/containers.ts';
import contract from '../../src/api/contract/eas-2021-07-01.json' with { type: 'json' };
import { readEvent } from '../../src/api/events.ts';
import { readGroup } from '../../src/api/groups.ts';
import { readInstance, readNodeWorker } from '../../src/api/instances.ts';
import { readRegion } from '../../src/api/regions.ts';
import { readResourceGroup } from '../../src/api/resource-groups.ts';
import { readDiagnosis, readEndpoints, readService } from '../../src/api/services.ts';
import { readVersion, versionId } from '../../src/api/versions.ts';
import { readWorker } from '../../src/api/workers.ts';

type Type = { type?: string; ref?: string; items?: Type; values?: unknown; example?: string };
const schemas = contract.schemas as unknown as Record<string, Record<string, Type>>;

/** A value of a type as the contract's own examples have it. */
function example(type: Type): unknown {
  if (type.ref) return exampleOf(type.ref);
  if (type.type === 'array') return type.items ? [example(type.items)] : [];
  if (type.type === 'number') return Number(type.example ?? 1);
  if (type.type === 'boolean') return type.example === 'true';
  if (type.type === 'map') return {};
  return type.example ?? 'text';
}

function exampleOf(schema: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schemas[schema] ?? {}).map(([name, type]) => [name, example(type)]));
}

const readers: [string, (wire: unknown) => object, string][] = [
  ['service', readService, 'Service'],
  ['worker', readWorker, 'Instance'],
  ['container', readContainer, 'ContainerInfo'],
  ['version', (wire) => readVersion(wire, 0), 'ListServiceVersionsResponseBodyVersions'],
  ['event', readEvent, 'DescribeServiceEventResponseBodyEvents'],
  ['resource group in a list', readResourceGroup, 'Resource'],
  ['resource group described', readResourceGroup, 'DescribeResourceResponseBody'],
  ['instance', readInstance, 'ResourceInstance'],
  ['worker on a node', readNodeWorker, 'ResourceInstanceWorker'],
  ['group', readGroup, 'Group'],
  ['region', readRegion, 'DescribeRegionsResponseBodyRegions'],
  ['autoscaler', readAutoScaler, 'DescribeServiceAutoScalerResponseBody'],
  ['cron scaler', readCronScaler, 'DescribeServiceCronScalerResponseBody'],
  ['endpoints', readEndpoints, 'DescribeServiceEndpointsResponseBody'],
  ['diagnosis', readDiagnosis, 'DescribeServiceInstanceDiagnosisResponseBodyDiagnosis'],
];

/** "Execution succeeded." */
const notice = 'DescribeServiceEndpointsResponseBody.Message';

/** Envelope, and fields without an example that says anything: those have tests of their own below. */
const envelope = ['RequestId', 'LastState', 'ExtraData', 'Behavior', 'InstanceCountInResource'];

/** Every value within, except the row as it came. */
function* leaves(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) for (const element of value) yield* leaves(element);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) if (name !== 'raw' && name !== 'lastState') yield* leaves(inner);
  } else yield value;
}

describe.each(readers)('a %s', (_, read, schema) => {
  const fields = Object.keys(schemas[schema] ?? {});

  it.each(fields.filter((name) => !envelope.includes(name) && `${schema}.${name}` !== notice))(
    'has its %s read',
    (name) => {
      const value = exampleOf(schema)[name];
      expect([...leaves(read({ [name]: value }))]).not.toEqual([...leaves(read({}))]);
    },
  );

  it('never throws and never holds NaN, whatever is in its fields', () => {
    const wild = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('NaN', 'null', '{"a":', '-', '9'.repeat(400), '2021-13-99T99:99:99Z'),
    );
    const row = fc.dictionary(fc.constantFrom(...fields), wild);
    fc.assert(
      fc.property(fc.oneof(row, fc.jsonValue(), fc.constant(undefined)), (wire) => {
        for (const leaf of leaves(read(wire))) {
          expect(['string', 'number', 'boolean', 'undefined']).toContain(typeof leaf);
          expect(leaf).not.toBeNaN();
        }
      }),
    );
  });
});

it('reads what the contract says in more than one way', () => {
  expect(readService({ InstanceCountInResource: { Public: 2 } }).instanceCountInResource.public).toBe(2);
  expect(readService({ ExtraData: '{"blue_green_services":["a","a_9c16"]}' }).blueGreenServices).toEqual([
    'a',
    'a_9c16',
  ]);
  expect(readWorker({ LastState: { reason: 'OOMKilled' } }).lastState).toEqual([{ reason: 'OOMKilled' }]);
  expect(readWorker({ StartAt: '2021-05-27T09:46:05Z' }).startTime).toBe(Date.UTC(2021, 4, 27, 9, 46, 5));
  expect(readResourceGroup({ ExtraData: { vpc_id: 'v' } }).network.vpcId).toBe('v');
  expect(readResourceGroup({ ExtraData: '{"vpc_id":"v"}', ServiceCount: '3' })).toMatchObject({ serviceCount: 3 });
  expect(readInstance({ InstanceMemory: '62240M', InstanceGpuMemory: '16G' })).toMatchObject({
    memory: 62_240,
    gpuMemory: 16_384,
  });
  const behavior = { scaleDown: { stabilizationWindowSeconds: 150 } };
  expect(readAutoScaler({ Behavior: { behavior } }).scaleDownWindow).toBe(150);
  expect(readAutoScaler({ Behavior: behavior }).scaleDownWindow).toBe(150);
});

it('tells versions apart by number and time of building, as far as there are any', () => {
  const BuildTime = '2022-08-29T22:02:14Z';
  expect(versionId(readVersion({ ImageId: 4, BuildTime }, 7))).toBe(`4@${Date.parse(BuildTime)}`);
  expect(versionId(readVersion({}, 7))).toBe('@#7');
});

describe('the message of an event', () => {
  it.each([
    ['JSON in text', '{"versionId":"2","message":"done"}', 'done', 2],
    ['escaped once more', '{\\"versionId\\":1,\\"message\\":\\"done\\"}', 'done', 1],
    ['cut off', '{"versionId":1,"mess', '{"versionId":1,"mess', undefined],
    ['plain text', 'back-off restarting', 'back-off restarting', undefined],
  ])('%s', (_, Message, message, versionId) => {
    expect(readEvent({ Message })).toMatchObject({ message, versionId });
  });
});
