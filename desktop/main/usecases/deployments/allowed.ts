import type { Permission } from '../../../shared/domain/revision-actions.ts';
import { mayChange } from '../../../shared/domain/revision-actions.ts';
import type { ConsentRequest } from '../../ports/operator-consent.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';

/** Turns a refused rule into an error: the same sentence that the view shows. */
export function assertAllowed(permission: Permission, code: DomainError['code']): void {
  if (permission.allowed) return;
  throw new DomainError({
    code,
    message: permission.reason,
    nextStep: 'Look at the service as it is now.',
  });
}

/**
 * Asks the human when the chosen target is protected. Throws TARGET_READ_ONLY, CANCELLED when the
 * answer is no, and PERMISSION_DENIED when this host can't ask.
 */
export async function assertConsent(
  core: Core,
  request: Omit<ConsentRequest, 'target'>,
): Promise<void> {
  const target = selectedTarget(core);
  assertAllowed(mayChange(target), 'TARGET_READ_ONLY');
  if (target.mode !== 'protected') return;
  if (await core.ports.consent.ask({ ...request, target: target.name })) return;
  throw new DomainError({
    code: 'CANCELLED',
    message: 'The operator did not confirm; nothing was changed.',
    nextStep: 'Start it again when you want it.',
  });
}
