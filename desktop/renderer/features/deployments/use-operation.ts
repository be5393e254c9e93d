import type { Operation } from '../../../shared/domain/operation.ts';
import { useLiveSources } from '../../api/live-sources.ts';
import type { LiveQuery } from '../../api/use-live-query.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';

/** One operation with its log, followed to its end. */
export function useOperation(id: string): LiveQuery<Operation> {
  return useLiveQuery(useLiveSources().operation(id));
}

/** All operations, newest first, without their logs. */
export function useOperations(): LiveQuery<readonly Operation[]> {
  return useLiveQuery(useLiveSources().operations);
}
