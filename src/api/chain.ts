import type { CredentialSource } from './client.ts';
import { ApiError } from './errors.ts';

/** Keys that are not lying in a place to be read but have to be fetched: roles, OIDC, metadata, a process, a URI. */
export interface ChainOrigin {
  /** For people, e.g. `profile prod (~/.aliyun/config.json)`. */
  name: string;
  /** How the keys come about, e.g. `RamRoleArn` or `OIDC`. */
  mode: string;
  /** The profile to read, when it is one. */
  profile: string | undefined;
}

/**
 * Keys from the official credentials chain, which is loaded with the first request that needs it.
 * The chain itself is not carried yet: asking for keys says so.
 */
export function createChainSource({ name, mode }: ChainOrigin): CredentialSource {
  return {
    describe: () => `${name} · ${mode}`,
    get: async () => {
      throw new ApiError({
        kind: 'auth',
        code: 'UnsupportedMode',
        message: `${name}: mode ${mode} needs the official credentials chain, which is not built in; use mode AK or StsToken`,
      });
    },
  };
}
