import type { UploadProgress } from '../../api/upload/engine.ts';
import { readTarget } from '../../api/upload/target.ts';
import { age } from '../../lib/age.ts';
import { bytes } from '../../lib/units.ts';
import type { Desk, Verb } from '../desk.ts';
import { completePath, expandPath, roots } from '../path-completion.ts';

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
  takesPath: (args) => !args.at(-1)?.startsWith('oss:'),
  run(desk, args) {
    const targets = args.filter((arg) => arg.startsWith('oss://'));
    const paths = args.filter((arg) => !arg.startsWith('oss://'));
    if (targets.length > 1) return `one target at a time; ${targets.length} were given`;
    if (paths.length > 0) return send(desk, paths, targets[0]);
    desk.ask({
      sign: 'upload (file or folder): ',
      complete: (text) => completePath(text, roots()),
      answer: (text) =>
        text.trim() === '' ? 'write the path of a file or folder' : send(desk, [text.trim()], targets[0]),
    });
    return undefined;
  },
};

function send(desk: Desk, paths: readonly string[], target: string | undefined): string | undefined {
  if (target === undefined) return askTarget(desk, paths);
  try {
    const { bucket } = readTarget(target);
    // The bucket of the vendor's own client: nobody else is documented to have the right to write there.
    if (bucket.startsWith('eas-model-')) desk.tell('warn', `${bucket} belongs to eascmd; writing there may be refused`);
    for (const path of paths) desk.uploads.start(expandPath(path, roots()), target);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  desk.tell(
    'ok',
    `uploading ${paths.length === 1 ? paths[0] : `${paths.length} paths`} to ${target} · :uploads shows it`,
  );
  return undefined;
}

/** The buckets the account may list, else only the field to write in. */
function askTarget(desk: Desk, paths: readonly string[]): undefined {
  desk.ask({
    sign: 'to: ',
    initial: desk.uploadTarget ?? 'oss://',
    async complete(text) {
      const buckets = await desk.uploads.oss.listBuckets().catch((error: unknown) => {
        desk.tell('warn', `the buckets cannot be listed: ${error instanceof Error ? error.message : String(error)}`);
        return [];
      });
      return buckets.map(({ name }) => `oss://${name}/`).filter((one) => one.startsWith(text));
    },
    answer: (text) => send(desk, paths, text.trim()),
  });
  return undefined;
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
      lines: [row.error.message, 'what was sent before is forgotten'],
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
    const uses = ['model_path', 'processor_path'];
    const items = [
      ...uses.map((use) => ({ label: `modify a service: ${use}`, note: row.target })),
      { label: 'copy the address', note: row.target },
    ];
    desk.menu('use the upload', items, (index) => {
      const use = uses[index];
      if (use) desk.command(`modify  ${use}=${row.target}`, 'modify '.length);
      else desk.clipboard(row.target);
    });
    return undefined;
  },
};

/** Parts of uploads that nobody finished: they are paid for until they are aborted. */
export const leftovers: Verb = {
  id: 'leftovers',
  title: 'unfinished uploads of a bucket',
  keys: [],
  group: 'act',
  usage: 'BUCKET',
  writes: true,
  async run(desk, [bucket]) {
    if (!bucket) return 'write :leftovers BUCKET';
    const found = await desk.uploads.oss.listLeftovers(bucket.replace(/^oss:\/\//, '').replace(/\/$/, ''));
    if (found.length === 0) {
      desk.tell('ok', `no unfinished uploads in ${bucket}`);
      return undefined;
    }
    const items = found.map(({ key, initiated, size }) => {
      const old = initiated === undefined ? '' : `${age(desk.clock.now() - initiated)} old`;
      return { label: key, note: [old, size === undefined ? '' : bytes(size)].filter(Boolean).join(' · ') };
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
          void desk.uploads.oss.abortLeftover(bucket, one).then(
            () => desk.tell('ok', `aborted ${one.key}`),
            (error: unknown) => desk.tell('bad', error instanceof Error ? error.message : String(error)),
          ),
      });
    });
    return undefined;
  },
};
