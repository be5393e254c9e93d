import { PRINCIPAL_HEADER } from '@omni/contracts/headers.ts';
import type { HeaderDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

const STICKY_HEADER = 'x-omni-sticky';
const MAX_CHARS = 256;

export const stickyDoc: HeaderDoc = {
  name: STICKY_HEADER,
  description: 'While versions share the requests: equal values get the same version',
  schema: z.string().max(MAX_CHARS),
};

/**
 * What decides between versions that share the requests: the client's own key, else the gateway's
 * key, else chance.
 */
export function stickyKeyOf({ headers, id }: FastifyRequest): string {
  const own = headers[STICKY_HEADER];
  if (typeof own === 'string' && own !== '') return own.slice(0, MAX_CHARS);
  const principal = headers[PRINCIPAL_HEADER];
  return (typeof principal === 'string' ? keyIdOf(principal) : undefined) ?? id;
}

/** Where it counts who calls, a guard has verified the header before. */
function keyIdOf(principal: string): string | undefined {
  try {
    const [payload = ''] = principal.split('.');
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const id = (claims as { key_id?: unknown } | null)?.key_id;
    return typeof id === 'string' ? id : undefined;
  } catch {
    // Outside of internal mode the header is anybody's text: it decides nothing.
    return undefined;
  }
}
