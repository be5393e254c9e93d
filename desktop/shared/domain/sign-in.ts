/** Where a refresh token is kept: `file` is one that another tool wrote and keeps. */
export type TokenKeeping = 'keyring' | 'memory' | 'file';

/** Why a sign-in can't be used, with the way to repair it. */
export interface SignInProblem {
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
  /** A command that repairs it, ready to be copied; null when there is none. */
  readonly command: string | null;
}

/** How a target stands with Google, as far as a page may know: no token is ever part of it. */
export interface SignInStatus {
  readonly state: 'not-needed' | 'signed-in' | 'signed-out' | 'waiting' | 'failed';
  /** Who the console acts as, where Google says so. */
  readonly email: string | null;
  /** Epoch ms at which the token in use ends; it is renewed before that. */
  readonly expiresAt: number | null;
  /** Where the credentials come from, for an operator. */
  readonly source: string;
  readonly keptIn: TokenKeeping | null;
  readonly problem: SignInProblem | null;
  /** The page to sign in at, while `state` is `waiting`; `opened` when a browser shows it already. */
  readonly link: { readonly url: string; readonly opened: boolean } | null;
}

/** The status of a target that needs no credentials. */
export const NO_SIGN_IN: SignInStatus = {
  state: 'not-needed',
  email: null,
  expiresAt: null,
  source: 'This target needs no sign-in.',
  keptIn: null,
  problem: null,
  link: null,
};
