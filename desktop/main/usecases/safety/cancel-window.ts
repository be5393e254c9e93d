import type { PendingChange } from '../../../shared/domain/safety.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';

export interface WaitingCall {
  readonly action: string;
  readonly subject: string;
  readonly target: Target;
  /** The caller's: one that leaves takes its change back. */
  readonly signal: AbortSignal | null;
}

/** Ways to end a wait, by the id of its change. */
const waiting = new WeakMap<Core['memory'], Map<string, AbortController>>();

/**
 * Waits for the time in which a change can be taken back; nothing of it has been sent before this
 * returns. Throws CANCELLED, and CONFLICT when the target is another one or not the same any more.
 */
export async function waitForCancel(core: Core, call: WaitingCall): Promise<void> {
  const { cancelWindowMs } = core.facts;
  if (cancelWindowMs === 0) return;
  const { clock } = core.ports;
  const { pendingChanges } = core.memory;
  const id = core.ports.newId();
  const taken = new AbortController();
  const confirmedAt = clock.now();
  const { action, subject, target } = call;
  const startsAt = confirmedAt + cancelWindowMs;
  const change = { id, action, subject, target: target.name, confirmedAt, startsAt };
  endings(core).set(id, taken);
  pendingChanges.set([...pendingChanges.value, change]);
  try {
    const signals = call.signal === null ? [taken.signal] : [taken.signal, call.signal];
    await clock.sleep(cancelWindowMs, AbortSignal.any(signals));
  } catch {
    // The clock rejects for one reason only: a signal.
    throw takenBack();
  } finally {
    endings(core).delete(id);
    pendingChanges.set(pendingChanges.value.filter((other) => other.id !== id));
  }
  assertSameTarget(core, target);
}

/** Takes a change back. One that runs already, or was taken back, is left alone. */
export function cancelPending(core: Core, input: { readonly id: string }): void {
  endings(core).get(input.id)?.abort();
}

/** The changes that can be taken back, at once and after every change. */
export async function* watchPending(
  core: Core,
  signal: AbortSignal,
): AsyncGenerator<PendingChange[], void, void> {
  for await (const changes of core.memory.pendingChanges.watch(signal)) yield [...changes];
}

function endings({ memory }: Core): Map<string, AbortController> {
  const known = waiting.get(memory);
  if (known !== undefined) return known;
  const fresh = new Map<string, AbortController>();
  waiting.set(memory, fresh);
  return fresh;
}

/** What was confirmed for one place must not happen at another. */
function assertSameTarget(core: Core, before: Target): void {
  if (JSON.stringify(selectedTarget(core)) === JSON.stringify(before)) return;
  throw new DomainError({
    code: 'CONFLICT',
    message: `The target was changed while this waited; nothing was sent to ${before.name}.`,
    nextStep: 'Look at which target is chosen, and start it again.',
  });
}

function takenBack(): DomainError {
  return new DomainError({
    code: 'CANCELLED',
    message: 'It was taken back in time; nothing was sent.',
    nextStep: 'Start it again when you want it.',
  });
}
