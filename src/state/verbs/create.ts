import { ApiError } from '../../api/errors.ts';
import { describeService, type Service } from '../../api/services.ts';
import { plural } from '../../lib/words.ts';
import { instancesIn, isRelease, nameIn, withMetadata, withoutMetadata } from '../../service-json/config.ts';
import { cloneText, templates, templateText } from '../../service-json/template.ts';
import type { JsonObject } from '../../service-json/value.ts';
import type { Desk, Verb } from '../desk.ts';
import {
  closePage,
  draftsOf,
  findingSection,
  inWords,
  pageKey,
  readConfig,
  showPage,
  warningLines,
  writeDraft,
} from '../drafting.ts';
import type { Draft } from '../drafts.ts';
import { nearName } from '../names.ts';
import { completePath, expandPath, roots } from '../path-completion.ts';
import { configOf } from '../service-config.ts';
import { createProgress, progressPage } from '../service-progress.ts';
import { creation } from '../service-writes.ts';
import { readText } from '../text-file.ts';
import { confirmFirmly, freshly, goOn, isFree, noService } from './asked.ts';

export const create: Verb = {
  id: 'create',
  title: 'create a service',
  keys: ['n'],
  group: 'act',
  hint: 27,
  screen: 'services',
  usage: '[FILE] [-r]',
  writes: true,
  takesPath: () => true,
  run(desk, args) {
    // eascmd takes -r after the file.
    const release = args.includes('-r');
    const [file, ...more] = args.filter((arg) => arg !== '-r');
    if (more.length > 0) return 'write :create FILE; a path with blanks is asked for by n';
    if (file !== undefined) return createFromFile(desk, file, release);
    openMenu(desk);
    return undefined;
  },
};

export const releaseCreate: Verb = {
  id: 'release-create',
  title: 'create beside an existing service (blue-green)',
  keys: [],
  group: 'act',
  usage: 'FILE',
  writes: true,
  takesPath: () => true,
  run(desk, [file, ...more]) {
    if (file === undefined || more.length > 0) return 'write :release-create FILE';
    return createFromFile(desk, file, true);
  },
};

/** Shows how a service that is being made is doing, also after its page was left. */
export const creating: Verb = {
  id: 'creating',
  title: 'services being created',
  alias: ['progress'],
  keys: [],
  group: 'view',
  usage: '[NAME]',
  writes: false,
  run(desk, [name]) {
    const made = Object.keys(desk.store.getState().pages).filter((id) => id.startsWith(progressPage('')));
    const open = (id: string | undefined): void => void (id !== undefined && desk.show(id));
    if (name !== undefined) {
      const { pages } = desk.store.getState();
      const id = made.find((one) => one === progressPage(name) || pages[one]?.title === `create ${name}`);
      open(id);
      return id === undefined ? `${name} was not created in this run` : undefined;
    }
    if (made.length === 0) return 'nothing was created in this run';
    if (made.length === 1) open(made[0]);
    else {
      const items = made.map((id) => ({ label: id.slice(progressPage('').length) }));
      desk.menu('services created in this run', items, (index) => open(made[index]));
    }
    return undefined;
  },
  complete: (desk) =>
    Object.keys(desk.store.getState().pages).flatMap((id) =>
      id.startsWith(progressPage('')) ? [id.slice(progressPage('').length)] : [],
    ),
};

function openMenu(desk: Desk): void {
  const row = desk.row('services') as Service | undefined;
  const name = row?.serviceName ?? '';
  const items: { label: string; note?: string; go(): Promise<string | undefined> | string | undefined }[] = [
    { label: 'from a file', go: () => askPath(desk, false) },
    ...templates.map(({ id, title }) => ({
      label: `from a template: ${title}`,
      note: 'in $EDITOR',
      go: () => inEditor(desk, '', templateText(id, { region: desk.client.region }), false),
    })),
    ...(row
      ? [
          { label: `a clone of ${name}`, note: 'in $EDITOR', go: () => fromService(desk, name, false) },
          { label: `blue-green beside ${name}`, note: 'in $EDITOR', go: () => fromService(desk, name, true) },
        ]
      : []),
    { label: 'blue-green beside an existing service', note: 'from a file', go: () => askPath(desk, true) },
  ];
  desk.menu('create a service', items, (index) => goOn(desk, async () => items[index]?.go()));
}

function askPath(desk: Desk, release: boolean): undefined {
  desk.ask({
    sign: release ? 'file (blue-green): ' : 'file: ',
    complete: (text) => completePath(text, roots()),
    answer: (text) => (text.trim() === '' ? 'give the path of a JSON file' : createFromFile(desk, text, release)),
  });
}

/** Reads a file and goes on to the question. A text says what is wrong with it. */
async function createFromFile(desk: Desk, path: string, release: boolean): Promise<string | undefined> {
  const file = expandPath(path.trim(), roots());
  let bytes: Uint8Array;
  try {
    bytes = await readText(file);
  } catch (error) {
    return inWords(error);
  }
  return review(desk, { bytes, file, release, draft: undefined });
}

async function fromService(desk: Desk, name: string, release: boolean): Promise<string | undefined> {
  const service = await freshly(desk, name);
  if (!service) return noService(desk, name);
  const config = configOf(service);
  if (!config) return `the service gives no configuration of ${name} that can be read`;
  const plain = withoutMetadata(config, 'release');
  const text = release
    ? cloneText(withMetadata(plain, 'release', true), name)
    : cloneText(plain, `${name.slice(0, 58)}_copy`);
  return inEditor(desk, name, text, release);
}

/** A new service around what was uploaded, in the editor. */
export function createWith(
  desk: Desk,
  use: 'model_path' | 'processor_path',
  target: string,
): Promise<string | undefined> {
  return inEditor(desk, '', templateText('processor', { region: desk.client.region, [use]: target }), false);
}

const isTemplate = (desk: Desk, text: string): boolean =>
  templates.some(({ id }) => templateText(id, { region: desk.client.region }) === text);

async function inEditor(desk: Desk, name: string, text: string, release: boolean): Promise<string | undefined> {
  const drafts = draftsOf(desk);
  const kind = release ? 'release' : 'create';
  const draft = await drafts.add({ kind, region: desk.client.region, name, at: desk.clock.now() }, text);
  return resumeCreate(desk, draft);
}

/** Opens a draft of a new service in the editor and goes on to the question. */
export async function resumeCreate(desk: Desk, draft: Draft): Promise<string | undefined> {
  const drafts = draftsOf(desk);
  const done = await writeDraft(desk, drafts, draft);
  if (!done) return undefined;
  if (isTemplate(desk, new TextDecoder().decode(done.bytes))) {
    await drafts.remove(draft);
    desk.tell('dim', 'the template was left as it is; nothing is created');
    return undefined;
  }
  return review(desk, { bytes: done.bytes, file: draft.file, release: draft.kind === 'release', draft });
}

/** A new service's JSON on its way. */
export interface Proposal {
  readonly bytes: Uint8Array;
  /** Where it came from. */
  readonly file: string;
  readonly release: boolean;
  /** Absent: the file is the person's own and stays as it is. */
  readonly draft: Draft | undefined;
}

/** Checks a new service's JSON, shows it and asks. A text says why it goes no further. */
export async function review(desk: Desk, proposal: Proposal): Promise<string | undefined> {
  const { bytes, file, draft } = proposal;
  const read = readConfig(bytes, proposal.release ? 'release' : 'create');
  const { config } = read;
  const name = config && nameIn(config);
  const id = `review:${file}`;
  const kept = draft ? '; the draft is kept: :drafts' : '';
  const editKey = pageKey('e', 'edit', 1, () => goOn(desk, () => again(desk, proposal)));
  const stopped = (why: string): undefined => {
    const lines = [
      { text: why, tone: 'bad' as const },
      { text: `from ${file}`, tone: 'dim' as const },
    ];
    const sections = [{ title: 'Not created', lines }, ...findingSection(read)];
    showPage(desk, id, {
      title: `create ${name ?? ''}`.trim(),
      sections: config ? [...sections, { title: 'Configuration', json: config }] : sections,
      keys: [editKey],
    });
    desk.tell('bad', `${why}${kept}`);
  };
  if (!config) return stopped(`${plural(read.errors.length, 'error')} in the JSON: e edits it`);
  if (name === undefined) return stopped('the name is missing: e adds it');
  const release = proposal.release || isRelease(config);
  let existing: Service | undefined;
  try {
    existing = await freshly(desk, name);
  } catch (error) {
    return stopped(`whether there is a service ${name} cannot be found out: ${inWords(error)}`);
  }
  if (release && !existing)
    return stopped(`there is no service ${name} to release beside${nearName(desk, 'services', name)}`);
  if (!release && existing)
    return stopped(`there is a service ${name} already: give another name, or :release-create for blue-green`);
  const sent = release ? withMetadata(config, 'release', true) : config;
  const ask = (): void =>
    confirmFirmly(desk, name, {
      title: release ? `create beside ${name} (blue-green)` : `create ${name}`,
      lines: [...effects(desk, sent, name, existing), ...warningLines(read)],
      verb: read.warnings.length > 0 ? 'create anyway' : 'create',
      tone: 'warn',
      yes: () => {
        closePage(desk, id);
        const wrong = send(desk, proposal, sent, name, existing);
        if (wrong !== undefined) desk.tell('warn', `${wrong}${kept}`);
      },
    });
  if (!isFree(desk)) return `something else is open; ask again${kept}`;
  showPage(desk, id, {
    title: `create ${name}`,
    sections: [...findingSection(read), { title: `Configuration from ${file}`, json: sent }],
    keys: [pageKey('enter', 'create', 0, ask), editKey],
  });
  ask();
  return undefined;
}

/** Opens the draft again; a file of the person's own is copied into a draft first. */
async function again(desk: Desk, { bytes, release, draft, file }: Proposal): Promise<string | undefined> {
  closePage(desk, `review:${file}`);
  if (draft) return resumeCreate(desk, draft);
  return inEditor(desk, '', new TextDecoder().decode(bytes), release);
}

function effects(desk: Desk, config: JsonObject, name: string, existing: Service | undefined): string[] {
  const instances = instancesIn(config);
  const workers = instances === undefined ? 'workers' : plural(instances, 'worker');
  const lines = [`in ${desk.store.getState().session.region}`, `a new service with ${workers}, which is charged for`];
  if (!existing) return lines;
  lines.push(
    `it is named ${name} and a suffix, and gets no traffic until it is released to`,
    'metadata.release is the older way of releasing: the service may refuse it',
  );
  if (existing.blueGreenServices.length > 1) lines.push(`! ${name} is in a blue-green pair already`);
  return lines;
}

function send(
  desk: Desk,
  proposal: Proposal,
  config: JsonObject,
  name: string,
  beside: Service | undefined,
): string | undefined {
  const progress = createProgress(desk, name);
  const { draft, file } = proposal;
  const { action, row } = creation({
    name,
    config,
    beside,
    file: draft ? `${name}.json` : file,
    observe: progress.observe,
    async taken(made) {
      progress.note('ok', `accepted as ${made}`);
      // The answer has no token in it; a description has.
      void describeService(desk.client, made).then(progress.observe, () => undefined);
      if (draft) await draftsOf(desk).remove(draft);
    },
    refused(error) {
      const lost = error instanceof ApiError && error.sent === 'unknown';
      progress.note('bad', `${lost ? 'no answer came, looking it up' : 'not created'}: ${inWords(error)}`);
      progress.note('dim', draft ? 'the draft is kept: e opens it, :drafts lists it' : `${file} is as it was`);
      progress.keys([pageKey('e', 'edit', 1, () => goOn(desk, () => again(desk, proposal)))]);
    },
  });
  progress.note('plain', `asked for in ${desk.client.region}`);
  const wrong = desk.perform('services', action, row, 0);
  if (wrong === undefined) progress.show();
  return wrong;
}
