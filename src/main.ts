import { readOptions } from './options.ts';
import { start } from './start.ts';
import type { Takeover } from './takeover.ts';

declare const EAS_TUI_VERSION: string;

/** What the launcher has done so far. */
export interface Launch {
  /** Absent: nothing is drawn. */
  readonly takeover: Takeover | undefined;
  /** To be called once what every start needs has run. */
  keepCode(): void;
}

/** Answers the exit code; below 0 the process goes on by itself. */
export async function main(argv: readonly string[], launch: Launch): Promise<number> {
  const parsed = readOptions(argv, EAS_TUI_VERSION);
  if (parsed.kind === 'print') {
    launch.takeover?.undo();
    const out = parsed.code === 0 ? process.stdout : process.stderr;
    out.write(`${parsed.text}\n`);
    return parsed.code;
  }
  if (parsed.kind === 'emulator') {
    const { main: emulate } = require('./emulator.cjs') as { main(argv: readonly string[]): Promise<void> };
    await emulate(parsed.argv);
    return -1;
  }
  if (!launch.takeover) {
    process.stderr.write('eas-tui: standard input and output must be a terminal; run it in one, without pipes\n');
    return 2;
  }
  return start(parsed.flags, { ...launch, takeover: launch.takeover, version: EAS_TUI_VERSION });
}
