import type { Core } from '../core.ts';

/** Recomputes the chain; `brokenAt` names the first entry that doesn't fit. */
export function verifyAudit(core: Core): Promise<{ entries: number; brokenAt: number | null }> {
  return core.ports.audit.verify();
}
