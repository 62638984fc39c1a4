/** The program without its screen, on a real connection: real requests, a real record, real time, keys as chords. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from '../../emulator/server.ts';
import type { Service } from '../../src/api/services.ts';
import { optionsFrom, readOptions } from '../../src/options.ts';
import { openSession } from '../../src/session.ts';
import type { State, TableFrame } from '../../src/state/store.ts';

export interface LiveCockpit {
  state(): State;
  /** Presses keys by their chords, one after the other. */
  press(...chords: string[]): void;
  /** Waits until a key of the place one is at works, and presses it. */
  pressWhenOn(chord: string): Promise<void>;
  /** Waits until something is so; rejects with all messages when it does not come. */
  until(what: string, holds: (state: State) => unknown, timeout?: number): Promise<void>;
  /** Waits for a message from the place `from` in the list of messages on. */
  told(pattern: RegExp, from?: number): Promise<string>;
  /** A service as the table shows it, with what is hoped for it. */
  service(name: string): Service | undefined;
  /** Moves the cursor to a service. */
  moveTo(name: string): Promise<void>;
  /** What was said from the place `from` on. */
  messages(from?: number): string[];
  /** The file of the record. */
  readonly ledger: string;
  close(): Promise<void>;
}

export interface LiveOptions {
  readonly endpoint?: string;
  /** Seconds; default 0.05. */
  readonly refresh?: number;
  /** The state folder; default: a fresh one, removed at the end. */
  readonly state?: string;
  /** Reads only; default: writes as well. */
  readonly readonly?: boolean;
  /** How long the first list may take, milliseconds. */
  readonly patience?: number;
}

/** Opens the services of an emulator. Whoever calls this must `close()` it. */
export async function openLive(emulator: Emulator, options: LiveOptions = {}): Promise<LiveCockpit> {
  const state = options.state ?? mkdtempSync(join(tmpdir(), 'live-'));
  const parsed = readOptions([], '0.0.0');
  if (parsed.kind !== 'start') throw new Error('no flags are no start');
  const { accessKeyId, accessKeySecret, region } = emulator;
  const session = openSession(
    {
      endpoint: options.endpoint ?? emulator.endpoint,
      region,
      vpc: false,
      credentials: { describe: () => 'test', get: async () => ({ accessKeyId, accessKeySecret }) },
    },
    {
      options: {
        ...optionsFrom(parsed.flags, {}, {}),
        ossEndpoint: emulator.oss.endpoint,
        refresh: options.refresh ?? 0.05,
        readonly: options.readonly ?? false,
      },
      version: '0.0.0',
      env: { XDG_STATE_HOME: state },
      leave: () => undefined,
      clipboard: () => undefined,
      bell: () => undefined,
      terminal: { suspend: async () => undefined, repaint: async () => undefined, lend: (task) => task() },
      places: { contexts: async () => [], regions: () => [], go: async () => undefined },
    },
  );
  const { cockpit } = session;
  const { store } = cockpit;

  const messages = (from = 0): string[] =>
    store
      .getState()
      .messages.slice(from)
      .map(({ text }) => text);

  const until: LiveCockpit['until'] = (what, holds, timeout = 25_000) =>
    new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(late);
        clearInterval(poll);
        unsubscribe();
        settle();
      };
      const check = (): void => {
        if (holds(store.getState())) end(resolve);
      };
      const unsubscribe = store.subscribe(check);
      // Some keys come alive with time alone.
      const poll = setInterval(check, 20);
      const late = setTimeout(
        () => end(() => reject(new Error(`${what}: not within ${timeout} ms; said so far:\n${messages().join('\n')}`))),
        timeout,
      );
      check();
    });

  const press = (...chords: string[]): void => {
    for (const chord of chords) cockpit.press(chord);
  };

  const binding = (chord: string) =>
    cockpit
      .layers()
      .toReversed()
      .flatMap(({ bindings }) => bindings)
      .find(({ keys }) => keys.includes(chord));

  const cursor = (): string => {
    const frame = store.getState().frames.at(-1) as TableFrame;
    return frame.name;
  };

  const close = async (): Promise<void> => {
    await session.close();
    if (options.state === undefined) rmSync(state, { recursive: true, force: true });
  };

  await cockpit.start();
  const listed = ({ sources }: State): boolean => {
    const source = sources['services{}'];
    return source?.at !== undefined && !source.partial && source.rows.length > 0;
  };
  await until('the services', listed, options.patience).catch(async (error: Error) => {
    await close();
    throw error;
  });

  return {
    state: () => store.getState(),
    press,
    until,
    messages,
    ledger: join(state, 'eas-tui', 'ledger.jsonl'),
    async pressWhenOn(chord) {
      let reason: string | undefined;
      await until(`the key ${chord}`, () => {
        const found = binding(chord);
        reason = found ? found.off?.(cockpit.commands) : 'no such key here';
        return reason === undefined;
      }).catch((error: Error) => {
        throw new Error(`${error.message}\nthe key is off: ${reason}`);
      });
      press(chord);
    },
    async told(pattern, from = 0) {
      await until(`a message like ${pattern}`, () => messages(from).some((text) => pattern.test(text)));
      return messages(from).find((text) => pattern.test(text)) ?? '';
    },
    service: (name) => {
      const rows = (cockpit.openTable()?.visible.rows ?? []) as readonly Service[];
      return rows.find(({ serviceName }) => serviceName === name);
    },
    async moveTo(name) {
      await until(`${name} in the table`, () =>
        ((cockpit.openTable()?.visible.rows ?? []) as readonly Service[]).some((row) => row.serviceName === name),
      );
      press('g');
      for (let left = 100; cursor() !== name && left > 0; left--) press('down');
      if (cursor() !== name) throw new Error(`the cursor does not get to ${name}; it is at ${cursor()}`);
    },
    close,
  };
}
