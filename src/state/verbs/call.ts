import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPredictor, type PredictRequest } from '../../api/predict.ts';
import { describeEndpoints, type Service } from '../../api/services.ts';
import type { Binding } from '../../keys/binding.ts';
import type { Commands } from '../../keys/commands.ts';
import { plural } from '../../lib/words.ts';
import { type Answered, type Call, callSections, curlOf } from '../../screens/predict.ts';
import type { Desk, Verb } from '../desk.ts';
import { openEditor } from '../editor.ts';
import { completePath, expandPath, roots } from '../path-completion.ts';
import { readText } from '../text-file.ts';
import { freshly, goOn, serviceFor, serviceNames } from './asked.ts';

/** The most that is sent in one call. */
const largest = 64 * 1024 * 1024;
const mostRepeats = 10_000;
const usualSeconds = 120;

/** What a command line asks for. */
export interface Wish {
  readonly name: string | undefined;
  readonly text?: string;
  readonly file?: string;
  readonly edit: boolean;
  readonly get: boolean;
  readonly vpc: boolean;
  readonly repeat: number;
  readonly seconds: number;
}

/** Reads `NAME [-n TIMES] [-t SECONDS] [--vpc] [-f FILE | -e | -g | -d TEXT …]`; a text says what is wrong. */
export function readWish(args: readonly string[]): Wish | string {
  const rest = [...args];
  let wish: Wish = { name: undefined, edit: false, get: false, vpc: false, repeat: 1, seconds: usualSeconds };
  const whole = (flag: string, most: number): number | string => {
    const word = rest.shift();
    const number = /^\d{1,6}$/.test(word ?? '') ? Number(word) : 0;
    return number >= 1 && number <= most ? number : `${flag} takes a number from 1 to ${most}, not "${word ?? ''}"`;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '-n' || word === '-t') {
      const number = whole(word, word === '-n' ? mostRepeats : 3600);
      if (typeof number === 'string') return number;
      wish = { ...wish, ...(word === '-n' ? { repeat: number } : { seconds: number }) };
    } else if (word === '-f') {
      const file = rest.shift();
      if (file === undefined) return '-f takes a file';
      wish = { ...wish, file };
    } else if (word === '-d') wish = { ...wish, text: rest.splice(0).join(' ') };
    else if (word === '-e') wish = { ...wish, edit: true };
    else if (word === '-g') wish = { ...wish, get: true };
    else if (word === '--vpc') wish = { ...wish, vpc: true };
    else if (word.startsWith('-')) return `"${word}" is none of -f FILE, -d TEXT, -e, -g, -n TIMES, -t SECONDS, --vpc`;
    else if (wish.name === undefined) wish = { ...wish, name: word };
    else return `"${word}" is one word too many; -d takes a text as the body`;
  }
  const bodies = [wish.text !== undefined, wish.file !== undefined, wish.edit, wish.get].filter(Boolean).length;
  return bodies > 1 ? 'one of -f, -d, -e and -g, not several' : wish;
}

/** A body with the type that says what it is; bytes that are no JSON are left to the processor. */
function typed(bytes: Uint8Array, textual: boolean): Pick<Call, 'method' | 'body' | 'contentType'> {
  if (bytes.length === 0 && textual) return { method: 'GET', body: undefined, contentType: undefined };
  let contentType = textual ? 'text/plain; charset=utf-8' : 'application/octet-stream';
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    contentType = 'application/json';
  } catch {
    // Not JSON: the type stays what it was.
  }
  return { method: 'POST', body: bytes, contentType };
}

/** The address and token of a service, read now. A text says what is missing. */
async function target(
  desk: Desk,
  service: Service,
  vpc: boolean,
): Promise<Pick<Call, 'service' | 'url' | 'token'> | string> {
  const now = await freshly(desk, service.serviceName);
  if (!now) return `there is no service ${service.serviceName}`;
  // A description without them, as some kinds of service have it, is not the last word.
  const more =
    now.accessToken === undefined || (now.internetEndpoint ?? now.intranetEndpoint) === undefined
      ? await describeEndpoints(desk.client, now.serviceName).catch(() => undefined)
      : undefined;
  const internet = now.internetEndpoint ?? more?.endpoints.flatMap((one) => one.internetEndpoints)[0];
  const intranet = now.intranetEndpoint ?? more?.endpoints.flatMap((one) => one.intranetEndpoints)[0];
  const found = vpc ? intranet : (internet ?? intranet);
  if (found === undefined)
    return `${now.serviceName} tells no ${vpc ? 'intranet ' : ''}address to call it at${vpc ? '' : '; is it still being created?'}`;
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(found) ? found : `http://${found}`;
  return { service: now.serviceName, url, token: now.accessToken ?? more?.accessToken };
}

/** The page of one call: sends it, and again, until it is left. */
function openPage(desk: Desk, call: Call, { seconds, repeat }: Pick<Wish, 'seconds' | 'repeat'>): void {
  const predictor = createPredictor({
    now: () => performance.now(),
    readOnly: () => desk.client.readOnly || desk.store.getState().session.readOnly,
  });
  const leaving = new AbortController();
  let state: Parameters<typeof callSections>[1] = {};
  let showToken = false;
  let busy: AbortController | undefined;

  const isOpen = (): boolean => {
    const { frames, pages } = desk.store.getState();
    return pages['call']?.keys === keys && frames.some((frame) => frame.kind === 'view' && frame.row === 'call');
  };
  const draw = (): void =>
    desk.page('call', { title: `call(${call.service})`, sections: callSections(call, state, showToken), keys });

  const request = (signal: AbortSignal): PredictRequest => ({ ...call, timeoutMs: seconds * 1000, signal });

  /** Calls one after the other: what is measured is the service, not how it queues. */
  const run = async (times: number): Promise<void> => {
    if (busy) return desk.tell('warn', 'a call is under way; s stops it');
    const stop = new AbortController();
    busy = stop;
    const signal = AbortSignal.any([stop.signal, leaving.signal]);
    const taken: number[] = [];
    const outcomes = new Map<string, number>();
    const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    let drawn = 0;
    const repeats = (ended: boolean) =>
      times > 1 ? { repeats: { wanted: times, times: taken, outcomes, ended } } : {};
    const { error: _old, ...kept } = state;
    state = { ...kept, sending: true };
    draw();
    let last: { answer?: Answered; error?: string } = {};
    for (let done = 0; done < times && !signal.aborted; done++) {
      try {
        const answer = await predictor.send(request(signal));
        taken.push(answer.ms);
        count(String(answer.status));
        last = { answer };
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        if (signal.aborted && times > 1) break;
        count(text);
        last = { error: text };
      }
      // Fast services answer hundreds of times a second: nobody could read so many pages.
      if (performance.now() - drawn > 100 && !leaving.signal.aborted) {
        drawn = performance.now();
        state = { ...last, sending: true, ...repeats(false) };
        draw();
      }
    }
    busy = undefined;
    state = { ...last, ...repeats(true) };
    if (!leaving.signal.aborted) draw();
  };

  const key = (id: string, chord: string, title: string, hint: number, go: () => void): Binding<Commands> => ({
    id,
    keys: [chord],
    title,
    group: 'act',
    hint,
    run: go,
  });
  const keys: readonly Binding<Commands>[] = [
    key('call-again', 'r', 'send it again', 1, () => void run(1)),
    key('call-repeat', 'R', 'send it many times', 2, () =>
      desk.ask({
        sign: 'how many times, one after the other: ',
        initial: '100',
        answer(text) {
          const times = Number(text);
          if (!Number.isInteger(times) || times < 1 || times > mostRepeats)
            return `"${text}" is not from 1 to ${mostRepeats}`;
          void run(times);
          return undefined;
        },
      }),
    ),
    key('call-stop', 's', 'stop', 3, () => (busy ? busy.abort() : desk.tell('dim', 'nothing is under way'))),
    key('call-token', 't', 'show or hide the token', 4, () => {
      showToken = !showToken;
      draw();
    }),
    key('call-curl', 'C', 'copy as curl', 5, () => {
      desk.clipboard(curlOf(call, showToken));
      desk.tell('ok', showToken ? 'copied the curl line with its token' : 'copied the curl line; set EAS_TOKEN for it');
    }),
  ];

  draw();
  desk.show('call');
  const unsubscribe = desk.store.subscribe(() => {
    if (isOpen()) return;
    unsubscribe();
    leaving.abort();
    void predictor.close();
  });
  void run(repeat);
}

async function edited(desk: Desk): Promise<Uint8Array | string> {
  const folder = await mkdtemp(join(tmpdir(), 'eas-tui-call-'));
  try {
    const file = join(folder, 'body.json');
    await writeFile(file, '', { mode: 0o600 });
    const wrong = await openEditor(desk.terminal, file, process.env);
    return wrong ?? (await readText(file, largest + 1));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Calls a service by its own endpoint with its token, and shows what comes and what it means. */
export const callVerb: Verb = {
  id: 'call',
  title: 'call: test it with a request',
  alias: ['predict', 'invoke'],
  keys: ['i'],
  group: 'act',
  hint: 28,
  screen: 'services',
  usage: 'SERVICE [-d TEXT | -f FILE | -e | -g] [-n TIMES] [-t SECONDS] [--vpc]',
  // Nothing in the control plane changes, yet the call leaves and the service works on it.
  writes: true,
  async run(desk, args) {
    const wish = readWish(args);
    if (typeof wish === 'string') return wish;
    if (wish.name === undefined && desk.rows('services').length > 1)
      return 'one service at a time; \\ clears the marks';
    const service = await serviceFor(desk, wish.name);
    if (typeof service === 'string') return service;

    const send = async (body: Pick<Call, 'method' | 'body' | 'contentType' | 'file'>): Promise<string | undefined> => {
      if ((body.body?.length ?? 0) > largest) return `the body has more than ${plural(largest, 'byte')}`;
      const where = await target(desk, service, wish.vpc);
      if (typeof where === 'string') return where;
      openPage(desk, { ...where, ...body }, wish);
      return undefined;
    };
    const fromText = (text: string) => send(typed(new TextEncoder().encode(text), true));
    const fromFile = async (path: string) => {
      const file = expandPath(path, roots());
      return send({ ...typed(await readText(file, largest + 1), false), file });
    };
    const fromEditor = async () => {
      const bytes = await edited(desk);
      return typeof bytes === 'string' ? bytes : send(typed(bytes, true));
    };

    if (wish.text !== undefined) return fromText(wish.text);
    if (wish.file !== undefined) return fromFile(wish.file);
    if (wish.edit) return fromEditor();
    if (wish.get) return fromText('');
    const ways = [
      {
        label: 'a text',
        note: 'JSON or plain, typed here',
        go: () =>
          desk.ask({
            sign: 'body: ',
            answer: (text) => {
              goOn(desk, () => fromText(text));
              return undefined;
            },
          }),
      },
      {
        label: 'a file',
        note: 'sent as it is',
        go: () =>
          desk.ask({
            sign: 'body from file: ',
            complete: (text) => completePath(text, roots()),
            answer: (text) => {
              goOn(desk, () => fromFile(text.trim()));
              return undefined;
            },
          }),
      },
      { label: 'the editor', note: 'in $EDITOR', go: () => goOn(desk, fromEditor) },
      { label: 'nothing', note: 'GET, to see whether it answers', go: () => goOn(desk, () => fromText('')) },
    ];
    desk.menu(`call ${service.serviceName} with`, ways, (index) => ways[index]?.go());
    return undefined;
  },
  complete: (desk, args) => (args.length > 1 ? [] : serviceNames(desk)),
};
