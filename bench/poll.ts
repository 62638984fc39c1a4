/**
 * What reading a long list again and again costs without its screen, against receiving the same bytes and dropping
 * them and against the official SDK's client: `node bench/poll.mjs --services 1000,10000`.
 */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from '../src/api/client.ts';
import { readEndpoint } from '../src/api/endpoints.ts';
import { labelService } from '../src/api/services.ts';
import { authorization, canonicalQuery, sha256 } from '../src/api/sign.ts';
import { createTransport, release } from '../src/api/transport.ts';
import { optionsFrom } from '../src/options.ts';
import { openSession } from '../src/session.ts';
import type { Cockpit } from '../src/state/cockpit.ts';
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
        const query = canonicalQuery({
          Sort: 'CreateTime',
          Order: 'asc',
          PageNumber: String(page),
          PageSize: String(pageSize),
        });
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
        const answer = await transport.exchange({
          method: 'GET',
          path: `${path}?${query}`,
          headers,
          body: undefined,
          write: false,
          timeoutMs: 60_000,
          signal: undefined,
        });
        if (answer.status !== 200) throw new Error(`the emulator answered ${answer.status}`);
        release(answer);
      }
    },
  };
}

/** The program as it is, without its screen; it reads when it is told to. */
function openWithoutScreen(emulator: EmulatorProcess) {
  const home = mkdtempSync(join(tmpdir(), 'bench-poll-'));
  const nothing = (): void => undefined;
  const session = openSession(
    {
      endpoint: emulator.endpoint,
      region: emulator.region,
      vpc: false,
      credentials: { describe: () => 'bench', get: async () => emulator },
    },
    {
      options: { ...optionsFrom({}, {}, {}), refresh: 1e6 },
      version: 'bench',
      env: { XDG_STATE_HOME: home },
      leave: nothing,
      clipboard: nothing,
      bell: nothing,
      places: { contexts: async () => [], regions: () => [], go: async () => undefined },
      terminal: { suspend: async () => undefined, repaint: async () => undefined, lend: (task) => task() },
    },
  );
  const { cockpit } = session;
  // As the screen does: whatever changes, the table is looked at.
  cockpit.store.subscribe(() => look(cockpit));
  return {
    cockpit,
    async close() {
      await session.close();
      rmSync(home, { recursive: true });
    },
  };
}

function look(cockpit: Cockpit): number {
  const table = cockpit.openTable();
  if (table) cockpit.tally(table);
  return table?.visible.rows.length ?? 0;
}

interface Labelling {
  readonly emulator: Pick<EmulatorProcess, 'endpoint' | 'region' | 'accessKeyId' | 'accessKeySecret'>;
  readonly names: readonly string[];
  readonly stamp: string;
}

/** Whoever else changes services: what that costs and leaves behind is not this process's. */
function startOthers() {
  const child = fork(new URL('../../bench/poll.mjs', import.meta.url), ['--others']);
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`the process that changes services ended with ${code}`);
  });
  // At the end it is ended.
  gone.catch(() => undefined);
  return {
    async label(labelling: Labelling): Promise<void> {
      child.send(labelling);
      await Promise.race([once(child, 'message'), gone]);
    },
    end: () => void child.kill(),
  };
}

/** What such a process does: it labels what it is told to, and says when it has. */
function beOthers(): void {
  process.on('message', async ({ emulator, names, stamp }: Labelling) => {
    const { endpoint, region } = emulator;
    const client = createClient({
      endpoint,
      region,
      credentials: { describe: () => 'bench', get: async () => emulator },
    });
    for (const name of names) await labelService(client, name, { bench: stamp });
    await client.close();
    process.send?.('done');
  });
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
  const { cockpit, close } = openWithoutScreen(emulator);
  const others = startOthers();
  let stamp = 0;
  const change = async (): Promise<void> => {
    const rows = (sourceOf(cockpit)?.rows ?? []) as { serviceName: string }[];
    stamp++;
    await others.label({
      emulator,
      names: rows.filter((_, place) => place % 100 === stamp % 100).map(({ serviceName }) => serviceName),
      stamp: String(stamp),
    });
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
    // Code that runs with each poll is compiled by then.
    for (let round = 0; round < 4; round++) {
      await change();
      await Promise.all([poll(), dropper.list(count)]);
    }
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
    others.end();
    await Promise.all([dropper.close(), emulator.close()]);
  }
}

export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      services: { type: 'string', default: '1000,10000' },
      rounds: { type: 'string', default: '7' },
      others: { type: 'boolean', default: false },
    },
  });
  if (values.others) return beOthers();
  for (const count of values.services.split(',').map(Number)) {
    // One line each, to be read by whoever started it.
    console.log(JSON.stringify(await measure(count, Number(values.rounds))));
  }
}
