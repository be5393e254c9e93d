import type { Operation } from '../../../shared/domain/operation.ts';
import { isTerminal } from '../../../shared/domain/operation.ts';
import { useLiveSources } from '../../api/live-sources.ts';
import type { LiveQuery, LiveSource } from '../../api/use-live-query.ts';
import { useLiveQuery } from '../../api/use-live-query.ts';

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The stream of an ended operation ends too; waiting here keeps the follower from reopening it. */
async function* untilLeft(
  stream: AsyncIterable<Operation>,
  signal: AbortSignal,
): AsyncGenerator<Operation> {
  for await (const operation of stream) {
    yield operation;
    if (isTerminal(operation.state)) await aborted(signal);
  }
}

/** One operation with its log, followed to its end. */
export function useOperation(id: string): LiveQuery<Operation> {
  const source = useLiveSources().operation(id);
  const patient: LiveSource<Operation> = {
    ...source,
    watch: async (signal) => untilLeft(await source.watch(signal), signal),
  };
  return useLiveQuery(patient);
}

/** All operations, newest first, without their logs. */
export function useOperations(): LiveQuery<readonly Operation[]> {
  return useLiveQuery(useLiveSources().operations);
}
