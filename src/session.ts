import { randomUUID } from 'node:crypto';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { type CredentialSource, createClient } from './api/client.ts';
import { createOss } from './api/oss.ts';
import type { Options } from './options.ts';
import { screens } from './screens/index.ts';
import { systemClock } from './state/clock.ts';
import { type Cockpit, type CockpitOptions, createCockpit } from './state/cockpit.ts';
import { createSaved } from './state/drafts.ts';
import { createLedger } from './state/ledger.ts';
import { createPlanStore } from './state/ramp-plan.ts';
import { createUploads } from './state/uploads.ts';
import { verbs } from './state/verbs/index.ts';

/** Who acts, and where. */
export interface Identity {
  readonly endpoint: string;
  readonly region: string;
  /** Whether the endpoints inside a VPC are used. */
  readonly vpc: boolean;
  /** The profile the keys are from, if they are from one. */
  readonly profile?: string | undefined;
  readonly credentials: CredentialSource;
}

/** What stays the same whoever acts. */
export interface Surroundings extends Pick<CockpitOptions, 'leave' | 'clipboard' | 'bell' | 'places' | 'terminal'> {
  readonly options: Options;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A cockpit with its connection and its record, for one identity in one region. */
export interface Session {
  readonly cockpit: Cockpit;
  readonly identity: Identity;
  close(): Promise<void>;
}

/** Throws ApiError when the endpoint is none. */
export function openSession(identity: Identity, surroundings: Surroundings): Session {
  const { options, version, env, ...outside } = surroundings;
  const client = createClient({
    ...identity,
    readOnly: options.readonly,
    allowHttp: options.allowHttp,
    userAgent: `eas-tui/${version}`,
  });
  // What is made up for a demo is kept apart from what is true.
  const folder = options.demo ? join(stateFolder(env), 'demo') : stateFolder(env);
  const ledger = createLedger({
    file: join(stateFolder(env), options.demo ? 'demo-ledger.jsonl' : 'ledger.jsonl'),
    // Asked anew for each entry: keys that are fetched tell who they are only then.
    who: () => client.identity,
    region: identity.region,
    host: hostname(),
    pid: process.pid,
    now: Date.now,
    newId: randomUUID,
    alive,
    status(kept) {
      const { session } = cockpit.store.getState();
      const state = kept ? 'on' : 'off';
      if (session.ledger !== state) cockpit.store.setState({ session: { ...session, ledger: state } });
    },
  });
  const uploads = createUploads({
    oss: () =>
      createOss({
        region: identity.region,
        credentials: identity.credentials,
        endpoint: options.ossEndpoint,
        internal: options.inner || undefined,
        allowHttp: options.allowHttp,
        env,
      }),
    stateFolder: folder,
    readOnly: () => options.readonly,
    record: ledger.record,
    changed: () => cockpit.uploadChanged(),
    noted: (progress, note) => cockpit.uploadNoted(progress, note),
    ended: (progress) => cockpit.uploadEnded(progress),
  });
  const cockpit = createCockpit({
    ...outside,
    screens,
    verbs,
    ramps: {
      plans: createPlanStore(join(folder, 'ramps')),
      owner: { host: hostname(), pid: process.pid },
      // What another machine does cannot be seen from here: its plan is left to it.
      isAlive: ({ host, pid }) => host !== hostname() || alive(pid),
    },
    stateFolder: folder,
    client: Object.assign(client, { saved: createSaved(folder, Date.now), ledger, uploads }),
    clock: systemClock,
    random: Math.random,
    refreshMs: options.refresh * 1000,
    record: ledger.record,
    uploads,
    uploadTarget: options.uploadTarget,
    keys: options.keys,
    session: {
      version,
      region: identity.region,
      endpoint: client.endpoint,
      identity: client.identity,
      readOnly: options.readonly,
      protected: identity.profile !== undefined && options.protected.includes(identity.profile),
      now: Date.now(),
      focused: true,
      pauses: 0,
      pausedByKey: false,
      latency: undefined,
      uploading: undefined,
      perMinute: 0,
      ledger: 'on',
    },
  });
  return {
    cockpit,
    identity,
    async close() {
      cockpit.stop();
      await uploads.close().catch(() => undefined);
      await ledger.close().catch(() => undefined);
      await client.close().catch(() => undefined);
    },
  };
}

/** Where the program keeps what it must remember: `$XDG_STATE_HOME/eas-tui`, by default under `~/.local/state`. */
function stateFolder(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_STATE_HOME'];
  return join(base?.startsWith('/') ? base : join(homedir(), '.local/state'), 'eas-tui');
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
