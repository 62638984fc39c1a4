import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../../../emulator/clock.ts';
import { createEmulator, type Emulator } from '../../../emulator/server.ts';
import { createClient } from '../../../src/api/client.ts';
import type { Api, Scope, Screen } from '../../../src/screens/define.ts';
import { screens } from '../../../src/screens/index.ts';
import { cellsOf, listAll, quiet } from './contract-rows.ts';

let emulator: Emulator;
let api: Api;
let close: () => Promise<void>;

beforeAll(async () => {
  emulator = await createEmulator({ clock: createClock({ manual: true }), seed: 7, strict: true });
  const { accessKeyId, accessKeySecret, endpoint, region } = emulator;
  const credentials = { describe: () => 'the test', get: async () => ({ accessKeyId, accessKeySecret }) };
  const client = createClient({ endpoint, region, credentials, allowHttp: true, readOnly: true, env: {} });
  close = () => client.close();
  api = Object.assign(client, {
    uploads: { rows: () => [] },
    ledger: { entries: async () => [], settle: async () => false },
  });
});

afterAll(async () => {
  await close();
  await emulator.close();
});

const screenOf = (id: string): Screen => {
  const screen = screens.find((one) => one.id === id);
  if (!screen) throw new Error(`no screen ${id}`);
  return screen;
};

/** The rows of a screen, all of which must be fit to be seen and described. */
async function visit(id: string, scope: Scope): Promise<{ screen: Screen; rows: unknown[] }> {
  const screen = screenOf(id);
  const rows = await listAll(screen, api, scope);
  expect(new Set(rows.map((row) => screen.rowId(row))).size).toBe(rows.length);
  for (const row of rows) {
    for (const text of Object.values(cellsOf(screen, row, emulator.clock.now()))) {
      expect(text).not.toMatch(/undefined|NaN|null|\[object/);
    }
  }
  const sections = rows.length > 0 ? await screen.describe?.(api, rows[0], scope, quiet()) : undefined;
  if (rows.length > 0) expect(sections?.length).toBeGreaterThan(0);
  return { screen, rows };
}

/** What is inside the first of some rows that has anything inside. */
async function into({ screen, rows }: { screen: Screen; rows: unknown[] }, scope: Scope) {
  for (const row of rows) {
    const to = screen.enter?.(row, scope);
    if (!to) throw new Error(`nothing is inside ${screen.id}`);
    const inside = await visit(to.screen, to.scope);
    if (inside.rows.length > 0) return { ...inside, scope: to.scope, row, find: to.find };
  }
  throw new Error(`no row of ${screen.id} has anything inside`);
}

describe('from screen to screen over the wire', () => {
  it('leads from services through workers to containers', async () => {
    const workers = await into(await visit('services', {}), {});
    expect(workers.screen.id).toBe('workers');
    const containers = await into(workers, workers.scope);
    expect(containers.screen.id).toBe('containers');
    expect(containers.scope).toEqual({
      service: workers.scope['service'],
      worker: workers.screen.rowName(containers.row),
    });
  });

  it('leads from resource groups through nodes to the workers on one, and from there to the same worker', async () => {
    const nodes = await into(await visit('resources', {}), {});
    expect(nodes.screen.id).toBe('instances');
    const onNode = await into(nodes, nodes.scope);
    expect(onNode.screen.id).toBe('node-workers');
    const workers = await into(onNode, onNode.scope);
    expect(workers.screen.id).toBe('workers');
    expect(workers.rows.map((row) => workers.screen.rowName(row))).toContain(workers.find);
  });

  it('shows what a group has free as the sum of what its nodes have free', async () => {
    const { screen, rows } = await visit('resources', {});
    const freeOf = (of: Screen, row: unknown): number[] =>
      ['cpu', 'gpu', 'memory'].map((id) => Number(of.columns.find((column) => column.id === id)?.value(row)));
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      const nodes = await visit('instances', { resource: screen.rowId(row) });
      const sums = nodes.rows.map((node) => freeOf(nodes.screen, node));
      const sum = [0, 1, 2].map((place) => sums.reduce((total, one) => total + (one[place] ?? 0), 0));
      expect(freeOf(screen, row)).toEqual(sum);
    }
  });

  it('shows versions of which exactly one runs, and warnings among events', async () => {
    const services = await visit('services', {});
    let warned = 0;
    for (const service of services.rows) {
      const scope = { service: services.screen.rowName(service) };
      const versions = await visit('versions', scope);
      const current = versions.rows.filter((row) => cellsOf(versions.screen, row)['mark']?.includes('current'));
      expect(current, scope.service).toHaveLength(1);
      const events = await visit('events', scope);
      warned += events.rows.filter((row) => events.screen.fault?.(row)).length;
    }
    expect(warned).toBeGreaterThan(0);
  });

  it('shows groups with the services in them', async () => {
    const { screen, rows } = await visit('groups', {});
    const [members] = (await screen.describe?.(api, rows[0], {}, quiet())) ?? [];
    expect(members?.title).toBe('Services in it');
    expect(members?.lines?.[0]?.text).toMatch(/Running/);
  });

  it('asks only what the contract knows, and changes nothing', () => {
    const asked = emulator.requests();
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(asked.filter(({ status }) => status !== 200).map(({ operation, code }) => `${operation} ${code}`)).toEqual(
      [],
    );
  });
});
