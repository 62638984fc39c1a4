/** What a poll that brings little news must not do. */
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readEndpoint } from '../../../src/api/endpoints.ts';
import { createPageMemory, readPage } from '../../../src/api/page-bytes.ts';
import { listServices, readService, type Service } from '../../../src/api/services.ts';
import { createTransport, release } from '../../../src/api/transport.ts';
import { services } from '../../../src/screens/services.ts';
import { emptySource } from '../../../src/state/store.ts';
import { clientOf, reply, serve } from '../../api/serve.ts';
import { createProgram, landPage, wireService } from './program.ts';

afterEach(() => vi.restoreAllMocks());

describe('a list read again', () => {
  it('has only the rows parsed of which the bytes differ, and keeps the others as they are', async () => {
    const fleet = Array.from({ length: 250 }, (_, n) => wireService(`service-${n}`, { Message: 'x'.repeat(1_000) }));
    let asked = 0;
    const server = await serve(({ query }, response) => {
      const [page, size] = [Number(query.PageNumber), Number(query.PageSize)];
      const Services = fleet.slice((page - 1) * size, page * size);
      reply(response, {
        RequestId: `R-${asked++}`,
        Services,
        PageNumber: page,
        PageSize: size,
        TotalCount: fleet.length,
      });
    });
    const { client } = clientOf(server.port);
    try {
      const read = async (): Promise<Service[]> => {
        const rows: Service[] = [];
        for await (const page of listServices(client)) rows.push(...page);
        return rows;
      };
      const first = await read();
      fleet[7] = { ...fleet[7], Status: 'Failed' };
      const parse = vi.spyOn(JSON, 'parse');
      const second = await read();
      const parsed = parse.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
      const bytes = JSON.stringify(fleet[7]).length;
      // The row that differs, and what is around the lists.
      expect(parsed).toBeGreaterThan(bytes);
      expect(parsed).toBeLessThan(bytes + 3 * 300);
      expect(second.filter((row, n) => row !== first[n]).map(({ serviceName }) => serviceName)).toEqual(['service-7']);
    } finally {
      await client.close();
      await server.close();
    }
  });

  it('lets the body go: what is kept of a page is in memory of its own', () => {
    const body = Buffer.from(
      JSON.stringify({ RequestId: 'R', Services: [{ a: 1 }, { a: 2 }], Text: 'x'.repeat(5_000) }),
    );
    const kept = readPage(body, undefined)?.kept;
    expect(kept?.list.buffer).not.toBe(body.buffer);
    expect(kept?.list.buffer.byteLength).toBe(kept?.list.length);
  });

  it('keeps a page in the memory that it came in where that is its own, and gives it back with the page', () => {
    const page = (last: number) =>
      Buffer.from(new TextEncoder().encode(JSON.stringify({ L: [{ a: 1 }, { a: last }] })).buffer);
    const memory = createPageMemory();
    const bodies = [page(2), page(2), page(3), page(3)];
    const taken: Buffer[] = [];
    for (const body of bodies) memory.read('list', 1, body, () => taken.push(body) > 0);
    // Those in which nothing is new are left to whoever brought them.
    expect(taken).toEqual([bodies[0], bodies[2]]);
    expect(bodies.map(({ length }) => length)).toEqual([0, 23, 23, 23]);
  });

  it('gives the memory of a page back when the next one takes its place', () => {
    const page = (last: number) => Buffer.from(JSON.stringify({ Services: [{ a: 1 }, { a: last }] }));
    const lists: Buffer[] = [];
    const slow = vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation((size) => {
      lists.push(Buffer.from(new ArrayBuffer(size)));
      return lists.at(-1) as Buffer<ArrayBuffer>;
    });
    const memory = createPageMemory();
    memory.read('list', 1, page(2));
    memory.read('list', 1, page(2));
    expect(lists.map(({ length }) => length)).toEqual([17]);
    const { Services } = memory.read('list', 1, page(3)) ?? {};
    memory.read('list', 1, Buffer.from('nonsense'));
    slow.mockRestore();
    expect(lists.map(({ length }) => length)).toEqual([0, 0]);
    expect(Services).toEqual([{ a: 1 }, { a: 3 }]);
  });

  it('gives the memory of a body back at once', async () => {
    const fleet = Array.from({ length: 100 }, (_, n) => wireService(`service-${n}`, { Message: 'x'.repeat(1_000) }));
    const server = await serve((_, response) => {
      const body = gzipSync(JSON.stringify({ RequestId: 'R', Services: fleet, PageSize: 100, TotalCount: 100 }));
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
    });
    const transport = createTransport({
      endpoint: readEndpoint(`http://127.0.0.1:${server.port}`, { allowHttp: false }),
      proxy: undefined,
      connectTimeoutMs: 5_000,
    });
    try {
      const ask = { method: 'GET', path: '/', body: undefined, write: false, timeoutMs: 5_000 } as const;
      const answer = await transport.exchange({ ...ask, headers: { 'accept-encoding': 'gzip' }, signal: undefined });
      expect(answer.body.length).toBeGreaterThan(100_000);
      release(answer);
      expect(answer.body.buffer.byteLength).toBe(0);
      // Memory that others may share is left alone.
      const shared = Buffer.from('shared');
      release({ body: shared });
      expect(shared.toString()).toBe('shared');
    } finally {
      await transport.close();
      await server.close();
    }
  });

  it('keeps rows by what they are, wherever they come', () => {
    const wires = ['a', 'b', 'c'].map((name) => wireService(name));
    const first = landPage(emptySource, services, wires.map(readService), true);
    const second = landPage(first, services, wires.toReversed().map(readService), true);
    expect(second.rows).toEqual([...first.rows].reverse());
    for (const row of second.rows) expect(first.rows).toContain(row);
    expect(second.rows.every((row) => first.rows.some((old) => old === row))).toBe(true);
  });
});

describe('at rest', () => {
  it('has two timers: the next full second and the next question', async () => {
    const { clock, press } = await createProgram({ services: [wireService('a'), wireService('b')], refreshMs: 2_000 });
    for (let second = 0; second < 5; second++) {
      await clock.advance(1_000);
      const waiting = clock.waiting();
      expect(waiting).toHaveLength(2);
      expect(waiting.every((ms) => ms <= 2_000)).toBe(true);
    }
    // Nor does anything that was opened and left keep one.
    await press('d', 'esc', '?', 'esc', '/', 'a', 'esc');
    await clock.advance(3_000);
    expect(clock.waiting()).toHaveLength(2);
  });

  it('lands the same rows without a change to what is drawn', async () => {
    const { clock, state } = await createProgram({ services: [wireService('a'), wireService('b')], refreshMs: 2_000 });
    const { rows, byId } = state().sources['services{}'] ?? emptySource;
    await clock.advance(10_000);
    expect(state().sources['services{}']?.rows).toBe(rows);
    expect(state().sources['services{}']?.byId).toBe(byId);
  });
});
