import type { CanaryCommand } from '../../../shared/domain/canary.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import type { ServiceOfTarget } from '../operations/operation-edits.ts';
import { isOn, isRunning } from '../operations/operation-edits.ts';

/** The operation that the canary is. */
interface Named {
  readonly id: string;
}

interface ToCanary extends Named {
  readonly reason: string;
}

/** Nothing moves any more until a human resumes it. Throws CANARY_NOT_RUNNING, as all of these. */
export function holdCanary(core: Core, { id, reason }: ToCanary): Named {
  return post(core, id, { kind: 'hold', reason });
}

export function resumeHeldCanary(core: Core, { id }: Named): Named {
  return post(core, id, { kind: 'resume' });
}

/** All traffic at once, whatever the gates say. */
export function promoteCanary(core: Core, { id, reason }: ToCanary): Named {
  return post(core, id, { kind: 'promote', reason });
}

/** Back to 0 % at once. */
export function abortCanary(core: Core, { id, reason }: ToCanary): Named {
  return post(core, id, { kind: 'abort', reason });
}

function post(core: Core, id: string, command: CanaryCommand): Named {
  if (core.memory.canaries.post(id, command)) return { id };
  throw new DomainError({
    code: 'CANARY_NOT_RUNNING',
    message:
      'This canary has no traffic to decide about: it has ended, or its revision is still made.',
    nextStep: 'Look at its state; cancel the operation while its revision is being made.',
  });
}

/**
 * Before a human moves the traffic of a service in another way: a canary that runs there lets go of
 * it, and nothing starts it again.
 */
export async function supersedeCanary(
  core: Core,
  on: ServiceOfTarget,
  reason: string,
): Promise<void> {
  const running = runningCanary(core, on);
  if (running === undefined) return;
  if (core.memory.canaries.post(running.id, { kind: 'supersede', reason })) return;
  await core.runner.cancel(running.id);
}

/** Throws ROLLOUT_IN_PROGRESS while a canary decides about the traffic of a service. */
export function assertNoCanary(core: Core, on: ServiceOfTarget): void {
  const running = runningCanary(core, on);
  if (running === undefined) return;
  throw new DomainError({
    code: 'ROLLOUT_IN_PROGRESS',
    message: `${running.title} is under way and decides about the traffic of ${on.service}.`,
    nextStep: 'Promote it or abort it first.',
  });
}

function runningCanary(core: Core, on: ServiceOfTarget): Operation | undefined {
  return core.memory.operations.value.find(
    (operation) => operation.kind === 'canary' && isOn(operation, on) && isRunning(operation),
  );
}
