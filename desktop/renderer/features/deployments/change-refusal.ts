import { mayChange } from '../../../shared/domain/revision-actions.ts';
import type { Target } from '../../../shared/domain/target.ts';

/** Why nothing may be changed on the target, or null when it may or isn't known yet. */
export function changeRefusal(target: Target | undefined): string | null {
  const permission = target === undefined ? undefined : mayChange(target);
  return permission?.allowed === false ? permission.reason : null;
}
