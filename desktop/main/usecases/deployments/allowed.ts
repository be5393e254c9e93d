import type { Target } from '../../../shared/domain/target.ts';
import type { Permission } from '../../../shared/domain/revision-actions.ts';
import { mayChange } from '../../../shared/domain/revision-actions.ts';
import type { ConsentRequest } from '../../ports/operator-consent.ts';
import { CONSENT_WITHIN_MS } from '../../ports/operator-consent.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';

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
 * Asks the human when the target is protected. Throws TARGET_READ_ONLY and what `askOperator`
 * throws.
 */
export async function assertConsent(
  core: Core,
  target: Target,
  request: Omit<ConsentRequest, 'target'>,
): Promise<void> {
  assertAllowed(mayChange(target), 'TARGET_READ_ONLY');
  if (target.mode === 'protected') await askOperator(core, { ...request, target: target.name });
}

/**
 * Returns when the human said yes. Throws CANCELLED when the answer is no or none came in time, and
 * PERMISSION_DENIED when this host can't ask.
 */
export async function askOperator(core: Core, request: ConsentRequest): Promise<void> {
  const { clock, consent } = core.ports;
  const answered = new AbortController();
  const expired = new AbortController();
  const late = clock.sleep(CONSENT_WITHIN_MS, answered.signal).then(
    () => 'late' as const,
    // Rejected because the answer was there first, and then nobody looks at it.
    () => 'late' as const,
  );
  try {
    const answer = await Promise.race([consent.ask(request, expired.signal), late]);
    if (answer === 'late') {
      expired.abort();
      throw noAnswer();
    }
    if (!answer) throw saidNo();
  } finally {
    answered.abort();
  }
}

function saidNo(): DomainError {
  return new DomainError({
    code: 'CANCELLED',
    message: 'The operator did not confirm; nothing was changed.',
    nextStep: 'Start it again when you want it.',
  });
}

function noAnswer(): DomainError {
  return new DomainError({
    code: 'CANCELLED',
    message: `Nobody confirmed within ${String(CONSENT_WITHIN_MS / 1000)} s; nothing was changed.`,
    nextStep: 'Start it again and answer the dialog.',
  });
}
