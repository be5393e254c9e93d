import type { Service } from '../../../shared/domain/revision.ts';
import type { Core } from '../core.ts';

/** The services of the chosen target. */
export async function listServices(core: Core): Promise<Service[]> {
  return [...(await core.ports.session.provider.listServices())];
}
