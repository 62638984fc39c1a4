import type { Variants } from './variants.ts';

/** A refusal in the gateway's shape. Codes that no document gives are the emulator's choice and marked where thrown. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly more: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    extra: { more?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = extra.more ?? {};
    this.headers = extra.headers ?? {};
  }
}

/** HTTP 400 for a value that cannot be used. The code is documented for DescribeServiceLog. */
export function invalidParameter(name: string, why: string): Refusal {
  return new Refusal(400, 'InvalidParameter', `The specified parameter ${name} is not valid: ${why}.`);
}

/** HTTP 400 for a required value that is not there. Emulator's choice. */
export function missingParameter(name: string): Refusal {
  return new Refusal(400, `Missing${name}`, `The parameter ${name} is required.`);
}

/** For an operation that the object's present state does not allow; which code it has is not documented. */
export function wrongStatus(variants: Variants, message: string): Refusal {
  const status = variants.number('state-error-status', 400);
  return new Refusal(status, variants.text('state-error-code', 'InvalidService.StatusNotSupported'), message);
}

/** For too many requests; the code is documented, the limits are not. */
export function throttled(variants: Variants, retryAfterMs: number | undefined): Refusal {
  const headers = retryAfterMs === undefined ? {} : { 'x-acs-retry-after': String(retryAfterMs) };
  const message = 'Request was denied due to user flow control.';
  const status = variants.number('throttle-status', 429);
  return new Refusal(status, variants.text('throttle-code', 'Throttling.User'), message, { headers });
}

/** The body of a refusal as the gateway words it (samples of other products of the same gateway). */
export function refusalBody(refusal: Refusal, requestId: string, host: string): Record<string, unknown> {
  return {
    RequestId: requestId,
    HostId: host,
    Code: refusal.code,
    Message: refusal.message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(refusal.code)}&product=eas&requestId=${requestId}`,
    ...refusal.more,
  };
}
