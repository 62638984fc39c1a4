import type { OperationName } from './contract/wire.gen.ts';
import { ApiError, errorOf, oneLine, redact } from './errors.ts';
import { isRecord } from './read.ts';
import type { Keys } from './sign.ts';
import type { RawAnswer } from './transport.ts';

export interface Asked {
  operation: OperationName;
  write: boolean;
  keys: Keys;
  /** Epoch milliseconds when the answer came. */
  now: number;
  /** Who answered, for people. */
  host: string;
  /** Reads a page of a list by what it knows of the page; undefined leaves it to a full parse. */
  page?: ((body: Buffer) => Record<string, unknown> | undefined) | undefined;
}

/** The body of a good answer as an object that has a RequestId if the answer had one anywhere. Throws ApiError. */
export function readAnswer(raw: RawAnswer, asked: Asked): Record<string, unknown> {
  const requestId = raw.headers['x-acs-request-id'];
  if (raw.status >= 400) {
    const body = raw.body.toString('utf8');
    const { operation, write, keys, now } = asked;
    const retryAfterMs = readRetryAfter(raw.headers['x-acs-retry-after']);
    const date = raw.headers.date;
    throw errorOf({ status: raw.status, body, operation, write, keys, now, requestId, retryAfterMs, date });
  }
  const sent = asked.write ? 'unknown' : 'no';
  if (raw.status >= 300) {
    const to = oneLine(raw.headers.location ?? 'nowhere', 100);
    const message = `${asked.host} redirects to ${to}; is there a login page or a wrong endpoint in the way?`;
    throw new ApiError({
      kind: 'server',
      code: 'Redirected',
      message,
      operation: asked.operation,
      status: raw.status,
      sent,
    });
  }
  const known = asked.page?.(raw.body);
  if (known) return withRequestId(known, requestId);
  const body = raw.body.toString('utf8');
  // Nothing said and nothing refused: that is a yes.
  const parsed = body.trim() === '' ? {} : parse(body);
  if (!isRecord(parsed)) {
    throw garbage(asked.operation, asked.host, redact(body.slice(0, 2_000), asked.keys), {
      sent,
      status: raw.status,
      requestId,
    });
  }
  return withRequestId(parsed, requestId);
}

function withRequestId(answer: Record<string, unknown>, requestId: string | undefined): Record<string, unknown> {
  return requestId === undefined || answer.RequestId ? answer : { ...answer, RequestId: requestId };
}

/** What came is not what the service speaks. */
export function garbage(
  operation: OperationName,
  host: string,
  excerpt: string,
  more: { sent: 'no' | 'unknown'; status?: number; requestId?: string | undefined },
): ApiError {
  const line = oneLine(excerpt, 80);
  const message = `${host} answered something that is not its JSON${line ? `: ${line}` : ''}`;
  return new ApiError({ kind: 'server', code: 'GarbageAnswer', message, operation, ...more });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body.startsWith('\ufeff') ? body.slice(1) : body);
  } catch {
    return undefined;
  }
}

/** Milliseconds, as the gateway means it (the SDK reads it so). */
function readRetryAfter(value: string | undefined): number | undefined {
  const ms = Number.parseInt(value ?? '', 10);
  return Number.isNaN(ms) || ms < 0 ? undefined : ms;
}
