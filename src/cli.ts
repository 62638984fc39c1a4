// All that is loaded before the first frame: what is imported here must stay small.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { runBundle } from './bundle.ts';
import type * as Main from './main.ts';
import { looksOf, type Takeover, takeOver } from './takeover.ts';
import { v8Flags } from './v8-flags.ts';

declare const EAS_TUI_BUILD: string;

const argv = process.argv.slice(2);
let takeover: Takeover | undefined;

/** Whether what is asked for is drawn on a terminal; what turns out to be wrong with it is told after giving it back. */
function isForScreen(): boolean {
  const printed = argv[0] === 'emulator' || argv.some((word) => /^(-h|--help|-V|--version)$/.test(word));
  return !printed && isatty(0) && isatty(1);
}

/** The configuration is read in full later; whether frames may be drawn with more than ASCII must be known at once. */
function isAscii(): boolean {
  if (argv.includes('--ascii')) return true;
  const base = process.env['XDG_CONFIG_HOME'];
  try {
    const file = join(base?.startsWith('/') ? base : join(homedir(), '.config'), 'eas-tui', 'config.json');
    return /"ascii"\s*:\s*true/.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}

async function start(): Promise<void> {
  if (isForScreen()) takeover = takeOver(looksOf(process.env, isAscii()));
  // The module of V8 is not needed for the first frame.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  for (const flag of v8Flags) setFlagsFromString(flag);
  const { exports, keepCode } = runBundle<typeof Main>('main', EAS_TUI_BUILD);
  const code = await exports.main(argv, { takeover, keepCode });
  // The emulator goes on by itself.
  if (code >= 0) process.exit(code);
}

start().catch((error: unknown) => {
  takeover?.undo();
  process.stderr.write(`eas-tui: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
});
