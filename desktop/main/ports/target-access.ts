import type { SignInStatus } from '../../shared/domain/sign-in.ts';

/** Who the console is on a target. Tokens never leave the adapter. */
export interface TargetAccess {
  /** Never throws: what is wrong is part of the status. May ask the network, for seconds at most. */
  status(): Promise<SignInStatus>;
  /** Calls back after every change of the status; returns what ends that. */
  onChange(listener: () => void): () => void;
  /**
   * Begins a sign-in in the operator's browser and returns when its link is known; the status tells
   * the rest. Throws UNSUPPORTED where another tool signs in, CREDENTIALS_INVALID for a client file
   * that can't be used.
   */
  signIn(): Promise<void>;
  /** Ends a sign-in that waits; nothing happens when none does. */
  cancelSignIn(): void;
  /** Forgets the console's own refresh token. Throws UNSUPPORTED where another tool keeps it. */
  signOut(): Promise<void>;
}
