import type { AuditEntry } from '../../../shared/contract/audit.ts';
import type { Core } from '../core.ts';

/** Newest first. */
export async function listAudit(
  core: Core,
  input: { readonly limit: number },
): Promise<AuditEntry[]> {
  return [...(await core.ports.audit.list(input.limit))];
}
