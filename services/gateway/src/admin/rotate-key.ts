import type { rotateKeyRequest } from '@omni/contracts/gateway-admin/keys.ts';
import type { z } from 'zod';
import type { ChangedKey } from '../keys/key-change.ts';
import { mintKey } from '../keys/key-format.ts';
import type { AdminParts } from './admin-parts.ts';
import { repositoryOf } from './admin-parts.ts';
import type { AdminAnswer, AdminCall } from './http/admin-route.ts';
import { toKeyRecord } from './to-key-record.ts';

/** Gives a key a new secret of our grammar under the same id; imported keys get their first. */
export async function rotateKey(
  parts: AdminParts,
  call: AdminCall<z.output<typeof rotateKeyRequest>>,
): Promise<AdminAnswer> {
  const { id = '' } = call.params;
  const { overlapSeconds, reason } = call.body;
  const store = await repositoryOf(parts, id);
  const { key } = await store.get(id);
  const { text, last4 } = mintKey(key.environment, id);
  const answer = (changed: ChangedKey): AdminAnswer => ({
    status: 200,
    body: { key: toKeyRecord(changed.key), epoch: changed.epoch, secret: text },
    etag: `v${changed.key.version}`,
    secretShown: true,
  });
  const secret = { ...parts.hasher(text)[0], last4, notAfter: null };
  const context = call.change(reason, answer);
  const changed = await store.rotate(id, { secret, overlapSeconds }, context);
  await parts.afterChange();
  return answer(changed);
}
