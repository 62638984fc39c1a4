import type { UploadProgress } from '../api/upload/engine.ts';
import { plural } from '../lib/words.ts';
import { percentOf } from '../screens/uploads.ts';
import { type Context, tell } from './context.ts';

/** What is said of uploads wherever one is, and asked when somebody leaves while they run. */
export function createUploadNotes(context: Context, bell: () => void) {
  const { store, uploads } = context;
  return {
    changed(): void {
      const uploading = inShort(uploads.running());
      if (store.getState().session.uploading === uploading) return;
      store.setState(({ session }) => ({ session: { ...session, uploading } }));
    },
    ended({ state, path, target, error }: UploadProgress): void {
      if (state === 'done') tell(context, 'ok', `[OK] oss target path: [${target}] · n on :uploads uses it`);
      else if (state === 'cancelled') tell(context, 'dim', `upload of ${path} cancelled`);
      else
        tell(
          context,
          'bad',
          `upload of ${path} failed · ${error?.code}: ${error?.message} · s on :uploads tries again`,
        );
      bell();
    },
    /** Tells of the latest upload an earlier program did not finish. */
    async look(): Promise<void> {
      const [left] = await uploads.look();
      if (left)
        tell(context, 'warn', `the upload of ${left.path} stopped at ${percentOf(left) ?? 0}% · :uploads, s goes on`);
    },
    /** Quitting stops what is on its way: whoever leaves says what becomes of it. */
    leave(go: () => void): void {
      const running = uploads.running();
      if (running.length === 0) return go();
      const items = [
        { label: 'stay' },
        { label: 'quit and keep what was sent', note: 'the next start can go on' },
        { label: 'quit and abort', note: 'the parts are deleted' },
      ];
      const choose = (index: number): void => {
        if (index === 1) void uploads.close().finally(go);
        if (index === 2) void uploads.abort().finally(go);
      };
      store.setState({ menu: { title: `${plural(running.length, 'upload')} under way`, items, index: 0, choose } });
    },
  };
}

/** What is under way, where there is room for a few words only. */
function inShort(running: readonly UploadProgress[]): string | undefined {
  const [one] = running;
  if (!one) return undefined;
  const sum = (of: 'bytes' | 'total'): number => running.reduce((all, row) => all + row[of], 0);
  const what = running.length === 1 ? one.path.slice(one.path.lastIndexOf('/') + 1) : plural(running.length, 'upload');
  return `↑ ${what} ${percentOf({ bytes: sum('bytes'), total: sum('total') }) ?? 0}%`;
}
