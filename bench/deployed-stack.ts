import type { Operation } from '../desktop/shared/domain/operation.ts';
import { isTerminal } from '../desktop/shared/domain/operation.ts';
import { withClient } from '../e2e/fixtures/console.ts';
import type { ConsoleClient } from '../e2e/fixtures/console-client.ts';
import type { LocalStack } from '../e2e/fixtures/local-stack.ts';

/** Follows an operation to its end; throws when it didn't succeed. */
export async function finished(client: ConsoleClient, id: string): Promise<Operation> {
  for await (const operation of await client.operations.watch({ id })) {
    if (!isTerminal(operation.state)) continue;
    if (operation.state === 'succeeded') return operation;
    throw new Error(`${operation.title} ${operation.state}: ${operation.error?.message ?? ''}`);
  }
  throw new Error(`operation ${id} was not followed to its end`);
}

/** Waits until backend and gateway serve; the console deploys them when it starts. */
export async function untilReady(client: ConsoleClient): Promise<void> {
  for await (const status of await client.stack.watch()) {
    if (status.phase === 'ready') return;
    if (status.phase === 'failed') throw new Error(status.reason ?? 'the first deploy failed');
  }
}

/** Brings a fresh local stack to where an operator has it every day: both services serving. */
export async function deployStack(stack: LocalStack): Promise<void> {
  await withClient(stack.state, untilReady);
}
