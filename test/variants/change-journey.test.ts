import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import { createEmulator } from '../../emulator/server.ts';
import { variantHelp } from '../../emulator/variants.ts';
import { openLive } from './live-cockpit.ts';

const mnist = 'mnist_saved_model_example';
const canary = 'savedmodel_example_9c16a222';

const folder = mkdtempSync(join(tmpdir(), 'change-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'digits.json');
const config = {
  name: 'digits',
  processor: 'pmml',
  model_path: 'oss://bucket/digits/',
  metadata: { cpu: 1, instance: 1 },
};
writeFileSync(file, JSON.stringify(config));

/** What somebody does who brings out a change: takes an older version, changes a parameter, moves traffic,
 * makes a service and another beside it. */
for (const variant of Object.keys(variantHelp)) {
  test.concurrent(`a change brought out with ${variant}`, async ({ expect }) => {
    const emulator = await createEmulator({ seed: 7, speed: 40, strict: true, variants: [variant] });
    const live = await openLive(emulator);
    /** Runs a command, answers its question with yes, and tells what was said at the end. */
    const ended = async (line: string, pattern: RegExp, partner = false): Promise<string> => {
      const from = live.messages().length;
      live.press(':', ...[...line].map((char) => (char === ' ' ? 'space' : char)), 'enter');
      // Where nothing tells that two are a pair, a person has to: no traffic is moved on a guess by names.
      if (partner) {
        await live.until('which one is meant', ({ menu }) => menu !== undefined);
        live.press('enter');
      }
      await live.until(`the question of ${line}`, ({ dialog }) => dialog !== undefined);
      live.press('tab', 'enter');
      return live.told(pattern, from);
    };
    try {
      expect(await ended(`version ${mnist} 2`, /^switch(ed)? .*( in |fail|not)/)).toMatch(/^switched /);
      expect(await ended(`modify ${mnist} metadata.cpu=2`, /^updated? .*( in |fail|not)/)).toMatch(/^updated /);
      const unsaid = variant === 'no-blue-green-extra-data';
      expect(await ended(`weight ${canary} 40`, /^weighted|fail|not/, unsaid)).toMatch(/^weighted .* 20%→40% in /);
      expect(await ended(`create ${file}`, /^created? .*( in |fail|not)/)).toMatch(/^created digits in /);
      // Leaves the page that tells how it went.
      live.press('esc');
      await live.until('its row', () => live.service('digits')?.status === 'Running');
      const beside = await ended(`create ${file} -r`, /^created? .*( in |fail|not)/);
      if (variant === 'blue-green-refused') expect(beside).toMatch(/^create .* failed · InvalidParameter: /);
      else expect(beside).toMatch(/^created digits\w+ in /);
      const { config } = emulator.model.services.get(mnist) ?? {};
      expect(config).toMatchObject({ metadata: { cpu: 2 } });
    } finally {
      await live.close();
      await emulator.close();
    }
  });
}
