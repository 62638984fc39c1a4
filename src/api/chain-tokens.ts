import { randomUUID } from 'node:crypto';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { OAuthTokens } from './chain-provider.ts';
import { isRecord, list } from './read.ts';

/**
 * Puts renewed OAuth tokens where the aliyun CLI keeps them: the old refresh token is used up, and without this the
 * person would be logged out of the CLI. All else in the file stays, and nobody ever reads half of it.
 * Rejects when the file cannot be read or written.
 */
export async function saveTokens(file: string, tokens: OAuthTokens): Promise<void> {
  // A link to the file stays one.
  const path = await realpath(file);
  const parsed: unknown = JSON.parse((await readFile(path, 'utf8')).replace(/^\ufeff/, ''));
  const found = isRecord(parsed)
    ? list(parsed.profiles).find((one) => isRecord(one) && one.name === tokens.profile)
    : undefined;
  if (!isRecord(found) || found.mode !== 'OAuth') return;
  found.oauth_refresh_token = tokens.refreshToken;
  found.oauth_access_token = tokens.accessToken;
  found.oauth_access_token_expire = tokens.accessTokenExpire;
  const { mode } = await stat(path);
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, `${JSON.stringify(parsed, undefined, '\t')}\n`, { mode: mode & 0o600, flag: 'wx' });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
