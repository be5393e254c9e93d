import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { assertConsent } from '../deployments/allowed.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { markKeyChange } from './mark-key-change.ts';

/** Ends a key for good; every gateway instance refuses it within a second. */
export async function revokeKey(
  core: Core,
  input: { readonly id: string; readonly reason: string },
): Promise<{ key: ApiKey }> {
  await assertConsent(core, selectedTarget(core), {
    question: `Revoke the key ${input.id}?`,
    consequence: 'Clients that use it are refused within a second.',
  });
  const key = await core.ports.keys.revoke(input.id, input.reason);
  markKeyChange(core, key, `Key ${key.name} revoked`);
  return { key };
}
