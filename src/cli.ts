import { readOptions } from './options.ts';

declare const EAS_TUI_VERSION: string;

async function main(): Promise<number> {
  const parsed = readOptions(process.argv.slice(2), EAS_TUI_VERSION);
  if (parsed.kind === 'print') {
    const out = parsed.code === 0 ? process.stdout : process.stderr;
    out.write(`${parsed.text}\n`);
    return parsed.code;
  }
  if (parsed.kind === 'emulator') {
    const { main: emulate } = require('./emulator.cjs') as { main(argv: readonly string[]): Promise<void> };
    await emulate(parsed.argv);
    return -1;
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write('eas-tui: standard input and output must be a terminal; run it in one, without pipes\n');
    return 2;
  }
  const { start } = await import('./start.ts');
  return start(parsed.flags, EAS_TUI_VERSION);
}

main().then(
  (code) => {
    // The emulator goes on by itself.
    if (code >= 0) process.exit(code);
  },
  (error: unknown) => {
    process.stderr.write(`eas-tui: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
