import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { appliedConfig } from '@omni/contracts/gateway-admin/config.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { AuditClient } from '../audit/append-audit.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { ConfigVersion } from '../routing/config-repository.ts';
import type { ConfigChange } from '../routing/config-store.ts';
import type { AdminParts } from './admin-parts.ts';
import type { AdminAnswer, AdminCall } from './http/admin-route.ts';

/** Version and document in force; another instance's newer one is taken over first. */
export async function currentConfig({
  routing,
}: AdminParts): Promise<{ version: number; document: unknown }> {
  // The store may be away: what is in force here is still the answer.
  await routing.check().catch(() => undefined);
  const { version, document } = routing.current;
  return { version, document };
}

export function toAppliedConfig(applied: ConfigVersion): z.input<typeof appliedConfig> {
  const { version, document, actor, comment, at } = applied;
  return { version, document, actor, comment, at: at.toISOString() };
}

export interface ConfigCall extends AdminCall {
  action: 'put' | 'rollback';
  comment: string;
}

/** Applies a change of the document, with its audit entry in the same transaction. */
export async function changeConfig(
  parts: AdminParts,
  call: ConfigCall,
  apply: (change: ConfigChange) => Promise<ConfigVersion>,
): Promise<AdminAnswer> {
  const { comment, ifVersion, caller } = call;
  const answer = (applied: ConfigVersion): AdminAnswer => ({
    status: 200,
    body: toAppliedConfig(applied),
    etag: `v${applied.version}`,
  });
  const before = parts.routing.current.version;
  const applied = await apply({
    actor: caller.actor,
    comment,
    after: ifVersion,
    alongside: async (client, version) => {
      await audit(client, call, { before, version });
      await call.remember(client, answer(version));
    },
  });
  return answer(applied);
}

/** The documents are kept by version; the entry proves that they were not changed afterwards. */
async function audit(
  client: AuditClient,
  { action, comment, origin }: ConfigCall,
  { before, version }: { before: number; version: ConfigVersion },
): Promise<void> {
  const sha256 = createHash('sha256').update(canonicalJson(version.document)).digest('hex');
  await appendAudit(client, {
    ...origin(comment),
    action: `config.${action}`,
    target: `config:${version.version}`,
    before: { version: before },
    after: { version: version.version, sha256 },
  });
}
