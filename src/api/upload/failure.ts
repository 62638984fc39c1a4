import { ApiError, classify, type ErrorKind, oneLine, redact } from '../errors.ts';
import type { Keys } from '../sign.ts';

/** What ali-oss rejects with: mostly Errors, some of them plain objects. */
interface AliOssFailure {
  status?: number;
  code?: string;
  name?: string;
  message?: string;
  requestId?: string;
}

const words: Record<string, string> = {
  SecurityTokenExpired: 'the STS token has expired',
  RequestTimeTooSkewed: "this machine's clock is more than 15 minutes wrong",
  NoSuchUpload: 'OSS no longer knows this upload: it was completed, aborted or cleaned away',
  InvalidDigest: 'what arrived is not what was sent (Content-MD5)',
};

const auth =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|SecurityTokenExpired|InvalidSecurityToken|RequestTimeTooSkewed)$/;

function kindOf(status: number, code: string, message: string): ErrorKind {
  if (auth.test(code)) return 'auth';
  if (/^(QpsLimitExceeded|SlowDown|RequestRateLimit)/i.test(code) || /BandwidthLimit/i.test(code)) return 'throttled';
  if (code === 'RequestTimeout') return 'timeout';
  if (/must be addressed using the specified endpoint/i.test(message)) return 'invalid';
  if (/^NoSuch/.test(code)) return 'missing';
  return classify(status, code);
}

/** Any failure of a request to OSS, in the program's own terms: one line, without keys. */
export function ossFailure(
  error: unknown,
  about: { operation: string; bucket: string | undefined; region: string; keys: Keys | undefined },
): ApiError {
  if (error instanceof ApiError) return error;
  const { operation, bucket, region, keys } = about;
  const { status, code, name, message = '', requestId } = (error ?? {}) as AliOssFailure;
  const text = oneLine(redact(message, keys));
  if (name === 'AbortError' || code === 'AbortError') {
    return new ApiError({ kind: 'aborted', code: 'Aborted', message: 'given up', operation });
  }
  if (status === -1 || status === -2) {
    const kind = status === -2 ? 'timeout' : 'network';
    const asked = /-internal\./.test(text)
      ? 'that host is known inside its region alone (--inner)'
      : `no such host; is the region "${region}" right?`;
    const reason = /ENOTFOUND|EAI_/.test(code ?? '') ? `${text}: ${asked}` : text;
    return new ApiError({ kind, code: code ?? 'NetworkError', message: `OSS: ${reason}`, operation, sent: 'unknown' });
  }
  if (code === undefined) {
    // Nothing in OSS's own XML: a gateway's page, or half an answer. The library's words are about its parser.
    const kind = kindOf(status ?? 0, '', '');
    const what = status === undefined ? 'what it answered cannot be read' : `HTTP ${status} without a reason`;
    const shown = status === undefined ? 'UnreadableAnswer' : `HTTP ${status}`;
    return new ApiError({ kind, code: shown, message: `OSS: ${what}`, operation, status, requestId, sent: 'unknown' });
  }
  const shown = oneLine(code, 60);
  const kind = kindOf(status ?? 0, shown, message);
  // First what mends it: the rest may be cut off.
  const denied = kind === 'denied' ? `: needs oss:${right(operation)} on ${bucket ?? 'the account'}` : '';
  const elsewhere = kind === 'invalid' && /specified endpoint/i.test(message);
  if (elsewhere) {
    return new ApiError({
      kind,
      code: 'WrongRegion',
      message: `the bucket ${bucket} is not in ${region}; upload with its own region, or take a bucket of ${region}`,
      operation,
      status,
      requestId,
    });
  }
  const where = shown === 'NoSuchBucket' ? `: there is no bucket ${bucket}` : '';
  return new ApiError({
    kind,
    code: shown,
    message: `OSS ${shown}${denied}${where || `: ${words[shown] ?? (text || 'no reason given')}`}`,
    operation,
    status,
    requestId: requestId ? oneLine(requestId, 80) : undefined,
    sent: kind === 'server' ? 'unknown' : 'no',
  });
}

/** The right an operation needs. Source: the RAM actions of OSS. */
function right(operation: string): string {
  if (operation === 'HeadObject') return 'GetObject';
  if (operation === 'ListBuckets' || operation === 'ListParts' || operation === 'ListMultipartUploads')
    return operation;
  return operation === 'AbortMultipartUpload' ? operation : 'PutObject';
}

/** Whether the same request may well succeed a moment later. */
export function passing(error: ApiError): boolean {
  if (error.code === 'InvalidDigest' || error.code === 'Damaged') return true;
  if (/ENOTFOUND|CERT_|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/.test(error.code)) return false;
  return error.kind === 'network' || error.kind === 'timeout' || error.kind === 'server' || error.kind === 'throttled';
}

/** Whether other keys would have been taken. */
export function staleKeys(error: ApiError): boolean {
  return /^(SecurityTokenExpired|InvalidSecurityToken|InvalidAccessKeyId)$/.test(error.code);
}
