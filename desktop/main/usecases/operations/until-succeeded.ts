import { isTerminal } from '../../../shared/domain/operation.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';

/** Waits for another operation. Throws CONFLICT when it ends in any other way than well. */
export async function untilSucceeded(core: Core, id: string, signal: AbortSignal): Promise<void> {
  for await (const operations of core.memory.operations.watch(signal)) {
    const operation = operations.find((candidate) => candidate.id === id);
    if (operation === undefined || !isTerminal(operation.state)) continue;
    if (operation.state === 'succeeded') return;
    throw new DomainError({
      code: 'CONFLICT',
      message: `${operation.title} ended as ${operation.state}, and this service calls it.`,
      nextStep: `Deploy ${operation.service} first, then this service.`,
    });
  }
  signal.throwIfAborted();
}
