import { Command, CommanderError, InvalidArgumentError } from 'commander';

/** What was asked for on the command line. */
export interface Options {
  readonly profile?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly vpc: boolean;
  readonly allowHttp: boolean;
  readonly readonly: boolean;
  readonly demo: boolean;
  readonly ascii: boolean;
  /** Seconds from an answer to the next question. */
  readonly refresh: number;
}

/** What the command line comes to: options to start with, or something to print and leave. */
export type Parsed =
  | { readonly kind: 'start'; readonly options: Options }
  | { readonly kind: 'emulator'; readonly argv: readonly string[] }
  | { readonly kind: 'print'; readonly text: string; readonly code: 0 | 2 };

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || text.trim() === '' || value < 0.5 || value > 3600) {
    throw new InvalidArgumentError('Give seconds from 0.5 to 3600.');
  }
  return value;
}

function filled(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty.');
  return text;
}

/** Reads the arguments after the program's name. Never exits and never prints. */
export function readOptions(argv: readonly string[], version: string): Parsed {
  if (argv[0] === 'emulator') return { kind: 'emulator', argv: argv.slice(1) };
  let printed = '';
  const program = new Command('eas-tui')
    .description('Operations cockpit for Alibaba Cloud PAI-EAS.')
    .usage('[options]\n       eas-tui emulator --help')
    .option('--profile <name>', 'profile of ~/.aliyun/config.json (beats keys in the environment)', filled)
    .option('--region <id>', 'region, e.g. cn-shanghai', filled)
    .option('--endpoint <host or URL>', 'control-plane endpoint; by default the public one of the region', filled)
    .option('--vpc', 'use the control-plane endpoint reachable inside a VPC', false)
    .option('--allow-http', 'allow plain http to more than this machine', false)
    .option('--readonly', 'send nothing but reads', false)
    .option('--refresh <seconds>', 'seconds from an answer to the next question', seconds, 2)
    .option('--demo', 'operate a simulated PAI-EAS; no account is needed', false)
    .option('--ascii', 'draw with ASCII only', false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => (printed += text), writeErr: (text) => (printed += text) })
    .action(() => undefined);
  program.version(version, '-V, --version', 'print the version');
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'print', text: printed.trimEnd(), code: 0 };
    const what = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    return { kind: 'print', text: `eas-tui: ${what} (see eas-tui --help)`, code: 2 };
  }
  const options = program.opts<Options>();
  if (options.demo && (options.profile || options.endpoint || options.region)) {
    return {
      kind: 'print',
      text: 'eas-tui: --demo brings its own endpoint and keys; leave out --profile, --endpoint and --region',
      code: 2,
    };
  }
  return { kind: 'start', options };
}
