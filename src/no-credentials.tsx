import { Box, render, Text, useApp, useInput, useWindowSize } from 'ink';
import type { Searched } from './api/credentials.ts';
import { clean } from './lib/clean.ts';
import { wrap } from './lib/width.ts';
import type { Options } from './options.ts';
import type { Line } from './ui/line.ts';
import { createPaint, glyphsOf } from './ui/theme.ts';

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

function Page({ searched, paint }: { searched: readonly Searched[]; paint: (line: Line) => string }) {
  const { columns, rows } = useWindowSize();
  const { exit } = useApp();
  useInput((input, key) => {
    if (/[q\x03\x1b]/.test(input) || key.escape || (key.ctrl && input === 'c')) exit();
  });
  const lines = page(searched)
    .flatMap((line) => {
      const [first, ...rest] = line;
      return first && rest.length === 0
        ? wrap(first.text, columns - 2).map((text): Line => [{ ...first, text }])
        : [line];
    })
    .slice(0, rows);
  return (
    <Box flexDirection="column" width={columns} height={rows} paddingX={1}>
      {lines.map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of the screen is known by its place alone
        <Text key={place} wrap="truncate">
          {paint(line) || ' '}
        </Text>
      ))}
    </Box>
  );
}

/** Shows the page until somebody leaves it. */
export async function showNoCredentials(searched: readonly Searched[], options: Options): Promise<void> {
  const paint = createPaint({
    color: !process.env['NO_COLOR'],
    glyphs: options.ascii ? 'ascii' : glyphsOf(process.env),
  });
  const app = render(<Page searched={searched} paint={paint} />, {
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    interactive: true,
  });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.once(signal, () => app.unmount());
  await app.waitUntilExit();
}
