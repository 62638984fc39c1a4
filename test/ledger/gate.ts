/** A door before the service: every request can be looked at, and held, before it is let through. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Gate {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * @param endpoint the service behind it
 * @param look told of the operation of each request when it has come in whole; the request goes on when it resolves
 */
export async function openGate(endpoint: string, look: (operation: string) => unknown): Promise<Gate> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    await look(String(incoming.headers['x-acs-action'] ?? ''));
    const { method, headers } = incoming;
    // The host stays the one that was signed.
    const onward = request(new URL(incoming.url ?? '/', endpoint), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
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
