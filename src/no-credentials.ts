import type { Searched } from './api/credentials.ts';
import { createInput } from './keys/input.ts';
import { clean } from './lib/clean.ts';
import { wrap } from './lib/width.ts';
import type { Takeover } from './takeover.ts';
import type { Line } from './ui/line.ts';
import { codesOf, type Looks } from './ui/looks.ts';
import { createScreen } from './ui/screen/screen.ts';
import { drawnAs } from './ui/theme.ts';

/** What there is to say when nobody knows who acts: where was looked, and what to do now. */
function page(searched: readonly Searched[]): Line[] {
  return [
    [{ text: 'No credentials were found', bold: true, tone: 'bad' }],
    [],
    [{ text: 'These places were searched, in this order:' }],
    ...searched.flatMap(({ place, finding }): Line[] => [
      [{ text: `  ${clean(place)}` }],
      [{ text: `      ${clean(finding)}`, tone: 'dim' }],
    ]),
    [],
    [{ text: 'To go on, do one of these:', bold: true }],
    [
      { text: '  eas-tui --demo', tone: 'accent' },
      { text: '      try it with a simulated PAI-EAS; no account is needed' },
    ],
    [{ text: '  aliyun configure', tone: 'accent' }, { text: '    write a profile with the aliyun CLI' }],
    [{ text: '  export ALIBABA_CLOUD_ACCESS_KEY_ID=… ALIBABA_CLOUD_ACCESS_KEY_SECRET=…', tone: 'accent' }],
    [],
    [
      {
        text: "eascmd's own file (~/.eas/config) is not read: its format is not documented. The same as an aliyun profile,",
      },
    ],
    [{ text: 'in ~/.aliyun/config.json:' }],
    [
      {
        text: '  {"current":"default","profiles":[{"name":"default","mode":"AK","access_key_id":"…","access_key_secret":"…","region_id":"cn-shanghai"}]}',
        tone: 'dim',
      },
    ],
    [],
    [{ text: '<q> quit', tone: 'accent' }],
  ];
}

/** Shows the page until somebody leaves it. */
export async function showNoCredentials(
  searched: readonly Searched[],
  looks: Looks,
  { shown, handOver }: Takeover,
): Promise<void> {
  const { stdout } = process;
  const { promise, resolve: leave } = Promise.withResolvers<void>();
  const screen = createScreen({ stdout, codes: codesOf(looks.color), draw: drawnAs(looks.glyphs), shown });
  const input = createInput(process.stdin, {
    onReport: (sequence) => void screen.report(sequence),
    onEnd: () => leave(),
  });
  const lines = (): Line[] =>
    page(searched).flatMap(([first, ...rest]) =>
      first && rest.length === 0
        ? wrap(first.text, screen.columns - 2).map((text): Line => [{ text: ' ' }, { ...first, text }])
        : [first ? [{ text: ' ' }, first, ...rest] : []],
    );
  const paint = (): void => screen.paint(lines);
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.on(signal, () => leave());
  stdout.on('error', () => leave());
  stdout.on('resize', paint);
  input.on('data', (text: string) => {
    // q, ctrl-c, and esc as the input spells it.
    if (/^(q|\x03|\x1b(\[27u)?)$/.test(text)) leave();
  });
  screen.enter();
  handOver();
  paint();
  input.setRawMode(true);
  await promise;
  await screen.quiet();
  screen.close();
  input.close();
}
