import type { AuditEntry } from '../../../shared/contract/audit.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import { isTerminal } from '../../../shared/domain/operation.ts';

/** The segments above the operations. */
export const OPERATION_FILTERS = ['all', 'running', 'succeeded', 'failed'] as const;
export type OperationFilter = (typeof OPERATION_FILTERS)[number];

/** `failed` gathers what an operator has to look at: also cancelled and interrupted. */
function operationMatches(operation: Operation, filter: OperationFilter): boolean {
  if (filter === 'all') return true;
  if (filter === 'running') return !isTerminal(operation.state);
  if (filter === 'succeeded') return operation.state === 'succeeded';
  return isTerminal(operation.state) && operation.state !== 'succeeded';
}

/** The operations of one segment, newest first. */
export function filterOperations(
  operations: readonly Operation[],
  filter: OperationFilter,
): readonly Operation[] {
  return operations
    .filter((operation) => operationMatches(operation, filter))
    .toSorted((a, b) => b.createdAt - a.createdAt);
}

/** The segments above the audit entries. */
export const AUDIT_FILTERS = ['all', 'ok', 'refused', 'failed', 'cancelled'] as const;
export type AuditFilter = (typeof AUDIT_FILTERS)[number];

/** The entries of one segment whose action, subject, actor or detail carries the search text. */
export function filterAudit(
  entries: readonly AuditEntry[],
  query: { readonly filter: AuditFilter; readonly search: string },
): readonly AuditEntry[] {
  const wanted = query.search.trim().toLowerCase();
  return entries
    .filter((entry) => query.filter === 'all' || entry.outcome === query.filter)
    .filter((entry) =>
      [entry.action, entry.subject, entry.actor, entry.detail].some((text) =>
        text.toLowerCase().includes(wanted),
      ),
    );
}
