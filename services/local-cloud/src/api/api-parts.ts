import type { FaultBook } from '../faults/fault-book.ts';
import type { Operations } from '../reconcile/operations.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import type { StateStore } from '../state/state-store.ts';
import type { Protos } from './protos.ts';

/** What the handlers of the API work on. */
export interface ApiParts {
  readonly store: StateStore;
  readonly operations: Operations;
  readonly reconciler: Reconciler;
  readonly protos: Protos;
  readonly faults: FaultBook;
}
