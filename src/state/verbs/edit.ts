import type { Service } from '../../api/services.ts';
import { shellWord } from '../../lib/shell.ts';
import { plural } from '../../lib/words.ts';
import type { Section } from '../../screens/define.ts';
import {
  instancesIn,
  isSameConfig,
  nameIn,
  readConfigText,
  withInstances,
  written,
} from '../../service-json/config.ts';
import { type Change, diffConfigs, toLines } from '../../service-json/diff.ts';
import { threeWay } from '../../service-json/merge.ts';
import { type UpdateKind, updateKind } from '../../service-json/update-kind.ts';
import type { JsonObject } from '../../service-json/value.ts';
import type { Desk, Verb } from '../desk.ts';
import {
  closePage,
  draftsOf,
  findingSection,
  pageKey,
  type ReadConfig,
  readConfig,
  showPage,
  warningLines,
  writeDraft,
} from '../drafting.ts';
import type { Draft } from '../drafts.ts';
import { asRunning, bodyFor, changeTexts, configOf, scaledApart } from '../service-config.ts';
import { update } from '../service-writes.ts';
import { freshly, freshlySame, goOn, isFree, serviceNames } from './asked.ts';

export const edit: Verb = {
  id: 'edit',
  title: 'edit the configuration in $EDITOR',
  keys: ['e'],
  group: 'act',
  hint: 23,
  screen: 'services',
  usage: 'NAME',
  writes: true,
  off: (desk) => (desk.row('services') === undefined ? 'there is no row here' : undefined),
  async run(desk, [name, ...more]) {
    const wanted = name ?? (desk.row('services') as Service | undefined)?.serviceName;
    if (wanted === undefined || more.length > 0) return 'write :edit NAME';
    const service = await freshlySame(desk, wanted);
    if (typeof service === 'string') return service;
    const config = configOf(service);
    if (!config) return `the service gives no configuration of ${wanted} that can be read`;
    const drafts = draftsOf(desk);
    const draft = await drafts.add(
      {
        kind: 'edit',
        region: desk.client.region,
        name: wanted,
        serviceId: service.serviceId,
        base: service.serviceConfig,
        running: scaledApart(service, config)?.running,
        at: desk.clock.now(),
      },
      written(asRunning(service, config)),
    );
    return resumeEdit(desk, draft);
  },
  complete: (desk, args) => (args.length === 1 ? serviceNames(desk) : []),
};

/** Opens a draft of a configuration in the editor and goes on to what it changes. */
export async function resumeEdit(desk: Desk, draft: Draft): Promise<string | undefined> {
  const drafts = draftsOf(desk);
  const done = await writeDraft(desk, drafts, draft);
  if (!done) return undefined;
  return review(desk, draft, done.bytes);
}

const pageOf = (draft: Draft): string => `edit:${draft.id}`;
const kept = 'the draft is kept: :drafts';

async function review(desk: Desk, draft: Draft, bytes: Uint8Array): Promise<string | undefined> {
  const { name } = draft;
  const read = readConfig(bytes, 'modify');
  const again = pageKey('e', 'edit', 1, () =>
    goOn(desk, () => {
      closePage(desk, pageOf(draft));
      return resumeEdit(desk, draft);
    }),
  );
  const stopped = (why: string, more: readonly Section[] = []): undefined => {
    const sections = [{ title: 'Not sent', lines: [{ text: why, tone: 'bad' as const }] }, ...more];
    showPage(desk, pageOf(draft), { title: `edit ${name}`, sections, keys: [again] });
    desk.tell('bad', `${why}; ${kept}`);
  };
  const mine = read.config;
  if (!mine) return stopped(`${plural(read.errors.length, 'error')} in the JSON: e edits it`, findingSection(read));
  const renamed = nameIn(mine);
  if (renamed !== undefined && renamed !== name)
    return stopped(`a service cannot be renamed (${name} → ${renamed}): give the name back, or use :create`);
  const service = await freshly(desk, name);
  if (!service) return stopped(`${name} was deleted meanwhile: :create makes it anew`);
  if (draft.serviceId !== undefined && service.serviceId !== draft.serviceId)
    return stopped(`another service bears the name ${name} now: edit that one instead`);
  const theirs = configOf(service);
  if (!theirs) return stopped(`the service gives no configuration of ${name} that can be read`);
  const state: Edit = { desk, draft, read, mine, service, theirs, again };
  return isSameConfig(service.serviceConfig, draft.base) ? showDiff(state) : showThreeWay(state);
}

/** An edit that has been read, against the service as it is now. */
interface Edit {
  readonly desk: Desk;
  readonly draft: Draft;
  readonly read: ReadConfig;
  /** What was written. */
  readonly mine: JsonObject;
  readonly service: Service;
  /** What the service has. */
  readonly theirs: JsonObject;
  readonly again: ReturnType<typeof pageKey>;
}

const changeLines = (changes: readonly Change[]): NonNullable<Section['lines']> =>
  toLines(changes).map(({ symbol, text, tone }) => ({ text: `${symbol} ${text}`, tone }));

async function showDiff(edit: Edit): Promise<string | undefined> {
  const { desk, draft, read, service, theirs, mine, again } = edit;
  const changes = diffConfigs(asRunning(service, theirs), mine);
  if (changes.length === 0) {
    await draftsOf(desk).remove(draft);
    closePage(desk, pageOf(draft));
    desk.tell('dim', `nothing in the configuration of ${draft.name} was changed; nothing was sent`);
    return undefined;
  }
  const keys = [pageKey('enter', 'send', 0, () => openMenu(edit, changes)), again];
  const sections: Section[] = findingSection(read);
  const apart = scaledApart(service, theirs);
  if (apart) {
    const { running, configured } = apart;
    const chosen = changes.some(({ path }) => path === 'metadata.instance');
    sections.push({
      title: 'Scaled since it was configured',
      lines: [
        {
          text: `instances ${running} → ${configured}: its configuration says ${configured}, ${running} run`,
          tone: 'warn',
        },
        {
          text: chosen
            ? `the draft has a number of its own, see below; i takes the ${running} that run`
            : `the draft keeps the ${running} that run; i takes ${configured}`,
        },
      ],
    });
    const number = chosen ? running : configured;
    keys.push(pageKey('i', `take ${number} instances`, 2, () => goOn(desk, () => retake(edit, number))));
  }
  sections.push(
    { title: `${plural(changes.length, 'change')} to ${draft.name}`, lines: changeLines(changes) },
    { title: 'Keys', lines: [{ text: 'enter sends, e edits again, esc leaves the draft for later', tone: 'dim' }] },
  );
  showPage(desk, pageOf(draft), { title: `edit ${draft.name}`, sections, keys });
  return undefined;
}

/** Writes another number of workers into the draft and shows it again. */
function retake(edit: Edit, number: number): Promise<string | undefined> {
  return rewrite(edit, withInstances(edit.mine, number));
}

/** Puts another text into the draft, measured against what the service has now, and shows it again. */
async function rewrite({ desk, draft, service, theirs }: Edit, config: JsonObject): Promise<string | undefined> {
  const text = written(config);
  const note = { base: service.serviceConfig, running: scaledApart(service, theirs)?.running };
  return review(desk, await draftsOf(desk).change(draft, text, note), new TextEncoder().encode(text));
}

/** The service was given another configuration while the draft was written. */
function showThreeWay(edit: Edit): undefined {
  const { desk, draft, mine, service, again } = edit;
  const base = baseOf(draft);
  const theirs = asRunning(service, edit.theirs);
  const { merged, conflicts } = threeWay(base, mine, theirs);
  const items = [
    {
      label: conflicts.length > 0 ? 'yours where both changed' : 'take both',
      note: 'in the draft, which is shown again',
      config: merged,
    },
    ...(conflicts.length > 0
      ? [
          {
            label: 'theirs where both changed',
            note: 'the rest of yours is kept',
            config: threeWay(base, theirs, mine).merged,
          },
        ]
      : []),
  ];
  const choose = (): void =>
    desk.menu(`the configuration of ${draft.name} has changed`, items, (index) => {
      const item = items[index];
      if (item) goOn(desk, () => rewrite(edit, item.config));
    });
  const none = [{ text: 'nothing', tone: 'dim' as const }];
  const part = (title: string, changes: readonly Change[]): Section => ({
    title,
    lines: changes.length > 0 ? changeLines(changes) : none,
  });
  const both = conflicts.map(({ path }) => ({ text: `! ${path}`, tone: 'bad' as const }));
  showPage(desk, pageOf(draft), {
    title: `edit ${draft.name}: changed meanwhile`,
    sections: [
      part('You changed', diffConfigs(base, mine)),
      part('Somebody else changed meanwhile', diffConfigs(base, theirs)),
      { title: 'Changed by both, differently', lines: both.length > 0 ? both : none },
      { title: 'Keys', lines: [{ text: 'enter chooses, e edits again, esc leaves the draft for later', tone: 'dim' }] },
    ],
    keys: [pageKey('enter', 'choose', 0, choose), again],
  });
  desk.tell('warn', `the configuration of ${draft.name} has changed meanwhile; nothing was sent; ${kept}`);
}

/** What the draft began as. When that cannot be read all that the service has counts as changed by it. */
function baseOf({ base, running }: Draft): JsonObject {
  const config = readConfigText(base);
  if (!config) return {};
  return running === undefined ? config : withInstances(config, running);
}

function openMenu(edit: Edit, changes: readonly Change[]): void {
  const { desk, draft, mine, service, theirs } = edit;
  const { patch, removed, kind } = bodyFor(service, theirs, mine);
  const left = removed.join(', ');
  const sendable = changes.filter((change) => change.kind !== 'removed');
  const stays = left === '' ? [] : [`! these stay, merge cannot take them out: ${left}`];
  const items = [
    {
      label: 'merge',
      note: `sends only what changed${left === '' ? '' : `; cannot take out ${left}`}`,
      go: () =>
        Object.keys(patch).length === 0
          ? `merge cannot take out ${left}: replace can; ${kept}`
          : send(edit, { body: patch, type: 'merge', kind, changes: sendable, more: stays }),
    },
    {
      label: 'replace',
      note: 'sends the whole in place of the old one',
      go: () => {
        const whole = updateKind(asRunning(service, theirs), mine);
        const more = ['the whole configuration is replaced: what the draft does not hold is gone'];
        return send(edit, { body: mine, type: 'replace', kind: { ...whole, kind: 'rolling' }, changes, more });
      },
    },
  ];
  desk.menu(`send the configuration of ${draft.name}`, items, (index) => goOn(desk, async () => items[index]?.go()));
}

function send(
  { desk, draft, read, service, mine }: Edit,
  {
    body,
    type,
    kind,
    changes,
    more,
  }: {
    body: JsonObject;
    type: 'merge' | 'replace';
    kind: UpdateKind;
    changes: readonly Change[];
    more: readonly string[];
  },
): string | undefined {
  if (!isFree(desk)) return `something else is open; ask again; ${kept}`;
  const { name } = draft;
  const action = update({
    name,
    body,
    type,
    changes: changeTexts(changes),
    effects: [
      ...(kind.newVersion ? ['a new version is added'] : []),
      ...more,
      ...warningLines(read),
      'the draft is kept until the service has taken it',
    ],
    instances: kind.kind === 'scale' ? instancesIn(mine) : undefined,
    base: draft.base,
    cli:
      type === 'merge'
        ? `eascmd modify ${shellWord(name)} -s ${shellWord(`${name}.json`)}`
        : `# eascmd has no replace: UpdateService ${shellWord(name)} UpdateType=replace`,
    async taken() {
      await draftsOf(desk).remove(draft);
      closePage(desk, pageOf(draft));
    },
  });
  const wrong = desk.perform('services', action, service, 0);
  return wrong === undefined ? undefined : `${wrong}; ${kept}`;
}
