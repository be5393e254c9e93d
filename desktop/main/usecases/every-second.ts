import type { Operation } from '../../shared/domain/operation.ts';
import type { Core } from './core.ts';

const INTERVAL_MS = 1000;

/**
 * Ticks at once, then a second after the consumer is done with the tick before, and sooner when an
 * operation changes its state: what such a change did is then looked at without a wait.
 */
export async function* everySecond(core: Core, signal: AbortSignal): AsyncGenerator<void, void> {
  while (!signal.aborted) {
    yield;
    await nextTick(core, signal);
  }
}

async function nextTick(core: Core, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const slept = core.ports.clock.sleep(INTERVAL_MS, either).catch(() => undefined);
  await Promise.race([slept, operationMoved(core, either)]);
  stop.abort();
}

/** Resolves when an operation came, or changed its state; not for every log line. */
async function operationMoved(core: Core, signal: AbortSignal): Promise<void> {
  const { operations } = core.memory;
  const before = fingerprint(operations.value);
  while (!signal.aborted && fingerprint(operations.value) === before) {
    await operations.changed(signal);
  }
}

function fingerprint(operations: readonly Operation[]): string {
  return operations.map(({ id, state }) => `${id} ${state}`).join();
}
