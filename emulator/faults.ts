import type { OperationName } from '../src/api/contract/wire.gen.ts';
import { operations } from './contract.ts';
import { Refusal, throttled } from './errors.ts';
import type { Variants } from './variants.ts';

/** Every trouble the emulator can make, with what its value means. */
export const faultHelp = {
  latency: 'answers MS milliseconds later (default 300)',
  throttle: 'answers 429 Throttling.User; a value is sent as x-acs-retry-after in ms',
  '5xx': 'answers that HTTP status (default 503) with a gateway error',
  denied: 'answers 403 Forbidden.RAM with AccessDeniedDetail',
  conflict: 'answers 409 Conflict',
  expired: 'answers 400 InvalidSecurityToken.Expired',
  skew: 'checks the date of the request as if the clock were MS ahead (default 1200000)',
  reset: 'breaks the connection in the middle of the body',
  lost: 'does the work, then breaks the connection without an answer',
  stall: 'sends the headers and half of the body, then nothing more',
  silent: 'does the work and never answers',
  garbage: 'answers 200 with bytes that are not JSON',
  html: "answers 502 with a proxy's HTML page",
  'half-json': 'answers 200 with the first half of the body',
  shrinking: 'lists lose one row more with every answer',
  huge: 'adds N megabytes (default 20) of text to the answer',
} as const;

type FaultKind = keyof typeof faultHelp;

export interface Fault {
  readonly kind: FaultKind;
  readonly value: number | undefined;
  /** Only requests of this operation; all when undefined. */
  readonly operation: OperationName | undefined;
  /** How many requests it still strikes. */
  left: number;
  /** How many it has struck. */
  struck: number;
  readonly spec: string;
}

/** Reads `kind[=value][:Operation][:count]`; throws an Error with a plain message. */
export function readFault(spec: string): Fault {
  const [head = '', ...rest] = spec.split(':');
  const [kind = '', text] = head.split('=');
  if (!Object.hasOwn(faultHelp, kind)) {
    throw new Error(`fault "${kind}" is not one of ${Object.keys(faultHelp).join(', ')}`);
  }
  const value = text === undefined ? undefined : Number(text);
  if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
    throw new Error(`value "${text}" of fault ${kind} is not a number of 0 or more`);
  }
  if (kind === '5xx' && value !== undefined && !(value >= 500 && value <= 599)) {
    throw new Error(`value "${text}" of fault 5xx is not from 500 to 599`);
  }
  let operation: OperationName | undefined;
  let left = Number.POSITIVE_INFINITY;
  for (const part of rest) {
    if (Object.hasOwn(operations, part)) operation = part as OperationName;
    else if (/^[1-9]\d*$/.test(part)) left = Number(part);
    else throw new Error(`"${part}" in fault "${spec}" is neither an operation nor a count`);
  }
  return { kind: kind as FaultKind, value, operation, left, struck: 0, spec };
}

/** The faults that are on. Asking for one uses up one of its strikes. */
export interface Faults {
  set(specs: readonly string[]): void;
  list(): { spec: string; left: number | undefined; struck: number }[];
  take(kind: FaultKind, operation: OperationName): Fault | undefined;
}

export function createFaults(specs: readonly string[]): Faults {
  let faults = specs.map(readFault);
  return {
    set(next) {
      faults = next.map(readFault);
    },
    list: () =>
      faults.map(({ spec, left, struck }) => ({ spec, left: Number.isFinite(left) ? left : undefined, struck })),
    take(kind, operation) {
      const fault = faults.find(
        (each) => each.kind === kind && each.left > 0 && (each.operation ?? operation) === operation,
      );
      if (!fault) return undefined;
      fault.left -= 1;
      fault.struck += 1;
      return fault;
    },
  };
}

/** Faults that are answered with a refusal. Codes as of other products of the same gateway. */
export function faultRefusal(faults: Faults, operation: OperationName, variants: Variants): Refusal | undefined {
  const throttle = faults.take('throttle', operation);
  if (throttle) return throttled(variants, throttle.value);
  const server = faults.take('5xx', operation);
  if (server) {
    const status = server.value ?? 503;
    const [code, message] =
      status === 500
        ? ['InternalError', 'The request processing has failed due to some unknown error.']
        : ['ServiceUnavailable', 'The request has failed due to a temporary failure of the server.'];
    return new Refusal(status, code, message);
  }
  if (faults.take('denied', operation)) {
    return new Refusal(
      variants.number('denied-status', 403),
      variants.text('denied-code', 'Forbidden.RAM'),
      `User not authorized to operate on the specified resource, or this API doesn't support RAM.`,
      {
        more: {
          AccessDeniedDetail: {
            AuthAction: `eas:${operation}`,
            AuthPrincipalType: 'SubUser',
            AuthPrincipalOwnerId: '1828488879220001',
            AuthPrincipalDisplayName: '203129993721340001',
            NoPermissionType: 'ImplicitDeny',
            PolicyType: 'AccountLevelIdentityBasedPolicy',
            EncodedDiagnosticMessage: 'AQFohtp4aIbaeE',
          },
        },
      },
    );
  }
  if (faults.take('conflict', operation)) {
    // Emulator's choice: no document gives the code or says when it comes for a change.
    return new Refusal(409, 'Conflict', 'The specified resource is being changed by another request.');
  }
  if (faults.take('expired', operation)) {
    return new Refusal(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');
  }
  return undefined;
}
