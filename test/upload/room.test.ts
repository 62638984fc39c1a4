import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { blockBytes, openRoom, type Room } from '../../src/api/upload/room.ts';
import { openSource, type Source } from '../../src/api/upload/source.ts';
import { finish, MiB, type Setting, setUp, until } from './setting.ts';

const all = 64 * MiB;
const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function roomHere(): Room {
  const room = openRoom();
  undo.push(room.close);
  return room;
}

async function sourceOf(s: Setting, content: Buffer, room: Room): Promise<Source> {
  const source = await openSource(s.file('part.bin', content), room);
  undo.push(source.close);
  return source;
}

const collect = async (pieces: AsyncIterable<Buffer>) => {
  const copies: Buffer[] = [];
  for await (const piece of pieces) copies.push(Buffer.from(piece));
  return Buffer.concat(copies);
};

/** Whether nobody holds anything of the room. */
function isEmpty(room: Room): boolean {
  const blocks = room.take(all);
  for (const block of blocks ?? []) room.give(block);
  return blocks !== undefined;
}

describe('a part', () => {
  it('gives its memory back bit by bit as it is sent', async () => {
    const room = roomHere();
    const content = randomBytes(2 * MiB);
    const source = await sourceOf(await setUp(), content, room);
    const reading = await source.read(0, content.length);
    const rest = room.take(all - 2 * MiB) ?? [];
    const pieces = reading.pieces();
    for (let at = 0; at < 5; at++) await pieces.next();
    // Of five blocks that were asked for the last two may still be on their way.
    expect([room.take(4 * blockBytes), room.take(3 * blockBytes)?.length]).toEqual([undefined, 3]);
    reading.drop();
    expect([rest.length, room.take(5 * blockBytes)?.length]).toEqual([248, 5]);
  });

  it('is read once: what is sent is what was summed, whatever becomes of the file', async () => {
    const room = roomHere();
    const content = randomBytes(MiB + 1);
    const source = await sourceOf(await setUp(), content, room);
    const reading = await source.read(0, content.length);
    writeFileSync(source.path, Buffer.alloc(content.length));
    expect((await collect(reading.pieces())).equals(content)).toBe(true);
    reading.drop();
    reading.drop();
    expect(isEmpty(room)).toBe(true);
  });

  it('that does not fit is read again while it is sent', async () => {
    const room = roomHere();
    const taken = room.take(all - MiB + 1) ?? [];
    const content = randomBytes(MiB + 1);
    const source = await sourceOf(await setUp(), content, room);
    const reading = await source.read(0, content.length);
    expect((await collect(reading.pieces())).equals(content)).toBe(true);
    for (const block of taken) room.give(block);
    expect(isEmpty(room)).toBe(true);
    // Held in memory it would have been the same in sum.
    const held = await source.read(0, content.length);
    expect(held.sums).toEqual(reading.sums);
    held.drop();
  });

  it('larger than the room is never held', () => {
    expect(roomHere().take(all + 1)).toBeUndefined();
  });
});

describe('the room', () => {
  it('is empty again after uploads that were retried, failed, paused and cancelled', async () => {
    const s = await setUp();
    const room = roomHere();
    const path = s.file('model.bin', 6 * MiB);
    for (const fault of ['flip:UploadPart:2', 'cut=300000:UploadPart:2', 'lost:UploadPart:2', '5xx:UploadPart:2']) {
      s.emulator.oss.faults.set([fault]);
      expect((await finish(s.upload(path))).state).toBe('done');
      expect(isEmpty(room)).toBe(true);
    }
    s.emulator.oss.faults.set(['slow=20:UploadPart']);
    const begun = s.upload(path);
    begun.start();
    await until(() => begun.progress().bytes > 0, 'bytes leave');
    expect(isEmpty(room)).toBe(false);
    await begun.pause();
    expect([begun.progress().state, isEmpty(room)]).toEqual(['paused', true]);
    begun.resume();
    await until(() => begun.progress().bytes > 0, 'bytes leave again');
    await begun.cancel();
    expect([begun.progress().state, isEmpty(room)]).toEqual(['cancelled', true]);
    s.emulator.oss.faults.set(['5xx:UploadPart']);
    expect((await finish(s.upload(path, { attempts: 2 }))).state).toBe('failed');
    expect(isEmpty(room)).toBe(true);
  });
});
