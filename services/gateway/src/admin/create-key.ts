import type { createKeyRequest } from '@omni/contracts/gateway-admin/keys.ts';
import type { z } from 'zod';
import { mintKey } from '../keys/key-format.ts';
import type { ChangedKey } from '../keys/key-change.ts';
import type { AdminParts } from './admin-parts.ts';
import { requireStore } from './admin-parts.ts';
import type { AdminAnswer, AdminCall } from './http/admin-route.ts';
import { toKeyRecord } from './to-key-record.ts';

/** Makes a key. Its text exists in this answer and nowhere else. */
export async function createKey(
  parts: AdminParts,
  call: AdminCall<z.output<typeof createKeyRequest>>,
): Promise<AdminAnswer> {
  const { name, environment, expiresAt, rateLimitPerMinute, identity, tags } = call.body;
  const { scopes, cidrs, limits, quotas, failOpen, reason } = call.body;
  const store = await requireStore(parts);
  const { id, prefix, last4, text } = mintKey(environment);
  const answer = ({ key, epoch }: ChangedKey): AdminAnswer => ({
    status: 201,
    body: { key: toKeyRecord(key), epoch, secret: text },
    etag: `v${key.version}`,
    secretShown: true,
  });
  const changed = await store.create(
    {
      ...{ id, name, environment, prefix, rateLimitPerMinute, identity, tags },
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      secret: { ...parts.hasher(text)[0], last4, notAfter: null },
      policy: { scopes, cidrs, limits, quotas, failOpen },
    },
    call.change(reason, answer),
  );
  await parts.afterChange();
  return answer(changed);
}
