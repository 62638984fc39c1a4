import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createUpload, receiptOf, type UploadProgress } from '../../src/api/upload/engine.ts';
import { createAliOss } from './oss-client.ts';
import { bucketName, finish, hastyClock, MiB, type Setting, setUp, until } from './setting.ts';

let s: Setting;
const loose: unknown[] = [];
const catchLoose = (reason: unknown) => loose.push(reason);
const printed: unknown[][] = [];
beforeEach(async () => {
  loose.length = 0;
  printed.length = 0;
  process.on('unhandledRejection', catchLoose);
  for (const name of ['warn', 'error', 'log'] as const) {
    vi.spyOn(console, name).mockImplementation((...args) => void printed.push(args));
  }
  s = await setUp();
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', catchLoose);
  vi.restoreAllMocks();
  // Of every test here: nothing rejected unseen, nothing on the console.
  expect(loose).toEqual([]);
  expect(printed).toEqual([]);
});

const faults = (...specs: string[]) => s.emulator.oss.faults.set(specs);

describe('one file', () => {
  it('goes up in parts, each with its Content-MD5, and is compared as a whole', async () => {
    const path = s.file('model.tar.gz', 5 * MiB + 17);
    const seen: UploadProgress[] = [];
    const upload = s.upload(path);
    upload.subscribe((progress) => seen.push(progress));
    const end = await finish(upload);
    expect([end.state, end.bytes, end.total, end.error]).toEqual(['done', 5 * MiB + 17, 5 * MiB + 17, undefined]);
    expect([end.parts, end.files]).toEqual([
      { done: 6, total: 6 },
      { done: 1, total: 1 },
    ]);
    expect(end.target).toBe(`oss://${bucketName}/models/model.tar.gz`);
    expect(s.object('models/model.tar.gz')).toMatchObject({ size: 5 * MiB + 17, parts: 6 });
    const sent = s.emulator.oss.requests().filter(({ operation }) => operation === 'UploadPart');
    expect(sent.map(({ md5, version }) => `${md5} ${version}`)).toEqual(Array(6).fill('true 4'));
    expect(s.count('HeadObject')).toBe(1);
    // Told in between, never backwards, from the same file as ali-oss would have sent.
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.map(({ bytes }) => bytes)).toEqual(seen.map(({ bytes }) => bytes).sort((a, b) => a - b));
    await createAliOss(s.emulator).multipartUpload('peer', path, { partSize: MiB });
    expect(s.object('peer')?.crc).toBe(s.object('models/model.tar.gz')?.crc);
    expect(readdirSync(s.checkpoints)).toEqual([]);
    expect(receiptOf(end)).toEqual([
      `[OK] oss target path: [oss://${bucketName}/models/model.tar.gz]`,
      'Succeed: Total num: 1, size: 5,242,897. OK num: 1(upload 1 files).',
    ]);
  });

  it.each([0, 1, 1000, MiB])('of %i bytes goes up in one request', async (size) => {
    const end = await finish(s.upload(s.file('small.json', size)));
    expect(end.state).toBe('done');
    expect(s.object('models/small.json')).toMatchObject({ size, parts: 0 });
    expect([s.count('PutObject'), s.count('HeadObject')]).toEqual([1, 1]);
  });

  it('takes the name the target gives, and signs by version 1 where asked', async () => {
    const path = s.file('a b/模型 100%+&?#.bin', 2 * MiB);
    const oss = s.access({ signature: 'v1' });
    expect((await finish(s.upload(path, { oss, target: `oss://${bucketName}/other name.bin` }))).state).toBe('done');
    expect((await finish(s.upload(path, { oss, target: `oss://${bucketName}` }))).state).toBe('done');
    expect(s.object('other name.bin')?.size).toBe(2 * MiB);
    expect(s.object('模型 100%+&?#.bin')?.size).toBe(2 * MiB);
    expect(s.emulator.oss.requests().every(({ version }) => version === 1)).toBe(true);
  });
});

describe('what breaks', () => {
  it('sends a part again that was cut, lost, refused in passing or throttled', async () => {
    faults('cut=300000:UploadPart:2', 'lost:UploadPart:1', '5xx:UploadPart:1', 'throttle:UploadPart:1');
    const waits: number[] = [];
    const end = await finish(s.upload(s.file('m.bin', 6 * MiB), { clock: hastyClock(waits) }));
    expect([end.state, end.bytes, end.waiting]).toEqual(['done', 6 * MiB, undefined]);
    expect(s.emulator.oss.faults.list().map(({ left }) => left)).toEqual([0, 0, 0, 0]);
    // One request may be struck by two of them.
    expect(waits.length).toBeGreaterThanOrEqual(3);
    expect(waits.every((ms) => ms >= 250 && ms <= 20_000)).toBe(true);
    expect(s.object('models/m.bin')?.size).toBe(6 * MiB);
  });

  it('gives up on a part after its tries, and goes on from there when told', async () => {
    const path = s.file('m.bin', 6 * MiB);
    const upload = s.upload(path, { attempts: 3, parallel: 1 });
    faults('5xx:CompleteMultipartUpload:3');
    const failed = await finish(upload);
    expect([failed.state, failed.error?.kind]).toEqual(['failed', 'server']);
    const sent = s.arrived();
    upload.resume();
    const end = await upload.settled();
    expect([end.state, end.resumed, s.arrived()]).toEqual(['done', 6 * MiB, sent]);
  });

  it('catches a flipped byte on the way by Content-MD5 and says so', async () => {
    faults('flip:UploadPart:1');
    const end = await finish(s.upload(s.file('m.bin', 3 * MiB)));
    expect(end.state).toBe('done');
    expect(end.notes.join()).toMatch(/part \d arrived damaged and is sent again/);
    expect(s.emulator.oss.requests().some(({ code }) => code === 'InvalidDigest')).toBe(true);
  });

  it('catches a byte that flipped in the store by the ETag of the part', async () => {
    faults('rot:UploadPart:1');
    const end = await finish(s.upload(s.file('m.bin', 3 * MiB)));
    expect(end.state).toBe('done');
    expect(end.notes.join()).toMatch(/part \d arrived damaged/);
  });

  it('catches a whole that is damaged by its CRC-64, and sends all of it anew', async () => {
    faults('rot:CompleteMultipartUpload:1');
    const upload = s.upload(s.file('m.bin', 3 * MiB));
    const end = await finish(upload);
    expect([end.state, end.error?.code]).toEqual(['failed', 'Damaged']);
    expect(end.error?.message).toMatch(/damaged in OSS: its CRC-64 is \d+ there and \d+ here/);
    upload.resume();
    expect((await upload.settled()).state).toBe('done');
    expect(s.count('UploadPart')).toBe(6);
  });

  it('catches a small file that rots', async () => {
    faults('rot:PutObject');
    const end = await finish(s.upload(s.file('m.json', 1000), { attempts: 2 }));
    expect([end.state, end.error?.code]).toEqual(['failed', 'Damaged']);
  });

  it('starts anew when OSS forgets the upload', async () => {
    faults('no-upload:UploadPart:1');
    const end = await finish(s.upload(s.file('m.bin', 4 * MiB)));
    expect([end.state, end.bytes, end.parts]).toEqual(['done', 4 * MiB, { done: 4, total: 4 }]);
    expect(end.notes).toContain('OSS no longer knows the upload that was begun; it starts anew');
    expect(s.count('InitiateMultipartUpload')).toBe(2);
  });

  it('does not believe in an upload that OSS forgets again and again', async () => {
    faults('no-upload:UploadPart');
    const end = await finish(s.upload(s.file('m.bin', 4 * MiB)));
    expect([end.state, end.error?.code]).toEqual(['failed', 'NoSuchUpload']);
    expect(s.count('InitiateMultipartUpload')).toBe(3);
  });

  it('looks at the result when the answer to the completion is lost', async () => {
    faults('lost:CompleteMultipartUpload:1');
    const end = await finish(s.upload(s.file('m.bin', 2 * MiB)));
    expect([end.state, end.error]).toEqual(['done', undefined]);
    expect(s.count('CompleteMultipartUpload')).toBe(2);
    expect(s.count('InitiateMultipartUpload')).toBe(1);
  });

  it('gives up on a line that is silent, and tries again', async () => {
    faults('silent:InitiateMultipartUpload:1');
    const end = await finish(s.upload(s.file('m.bin', 2 * MiB), { oss: s.access({ stallMs: 300 }) }));
    expect(end.state).toBe('done');
    expect(s.count('InitiateMultipartUpload')).toBe(2);
  });

  it('does not give up on a line that is merely slow', async () => {
    faults('slow=20:UploadPart');
    const end = await finish(s.upload(s.file('m.bin', 2 * MiB), { oss: s.access({ stallMs: 300 }) }));
    expect([end.state, s.count('UploadPart')]).toEqual(['done', 2]);
  });

  const refusals: [string, string, string, RegExp][] = [
    ['a bucket that is not there', 'oss://no-such-bucket/x/', 'missing', /there is no bucket no-such-bucket/],
    ['a bucket that may not be written', 'oss://eas-locked-cn-shanghai/x/', 'denied', /needs oss:PutObject/],
    ['a bucket elsewhere', 'oss://eas-demo-cn-beijing/x/', 'invalid', /eas-demo-cn-beijing is not in cn-shanghai/],
  ];
  it.each(refusals)('says in words: %s', async (_, target, kind, text) => {
    for (const size of [1000, 2 * MiB]) {
      const end = await finish(s.upload(s.file('m.bin', size), { target }));
      expect([end.state, end.error?.kind]).toEqual(['failed', kind]);
      expect(end.error?.message).toMatch(text);
    }
    expect(s.emulator.oss.requests()).toHaveLength(2);
  });

  it('says in words: no such host, nobody there, wrong clock, wrong secret, wrong region', async () => {
    const path = s.file('m.bin', 1000);
    const end = async (more: Parameters<Setting['access']>[0]) =>
      (await finish(s.upload(path, { oss: s.access(more), attempts: 2 }))).error;
    expect((await end({ endpoint: 'http://127.0.0.1:9' }))?.message).toMatch(/ECONNREFUSED/);
    faults('skew:PutObject:1');
    expect((await end({}))?.message).toMatch(/clock is more than 15 minutes wrong/);
    const wrong = { accessKeyId: s.emulator.accessKeyId, accessKeySecret: 'not-the-secret' };
    const failed = await end({ credentials: { describe: () => '', get: async () => wrong } });
    expect([failed?.kind, failed?.code]).toEqual(['auth', 'SignatureDoesNotMatch']);
    expect(failed?.message).not.toContain(s.emulator.accessKeyId);
    expect((await end({ region: 'cn-beijing' }))?.message).toMatch(/Invalid signing region/);
    expect(() => s.access({ region: 'Mars!' })).toThrow(/not a region id/);
    expect(() => s.access({ endpoint: 'http://oss.example.com' })).toThrow(/use https/);
  });

  it('sends nothing in read-only mode', async () => {
    const end = await finish(s.upload(s.file('m.bin', 10), { readOnly: () => true }));
    expect([end.state, end.error?.kind]).toEqual(['failed', 'readonly']);
    expect(s.emulator.oss.requests()).toEqual([]);
  });
});

describe('keys that are renewed', () => {
  function renewing() {
    const { emulator } = s;
    const given: string[] = [];
    let number = 0;
    const issue = () => {
      number += 1;
      const key = {
        accessKeyId: `STS.NU${number}`,
        accessKeySecret: `secret-${number}-x`,
        securityToken: `CAIS-${number}-x`,
      };
      emulator.oss.keys.push(key);
      return key;
    };
    let current = issue();
    return {
      given,
      expire() {
        for (const key of emulator.oss.keys) if (key.accessKeyId === current.accessKeyId) key.expired = true;
        current = issue();
      },
      source: {
        describe: () => 'renewing',
        async get() {
          given.push(current.accessKeyId);
          return current;
        },
      },
    };
  }

  it('go on with the new token when the old one expires in the middle', async () => {
    const keys = renewing();
    const upload = s.upload(s.file('m.bin', 8 * MiB), { oss: s.access({ credentials: keys.source }), parallel: 2 });
    faults('slow=2:UploadPart');
    upload.start();
    await until(() => s.count('UploadPart') >= 2, 'two parts');
    keys.expire();
    const end = await upload.settled();
    expect([end.state, end.error]).toEqual(['done', undefined]);
    const used = new Set(s.emulator.oss.requests().map(({ accessKeyId }) => accessKeyId));
    expect(used).toContain('STS.NU2');
    expect(keys.given.length).toBeGreaterThan(8);
  });

  it('are told apart from a token that stays expired', async () => {
    faults('expired:UploadPart');
    const end = await finish(s.upload(s.file('m.bin', 2 * MiB)));
    expect([end.state, end.error?.kind]).toEqual(['failed', 'auth']);
    expect(end.error?.message).toMatch(/the STS token has expired/);
    expect(s.count('UploadPart')).toBeLessThan(10);
    expect(s.pending()).toBe(1);
  });
});

describe('pause, resume and cancel', () => {
  it('pauses, keeps what has arrived and goes on with it', async () => {
    const path = s.file('m.bin', 8 * MiB);
    const upload = s.upload(path, { parallel: 2 });
    faults('slow=4:UploadPart');
    upload.start();
    await until(() => upload.progress().parts.done >= 2, 'two parts done');
    await upload.pause();
    const paused = upload.progress();
    expect(paused.state).toBe('paused');
    faults();
    upload.resume();
    const end = await upload.settled();
    expect([end.state, end.bytes]).toEqual(['done', 8 * MiB]);
    expect(end.resumed).toBeGreaterThanOrEqual(2 * MiB);
    // The two that were on their way may have arrived unheard.
    expect(s.arrived()).toBeLessThanOrEqual(10);
    expect(s.count('InitiateMultipartUpload')).toBe(1);
  });

  it('cancels one of two and leaves the other; nothing of the first is left behind', async () => {
    faults('slow=4:UploadPart');
    const [first, second] = [s.upload(s.file('a.bin', 8 * MiB)), s.upload(s.file('b.bin', 4 * MiB))];
    first.start();
    second.start();
    await until(() => first.progress().parts.done >= 1 && second.progress().bytes > 0, 'both under way');
    await first.cancel();
    expect(first.progress().state).toBe('cancelled');
    expect((await second.settled()).state).toBe('done');
    expect(s.object('models/a.bin')).toBeUndefined();
    expect(s.object('models/b.bin')?.size).toBe(4 * MiB);
    expect(s.pending()).toBe(0);
    expect(readdirSync(s.checkpoints)).toEqual([]);
  });

  it('cancels a paused and a failed one, and says when the abort is refused', async () => {
    const upload = s.upload(s.file('a.bin', 4 * MiB), { attempts: 1 });
    faults('5xx:CompleteMultipartUpload', '5xx:AbortMultipartUpload:9');
    expect((await finish(upload)).state).toBe('failed');
    await upload.cancel();
    expect(upload.progress().state).toBe('cancelled');
    expect(upload.progress().notes.join()).toMatch(/could not be aborted .* listed among the leftovers/);
    expect(s.pending()).toBe(1);
    faults();
    const [left] = await s.oss.listLeftovers(bucketName);
    expect(left).toMatchObject({ key: 'models/a.bin', size: 4 * MiB, parts: 4 });
    expect(Math.abs((left?.initiated ?? 0) - Date.now())).toBeLessThan(60_000);
    if (left) await s.oss.abortLeftover(bucketName, left);
    if (left) await s.oss.abortLeftover(bucketName, left);
    expect(await s.oss.listLeftovers(bucketName)).toEqual([]);
  });

  it('does nothing twice: starts, pauses, cancels and resumes in any order', async () => {
    const upload = s.upload(s.file('a.bin', 2 * MiB));
    upload.resume();
    await upload.pause();
    upload.start();
    expect(upload.progress().state).toBe('paused');
    upload.resume();
    upload.resume();
    await Promise.all([upload.pause(), upload.cancel(), upload.cancel()]);
    expect(['cancelled', 'done']).toContain(upload.progress().state);
    upload.resume();
    upload.start();
    await upload.cancel();
    expect(['cancelled', 'done']).toContain(upload.progress().state);
  });
});

describe('checkpoints', () => {
  async function stopped(size = 8 * MiB): Promise<string> {
    const path = s.file('m.bin', size);
    const upload = s.upload(path, { parallel: 1 });
    faults('slow=4:UploadPart');
    upload.start();
    await until(() => upload.progress().parts.done >= 3, 'three parts done');
    await upload.pause();
    faults();
    return path;
  }

  /** The numbers of the parts that were taken in, in that order. */
  const parts = (): number[] =>
    s.emulator.oss
      .requests()
      .filter(({ operation, status }) => operation === 'UploadPart' && status === 200)
      .map(({ query }) => Number(query['partNumber']));
  const distinct = (numbers: readonly number[]): number[] => [...new Set(numbers)].toSorted((a, b) => a - b);

  it('are readable by their owner alone and hold no file contents and no keys', async () => {
    await stopped();
    const [name = ''] = readdirSync(s.checkpoints);
    const file = join(s.checkpoints, name);
    expect([statSync(file).mode & 0o777, statSync(s.checkpoints).mode & 0o777]).toEqual([0o600, 0o700]);
    const text = readFileSync(file, 'utf8');
    expect(Object.keys(JSON.parse(text))).toEqual(
      'version kind path size mtimeMs bucket key uploadId partSize parts at'.split(' '),
    );
    expect(text).not.toContain(s.emulator.accessKeySecret);
    expect(JSON.parse(text).parts.length).toBeGreaterThanOrEqual(3);
  });

  it('are gone on with by another upload of the same file to the same place', async () => {
    const path = await stopped();
    const sent = parts().length;
    const end = await finish(s.upload(path));
    // The one that was on its way when it was stopped may arrive unheard: then it is not sent again.
    expect([end.state, distinct(parts())]).toEqual(['done', [1, 2, 3, 4, 5, 6, 7, 8]]);
    expect(Math.min(...parts().slice(sent))).toBeGreaterThan(3);
    expect([3 * MiB, 4 * MiB]).toContain(end.resumed);
  });

  it('refuse a file that was written to, and begin anew when told, aborting the old one', async () => {
    const path = await stopped();
    appendFileSync(path, 'more');
    const upload = s.upload(path);
    const refused = await finish(upload);
    expect([refused.state, refused.error?.code, refused.error?.kind]).toEqual(['failed', 'FileChanged', 'conflict']);
    expect(refused.error?.message).toMatch(/had 8388608 bytes and has 8388612 now/);
    upload.resume({ anew: true });
    const end = await upload.settled();
    expect([end.state, end.resumed, s.pending()]).toEqual(['done', 0, 0]);
  });

  it('that began anew are gone on with after a pause, like any other', async () => {
    const path = await stopped();
    appendFileSync(path, 'more');
    const upload = s.upload(path, { parallel: 1 });
    expect((await finish(upload)).error?.code).toBe('FileChanged');
    faults('slow=4:UploadPart');
    upload.resume({ anew: true });
    await until(() => upload.progress().parts.done >= 3, 'three parts done');
    await upload.pause();
    faults();
    upload.resume();
    const end = await upload.settled();
    expect([end.state, s.count('InitiateMultipartUpload'), s.pending()]).toEqual(['done', 2, 0]);
    expect(end.resumed).toBeGreaterThanOrEqual(3 * MiB);
  });

  it('say when what was sent before cannot be aborted', async () => {
    const path = await stopped();
    faults('denied:AbortMultipartUpload');
    const end = await finish(s.upload(path, { anew: true }));
    expect([end.state, s.pending()]).toEqual(['done', 1]);
    expect(end.notes.join()).toMatch(/could not be aborted; it is listed among the leftovers of eas-demo-cn-shanghai/);
  });

  it('refuse a file of the same size with another time', async () => {
    const path = await stopped();
    const { mtime } = statSync(path);
    utimesSync(path, mtime, new Date(mtime.getTime() + 1000));
    expect((await finish(s.upload(path))).error?.code).toBe('FileChanged');
    expect((await finish(s.upload(path, { anew: true }))).state).toBe('done');
  });

  it('notice a file that changes, shrinks or vanishes while it is sent', async () => {
    const changes: [(path: string) => void, string][] = [
      [(path) => appendFileSync(path, 'x'), 'FileChanged'],
      [(path) => writeFileSync(path, ''), 'FileChanged'],
      [(path) => rmSync(path), 'FileUnreadable'],
    ];
    for (const [change, code] of changes) {
      const path = s.file('changing.bin', 12 * MiB);
      const upload = s.upload(path, { parallel: 1, anew: true });
      faults('slow=3:UploadPart');
      upload.start();
      await until(() => upload.progress().parts.done >= 1, 'a part done');
      change(path);
      faults();
      const end = await upload.settled();
      expect([end.state, end.error?.code]).toEqual(['failed', code]);
      expect(s.object('models/changing.bin')).toBeUndefined();
      // Told before all of it has gone.
      expect(upload.progress().parts.done).toBeLessThan(12);
      await upload.cancel();
    }
    expect(s.pending()).toBe(0);
  });

  it('begin anew, and say so, when the upload is dead on the server', async () => {
    const path = await stopped();
    s.emulator.oss.store.bucket(bucketName).uploads.clear();
    const end = await finish(s.upload(path));
    expect([end.state, end.resumed]).toEqual(['done', 0]);
    expect(end.notes).toContain('OSS no longer knows the upload that was begun; it starts anew');
  });

  it('believe the server about parts: what it lost or holds otherwise is sent again', async () => {
    const path = await stopped();
    const [upload] = [...s.emulator.oss.store.bucket(bucketName).uploads.values()];
    const second = upload?.parts.get(2);
    upload?.parts.delete(1);
    if (second) upload?.parts.set(2, { ...second, md5: '0'.repeat(32) });
    const sent = parts().length;
    const end = await finish(s.upload(path));
    const again = distinct(parts().slice(sent));
    expect([end.state, again.slice(0, 2), again.includes(3)]).toEqual(['done', [1, 2], false]);
  });

  it('take over parts that arrived after the last writing, once compared with the file', async () => {
    const path = await stopped();
    const [name = ''] = readdirSync(s.checkpoints);
    const file = join(s.checkpoints, name);
    const checkpoint = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...checkpoint, parts: checkpoint.parts.slice(0, 1) }));
    const sent = parts().length;
    const end = await finish(s.upload(path));
    expect(end.state).toBe('done');
    expect(Math.min(...parts().slice(sent))).toBeGreaterThan(3);
    expect([3 * MiB, 4 * MiB]).toContain(end.resumed);
  });

  it.each(['', '{', '{"version":1}', '[]', '{"version":1,"kind":"file","path":"x","bucket":"b","key":"k","at":1}'])(
    'that cannot be read (%j) count for nothing',
    async (text) => {
      const path = await stopped();
      const [name = ''] = readdirSync(s.checkpoints);
      writeFileSync(join(s.checkpoints, name), text);
      const end = await finish(s.upload(path));
      expect([end.state, end.resumed]).toEqual(['done', 0]);
    },
  );

  it('that cannot be written do not stop the upload; it is said', async () => {
    const blocked = s.file('not-a-folder', 3);
    const end = await finish(s.upload(s.file('m.bin', 2 * MiB), { checkpoints: join(blocked, 'x') }));
    expect(end.state).toBe('done');
    expect(end.notes.join()).toMatch(/the checkpoint cannot be written \(ENOTDIR\)/);
  });
});

describe('targets', () => {
  it.each([
    '',
    'bucket/x',
    'oss://',
    'oss://UPPER/x',
    'oss://b/x',
    'oss://good-bucket/a/../b',
    'oss://good-bucket/a\nb',
  ])('refuses %j', (target) => {
    expect(() => createUpload({ oss: s.oss, path: 'x', target })).toThrow(/not a target|name of a bucket|its name/);
  });

  it('lists buckets, those of the region first', async () => {
    const buckets = await s.oss.listBuckets();
    expect(buckets.map(({ name, region }) => `${name} ${region}`)).toEqual([
      'eas-demo-cn-shanghai cn-shanghai',
      'eas-locked-cn-shanghai cn-shanghai',
      'eas-demo-cn-beijing cn-beijing',
    ]);
  });
});
