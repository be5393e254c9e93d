import type { AuditOrigin } from '../../audit/audit-entry.ts';
import { createKeyHasher, processPepper } from '../hash-key.ts';
import type { ChangeContext } from '../key-change.ts';
import { mintKey } from '../key-format.ts';
import type { NewKey, StoredSecret } from '../key-repository.ts';
import { KeyRepositoryError } from '../key-repository.ts';

const hasher = createKeyHasher(processPepper());
const origin: AuditOrigin = { actor: 'anna', role: 'admin', reason: 'test', requestId: 'r-1' };
export const context: ChangeContext = { origin };

/** A new key and its text. */
export function newKey(changes: Partial<NewKey> = {}): NewKey & { text: string } {
  const { id, environment, prefix, last4, text } = mintKey('live');
  const secret = { ...hasher(text)[0], last4, notAfter: null };
  const limits = { expiresAt: null, rateLimitPerMinute: null };
  return { id, name: 'a key', environment, prefix, secret, ...limits, ...changes, text };
}

/** Another secret for a rotation. */
export function newSecret(): StoredSecret {
  return newKey().secret;
}

/** Code of the refusal; undefined when there was none. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof KeyRepositoryError) return error.code;
    throw error;
  }
  return undefined;
}
