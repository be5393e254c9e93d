import { isTerminal } from '../../shared/domain/operation.ts';
import type { Operation } from '../../shared/domain/operation.ts';
import { useLiveSources } from './live-sources.ts';
import { useLiveQuery } from './use-live-query.ts';

/** Operations that have not ended, newest first. */
export function useRunningOperations(): readonly Operation[] {
  const { value = [] } = useLiveQuery(useLiveSources().operations);
  return value.filter((operation) => !isTerminal(operation.state));
}
