import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { askOperator } from '../deployments/allowed.ts';
import { saveSettings } from '../settings/save-settings.ts';
import { isRunning } from '../operations/operation-edits.ts';
import { findTarget } from './find-target.ts';
import { isGuarded } from './loosening.ts';
import { selectTarget } from './select-target.ts';

/**
 * Forgets a target and the console's sign-in to it; what is deployed there stays as it is. A guarded
 * one could be added again without its guard, so the human is asked first. Throws INVALID_INPUT for
 * the local one, CONFLICT while an operation runs there, SETTINGS_UNWRITABLE, CANCELLED,
 * PERMISSION_DENIED.
 */
export async function removeTarget(core: Core, input: { readonly id: string }): Promise<void> {
  const target = findTarget(core, input.id);
  if (target.kind === 'local') throw notRemovable();
  const running = core.memory.operations.value.find(
    (operation) => operation.target === target.id && isRunning(operation),
  );
  if (running !== undefined) throw busy(running.title);
  if (isGuarded(target)) {
    await askOperator(core, {
      target: target.name,
      question: `Remove the target ${target.name}?`,
      consequence: 'The console forgets it and its protection. What is deployed there stays.',
    });
  }
  if (target.credentials.kind === 'oauth') await core.ports.sessionOf(target.id).access.signOut();
  if (core.memory.settings.value.targetId === target.id) {
    await selectTarget(core, { id: LOCAL_TARGET.id });
  }
  await saveSettings(core, (settings) => ({
    ...settings,
    targets: settings.targets.filter((other) => other.id !== target.id),
  }));
}

function notRemovable(): DomainError {
  return new DomainError({
    code: 'INVALID_INPUT',
    message: 'The local target is always there.',
    nextStep: 'Choose another target if you don’t want to use it.',
  });
}

function busy(title: string): DomainError {
  return new DomainError({
    code: 'CONFLICT',
    message: `${title} has not ended yet.`,
    nextStep: 'Wait until it has ended, or cancel it.',
    retryable: true,
  });
}
