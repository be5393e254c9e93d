import { ApiError, GRPC } from '../model/api-error.ts';
import type { FaultBook } from './fault-book.ts';
import { matches } from './fault-book.ts';

const CODES = {
  UNAVAILABLE: GRPC.unavailable,
  RESOURCE_EXHAUSTED: GRPC.resourceExhausted,
  INTERNAL: GRPC.internal,
  DEADLINE_EXCEEDED: GRPC.deadlineExceeded,
} as const;

/** A transport's own error carries no details. */
const WITHOUT_DETAILS = { reason: '' };

/** Runs one call of a method as the faults that are on want it. */
export async function withCallFaults(
  faults: FaultBook,
  name: string,
  run: () => object | Promise<object>,
): Promise<object> {
  const applies = ({ method }: { readonly method: string }): boolean => matches(method, name);
  const slow = faults.take('slow-call', applies);
  if (slow !== null) await pause(slow.ms);
  const error = faults.take('call-error', applies);
  if (error !== null)
    throw new ApiError(CODES[error.code], `${name} fails: a fault is on.`, WITHOUT_DETAILS);
  const lost = faults.take('lost-response', applies);
  const answer = await run();
  if (lost === null) return answer;
  throw new ApiError(
    GRPC.unavailable,
    'The connection was dropped before the answer arrived.',
    WITHOUT_DETAILS,
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
