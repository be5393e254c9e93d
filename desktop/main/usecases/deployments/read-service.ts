import type { Revision, RevisionTemplate, Service } from '../../../shared/domain/revision.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { isStackService, STACK_SERVICES } from '../../../shared/domain/stack.ts';
import type { DeploymentProvider } from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';

/** A service as the next change starts from it. */
export interface ServiceState {
  /** Null for a service that was never deployed. */
  readonly service: Service | null;
  /** Newest first. */
  readonly revisions: readonly Revision[];
  /** Name of the revision that answers now. */
  readonly serving: string | null;
  /**
   * Template of the revision that answers now, not of the newest one: after a rollback the newest is
   * the bad one (console facts, 2.1).
   */
  readonly template: RevisionTemplate | null;
}

/** A service, or null when the platform doesn't have it. */
export async function findService(
  provider: DeploymentProvider,
  id: string,
): Promise<Service | null> {
  try {
    return await provider.getService(id);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'SERVICE_NOT_FOUND') return null;
    throw error;
  }
}

export async function readServiceState(
  provider: DeploymentProvider,
  id: string,
): Promise<ServiceState> {
  const [service, revisions] = await Promise.all([
    findService(provider, id),
    provider.listRevisions(id),
  ]);
  const serving = service === null ? null : servingRevision(service);
  const template = revisions.find((revision) => revision.name === serving)?.template ?? null;
  return { service, revisions, serving, template };
}

/** Only the services of the stack can be deployed from here. Throws SERVICE_NOT_FOUND. */
export function asStackService(id: string): StackServiceId {
  if (isStackService(id)) return id;
  throw new DomainError({
    code: 'SERVICE_NOT_FOUND',
    message: `${id} is not a service of the stack (${STACK_SERVICES.join(', ')}).`,
    nextStep: 'Choose one of them.',
  });
}

/** The revision by name. Throws REVISION_NOT_FOUND. */
export function pickRevision(revisions: readonly Revision[], name: string): Revision {
  const revision = revisions.find((candidate) => candidate.name === name);
  if (revision !== undefined) return revision;
  throw new DomainError({
    code: 'REVISION_NOT_FOUND',
    message: `The platform has no revision ${name}.`,
    nextStep: 'Read the list of revisions again and choose one of them.',
  });
}
