import type { AuthClient } from 'google-auth-library';
import { z } from 'zod';
import { invalidFile } from './access-errors.ts';

/** Longer than a slow network takes, shorter than an operator waits. */
const TOKEN_WITHIN_MS = 8_000;
const EMAIL_WITHIN_MS = 3_000;

const tokenInfo = z.object({ email: z.string() });

/** A valid access token, renewed when it ends soon. Rejects within seconds, whatever the network does. */
export async function tokenOf(client: AuthClient): Promise<string> {
  const late = AbortSignal.timeout(TOKEN_WITHIN_MS);
  const { token } = await Promise.race([client.getAccessToken(), aborted(late)]);
  if (token) return token;
  throw invalidFile('The credentials', 'Google gave no token for them.');
}

/** Who a token belongs to, null where Google doesn't say: it is only shown. */
export async function emailOfToken(url: string, token: string): Promise<string | null> {
  try {
    const body = new URLSearchParams({ access_token: token });
    const signal = AbortSignal.timeout(EMAIL_WITHIN_MS);
    const response = await fetch(url, { method: 'POST', body, signal });
    return tokenInfo.parse(await response.json()).email;
  } catch {
    // A token without the e-mail scope, or a busy service: the token itself is good.
    return null;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
