import { readConfigText } from '../service-json/config.ts';
import { diffConfigs, toLines } from '../service-json/diff.ts';
import type { Section } from './define.ts';

/** How a version's configuration differs from the one that runs; what only the service wrote is folded. */
export function diffSection(current: string | undefined, target: string | undefined, now: string): Section {
  const title = `Changes from the current configuration (${now})`;
  const [before, after] = [readConfigText(current), readConfigText(target)];
  if (after === undefined) {
    const text =
      target === undefined
        ? 'the service gives no configuration of this version: documented for services with an image of their own only'
        : 'the configuration of this version is no JSON object';
    return { title, lines: [{ text, tone: 'warn' }] };
  }
  if (before === undefined)
    return { title, lines: [{ text: 'the current configuration cannot be read', tone: 'warn' }] };
  const lines = toLines(diffConfigs(before, after)).map(({ symbol, text, tone }) => ({
    text: `${symbol} ${text}`,
    // A change without a tone of its own stands out from what stays all the same.
    tone: tone === 'plain' ? ('warn' as const) : tone,
  }));
  return { title, lines: lines.length > 0 ? lines : [{ text: '= nothing differs', tone: 'dim' }] };
}
