import type { AuditExport, AuditFormat } from '../../../shared/contract/audit.ts';
import type { Core } from '../core.ts';

/** Writes the whole audit log to a file of its own and says where it is. */
export function exportAudit(
  core: Core,
  { format }: { readonly format: AuditFormat },
): Promise<AuditExport> {
  return core.ports.audit.export(format, core.ports.clock.now());
}
