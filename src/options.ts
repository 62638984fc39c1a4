import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Config } from './config.ts';

/** What was asked for on the command line. */
export interface Flags {
  readonly profile?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly vpc?: boolean;
  readonly allowHttp?: boolean;
  readonly ossEndpoint?: string;
  readonly inner?: boolean;
  readonly readonly?: boolean;
  readonly demo?: boolean;
  readonly ascii?: boolean;
  readonly refresh?: number;
}

/** What the program starts with: flags, then the environment, then the configuration, then what is usual. */
export interface Options {
  readonly profile: string | undefined;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly vpc: boolean;
  readonly allowHttp: boolean;
  /** The object store's host in place of the region's own. */
  readonly ossEndpoint: string | undefined;
  /** Uploads go over the host inside the region. */
  readonly inner: boolean;
  /** Where uploads go when nobody says. */
  readonly uploadTarget: string | undefined;
  readonly readonly: boolean;
  readonly demo: boolean;
  readonly ascii: boolean;
  /** Seconds from an answer to the next question. */
  readonly refresh: number;
  /** Milliseconds an ESC waits for the rest of a key. */
  readonly escMs: number;
  /** Profile and region where neither flag, environment nor profile say. */
  readonly usual: { readonly profile: string | undefined; readonly region: string | undefined };
  /** Profiles in which every question wants a word typed. */
  readonly protected: readonly string[];
  /** Regions listed first. */
  readonly favourites: readonly string[];
  /** Keys by the id of what they do, in the place of its own. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

export function optionsFrom(flags: Flags, config: Config, env: Readonly<Record<string, string | undefined>>): Options {
  return {
    profile: flags.profile,
    region: flags.region,
    endpoint: flags.endpoint,
    vpc: flags.vpc ?? false,
    allowHttp: flags.allowHttp ?? false,
    ossEndpoint: flags.ossEndpoint,
    inner: flags.inner ?? false,
    uploadTarget: config.uploadTarget,
    readonly: flags.readonly ?? config.readonly ?? false,
    demo: flags.demo ?? false,
    ascii: flags.ascii ?? config.ascii ?? false,
    refresh: flags.refresh ?? config.refresh ?? 2,
    escMs: escMsOf(env['EAS_TUI_ESC_MS']) ?? config.escMs ?? 100,
    usual: { profile: config.profile, region: config.region },
    protected: config.protected ?? [],
    favourites: config.favourites ?? [],
    keys: config.keys ?? {},
  };
}

function escMsOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const ms = Number(text);
  if (Number.isFinite(ms) && ms >= 20 && ms <= 2000) return ms;
  throw new Error(`EAS_TUI_ESC_MS is "${text}"; give milliseconds from 20 to 2000`);
}

/** What the command line comes to: options to start with, or something to print and leave. */
export type Parsed =
  | { readonly kind: 'start'; readonly flags: Flags }
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
    .option('--vpc', 'use the control-plane endpoint reachable inside a VPC')
    .option('--allow-http', 'allow plain http to more than this machine')
    .option('--oss-endpoint <host or URL>', 'object store endpoint for uploads; by default that of the region', filled)
    .option('--inner', 'upload over the endpoint inside the region')
    .option('--readonly', 'send nothing but reads')
    .option('--refresh <seconds>', 'seconds from an answer to the next question (default: 2)', seconds)
    .option('--demo', 'operate a simulated PAI-EAS; no account is needed')
    .option('--ascii', 'draw with ASCII only')
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
  const flags = program.opts<Flags>();
  if (flags.demo && (flags.profile || flags.endpoint || flags.region)) {
    return {
      kind: 'print',
      text: 'eas-tui: --demo brings its own endpoint and keys; leave out --profile, --endpoint and --region',
      code: 2,
    };
  }
  return { kind: 'start', flags };
}
