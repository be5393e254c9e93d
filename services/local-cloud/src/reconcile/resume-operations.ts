import { ApiError, GRPC } from '../model/api-error.ts';
import type { Operations } from './operations.ts';
import type { Reconciler } from './reconciler.ts';

/** What a crash interrupted: rollouts and deletions go on, builds end with a clear error. */
export function resumeOperations(operations: Operations, reconciler: Reconciler): void {
  for (const operation of operations.unfinished().reverse()) {
    if (operation.kind === 'build') operations.fail(operation.id, interrupted());
    else reconciler.run(operation);
  }
}

function interrupted(): ApiError {
  return new ApiError(
    GRPC.aborted,
    'local-cloud was stopped while it was building. Submit the build again.',
    { reason: 'BUILD_INTERRUPTED' },
  );
}
