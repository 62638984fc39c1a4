import { homedir } from 'node:os';
import type { Identity as Found, NoIdentity } from './api/credentials.ts';
import { resolveIdentity } from './api/credentials.ts';
import { endpointOf } from './api/endpoints.ts';
import type { Identity } from './app.tsx';
import { startDemo } from './demo.ts';
import type { Options } from './options.ts';

/** Finds out who acts and where, then runs the program. Answers the exit code. */
export async function start(options: Options, version: string): Promise<number> {
  if (options.demo) {
    const demo = await startDemo();
    try {
      const { endpoint, region, accessKeyId, accessKeySecret } = demo;
      const credentials = { describe: () => 'demo', get: async () => ({ accessKeyId, accessKeySecret }) };
      return await run({ endpoint, region, credentials }, options, version);
    } finally {
      demo.stop();
    }
  }
  const { env } = process;
  const found = await resolveIdentity({ env, home: homedir(), profile: options.profile, region: options.region });
  if (!found.found) return explain(found, options);
  if (!found.region && !options.endpoint) {
    throw new Error('no region: give --region, e.g. --region cn-shanghai, or set ALIBABA_CLOUD_REGION_ID');
  }
  return run(identityFor(found, options), options, version);
}

function identityFor(found: Found, options: Options): Identity {
  const region = found.region ?? 'cn-shanghai';
  const endpoint = options.endpoint ?? endpointOf(region, { vpc: options.vpc || found.vpc });
  return { endpoint, region, credentials: found.source };
}

async function run(identity: Identity, options: Options, version: string): Promise<number> {
  const { runApp } = await import('./app.tsx');
  return runApp(options, identity, version);
}

async function explain({ searched }: NoIdentity, options: Options): Promise<number> {
  const { showNoCredentials } = await import('./no-credentials.tsx');
  await showNoCredentials(searched, options);
  return 2;
}
