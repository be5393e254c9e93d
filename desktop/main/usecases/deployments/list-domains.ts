import type { DomainMapping } from '../../../shared/domain/domain-mapping.ts';
import type { Core } from '../core.ts';

/**
 * The own domains in front of a service of the chosen target; null where the platform has none. Throws
 * what the platform answers.
 */
export async function listDomains(
  core: Core,
  { service }: { readonly service: string },
): Promise<DomainMapping[] | null> {
  const { provider } = core.ports.session;
  if (!provider.capabilities().domainMappings) return null;
  return [...(await provider.domainMappings(service))];
}
