import { age } from '../../lib/age.ts';
import type { Desk, Verb } from '../desk.ts';
import { draftsOf, inWords } from '../drafting.ts';
import type { Draft } from '../drafts.ts';
import { goOn } from './asked.ts';
import { resumeCreate } from './create.ts';
import { resumeEdit } from './edit.ts';

/** What was written and not taken by the service yet: to be gone on with, or thrown away. */
export const drafts: Verb = {
  id: 'drafts',
  title: 'drafts',
  keys: [],
  group: 'view',
  usage: '',
  writes: false,
  async run(desk, args) {
    if (args.length > 0) return ':drafts takes no argument';
    const found = await draftsOf(desk).list();
    if (found.length === 0) return 'there are no drafts';
    const items = found.map((draft) => ({ label: titleOf(draft), note: noteOf(desk, draft) }));
    desk.menu('drafts', items, (index) => {
      const draft = found[index];
      if (draft) openOne(desk, draft);
    });
    return undefined;
  },
};

const verbOf = { create: 'create', release: 'create blue-green', edit: 'edit' } as const;

const titleOf = ({ kind, name }: Draft): string => `${verbOf[kind]} ${name || '(no name yet)'}`;

const noteOf = (desk: Desk, { at, region }: Draft): string =>
  `${age(Math.max(0, desk.clock.now() - at))} old${region === desk.client.region ? '' : ` · ${region}`}`;

function openOne(desk: Desk, draft: Draft): void {
  const items = [
    { label: 'go on in $EDITOR', note: draft.file, go: () => resume(desk, draft) },
    { label: 'throw it away', note: 'asks first', go: async () => drop(desk, draft) },
  ];
  desk.menu(titleOf(draft), items, (index) => goOn(desk, async () => items[index]?.go()));
}

async function resume(desk: Desk, draft: Draft): Promise<string | undefined> {
  if (desk.store.getState().session.readOnly) return 'read-only: a draft ends in a write';
  if (draft.region !== desk.client.region)
    return `this draft is for ${draft.region}: go there first (ctrl-o), it is kept`;
  return draft.kind === 'edit' ? resumeEdit(desk, draft) : resumeCreate(desk, draft);
}

function drop(desk: Desk, draft: Draft): undefined {
  desk.confirm({
    title: `throw away the draft: ${titleOf(draft)}`,
    lines: ['what was written is gone then; nothing is sent', draft.file],
    verb: 'throw away',
    tone: 'warn',
    yes: () => {
      draftsOf(desk)
        .remove(draft)
        .then(
          () => desk.tell('ok', `threw away the draft: ${titleOf(draft)}`),
          (error: unknown) => desk.tell('bad', `the draft cannot be thrown away: ${inWords(error)}`),
        );
    },
  });
}
