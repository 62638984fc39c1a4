/** The open points of what is documented, each with the other readings. The default reading is the first words. */
export const openPoints = {
  'codes and HTTP statuses of refusals': {
    'not-found-400': 'InvalidService.NotFound comes with HTTP 400, not 404',
    'lock-error-code': 'code of a refusal by the safety lock (default Forbidden.SafetyLock)',
    'lock-error-status': 'HTTP status of a refusal by the safety lock (default 403)',
    'exists-error-code': 'code of a refusal because the name is taken (default ServiceAlreadyExists)',
    'exists-error-status': 'HTTP status of a refusal because the name is taken (default 409)',
    'state-error-code': 'code of a refusal because of the status (default InvalidService.StatusNotSupported)',
    'state-error-status': 'HTTP status of a refusal because of the status (default 400)',
    'throttle-code': 'code of throttling (default Throttling.User)',
    'throttle-status': 'HTTP status of throttling (default 429)',
    'denied-code': 'code of a refusal for want of a right (default Forbidden.RAM)',
    'denied-status': 'HTTP status of a refusal for want of a right (default 403)',
  },
  'how much may be asked': {
    'throttle-reads': 'reads beyond N (100) within a minute are throttled',
  },
  'statuses of a service': {
    'status-unknown': 'every status on the way to another is one that no document names (Rescheduling)',
    'status-lag': 'after a write the old status is still read N (3) times',
    'restart-running': 'a restarting service stays Running',
  },
  'blue-green release': {
    'blue-green-refused': 'metadata.release is refused: the feature is gone',
    'blue-green-suffix': 'the new service of a pair is called <name>N (v2), without "_" and hexadecimal digits',
    'blue-green-any-name': 'metadata.release with a name that no service has makes a service of its own',
    'no-blue-green-extra-data': 'ExtraData does not name the blue-green pair',
  },
  'weights and traffic states': {
    'weight-null': 'Weight of a service outside a pair or group is null',
    'weight-100': 'Weight of a service outside a pair or group is 100, not 0',
    'weight-minus-one': 'Weight of a service outside a pair or group is -1, not 0',
    'weight-1000': 'Weight of a service outside a pair or group is 1000, not 0',
    'traffic-state-capital': 'TrafficState is written with a capital: Standalone, Grouping',
  },
  'what an update does to a configuration': {
    'update-merge-shallow': 'UpdateService merges only the top level',
    'update-null-deletes': 'null in an update removes the key',
  },
  scaling: {
    'scale-leaves-config': 'ScaleService leaves metadata.instance of ServiceConfig as it was',
    'scale-stopped-allowed': 'a stopped service may be scaled; the number is used at the next start',
    'autoscaler-empty': 'an autoscaler that is not there is described with 200 and zeros, not 404',
  },
  'sizes of pages and what lists hold': {
    'page-size-clamped': 'a PageSize above N (20) is lowered to N, as the answer says',
    'page-size-refused': 'a PageSize above N (100) is refused with 400 InvalidParameter',
    'list-misses': 'every third list of services leaves out one row',
    'delete-lingers': 'a deleted service is listed 3 reads longer',
    'empty-omitted': 'fields that are empty or 0 are left out',
  },
  'order and retention of logs and events': {
    'log-order-desc': 'the newest log line comes first',
    'log-keyword-range': 'Keyword together with a time range loses the lines of the application',
    'log-retention': 'log lines older than N (10) minutes are gone',
    'event-time-rfc3339': 'event times are RFC 3339, not "yyyy-MM-dd HH:mm:ss"',
    'event-version-text': 'versionId in an event message is text',
    'event-message-cut': 'event messages are JSON cut off at 60 characters',
  },
  'version numbers': {
    'version-order-asc': 'ListServiceVersions answers oldest first',
    'version-image-id': 'ImageId of a version is not its number',
    'version-bound-current': 'only versions smaller than the current one may be switched to',
  },
  'sense of the Partition of a rollout': {
    'rollout-partition-updates': 'Partition is the number of instances to update, not to keep',
  },
  'what the safety lock blocks': {
    'lock-dangerous-all': 'the lock "dangerous" blocks every write, not only delete and stop',
  },
  'tokens and other texts of answers': {
    'token-missing': 'no answer holds an AccessToken',
    'stop-message-sdk': 'StopService answers with the text of the SDK example',
    'hostile-text': 'services with escape sequences, wide and bidirectional characters in names and messages',
  },
  'cores of a node': {
    'reserved-core-used': 'the core a node keeps for the system is counted among its used cores',
  },
} as const;

type Points = typeof openPoints;
type VariantName = { [Point in keyof Points]: keyof Points[Point] }[keyof Points];

/** Every reading by its name, with what it means. */
export const variantHelp = Object.assign({}, ...Object.values(openPoints)) as Readonly<Record<VariantName, string>>;

/** Which readings are on, with their values. */
export interface Variants {
  on(name: VariantName): boolean;
  /** The number given with the variant, or the one given here. */
  number(name: VariantName, otherwise: number): number;
  text(name: VariantName, otherwise: string): string;
  set(specs: readonly string[]): void;
  list(): string[];
}

const withValue: readonly VariantName[] = [
  'page-size-clamped',
  'page-size-refused',
  'status-lag',
  'lock-error-code',
  'lock-error-status',
  'blue-green-suffix',
  'throttle-code',
  'throttle-status',
  'denied-code',
  'denied-status',
  'throttle-reads',
  'exists-error-code',
  'exists-error-status',
  'state-error-code',
  'state-error-status',
  'log-retention',
];

function read(spec: string): [VariantName, string | undefined] {
  const [name = '', ...rest] = spec.split('=');
  const value = rest.length > 0 ? rest.join('=') : undefined;
  if (!Object.hasOwn(variantHelp, name)) {
    throw new Error(`variant "${name}" is not known; --help lists them`);
  }
  if (value !== undefined && !withValue.includes(name as VariantName)) {
    throw new Error(`variant "${name}" takes no value`);
  }
  return [name as VariantName, value];
}

/** Throws with a plain message for a name that is not known. */
export function createVariants(specs: readonly string[]): Variants {
  let chosen = new Map(specs.map(read));
  return {
    on: (name) => chosen.has(name),
    number(name, otherwise) {
      const value = Number(chosen.get(name));
      return Number.isFinite(value) ? value : otherwise;
    },
    text: (name, otherwise) => chosen.get(name) ?? otherwise,
    set(next) {
      chosen = new Map(next.map(read));
    },
    list: () => [...chosen].map(([name, value]) => (value === undefined ? name : `${name}=${value}`)),
  };
}
