import { parseArgs } from 'node:util';
import { endpoints } from './contract.ts';
import { faultHelp, readFault } from './faults.ts';
import { ossFaultHelp, readOssFault } from './oss/faults.ts';
import { createEmulator, type EmulatorOptions } from './server.ts';
import { createVariants, openPoints } from './variants.ts';

class Misuse extends Error {}

const options = {
  port: { type: 'string' },
  services: { type: 'string' },
  seed: { type: 'string' },
  speed: { type: 'string' },
  latency: { type: 'string' },
  region: { type: 'string' },
  strict: { type: 'boolean' },
  fault: { type: 'string', multiple: true },
  variant: { type: 'string', multiple: true },
  'oss-fault': { type: 'string', multiple: true },
  'exit-with-stdin': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function help(): string {
  const table = (rows: Readonly<Record<string, string>>) =>
    Object.entries(rows)
      .map(([name, text]) => `  ${name.padEnd(26)} ${text}`)
      .join('\n');
  return `An emulator of PAI-EAS (API 2021-07-01) on 127.0.0.1. Prints one line of JSON with its address and throwaway keys.

${table({
  '--port N': 'port to listen on; 0, the default, takes a free one',
  '--services N': 'how many services there are (default: a curated fleet; more are made up)',
  '--seed N': 'makes fleet, names and keys repeatable; without it the keys are random',
  '--speed X': 'how much faster than real time services start, stop and scale (default 1)',
  '--latency MS': 'how long every answer waits (default 0)',
  '--region ID': 'the region it plays (default cn-shanghai)',
  '--strict': 'refuse parameters that the contract does not list',
  '--fault SPEC': 'make trouble: kind[=value][:Operation][:count]; may be repeated',
  '--variant NAME': 'read an open point of the documentation differently; may be repeated',
  '--oss-fault SPEC': 'make trouble in OSS: kind[=value][:Operation][:count]; may be repeated',
  '--exit-with-stdin': 'end when standard input ends, as it does when the parent dies',
})}

Faults:
${table(faultHelp)}

Faults of OSS:
${table(ossFaultHelp)}

Variants (some take =value):
${Object.entries(openPoints)
  .map(([point, readings]) => ` ${point}:\n${table(readings)}`)
  .join('\n')}
`;
}

function number(name: string, text: string | undefined, from: number, to: number, whole = true): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !(value >= from && value <= to) || (whole && !Number.isInteger(value))) {
    throw new Misuse(`--${name} "${text}" is not a ${whole ? 'whole ' : ''}number from ${from} to ${to}`);
  }
  return value;
}

function readOptions(argv: string[]): EmulatorOptions & { help: boolean; exitWithStdin: boolean } {
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ args: argv, options }));
  } catch (error) {
    throw new Misuse(`${error instanceof Error ? error.message.split('.')[0] : 'bad flags'}; --help lists the flags`);
  }
  const region = values.region ?? 'cn-shanghai';
  if (!Object.hasOwn(endpoints, region)) {
    throw new Misuse(`--region "${region}" is not one of ${Object.keys(endpoints).join(', ')}`);
  }
  try {
    values.fault?.forEach(readFault);
    values['oss-fault']?.forEach(readOssFault);
    createVariants(values.variant ?? []);
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message : String(error));
  }
  return {
    port: number('port', values.port, 0, 65535),
    services: number('services', values.services, 0, 1_000_000),
    seed: number('seed', values.seed, 0, 4294967295),
    speed: number('speed', values.speed, 0.001, 100_000, false),
    latency: number('latency', values.latency, 0, 600_000),
    region,
    strict: values.strict ?? false,
    faults: values.fault ?? [],
    variants: values.variant ?? [],
    ossFaults: values['oss-fault'] ?? [],
    help: values.help ?? false,
    exitWithStdin: values['exit-with-stdin'] ?? false,
  };
}

/** Runs the emulator until a signal (or the end of stdin, if asked). Wrong flags: a line on stderr and exit code 2. */
export async function main(argv: string[]): Promise<void> {
  try {
    const given = readOptions(argv);
    if (given.help) {
      process.stdout.write(help());
      return;
    }
    const emulator = await createEmulator(given);
    const { endpoint, region, accessKeyId, accessKeySecret, control } = emulator;
    const oss = { endpoint: emulator.oss.endpoint, control: emulator.oss.control };
    const end = () => process.exit(0);
    process.once('SIGTERM', end);
    process.once('SIGINT', end);
    // The reader of our one line may be gone; that is no reason to fail.
    process.stdout.on('error', () => {});
    if (given.exitWithStdin) {
      process.stdin.on('end', end).on('close', end).on('error', end);
      process.stdin.resume();
    }
    process.stdout.write(`${JSON.stringify({ endpoint, region, accessKeyId, accessKeySecret, control, oss })}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const wrong = error instanceof Misuse || code === 'EADDRINUSE' || code === 'EACCES';
    const text =
      code === 'EADDRINUSE'
        ? 'the port is in use; give another --port, or 0 for a free one'
        : String((error as Error).message);
    process.stderr.write(
      `eas-tui emulator: ${code === 'EACCES' ? 'the port may not be used; give one above 1023' : text}\n`,
    );
    process.exitCode = wrong ? 2 : 1;
  }
}

// Run directly (node dist/emulator.cjs), and not when the command line requires it.
if (typeof require !== 'undefined' && require.main === module) void main(process.argv.slice(2));
