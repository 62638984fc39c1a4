import { type Crc64, createCrc64 } from './crc64.ts';

/** What is read, summed and sent at a time. */
export const blockBytes = 256 * 1024;
const roomBytes = 64 * 1024 * 1024;

/** Memory in which parts wait to be sent, so that the file is read once. */
export interface Room {
  newCrc(): Crc64;
  /** Blocks for so many bytes, all full but the last; undefined while there is not so much left. */
  take(bytes: number): Buffer[] | undefined;
  give(block: Buffer): void;
  close(): void;
}

let shared: (Pick<Room, 'newCrc' | 'take' | 'give'> & { users: number }) | undefined;

function makeRoom(): NonNullable<typeof shared> {
  const { counter, room } = createCrc64(roomBytes);
  const free = Array.from({ length: roomBytes / blockBytes }, (_, at) => at * blockBytes).reverse();
  return {
    users: 0,
    newCrc: counter,
    take(bytes) {
      const count = Math.ceil(bytes / blockBytes);
      if (count > free.length) return undefined;
      // What was given back last is taken first: memory that was never used costs nothing.
      return free
        .splice(free.length - count)
        .reverse()
        .map((start, at) => room.subarray(start, start + Math.min(blockBytes, bytes - at * blockBytes)));
    },
    give: (block) => void free.push(block.byteOffset - room.byteOffset),
  };
}

/** All uploads of the process share one room; it is gone when the last has closed it. */
export function openRoom(): Room {
  shared ??= makeRoom();
  const room = shared;
  room.users += 1;
  let open = true;
  return {
    ...room,
    close() {
      if (!open) return;
      open = false;
      room.users -= 1;
      if (room.users === 0 && shared === room) shared = undefined;
    },
  };
}
