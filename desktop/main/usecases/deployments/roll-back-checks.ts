import type { PreflightCheck } from '../../../shared/domain/plan.ts';
import { mayRollBackTo } from '../../../shared/domain/revision-actions.ts';
import type { Revision, Service } from '../../../shared/domain/revision.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { RevisionReferences } from '../../ports/revision-references.ts';
import { readyChecks } from './plan-parts.ts';
import { referenceChecks } from './reference-checks.ts';

export interface RollBackAim {
  readonly target: Target;
  readonly service: Service;
  readonly revision: Revision;
}

/**
 * The pre-flight of a rollback: allowed, was ready, image and secrets still there, instances to
 * take the load. Reads only.
 */
export async function rollBackChecks(
  references: RevisionReferences,
  { target, service, revision }: RollBackAim,
): Promise<readonly PreflightCheck[]> {
  const rule = mayRollBackTo(target, service, revision);
  return [
    { title: 'Allowed now', ok: rule.allowed, detail: rule.allowed ? null : rule.reason },
    ...readyChecks([revision.name], [revision]),
    ...(await referenceChecks(references, revision)),
    warmCheck(revision),
  ];
}

/** Not a reason to stop: the platform starts an instance before it moves traffic. */
function warmCheck({ state, template }: Revision): PreflightCheck {
  const title = 'Instances are ready for it';
  const min = template.minInstances;
  if (state === 'ready') return { title, ok: true, detail: 'it serves already' };
  return min > 0
    ? { title, ok: true, detail: `${String(min)} kept warm once it serves` }
    : { title, ok: true, detail: 'none kept warm: the first request may wait for a start' };
}

/**
 * Refuses a rollback to a revision whose image or secrets are gone, before any traffic is touched.
 * Throws PREFLIGHT_FAILED.
 */
export async function assertReferencesThere(
  references: RevisionReferences,
  revision: Revision,
): Promise<void> {
  const failed = (await referenceChecks(references, revision)).filter(({ ok }) => !ok);
  if (failed.length === 0) return;
  const causes = failed.map(({ title, detail }) => `“${title}” failed: ${detail ?? 'no detail'}`);
  throw new DomainError({
    code: 'PREFLIGHT_FAILED',
    message: `${revision.name} can't take traffic. ${causes.join('; ')}. No traffic was moved.`,
    nextStep: 'Restore what is missing, or choose another revision.',
  });
}
