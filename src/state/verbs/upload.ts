import { stat } from 'node:fs/promises';
import type { Bucket, Leftover } from '../../api/oss.ts';
import type { UploadProgress } from '../../api/upload/engine.ts';
import { fileTrouble } from '../../api/upload/source.ts';
import { printTarget, readTarget } from '../../api/upload/target.ts';
import { age } from '../../lib/age.ts';
import { bytes } from '../../lib/units.ts';
import { plural } from '../../lib/words.ts';
import type { Desk, Verb } from '../desk.ts';
import { inWords } from '../drafting.ts';
import { completePath, expandPath, roots } from '../path-completion.ts';
import { goOn } from './asked.ts';
import { createWith } from './create.ts';

const current = (desk: Desk): UploadProgress | undefined => desk.row('uploads') as UploadProgress | undefined;

/** Asks what to upload, then where to; both can be given in the command. */
export const upload: Verb = {
  id: 'upload',
  title: 'upload',
  keys: ['U'],
  group: 'act',
  hint: 45,
  usage: 'PATH … [oss://bucket/prefix/]',
  writes: true,
  escapes: true,
  takesPath: (args) => !args.at(-1)?.startsWith('oss:'),
  async run(desk, args) {
    const targets = args.filter((arg) => arg.startsWith('oss://'));
    const paths = args.filter((arg) => !arg.startsWith('oss://'));
    if (targets.length > 1) return `one target at a time; ${targets.length} were given`;
    if (paths.length > 0) return send(desk, paths, targets[0] ?? desk.uploadTarget);
    desk.ask({
      sign: 'upload (file or folder): ',
      complete: (text) => completePath(text, roots()),
      answer: (text) =>
        text.trim() === '' ? 'write the path of a file or folder' : send(desk, [text.trim()], targets[0]),
    });
    return undefined;
  },
};

async function send(desk: Desk, paths: readonly string[], target: string | undefined): Promise<string | undefined> {
  const whole = paths.map((path) => expandPath(path, roots()));
  for (const path of whole) {
    const missing = await stat(path).then(
      () => undefined,
      (error: unknown) => fileTrouble(path, error).message,
    );
    if (missing !== undefined) return missing;
  }
  if (target === undefined) return askTarget(desk, paths);
  try {
    const { bucket } = readTarget(target);
    // The bucket of the vendor's own client: nobody else is documented to have the right to write there.
    if (bucket.startsWith('eas-model-')) desk.tell('warn', `${bucket} belongs to eascmd; writing there may be refused`);
    desk.uploads.start(whole, target);
  } catch (error) {
    return inWords(error);
  }
  const what = paths.length === 1 ? paths[0] : plural(paths.length, 'path');
  desk.tell('ok', `uploading ${what} to ${target} · :uploads shows it`);
  return undefined;
}

/** The buckets the account may list, as targets. That they cannot be listed is said, and is no hindrance. */
async function buckets(desk: Desk): Promise<string[]> {
  try {
    return (await desk.uploads.oss.listBuckets()).map(({ name }) => `oss://${name}/`);
  } catch (error) {
    desk.tell('warn', `the buckets cannot be listed: ${inWords(error)}`);
    return [];
  }
}

/** Asks for the target: the configured one to be taken or changed, else the buckets to choose from. */
async function askTarget(desk: Desk, paths: readonly string[]): Promise<undefined> {
  const write = (initial: string): void =>
    desk.ask({
      sign: 'to: ',
      initial,
      complete: async (text) => (await buckets(desk)).filter((one) => one.startsWith(text)),
      answer: (text) => send(desk, paths, text.trim()),
    });
  if (desk.uploadTarget !== undefined) return void write(desk.uploadTarget);
  desk.tell('dim', 'looking for buckets …');
  let all: Bucket[] = [];
  try {
    all = await desk.uploads.oss.listBuckets();
  } catch (error) {
    desk.tell('warn', `the buckets cannot be listed: ${inWords(error)}`);
  }
  if (all.length === 0) return void write('oss://');
  const items = [
    ...all.map(({ name, region }) => ({ label: name, note: region ?? '' })),
    { label: 'another', note: 'to be written' },
  ];
  desk.menu('upload to which bucket?', items, (index) => {
    const chosen = all[index];
    write(chosen ? `oss://${chosen.name}/` : 'oss://');
  });
}

function onCurrent(desk: Desk, states: readonly UploadProgress['state'][], why: string): string | undefined {
  const row = current(desk);
  if (!row) return 'there is no upload here';
  return states.includes(row.state) ? undefined : `it is ${row.state}; ${why}`;
}

export const resumeUpload: Verb = {
  id: 'resume-upload',
  title: 'go on',
  keys: ['s'],
  group: 'act',
  hint: 20,
  screen: 'uploads',
  usage: '',
  writes: true,
  off: (desk) => onCurrent(desk, ['paused', 'failed', 'queued'], 'only what has stopped can go on'),
  run(desk) {
    const row = current(desk);
    if (!row) return 'there is no upload here';
    if (row.error?.code !== 'FileChanged') {
      desk.uploads.resume(row.id);
      return undefined;
    }
    desk.confirm({
      title: `upload ${row.path} anew`,
      lines: [
        row.error.message,
        row.folder ? 'of the folder only what has changed is sent again' : 'what was sent before is forgotten',
      ],
      verb: 'anew',
      tone: 'warn',
      yes: () => desk.uploads.resume(row.id, { anew: true }),
    });
    return undefined;
  },
};

export const pauseUpload: Verb = {
  id: 'pause-upload',
  title: 'pause',
  keys: ['S'],
  group: 'act',
  hint: 21,
  screen: 'uploads',
  usage: '',
  writes: false,
  off: (desk) => onCurrent(desk, ['running'], 'only what runs can be paused'),
  async run(desk) {
    const row = current(desk);
    if (row) await desk.uploads.pause(row.id);
    return undefined;
  },
};

export const cancelUpload: Verb = {
  id: 'cancel-upload',
  title: 'cancel',
  keys: ['ctrl-d'],
  group: 'act',
  hint: 22,
  screen: 'uploads',
  usage: '',
  writes: true,
  off: (desk) => onCurrent(desk, ['running', 'paused', 'failed', 'queued'], 'there is nothing to cancel'),
  run(desk) {
    const row = current(desk);
    if (!row) return 'there is no upload here';
    desk.confirm({
      title: `cancel the upload of ${row.path}`,
      lines: [`to ${row.target}`, 'the parts that were sent are deleted there'],
      verb: 'cancel it',
      tone: 'bad',
      yes: () => void desk.uploads.cancel(row.id),
    });
    return undefined;
  },
};

/** What an upload that is done can be used for: its address is put into the command line of what is done with it. */
export const useUpload: Verb = {
  id: 'use-upload',
  title: 'use it',
  keys: ['n'],
  group: 'act',
  hint: 23,
  screen: 'uploads',
  usage: '',
  writes: true,
  off: (desk) => onCurrent(desk, ['done'], 'only what has arrived can be used'),
  run(desk) {
    const row = current(desk);
    if (!row) return 'there is no upload here';
    const { target } = row;
    const value = /\s/.test(target) ? JSON.stringify(target) : target;
    const uses = (['model_path', 'processor_path'] as const).flatMap((use) => [
      { label: `create a service: ${use}`, go: () => createWith(desk, use, target) },
      { label: `modify a service: ${use}`, go: async () => desk.command(`modify  ${use}=${value}`, 'modify '.length) },
    ]);
    const items = [...uses, { label: 'copy the address', go: async () => desk.clipboard(target) }];
    desk.menu(`use ${target}`, items, (index) => goOn(desk, async () => (await items[index]?.go()) ?? undefined));
    return undefined;
  },
};

/** Parts of uploads that nobody finished: they are paid for until they are aborted. */
export const leftovers: Verb = {
  id: 'leftovers',
  title: 'unfinished uploads of a bucket',
  keys: [],
  group: 'act',
  usage: '[BUCKET]',
  writes: true,
  async run(desk, [asked]) {
    const named = asked ?? current(desk)?.target ?? desk.uploadTarget;
    if (named === undefined) return 'write :leftovers BUCKET';
    const { bucket } = readTarget(named.startsWith('oss://') ? named : `oss://${named}`);
    let found: Leftover[];
    try {
      found = await desk.uploads.oss.listLeftovers(bucket);
    } catch (error) {
      // In the messages there is room for the right that is wanting.
      desk.tell('bad', `the unfinished uploads of ${bucket} cannot be listed: ${inWords(error)}`);
      return undefined;
    }
    if (found.length === 0) {
      desk.tell('ok', `no unfinished uploads in ${bucket}`);
      return undefined;
    }
    // A folder's files lie below its target.
    const live = desk.uploads.running().map(({ target }) => target);
    const here = (key: string): boolean =>
      live.some((target) => {
        const whole = printTarget(bucket, key);
        return target.endsWith('/') ? whole.startsWith(target) : whole === target;
      });
    const items = found.map(({ key, initiated, size }) => {
      const old = initiated === undefined ? '' : `${age(desk.clock.now() - initiated)} old`;
      const known = [old, size === undefined ? '' : bytes(size), here(key) ? 'under way here' : ''];
      return { label: key, note: known.filter(Boolean).join(' · ') };
    });
    desk.menu(`abort which of ${found.length} in ${bucket}?`, items, (index) => {
      const one = found[index];
      if (!one) return;
      desk.confirm({
        title: `abort the upload of ${one.key}`,
        lines: [`in ${bucket}`, 'its parts are deleted; whoever is still sending them will fail'],
        verb: 'abort',
        tone: 'bad',
        yes: () =>
          void desk.uploads.abandon(bucket, one).then(
            () => desk.tell('ok', `aborted ${one.key}`),
            (error: unknown) => desk.tell('bad', error instanceof Error ? error.message : String(error)),
          ),
      });
    });
    return undefined;
  },
};
