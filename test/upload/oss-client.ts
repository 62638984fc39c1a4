import { createRequire } from 'node:module';
import type { Emulator } from '../../emulator/server.ts';

/** The library as users of OSS have it: the peer that says whether the emulator behaves. Untyped: it brings no types. */
// biome-ignore lint/suspicious/noExplicitAny: ali-oss has no declarations.
export type AliOss = any;

const load = createRequire(import.meta.url);

export function createAliOss(emulator: Emulator, more: Record<string, unknown> = {}): AliOss {
  const Library = load('ali-oss');
  return new Library({
    accessKeyId: emulator.accessKeyId,
    accessKeySecret: emulator.accessKeySecret,
    region: `oss-${emulator.region}`,
    bucket: `eas-demo-${emulator.region}`,
    endpoint: emulator.oss.endpoint,
    authorizationV4: true,
    ...more,
  });
}
