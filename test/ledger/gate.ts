/** A door before the service: every request can be looked at, and held, before it is let through. */
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Given in the place of what the service would say. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

export interface Gate {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * @param endpoint the service behind it
 * @param look told of each request when it has come in whole; the request goes on when it resolves, unless it resolves
 *   with an answer
 */
export async function openGate(
  endpoint: string,
  look: (operation: string, headers: IncomingHttpHeaders) => Promise<Answer | undefined> | Answer | undefined,
): Promise<Gate> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const answer = await look(String(incoming.headers['x-acs-action'] ?? ''), incoming.headers);
    if (answer) {
      outgoing.writeHead(answer.status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(answer.body));
      return;
    }
    const { method, headers } = incoming;
    // The host stays the one that was signed.
    const onward = request(new URL(incoming.url ?? '/', endpoint), { method, headers }, (given) => {
      outgoing.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(Buffer.concat(chunks));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
