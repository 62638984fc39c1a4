import { ApiError } from '../errors.ts';

const MiB = 1024 ** 2;
/** Source: the limits of OSS. */
const limits = { parts: 10_000, part: 5 * 1024 ** 3, object: 48.8 * 1024 ** 4 };

/** Files up to this size are sent in one request: a part of less saves nothing. */
export const singlePut = MiB;

/**
 * Bytes of a part. Small enough that a broken connection costs little, large enough that requests do not outweigh what
 * they carry, and never so small that there are more than 10,000: 1 MiB up to 256 MiB, growing to 16 MiB at 4 GiB, and
 * from 80 GiB on a five-thousandth of the file.
 * @throws ApiError `invalid` for a file larger than an object can be
 */
export function partSizeOf(size: number): number {
  if (size > limits.object) {
    throw new ApiError({
      kind: 'invalid',
      code: 'FileTooLarge',
      message: `the file has ${size} bytes; an object of OSS has at most 48.8 TiB`,
    });
  }
  const wanted = Math.max(MiB, Math.min(16 * MiB, size / 256), size / 5_000);
  const rounded = Math.ceil(wanted / MiB) * MiB;
  return Math.max(Math.min(rounded, limits.part), Math.ceil(size / limits.parts));
}

export interface PartRange {
  /** From 1. */
  n: number;
  start: number;
  /** First byte after it. */
  end: number;
}

export function partCount(size: number, partSize: number): number {
  return Math.max(1, Math.ceil(size / partSize));
}

export function partRange(n: number, size: number, partSize: number): PartRange {
  const start = (n - 1) * partSize;
  return { n, start, end: Math.min(start + partSize, size) };
}
