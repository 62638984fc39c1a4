import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Client, type ClientOptions, createClient } from '../../src/api/client.ts';

interface Seen {
  method: string;
  path: string;
  query: Record<string, string>;
  rawQuery: string;
  headers: Record<string, string>;
  body: string;
  /** Which connection it came over, counted from 0. */
  connection: number;
}

type Handler = (seen: Seen, response: ServerResponse, request: IncomingMessage) => void;

export interface Service {
  port: number;
  seen: Seen[];
  connections: Socket[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback that answers as the test says. */
export async function serve(handler: Handler): Promise<Service> {
  const seen: Seen[] = [];
  const connections: Socket[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://server');
      const entry: Seen = {
        method: request.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        rawQuery: url.search.slice(1),
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        body: Buffer.concat(chunks).toString(),
        connection: connections.indexOf(request.socket),
      };
      seen.push(entry);
      handler(entry, response, request);
    });
  });
  server.on('connection', (socket) => connections.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    connections,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Answers JSON. */
export function reply(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export const keys = { accessKeyId: 'LTAItestkeyid3f2a', accessKeySecret: 'test-secret-of-the-tests' };

/** A client that keeps a list of how long it slept instead of sleeping. */
export function clientOf(port: number, more: Partial<ClientOptions> = {}): { client: Client; slept: number[] } {
  const slept: number[] = [];
  const client = createClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'cn-shanghai',
    credentials: { describe: () => 'the test', get: async () => keys },
    env: {},
    random: () => 0.5,
    clock: {
      now: () => Date.now(),
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        slept.push(ms);
      },
    },
    ...more,
  });
  return { client, slept };
}

/** Waits for something to become true; the test's own time limit ends it if it never does. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
