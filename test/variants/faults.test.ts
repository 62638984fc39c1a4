import { expect, test } from 'vitest';
import type { faultHelp } from '../../emulator/faults.ts';
import { createEmulator, type Emulator } from '../../emulator/server.ts';
import { type LiveCockpit, openLive } from './live-cockpit.ts';
import { mainJourney, mnist, scaleToFive, well } from './main-journey.ts';

async function withCockpit(run: (cockpit: LiveCockpit, emulator: Emulator) => Promise<void>): Promise<void> {
  const emulator = await createEmulator({ seed: 7, speed: 30, strict: true });
  const cockpit = await openLive(emulator);
  try {
    await run(cockpit, emulator);
  } finally {
    await cockpit.close();
    await emulator.close();
  }
}

/** Trouble while reading: what it is called and how often it strikes; a read is tried three times before it is told. */
const reading: Readonly<Record<keyof typeof faultHelp, { readonly spec: string; readonly told: string | undefined }>> =
  {
    latency: { spec: 'latency=100:DescribeService', told: undefined },
    throttle: { spec: 'throttle=300:ListServices:3', told: 'Throttling.User' },
    '5xx': { spec: '5xx:ListServices:3', told: 'ServiceUnavailable' },
    denied: { spec: 'denied:ListServices:1', told: 'Forbidden.RAM' },
    conflict: { spec: 'conflict:ListServices:1', told: 'Conflict' },
    expired: { spec: 'expired:ListServices:1', told: 'InvalidSecurityToken.Expired' },
    skew: { spec: 'skew:ListServices:1', told: 'InvalidTimeStamp.Expired' },
    reset: { spec: 'reset:ListServices:3', told: 'closed the connection' },
    lost: { spec: 'lost:ListServices:3', told: 'closed the connection' },
    stall: { spec: 'stall:DescribeService:1', told: undefined },
    silent: { spec: 'silent:DescribeService:1', told: undefined },
    garbage: { spec: 'garbage:ListServices:3', told: '' },
    html: { spec: 'html:ListServices:3', told: 'HTTP 502' },
    'half-json': { spec: 'half-json:ListServices:3', told: '' },
    shrinking: { spec: 'shrinking:ListServices:6', told: undefined },
    huge: { spec: 'huge=20:ListServices:2', told: undefined },
  };

for (const [kind, { spec, told }] of Object.entries(reading)) {
  test.concurrent(`the main journey in spite of ${kind} while reading`, async () => {
    await withCockpit(async (cockpit, emulator) => {
      const { length } = cockpit.state().sources['services{}']?.rows ?? [];
      emulator.faults.set([spec]);
      if (told !== undefined) {
        await cockpit.until('the trouble', ({ sources }) => {
          const { trouble, rows } = sources['services{}'] ?? {};
          // What was read last stays, and is told from what is new.
          return trouble && `${trouble.code} ${trouble.text}`.includes(told) && rows?.length === length;
        });
        await cockpit.until('the end of it', ({ sources }) => sources['services{}']?.trouble === undefined);
      }
      const ends = await mainJourney(cockpit);
      for (const [step, words] of Object.entries(well)) expect(ends[step as keyof typeof well]).toMatch(words);
      expect(emulator.faults.list()[0]?.struck).toBeGreaterThan(0);
    });
  });
}

/** What the answers were lost of is read from the service, never sent a second time. */
const unknown = /^scale \S+ 2→5: no answer came, outcome unknown; looking it up · /;

for (const kind of ['lost', 'reset', 'stall', 'silent', 'garbage', 'half-json', 'html'] as const) {
  test.concurrent(`scaling whose answer is ${kind} is looked up and not sent again`, async () => {
    await withCockpit(async (cockpit, emulator) => {
      emulator.faults.set([`${kind}:ScaleService:1`]);
      const from = cockpit.messages().length;
      await cockpit.moveTo(mnist);
      await cockpit.pressWhenOn('+');
      cockpit.press('+', '+', 'enter');
      const first = await cockpit.told(/scale/, from);
      expect(first).toMatch(unknown);
      await cockpit.told(/^scaled \S+ 2→5 in /, from);
      expect(emulator.requests().filter(({ operation }) => operation === 'ScaleService')).toHaveLength(1);
    });
  }, 40_000);
}

for (const [kind, code] of [
  ['denied', 'Forbidden.RAM'],
  ['conflict', 'Conflict'],
  ['expired', 'InvalidSecurityToken.Expired'],
  ['skew', 'InvalidTimeStamp.Expired'],
  ['throttle', 'Throttling.User'],
] as const) {
  test.concurrent(`scaling that is refused by ${kind} says so, and works when it is asked again`, async () => {
    await withCockpit(async (cockpit, emulator) => {
      emulator.faults.set([`${kind}:ScaleService:1`]);
      const first = await scaleToFive(cockpit);
      expect(first).toMatch(new RegExp(`^scale ${mnist} 2→5 failed · ${code}: .* · request [0-9A-F-]{36}$`, 'i'));
      // What was hoped for is not shown as if it were so.
      expect(cockpit.service(mnist)).toMatchObject({ status: 'Running', totalInstance: 2 });
      expect(await scaleToFive(cockpit)).toMatch(/^scaled /);
    });
  });
}

test.concurrent('scaling answered by a gateway that fails is unknown; what the service shows decides', async () => {
  await withCockpit(async (cockpit, emulator) => {
    emulator.faults.set(['5xx:ScaleService:1']);
    const from = cockpit.messages().length;
    await cockpit.moveTo(mnist);
    await cockpit.pressWhenOn('+');
    cockpit.press('+', '+', 'enter');
    expect(await cockpit.told(/scale/, from)).toMatch(unknown);
    await cockpit.until('the service as it was', () => cockpit.service(mnist)?.totalInstance === 2);
    expect(await scaleToFive(cockpit)).toMatch(/^scaled /);
  });
});
