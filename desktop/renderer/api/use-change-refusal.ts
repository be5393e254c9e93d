import { mayChange } from '../../shared/domain/revision-actions.ts';
import { useLiveSources } from './live-sources.ts';
import { useLiveQuery } from './use-live-query.ts';
import { useSelectedTarget } from './use-selected-target.ts';

/**
 * Why nothing can be changed on the target now, or null when it can or isn't known yet: it is
 * read-only, or it doesn't answer, and then a dialog could only end in the same sentence.
 */
export function useChangeRefusal(): string | null {
  const target = useSelectedTarget();
  const { value: stack } = useLiveQuery(useLiveSources().stack);
  const permission = target === undefined ? undefined : mayChange(target);
  if (permission?.allowed === false) return permission.reason;
  if (stack?.phase !== 'unreachable') return null;
  return `The target does not answer. ${stack.reason ?? 'Try again when it does.'}`;
}
