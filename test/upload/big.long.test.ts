import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketName, finish, setUp } from './setting.ts';
import type { Told } from './uploader.ts';
import { bundleUploader, startUploader } from './uploader-process.ts';

const GiB = 1024 ** 3;
const folder = mkdtempSync(join(tmpdir(), 'eas-big-'));
let bundle: string;
beforeAll(async () => {
  bundle = await bundleUploader(folder, true);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file of 2 GiB', () => {
  it('takes less than 100 MB of memory, and hardly longer than with ali-oss alone', async () => {
    const s = await setUp();
    const path = s.file('big.bin', 0);
    truncateSync(path, 2 * GiB);
    const run = async (more: { peer?: Record<string, unknown> }): Promise<Told[]> => {
      const settings = { path, target: `oss://${bucketName}/`, checkpoints: s.checkpoints, ...more };
      const { told, ended, stderr } = startUploader(bundle, s.emulator.oss.endpoint, s.emulator, settings);
      expect([await ended, told.at(-1)?.end], stderr()).toEqual([{ code: 0, signal: null }, 'done']);
      return told;
    };
    const [ours, theirs]: [number[], number[]] = [[], []];
    const said = (end: Told | undefined) =>
      `${Math.round(end?.ms ?? 0)} ms (processor ${Math.round(end?.cpu ?? 0)} ms)`;
    const us = async (): Promise<void> => {
      const told = await run({});
      const end = told.at(-1);
      ours.push(end?.ms ?? 0);
      const growth = ((end?.rss ?? 0) - (told.find(({ rssBefore }) => rssBefore)?.rssBefore ?? 0)) / 1e6;
      console.log(`eas-tui ${said(end)}, memory grew by ${Math.round(growth)} MB`);
      expect(growth).toBeLessThan(100);
      expect(s.object('big.bin')?.size).toBe(2 * GiB);
    };
    const them = async (): Promise<void> => {
      const end = (await run({ peer: { partSize: 8 * 1024 ** 2 } })).at(-1);
      theirs.push(end?.ms ?? 0);
      console.log(`ali-oss alone ${said(end)}`);
    };
    // Other work on the machine only ever adds: the best of each is compared. The rounds are counted beforehand, because
    // whoever stops at the first good one finds it sooner or later; and each is first as often as the other.
    for (let round = 0; round < 6; round++) for (const one of round % 2 ? [us, them] : [them, us]) await one();
    expect(s.object('peer')?.crc).toBe(s.object('big.bin')?.crc);
    const all = `${ours.map(Math.round)} ms, ali-oss alone ${theirs.map(Math.round)} ms`;
    expect(Math.min(...ours), all).toBeLessThan(Math.min(...theirs) * 1.1);
  }, 600_000);
});

describe('a folder of ten thousand small files', () => {
  it('goes up', async () => {
    const s = await setUp();
    mkdirSync(join(s.folder, 'many'));
    for (let at = 0; at < 10_000; at++) writeFileSync(join(s.folder, 'many', `f${at}`), `${at}`);
    const end = await finish(s.upload(join(s.folder, 'many')));
    expect([end.state, end.files.done]).toEqual(['done', 10_000]);
    expect(s.emulator.oss.store.bucket(bucketName).objects.size).toBe(10_000);
  }, 120_000);
});
