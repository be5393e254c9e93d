import type { AuditVerdict } from '../../../shared/contract/audit.ts';
import type { Core } from '../core.ts';

/** Recomputes the chain and compares it with its seal; says where it breaks. */
export function verifyAudit(core: Core): Promise<AuditVerdict> {
  return core.ports.audit.verify();
}
