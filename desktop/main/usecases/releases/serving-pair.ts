import type { ReleasePart } from '../../../shared/domain/release.ts';
import { digestOf, servingRevision } from '../../../shared/domain/revision.ts';
import { STACK_SERVICES } from '../../../shared/domain/stack.ts';
import type { DeploymentProvider } from '../../ports/deployment-provider.ts';
import { findService } from '../deployments/read-service.ts';

/** What serves of each service of the stack, in the order in which they are deployed. */
export function servingPair(provider: DeploymentProvider): Promise<ReleasePart[]> {
  return Promise.all(
    STACK_SERVICES.map(async (id): Promise<ReleasePart> => {
      const [service, revisions] = await Promise.all([
        findService(provider, id),
        provider.listRevisions(id),
      ]);
      const serving = service === null ? null : servingRevision(service);
      const image = revisions.find(({ name }) => name === serving)?.template.image;
      return {
        service: id,
        revision: serving,
        digest: image === undefined ? null : digestOf(image),
      };
    }),
  );
}
