import { randomBytes } from 'node:crypto';
import type { OAuth2Client } from 'google-auth-library';
import type { OpenBrowser } from '../../ports/open-browser.ts';
import type { RefreshTokens } from '../../ports/refresh-tokens.ts';
import { signInFailed } from './access-errors.ts';
import { CLOUD_SCOPE, IDENTITY_SCOPES } from './endpoints.ts';
import { openLoopbackRedirect } from './loopback-redirect.ts';
import { toAccessError } from './to-access-error.ts';

/** An operator who isn't back by then has given up. */
const FINISHED_WITHIN_MS = 5 * 60_000;

interface SignInParts {
  readonly target: string;
  readonly project: string;
  readonly refreshTokens: RefreshTokens;
  readonly openBrowser: OpenBrowser;
}

/** At most one sign-in at a time, in the operator's own browser. */
export class BrowserSignIn {
  readonly #parts: SignInParts;
  readonly #onChange: () => void;
  #running: AbortController | null = null;
  #link: { readonly url: string; readonly opened: boolean } | null = null;
  #failure: unknown = null;

  constructor(parts: SignInParts, onChange: () => void) {
    this.#parts = parts;
    this.#onChange = onChange;
  }

  /** The page to sign in at while that is waited for, else null. */
  get link(): { readonly url: string; readonly opened: boolean } | null {
    return this.#link;
  }

  /** Why the last sign-in failed; null when it didn't, or when another one has begun. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Resolves when the link is known. One that waits already is ended first. */
  async begin(client: OAuth2Client): Promise<void> {
    this.cancel();
    const running = new AbortController();
    this.#running = running;
    this.#failure = null;
    const late = setTimeout(
      () => running.abort(signInFailed('nobody finished it in time.')),
      FINISHED_WITHIN_MS,
    );
    late.unref();
    const link = await new Promise<string>((resolve, reject) => {
      const finished = signInWithBrowser(client, running.signal, resolve);
      finished
        .then(({ refreshToken }) =>
          this.#parts.refreshTokens.write(this.#parts.target, refreshToken),
        )
        .then(
          () => this.#end(running, null),
          (error: unknown) => {
            this.#end(running, toAccessError(error, this.#subject()));
            reject(toAccessError(error, this.#subject()));
          },
        )
        .finally(() => clearTimeout(late));
    });
    const opened = await this.#parts.openBrowser(link);
    if (this.#running !== running) return;
    this.#link = { url: link, opened };
    this.#onChange();
  }

  /** Ends a sign-in that waits. */
  cancel(): void {
    const running = this.#running;
    if (running === null) return;
    running.abort(signInFailed('it was cancelled.'));
    this.#end(running, null);
  }

  #end(running: AbortController, failure: unknown): void {
    if (this.#running !== running) return;
    this.#running = null;
    this.#link = null;
    this.#failure = failure;
    this.#onChange();
  }

  #subject(): { kind: 'oauth'; impersonate: null; project: string } {
    return { kind: 'oauth', impersonate: null, project: this.#parts.project };
  }
}

/**
 * Signs the operator in with their own browser (RFC 8252: loopback redirect, PKCE S256, state).
 * Throws SIGN_IN_FAILED, the signal's reason, and whatever the token endpoint refused with.
 *
 * @param onLink the page to be shown to the operator
 */
async function signInWithBrowser(
  client: OAuth2Client,
  signal: AbortSignal,
  onLink: (url: string) => void,
): Promise<{ refreshToken: string }> {
  const state = randomBytes(32).toString('base64url');
  const { codeVerifier, codeChallenge } = await client.generateCodeVerifierAsync();
  const redirect = await openLoopbackRedirect(state, signal);
  try {
    const { CodeChallengeMethod } = await import('google-auth-library');
    onLink(
      client.generateAuthUrl({
        access_type: 'offline',
        // Without it Google sends a refresh token only the first time.
        prompt: 'consent',
        scope: [CLOUD_SCOPE, ...IDENTITY_SCOPES],
        state,
        redirect_uri: redirect.uri,
        code_challenge_method: CodeChallengeMethod.S256,
        ...(codeChallenge === undefined ? {} : { code_challenge: codeChallenge }),
      }),
    );
    const code = await redirect.code;
    const { tokens } = await client.getToken({ code, codeVerifier, redirect_uri: redirect.uri });
    if (!tokens.refresh_token) throw signInFailed('Google sent no refresh token.');
    return { refreshToken: tokens.refresh_token };
  } finally {
    await redirect.close();
  }
}
