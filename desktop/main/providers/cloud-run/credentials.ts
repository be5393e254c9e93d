import type { AuthClient } from 'google-auth-library';
import { DomainError } from '../../ports/domain-error.ts';

/**
 * Where the Cloud Run API is. Plain: the local cloud on loopback, with its own token on every call.
 * TLS: the real one, with an AuthClient that has already got a token.
 */
export type CloudRunAddress =
  | {
      readonly tls: false;
      readonly host: string;
      readonly port: number;
      readonly token: string | null;
    }
  | {
      readonly tls: true;
      readonly host: string;
      readonly port: number;
      readonly authClient: () => Promise<AuthClient>;
      /** Another one after another sign-in: clients of the one before are not used for it. */
      readonly identity?: string;
    };

/** Two addresses with the same identity can share their clients. */
export function addressKey(address: CloudRunAddress): string {
  const token = address.tls ? (address.identity ?? '') : (address.token ?? '');
  return `${address.tls ? 'tls' : 'plain'} ${address.host} ${String(address.port)} ${token}`;
}

/**
 * An AuthClient that is known to have a token. A gax client that finds out later that it has none
 * throws outside its promise, which then never settles (control-plane facts, 2.6): so no client is
 * made before this has resolved.
 */
export async function authorise(create: () => Promise<AuthClient>): Promise<AuthClient> {
  try {
    const client = await create();
    const { token } = await client.getAccessToken();
    if (token) return client;
  } catch (error) {
    // Whoever makes the client knows best what is missing.
    throw error instanceof DomainError ? error : notSignedIn(error);
  }
  throw notSignedIn(null);
}

function notSignedIn(cause: unknown): DomainError {
  return new DomainError({
    code: 'PERMISSION_DENIED',
    message: 'There are no valid Google credentials for this target.',
    nextStep: 'Sign in with `gcloud auth application-default login` and try again.',
    cause,
  });
}
