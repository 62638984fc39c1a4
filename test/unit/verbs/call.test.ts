import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPredictor, PredictError, readPredictUrl } from '../../../src/api/predict.ts';
import { bodyLines, callSections, curlOf, explain, hexLines, percentile } from '../../../src/screens/predict.ts';
import { readWish } from '../../../src/state/verbs/call.ts';
import { type Live, openOn } from './live.ts';

const name = 'mnist_saved_model_example';
const tokenOf = (live: Live): string => live.emulator.model.services.get(name)?.token ?? '';
const called = (live: Live) => live.emulator.requests().filter(({ path }) => path.startsWith('/api/predict/'));

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe(':call', () => {
  it('sends JSON with the token and shows status, time, headers and body', async () => {
    const live = await openOn();
    live.command(`call ${name} -d {"x": [1, 2]}`);
    const said = await live.page('call', /Status: 200/);
    expect(said).toMatch(/Took: \d/);
    expect(said).toMatch(/"outputs": \[/);
    expect(said).toMatch(/content-type: application\/json/);
    expect(called(live)).toMatchObject([{ method: 'POST', status: 200 }]);
  });

  it('never shows the token until asked, and its curl stands for it with a variable', async () => {
    const live = await openOn();
    live.command(`call ${name} -g`);
    const said = await live.page('call', /Status: 200/);
    expect(said).not.toContain(tokenOf(live));
    expect(said).toContain('$EAS_TOKEN');
    live.press('t');
    expect(await live.page('call', /curl .*Authorization: /)).toContain(tokenOf(live));
    live.press('t');
    await live.page('call', /\$EAS_TOKEN/);
  });

  it.each([401, 404, 408, 429, 450, 499, 503, 504])('explains a %i', async (status) => {
    const live = await openOn();
    live.command(`call ${name} -d {"emulate":{"status":${status}}}`);
    const said = await live.page('call', new RegExp(`Status: ${status}: `));
    expect(said).toContain(explain(status)[1] ?? explain(status)[0]);
  });

  it('shows bytes in hex, from a file', async () => {
    const live = await openOn();
    const file = join(mkdtempSync(join(tmpdir(), 'call-')), 'request.pb');
    writeFileSync(file, Buffer.from([0, 1, 2, 0xff, 0x41]));
    live.command(`call ${name} -f ${file}`);
    const said = await live.page('call', /Status: 200/);
    expect(said).toMatch(/00000000 {2}0a 00 00 01 02 ff 41/);
    expect(said).toContain(`--data-binary @${file}`);
  });

  it('repeats, and tells p50, p95 and how often each status came', async () => {
    const live = await openOn();
    live.command(`call ${name} -n 20 -g`);
    const said = await live.page('call', /Repeated 20 of 20 times\n/);
    expect(said).toMatch(/p50: \d/);
    expect(said).toMatch(/p95: \d/);
    expect(said).toMatch(/200: 20 ×/);
    live.press('R');
    await live.answer('5');
    await live.page('call', /Repeated 5 of 5 times\n/);
    expect(called(live)).toHaveLength(25);
  });

  it('stops repeating when told, and when its page is left', async () => {
    const live = await openOn({ latency: 0 });
    const slow = '{"emulate":{"status":200,"ms":50}}';
    live.command(`call ${name} -n 1000 -d ${slow}`);
    await live.page('call', /Repeated [1-9]\d* of 1000 times …/);
    live.press('s');
    await live.page('call', /Repeated \d+ of 1000 times\n/);
    const stopped = called(live).length;
    expect(stopped).toBeLessThan(900);
    live.press('R');
    await live.answer('1000');
    await live.until('more calls', () => called(live).length > stopped);
    live.press('esc');
    const left = called(live).length;
    const from = Date.now();
    await live.until('a while to pass', () => Date.now() - from > 400);
    expect(called(live).length).toBeLessThanOrEqual(left + 1);
  });

  it('is answered 503 by a service that is stopped, and says why', async () => {
    const live = await openOn();
    live.command('call nightly_report_scorer -g');
    expect(await live.page('call', /Status: 503/)).toMatch(/stopped, starting/);
  });

  it('says that a host does not resolve', async () => {
    const live = await openOn();
    live.emulator.model.dataPlane = 'http://1234.vpc.cn-shanghai.nowhere.invalid';
    live.command(`call ${name} -g`);
    expect(await live.page('call', /does not resolve/)).toMatch(/inside its VPC/);
  });

  it('of a service nobody knows sends nothing', async () => {
    const live = await openOn();
    live.command('call nobody -g');
    await live.until('the reason', ({ prompt }) => /nobody/.test(prompt?.error ?? ''));
    expect(called(live)).toEqual([]);
  });

  it('opens a menu of bodies from the table', async () => {
    const live = await openOn();
    await live.moveTo(name);
    await live.pressWhenOn('i');
    await live.until('the menu', ({ menu }) => menu?.items.length === 4);
    live.press('enter');
    await live.answer('[1]');
    await live.page('call', /Status: 200/);
  });

  it('is off in read-only mode: nothing leaves', async () => {
    const live = await openOn({}, { readonly: true });
    live.command(`call ${name} -g`);
    await live.until('the reason', ({ prompt, messages }) =>
      /read-only/.test(`${prompt?.error} ${messages.at(-1)?.text}`),
    );
    expect(called(live)).toEqual([]);
  });
});

describe('a predictor', () => {
  const call = (url: string, more: object = {}) => ({
    url,
    method: 'POST' as const,
    token: 'secret-token',
    body: Buffer.from('x'),
    contentType: 'text/plain',
    timeoutMs: 5_000,
    ...more,
  });
  const predictor = (readOnly = false) => {
    const made = createPredictor({ now: () => performance.now(), readOnly: () => readOnly });
    onTestFinished(() => made.close());
    return made;
  };

  it('sends the token as it is, without a scheme', async () => {
    const seen: unknown[] = [];
    const url = await listen((request, response) => {
      seen.push(request.headers.authorization, request.headers['content-type'], request.url);
      response.end('ok');
    });
    await predictor().send(call(`${url}/api/predict/a%20b?x=1`));
    expect(seen).toEqual(['secret-token', 'text/plain', '/api/predict/a%20b?x=1']);
  });

  it('sends nothing in read-only mode', async () => {
    let hits = 0;
    const url = await listen((_, response) => {
      hits++;
      response.end();
    });
    await expect(predictor(true).send(call(url))).rejects.toMatchObject({ kind: 'read-only' });
    expect(hits).toBe(0);
  });

  it('follows no redirect: the token stays where it was meant for', async () => {
    let stolen = 0;
    const other = await listen((_, response) => {
      stolen++;
      response.end();
    });
    const url = await listen((_, response) => response.writeHead(302, { location: other }).end());
    expect(await predictor().send(call(url))).toMatchObject({ status: 302 });
    expect(stolen).toBe(0);
    expect(explain(302)[0]).toMatch(/not followed/);
  });

  it('gives up after the time limit, and when told, in words without the token', async () => {
    const url = await listen(() => undefined);
    const late = await predictor()
      .send(call(url, { timeoutMs: 50 }))
      .catch((error: unknown) => error);
    expect(late).toMatchObject({ kind: 'timeout' });
    const told = new AbortController();
    const sending = predictor().send(call(url, { signal: told.signal }));
    told.abort();
    await expect(sending).rejects.toMatchObject({ kind: 'aborted' });
    expect(String(late)).not.toContain('secret-token');
  });

  it('keeps no more of a body than can be shown', async () => {
    const url = await listen((_, response) => response.end(Buffer.alloc(9 * 1024 * 1024)));
    const { body, cut } = await predictor().send(call(url));
    expect([body.length, cut]).toEqual([8 * 1024 * 1024, true]);
  });

  it('says who does not listen, and who breaks off', async () => {
    await expect(predictor().send(call('http://127.0.0.1:1'))).rejects.toMatchObject({ kind: 'refused' });
    const url = await listen((request) => request.socket.destroy());
    await expect(predictor().send(call(url))).rejects.toMatchObject({ kind: 'network' });
  });

  it.each(['ftp://a/b', 'file:///etc/passwd', 'nonsense', 'http://user:pw@a/b'])('refuses the address %s', (url) => {
    expect(() => readPredictUrl(url)).toThrow(PredictError);
    expect(() => readPredictUrl(url)).not.toThrow(/pw/);
  });
});

describe('what is shown of a call', () => {
  const sent = {
    service: 's',
    url: 'http://h/api/predict/s',
    method: 'POST' as const,
    token: 'T',
    contentType: 'application/json',
  };

  it('is a curl line that sends the same', () => {
    const body = new TextEncoder().encode(`{"a":"it's"}`);
    expect(curlOf({ ...sent, body }, true)).toBe(
      `curl -sS -i -H 'Authorization: T' -H 'Content-Type: application/json' --data-binary '{"a":"it'\\''s"}' http://h/api/predict/s`,
    );
    expect(curlOf({ ...sent, body }, false)).toContain('"Authorization: $EAS_TOKEN"');
    expect(curlOf({ ...sent, body: new Uint8Array([0]) }, false)).toContain('@body.bin');
    expect(curlOf({ ...sent, body: new TextEncoder().encode('@/etc/passwd') }, false)).not.toContain('@/etc/passwd');
    expect(curlOf({ ...sent, method: 'GET', body: undefined }, false)).not.toContain('-X');
  });

  it('is JSON indented, text as it is, and bytes in hex', () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    expect(bodyLines(bytes('{"a":1}'))).toEqual({ kind: 'JSON', lines: ['{', '  "a": 1', '}'] });
    expect(bodyLines(bytes('{"a":'))).toEqual({ kind: 'text', lines: ['{"a":'] });
    expect(bodyLines(new Uint8Array([0xff, 0xfe]))).toMatchObject({ kind: 'binary' });
    expect(bodyLines(bytes('\u001b[31m'))).toMatchObject({ kind: 'binary' });
    expect(bodyLines(new Uint8Array())).toEqual({ kind: 'empty', lines: [] });
    expect(hexLines(bytes('{"a":1}0123456789'), 99)).toEqual([
      '00000000  7b 22 61 22 3a 31 7d 30 31 32 33 34 35 36 37 38  |{"a":1}012345678|',
      '00000010  39                                               |9|',
    ]);
  });

  it('counts by nearest rank', () => {
    expect(percentile([], 0.5)).toBeUndefined();
    expect(percentile([9], 0.95)).toBe(9);
    expect(percentile([5, 1, 3, 2, 4], 0.5)).toBe(3);
    expect(
      percentile(
        Array.from({ length: 100 }, (_, i) => i + 1),
        0.95,
      ),
    ).toBe(95);
  });

  it('says that a service gives no token', () => {
    const [section] = callSections({ ...sent, token: undefined, body: undefined }, {}, false).toReversed();
    expect(JSON.stringify(section)).toContain('no token');
  });
});

describe('what :call takes', () => {
  it.each([
    [['a', '-d', '{"x":', '1}'], { name: 'a', text: '{"x": 1}' }],
    [['a', '-n', '5', '-t', '9', '--vpc', '-f', 'b.json'], { repeat: 5, seconds: 9, vpc: true, file: 'b.json' }],
  ])('%j is read', (args, wish) => expect(readWish(args)).toMatchObject(wish));

  it.each([
    [['a', 'b'], /one word too many/],
    [['a', '-n', '0'], /-n takes a number/],
    [['a', '-t'], /-t takes a number/],
    [['a', '-x'], /"-x" is none of/],
    [['a', '-f'], /takes a file/],
    [['a', '-e', '-g'], /not several/],
  ])('%j is refused', (args, words) => expect(readWish(args)).toMatch(words));
});
