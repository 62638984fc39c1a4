import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../support/self-signed.ts';
import { launch, type Terminal } from '../support/terminal.ts';
import { command, type Fleet, fresh, open, openServices, rowOf, startFleet, underCursor } from './steps.ts';

const refresh = ['--refresh', '0.5'];

/** The rows are there, dim: they are old. */
function dimmed(terminal: Terminal, name: string): boolean {
  const y = terminal.screen().indexOf(rowOf(terminal, name));
  const x = terminal.line(y).indexOf(name);
  return y >= 0 && terminal.cell(x, y).dim;
}

/** The age that the header gives the services, in seconds; undefined while it calls them fresh. */
function ageIn(terminal: Terminal): number | undefined {
  const [, seconds] = /services (\d+)s ✗/.exec(terminal.text()) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

const retry = /✗ .*retry in \d+s · ctrl-r now/;

describe('while the service answers badly', () => {
  let fleet: Fleet;
  let terminal: Terminal;
  beforeAll(async () => {
    fleet = await startFleet('--seed', '7');
    // Wide, so that all that is said is seen.
    terminal = await launch({ cols: 260, rows: 30, args: [...fleet.args, ...refresh], env: fleet.env });
    await terminal.waitFor(fresh);
  });
  afterAll(async () => {
    await terminal.close();
    await fleet.close();
  });

  for (const [fault, code, words] of [
    ['denied', 'Forbidden.RAM', 'not authorized'],
    ['expired', 'InvalidSecurityToken.Expired', 'SecurityToken is expired'],
    ['skew', 'InvalidTimeStamp.Expired', 'clock'],
    ['throttle', 'Throttling.User', 'flow control'],
    ['5xx', 'ServiceUnavailable', 'temporary failure'],
    ['5xx=500', 'InternalError', 'unknown error'],
    ['garbage', 'GarbageAnswer', 'not its JSON'],
    ['half-json', 'GarbageAnswer', 'not its JSON'],
    ['html', 'HTTP 502', 'Bad Gateway'],
    ['reset', 'ECONNRESET', 'closed the connection'],
  ] as const) {
    test(`${fault}: the last good rows stay, the header says what is wrong, and it mends itself`, async () => {
      // Nothing that was asked before is still under way: what is good is older than this.
      await terminal.waitFor(fresh);
      await fleet.trouble(`${fault}:ListServices`);
      const from = performance.now();
      await terminal.waitFor((screen) => screen.includes(`✗ ${code} · retry in`));
      const said = terminal.screen().find((line) => retry.test(line));
      expect(said).toContain(code);
      expect(said).toContain(words);
      // What the service refused has an id to ask its people about.
      if (/^(denied|expired|skew|throttle|5xx)/.test(fault)) {
        const [, id] = /request ([0-9A-F-]{36})/i.exec(terminal.text()) ?? [];
        expect((await fleet.asked('ListServices')).map(({ requestId }) => requestId)).toContain(id);
      }
      await terminal.waitFor(() => dimmed(terminal, 'ctr_deepfm'));
      expect(terminal.text()).not.toMatch(/services \d+s ✓/);
      expect(terminal.text()).toContain('services(cn-shanghai)[15]');

      // Keys answer, and the age never falls behind the time since the last good answer.
      const before = underCursor(terminal);
      terminal.key(before.includes('ctr_deepfm') ? 'down' : 'up');
      await terminal.waitFor(() => underCursor(terminal) !== before && underCursor(terminal) !== '');
      let shown = 0;
      await terminal.waitFor(() => {
        const age = ageIn(terminal) ?? 0;
        expect(age).toBeGreaterThanOrEqual(shown);
        shown = age;
        return age >= 1 && age + 2 >= (performance.now() - from) / 1000;
      });

      await fleet.trouble();
      await terminal.waitFor((screen) => fresh.test(screen) && !retry.test(screen), { timeout: 20_000 });
      await terminal.waitFor(() => !dimmed(terminal, 'ctr_deepfm'));
    });
  }

  test('a read that takes its time does not hold up a key', async () => {
    await fleet.trouble('latency=1500:ListServices');
    await terminal.waitFor(/\d{4} ms/);
    for (let press = 0; press < 6; press++) {
      const [before, from] = [underCursor(terminal), performance.now()];
      terminal.key('down');
      await terminal.waitFor(() => underCursor(terminal) !== before);
      expect(performance.now() - from).toBeLessThan(1_000);
    }
    await fleet.trouble();
    await terminal.waitFor(fresh);
  });
});

describe('at 80x24', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet('--seed', '7');
  });
  afterEach(() => fleet.trouble());
  afterAll(() => fleet.close());

  test('throttled with a time: it waits that time, its age counts up, keys answer, ctrl-r asks at once', async () => {
    const terminal = await openServices({ on: fleet, args: refresh });
    await fleet.trouble('throttle=20000:ListServices');
    await terminal.waitFor(/✗ Throttling\.User · retry in (20|1\d)s · ctrl-r now/);
    const asked = (await fleet.asked('ListServices')).length;

    const ages: number[] = [];
    const age = (): number => {
      expect(terminal.text()).not.toMatch(/services \d+s ✓/);
      const [, seconds] = /services (\d+)s ✗/.exec(terminal.text()) ?? [];
      if (seconds !== undefined) ages.push(Number(seconds));
      return ages.at(-1) ?? 0;
    };
    terminal.key('down');
    await terminal.waitFor(() => underCursor(terminal).includes('fraud_detect'));
    terminal.key('/');
    await terminal.waitFor(/^\//m);
    terminal.type('rec');
    await terminal.waitFor('[2/15]');
    terminal.key('esc');
    await terminal.waitFor('[15]');
    await terminal.waitFor(() => age() >= 3);
    expect(ages).toEqual([...ages].sort((a, b) => a - b));
    expect((await fleet.asked('ListServices')).length).toBe(asked);

    await fleet.trouble();
    terminal.key('ctrl-r');
    await terminal.waitFor(fresh, { timeout: 3_000 });
  });

  test('to look at the help and come back does not cut the wait short', async () => {
    const terminal = await openServices({ on: fleet, args: refresh });
    await fleet.trouble('throttle=20000:ListServices');
    await terminal.waitFor(/✗ Throttling\.User · retry in/);
    const asked = (await fleet.asked('ListServices')).length;
    terminal.key('?');
    await terminal.waitFor(/─ help ─/);
    terminal.key('esc');
    await terminal.waitFor('services(cn-shanghai)');
    // The wait begins anew with each answer: 19 s are shown when a second has passed without one.
    await terminal.waitFor(/retry in 1[0-8]s/);
    expect((await fleet.asked('ListServices')).length).toBe(asked);
  });

  test('the request id can be read off the screen', async () => {
    const terminal = await openServices({ on: fleet, args: refresh });
    await fleet.trouble('denied:ListServices');
    await terminal.waitFor('✗ Forbidden.RAM');
    const ids = (await fleet.asked('ListServices')).map(({ requestId }) => requestId);
    expect(ids.some((id) => terminal.text().includes(id))).toBe(true);
  });

  test('a read that stalls is not shown as a good one', async () => {
    const terminal = await openServices({ on: fleet, args: refresh });
    await fleet.trouble('stall:ListServices');
    await terminal.waitFor(/services ([6-9]|1\d)s/);
    expect(terminal.text()).not.toMatch(/services \d+s ✓/);
  });

  test('a write that is refused says so, and the row goes back', async () => {
    const terminal = await openServices({ on: fleet, args: refresh });
    await fleet.trouble('denied:ScaleService');
    terminal.write('++\r');
    await terminal.waitFor(/✗ .*Forbidden\.RAM/);
    await terminal.waitFor(() => /✓ Running +3\/3/.test(rowOf(terminal, 'ctr_deepfm')));
    expect(await fleet.asked('ScaleService')).toHaveLength(1);
  });

  test('a refusal too long for the last line takes two, so that what is missing is read', async () => {
    const terminal = await openServices({ on: fleet, args: refresh });
    const row = (): string => rowOf(terminal, 'mnist_saved_model_exa');
    await terminal.waitFor(() => row().includes(' 3/3 '));
    await fleet.trouble('denied:UpdateServiceVersion');
    await command(terminal, 'version mnist_saved_model_example 2');
    await terminal.waitFor('version 2 will be sent');
    terminal.key('y');
    await terminal.waitFor('needs eas:UpdateServiceVersion for SubUser');
    const [above, last] = terminal.screen().slice(-2);
    expect(above).toMatch(/^✗ switch mnist_saved_model_example from version 3 to 2 failed · Forbidden\.RAM:$/);
    expect(last).toMatch(/^needs eas:UpdateServiceVersion for SubUser \d+: User not auth.*…$/);
    expect(row()).toContain(' 3/3 ');
    await fleet.trouble();
    await command(terminal, 'version mnist_saved_model_example 2');
    await terminal.waitFor('version 2 will be sent');
    terminal.key('y');
    await terminal.waitFor(() => row().includes(' 2/3 ') && /^└─+┘$/.test(terminal.screen().at(-2) ?? ''));
  });

  test('a write whose answer is lost is sent once and looked up', async () => {
    const terminal = await openServices({ on: fleet, args: refresh });
    const before = (await fleet.asked('ScaleService')).length;
    await fleet.trouble('lost:ScaleService');
    terminal.write('+\r');
    await terminal.waitFor(/unknown/);
    await terminal.waitFor(() => rowOf(terminal, 'ctr_deepfm').includes('/4'));
    expect((await fleet.asked('ScaleService')).length).toBe(before + 1);
  });

  test('a list that misses a row now and then loses none on the screen', async () => {
    await fleet.control('PUT', 'variants', { variants: ['list-misses'] });
    const terminal = await openServices({ on: fleet, args: refresh });
    // The first list may be one that misses a row: of it nobody can know.
    await terminal.waitFor('services(cn-shanghai)[15]');
    const from = (await fleet.asked('ListServices')).length;
    let seen = 0;
    let due = 0;
    await terminal.waitFor((screen) => {
      expect(screen).toContain('services(cn-shanghai)[15]');
      if (performance.now() > due) {
        due = performance.now() + 300;
        void fleet.asked('ListServices').then(({ length }) => {
          seen = length - from;
        });
      }
      return seen >= 6;
    });
    await fleet.control('PUT', 'variants', { variants: [] });
  });

  test('describe of a service whose reads fail says so, and comes back', async () => {
    const terminal = await openServices({ on: fleet, args: refresh });
    await fleet.trouble('5xx:DescribeService');
    terminal.key('d');
    await terminal.waitFor('ServiceUnavailable');
    await fleet.trouble();
    await terminal.waitFor('TotalInstance', { timeout: 20_000 });
    expect(terminal.text()).not.toContain('ServiceUnavailable');
  });
});

describe('from the start', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet('--seed', '7');
  });
  afterAll(() => fleet.close());

  for (const [what, env, args, ...words] of [
    ['a wrong secret', { ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'wrong' }, [], 'SignatureDoesNotMatch'],
    ['an unknown key', { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIunknown' }, [], 'InvalidAccessKeyId.NotFound'],
    ['nobody listening', {}, ['--endpoint', 'http://127.0.0.1:1'], 'ECONNREFUSED', '127.0.0.1:1'],
    ['a name that is not known', {}, ['--endpoint', 'eas.invalid'], 'cannot find the host eas.invalid'],
  ] as const) {
    test(`${what}: nothing is shown as read, the reason is, and it goes on`, async () => {
      const terminal = await open({ on: fleet, args: [...refresh, ...args], env });
      await terminal.waitFor('✗ never read', { timeout: 15_000 });
      expect(terminal.text()).toContain('services could not be read yet');
      for (const word of words) expect(terminal.text()).toContain(word);
      expect(terminal.text()).toMatch(retry);
      expect(terminal.text()).not.toMatch(/\[0\]|there are no services/);
      expect(terminal.bytes().includes('wrong')).toBe(false);
      // It is alive: it opens what needs no read.
      await command(terminal, 'help');
      await terminal.waitFor(/─ help ─/);
    });
  }

  test('a region that there is not, behind a proxy that does not find it', async () => {
    const proxy = createServer().on('connect', (_, socket) => void socket.end('HTTP/1.1 503 Unknown host\r\n\r\n'));
    onTestFinished(() => void proxy.close());
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const terminal = await open({
      cols: 160,
      args: ['--region', 'cn-shangai', ...refresh],
      env: { ...fleet.env, HTTPS_PROXY: `http://127.0.0.1:${port}` },
    });
    await terminal.waitFor('✗ never read');
    expect(terminal.text()).toContain('no region cn-shangai is known, cn-shanghai is: the proxy');
    expect(terminal.text()).toMatch(retry);
    terminal.key('?');
    await terminal.waitFor(/─ help ─/);
  });

  test('a certificate that nobody vouches for: no key is sent, and what would mend it is said', async () => {
    let asked = 0;
    const server = createSecureServer(selfSigned, () => void asked++);
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const args = ['--endpoint', `https://127.0.0.1:${port}`, '--region', 'cn-shanghai', ...refresh];
    const terminal = await open({ cols: 160, args, env: fleet.env });
    await terminal.waitFor('✗ never read');
    expect(terminal.text()).toMatch(
      /✗ DEPTH_ZERO_SELF_SIGNED_CERT · retry in \d+s · ctrl-r now · the certificate or TLS/,
    );
    expect(terminal.text()).toContain('NODE_EXTRA_CA_CERTS');
    terminal.key('?');
    await terminal.waitFor(/─ help ─/);
    expect(asked).toBe(0);
  });

  test('a service that takes its time from the start: it says that it is loading, and keys answer', async () => {
    await fleet.trouble('latency=4000:ListServices:1');
    const terminal = await open({ on: fleet, args: refresh });
    await terminal.waitFor('… loading');
    expect(terminal.text()).not.toMatch(/\[0\]|there are no services|✓/);
    terminal.key('?');
    await terminal.waitFor(/─ help ─/);
    terminal.key('esc');
    await terminal.waitFor('… loading');
    await terminal.waitFor(fresh, { timeout: 15_000 });
  });

  test('an endpoint that does not speak TLS', async () => {
    const terminal = await open({ on: fleet, args: ['--endpoint', fleet.endpoint.replace('http:', 'https:')] });
    await terminal.waitFor('✗ never read');
    expect(terminal.text()).toMatch(/TLS|SSL/);
  });
});

test('the service goes away and comes back: so do the rows', async () => {
  const flags = ['--seed', '7'];
  let fleet = await startFleet(...flags);
  try {
    const terminal = await openServices({ on: fleet, args: refresh });
    const { port } = new URL(fleet.endpoint);
    await fleet.close();
    await terminal.waitFor(/✗ ECONNREFUSED · retry in \d+s · ctrl-r now/);
    expect(rowOf(terminal, 'speech_asr')).toContain('2/2');
    expect(dimmed(terminal, 'speech_asr')).toBe(true);
    fleet = await startFleet(...flags, '--port', port);
    await terminal.waitFor((screen) => fresh.test(screen) && !retry.test(screen), { timeout: 20_000 });
    await terminal.waitFor(() => !dimmed(terminal, 'speech_asr'));
  } finally {
    await fleet.close();
  }
});
