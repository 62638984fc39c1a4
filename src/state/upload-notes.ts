import { receiptOf, type UploadProgress } from '../api/upload/engine.ts';
import { bytes, duration } from '../lib/units.ts';
import { take, widthOf } from '../lib/width.ts';
import { plural } from '../lib/words.ts';
import { nameOf, percentOf } from '../screens/uploads.ts';
import { type Context, tell } from './context.ts';

/** What is said of uploads wherever one is, and asked when somebody leaves while they run. */
export function createUploadNotes(context: Context, bell: () => void) {
  const { store, uploads } = context;

  const ask = (verb: 'quit' | 'go', go: () => void): void => {
    const running = uploads.running();
    if (running.length === 0) return go();
    const lost = running.filter(({ kept }) => !kept);
    const [one] = lost;
    const without = lost.length === 1 && one ? `${nameOf(one)} has` : `${lost.length} have`;
    const items = [
      { label: 'stay' },
      {
        label: `${verb} and keep what was sent`,
        note: one ? `${without} no checkpoint and would start anew` : 'the next start can go on',
      },
      { label: `${verb} and abort`, note: 'the parts are deleted' },
    ];
    const choose = (index: number): void => {
      if (index === 1) void uploads.close().finally(go);
      if (index !== 2) return;
      tell(context, 'dim', `aborting ${plural(running.length, 'upload')} …`);
      void uploads.abort().finally(go);
    };
    store.setState({ menu: { title: `${plural(running.length, 'upload')} under way`, items, index: 0, choose } });
  };

  return {
    changed(): void {
      const uploading = inShort(uploads.running());
      if (store.getState().session.uploading === uploading) return;
      store.setState(({ session }) => ({ session: { ...session, uploading } }));
    },
    noted: (progress: UploadProgress, note: string): void =>
      tell(context, 'warn', `upload of ${nameOf(progress)}: ${note}`),
    ended(progress: UploadProgress): void {
      const { state, error, refused } = progress;
      if (state === 'done') {
        const [target, sum] = receiptOf(progress);
        tell(context, 'ok', sum ?? '');
        tell(context, 'ok', `${target} · n on :uploads uses it`);
        const [first] = refused;
        // Last, so that it is what is read: an upload that left something out is not just done.
        if (first)
          tell(context, 'warn', `${refused.length} of ${nameOf(progress)} not uploaded: ${first.path} (${first.why})`);
      } else if (state === 'cancelled') tell(context, 'dim', `upload of ${nameOf(progress)} cancelled`);
      else {
        const anew = error?.code === 'FileChanged' ? 'asks whether to start anew' : 'tries again';
        const { code = '', message = '' } = error ?? {};
        const why = message.includes(code) ? message : `${code}: ${message}`;
        tell(context, 'bad', `upload of ${nameOf(progress)} failed · ${why} · s on :uploads ${anew}`);
      }
      bell();
    },
    /** Asks whether to go on with what an earlier program did not finish. */
    async look(): Promise<void> {
      if (store.getState().session.readOnly) return;
      const left = await uploads.look().catch(() => []);
      if (left.length === 0) return;
      const named = (row: UploadProgress): string => `resume ${nameOf(row)} ${percentOf(row) ?? 0}%?`;
      tell(context, 'warn', `${left.map(named).join(' ')} · s on :uploads goes on`);
      const { menu, dialog, prompt } = store.getState();
      // Whoever is asked something or writes already is not interrupted.
      if (menu || dialog || prompt) return;
      const items = [
        { label: 'not now', note: ':uploads keeps them' },
        ...(left.length > 1 ? [{ label: `resume all ${left.length}`, note: '' }] : []),
        ...left.map((row) => ({ label: named(row), note: row.target })),
      ];
      const choose = (index: number): void => {
        if (index === 0) return;
        const chosen = left.length === 1 ? left : index === 1 ? left : left.slice(index - 2, index - 1);
        for (const { id } of chosen) uploads.resume(id);
      };
      const title = `${plural(left.length, 'upload')} not finished`;
      store.setState({ menu: { title, items, index: 0, choose } });
    },
    /** Quitting stops what is on its way: whoever leaves says what becomes of it. */
    leave: (go: () => void): void => ask('quit', go),
    /** So does going to another place. Resolves at once when it has to be asked. */
    async leaveFor(go: () => Promise<void>): Promise<void> {
      if (uploads.running().length === 0) return go();
      const failed = (error: unknown): void =>
        tell(context, 'bad', error instanceof Error ? error.message : String(error));
      ask('go', () => void go().catch(failed));
    },
  };
}

/** What is under way, where there is room for a few words only. */
function inShort(running: readonly UploadProgress[]): string | undefined {
  const [one] = running;
  if (!one) return undefined;
  const sum = (of: (row: UploadProgress) => number): number => running.reduce((all, row) => all + of(row), 0);
  const what = running.length === 1 ? inBrief(nameOf(one)) : plural(running.length, 'upload');
  const [sent, total] = [sum((row) => row.bytes), sum((row) => row.total)];
  const rate = sum((row) => row.rate ?? 0);
  const left = running.some((row) => row.waiting !== undefined)
    ? 'retrying'
    : rate > 0
      ? `${bytes(rate)}/s ${duration(((total - sent) / rate) * 1_000)}`
      : '';
  return `↑ ${what} ${percentOf({ bytes: sent, total }) ?? 0}% ${left}`.trimEnd();
}

const inBrief = (name: string): string => (widthOf(name) > 12 ? `${take(name, 11)}…` : name);
