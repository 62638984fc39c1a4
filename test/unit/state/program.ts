import type { Client } from '../../../src/api/client.ts';
import type { Api, Screen } from '../../../src/screens/define.ts';
import { screens } from '../../../src/screens/index.ts';
import type { LedgerRow } from '../../../src/screens/ledger.ts';
import { type Cockpit, type CockpitOptions, createCockpit } from '../../../src/state/cockpit.ts';
import { keepRows, landRows } from '../../../src/state/land.ts';
import { topFrame } from '../../../src/state/nav.ts';
import type { Ended, Entry } from '../../../src/state/runner.ts';
import type { Session, Source, State, TableFrame, ViewFrame } from '../../../src/state/store.ts';
import type { Uploads } from '../../../src/state/uploads.ts';
import { createManualClock, type ManualClock, settled } from './manual-clock.ts';

type Wire = Record<string, unknown>;
type Answer = (params: Wire) => unknown;

export interface Sent {
  readonly operation: string;
  readonly params: Wire;
  readonly at: number;
  readonly signal: AbortSignal | undefined;
}

/** A service without sockets: answers from lists a test changes, holds answers back, and fails on demand. */
export interface FakeService {
  readonly client: Api;
  readonly sent: Sent[];
  services: Wire[];
  workers: Wire[];
  /** What the ledger holds. */
  entries: LedgerRow[];
  /** What an operation answers instead; may throw. */
  readonly answers: Record<string, Answer>;
  /** The operations of which the answers wait until `release`. */
  readonly held: Set<string>;
  release(): Promise<void>;
  /** What was sent of one operation, in order. */
  of(operation: string): Sent[];
}

const always =
  (answer: Wire): Answer =>
  () =>
    answer;

const listed =
  (name: string, rows: () => readonly Wire[]): Answer =>
  ({ PageNumber = 1, PageSize = 100 }) => ({
    PageNumber,
    PageSize,
    TotalCount: rows().length,
    [name]: rows().slice((Number(PageNumber) - 1) * Number(PageSize), Number(PageNumber) * Number(PageSize)),
  });

export function createFakeService(now: () => number, services: Wire[] = []): FakeService {
  const waiting: (() => void)[] = [];
  const find = (params: Wire): Wire => {
    const found = fake.services.find(({ ServiceName }) => ServiceName === params['ServiceName']);
    if (!found) throw new Error(`the test knows no service ${String(params['ServiceName'])}`);
    return found;
  };
  const change =
    (patch: (params: Wire) => Wire): Answer =>
    (params) => {
      const old = find(params);
      fake.services = fake.services.map((one) => (one === old ? { ...one, ...patch(params) } : one));
      return { RequestId: `R-${fake.sent.length}`, Message: 'accepted' };
    };
  const usual: Record<string, Answer> = {
    ListServices: listed('Services', () => fake.services),
    ListServiceInstances: listed('Instances', () => fake.workers),
    DescribeService: find,
    DescribeServiceDiagnosis: always({ DiagnosisList: [] }),
    DescribeServiceInstanceDiagnosis: always({ Diagnosis: {} }),
    DescribeServiceEvent: always({ Events: [] }),
    ScaleService: change(({ Instance }) => ({ TotalInstance: Instance, Status: 'Scaling' })),
    StopService: change(() => ({ Status: 'Stopping' })),
    StartService: change(() => ({ Status: 'Starting' })),
    RestartService: change(() => ({ Status: 'Updating' })),
  };
  const call = async (operation: string, params: Wire, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> => {
    fake.sent.push({ operation, params, at: now(), signal });
    if (fake.held.has(operation)) await new Promise<void>((resolve) => waiting.push(resolve));
    const answer = fake.answers[operation] ?? usual[operation];
    if (!answer) throw new Error(`the test does not answer ${operation}`);
    return answer(params);
  };
  const fake: FakeService = {
    client: {
      region: 'cn-test',
      endpoint: 'pai-eas.test',
      readOnly: false,
      identity: 'test keys',
      // The answers are looked up by name, so their types cannot follow the operation's.
      call: call as unknown as Client['call'],
      calls: { lastMs: 41, perMinute: () => 1 },
      close: async () => undefined,
      uploads: { rows: () => [] },
      ledger: {
        entries: async () => fake.entries,
        async settle(id, outcome) {
          fake.entries = fake.entries.map((entry) => (entry.id === id ? { ...entry, outcome } : entry));
          return true;
        },
      },
    },
    sent: [],
    services,
    workers: [],
    entries: [],
    answers: {},
    held: new Set(),
    async release() {
      fake.held.clear();
      for (const go of waiting.splice(0)) go();
      await settled();
    },
    of: (operation) => fake.sent.filter((one) => one.operation === operation),
  };
  return fake;
}

/** A service as the wire has it, well and running. */
export function wireService(name: string, more: Wire = {}): Wire {
  return {
    ServiceName: name,
    ServiceId: `eas-m-${name}`,
    Status: 'Running',
    TotalInstance: 2,
    RunningInstance: 2,
    PendingInstance: 0,
    Cpu: 1,
    Gpu: 0,
    Memory: 1024,
    CurrentVersion: 3,
    LatestVersion: 3,
    CreateTime: '2025-12-12T03:04:05Z',
    UpdateTime: '2025-12-20T03:04:05Z',
    ...more,
  };
}

export function wireWorker(name: string, more: Wire = {}): Wire {
  return {
    InstanceName: name,
    Status: 'Running',
    ReadyProcesses: 1,
    TotalProcesses: 1,
    RestartCount: 0,
    InnerIP: '10.0.0.1',
    HostIP: '10.1.0.1',
    InstanceType: 'ecs.c7.large',
    Isolated: false,
    CreateTime: '2025-12-12T03:04:05Z',
    ...more,
  };
}

export interface Program {
  readonly cockpit: Cockpit;
  readonly clock: ManualClock;
  readonly service: FakeService;
  readonly recorded: { readonly entry: Entry; ended: Ended | undefined }[];
  readonly copied: string[];
  bells(): number;
  left(): boolean;
  state(): State;
  /** Presses keys one after the other and lets promises settle. */
  press(...chords: string[]): Promise<void>;
  /** Types a text, letter by letter. */
  type(text: string): Promise<void>;
  table(): TableFrame;
  view(): ViewFrame;
  /** Names of the rows shown, in order. */
  names(): string[];
  /** The name of the row under the cursor. */
  under(): string | undefined;
  /** The latest message. */
  said(): string;
  /** All messages, oldest first. */
  messages(): string[];
}

export interface ProgramOptions
  extends Partial<
    Pick<CockpitOptions, 'screens' | 'record' | 'refreshMs' | 'verbs' | 'ramps' | 'stateFolder' | 'terminal'>
  > {
  readonly services?: Wire[];
  readonly session?: Partial<Session>;
  /** Operations that wait for `release` from the start on. */
  readonly held?: readonly string[];
  /** What operations answer from the start on. */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** Leave the first answer and the first 300 ms to the test. */
  readonly cold?: boolean;
}

/** No upload is under way in a program without an object store. */
const noUploads: Uploads = {
  rows: () => [],
  running: () => [],
  start: () => undefined,
  pause: async () => undefined,
  resume: () => undefined,
  cancel: async () => undefined,
  abandon: async () => undefined,
  look: async () => [],
  close: async () => undefined,
  abort: async () => undefined,
  get oss(): never {
    throw new Error('this test has no object store');
  },
};

/** The whole program but for its screen, with the first rows there and the keys ready. */
export async function createProgram(options: ProgramOptions = {}): Promise<Program> {
  const clock = createManualClock();
  const service = createFakeService(clock.now, options.services ?? [wireService('a'), wireService('b')]);
  for (const operation of options.held ?? []) service.held.add(operation);
  Object.assign(service.answers, options.answers);
  const recorded: Program['recorded'] = [];
  const copied: string[] = [];
  let bells = 0;
  let left = false;
  const cockpit = createCockpit({
    screens: options.screens ?? screens,
    client: service.client,
    clock,
    random: () => 0.5,
    refreshMs: options.refreshMs ?? 2_000,
    record:
      options.record ??
      (async (entry) => {
        const record: Program['recorded'][number] = { entry, ended: undefined };
        recorded.push(record);
        return (ended) => {
          record.ended = ended;
        };
      }),
    leave: () => {
      left = true;
    },
    places: { contexts: async () => [], regions: () => [], go: async () => undefined },
    keys: {},
    verbs: options.verbs ?? [],
    uploads: noUploads,
    uploadTarget: undefined,
    ...(options.ramps ? { ramps: options.ramps } : {}),
    stateFolder: options.stateFolder ?? '/nonexistent/eas-tui',
    terminal: options.terminal ?? {
      suspend: async () => undefined,
      repaint: async () => undefined,
      lend: (task) => task(),
    },
    clipboard: (text) => copied.push(text),
    bell: () => {
      bells++;
    },
    session: {
      version: '0.0.0',
      region: 'cn-test',
      endpoint: 'pai-eas.test',
      identity: 'test keys',
      readOnly: false,
      now: clock.now(),
      protected: false,
      focused: true,
      pauses: 0,
      pausedByKey: false,
      latency: undefined,
      uploading: undefined,
      perMinute: 0,
      ledger: 'on',
      ...options.session,
    },
  });
  void cockpit.start();
  if (!options.cold) {
    await settled();
    await clock.advance(300);
  }
  const state = (): State => cockpit.store.getState();
  const table = (): TableFrame => {
    const frame = topFrame(state());
    if (frame.kind !== 'table') throw new Error(`${frame.view} is open, not a table`);
    return frame;
  };
  const open = () => {
    const opened = cockpit.openTable();
    if (!opened) throw new Error('no table is open');
    return opened;
  };
  return {
    cockpit,
    clock,
    service,
    recorded,
    copied,
    bells: () => bells,
    left: () => left,
    state,
    async press(...chords) {
      for (const chord of chords) cockpit.press(chord);
      await settled();
    },
    async type(text) {
      for (const char of text) cockpit.press(char === ' ' ? 'space' : char);
      await settled();
    },
    table,
    view() {
      const frame = topFrame(state());
      if (frame.kind !== 'view') throw new Error(`the table ${frame.screen} is open, not a view`);
      return frame;
    },
    names: () => {
      const { screen, visible } = open();
      return visible.rows.map((row) => screen.rowName(row));
    },
    under() {
      const { screen, visible } = open();
      const row = visible.ghost ? undefined : visible.rows[visible.index];
      return row === undefined ? undefined : screen.rowName(row);
    },
    said: () => state().messages.at(-1)?.text ?? '',
    messages: () => state().messages.map(({ text }) => text),
  };
}

/** Rows that come as a page does, over those of before. */
export function landPage(before: Source, screen: Screen, rows: readonly unknown[], complete: boolean): Source {
  return landRows(before, screen, keepRows(before, screen, rows), complete);
}
