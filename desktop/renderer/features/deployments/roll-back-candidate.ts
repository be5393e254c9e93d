import type { RevisionRow } from '../../../shared/contract/deployments.ts';
import { mayRollBackTo } from '../../../shared/domain/revision-actions.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import type { Target } from '../../../shared/domain/target.ts';

/**
 * The revision that "roll back" means when none is named: the newest one before the serving
 * revision that traffic may go to. Null when there is none.
 */
export function rollBackCandidate(
  target: Target,
  service: Service,
  rows: readonly RevisionRow[],
): string | null {
  const names = rows.map(({ revision }) => revision.name);
  const older = rows.slice(names.indexOf(servingRevision(service) ?? '') + 1);
  const found = older.find(({ revision }) => mayRollBackTo(target, service, revision).allowed);
  return found?.revision.name ?? null;
}
