/** Uploads by command line, on an emulated object store: what is said of them while they run and asked when one leaves. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { uploads as screen } from '../../../src/screens/uploads.ts';
import { type Live, openOn } from './live.ts';

const bucket = 'oss://eas-demo-cn-shanghai';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eas-up-'));
});

function open(): Promise<Live> {
  // What is registered first is done last: the folder goes when nothing writes into it any more.
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return openOn({}, { state: join(folder, 'state') });
}

function file(name: string, size = 100): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, Buffer.alloc(size, name));
  return path;
}

const MiB = 1024 ** 2;
const faults = (live: Live, ...specs: string[]) => live.emulator.oss.faults.set(specs);
const objects = (live: Live) => [...live.emulator.oss.store.bucket('eas-demo-cn-shanghai').objects.keys()];
/** The cells of the only upload, by the names of their columns. */
function cells(live: Live): Record<string, string> {
  const [row] = live.state().sources['uploads{}']?.rows ?? [];
  if (!row) return {};
  return Object.fromEntries(
    screen.columns.map((column) => {
      const shown = row as Parameters<typeof column.value>[0];
      return [column.title, column.text?.(shown, Date.now()) ?? String(column.value(shown))];
    }),
  );
}

it('refuses what would make one object of two files', async () => {
  const live = await open();
  const [one, two] = [file('a/model.bin'), file('b/model.bin')];
  const refusals = [`${one} ${two} ${bucket}/x/`, `${one} ${file('other.bin')} ${bucket}/x/name`];
  for (const words of refusals) {
    live.command(`upload ${words}`);
    await live.until('the refusal', ({ prompt }) =>
      /would both become oss:.*x\/(model\.bin|name)/.test(prompt?.error ?? ''),
    );
    live.press('esc');
  }
  faults(live, 'silent:PutObject:1');
  live.command(`upload ${one} ${one} ${bucket}/x/`);
  await live.told(/^uploading 2 paths/);
  live.command(`upload ${two} ${bucket}/x/model.bin`);
  await live.until('the refusal', ({ prompt }) =>
    /a\/model\.bin and .*b\/model\.bin would both/.test(prompt?.error ?? ''),
  );
  expect(live.emulator.oss.requests().filter(({ operation }) => operation === 'PutObject').length).toBeLessThanOrEqual(
    1,
  );
});

it('completes paths with blanks, in the middle of others', async () => {
  const live = await open();
  file('two words/模型 1.bin');
  live.press(':');
  const type = (text: string) => live.press(...[...text].map((char) => (char === ' ' ? 'space' : char)));
  const text = () => live.state().prompt?.text;
  type(`upload /x ${folder}/two`);
  live.press('tab');
  await live.until('the folder', () => text() === `upload /x ${folder}/two\\ words/`);
  live.press('tab');
  await live.until('the file', () => text() === `upload /x ${folder}/two\\ words/模型\\ 1.bin`);
  live.press('esc');
  live.command(`upload ${folder}/two\\ words/模型\\ 1.bin ${bucket}/y/`);
  await live.told(/OK\] oss target path: \[oss:\/\/eas-demo-cn-shanghai\/y\/模型 1\.bin\]/);
});

it('says at once what was damaged and that it tries again, and that no checkpoint can be kept', async () => {
  const live = await open();
  // Where the folder of the checkpoints should be there is a file.
  rmSync(join(folder, 'state/eas-tui/uploads'), { recursive: true, force: true });
  mkdirSync(join(folder, 'state/eas-tui'), { recursive: true });
  writeFileSync(join(folder, 'state/eas-tui/uploads'), '');
  faults(live, 'flip:UploadPart:1', 'slow=40:UploadPart');
  live.command(`upload ${file('big.bin', 8 * MiB)} ${bucket}/z/`);
  await live.told(/^upload of big\.bin: the checkpoint cannot be written \(E\w+\); a broken upload would start anew/);
  await live.told(/^upload of big\.bin: part \d arrived damaged and is sent again/);
  faults(live, '5xx:UploadPart');
  live.command('uploads');
  await live.until(
    'the row',
    () => cells(live)['STATE'] === 'retrying' && /part \d.* again in/.test(cells(live)['SAYS'] ?? ''),
  );
  await live.until('the header', ({ session }) => /^↑ big\.bin \d+% retrying$/.test(session.uploading ?? ''));
  // Whoever leaves is not told that the next start can go on.
  live.command('q');
  await live.until('the question', ({ menu }) => menu?.title === '1 upload under way');
  expect(live.state().menu?.items.map(({ note }) => note)).toContain('big.bin has no checkpoint and would start anew');
  live.press('esc');
  faults(live);
  await live.told(/OK\] oss target path/);
  expect(objects(live)).toEqual(['z/big.bin']);
});

it('falls in the header while nothing moves', async () => {
  const live = await open();
  faults(live, 'slow=30:UploadPart');
  live.command(`upload ${file('big.bin', 12 * MiB)} ${bucket}/z/`);
  await live.until('a rate', ({ session }) => /\/s/.test(session.uploading ?? ''));
  faults(live, 'silent:UploadPart');
  const seen: string[] = [];
  await live.until('a rate that falls and a time that grows', ({ session: { uploading = '' } }) => {
    if (seen.at(-1) !== uploading) seen.push(uploading);
    const [, percent] = /(\d+)%/.exec(uploading) ?? [];
    return new Set(seen.filter((each) => each.includes(` ${percent}%`))).size >= 4;
  });
  live.command('q');
  await live.until('the question', ({ menu }) => menu !== undefined);
  live.press('down', 'down', 'enter');
  await live.told(/upload of big\.bin cancelled/);
});

it('promises that the next start can go on where a checkpoint is kept', async () => {
  const live = await open();
  faults(live, 'slow=400:UploadPart');
  live.command(`upload ${file('big.bin', 4 * MiB)} ${bucket}/z/`);
  await live.until('the parts', () => live.emulator.oss.requests().some(({ operation }) => operation === 'UploadPart'));
  live.command('q');
  await live.until('the question', ({ menu }) => menu?.items[1]?.note === 'the next start can go on');
  live.press('down', 'down', 'enter');
  await live.told(/upload of big\.bin cancelled/);
});

it('offers to go on with a folder, with what has gone of its large files', async () => {
  const first = await open();
  file('dir/small');
  file('dir/large.bin', 8 * MiB);
  faults(first, 'slow=30:UploadPart');
  first.command(`upload ${folder}/dir ${bucket}/z/`);
  const arrived = () =>
    first.emulator.oss.requests().filter((each) => each.operation === 'UploadPart' && each.status === 200);
  await first.until('two parts', () => arrived().length >= 2);
  await first.close();
  const second = await open();
  await second.until('the question', ({ menu }) => menu?.title === '1 upload not finished');
  const percent = Number(/^resume dir (\d+)%\?$/.exec(second.state().menu?.items[1]?.label ?? '')?.[1]);
  // Of the two at least the first is noted: the other may be on its way when the program ends.
  expect(percent).toBeGreaterThanOrEqual(12);
  expect(percent).toBeLessThan(100);
});

it('says which right is wanting where leftovers cannot be listed, and where nothing may be put', async () => {
  const live = await open();
  live.command('leftovers eas-locked-cn-shanghai');
  await live.told(
    /^the unfinished uploads of eas-locked-cn-shanghai cannot be listed: .*needs oss:ListMultipartUploads on/,
  );
  live.command(`upload ${file('a.bin')} oss://eas-locked-cn-shanghai/`);
  await live.told(
    /^upload of a\.bin failed · OSS AccessDenied: needs oss:PutObject on eas-locked-cn-shanghai: You have/,
  );
});
