import type { Operation } from '../../../shared/domain/operation.ts';
import type { Core } from '../core.ts';

/**
 * Stops an operation that hasn't moved traffic yet; the serving revision is left alone. Throws
 * OPERATION_NOT_FOUND and CONFLICT.
 */
export function cancelOperation(core: Core, input: { readonly id: string }): Promise<Operation> {
  return core.runner.cancel(input.id);
}
