import type { DeployInput } from '../../../shared/contract/deployments.ts';
import { isTerminal } from '../../../shared/domain/operation.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { pinOf } from './plan-parts.ts';
import { findService } from './read-service.ts';

/**
 * Refuses a deploy to a service whose traffic is pinned as long as nobody has said what becomes of
 * the pin: it would make a revision that nobody is served by. Throws SERVICE_PINNED.
 */
export async function assertPinDecided(
  core: Core,
  input: Pick<DeployInput, 'service' | 'pinned'>,
): Promise<void> {
  if (input.pinned !== undefined || isBusy(core, input.service)) return;
  const pin = pinOf(await findService(core.ports.session.provider, input.service));
  if (pin === null) return;
  throw new DomainError({
    code: 'SERVICE_PINNED',
    message: `The traffic of ${input.service} is pinned to ${pin.revision}; nothing was done.`,
    nextStep:
      'Say whether it stays pinned (the new revision gets no traffic) or follows its latest.',
  });
}

/** While an operation is at work the traffic is held by the console itself, and not by a human. */
function isBusy(core: Core, service: string): boolean {
  return core.memory.operations.value.some(
    (operation) => operation.service === service && !isTerminal(operation.state),
  );
}
