import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { ProxyServer } from '../proxy.ts';
import { createTunnelAgent } from './tunnel.ts';

/** What goes with a request beside what ali-oss puts into it. */
export interface RequestContext {
  signal?: AbortSignal | undefined;
  /** Told as bytes of the body leave. */
  sent?: ((bytes: number) => void) | undefined;
}

/** A body that is read while it is sent. */
export type Body = AsyncIterable<Buffer>;

/** A request as ali-oss hands it to its HTTP client. */
interface AliOssRequest {
  method: string;
  headers: Record<string, string | number | undefined>;
  content?: Buffer | string | undefined;
  stream?: Body | undefined;
  ctx?: RequestContext | undefined;
}

interface AliOssAnswer {
  status: number;
  headers: Record<string, string>;
  data: Buffer;
  res: { status: number; statusCode: number; headers: Record<string, string> };
}

/** In the shape of urllib, which ali-oss lets one replace. */
export interface AliOssTransport {
  request(url: string, request: AliOssRequest): Promise<AliOssAnswer>;
  close(): void;
}

/** What ali-oss takes for a failed connection (-1) or a silence (-2). */
class NoOssAnswer extends Error {
  readonly status: -1 | -2;
  constructor(status: -1 | -2, code: string, message: string) {
    super(message);
    this.name = code;
    this.status = status;
  }
}

interface TransportOptions {
  proxy: ProxyServer | undefined;
  connectTimeoutMs: number;
  /** How long nothing may move, in either direction. */
  stallMs: number;
}

/** Answers are lists of at most a thousand entries; more than this is not one. */
const largestAnswer = 16 * 1024 * 1024;
const block = 64 * 1024;
/** What has left here may still wait in the kernel: at most so many bytes, on a line of at least so many a second. */
const buffered = { bytes: 4 * 1024 * 1024, perSecond: 32 * 1024 };

/**
 * Sends what ali-oss has signed. Its own urllib cannot be given up on without being destroyed, times a part by the clock
 * instead of by silence, tells nothing while it sends, and writes to the console when a connection breaks.
 */
export function createAliOssTransport({ proxy, connectTimeoutMs, stallMs }: TransportOptions): AliOssTransport {
  const agentOf = (secure: boolean) => {
    if (proxy) return createTunnelAgent(proxy, secure, connectTimeoutMs);
    return secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  };
  const plain = agentOf(false);
  const secure = agentOf(true);

  async function feed(request: ClientRequest, { content, stream, ctx }: AliOssRequest): Promise<void> {
    // A request that was given up before it had a connection never tells of what was written to it.
    const gone = new Promise<never>((_, reject) => {
      request.once('close', () => reject(new NoOssAnswer(-1, 'ECONNRESET', 'the connection broke')));
    });
    gone.catch(() => {});
    const leave = (bytes: Buffer) =>
      new Promise<void>((resolve, reject) => {
        request.write(bytes, (error) => {
          if (error) return reject(error);
          ctx?.sent?.(bytes.length);
          resolve();
        });
      });
    const write = (bytes: Buffer) => Promise.race([leave(bytes), gone]);
    if (stream) {
      // The next piece is read while this one leaves.
      let leaving: Promise<void> = Promise.resolve();
      for await (const bytes of stream) {
        await leaving;
        leaving = write(bytes);
        leaving.catch(() => {});
      }
      await leaving;
    } else if (content !== undefined) {
      const bytes = Buffer.from(content as Buffer);
      for (let at = 0; at < bytes.length; at += block) await write(bytes.subarray(at, at + block));
    }
    request.end();
  }

  return {
    request(url, asked) {
      const [, scheme = '', authority = '', path = ''] = /^(https?):\/\/([^/?#]+)(.*)$/s.exec(url) ?? [];
      const [, hostname = '', port] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
      const headers = Object.fromEntries(Object.entries(asked.headers).filter(([, value]) => value != null));
      const { promise, resolve, reject } = Promise.withResolvers<AliOssAnswer>();
      const signal = asked.ctx?.signal;
      if (signal?.aborted) return Promise.reject(new NoOssAnswer(-1, 'AbortError', 'given up'));
      const https = scheme === 'https';
      const request = (https ? httpsRequest : httpRequest)({
        host: hostname,
        port: port ? Number(port) : https ? 443 : 80,
        path: path.startsWith('/') ? path : `/${path}`,
        method: asked.method,
        headers: headers as Record<string, string>,
        agent: https ? secure : plain,
      });
      let settled = false;
      const settle = (outcome: AliOssAnswer | NoOssAnswer): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        if (!(outcome instanceof NoOssAnswer)) return resolve(outcome);
        request.destroy();
        reject(outcome);
      };
      const silence = () => settle(new NoOssAnswer(-2, 'Timeout', `nothing moved for ${Math.round(stallMs / 1000)} s`));
      const noLine = () => settle(new NoOssAnswer(-2, 'ConnectTimeout', `no connection to ${authority} in time`));
      let timer = setTimeout(noLine, connectTimeoutMs);
      let leftHere = 0;
      const moving = (): void => {
        if (settled) return;
        clearTimeout(timer);
        const onItsWay = (Math.min(leftHere, buffered.bytes) / buffered.perSecond) * 1_000;
        timer = setTimeout(silence, stallMs + onItsWay);
      };
      const abort = () => settle(new NoOssAnswer(-1, 'AbortError', 'given up'));
      signal?.addEventListener('abort', abort, { once: true });
      const broken = (error: NodeJS.ErrnoException): void =>
        settle(new NoOssAnswer(-1, error.code ?? 'NetworkError', error.message));

      request.on('error', broken);
      request.on('socket', (socket) => {
        if (socket.connecting) socket.once('connect', moving);
        else moving();
      });
      request.on('response', (response: IncomingMessage) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          moving();
          size += chunk.length;
          if (size > largestAnswer) settle(new NoOssAnswer(-1, 'AnswerTooLarge', 'the answer has no end'));
          else chunks.push(chunk);
        });
        response.on('error', broken);
        response.on('close', () => settle(new NoOssAnswer(-1, 'ECONNRESET', 'the connection broke in the answer')));
        response.on('end', () => {
          if (!response.complete) return;
          const fields = Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
          );
          const status = response.statusCode ?? 0;
          // Answered before all was sent: this connection carries half a request and nothing more.
          if (!request.writableFinished) request.destroy();
          settle({
            status,
            headers: fields,
            data: Buffer.concat(chunks),
            res: { status, statusCode: status, headers: fields },
          });
        });
      });
      const sent = asked.ctx?.sent;
      const ctx: RequestContext = {
        sent: (bytes) => {
          leftHere += bytes;
          moving();
          if (!settled) sent?.(bytes);
        },
      };
      // What reading the file failed of matters more than the broken request it leaves behind.
      feed(request, { ...asked, ctx }).catch((error: Error) => {
        if (settled) return;
        if (error instanceof NoOssAnswer || 'syscall' in error || (error as NodeJS.ErrnoException).code !== undefined) {
          return broken(error);
        }
        settled = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        request.destroy();
        reject(error);
      });
      return promise;
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}
