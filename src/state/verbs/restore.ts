import { withoutMetadata, written } from '../../service-json/config.ts';
import { parseServiceBytes } from '../../service-json/parse.ts';
import { isObject } from '../../service-json/value.ts';
import type { Desk, Verb } from '../desk.ts';
import { inWords, savedOf } from '../drafting.ts';
import { readText } from '../text-file.ts';
import { goOn } from './asked.ts';
import { review } from './create.ts';

/** Makes a deleted service anew from the configuration that was kept before it went. */
export const restore: Verb = {
  id: 'restore',
  title: 'create a deleted service anew',
  keys: [],
  group: 'act',
  usage: '[NAME]',
  writes: true,
  async run(desk, [name, ...more]) {
    if (more.length > 0) return 'write :restore NAME';
    const { region } = desk.client;
    const saved = savedOf(desk);
    if (name !== undefined) {
      const file = await saved.find(region, name);
      return file === undefined
        ? `nothing was saved of ${name} in ${region}; looked in ${saved.folder}`
        : open(desk, file);
    }
    const names = await saved.names(region);
    if (names.length === 0) return `nothing was saved in ${region}; looked in ${saved.folder}`;
    desk.menu(
      'restore',
      names.map((label) => ({ label })),
      (index) => {
        const chosen = names[index];
        if (chosen !== undefined) goOn(desk, async () => restore.run(desk, [chosen]));
      },
    );
    return undefined;
  },
};

async function open(desk: Desk, file: string): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readText(file);
  } catch (error) {
    return inWords(error);
  }
  // The half of a pair that is gone comes back as a service of its own: which one it stood beside may be gone too.
  const { value } = parseServiceBytes(bytes);
  const text = isObject(value) ? written(withoutMetadata(value, 'release')) : undefined;
  return review(desk, {
    bytes: text === undefined ? bytes : new TextEncoder().encode(text),
    file,
    release: false,
    draft: undefined,
  });
}
