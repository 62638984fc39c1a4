/**
 * What reading a long list again and again costs without its screen, against receiving the same bytes and dropping
 * them and against the official SDK's client: `node bench/poll.mjs --services 1000,10000`.
 */
import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from '../src/api/client.ts';
import { readEndpoint } from '../src/api/endpoints.ts';
import { labelService } from '../src/api/services.ts';
import { authorization, canonicalQuery, sha256 } from '../src/api/sign.ts';
import { createTransport } from '../src/api/transport.ts';
import type { Api } from '../src/screens/define.ts';
import { services } from '../src/screens/services.ts';
import { systemClock } from '../src/state/clock.ts';
import { type Cockpit, type CockpitOptions, createCockpit } from '../src/state/cockpit.ts';
import { patchFrame } from '../src/state/nav.ts';
import type { TableFrame } from '../src/state/store.ts';
import { createOfficialClient } from '../test/conformance/official-client.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../test/support/emulator.ts';

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** The longest time the event loop was held. */
  readonly blockMs: number;
}

const pageSize = 100;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

async function costOf(task: () => Promise<unknown>): Promise<Cost> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const [cpu, from] = [process.cpuUsage(), performance.now()];
  delay.enable();
  await task();
  // The monitor sees a block when the next turn of the loop begins.
  await pause(3);
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - from, blockMs: delay.max / 1e6 };
}

async function medianOf(
  rounds: number,
  task: () => Promise<unknown>,
  before: () => Promise<void> = async () => undefined,
) {
  const costs: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    await before();
    costs.push(await costOf(task));
  }
  return {
    cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
    wallMs: median(costs.map(({ wallMs }) => wallMs)),
    blockMs: median(costs.map(({ blockMs }) => blockMs)),
  };
}

/** Asks for the same pages, signed alike, and looks at none. */
function createDropper({ endpoint, accessKeyId, accessKeySecret }: EmulatorProcess) {
  const at = readEndpoint(endpoint, { allowHttp: false });
  const transport = createTransport({ endpoint: at, proxy: undefined, connectTimeoutMs: 5_000 });
  return {
    close: () => transport.close(),
    async list(count: number): Promise<void> {
      for (let page = 1; page <= Math.ceil(count / pageSize); page++) {
        const query = { Sort: 'CreateTime', Order: 'asc', PageNumber: String(page), PageSize: String(pageSize) };
        const bodyHash = sha256('');
        const headers: Record<string, string> = {
          host: at.host,
          'accept-encoding': 'gzip, br',
          'x-acs-action': 'ListServices',
          'x-acs-version': '2021-07-01',
          'x-acs-date': `${new Date().toISOString().slice(0, 19)}Z`,
          'x-acs-signature-nonce': randomUUID(),
          'x-acs-content-sha256': bodyHash,
        };
        const path = '/api/v2/services';
        headers.authorization = authorization(
          { method: 'GET', path, query, headers, bodyHash },
          { accessKeyId, accessKeySecret },
        );
        const { status } = await transport.exchange({
          method: 'GET',
          path: `${path}?${canonicalQuery(query)}`,
          headers,
          body: undefined,
          write: false,
          timeoutMs: 60_000,
          signal: undefined,
        });
        if (status !== 200) throw new Error(`the emulator answered ${status}`);
      }
    },
  };
}

function openCockpit(emulator: EmulatorProcess): { cockpit: Cockpit; close(): Promise<void> } {
  const client = createClient({
    endpoint: emulator.endpoint,
    region: emulator.region,
    credentials: { describe: () => 'bench', get: async () => emulator },
    readTimeoutMs: 60_000,
  });
  const nothing = async (): Promise<undefined> => undefined;
  const options = {
    screens: [services],
    client: Object.assign(client, {
      ledger: { entries: async () => [], settle: async () => false },
      uploads: { rows: () => [] },
    }) as Api,
    session: { now: Date.now(), focused: true, pauses: 0, region: emulator.region },
    clock: systemClock,
    random: Math.random,
    refreshMs: 1e9,
    verbs: [],
    terminal: { suspend: nothing, repaint: nothing, lend: nothing },
    keys: {},
    uploads: { rows: () => [], look: async () => [] },
    leave: () => undefined,
    clipboard: () => undefined,
    bell: () => undefined,
  } as unknown as CockpitOptions;
  const cockpit = createCockpit(options);
  // As the screen does: whatever changes, the table is looked at.
  cockpit.store.subscribe(() => look(cockpit));
  return {
    cockpit,
    async close() {
      cockpit.stop();
      await client.close();
    },
  };
}

function look(cockpit: Cockpit): number {
  const table = cockpit.openTable();
  if (table) cockpit.tally(table);
  return table?.visible.rows.length ?? 0;
}

const sourceOf = (cockpit: Cockpit) => cockpit.store.getState().sources['services{}'];

async function landed(cockpit: Cockpit, ask: () => void): Promise<void> {
  const before = sourceOf(cockpit)?.at;
  ask();
  await new Promise<void>((resolve) => {
    const stop = cockpit.store.subscribe(() => {
      const now = sourceOf(cockpit);
      if (now?.trouble) throw new Error(now.trouble.text);
      if (now?.at === undefined || now.at === before || now.partial) return;
      stop();
      resolve();
    });
  });
}

function keystrokes(cockpit: Cockpit, texts: readonly string[]): number {
  const times = texts.map((filter) => {
    const from = performance.now();
    patchFrame<TableFrame>(cockpit.store, { filter });
    look(cockpit);
    return performance.now() - from;
  });
  return Math.max(...times);
}

/** Milliseconds and ratios, medians of so many rounds. */
export interface PollCost {
  readonly services: number;
  readonly firstReadMs: number;
  /** CPU of receiving the same bytes and dropping them. */
  readonly dropMs: number;
  readonly dropBlockMs: number;
  /** CPU beyond that. */
  readonly sameMs: number;
  readonly changedMs: number;
  readonly changedBlockMs: number;
  /** CPU of the official SDK's client doing the same list. */
  readonly officialMs: number;
  readonly pollMs: number;
  readonly filterMs: number;
  readonly cursorMs: number;
  readonly residentMb: number;
}

async function measure(count: number, rounds: number): Promise<PollCost> {
  const emulator = await startEmulatorProcess(['--services', String(count), '--seed', '1'], {
    timeout: 120_000,
    bundle: 'dist/emulator.cjs',
  });
  const dropper = createDropper(emulator);
  const official = createOfficialClient(emulator.endpoint, emulator);
  const { cockpit, close } = openCockpit(emulator);
  const writer = createClient({
    endpoint: emulator.endpoint,
    region: emulator.region,
    credentials: { describe: () => 'bench', get: async () => emulator },
  });
  let stamp = 0;
  const change = async (): Promise<void> => {
    const rows = (sourceOf(cockpit)?.rows ?? []) as { serviceName: string }[];
    stamp++;
    for (let place = stamp % 100; place < rows.length; place += 100) {
      const name = rows[place]?.serviceName;
      if (name) await labelService(writer, name, { bench: String(stamp) });
    }
  };
  const list = async (): Promise<void> => {
    for (let page = 1; page <= Math.ceil(count / pageSize); page++) {
      const params = { Sort: 'CreateTime', Order: 'asc', PageNumber: page, PageSize: pageSize };
      await official('ListServices', params);
    }
  };
  try {
    const first = await costOf(() => landed(cockpit, () => void cockpit.start()));
    const poll = () => landed(cockpit, () => cockpit.commands.refresh());
    for (let round = 0; round < 2; round++) await Promise.all([poll(), dropper.list(count)]);
    const drop = await medianOf(rounds, () => dropper.list(count));
    const same = await medianOf(rounds, poll);
    const changed = await medianOf(rounds, poll, change);
    const sdk = await medianOf(rounds, list);
    cockpit.press('/');
    await pause(1_000);
    const firstFilter = keystrokes(cockpit, ['s']);
    const filter = keystrokes(cockpit, ['se', 'ser', 'serv', 'ser', 'se', 's', '']);
    const from = performance.now();
    const moves = 500;
    for (let move = 0; move < moves; move++) cockpit.commands.move(1);
    const cursor = (performance.now() - from) / moves;
    return {
      services: count,
      firstReadMs: first.cpuMs,
      dropMs: drop.cpuMs,
      dropBlockMs: drop.blockMs,
      sameMs: same.cpuMs - drop.cpuMs,
      changedMs: changed.cpuMs - drop.cpuMs,
      changedBlockMs: changed.blockMs,
      officialMs: sdk.cpuMs,
      pollMs: changed.cpuMs,
      filterMs: Math.max(firstFilter, filter),
      cursorMs: cursor,
      residentMb: process.memoryUsage.rss() / 1e6,
    };
  } finally {
    await close();
    await Promise.all([dropper.close(), writer.close(), emulator.close()]);
  }
}

export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { services: { type: 'string', default: '1000,10000' }, rounds: { type: 'string', default: '7' } },
  });
  for (const count of values.services.split(',').map(Number)) {
    // One line each, to be read by whoever started it.
    console.log(JSON.stringify(await measure(count, Number(values.rounds))));
  }
}
