import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEmulator, type Emulator } from '../../emulator/server.ts';
import { type AliOss, createAliOss } from './oss-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'eas-oss-'));
const file = join(folder, 'model 模型 100%.tar.gz');
const content = randomBytes(700_000);
beforeAll(() => writeFileSync(file, content));
afterAll(() => rmSync(folder, { recursive: true }));

let emulator: Emulator;
beforeEach(async () => {
  emulator = await createEmulator({ services: 1, seed: 3 });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await emulator.close();
});

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex').toUpperCase();
const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'accepted',
    (error: { status?: number; code?: string }) => `${error.status} ${error.code}`,
  );

describe.each([1, 4])('ali-oss signing by version %i', (version) => {
  const open = (more: Record<string, unknown> = {}): AliOss =>
    createAliOss(emulator, { authorizationV4: version === 4, ...more });

  it('puts, heads and deletes an object whose name needs encoding', async () => {
    const client = open();
    const name = "dir with space/模型+100%&=?#'(1)*!~.bin";
    const put = await client.put(name, content);
    expect(put.res.headers.etag).toBe(`"${md5(content)}"`);
    const head = await client.head(name);
    expect(head.res.headers['content-length']).toBe('700000');
    expect(head.res.headers['x-oss-hash-crc64ecma']).toBe(put.res.headers['x-oss-hash-crc64ecma']);
    expect([...emulator.oss.store.bucket('eas-demo-cn-shanghai').objects.keys()]).toEqual([name]);
    await client.delete(name);
    expect(await refusal(client.head(name))).toBe('404 NoSuchKey');
    expect(emulator.oss.requests().every((request) => request.version === version)).toBe(true);
  });

  it('uploads a file in parts, with the CRC-64 of the whole', async () => {
    const client = open();
    const whole = await client.put('whole', content);
    const sent = await client.multipartUpload('in parts', file, { partSize: 102_400, parallel: 3 });
    expect(sent.etag).toMatch(/^"[0-9A-F]{32}-7"$/);
    const head = await client.head('in parts');
    expect(head.res.headers['x-oss-hash-crc64ecma']).toBe(whole.res.headers['x-oss-hash-crc64ecma']);
    expect(head.res.headers['content-length']).toBe('700000');
  });

  it('lists uploads and parts page by page, and aborts', async () => {
    const client = open();
    const { uploadId } = await client.initMultipartUpload('a/模型');
    await client.initMultipartUpload('b');
    for (const number of [1, 2, 3]) {
      await client.uploadPart('a/模型', uploadId, number, file, (number - 1) * 102_400, number * 102_400);
    }
    const first = await client.listParts('a/模型', uploadId, { 'max-parts': 2 });
    expect(first.parts.map((part: { PartNumber: string }) => part.PartNumber)).toEqual(['1', '2']);
    expect([first.isTruncated, first.nextPartNumberMarker]).toEqual(['true', '2']);
    const second = await client.listParts('a/模型', uploadId, { 'part-number-marker': 2 });
    expect([second.parts.PartNumber, second.parts.Size]).toEqual(['3', '102400']);
    expect(second.parts.ETag).toBe(`"${md5(content.subarray(204_800, 307_200))}"`);
    const page = await client.listUploads({ 'max-uploads': 1 });
    expect([page.uploads[0].name, page.isTruncated]).toEqual(['a/模型', true]);
    const rest = await client.listUploads({ 'key-marker': page.nextKeyMarker });
    expect(rest.uploads.map((upload: { name: string }) => upload.name)).toEqual(['b']);
    await client.abortMultipartUpload('a/模型', uploadId);
    expect(await refusal(client.listParts('a/模型', uploadId))).toBe('404 NoSuchUpload');
  });

  it('lists buckets with their regions', async () => {
    const { buckets } = await open({ bucket: undefined }).listBuckets({ 'max-keys': 10 });
    expect(buckets.map(({ name, region }: { name: string; region: string }) => `${name} ${region}`)).toEqual([
      'eas-demo-cn-beijing oss-cn-beijing',
      'eas-demo-cn-shanghai oss-cn-shanghai',
      'eas-locked-cn-shanghai oss-cn-shanghai',
    ]);
  });

  it('refuses a wrong secret, an unknown key and a missing or wrong token', async () => {
    expect(await refusal(open({ accessKeySecret: 'wrong' }).head('x'))).toBe('403 SignatureDoesNotMatch');
    expect(await refusal(open({ accessKeyId: 'LTAI-nobody' }).head('x'))).toBe('403 InvalidAccessKeyId');
    const { accessKeyId, accessKeySecret, securityToken } = emulator.sts;
    expect(await refusal(open({ accessKeyId, accessKeySecret }).head('x'))).toBe('403 AccessDenied');
    const more = { accessKeyId, accessKeySecret, refreshSTSToken: async () => ({}) };
    expect(await refusal(open({ ...more, stsToken: 'CAISwrong' }).head('x'))).toBe('403 InvalidSecurityToken');
    expect(await refusal(open({ ...more, stsToken: securityToken }).put('x', content))).toBe('accepted');
    for (const key of emulator.oss.keys) key.expired = key.accessKeyId === accessKeyId;
    expect(await refusal(open({ ...more, stsToken: securityToken }).head('x'))).toBe('403 SecurityTokenExpired');
  });

  it('refuses a clock that is wrong', async () => {
    emulator.oss.faults.set(['skew:PutObject']);
    expect(await refusal(open().put('x', content))).toBe('403 RequestTimeTooSkewed');
  });

  it('refuses a body that is not what its Content-MD5 says', async () => {
    emulator.oss.faults.set(['flip:PutObject:1']);
    expect(await refusal(open().put('x', content))).toBe('400 InvalidDigest');
    expect(await refusal(open().put('x', content))).toBe('accepted');
  });
});

describe('the emulated OSS', () => {
  it('refuses another region in the signature, and a bucket that is elsewhere, locked or nowhere', async () => {
    const bucket = (name: string, region = 'oss-cn-shanghai') => createAliOss(emulator, { bucket: name, region });
    expect(await refusal(bucket('eas-demo-cn-shanghai', 'oss-cn-beijing').put('x', content))).toBe(
      '400 InvalidArgument',
    );
    expect(await refusal(bucket('eas-demo-cn-shanghai', 'oss-cn-shanghai-internal').put('x', content))).toBe(
      '400 InvalidArgument',
    );
    expect(await refusal(bucket('eas-demo-cn-beijing').put('x', content))).toBe('403 AccessDenied');
    expect(await refusal(bucket('eas-locked-cn-shanghai').put('x', content))).toBe('403 AccessDenied');
    expect(await refusal(bucket('no-such-bucket').put('x', content))).toBe('404 NoSuchBucket');
  });

  it('refuses to complete with parts that are wrong, out of order or too small', async () => {
    const client = createAliOss(emulator);
    const { uploadId } = await client.initMultipartUpload('x');
    const part = async (number: number, size: number) => {
      const { etag } = await client.uploadPart('x', uploadId, number, file, 0, size);
      return { number, etag };
    };
    const [first, small, last] = [await part(1, 102_400), await part(2, 1000), await part(3, 1000)];
    const complete = (parts: unknown[]) => refusal(client.completeMultipartUpload('x', uploadId, parts));
    expect(await complete([first, { ...last, etag: '"00"' }])).toBe('400 InvalidPart');
    expect(await complete([first, small, last])).toBe('400 EntityTooSmall');
    expect(await complete([])).toBe('400 MalformedXML');
    expect(await refusal(client.uploadPart('x', uploadId, 10_001, file, 0, 1000))).toBe('400 InvalidArgument');
    expect(await complete([first, last])).toBe('accepted');
    expect(await complete([first, last])).toBe('404 NoSuchUpload');
  });

  it('breaks connections, loses answers and forgets uploads when told to', async () => {
    // The library's own HTTP client, which the program does without, tells the console of every broken connection.
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const client = createAliOss(emulator);
    const { uploadId } = await client.initMultipartUpload('x');
    const send = () => refusal(client.uploadPart('x', uploadId, 1, file, 0, 700_000));
    emulator.oss.faults.set(['cut=100000:UploadPart:1', 'lost:UploadPart:1', '5xx:UploadPart:1', 'no-upload:1']);
    expect(await send()).toMatch(/^-1 /);
    expect(emulator.oss.store.bucket('eas-demo-cn-shanghai').uploads.get(uploadId)?.parts.size).toBe(0);
    emulator.oss.faults.set(['lost:UploadPart:1']);
    expect(await send()).toMatch(/^-1 /);
    expect(emulator.oss.store.bucket('eas-demo-cn-shanghai').uploads.get(uploadId)?.parts.size).toBe(1);
    emulator.oss.faults.set(['5xx:UploadPart:1', 'no-upload:UploadPart:1']);
    expect(await send()).toBe('503 InternalError');
    expect(await send()).toBe('404 NoSuchUpload');
  });

  it('keeps rotten bytes apart from flipped ones: only the sums tell', async () => {
    const client = createAliOss(emulator);
    const good = await client.put('x', content);
    emulator.oss.faults.set(['rot:PutObject:1']);
    const rotten = await client.put('x', content);
    expect(rotten.res.headers.etag).not.toBe(good.res.headers.etag);
    expect(rotten.res.headers['x-oss-hash-crc64ecma']).not.toBe(good.res.headers['x-oss-hash-crc64ecma']);
  });

  it('computes the CRC-64 that is published for "123456789"', async () => {
    const { res } = await createAliOss(emulator).put('x', Buffer.from('123456789'));
    expect(res.headers['x-oss-hash-crc64ecma']).toBe('11051210869376104954');
  });
});
