import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';

/** Public address of the gateway. Throws SERVICE_NOT_FOUND while there is none. */
export async function gatewayUrl(core: Core): Promise<string> {
  const { uri } = await core.ports.session.provider.getService('gateway');
  if (uri !== '') return uri;
  throw new DomainError({
    code: 'SERVICE_NOT_FOUND',
    message: 'The gateway has no public address yet.',
    nextStep: 'Wait until its first deploy has ended.',
    retryable: true,
  });
}
