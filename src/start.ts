import { homedir } from 'node:os';
import { type Identity as Found, type NoIdentity, profileFile, resolveIdentity } from './api/credentials.ts';
import { endpointOf, knownRegions } from './api/endpoints.ts';
import { listProfiles } from './api/profiles.ts';
import { type Atlas, runApp } from './app.ts';
import { configFile, readConfig } from './config.ts';
import { startDemo } from './demo.ts';
import { layers } from './keys/tables.ts';
import type { Launch } from './main.ts';
import { type Flags, type Options, optionsFrom } from './options.ts';
import { screens } from './screens/index.ts';
import type { Identity } from './session.ts';
import type { Place } from './state/cockpit.ts';
import { looksOf, type Takeover } from './takeover.ts';

/** How the program was started. */
export interface Launched extends Launch {
  readonly version: string;
  readonly takeover: Takeover;
}

/** Finds out who acts and where, then runs the program. Answers the exit code. */
export async function start(flags: Flags, launched: Launched): Promise<number> {
  const file = configFile(process.env, homedir());
  const options = optionsFrom(flags, readConfig(file, { bindings: bindingIds() }), process.env);
  if (options.demo) {
    const demo = await startDemo();
    try {
      const { endpoint, region, accessKeyId, accessKeySecret, oss } = demo;
      const credentials = { describe: () => 'demo', get: async () => ({ accessKeyId, accessKeySecret }) };
      return await runApp(
        { endpoint, region, vpc: false, credentials },
        nowhere,
        { ...options, ossEndpoint: oss.endpoint },
        launched,
      );
    } finally {
      demo.stop();
    }
  }
  const resolve = resolver(options, file);
  const found = await resolve(options.profile, options.region);
  if (!found.found) return explain(found, options, launched);
  if (!found.region && !options.endpoint) {
    throw new Error('no region: give --region, e.g. --region cn-shanghai, or set ALIBABA_CLOUD_REGION_ID');
  }
  return runApp(identityFor(found, options), createAtlas(options, resolve), options, launched);
}

type Resolve = (profile: string | undefined, region: string | undefined) => Promise<Found | NoIdentity>;

function resolver({ usual }: Options, from: string): Resolve {
  const preferred = { ...usual, from };
  return (profile, region) => resolveIdentity({ env: process.env, home: homedir(), profile, region, preferred });
}

/** What the configuration may give other keys to. */
function bindingIds(): string[] {
  const standing = Object.values(layers).flatMap(({ bindings }) => bindings.map(({ id }) => id));
  const own = screens.flatMap(({ actions = [], links = [] }) => [...actions, ...links].map(({ id }) => id));
  return [...standing, ...own];
}

/** The demo is one place: there is nowhere else to go. */
const nowhere: Atlas = {
  contexts: async () => [],
  regions: () => [],
  go: () => Promise.reject(new Error('the demo has one context and one region')),
};

/** The profiles of the aliyun CLI and the regions of the contract, as places to go to. */
function createAtlas(options: Options, resolve: Resolve): Atlas {
  const file = profileFile(homedir());
  return {
    async contexts() {
      const profiles = await listProfiles(file);
      return profiles.map(
        ({ name, mode, region }): Place => ({
          label: name,
          note: [mode, region].filter(Boolean).join(' · '),
          profile: name,
        }),
      );
    },
    regions({ region, profile }) {
      const known = [...new Set([...options.favourites, region, ...knownRegions])];
      return known.map((id): Place => ({ label: id, note: id === region ? 'here' : '', region: id, profile }));
    },
    async go(place, now) {
      // A profile chosen here beats keys in the environment; a region alone keeps who acts.
      if (place.profile === undefined || place.profile === now.profile) {
        const region = place.region ?? now.region;
        return { ...now, region, endpoint: endpointFor(region, now.vpc, options) };
      }
      const found = await resolve(place.profile, place.region);
      if (!found.found) throw new Error(`profile ${place.profile} has no keys`);
      return identityFor({ ...found, region: found.region ?? now.region }, options);
    },
  };
}

function identityFor(found: Found, options: Options): Identity {
  const region = found.region ?? 'cn-shanghai';
  const vpc = options.vpc || found.vpc;
  return {
    endpoint: endpointFor(region, vpc, options),
    region,
    vpc,
    profile: found.profile,
    credentials: found.source,
  };
}

/** An endpoint that was asked for holds for every region: keys never go where nobody sent them. */
function endpointFor(region: string, vpc: boolean, { endpoint }: Options): string {
  return endpoint ?? endpointOf(region, { vpc });
}

async function explain({ searched }: NoIdentity, options: Options, { takeover }: Launched): Promise<number> {
  const { showNoCredentials } = await import('./no-credentials.ts');
  await showNoCredentials(searched, looksOf(process.env, options.ascii), takeover);
  return 2;
}
