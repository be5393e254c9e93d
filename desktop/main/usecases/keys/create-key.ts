import type { CreateKeyInput } from '../../../shared/contract/keys.ts';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import { assertConsent } from '../deployments/allowed.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { markKeyChange } from './mark-key-change.ts';

/** Makes a key. The secret is in the answer and nowhere else: not in the audit entry, not in a log. */
export async function createKey(
  core: Core,
  input: CreateKeyInput,
): Promise<{ key: ApiKey; secret: string }> {
  await assertConsent(core, selectedTarget(core), {
    question: `Create the key ${input.name}?`,
    consequence: 'Whoever has it may call the gateway.',
  });
  const created = await core.ports.keys.create(input);
  markKeyChange(core, created.key, `Key ${created.key.name} created`);
  return created;
}
