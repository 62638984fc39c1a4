/** Every trouble the emulated OSS can make, with what its value means. */
export const ossFaultHelp = {
  latency: 'answers MS milliseconds later (default 300)',
  slow: 'takes a body in with a wait of MS (default 50) after every 64 KiB or less',
  cut: 'breaks the connection once N bytes (default 1000) of the body have come',
  lost: 'does the work, then breaks the connection without an answer',
  silent: 'does the work and never answers',
  '5xx': 'answers that HTTP status (default 503)',
  throttle: 'answers 503 QpsLimitExceeded',
  denied: 'answers 403 AccessDenied',
  expired: 'answers 403 SecurityTokenExpired',
  skew: 'checks the date of the request as if the clock were MS ahead (default 1200000)',
  'no-upload': 'answers 404 NoSuchUpload and forgets the upload',
  flip: 'flips one bit of the body on its way in, before Content-MD5 is checked',
  rot: 'what is stored is one bit off what was sent; of CompleteMultipartUpload, the whole object',
} as const;

type OssFaultKind = keyof typeof ossFaultHelp;

export const ossOperations = [
  'ListBuckets',
  'ListMultipartUploads',
  'PutObject',
  'HeadObject',
  'DeleteObject',
  'InitiateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'ListParts',
] as const;

export type OssOperation = (typeof ossOperations)[number];

interface OssFault {
  readonly kind: OssFaultKind;
  readonly value: number | undefined;
  readonly operation: OssOperation | undefined;
  left: number;
  struck: number;
  readonly spec: string;
}

/** Reads `kind[=value][:Operation][:count]`; throws an Error with a plain message. */
export function readOssFault(spec: string): OssFault {
  const [head = '', ...rest] = spec.split(':');
  const [kind = '', text] = head.split('=');
  if (!Object.hasOwn(ossFaultHelp, kind)) {
    throw new Error(`OSS fault "${kind}" is not one of ${Object.keys(ossFaultHelp).join(', ')}`);
  }
  const value = text === undefined ? undefined : Number(text);
  if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
    throw new Error(`value "${text}" of OSS fault ${kind} is not a number of 0 or more`);
  }
  let operation: OssOperation | undefined;
  let left = Number.POSITIVE_INFINITY;
  for (const part of rest) {
    const known = ossOperations.find((each) => each === part);
    if (known) operation = known;
    else if (/^[1-9]\d*$/.test(part)) left = Number(part);
    else throw new Error(`"${part}" in OSS fault "${spec}" is neither an operation nor a count`);
  }
  return { kind: kind as OssFaultKind, value, operation, left, struck: 0, spec };
}

export interface OssFaults {
  set(specs: readonly string[]): void;
  list(): { spec: string; left: number | undefined; struck: number }[];
  /** The fault of that kind that strikes this operation now, with one of its strikes used up. */
  take(kind: OssFaultKind, operation: OssOperation): OssFault | undefined;
}

export function createOssFaults(specs: readonly string[]): OssFaults {
  let faults = specs.map(readOssFault);
  return {
    set(next) {
      faults = next.map(readOssFault);
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
