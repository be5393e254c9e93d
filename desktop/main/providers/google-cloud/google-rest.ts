import type { AuthClient } from 'google-auth-library';
import { tokenOf } from '../google-auth/token-of.ts';

const ANSWER_WITHIN_MS = 10_000;

export const SECRET_MANAGER = 'https://secretmanager.googleapis.com';

/** Who calls, and whose project pays for the call. */
export interface GoogleCaller {
  readonly project: string;
  readonly authClient: () => Promise<AuthClient>;
}

/**
 * One call of a Google API that needs no client of its own. null when it doesn't answer; a token that
 * can't be had is thrown.
 */
export async function callGoogle(
  { project, authClient }: GoogleCaller,
  url: string,
  method: 'GET' | 'HEAD' = 'GET',
): Promise<Response | null> {
  const token = await tokenOf(await authClient());
  return fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'x-goog-user-project': project },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch(() => null);
}
