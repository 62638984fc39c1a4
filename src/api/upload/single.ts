import { compareObject, damaged, type FileToSend, lookAt } from './multipart.ts';
import { patiently, type Sending } from './sending.ts';
import { openSource } from './source.ts';

/**
 * Sends a small file in one request, checked by Content-MD5 on the way and by ETag and CRC-64 in the answer; `look` also
 * asks for the object afterwards. There is nothing to go on with: a broken one is sent again.
 */
export async function sendWhole(
  sending: Sending,
  file: FileToSend,
  look: boolean,
): Promise<{ size: number; mtimeMs: number; crc: bigint }> {
  const { client, signal } = sending;
  const source = await openSource(file.path, sending.room);
  try {
    const { size, mtimeMs } = source;
    const { sums, pieces, drop } = await source.read(0, size, signal);
    const chunks: Buffer[] = [];
    try {
      for await (const piece of pieces()) chunks.push(Buffer.from(piece));
    } finally {
      drop();
    }
    const content = Buffer.concat(chunks);
    await patiently(sending, file.key, async () => {
      let sent = 0;
      const context = {
        signal,
        sent(bytes: number) {
          sent += bytes;
          sending.moved(bytes);
        },
      };
      try {
        const answer = await client.put(file.key, content, context);
        if (answer.etag !== sums.md5 || (answer.crc ?? sums.crc) !== sums.crc) {
          throw damaged(`${file.key} is damaged in OSS: its sums are not those of the file`);
        }
      } catch (error) {
        sending.moved(-sent);
        throw error;
      }
    });
    await source.check();
    if (look) compareObject(await lookAt(sending, file.key), size, sums.crc, file.key);
    return { size, mtimeMs, crc: sums.crc };
  } finally {
    await source.close();
  }
}
