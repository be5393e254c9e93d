/** A Google ID token is renewed when it is this close to its end. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** After a failed fetch the next one waits, so that a dead metadata server isn't hammered. */
const RETRY_AFTER_MS = 1_000;
const NO_HEADERS: readonly string[] = [];
const NOT_NOW = Promise.resolve(false);

/** The ID token for one upstream behind IAM. */
export interface IdToken {
  /** Headers with the current token as flat pairs; none while there is no valid one. */
  headers: () => readonly string[];
  /**
   * Null while the token is valid, which starts a renewal in the background when it is due; else
   * whether the fetch under way brings one. No timers: a frozen container asks when it thaws.
   */
  ensure: () => Promise<boolean> | null;
  stop: () => void;
}

export interface IdTokenOptions {
  /** Gets a token from the metadata server. */
  fetch: (audience: string) => Promise<string>;
  /** Wall clock in ms, as `exp` is. */
  now: () => number;
  failed: (error: Error) => void;
}

/**
 * Keeps the token of one audience: fetched once, used until five minutes before its `exp`, then
 * renewed while the old one still serves. It goes into X-Serverless-Authorization, which Cloud Run
 * checks and removes, so that Authorization stays the application's.
 */
export function createIdToken(audience: string, options: IdTokenOptions): IdToken {
  let headers = NO_HEADERS;
  let expiresAt = 0;
  let triedAt = -Infinity;
  let fetching: Promise<boolean> | null = null;
  let stopped = false;

  const renew = async (): Promise<boolean> => {
    try {
      const token = await options.fetch(audience);
      expiresAt = expiryOf(token);
      headers = ['x-serverless-authorization', `Bearer ${token}`];
      return true;
    } catch (error) {
      options.failed(error instanceof Error ? error : new Error(String(error)));
      return false;
    } finally {
      fetching = null;
    }
  };
  const start = (now: number): Promise<boolean> => {
    if (fetching !== null) return fetching;
    triedAt = now;
    fetching = renew();
    return fetching;
  };
  return {
    headers: () => headers,
    ensure() {
      const now = options.now();
      if (now < expiresAt - RENEW_BEFORE_MS) return null;
      const mayTry = !stopped && now - triedAt >= RETRY_AFTER_MS;
      if (now >= expiresAt) {
        headers = NO_HEADERS;
        return mayTry ? start(now) : (fetching ?? NOT_NOW);
      }
      // Still valid: nobody waits. `renew` never rejects.
      if (mayTry) start(now).catch(() => undefined);
      return null;
    },
    stop() {
      stopped = true;
    },
  };
}

/** `exp` of a JWT in ms; throws when it is none. The signature is the upstream's to check. */
export function expiryOf(token: string): number {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1];
  if (payload === undefined) throw new Error('The metadata server gave no JWT');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : null;
  if (typeof exp !== 'number') throw new Error('The ID token has no exp');
  return exp * 1_000;
}
