import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest, Agent as TlsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import type { ProxyServer } from '../proxy.ts';

type Done = (error: Error | null, socket?: Duplex) => void;

/** An agent whose connections go through an HTTP proxy by CONNECT, so that of TLS it sees no more than the host. */
export function createTunnelAgent(proxy: ProxyServer, secure: boolean, timeoutMs: number): Agent {
  const uri = new URL(proxy.uri);
  const request = uri.protocol === 'https:' ? httpsRequest : httpRequest;
  const login = uri.username ? `${decodeURIComponent(uri.username)}:${decodeURIComponent(uri.password)}` : undefined;
  const agent = secure ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });

  agent.createConnection = ((options: { host?: string; port?: number; servername?: string }, done: Done) => {
    const to = `${options.host}:${options.port ?? (secure ? 443 : 80)}`;
    const asked = request({
      host: uri.hostname,
      port: uri.port || (uri.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: to,
      agent: false,
      timeout: timeoutMs,
      headers: {
        host: to,
        ...(login ? { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` } : {}),
      },
    });
    const fail = (code: string, message: string) => done(Object.assign(new Error(message), { code }));
    asked.once('timeout', () => asked.destroy(new Error(`the proxy ${proxy.host} does not answer`)));
    asked.once('error', (error) => fail('ProxyError', `proxy ${proxy.host}: ${error.message}`));
    asked.once('response', (answer) => {
      answer.resume();
      fail('ProxyError', `the proxy ${proxy.host} answered HTTP ${answer.statusCode}`);
    });
    asked.once('connect', (answer, socket: Socket) => {
      if (answer.statusCode !== 200) {
        socket.destroy();
        fail('ProxyError', `the proxy ${proxy.host} answered HTTP ${answer.statusCode} for ${to}`);
        return;
      }
      socket.setTimeout(0);
      if (!secure) return done(null, socket);
      done(null, tlsConnect({ ...options, socket, servername: options.servername ?? options.host ?? '' }));
    });
    asked.end();
    return undefined;
  }) as unknown as Agent['createConnection'];
  return agent;
}
