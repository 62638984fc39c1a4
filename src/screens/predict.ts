import { shellWord } from '../lib/shell.ts';
import { duration } from '../lib/units.ts';
import { plural } from '../lib/words.ts';
import type { Field, Section, Tone } from './define.ts';

/** What is sent to a service, for showing. */
export interface Call {
  readonly service: string;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly token: string | undefined;
  readonly body: Uint8Array | undefined;
  readonly contentType: string | undefined;
  /** The file the body is from, if it is from one. */
  readonly file?: string | undefined;
}

export interface Answered {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly cut: boolean;
  readonly ms: number;
}

/** How repeated calls went. */
export interface Repeats {
  readonly wanted: number;
  /** Milliseconds of each answer, in order. */
  readonly times: readonly number[];
  /** How often each status came; errors without an answer under their words. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly ended: boolean;
}

const meanings: Readonly<Record<number, readonly [word: string, ...lines: string[]]>> = {
  400: [
    'the service does not take this body',
    'processors of TensorFlow and PyTorch take protobuf, not plain text or JSON; others what their code says',
  ],
  401: [
    'the token is missing or wrong',
    'it goes into the header as it is: "Authorization: <token>", with no "Bearer" before it',
    'a service that was deleted and made anew has another token; a group has one of its own',
  ],
  404: [
    'nothing answers at this path',
    'the path is /api/predict/<service>, or /api/predict/<group> for a group; a processor may have paths of its own',
    'a service that has only just become Running may not be routed yet: try again in a few seconds',
  ],
  405: ['this method is not allowed here', 'give a body (POST) where one is needed; curl chooses by itself without -X'],
  408: [
    'a worker took longer than rpc.keepalive allows',
    'its default is 5000 ms; raise metadata.rpc.keepalive, or make the call smaller',
  ],
  429: [
    'calls come faster than is allowed',
    'the shared gateway takes 1,000 calls a second for a service and 10,000 for a group; metadata.rpc.rate_limit may be lower',
  ],
  450: [
    'the queue of this worker is full (metadata.rpc.max_queue_size, 64 unless set)',
    'another worker may have room: try again; more workers help',
    'when all answer so their processes are stuck: look at the log (l)',
  ],
  499: ['the caller closed the connection before the answer', 'its own time limit is shorter than the service needs'],
  500: ['the processor failed on this call', 'what it says for itself is in the body and in the log (l)'],
  502: [
    'the gateway got no proper answer from a worker',
    'it may have crashed or been restarted in the middle: look at the workers',
  ],
  503: [
    'no worker is ready to answer',
    'the service is stopped, starting, or all its workers are unready ([0/1]) or isolated',
    'a service that has only just become Running may not be routed yet: try again in a few seconds',
  ],
  504: [
    'the gateway waited too long for the worker',
    'long calls need another way in (asynchronous, or a longer limit)',
  ],
  512: ['the time limit of a client library was over', 'this status is made by the SDK, not by the service'],
};

/** What a status of a call means, for a person; nothing for those that need no word. */
export function explain(status: number): readonly string[] {
  const known = meanings[status];
  if (known) return known;
  if (status >= 300 && status < 400)
    return ['the service sends elsewhere; it is not followed: the token is for this address'];
  if (status >= 500) return ['the service or its gateway failed'];
  return status >= 400 ? ['the call was refused'] : [];
}

/** The value that `share` (0–1) of the numbers do not exceed, by nearest rank; undefined without numbers. */
export function percentile(numbers: readonly number[], share: number): number | undefined {
  const ordered = numbers.toSorted((a, b) => a - b);
  return ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)];
}

/** Bytes as `00000000  7b 22 …  |{"…|`, sixteen a line. */
export function hexLines(bytes: Uint8Array, most: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, most); at += 16) {
    const part = [...bytes.subarray(at, Math.min(at + 16, most))];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  |${text}|`);
  }
  return lines;
}

const hexLimit = 4096;
const lineLimit = 3000;

/** Text as it is; undefined for bytes that are none. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    for (const char of text) {
      const code = char.codePointAt(0) ?? 0;
      if ((code < 0x20 && char !== '\n' && char !== '\r' && char !== '\t') || code === 0x7f) return undefined;
    }
    return text;
  } catch {
    return undefined;
  }
}

/** A body for reading: JSON indented, text as it is, anything else in hex. */
export function bodyLines(bytes: Uint8Array): {
  readonly kind: 'JSON' | 'text' | 'binary' | 'empty';
  readonly lines: string[];
} {
  if (bytes.length === 0) return { kind: 'empty', lines: [] };
  const text = textOf(bytes);
  if (text === undefined) {
    const more = bytes.length > hexLimit ? [`… ${plural(bytes.length - hexLimit, 'more byte')}`] : [];
    return { kind: 'binary', lines: [...hexLines(bytes, hexLimit), ...more] };
  }
  const { kind, whole } = pretty(text);
  const all = whole.split('\n');
  const more = all.length > lineLimit ? [`… ${plural(all.length - lineLimit, 'more line')}`] : [];
  return { kind, lines: [...all.slice(0, lineLimit), ...more] };
}

function pretty(text: string): { kind: 'JSON' | 'text'; whole: string } {
  if (!/^\s*[[{"]/.test(text)) return { kind: 'text', whole: text };
  try {
    return { kind: 'JSON', whole: JSON.stringify(JSON.parse(text), undefined, 2) };
  } catch {
    return { kind: 'text', whole: text };
  }
}

const longBody = 2000;

/** The same call for a shell. Without `token` it stands for itself as a variable. */
export function curlOf({ url, method, token, body, contentType, file }: Call, showToken: boolean): string {
  const parts = ['curl', '-sS', '-i'];
  if (token !== undefined)
    parts.push('-H', showToken ? shellWord(`Authorization: ${token}`) : '"Authorization: $EAS_TOKEN"');
  if (method === 'POST') {
    if (contentType !== undefined) parts.push('-H', shellWord(`Content-Type: ${contentType}`));
    const text = body === undefined ? '' : textOf(body);
    if (file !== undefined) parts.push('--data-binary', shellWord(`@${file}`));
    // A leading @ would be read as the name of a file.
    else if (text !== undefined && text.length <= longBody && !text.startsWith('@'))
      parts.push('--data-binary', shellWord(text));
    else parts.push('--data-binary', '@body.bin');
  }
  return [...parts, shellWord(url)].join(' ');
}

/** Everything there is to say of a call: what was sent, what came, what it means. */
export function callSections(
  call: Call,
  state: {
    readonly sending?: boolean;
    readonly answer?: Answered;
    readonly error?: string;
    readonly repeats?: Repeats;
  },
  showToken: boolean,
): Section[] {
  const { answer, error, repeats, sending } = state;
  const sections: Section[] = [];
  if (sending) sections.push({ title: 'Sending …', lines: [{ text: 'esc gives up', tone: 'busy' }] });
  if (repeats) sections.push(repeatSection(repeats));
  if (error !== undefined)
    sections.push({ title: repeats ? 'No answer to the latest' : 'No answer', lines: [{ text: error, tone: 'bad' }] });
  if (answer) {
    const tone: Tone = answer.status < 300 ? 'ok' : answer.status < 400 ? 'warn' : 'bad';
    const [word, ...more] = explain(answer.status);
    const { kind, lines } = bodyLines(answer.body);
    sections.push({
      title: repeats ? 'The latest answer' : 'Answer',
      fields: [
        { name: 'Status', value: word === undefined ? answer.status : `${answer.status}: ${word}`, tone },
        { name: 'Took', value: duration(answer.ms) },
        {
          name: 'Body',
          value: `${kind}, ${plural(answer.body.length, 'byte')}${answer.cut ? ' kept; more came' : ''}`,
        },
      ],
      ...(more.length > 0 ? { lines: more.map((text) => ({ text, tone: 'warn' as const })) } : {}),
    });
    if (lines.length > 0) sections.push({ title: 'Body', lines: lines.map((text) => ({ text })) });
    sections.push({ title: 'Headers', fields: answer.headers.map(([name, value]): Field => ({ name, value })) });
  }
  sections.push({
    title: 'Sent',
    fields: [
      { name: 'Service', value: call.service },
      { name: 'Address', value: `${call.method} ${call.url}` },
      {
        name: 'Authorization',
        value:
          call.token === undefined
            ? 'no token: the service gives none'
            : showToken
              ? call.token
              : '•••••••• (t shows it)',
      },
      {
        name: 'Body',
        value:
          call.body === undefined
            ? 'none'
            : `${plural(call.body.length, 'byte')}${call.contentType ? `, ${call.contentType}` : ''}${call.file ? `, from ${call.file}` : ''}`,
      },
    ],
    lines: [{ text: curlOf(call, showToken) }],
  });
  return sections;
}

function repeatSection({ wanted, times, outcomes, ended }: Repeats): Section {
  const asked = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  const at = (share: number): string => duration(percentile(times, share));
  return {
    title: `Repeated ${asked} of ${wanted} times${ended ? '' : ' …'}`,
    fields: [
      { name: 'p50', value: at(0.5) },
      { name: 'p95', value: at(0.95) },
      { name: 'Fastest, slowest', value: `${at(0)}, ${at(1)}` },
      ...[...outcomes].map(
        ([outcome, count]): Field => ({
          name: outcome,
          value: `${count} × ${/^\d+$/.test(outcome) ? (explain(Number(outcome))[0] ?? 'answered') : 'no answer'}`,
          tone: /^2\d\d$/.test(outcome) ? 'ok' : 'bad',
        }),
      ),
    ],
  };
}
