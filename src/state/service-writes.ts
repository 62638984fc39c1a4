import { ApiError } from '../api/errors.ts';
import { createService, describeService, readService, type Service, updateService } from '../api/services.ts';
import { shellWord } from '../lib/shell.ts';
import { statusTone } from '../screens/columns.ts';
import type { Action, Api, Confirm } from '../screens/define.ts';
import { isSameConfig } from '../service-json/config.ts';
import type { JsonObject } from '../service-json/value.ts';

/** Rows are forgotten by the desk as by the tables: they travel from here to the functions of the same action. */
const forget = (action: Action<Service>): Action<unknown> => action as Action<unknown>;

/** How long a service that was just asked for may not be found, milliseconds. */
const hiddenFor = 60_000;
/** How long after an order a service may still read as it did before, milliseconds. */
const lagFor = 10_000;

const well = (row: Service): boolean =>
  /^running$/i.test(row.status ?? '') && (row.runningInstance ?? 0) >= (row.totalInstance ?? 1);

const failed = (row: Service): { failed: string } | undefined =>
  statusTone(row.status) === 'bad' ? { failed: row.message ?? row.status ?? 'failed' } : undefined;

export interface Creation {
  readonly name: string;
  readonly config: JsonObject;
  /** The file it came from, for the line of eascmd. */
  readonly file: string;
  /** The existing service it is made beside; absent: it stands alone. */
  readonly beside?: Service | undefined;
  /** Told of the service whenever it is looked at. */
  observe(now: Service | undefined): void;
  /** The service has taken it: under this name. */
  taken(name: string): Promise<void> | void;
  /** It was refused, or no answer came. */
  refused(error: unknown): void;
}

/** Makes a service. The row stands for the one to come: its name and id are filled in when they are known. */
export function creation(options: Creation): { readonly action: Action<unknown>; readonly row: Service } {
  const { name, config, beside, file } = options;
  const row = readService({ ServiceName: name });
  const old = new Set([name, ...(beside?.blueGreenServices ?? [])]);
  let found = false;
  /** The name of a service beside another is known from the answer only, or, when that was lost, from the other one. */
  let named = beside === undefined;
  const action: Action<Service> = {
    id: 'create',
    title: 'create',
    keys: [],
    operation: 'CreateService',
    async call(api, _row, _scope, _input, signal) {
      try {
        if (beside) await checkStill(api, beside, signal);
        const created = await createService(api, JSON.stringify(config), {}, signal);
        row.serviceName = created.serviceName ?? name;
        row.serviceId = created.serviceId;
        named = true;
        // A disk that fails now must not make a service look refused that was made.
        await Promise.resolve(options.taken(row.serviceName)).catch(() => undefined);
        return created;
      } catch (error) {
        options.refused(error);
        throw error;
      }
    },
    agrees: () => true,
    goal(now, _input, _before, elapsedMs) {
      if (!named) {
        const made = now?.blueGreenServices.find((one) => !old.has(one));
        if (made !== undefined) {
          row.serviceName = made;
          row.serviceId = undefined;
          named = true;
        } else if (elapsedMs > hiddenFor) return { failed: `no service has come beside ${name}; the draft is kept` };
        return 'pending';
      }
      options.observe(now);
      if (!now) {
        if (found) return { failed: 'the service is gone' };
        return elapsedMs > hiddenFor ? { failed: 'there is no such service; it was not created' } : 'pending';
      }
      found = true;
      return well(now) ? 'done' : (failed(now) ?? 'pending');
    },
    words: (one, _input, tense) =>
      `${tense === 'did' ? 'created' : 'create'} ${one.serviceName}${beside && one.serviceName === name ? ' (blue-green)' : ''}`,
    cli: () => `eascmd create ${shellWord(file)}${beside ? ' -r' : ''}`,
  };
  return { action: forget(action), row };
}

/** What a service beside one that is gone would become is not documented: none is asked for. Throws ApiError. */
async function checkStill(api: Api, beside: Service, signal: AbortSignal): Promise<void> {
  const now = await describeService(api, beside.serviceName, signal).catch((error: unknown) => {
    if (error instanceof ApiError && error.kind === 'missing') return undefined;
    throw error;
  });
  if (now && now.serviceId === beside.serviceId) return;
  throw new ApiError({
    kind: 'conflict',
    code: 'NotTheSame',
    message: `${beside.serviceName} is gone, or another service bears its name now; nothing was sent`,
    operation: 'CreateService',
  });
}

export interface Update {
  readonly name: string;
  readonly body: JsonObject;
  readonly type: 'merge' | 'replace';
  /** What changes, a line each, as it is told and asked. */
  readonly changes: readonly string[];
  /** What else has to be said before it is sent. */
  readonly effects: readonly string[];
  /** The number of workers when nothing else is changed: no rolling update, and it can be taken back. */
  readonly instances?: number | undefined;
  readonly cli: string;
  /** The configuration this was made for, as the service had it: another one meanwhile is not overwritten. */
  readonly base: string | undefined;
  taken?(): Promise<void> | void;
}

/** Gives a service another configuration. */
export function update(options: Update): Action<unknown> {
  const { name, body, type, changes, effects, instances, cli, base } = options;
  let moved = false;
  const bad = instances === 0;
  const short = changes.length > 3 ? [...changes.slice(0, 3), `and ${changes.length - 3} more`] : changes;
  const action: Action<Service> = {
    id: instances === undefined ? 'update' : 'instances',
    title: instances === undefined ? 'update' : 'scale',
    keys: [],
    operation: 'UpdateService',
    guard(row) {
      if (/^deleting$/i.test(row.status ?? '')) return `${name} is being deleted`;
      return row.safetyLock?.toLowerCase() === 'all' ? `${name} is locked (all); unlock it first` : undefined;
    },
    confirm: (): Confirm => ({
      level: 'yes',
      tone: bad ? 'bad' : 'warn',
      effects: [
        instances === undefined
          ? 'a rolling update: its workers are replaced one after the other'
          : 'only the number of workers changes: no rolling update',
        ...(bad ? ['no worker is left: the service stops answering'] : []),
        ...changes,
        ...effects,
      ],
    }),
    async call(api, _row, _scope, _input, signal) {
      const now = await describeService(api, name, signal);
      if (base !== undefined && !isSameConfig(now.serviceConfig, base)) {
        throw new ApiError({
          kind: 'conflict',
          code: 'Changed',
          message: `the configuration of ${name} has changed meanwhile; nothing was sent; look at it again`,
          operation: 'UpdateService',
        });
      }
      const receipt = await updateService(api, name, JSON.stringify(body), type, signal);
      await Promise.resolve(options.taken?.()).catch(() => undefined);
      return receipt;
    },
    ...(instances === undefined
      ? {}
      : {
          patch: (row: Service) => ({
            totalInstance: instances,
            ...(/^running$/i.test(row.status ?? '') ? { status: 'Scaling' } : {}),
          }),
          undo: (before: Service) =>
            before.totalInstance === undefined ? undefined : { action: 'scale', input: before.totalInstance },
        }),
    agrees(row, _input, before) {
      if (instances !== undefined) return row.totalInstance === instances;
      return row.status !== before.status || row.updateTime !== before.updateTime;
    },
    goal(now, _input, before, elapsedMs) {
      if (!now) return { failed: 'the service is gone' };
      if (instances !== undefined && now.totalInstance === instances) {
        if (now.runningInstance === instances || /^stopped$/i.test(now.status ?? '')) return 'done';
      }
      moved ||= now.status !== before.status;
      const taken =
        moved || now.updateTime !== before.updateTime || !isSameConfig(now.serviceConfig, before.serviceConfig);
      // Just after the order a service may still read as it did before it.
      if (!taken || (!moved && elapsedMs < lagFor)) return 'pending';
      if (instances === undefined && (well(now) || /^stopped$/i.test(now.status ?? ''))) return 'done';
      return failed(now) ?? 'pending';
    },
    words: (_row, _input, tense) => `${tense === 'did' ? 'updated' : 'update'} ${name}: ${short.join(', ')}`,
    cli: () => cli,
  };
  return forget(action);
}
