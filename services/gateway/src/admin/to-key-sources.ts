import type { keySources } from '@omni/contracts/gateway-admin/usage.ts';
import type { z } from 'zod';
import { suggestCidrs } from '../keys/key-sources.ts';
import type { KeySource } from '../keys/key-usage.ts';

/** Sources as the admin API shows them, with the ranges that hold them. */
export function toKeySources(
  keyId: string,
  sources: readonly KeySource[],
): z.input<typeof keySources> {
  const addresses = sources.filter(({ kind }) => kind === 'address').map(({ name }) => name);
  return {
    keyId,
    sources: sources.map(({ firstSeen, lastSeen, ...source }) => ({
      ...source,
      firstSeen: firstSeen.toISOString(),
      lastSeen: lastSeen.toISOString(),
    })),
    suggestedCidrs: [...suggestCidrs(addresses)],
  };
}
