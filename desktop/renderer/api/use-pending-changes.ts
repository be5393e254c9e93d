import { useMutation } from '@tanstack/react-query';
import type { PendingChange } from '../../shared/domain/safety.ts';
import { useConsole } from './console-context.tsx';
import { useLiveSources } from './live-sources.ts';
import { useLiveQuery } from './use-live-query.ts';

interface PendingChanges {
  readonly changes: readonly PendingChange[];
  readonly takeBack: (id: string) => void;
}

const NONE: readonly PendingChange[] = [];

/** Changes that were confirmed and can still be taken back. */
export function usePendingChanges(): PendingChanges {
  const { queries } = useConsole();
  const { value } = useLiveQuery(useLiveSources().pendingChanges);
  const cancel = useMutation(queries.safety.cancelPending.mutationOptions());
  return { changes: value ?? NONE, takeBack: (id) => cancel.mutate({ id }) };
}
