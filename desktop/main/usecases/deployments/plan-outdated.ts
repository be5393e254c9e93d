import type { DeploymentProvider } from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
import { findService } from './read-service.ts';

/** What a plan carries for a service that doesn't exist yet. */
export const NO_SERVICE = '';

/**
 * Refuses a confirmation of a plan that was made from another version of the service; one without
 * a plan (`etag` undefined) passes. Throws PLAN_OUTDATED.
 */
export async function assertPlanHolds(
  provider: DeploymentProvider,
  service: string,
  etag: string | undefined,
): Promise<void> {
  if (etag === undefined) return;
  const found = await findService(provider, service);
  if ((found?.etag ?? NO_SERVICE) === etag) return;
  throw new DomainError({
    code: 'PLAN_OUTDATED',
    message: `${service} changed after this plan was made; nothing was done.`,
    nextStep: 'Read the new plan, then confirm it.',
  });
}
