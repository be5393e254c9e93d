import type { ApiKey } from '../../../shared/domain/api-key.ts';
import type { Core } from '../core.ts';

/** The keys of the gateway that serves now. */
export async function listKeys(core: Core): Promise<ApiKey[]> {
  return [...(await core.ports.keys.list())];
}
